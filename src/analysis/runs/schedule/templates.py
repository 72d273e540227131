"""Parameters that move with the calendar: ``as_of = "{scheduled_date-1d}"``.

A template is a name in braces, optionally with steps of days, weeks, months or years and a format
of ``strftime`` after a colon. ``{{`` and ``}}`` are braces. The names:

``scheduled_date``  the day the job was due, in its time zone (``2026-06-18``)
``scheduled_time``  the moment it was due (``2026-06-18T07:30:00+08:00``)
``week_start``      Monday of that week
``month_start``     first day of that month
``year_start``      first day of that year

The moment is the one at which the job was due, not the one at which it came to run: a run that is
made up for, or tried again, asks for the same days.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from dateutil.relativedelta import relativedelta

from analysis.base.errors import nearest

NAMES = ("scheduled_date", "scheduled_time", "week_start", "month_start", "year_start")
_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_TEMPLATE = re.compile(r"\s*([A-Za-z_]\w*)((?:\s*[+-]\s*\d+\s*[dwmy])*)\s*(?::(.+))?", re.DOTALL)
_STEP = re.compile(r"([+-])\s*(\d+)\s*([dwmy])")
_UNITS = {"d": "days", "w": "weeks", "m": "months", "y": "years"}


def fill(value: Any, scheduled: dt.datetime) -> Any:
    """Fill the templates in a parameter; lists and mappings are gone through.

    Args:
        value: A parameter as in ``schedule.toml``.
        scheduled: When the job was due, in its own time zone.

    Raises:
        ValueError: If a template cannot be filled; the text says why.
    """
    if isinstance(value, str):
        return _PIECE.sub(lambda piece: _filled(piece, scheduled), value)
    if isinstance(value, list | tuple):
        return [fill(each, scheduled) for each in value]
    if isinstance(value, Mapping):
        return {name: fill(each, scheduled) for name, each in value.items()}
    return value


def _filled(piece: re.Match[str], scheduled: dt.datetime) -> str:
    if piece[0] in ("{{", "}}"):
        return piece[0][0]
    if piece[1] is None:
        raise ValueError(f"a single {piece[0]!r}: write {piece[0] * 2!r} for a brace")
    template = _TEMPLATE.fullmatch(piece[1])
    if template is None:
        raise ValueError(f"{piece[0]}: expected a name and steps, such as {{scheduled_date-1d}}")
    name, steps, form = template[1], template[2], template[3]
    moment = _start(name, scheduled)
    try:
        for sign, count, unit in _STEP.findall(steps):
            length = relativedelta(**{_UNITS[unit]: int(count)})  # type: ignore[arg-type]
            moment = moment + length if sign == "+" else moment - length
        return format(moment, form) if form else moment.isoformat()
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{piece[0]}: {error}") from None


def _start(name: str, scheduled: dt.datetime) -> dt.date:
    day = scheduled.date()
    starts = {
        "scheduled_date": day,
        "scheduled_time": scheduled,
        "week_start": day - dt.timedelta(days=day.weekday()),
        "month_start": day.replace(day=1),
        "year_start": day.replace(month=1, day=1),
    }
    if name not in starts:
        raise ValueError(f"{{{name}}}: there is no such name; {nearest(name, NAMES)}")
    return starts[name]
