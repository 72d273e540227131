"""Phases of promotion events as published; years that the calendar does not have are unknown."""

from __future__ import annotations

import pandas as pd

from analysis.base.errors import InputError
from analysis.base.schema import Column, TableSchema

PROMO_CALENDAR = TableSchema(
    (
        Column("platform", "text", description="Platform"),
        Column("event", "text", description="Promotion event, such as 618 or double_11"),
        Column("year", "integer", description="Year of the event"),
        Column("phase", "text", description="Phase as the platform divides its event"),
        Column("start", "date", description="First day"),
        Column("end", "date", description="Last day, inclusive"),
        Column("source", "text", description="Who reported it, and when", required=False),
    ),
    key=("platform", "event", "year", "phase"),
    extra="any",
)


def years_known(calendar: pd.DataFrame, event: str, platform: str) -> tuple[int, ...]:
    """Years of an event that the calendar has for a platform, ascending."""
    chosen = (calendar["event"].astype("str") == event) & (calendar["platform"] == platform)
    return tuple(sorted({int(year) for year in calendar.loc[chosen, "year"]}))


def phases(calendar: pd.DataFrame, event: str, year: int, platform: str) -> pd.DataFrame:
    """Phases of an event in a year on a platform.

    Args:
        calendar: As :data:`PROMO_CALENDAR` promises.
        event: Event.
        year: Year.
        platform: Platform.

    Returns:
        ``phase, start, end`` (datetime64), by start.

    Raises:
        InputError: If the calendar does not have that year; the text names those it has.
    """
    known = years_known(calendar, event, platform)
    if year not in known:
        have = f"one of {', '.join(map(str, known))}" if known else "an event that it has"
        raise InputError(
            f"promotion calendar, {event} on {platform}: found year {year}, expected {have}; dates "
            "that are not published are not guessed"
        )
    chosen = calendar[
        (calendar["event"].astype("str") == event)
        & (calendar["platform"] == platform)
        & (calendar["year"] == year)
    ]
    out = chosen[["phase"]].assign(
        start=pd.to_datetime(chosen["start"]), end=pd.to_datetime(chosen["end"])
    )
    wrong = out[out["start"] > out["end"]]
    if len(wrong):
        raise InputError(
            f"promotion calendar, {event} {year} on {platform}: found phase "
            f"{wrong['phase'].iloc[0]!r} that ends before it starts, expected start up to end"
        )
    return out.sort_values(["start", "end"], ignore_index=True)


def phase_days(found: pd.DataFrame) -> dict[str, pd.DatetimeIndex]:
    """Days of each phase; a day that two share belongs to the one that begins later."""
    taken: set[pd.Timestamp] = set()
    out: dict[str, pd.DatetimeIndex] = {}
    for row in found.iloc[::-1].to_dict("records"):
        days = pd.date_range(row["start"], row["end"])
        out[str(row["phase"])] = days[[day not in taken for day in days]]
        taken |= set(days)
    return {name: out[name] for name in found["phase"].astype("str")}
