"""A project with one published run, and servers on this machine that take messages."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analysis.base.paths import Home
from analysis.runs.alerts.event import Event, Kind
from tests.runs.schedule.conftest import PARAMETERS, write
from tests.runs.small import make_notebook, project

__all__ = ["PARAMETERS", "make_notebook", "project", "write"]

PICTURE = b"\x89PNG\r\n\x1a\n first"
SENTENCE = "Plan for 43.8 m EUR over the next 42 days (80% interval 40.1 m EUR to 47.5 m EUR)."
HEADLINE = {
    "sentence": SENTENCE,
    "status": "watch",
    "numbers": [
        {"label": "Total over the horizon", "text": "43.8 m EUR",
         "interval": "80% interval 40.1 m EUR to 47.5 m EUR"},
        {"label": "Accuracy in the backtest", "text": "91.6%",
         "interval": "95% interval 90.2% to 93.0%"},
        {"label": "Days", "text": "42", "interval": ""},
        {"label": "Error saved", "text": "63.8%", "interval": "95% interval 52.3% to 73.5%"},
        {"label": "A fifth number", "text": "5", "interval": ""},
    ],
}  # fmt: skip
Publish = Callable[..., Path]


@pytest.fixture
def publish(project: Home) -> Publish:
    """Make a published run of ``sales``, with two figures and a page that shows ``zebra`` first."""

    def make(run: str = "20260618T073012Z-abc", **changes: Any) -> Path:
        folder = project.reports / "sales" / run
        (folder / "figures").mkdir(parents=True)
        page = '<figure id="figure-zebra"></figure><figure id="figure-apple"></figure>'
        (folder / "report.html").write_text(page, encoding="utf-8")
        (folder / "figures" / "zebra.png").write_bytes(PICTURE)
        (folder / "figures" / "apple.png").write_bytes(b"other")
        (folder / "results.json").write_text("{}", encoding="utf-8")
        files = {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in ("report.html", "results.json")
        }
        manifest = {
            "notebook": "sales", "run": run, "status": "good", "title": "Sales",
            "finished": "2026-06-17T23:30:40+00:00", "headline": HEADLINE, "files": files,
            "changed": {"as_of": "2026-06-17", "horizon": 42}, **changes,
        }  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        pointer = json.dumps({"run": run, "default": run})
        (folder.parent / "current.json").write_text(pointer, encoding="utf-8")
        return folder

    return make


def event(kind: Kind = "watch", folder: Path | None = None, reason: str = "") -> Event:
    scheduled = dt.datetime(2026, 6, 18, 7, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    return Event(kind, "daily", "sales", scheduled, folder, reason, "")


@dataclass
class Post:
    """One request that a server got."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Server:
    """A local HTTP server: what it got, and how it answers."""

    port: int
    got: list[Post] = field(default_factory=list)
    status: int = 200
    answer: Any = field(default_factory=dict)
    sleep: float = 0.0

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"


@pytest.fixture
def server() -> Iterator[Server]:
    made: Server

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(Post(self.path, dict(self.headers), json.loads(content)))
            time.sleep(made.sleep)
            answer = made.answer if isinstance(made.answer, bytes) else json.dumps(made.answer)
            content = answer if isinstance(answer, bytes) else answer.encode()
            self.send_response(made.status)
            if made.status == 302:
                self.send_header("Location", f"http://{made.place}/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            # Who has waited too long is gone.
            with suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    made = Server(http.server_address[1])
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    http.shutdown()
    thread.join()
    http.server_close()


@dataclass
class Postbox:
    """A local mail server: what it got, and who may log in."""

    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    refusal: str = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refusal:
            return self.refusal
        made = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(made, EmailMessage)
        self.got.append(made)
        self.to.append(envelope.rcpt_tos)
        return "250 taken"

    def body(self, kind: str) -> str:
        (message,) = self.got
        part = message.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult, LoginPassword

    box = Postbox()

    def authenticate(_server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> Any:
        assert isinstance(data, LoginPassword)
        box.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=True)

    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    controller = Controller(
        box, hostname="127.0.0.1", port=box.port, authenticator=authenticate,
        auth_require_tls=False,
    )  # fmt: skip
    controller.start()
    yield box
    controller.stop()
