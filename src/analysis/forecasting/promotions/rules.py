"""What is checked of a plan's phases, finding by finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

import pandas as pd

from analysis.base.errors import InputProblems, Problem

DAY = pd.Timedelta(days=1)


def resolved_phases(frame: pd.DataFrame, year: int, day: pd.Timestamp) -> pd.DataFrame:
    """Phases with dates, and the row of the plan that each is from."""
    rows, problems = [], []
    for number, row in enumerate(frame.to_dict("records")):
        ends: tuple[pd.Timestamp, pd.Timestamp] | None = None
        basis = "dates"
        if not _absent(row["starts"]) or not _absent(row["ends"]):
            try:
                start = pd.Timestamp(dt.date.fromisoformat(f"{year}-{row['starts']}"))
                later = str(row["ends"]) < str(row["starts"])
                end = pd.Timestamp(dt.date.fromisoformat(f"{year + later}-{row['ends']}"))
            except ValueError:
                found = f"{row['starts']!r} to {row['ends']!r}"
                problems.append(Problem(found, f"days of {year} as MM-DD", number + 2, "starts"))
                continue
            ends = start, end
        elif not _absent(row["value"]):
            basis = "festival"
            ends = _window(float(row["value"]), row["value_max"], str(row["unit"]), day)
        if ends is not None:
            names = str(row["name_en"]), str(row.get("name_zh", row["name_en"]))
            rows.append((number, str(row["track"]), *names, *ends, basis))
    if problems:
        raise InputProblems("phases", problems)
    columns = ["row", "track", "phase", "phase_zh", "start", "end", "basis"]
    return pd.DataFrame(rows, columns=columns)


def _absent(value: object) -> bool:
    return value is None or value == "" or bool(pd.isna(value))  # type: ignore[call-overload]


def _window(
    value: float, other: object, unit: str, day: pd.Timestamp
) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """Days of a window relative to the festival; None for a unit that names no days."""
    second = value if _absent(other) else float(str(other))
    if unit == "days_before_festival":
        near = min(value, second) if not _absent(other) else 1.0
        return day - max(value, second) * DAY, day - near * DAY
    if unit == "days_after_festival":
        return day + DAY, day + max(value, second) * DAY
    return None


Row = tuple[str, str, str, str, pd.Timestamp, pd.Timestamp, int]


def about_festival(dated: pd.DataFrame, day: pd.Timestamp, peak: str | None) -> Iterator[Row]:
    """Whether the festival falls into a dated phase, and into the one meant for it."""
    if dated.empty:
        return
    inside = dated[(dated["start"] <= day) & (day <= dated["end"])]
    first, last = dated["start"].min(), dated["end"].max()
    if inside.empty:
        track = str(dated["track"].iloc[0])
        away = int(max((first - day).days, (day - last).days, 0))
        yield "festival outside the plan", track, peak or "", "", day, day, away
    elif peak is not None and peak not in set(inside["phase"]):
        meant = dated[dated["phase"] == peak].iloc[0]
        away = int(max((meant["start"] - day).days, (day - meant["end"]).days))
        where = str(inside["phase"].iloc[0])
        yield "festival outside its phase", str(meant["track"]), peak, where, day, day, away


def about_order(one: pd.DataFrame) -> Iterator[Row]:
    """Gaps and overlaps between successive phases of a track; leads up to one day may nest."""
    ordered = one.sort_values(["start", "end"], kind="stable").to_dict("records")
    for before, after in pairwise(ordered):
        apart = (after["start"] - before["end"]).days - 1
        nested = before["basis"] == after["basis"] == "festival" and before["end"] == after["end"]
        if nested or apart == 0:
            continue
        names = str(before["track"]), str(before["phase"]), str(after["phase"])
        if apart > 0:
            yield "gap", *names, before["end"] + DAY, after["start"] - DAY, apart
        else:
            end = min(before["end"], after["end"])
            yield "overlap", *names, after["start"], end, (end - after["start"]).days + 1


def about_windows(resolved: pd.DataFrame, dated: pd.DataFrame, day: pd.Timestamp) -> Iterator[Row]:
    """Days left over before the festival, and windows that begin before the plan does."""
    windows = resolved[(resolved["basis"] == "festival") & (resolved["end"] < day)]
    for track, rows in windows.groupby("track", sort=False):
        last = rows.sort_values("end").iloc[-1]
        left = (day - last["end"]).days - 1
        if left > 0:
            start, end = last["end"] + DAY, day - DAY
            yield (
                "uncovered before the festival", str(track), str(last["phase"]), "",
                start, end, left,
            )  # fmt: skip
    if dated.empty:
        return
    opens = dated["start"].min()
    for row in windows[windows["start"] < opens].to_dict("records"):
        until = min(row["end"], opens - DAY)
        days = (until - row["start"]).days + 1
        yield "before the plan", str(row["track"]), str(row["phase"]), "", row["start"], until, days


def about_lengths(frame: pd.DataFrame, resolved: pd.DataFrame) -> Iterator[Row]:
    """Dated phases whose stated number of days is not that of their dates."""
    for row in resolved[resolved["basis"] == "dates"].to_dict("records"):
        value, unit = frame["value"].iloc[row["row"]], frame["unit"].iloc[row["row"]]
        days = (row["end"] - row["start"]).days + 1
        if unit == "days" and not _absent(value) and float(str(value)) != days:
            yield (
                "other length", str(row["track"]), str(row["phase"]), str(value),
                row["start"], row["end"], days,
            )  # fmt: skip
