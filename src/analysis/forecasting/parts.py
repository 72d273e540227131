"""Where a forecast is good and where not: by third of the horizon, by kind of day.

Every share stands with its interval: errors by two-way bootstrap (series × origins), coverages by
Wilson's, as over the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.base.errors import InputError, nearest
from analysis.base.festivals import FESTIVALS, FIRST_YEAR, LAST_YEAR
from analysis.forecasting import scoring
from analysis.forecasting.metrics import wape

if TYPE_CHECKING:
    from analysis.forecasting.backtest import BacktestResult

ORDINARY, EVENT = "ordinary", "event"


def columns(levels: tuple[int, ...]) -> list[str]:
    """Columns of measures: WAPE, bias and coverages, each with ``… lo`` and ``… hi``."""
    names = ["WAPE", "bias", *(f"coverage {level}" for level in levels)]
    return ["n", *(f"{name}{end}" for name in names for end in ("", " lo", " hi"))]


def _measured(frame: pd.DataFrame, levels: tuple[int, ...], seed: int) -> dict[str, float]:
    """Measures of some rows of one model, flat."""
    table, names = scoring.moments(frame, levels)
    errors: dict[str, scoring.Measure] = {"WAPE": scoring.wape_of, "bias": scoring.bias_of}
    measured = scoring.intervals(table, names, errors, seed)
    rows = pd.concat([measured, scoring.coverage_rows(frame, levels)])
    out: dict[str, float] = {"n": len(frame)}
    for end, column in (("", "value"), (" lo", "lo"), (" hi", "hi")):
        out |= {f"{n}{end}": v for n, v in zip(rows["metric"], rows[column], strict=True)}
    return out


def by_third(result: BacktestResult) -> pd.DataFrame:
    """One row a third of the horizon; see :meth:`BacktestResult.by_third`."""
    own = result.frame[result.frame["model"] == result.model]
    step = scoring.steps_ahead(own).to_numpy()
    thirds = np.array_split(np.arange(1, int(step.max()) + 1), 3) if len(own) else []
    rows = [
        {
            "third": number,
            "first": int(steps[0]),
            "last": int(steps[-1]),
            **_measured(own[np.isin(step, steps)], result.levels, result.seed),
        }
        for number, steps in enumerate(thirds, start=1)
        if len(steps)
    ]
    return pd.DataFrame(rows, columns=["third", "first", "last", *columns(result.levels)])


def events_from(panel: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the event days that a 0/1 regressor marks, for :meth:`BacktestResult.by_day`.

    Args:
        panel: ``unique_id, ds`` and the column.
        column: Its name, which becomes the event's.

    Returns:
        ``unique_id, ds, event``.

    Raises:
        InputError: If there is no such column, or it holds anything but 0, 1 and missing.
    """
    if column not in panel.columns:
        raise InputError(f"column {column!r}: {nearest(column, list(panel.columns))}")
    marks = pd.to_numeric(panel[column], errors="coerce")
    odd = panel.loc[panel[column].notna() & ~marks.isin([0, 1]), column]
    if len(odd):
        raise InputError(f"column {column!r}: found {str(odd.iloc[0])!r}, expected 0 or 1")
    return panel.loc[marks == 1, ["unique_id", "ds"]].assign(event=column)


def event_days(
    panel: pd.DataFrame, *, column: str = "", group: str = "", lang: str = "en"
) -> pd.DataFrame:
    """Return a panel's event days: those a column marks, else the festivals of a daily panel.

    Args:
        panel: ``unique_id, ds`` and perhaps the column.
        column: Name of a 0/1 column; passed over where the table has none of that name.
        group: ``chinese`` or ``western``; days common to both belong to each.
        lang: Language of the festivals' names.

    Returns:
        ``ds, event``, for the column ``unique_id`` too; empty where there is neither.
    """
    if column and column in panel.columns:
        return events_from(panel, column)
    days = pd.to_datetime(panel["ds"])
    stamps = np.unique(days.to_numpy())
    daily = len(stamps) > 1 and np.median(np.diff(stamps)) <= np.timedelta64(1, "D")
    years = range(max(days.min().year, FIRST_YEAR), min(days.max().year, LAST_YEAR) + 1)
    rows = [
        (pd.Timestamp(one.date(year)), one.name(lang))
        for year in years
        for one in FESTIVALS.values()
        if daily and one.group in (group, "common") and group in ("chinese", "western")
    ]
    frame = pd.DataFrame(rows, columns=["ds", "event"])
    return frame.astype({"ds": "datetime64[ns]", "event": "str"})


def _checked(events: pd.DataFrame) -> pd.DataFrame:
    """Events with days as ``datetime64[ns]`` at midnight and text names."""
    absent = [name for name in ("ds", "event") if name not in events.columns]
    if absent:
        raise InputError(f"events: found no column {absent[0]!r}, expected ds, event[, unique_id]")
    days = pd.to_datetime(events["ds"], errors="coerce", format="mixed").astype("datetime64[ns]")
    if days.isna().any():
        found = str(events.loc[days.isna(), "ds"].iloc[0])
        raise InputError(f"events: column 'ds': found {found!r}, expected a date")
    ids = {"unique_id": events["unique_id"].astype("str")} if "unique_id" in events.columns else {}
    frame = events[["event"]].astype("str").assign(day=days.dt.normalize(), **ids)
    return frame.drop_duplicates()


def by_day(result: BacktestResult, events: pd.DataFrame) -> pd.DataFrame:
    """One row a kind of day; see :meth:`BacktestResult.by_day`."""
    marked = _checked(events)
    on = ["day", "unique_id"] if "unique_id" in marked.columns else ["day"]
    day = pd.to_datetime(result.frame["ds"]).dt.normalize()
    frame = result.frame.assign(day=day, row=range(len(result.frame)))
    met = frame[["row", *dict.fromkeys([*on, "day"])]].merge(marked, on=on)
    met = met.drop_duplicates(["row", "event"])
    special = frame["row"].isin(met["row"])
    groups = [(ORDINARY, "", ~special), (EVENT, "", special)]
    names = sorted(met["event"].unique())
    if len(names) > 1:
        groups += [(EVENT, n, frame["row"].isin(met.loc[met["event"] == n, "row"])) for n in names]
    rows = []
    for kind, event, chosen in groups:
        own = frame[chosen & (frame["model"] == result.model)]
        base = frame[chosen & (frame["model"] == scoring.NAIVE)]
        if len(own):
            measured = _measured(own, result.levels, result.seed)
            naive = wape(base["y"], base["mean"])
            rows.append({"kind": kind, "event": event, **measured, "seasonal-naive WAPE": naive})
    heads = ["kind", "event", *columns(result.levels), "seasonal-naive WAPE"]
    return pd.DataFrame(rows, columns=heads).astype({"kind": "str", "event": "str"})
