"""From a due time to a message, through the desk: once per event, and nothing secret kept."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from analysis.base.paths import Home
from analysis.runs.alerts.sending import teller
from analysis.runs.schedule.firing import Desk
from analysis.runs.schedule.launch import Launched
from analysis.runs.schedule.reading import read_schedule
from tests.runs.alerts.conftest import Publish, Server
from tests.runs.schedule.conftest import Write

TEXT = """\
[schedule]
base_url = "https://reports.example.com"

[recipients.team]
url = "json://robot:${HOOK_PASSWORD}@%s/in?-key=${HOOK_KEY}"

[recipients.chief]
url = "json://%s/chief"
lang = "zh"

[[jobs]]
name = "daily"
notebook = "sales"
cron = "30 7 * * *"
alert = { when = "watch", to = ["team", "chief"] }
"""
SECRETS = {"HOOK_PASSWORD": "hidden-word-1", "HOOK_KEY": "hidden-word-2"}


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def desk(
    project: Home, write: Write, server: Server, publish: Publish, said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:  # fmt: skip
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    schedule = read_schedule(project, write(TEXT % (server.place, server.place)))
    folder = publish()

    def run(home: Home, words: Sequence[str], log: Path, **_: Any) -> Launched:
        return Launched(0, folder, "")

    made = Desk(project, schedule, teller(project), run=run, log=said.append, clock=lambda: at(30))
    made.ledger.register("daily", dt.datetime(2026, 6, 17, 12, tzinfo=dt.UTC))
    return made


def at(minute: int) -> dt.datetime:
    return dt.datetime(2026, 6, 18, 7, minute, tzinfo=dt.UTC)


def fire(desk: Desk, minute: int) -> list[str]:
    return [each.state for each in desk.fire(desk.schedule.jobs[0], at(minute))]


def test_each_recipient_is_told_once_in_their_language(desk: Desk, server: Server) -> None:
    assert fire(desk, 31) == ["watch"]
    assert fire(desk, 32) == []
    assert sorted(post.path for post in server.got) == ["/chief", "/in?key=hidden-word-2"]
    titles = {post.path[:4]: post.body["title"] for post in server.got}
    assert titles["/in?"].startswith("▲ Watch · daily · Plan for 43.8 m EUR")
    assert titles["/chi"].startswith("▲ 关注 · daily · Plan for 43.8 m EUR")
    assert [row.state for row in desk.ledger.alerts()] == ["sent", "sent"]


def test_who_could_not_be_told_is_told_later_and_once(
    desk: Desk, server: Server, said: list[str]
) -> None:
    server.status = 503
    assert fire(desk, 31) == ["watch"]
    assert [row.error for row in desk.ledger.alerts()] == [
        "DeliveryError: json 127.0.0.1: refused with error 503"
    ] * 2
    server.status = 200
    server.got.clear()
    for minute in (32, 33, 34):
        fire(desk, minute)
    assert sorted(post.path[:4] for post in server.got) == ["/chi", "/in?"]
    assert "daily 2026-06-18 07:30 UTC: team told" in said


def test_no_secret_is_kept(desk: Desk, server: Server, said: list[str], project: Home) -> None:
    server.status = 500
    fire(desk, 31)
    server.status = 200
    fire(desk, 32)
    kept = [path.read_bytes() for path in project.root.rglob("*") if path.is_file()]
    assert any(b"SQLite" in content for content in kept)
    everything = (
        b"".join(kept)
        + "\n".join(said).encode()
        + json.dumps([str(row) for row in desk.ledger.alerts()]).encode()
    )
    for secret in SECRETS.values():
        assert secret.encode() not in everything
    assert desk.schedule.recipients["team"].url.count("${") == 2
    assert "hidden" not in repr(desk.schedule)
