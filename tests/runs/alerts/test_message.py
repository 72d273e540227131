from __future__ import annotations

from typing import Any

import pytest

from analysis.runs.alerts.event import Kind
from analysis.runs.alerts.message import Message, Served, compose, compose_trial
from tests.runs.alerts.conftest import HEADLINE, SENTENCE, event

LINK = "https://reports.example.com/sales/r1/report.html"
MANIFEST = {"title": "Sales", "headline": HEADLINE, "changed": {"as_of": "2026-06-17"}}
SERVED = Served("All is well.", "17 Jun 2026", LINK)


def made(manifest: dict[str, Any], *, lang: str = "en", link: str = LINK) -> Message:
    return compose(event("watch"), manifest, link=link, served=None, lang=lang)


def test_markdown_has_a_list_and_a_link() -> None:
    assert made(MANIFEST).body("markdown", 10_000) == (
        f"**▲ Watch**\n\n{SENTENCE}\n\n"
        "- Total over the horizon: 43.8 m EUR (80% interval 40.1 m EUR to 47.5 m EUR)\n"
        "- Accuracy in the backtest: 91.6% (95% interval 90.2% to 93.0%)\n"
        "- Days: 42\n"
        "- Error saved: 63.8% (95% interval 52.3% to 73.5%)\n"
        "- Job: daily (sales)\n"
        "- Scheduled: 2026-06-18 07:30 Asia/Shanghai\n"
        "- Parameters: as\\_of=2026-06-17\n\n"
        f"[Report](<{LINK}>)"
    )


def test_chinese_has_its_own_punctuation() -> None:
    lines = made(MANIFEST, lang="zh").body("text", 10_000).splitlines()
    assert lines[0] == "▲ 关注"
    assert lines[3] == (
        "Total over the horizon：43.8 m EUR（80% interval 40.1 m EUR to 47.5 m EUR）"
    )
    assert lines[-1] == f"报告：{LINK}"


def test_a_report_without_a_headline_tells_its_title() -> None:
    message = made({"title": "Sales", "headline": None, "changed": {}}, link="sales/r1")
    assert message.body("text", 10_000).splitlines() == [
        "◆ Finding", "Sales", "", "Job: daily (sales)",
        "Scheduled: 2026-06-18 07:30 Asia/Shanghai", "Report: sales/r1",
    ]  # fmt: skip
    assert "href" not in message.body("html", 10_000)


@pytest.mark.parametrize(
    ("kind", "mark", "sentence"),
    [
        ("failed", "■ Failed", "No new report: the run failed."),
        ("timed out", "■ Timed out", "No new report: the run took too long and was stopped."),
        ("data late", "▲ Data late", "No new report: the data it needs has not come."),
        ("missed", "▲ Missed", "No new report: nothing ran when it was due."),
    ],
)
def test_a_failure_says_why_and_what_is_still_served(kind: Kind, mark: str, sentence: str) -> None:
    told = compose(event(kind, None, "why\nnot"), {}, link="", served=SERVED, lang="en")
    assert told.title == f"{mark} · daily · {sentence}"[:80]
    assert told.body("text", 10_000).splitlines() == [
        mark, sentence, "", "Reason: why not", "Job: daily (sales)",
        "Scheduled: 2026-06-18 07:30 Asia/Shanghai",
        "Still served is the report of 17 Jun 2026: All is well.",
        f"Report still served: {LINK}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sentence",
    [
        "x" * 200,
        "销售" * 100,
        "Plan for it: " * 4 + "1,234,567.89 EUR " * 9,
        "a\r\nSubject: b\x00\u202e\u2028" * 20,
    ],
)
def test_a_title_is_one_short_line(sentence: str) -> None:
    title = made({"headline": {"sentence": sentence, "status": "bad", "numbers": []}}).title
    assert len(title) <= 80
    assert title.endswith("…")
    assert title.isprintable()
    assert title.startswith("■ Act now · daily · ")


@pytest.mark.parametrize("length", range(30, 80))
def test_a_number_is_never_cut(length: int) -> None:
    sentence = "x" * length + " 1234567.5 EUR"
    title = made({"headline": {"sentence": sentence, "status": "good", "numbers": []}}).title
    assert "1234567.5 E" in title or "1" not in title


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_body_keeps_to_its_limit_and_keeps_the_link(form: str) -> None:
    headline = {**HEADLINE, "sentence": "涨" * 500}
    message = made({"headline": headline})
    body = message.body(form, 900)
    assert len(body.encode()) <= 900
    assert LINK in body
    assert "…" in body
    assert "Total" not in body


def test_markup_in_a_headline_stays_text() -> None:
    sentence = "5 < 6 & [click](http://x) **b** `c` <b>d</b> @all <!here>"
    message = made({"headline": {"sentence": sentence, "status": "good", "numbers": []}})
    assert message.body("markdown", 9999).splitlines()[2] == (
        r"5 \< 6 & \[click\](http://x) \*\*b\*\* \`c\` ＜b\>d＜/b\> ＠all ＜!here\>"
    )
    assert "5 &lt; 6 &amp; [click](http://x)" in message.body("html", 9999)
    assert "<b>" not in message.body("html", 9999)


def test_a_trial_is_marked_as_one() -> None:
    message = compose_trial("team", "schedule.toml", "en")
    assert message.title == (
        "◆ Trial · team · This is a trial: alerts of schedule.toml to team arrive here…"
    )
    assert compose_trial("team", "schedule.toml", "zh").mark == "◆ 测试"
