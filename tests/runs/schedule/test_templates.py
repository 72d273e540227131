from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analysis.runs.schedule.spans import span, written
from analysis.runs.schedule.templates import fill

DUE = dt.datetime(2026, 6, 18, 7, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{scheduled_date-1d}", "2026-06-17"),
        ("{scheduled_date}", "2026-06-18"),
        ("{ scheduled_date - 1w + 1d }", "2026-06-12"),
        ("{month_start-1m}", "2026-05-01"),
        ("{year_start}", "2026-01-01"),
        ("{week_start}", "2026-06-15"),
        ("{scheduled_time}", "2026-06-18T07:30:00+08:00"),
        ("exports/{scheduled_date-1d:%Y%m%d}.csv", "exports/20260617.csv"),
        ("{scheduled_date-1y}", "2025-06-18"),
        ("{{as it is}}", "{as it is}"),
        ("nothing", "nothing"),
        (7, 7),
        (["{scheduled_date}", 1], ["2026-06-18", 1]),
        ({"a": {"b": "{scheduled_date}"}}, {"a": {"b": "2026-06-18"}}),
    ],
)
def test_filled_from_the_moment_it_was_due(template: Any, expected: Any) -> None:
    assert fill(template, DUE) == expected


def test_the_last_day_of_february_is_a_month_after_the_last_of_january() -> None:
    due = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)
    assert fill("{scheduled_date+1m}", due) == "2026-02-28"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{sheduled_date}", "did you mean 'scheduled_date'"),
        ("{scheduled_date-1x}", "expected a name and steps"),
        ("{scheduled_date", "a single '{'"),
        ("}", "a single '}'"),
        ("{}", "expected a name and steps"),
        ("{scheduled_date-9999y}", "out of range"),
        ("{scheduled_date.__class__}", "expected a name and steps"),
        ("{scheduled_date!r}", "expected a name and steps"),
    ],
)
def test_what_cannot_be_filled_says_why(template: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace("{", r"\{").replace("}", r"\}")):
        fill(template, DUE)


def test_lengths_of_time() -> None:
    assert span("1h30m") == dt.timedelta(minutes=90)
    assert span(" 2D ") == dt.timedelta(days=2)
    assert written(span("1d2h3m4s")) == "1d2h3m4s"


@pytest.mark.parametrize("text", ["", "5", "m", "1.5h", "-1h", "1h 30m", "9999999999w", "4000d"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"length of time|ten years"):
        span(text)
