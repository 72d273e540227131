from __future__ import annotations

import datetime as dt
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.runs.schedule.cron import parse

NEW_YORK = ZoneInfo("America/New_York")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def moments(text: str, after: str, count: int, zone: ZoneInfo = NEW_YORK) -> list[str]:
    start = dt.datetime.fromisoformat(after).replace(tzinfo=zone)
    return [f"{m:%m-%d %H:%M %Z}" for m in islice(parse(text).instants(start, zone), count)]


def test_an_hour_that_comes_twice_counts_once_for_a_fixed_time() -> None:
    assert moments("30 1 * * *", "2026-10-31", 3) == [
        "10-31 01:30 EDT", "11-01 01:30 EDT", "11-02 01:30 EST",
    ]  # fmt: skip


def test_an_hour_that_comes_twice_is_gone_through_twice_every_hour() -> None:
    assert moments("30 * * * *", "2026-11-01", 4) == [
        "11-01 00:30 EDT", "11-01 01:30 EDT", "11-01 01:30 EST", "11-01 02:30 EST",
    ]  # fmt: skip


def test_a_time_that_spring_leaves_out_moves_with_the_clock() -> None:
    assert moments("30 2 * * *", "2026-03-07", 3) == [
        "03-07 02:30 EST", "03-08 03:30 EDT", "03-09 02:30 EDT",
    ]  # fmt: skip
    # Two times that fall together then are one.
    assert moments("30 2,3 * * *", "2026-03-08", 2) == ["03-08 03:30 EDT", "03-09 02:30 EDT"]


def days(text: str, count: int) -> list[str]:
    start = dt.datetime(2026, 11, 20, tzinfo=SHANGHAI)
    return [f"{m:%a%d}" for m in islice(parse(text).instants(start, SHANGHAI), count)]


@pytest.mark.parametrize(
    ("weekday", "expected"),
    [
        ("0", ["Sun22", "Sun29"]),
        ("7", ["Sun22", "Sun29"]),
        ("1-5", ["Fri20", "Mon23", "Tue24"]),
        ("fri-sun", ["Fri20", "Sat21", "Sun22", "Fri27"]),
        ("5-7", ["Fri20", "Sat21", "Sun22", "Fri27"]),
        ("6-1", ["Sat21", "Sun22", "Mon23", "Sat28"]),
        ("*/2", ["Sat21", "Sun22", "Tue24", "Thu26", "Sat28"]),
        ("MON,3", ["Mon23", "Wed25"]),
    ],
)
def test_days_of_the_week_count_from_sunday(weekday: str, expected: list[str]) -> None:
    assert days(f"0 9 * * {weekday}", len(expected)) == expected


def test_either_day_will_do_where_both_are_given() -> None:
    assert days("0 9 1 * fri", 4) == ["Fri20", "Fri27", "Tue01", "Fri04"]


def test_names_for_common_times() -> None:
    assert str(parse("@daily")) == "0 0 * * *"
    assert str(parse("@weekly")) == "0 0 * * 0"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("60 1 * * *", "'60'"),
        ("1 2 3", r"^five fields .minute, hour, .*, not 3$"),
        ("", "not 0$"),
        ("* * * * * *", "not 6$"),
        ("0 9 31 2 *", "^a day that some month has; this job would never run$"),
        ("0 9 * * 8", "day of week '8' is not 0–7"),
        ("0 9 * * mo", "day of week 'mo'"),
        ("*/0 * * * *", "higher than 0"),
        ("0 9 * * */0", "step must be 1"),
        ("0 25 * * *", "'25'"),
        ("a * * * *", "month, day of week as cron takes them"),
    ],
)
def test_wrong_expressions_say_which_field(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(text)


def matches(field: str, value: int, low: int) -> bool:
    """An independent reading of a simple field: a number or ``*/step``."""
    if field == "*":
        return True
    if field.startswith("*/"):
        return (value - low) % int(field[2:]) == 0
    return value == int(field)


@settings(max_examples=40, deadline=None)
@given(
    minute=st.sampled_from(["*", "*/7", "0", "59", "30"]),
    hour=st.sampled_from(["*", "*/5", "0", "13", "23"]),
    day=st.sampled_from(["*", "1", "15", "29"]),
    weekday=st.sampled_from(["*", "0", "3", "6"]),
    start=st.datetimes(dt.datetime(2023, 12, 20), dt.datetime(2024, 3, 5)),
)
def test_agrees_with_going_through_every_minute(
    minute: str, hour: str, day: str, weekday: str, start: dt.datetime
) -> None:
    def is_due(wall: dt.datetime) -> bool:
        by_day = matches(day, wall.day, 1)
        by_weekday = matches(weekday, wall.isoweekday() % 7, 0)
        both = day != "*" and weekday != "*"
        on_day = (by_day or by_weekday) if both else (by_day and by_weekday)
        return matches(minute, wall.minute, 0) and matches(hour, wall.hour, 0) and on_day

    first = start.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    every = (first + dt.timedelta(minutes=n) for n in range(4 * 1440))
    expected = [wall for wall in every if is_due(wall)][:20]
    last = first + dt.timedelta(days=4)
    found: list[dt.datetime] = []
    for moment in parse(f"{minute} {hour} {day} * {weekday}").instants(
        start.replace(tzinfo=dt.UTC), ZoneInfo("UTC")
    ):
        if moment.replace(tzinfo=None) >= last or len(found) == 20:
            break
        found.append(moment.replace(tzinfo=None))
    assert found == expected
