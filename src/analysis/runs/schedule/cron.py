"""Cron expressions with the meaning that cron gives them, on the wall clock of a time zone.

The library's trigger numbers weekdays from Monday, asks for day of month *and* day of week where
cron takes either, repeats itself for ever in the hour that autumn gives twice, and fires at the
wrong moment in the hour that spring leaves out. So it only finds wall-clock times here, in a zone
without changes; weekdays go to it by name, and the clock changes are settled in one place below.
"""

from __future__ import annotations

import datetime as dt
import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

FIELDS = ("minute", "hour", "day of month", "month", "day of week")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NAMED = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
          "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *",
          "@annually": "0 0 1 1 *"}  # fmt: skip
_WEEKDAYS = re.compile(r"(?P<first>\*|\w+)(-(?P<last>\w+))?(/(?P<step>\d+))?")


@dataclass(frozen=True, slots=True)
class Cron:
    """A checked expression.

    Attributes:
        fields: Minute, hour, day of month, month, day of week as they were written.
    """

    fields: tuple[str, str, str, str, str]

    def __str__(self) -> str:
        return " ".join(self.fields)

    def walls(self, after: dt.datetime) -> Iterator[dt.datetime]:
        """Yield wall-clock times (naive, ascending) after ``after`` (naive)."""
        last = after
        for wall in heapq.merge(*(_times(trigger, after) for trigger in _triggers(self.fields))):
            if wall > last:
                yield wall
                last = wall

    def instants(self, after: dt.datetime, zone: ZoneInfo) -> Iterator[dt.datetime]:
        """Yield the moments (aware, in ``zone``, ascending) after ``after`` (aware).

        A time that a clock change leaves out moves forward by the change; one that it gives twice
        counts once, unless the hour field is open (``*``, ``*/2``): then the clock goes round.
        """
        start = after.astimezone(zone).replace(tzinfo=None) - dt.timedelta(hours=3)
        twice = self.fields[1].startswith("*")
        last = after.astimezone(dt.UTC)
        waiting: list[dt.datetime] = []
        for wall in self.walls(start):
            heapq.heappush(waiting, _real(wall, zone))
            if twice and (second := _second(wall, zone)):
                heapq.heappush(waiting, second)
            # No clock change is longer than this: what lies further back is in its final order.
            while waiting and waiting[0] < _real(wall - dt.timedelta(hours=3), zone):
                moment = heapq.heappop(waiting)
                if moment > last:
                    yield moment.astimezone(zone)
                    last = moment


def parse(text: str) -> Cron:
    """Read a cron expression of five fields, or one of ``@hourly`` … ``@yearly``.

    Raises:
        ValueError: Saying what is expected, and which field is wrong.
    """
    parts = _NAMED.get(text.strip().lower(), text).split()
    if len(parts) != len(FIELDS):
        raise ValueError(f"five fields ({', '.join(FIELDS)}), not {len(parts)}")
    fields = (parts[0], parts[1], parts[2], parts[3], parts[4])
    try:
        triggers = _triggers(fields)
    except ValueError as error:
        raise ValueError(f"{', '.join(FIELDS)} as cron takes them ({error})") from None
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    if all(trigger.get_next_fire_time(None, start) is None for trigger in triggers):
        raise ValueError("a day that some month has; this job would never run")
    return Cron(fields)


def _triggers(fields: tuple[str, str, str, str, str]) -> list[Any]:
    from apscheduler.triggers.cron import CronTrigger

    minute, hour, day, month, weekday = fields
    named = _weekdays(weekday)
    # Where both days are given, cron runs on either; the library would want both at once.
    pairs = [(day, "*"), ("*", named)] if day != "*" and weekday != "*" else [(day, named)]
    return [
        CronTrigger(
            minute=minute,
            hour=hour,
            day=first,
            month=month,
            day_of_week=second,
            second=0,
            timezone=dt.UTC,
        )
        for first, second in pairs
    ]


def _weekdays(text: str) -> str:
    """Return a day-of-week field by names; numbers count from Sunday, 0 or 7."""
    if text == "*":
        return text
    days: set[int] = set()
    for part in text.lower().split(","):
        found = _WEEKDAYS.fullmatch(part)
        if found is None:
            raise ValueError(f"day of week {part!r} is not 0–7 or sun–sat")
        open_end = found["first"] == "*"
        first = 0 if open_end else _weekday(found["first"])
        step = int(found["step"] or 1)
        last = 6 if open_end else _weekday(found["last"]) if found["last"] else first
        if found["step"] and not found["last"]:
            last = 6
        if step < 1:
            raise ValueError(f"day of week {part!r}: the step must be 1 or more")
        span = (last - first) % 7 if found["last"] and last != 7 else last - first
        days |= {(first + n) % 7 for n in range(0, span + 1, step)}
    return ",".join(_DAYS[day] for day in sorted(days))


def _weekday(text: str) -> int:
    if text in _DAYS:
        return _DAYS.index(text)
    if text.isdecimal() and int(text) <= 7:
        return int(text)
    raise ValueError(f"day of week {text!r} is not 0–7 or sun–sat")


def _times(trigger: Any, after: dt.datetime) -> Iterator[dt.datetime]:
    moment = after.replace(tzinfo=dt.UTC, second=0, microsecond=0)
    while True:
        moment += dt.timedelta(minutes=1)
        found = trigger.get_next_fire_time(None, moment)
        if found is None:
            return
        moment = found
        yield found.replace(tzinfo=None)


def _real(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the moment of a wall-clock time: the first of two, the one after a gap."""
    # In a gap, fold=0 takes the offset before the change: the clock then shows a later time.
    return wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)


def _second(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """Return the second moment of a wall-clock time that comes twice, None for any other."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    back = second.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None)
    return (
        second.astimezone(dt.UTC)
        if first.utcoffset() != second.utcoffset() and back == wall
        else None
    )
