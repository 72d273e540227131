"""A day as a parameter gives it: ISO text, one message when it is not."""

from __future__ import annotations

import datetime as dt

from analysis.base.errors import InputError


def as_of_day(text: str) -> dt.date:
    """Return the day that the parameter ``as_of`` names.

    Raises:
        InputError: If it is no day.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"as_of={text}: expected a day such as 2015-06-19") from None
