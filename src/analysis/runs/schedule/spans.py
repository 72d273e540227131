"""Lengths of time as people write them: ``90s``, ``10m``, ``2h``, ``1d``, ``1h30m``."""

from __future__ import annotations

import datetime as dt
import re

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PART = re.compile(r"(\d+)([wdhms])")
_WHOLE = re.compile(r"(\d+[wdhms])+")


def span(text: str) -> dt.timedelta:
    """Return a length of time.

    >>> span("1h30m")
    datetime.timedelta(seconds=5400)

    Raises:
        ValueError: Saying what is expected, if it is not such a text or longer than ten years.
    """
    clean = text.strip().lower()
    if not _WHOLE.fullmatch(clean):
        raise ValueError("a length of time such as 90s, 10m, 2h, 1d or 1h30m")
    try:
        total = sum(
            (dt.timedelta(**{_UNITS[unit]: int(n)}) for n, unit in _PART.findall(clean)),
            dt.timedelta(),
        )
    except OverflowError:
        total = dt.timedelta.max
    if total > dt.timedelta(days=3653):
        raise ValueError("a length of time of at most ten years")
    return total


def written(length: dt.timedelta) -> str:
    """Write a length of time as :func:`span` reads it.

    >>> written(dt.timedelta(seconds=5400)), written(dt.timedelta())
    ('1h30m', '0s')
    """
    left = int(length.total_seconds())
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"
