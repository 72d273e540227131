"""``report.pdf``: the page of a run, printed by the system's Chromium with the rules of print.css.

Chromium keeps what a reader of a PDF needs: an outline, a tagged structure, title and language.
The page loads nothing, and Chromium is given no way to the network. Two prints of one page are
equal byte for byte: the times that Chromium writes are replaced by the one that the caller gives,
and the names of the tagged structure, which count from wherever Chromium was, count from one.
"""

from __future__ import annotations

import datetime as dt
import errno
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from analysis.base.errors import InputError

FILE = "report.pdf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 120
_FLAGS = (
    "--headless",
    "--no-sandbox",  # the page is our own and its policy forbids scripts; root has no sandbox
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)
_NODES = re.compile(rb"\(node(\d{8})\)")
_TIMES = re.compile(rb"/(CreationDate|ModDate) \(D:(\d{14})([+-]\d\d'\d\d')?\)")


def find_browser() -> str:
    """Return the Chromium that prints.

    Raises:
        InputError: If there is none, with the remedy.
    """
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise InputError(
        "PDF: found no Chromium on this machine, which prints it; install the package `chromium` "
        "(Debian: apt-get install chromium)"
    )


def write(page: Path, target: Path, finished: str, *, seconds: int = SECONDS) -> Path:
    """Print a page.

    Args:
        page: ``report.html`` of a run.
        target: The PDF to write.
        finished: When the run ended, ISO 8601; becomes the date of the PDF.
        seconds: How long Chromium may take.

    Returns:
        ``target``.

    Raises:
        InputError: If there is no Chromium.
        OSError: If Chromium takes too long or gives no PDF.
    """
    browser = find_browser()
    with tempfile.TemporaryDirectory(prefix="analysis-pdf-") as folder:
        made = Path(folder) / FILE
        command = [
            browser, *_FLAGS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}",
            page.resolve().as_uri(),
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, capture_output=True, encoding="utf-8", errors="replace", timeout=seconds
            )
        except subprocess.TimeoutExpired:
            reason = f"Chromium took more than {seconds} s to print it"
            raise TimeoutError(errno.ETIMEDOUT, reason, str(page)) from None
        content = made.read_bytes() if made.is_file() else b""
        if not content.startswith(b"%PDF-"):
            last = " ".join((done.stderr.splitlines() or ["no message"])[-1].split())
            reason = f"Chromium gave no PDF (exit {done.returncode}: {last[:200]})"
            raise OSError(errno.EIO, reason, str(page))
    target.write_bytes(renumbered(dated(content, finished)))
    return target


def dated(content: bytes, finished: str) -> bytes:
    """Return a PDF whose times are the given one; no other byte moves.

    >>> dated(b"/CreationDate (D:20260102030405+00'00')", "2025-12-31T23:59:58+00:00")
    b"/CreationDate (D:20251231235958+00'00')"
    """
    moment = dt.datetime.fromisoformat(finished).astimezone(dt.UTC)
    stamp = moment.strftime("%Y%m%d%H%M%S").encode()

    def fixed(found: re.Match[bytes]) -> bytes:
        zone = b"+00'00'" if found[3] else b""
        return b"/" + found[1] + b" (D:" + stamp + zone + b")"

    return _TIMES.sub(fixed, content)


def renumbered(content: bytes) -> bytes:
    """Return a PDF whose structure's names count from one, in the order they had.

    >>> renumbered(b"/ID (node00000294) /ID (node00000291) /Headers [(node00000294)]")
    b'/ID (node00000002) /ID (node00000001) /Headers [(node00000002)]'
    """
    found = sorted(set(_NODES.findall(content)))
    names = {old: b"(node%08d)" % new for new, old in enumerate(found, start=1)}
    return _NODES.sub(lambda node: names[node[1]], content)
