"""Alerts by mail, against a mail server on this machine."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs.alerts import sending
from analysis.runs.alerts.channel import DeliveryError, open_channel
from analysis.runs.alerts.event import Event
from analysis.runs.alerts.sending import teller
from analysis.runs.schedule.reading import read_schedule
from tests.runs.alerts.conftest import PICTURE, SENTENCE, Postbox, Publish, event
from tests.runs.schedule.conftest import Write

# Every sign that has a meaning in an address.
PASSWORD = "p@ss:w/o?rd#1&x= %41+"
ADDRESS = "mailto://robot:${MAIL_PASSWORD}@127.0.0.1:%d/?from=robot@example.com&to=plan@example.com"
TEXT = """\
[schedule]
base_url = "https://reports.example.com/p"

[recipients.team]
url = "%s"
lang = "%s"

[[jobs]]
name = "daily"
notebook = "sales"
cron = "30 7 * * *"
alert = { when = "always", to = ["team"], attach = "%s" }
"""
Send = Callable[..., None]


@pytest.fixture
def tell(project: Home, write: Write, postbox: Postbox, monkeypatch: pytest.MonkeyPatch) -> Send:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)

    def send(told: Event, lang: str = "en", attach: str = "none") -> None:
        text = TEXT % (ADDRESS % postbox.port, lang, attach)
        schedule = read_schedule(project, write(text))
        teller(project)(schedule, schedule.jobs[0], told, "team")

    return send


def test_a_message_with_its_picture(tell: Send, postbox: Postbox, publish: Publish) -> None:
    tell(event("watch", publish()), attach="picture")
    (mail,) = postbox.got
    assert postbox.logins == [("robot", PASSWORD)]
    assert postbox.to == [["plan@example.com"]]
    assert (
        mail["Subject"]
        == "▲ Watch · daily · Plan for 43.8 m EUR over the next 42 days (80% interval…"
    )
    assert len(mail["Subject"]) <= 80
    address = "https://reports.example.com/p/sales/20260618T073012Z-abc/report.html"
    assert postbox.body("plain").splitlines()[:9] == [
        "▲ Watch",
        SENTENCE,
        "Total over the horizon: 43.8 m EUR (80% interval 40.1 m EUR to 47.5 m EUR)",
        "Accuracy in the backtest: 91.6% (95% interval 90.2% to 93.0%)",
        "Days: 42",
        "Error saved: 63.8% (95% interval 52.3% to 73.5%)",
        "Job: daily (sales)",
        "Scheduled: 2026-06-18 07:30 Asia/Shanghai",
        "Parameters: as_of=2026-06-17, horizon=42",
    ]
    assert address in postbox.body("plain")
    assert f'<a href="{address}">' in postbox.body("html")
    assert "fifth" not in mail.as_string()
    (picture,) = mail.iter_attachments()
    assert (picture.get_filename(), picture.get_content_type()) == ("zebra.png", "image/png")
    assert picture.get_content() == PICTURE


def test_a_failure_in_chinese_says_what_is_still_served(
    tell: Send, postbox: Postbox, publish: Publish
) -> None:
    publish()
    tell(event("data late", None, "sales.csv: no rows of 2026-06-17"), lang="zh", attach="pdf")
    (mail,) = postbox.got
    assert mail["Subject"] == "▲ 数据未到 · daily · 没有新报告：所需数据尚未到达。"
    assert "=?utf-8?" in dict(mail.raw_items())["Subject"]
    said = postbox.body("plain")
    assert "原因：sales.csv: no rows of 2026-06-17" in said
    # 23:30 UTC is the next day where the job lives.
    assert f"目前仍可查看 2026年6月18日 的报告：{SENTENCE}" in said
    assert "/sales/20260618T073012Z-abc/report.html" in said
    assert 'lang="zh"' in postbox.body("html")
    assert list(mail.iter_attachments()) == []


def test_what_a_notebook_says_stays_text(tell: Send, postbox: Postbox, publish: Publish) -> None:
    hostile = "Bcc: all@example.com <script>alert(1)</script> <img src=x> & \u202e more"
    folder = publish(headline={"sentence": f"Sales\r\n{hostile}", "status": "bad", "numbers": []})
    tell(event("red", folder))
    (mail,) = postbox.got
    assert mail["Subject"].startswith("■ Act now · daily · Sales Bcc: all＠example.com ＜script>")
    assert mail["Bcc"] is None
    assert "<script" not in postbox.body("html")
    assert "<img" not in postbox.body("html")
    assert "\u202e" not in mail.as_string()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in postbox.body("html")


def test_the_pdf_is_made_and_attached(
    tell: Send, postbox: Postbox, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    def printed(page: Path, target: Path, finished: str) -> Path:
        target.write_bytes(b"%PDF-1.4 " + finished.encode())
        return target

    monkeypatch.setattr("analysis.runs.export.pdf.write", printed)
    folder = publish()
    tell(event("good", folder), attach="pdf")
    (part,) = postbox.got[0].iter_attachments()
    assert part.get_filename() == "report.pdf"
    assert part.get_content() == b"%PDF-1.4 2026-06-17T23:30:40+00:00"


def test_without_a_chromium_the_message_says_so(
    tell: Send, postbox: Postbox, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    tell(event("watch", publish()), attach="pdf")
    assert "Nothing is attached: PDF: found no Chromium on this machine" in postbox.body("plain")
    assert list(postbox.got[0].iter_attachments()) == []


def test_a_file_that_is_too_large_is_left_out(
    tell: Send, postbox: Postbox, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LARGEST_FILE", 10)
    tell(event("watch", publish()), attach="picture")
    assert "Nothing is attached: it is larger than 0 MB" in postbox.body("plain")
    assert list(postbox.got[0].iter_attachments()) == []


def test_a_mail_that_is_refused_is_an_error(tell: Send, postbox: Postbox, publish: Publish) -> None:
    postbox.refusal = "554 no"
    with pytest.raises(DeliveryError) as caught:
        tell(event("watch", publish()))
    assert str(caught.value) == "mailto 127.0.0.1: not delivered"


def test_a_mail_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = ADDRESS % silent.getsockname()[1] + "&cto=0.5"
        began = time.monotonic()
        with pytest.raises(DeliveryError) as caught:
            open_channel(address).send("title", "<p>body</p>")
    assert time.monotonic() - began < 4
    assert str(caught.value) == (
        "mailto 127.0.0.1: no connection, no answer in time, or a refused login"
    )


def test_a_secret_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAIL_PASSWORD", raising=False)
    with pytest.raises(InputError, match=r"^the environment variable MAIL_PASSWORD is not set$"):
        open_channel(ADDRESS % 25)


def test_of_a_grid_the_index_is_linked_and_nothing_attached(
    tell: Send, postbox: Postbox, publish: Publish
) -> None:
    folder = publish("grid-1")
    (folder / "report.html").rename(folder / "index.html")
    tell(event("watch", folder), attach="pdf")
    assert "https://reports.example.com/p/sales/grid-1/index.html" in postbox.body("plain")
    assert "Nothing is attached: the run has no page of its own" in postbox.body("plain")


def test_a_report_without_pictures_says_so(tell: Send, postbox: Postbox, publish: Publish) -> None:
    folder = publish("run 1#2")
    (folder / "report.html").write_text("<p>no figure</p>", encoding="utf-8")
    tell(event("watch", folder), attach="picture")
    assert "Nothing is attached: the report has no picture" in postbox.body("plain")
    assert "/sales/run%201%232/report.html" in postbox.body("plain")
