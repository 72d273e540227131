"""One metric from several systems by day: differences, breaches and missing days (S108)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base import formats
from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.base.language import translator
from analysis.base.schema import Column, TableSchema

SYSTEMS = TableSchema(
    (
        Column("date", "date", description="Day"),
        Column("metric", "text", description="What is measured"),
        Column("system", "text", description="System that says it: platform, finance, …"),
        Column("value", "number", description="Its figure of the day"),
    ),
    key=("date", "metric", "system"),
    name="systems",
    extra="drop",
)
"""One metric from several systems by day."""
COLUMNS = SYSTEMS.names


@dataclass(frozen=True)
class Systems:
    """Figures of several systems against one of them.

    Attributes:
        frame: One row a day, metric and system beside the reference: ``date, metric, system,
            value, expected`` (the reference's), ``difference, relative`` (NaN where the reference
            is 0), ``breach``.
        systems: One row a metric and system: ``metric, system, days`` (compared), ``mean`` (mean
            relative difference), ``worst`` (relative, largest in size), ``breaches, missing`` (days
            the other systems have and this one has not; the reference is listed for these alone).
        missing: One row a missing day: ``date, metric, system``.
        reference: The system the others are compared with.
        tolerance: Relative difference that is allowed.
    """

    frame: pd.DataFrame
    systems: pd.DataFrame
    missing: pd.DataFrame
    reference: str
    tolerance: float

    def table(self) -> pd.DataFrame:
        """Metrics and systems."""
        return self.systems

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Relative differences by day, with the tolerance."""
        from analysis.plan.plots_targets import systems_lines

        return systems_lines(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """How many days are beyond tolerance, the worst one, and what is missing."""
        say, rows = translator(lang), self.frame
        breaches = rows[rows["breach"]]
        allowed = formats.percent(self.tolerance, 1)
        if breaches.empty:
            parts = [say("No difference to {reference} is beyond {allowed} ({days} comparisons).",
                         reference=self.reference, allowed=allowed, days=len(rows))]  # fmt: skip
        else:
            parts = [say("{count} of {days} comparisons with {reference} are beyond {allowed}.",
                         count=len(breaches), days=len(rows), reference=self.reference,
                         allowed=allowed)]  # fmt: skip
            sized = breaches["relative"].abs().fillna(math.inf).to_numpy()
            worst = breaches.iloc[int(sized.argmax())]
            parts.append(say(
                "Largest: {metric} of {system} on {date}, {value} against {expected}.",
                metric=worst["metric"], system=worst["system"],
                date=formats.date(worst["date"].date(), lang),
                value=formats.number(worst["value"], lang),
                expected=formats.number(worst["expected"], lang),
            ))  # fmt: skip
        if len(self.missing):
            parts.append(say("Days missing in a system: {count}.", count=len(self.missing)))
        parts.append(say("Every day was compared, none was sampled: no interval."))
        return ("" if lang == "zh" else " ").join(parts)


def systems(frame: pd.DataFrame, tolerance: float, *, reference: str = "") -> Systems:
    """Compare a metric's figures of several systems by day.

    Args:
        frame: One row a day, metric and system: ``date, metric, system, value``.
        tolerance: Relative difference that is allowed, from 0 up to below 1.
        reference: The system the others are compared with; the first of the table if empty.

    Raises:
        InputError: If the tolerance or the reference is none, or there is one system only.
        InputProblems: If columns are missing or cells are not what they should be.
    """
    if not 0 <= tolerance < 1:
        raise InputError(f"tolerance: found {tolerance:g}, expected a share from 0 to below 1")
    data = _checked(frame)
    names = list(dict.fromkeys(data["system"]))
    if len(names) < 2:
        raise InputError(f"system: found only {names[0]!r}, expected two or more to compare")
    if reference and reference not in names:
        raise InputError(f"reference: found {reference!r}; {nearest(reference, names)}")
    base = reference or names[0]
    wide = data.pivot(index=["metric", "date"], columns="system", values="value")
    parts, summary, gaps = [], [], []
    for metric, days in wide.groupby(level="metric", sort=False):
        used = [name for name in names if days[name].notna().any()]
        for name in used:
            lost = days.index[days[name].isna()].get_level_values("date")
            gaps += [(day, metric, name) for day in lost]
            if name == base:
                summary.append((metric, name, 0, math.nan, math.nan, 0, len(lost)))
                continue
            both = days[days[name].notna() & days[base].notna()]
            part = _differences(both, str(metric), name, base, tolerance)
            parts.append(part)
            sizes = part["relative"].dropna()
            worst = sizes.iloc[int(sizes.abs().to_numpy().argmax())] if len(sizes) else math.nan
            mean = sizes.mean() if len(sizes) else math.nan
            breaches = int(part["breach"].sum())
            summary.append((metric, name, len(part), mean, worst, breaches, len(lost)))
    columns = ["date", "metric", "system", "value", "expected", "difference", "relative", "breach"]
    known = [part for part in parts if len(part)]
    if not known:
        raise InputError(f"date: found no day that {base!r} and another system both have")
    table = pd.concat(known, ignore_index=True)[columns]
    overview = pd.DataFrame(summary, columns=["metric", "system", "days", "mean", "worst",
                                              "breaches", "missing"])  # fmt: skip
    keep = (overview["system"] != base) | (overview["missing"] > 0)
    lost_days = pd.DataFrame(gaps, columns=["date", "metric", "system"])
    return Systems(table, overview[keep].reset_index(drop=True), lost_days, base, tolerance)


def _differences(
    days: pd.DataFrame, metric: str, name: str, base: str, tolerance: float
) -> pd.DataFrame:
    value, expected = days[name].to_numpy(float), days[base].to_numpy(float)
    gap = value - expected
    zero = expected == 0
    relative = np.where(zero, math.nan, gap / np.where(zero, 1.0, expected))
    # Where nothing was expected, any figure is beyond every share of it.
    breach = np.where(zero, gap != 0, np.abs(relative) > tolerance * (1 + 1e-12))
    return pd.DataFrame({
        "date": days.index.get_level_values("date"), "metric": metric, "system": name,
        "value": value, "expected": expected, "difference": gap, "relative": relative,
        "breach": breach.astype(bool),
    })  # fmt: skip


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    """Cells as days, names and numbers; every problem at once."""
    source = "systems"
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        have = ", ".join(map(str, frame.columns)) or "none"
        raise InputProblems(source, [Problem(f"no column {column!r}", f"one; the table has {have}")
                                     for column in missing])  # fmt: skip
    if frame.empty:
        raise InputProblems(source, [Problem("no rows", "one row a day, metric and system")])
    known = pd.api.types.is_datetime64_any_dtype(frame["date"])
    written = frame["date"] if known else frame["date"].map(str).str.slice(0, 10)
    days = pd.to_datetime(written, format=None if known else "ISO8601", errors="coerce")
    days = days.dt.normalize()
    printed = days.dt.strftime("%Y-%m-%d").where(days.notna(), "").tolist()
    values = pd.to_numeric(frame["value"], errors="coerce").astype(float)
    problems = []
    seen: dict[tuple[str, str, str], int] = {}
    for place, (day, metric, system, value) in enumerate(
        zip(printed, frame["metric"], frame["system"], values, strict=True), start=2
    ):
        raw = frame.iloc[place - 2]
        if not day:
            problems.append(Problem(repr(raw["date"]), "a day such as 2025-06-18", place, "date"))
        if not math.isfinite(value):
            problems.append(Problem(repr(raw["value"]), "a number", place, "value"))
        for column, name in (("metric", metric), ("system", system)):
            if pd.isna(name) or not str(name).strip():
                problems.append(Problem("an empty cell", "a name", place, column))
        key = (day, str(metric), str(system))
        if key in seen and day:
            found = f"{metric} of {system} on {day} again, first in row {seen[key]}"
            problems.append(Problem(found, "one figure a day", place, "date"))
        seen.setdefault(key, place)
    if problems:
        raise InputProblems(source, problems)
    return pd.DataFrame({"date": days, "metric": frame["metric"].astype(str),
                         "system": frame["system"].astype(str), "value": values})  # fmt: skip
