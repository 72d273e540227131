"""The plan: the statistical forecast with the overrides of planners laid over it.

An override of a date stands as it is. An override of a total is spread over the other dates of its
period in proportion to their forecasts, ``final = m + (R - Σm) · |m| / Σ|m|`` with ``R`` what the
overrides of single dates leave of it: both hold. For forecasts that are not negative that is
``m · R / Σm``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputProblems, Problem
from analysis.forecasting import totals
from analysis.forecasting.arrays import Bools, Floats
from analysis.forecasting.forecast import ForecastResult
from analysis.forecasting.overrides.given import DAY, NONE, TOTAL, Given, Sheet
from analysis.forecasting.overrides.placing import Placed, Row, place

DECISIONS = ["unique_id", "level", "first", "last", "mean", "lo", "hi", "override", "change",
             "outside", "reason", "by"]  # fmt: skip
CLOSE = 1e-9
"""Share of a total by which two sums of the same numbers may differ."""


@dataclass(frozen=True)
class Plan:
    """A forecast with overrides.

    Attributes:
        forecast: The statistical forecast, unchanged.
        final: ``(N, horizon)`` what to plan for, in the unit of ``y``.
        frame: One row a series and date: ``unique_id, ds, mean``, the narrower interval (``lo-80,
            hi-80``), ``override`` (of that date), ``final, change`` (share of the mean), ``reason,
            by, level`` (``day``, ``series`` where a total was spread, ``none``).
        decisions: One row an override that was applied: ``unique_id, level, first, last, mean, lo,
            hi`` (the wider interval), ``override, change, outside`` (of that interval), ``reason,
            by``.
        placed: All overrides, by what was done with them.
    """

    forecast: ForecastResult
    final: Floats
    frame: pd.DataFrame
    decisions: pd.DataFrame
    placed: Placed

    @property
    def overridden(self) -> bool:
        """Whether any override was applied."""
        return len(self.decisions) > 0

    @property
    def change(self) -> float:
        """Effect of all overrides on the total, as a share of it; NaN of nothing."""
        mean = float(self.forecast.mean.sum())
        return float(self.final.sum()) / mean - 1 if mean else float("nan")

    def table(self) -> pd.DataFrame:
        """One row a series and date; see :attr:`frame`."""
        return self.frame

    def plot(
        self,
        ax: Axes | None = None,
        lang: str = "en",
        *,
        later: pd.DataFrame | None = None,
        festivals: str = "",
        events: pd.DataFrame | None = None,
    ) -> Axes:
        """The forecast's fan chart, with the plan where overrides change it."""
        from analysis.forecasting.overrides.charts import laid_over

        axes = self.forecast.plot(ax=ax, later=later, lang=lang, festivals=festivals, events=events)
        return laid_over(self, axes, lang) if self.overridden else axes

    def summary(self, lang: str = "en") -> str:
        """One sentence: what the overrides do to the total."""
        from analysis.forecasting.overrides.words import effect_sentence

        return effect_sentence(self, "", lang)


def plan(result: ForecastResult, given: Given) -> Plan:
    """Lay overrides over a forecast.

    Args:
        result: The statistical forecast; its panel holds what has come.
        given: Overrides as handed in; those of dates that have come are kept for
            :func:`~analysis.forecasting.overrides.value.override_value`.

    Raises:
        InputProblems: If a row matches no series or date, an override has no reason or cannot be,
            or totals and dates contradict each other.
    """
    placed = place(result, given)
    grid = _Grid.of(result)
    for row in placed.days:
        grid.set_day(row)
    problems = [found for row in placed.totals if (found := grid.set_total(given.totals, row))]
    if problems:
        raise InputProblems(given.totals.source, problems)
    rows = [grid.decision(DAY, row) for row in placed.days]
    rows += [grid.decision(TOTAL, row) for row in placed.totals]
    decisions = pd.DataFrame(rows, columns=DECISIONS)
    decisions = decisions.sort_values(["unique_id", "first", "level"], ignore_index=True)
    return Plan(result, grid.final, grid.frame(), decisions, placed)


@dataclass(frozen=True)
class _Grid:
    """Values of the plan by series and step, filled override by override."""

    result: ForecastResult
    final: Floats
    typed: Floats
    spread: Bools
    told: dict[tuple[int, int], Row]

    @staticmethod
    def of(result: ForecastResult) -> _Grid:
        shape = result.mean.shape
        return _Grid(
            result, result.mean.copy(), np.full(shape, np.nan),
            np.zeros(shape, dtype=np.bool_), {},
        )  # fmt: skip

    def _place(self, row: Mapping[str, Any]) -> tuple[int, Bools]:
        """Series and steps that a row is about."""
        who = self.result.names.index(row["unique_id"])
        first, last = row.get("first", row.get("ds")), row.get("last", row.get("ds"))
        stamps = pd.DatetimeIndex(self.result.stamps()[who])
        return who, np.asarray((stamps >= first) & (stamps <= last), dtype=np.bool_)

    def set_day(self, row: Row) -> None:
        """Let an override of a date stand."""
        who, steps = self._place(row)
        self.final[who, steps] = self.typed[who, steps] = row["override"]
        self.told[who, int(np.flatnonzero(steps)[0])] = row

    def set_total(self, table: Sheet, row: Row) -> Problem | None:
        """Spread an override of a total; the finding if it cannot be."""
        who, steps = self._place(row)
        if (self.spread[who] & steps).any():
            expected = "periods of a series that do not overlap"
            return table.problem(row, "first", "a period that another override covers", expected)
        typed = steps & ~np.isnan(self.typed[who])
        open_ = steps & ~typed
        fixed, wanted = float(self.final[who, typed].sum()), float(row["override"])
        mean = self.result.mean[who, open_]
        rest, size = wanted - fixed, float(np.abs(mean).sum())
        allowed = CLOSE * max(abs(wanted), abs(fixed), 1.0)
        if rest < -allowed and self.result.minimum[who] >= 0:
            found = f"{wanted:g} for a period whose overridden dates alone add up to {fixed:g}"
            return table.problem(row, "override", found, f"at least {fixed:g}")
        if size == 0 and abs(rest) > allowed:
            found = f"{wanted:g} for a period with nothing to spread it over"
            expected = f"{fixed:g}, or overrides of single dates: all its other forecasts are 0"
            return table.problem(row, "override", found, expected)
        self.final[who, open_] = spread(mean, rest)
        self.spread[who, steps] = True
        for step in np.flatnonzero(open_).tolist():
            self.told[who, step] = row
        return None

    def decision(self, level: str, row: Row) -> dict[str, Any]:
        """One override beside the forecast that it replaces."""
        who, steps = self._place(row)
        stamps = pd.DatetimeIndex(self.result.stamps()[who][steps])
        mean, lo, hi = self._total(who, steps) if level == TOTAL else self._date(who, steps)
        low = max(float(lo[-1]), float(self.result.minimum[who]) * int(steps.sum()))
        wanted, high = float(row["override"]), float(hi[-1])
        return {
            "unique_id": row["unique_id"], "level": level, "first": stamps[0], "last": stamps[-1],
            "mean": mean, "lo": low, "hi": high, "override": wanted,
            "change": change(wanted, mean), "outside": not low <= wanted <= high,
            "reason": row["reason"], "by": row["by"],
        }  # fmt: skip

    def _date(self, who: int, steps: Bools) -> tuple[float, Floats, Floats]:
        """Forecast of a date and its bounds by level."""
        result = self.result
        lo, hi = result.lo[:, who, steps][:, 0], result.hi[:, who, steps][:, 0]
        return float(result.mean[who, steps][0]), lo, hi

    def _total(self, who: int, steps: Bools) -> tuple[float, Floats, Floats]:
        """Forecast of a total and its bounds by level."""
        result = self.result
        return totals.bounds(
            totals.record_of(result.paths), np.array([who]), np.flatnonzero(steps), result.mean,
            result.mean - result.lo, result.hi - result.mean, result.levels,
        )  # fmt: skip

    def frame(self) -> pd.DataFrame:
        """One row a series and date."""
        result, shape = self.result, self.final.shape
        level = self.result.levels[0]
        words = {name: np.full(shape, "", dtype=object) for name in ("reason", "by")}
        levels = np.full(shape, NONE, dtype=object)
        for (who, step), row in self.told.items():
            levels[who, step] = DAY if not np.isnan(self.typed[who, step]) else TOTAL
            for name in words:
                words[name][who, step] = row[name]
        frame = result.table()[["unique_id", "ds", "mean", f"lo-{level}", f"hi-{level}"]]
        mean, final = result.mean.ravel(), self.final.ravel()
        return frame.assign(
            override=self.typed.ravel(), final=final,
            change=[change(new, old) for new, old in zip(final, mean, strict=True)],
            reason=words["reason"].ravel(), by=words["by"].ravel(), level=levels.ravel(),
        ).astype({"reason": "str", "by": "str", "level": "str"})  # fmt: skip


def spread(mean: Floats, total: float) -> Floats:
    """Forecasts ``(n,)`` moved to another total, each in proportion to its size.

    Forecasts that are all 0 stay so.
    """
    size = float(np.abs(mean).sum())
    if not size:
        return mean.copy()
    if (mean >= 0).all():
        # Written apart, so that no rounding leaves a plan a hair below 0.
        return mean * (max(total, 0.0) / size)
    return mean + (total - float(mean.sum())) * np.abs(mean) / size


def change(new: float, old: float) -> float:
    """Change as a share of the size of what it changes; NaN of nothing, 0 where nothing changes."""
    if new == old:
        return 0.0
    return float((new - old) / abs(old)) if old else float("nan")
