"""Did overrides help? Forecast value added: the error of the forecast less that of the override.

Each override whose date has come is one row: errors of both as shares of what came, so that
``value = WAPE(forecast) - WAPE(override)`` and above 0 the overrides helped (Gilliland 2010).
Groups follow Fildes, Goodwin, Lawrence & Nikolopoulos (2009, IJF 25): large overrides tend to help
more than small ones, downward more than upward.

The interval is that of a paired bootstrap (errors of a row stay together), once over series and
once over blocks of dates, and the wider of the two holds: errors go together within a series, and
across series on a date. Both are widened for few units (Hesterberg 2015, The American Statistician
69, expanded percentiles); with fewer than six of either there is none.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import stats

from analysis.forecasting.arrays import Floats, Ints
from analysis.forecasting.overrides.given import DAY, TOTAL
from analysis.forecasting.overrides.placing import Placed
from analysis.forecasting.overrides.plan import change
from analysis.stats.resampling import moving_block_indices

LEAST = 6
"""Series, or blocks of dates, from which an interval is given."""
ENOUGH = 10
"""Overrides of a group from which it is judged by itself."""
LARGE = 0.10
"""Change of the forecast from which an override is a large one."""
DRAWS = 2000
CONFIDENCE = 0.95
ALL, DIRECTION, SIZE, PERSON = "all", "direction", "size", "by"
ROWS = ["unique_id", "level", "first", "last", "actual", "mean", "override", "change",
        "forecast error", "override error", "gain", "reason", "by"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """Forecast value added by some overrides.

    Attributes:
        n: Overrides.
        series: Series among them.
        dates: First dates among them.
        forecast_wape: Error of the statistical forecast as a share of what came.
        override_wape: The same of the overrides.
        value: Difference of both; above 0 the overrides helped.
        lo: Lower bound, 95 %; NaN where there are too few.
        hi: Upper bound.
    """

    n: int
    series: int
    dates: int
    forecast_wape: float
    override_wape: float
    value: float
    lo: float
    hi: float

    @property
    def finding(self) -> str:
        """``helped``, ``hurt``, ``open`` (either may be), or ``few`` (too few to tell)."""
        if not np.isfinite(self.lo):
            return "few"
        return "helped" if self.lo > 0 else "hurt" if self.hi < 0 else "open"


@dataclass(frozen=True)
class OverrideValue:
    """Overrides of dates that have come, judged.

    Attributes:
        rows: One row an override: ``unique_id, level, first, last, actual, mean, override, change,
            forecast error, override error, gain, reason, by``; errors absolute, in the unit of
            ``y``.
        whole: All overrides together.
        groups: One row a group: ``kind`` (all, direction, size, by), ``group``, the fields of
            :class:`Value`, ``finding``.
        waiting: Overrides of totals whose period is not over.
    """

    rows: pd.DataFrame
    whole: Value
    groups: pd.DataFrame
    waiting: int

    @property
    def rated(self) -> bool:
        """Whether the date of any override has come."""
        return len(self.rows) > 0

    def table(self) -> pd.DataFrame:
        """One row a group; see :attr:`groups`."""
        return self.groups

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Value added by group, with intervals."""
        from analysis.forecasting.overrides.charts import forest

        return forest(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: whether overrides helped, and how sure that is."""
        from analysis.forecasting.overrides.words import value_sentence

        return value_sentence(self, lang)


def override_value(placed: Placed, *, seed: int) -> OverrideValue:
    """Judge the overrides of dates that have come.

    Args:
        placed: Overrides of a plan.
        seed: Of the bootstrap.
    """
    rows = judged_rows(placed)
    judged = [
        {"kind": kind, "group": group, **asdict(one), "finding": one.finding}
        for kind, group, members in _groups(rows)
        for one in [value_of(members, seed, judge=kind == ALL or len(members) >= ENOUGH)]
    ]
    names = ["kind", "group", *Value.__dataclass_fields__, "finding"]
    frame = pd.DataFrame(judged, columns=names)
    frame = frame.astype({"kind": "str", "group": "str", "finding": "str"})
    return OverrideValue(rows, value_of(rows, seed), frame, len(placed.waiting))


def judged_rows(placed: Placed) -> pd.DataFrame:
    """Overrides beside what came, the largest effect first."""
    rows: list[dict[str, Any]] = []
    both = [(DAY, row) for row in placed.past_days] + [(TOTAL, row) for row in placed.past_totals]
    for level, row in both:
        missed, left = abs(row["mean"] - row["y"]), abs(row["override"] - row["y"])
        first, last = row.get("first", row.get("ds")), row.get("last", row.get("ds"))
        rows.append(
            {
                "unique_id": row["unique_id"], "level": level, "first": first, "last": last,
                "actual": row["y"], "mean": row["mean"], "override": row["override"],
                "change": change(row["override"], row["mean"]), "forecast error": missed,
                "override error": left, "gain": missed - left, "reason": row["reason"],
                "by": row["by"],
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=ROWS)
    frame = frame.sort_values(["unique_id", "first", "level"], kind="stable")
    return frame.sort_values("gain", key=lambda gain: -gain.abs(), kind="stable", ignore_index=True)


def _groups(rows: pd.DataFrame) -> list[tuple[str, str, pd.DataFrame]]:
    """Kind, name and rows of each group; groups without a row are left out."""
    moved = rows["override"] - rows["mean"]
    # A change of nothing to something is a large one.
    large = (rows["change"].abs() >= LARGE) | rows["change"].isna()
    groups = [
        (ALL, ALL, rows),
        (DIRECTION, "up", rows[moved > 0]),
        (DIRECTION, "down", rows[moved < 0]),
        (SIZE, "large", rows[large]),
        (SIZE, "small", rows[~large]),
    ]
    people = rows["by"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    groups += [(PERSON, str(name), rows[rows["by"] == name]) for name in people.index]
    return [group for group in groups if len(group[2])]


def value_of(rows: pd.DataFrame, seed: int, *, judge: bool = True) -> Value:
    """Forecast value added by some rows.

    Args:
        rows: ``unique_id, first, actual, forecast error, override error``.
        seed: Of the bootstrap.
        judge: Whether to look for an interval.
    """
    names, series = np.unique(rows["unique_id"].to_numpy(dtype=str), return_inverse=True)
    dates, date = np.unique(rows["first"].to_numpy(), return_inverse=True)
    size = rows["actual"].abs().to_numpy(dtype=np.float64)
    errors = [rows[f"{who} error"].to_numpy(np.float64) for who in ("forecast", "override")]
    total = float(size.sum()) or np.nan
    ours, theirs = (float(error.sum()) / total for error in errors)
    gain = errors[0] - errors[1]
    bounds = [(np.nan, np.nan)]
    if judge and np.isfinite(total):
        block = max(1, round(len(dates) ** (1 / 3)))
        ways = ((series, len(names), 1), (date, len(dates), block))
        bounds = [
            interval(gain, size, unit, count, block, seed)
            for unit, count, block in ways
            if count // block >= LEAST
        ] or bounds
    lo, hi = max(bounds, key=lambda ends: ends[1] - ends[0])
    return Value(len(rows), len(names), len(dates), ours, theirs, ours - theirs, lo, hi)


def interval(
    gain: Floats, size: Floats, unit: Ints, count: int, block: int, seed: int
) -> tuple[float, float]:
    """Expanded percentile interval of ``sum(gain) / sum(size)``.

    Args:
        gain: ``(rows,)`` error of the forecast less that of the override.
        size: ``(rows,)`` size of what came.
        unit: ``(rows,)`` number of the unit that each row is drawn with.
        count: Units.
        block: Units in a row that are drawn together.
        seed: Of the generator.
    """
    sums = np.stack([np.bincount(unit, weights=part, minlength=count) for part in (gain, size)])
    rng = np.random.default_rng(seed)
    drawn = sums[:, moving_block_indices(count, block, DRAWS, rng)].sum(axis=2)
    values = drawn[0][drawn[1] > 0] / drawn[1][drawn[1] > 0]
    units = count // block
    t = float(stats.t.ppf(0.5 + CONFIDENCE / 2, units - 1))
    tail = float(stats.norm.cdf(-t * np.sqrt(units / (units - 1))))
    lo, hi = np.quantile(values, [tail, 1 - tail])
    return float(lo), float(hi)
