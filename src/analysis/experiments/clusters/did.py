"""Before and after, treated against control cities: difference in differences on a panel.

Two-way fixed effects with one start date for all treated units, errors clustered by unit
(Bertrand, Duflo & Mullainathan 2004, Quarterly Journal of Economics 119, on why and on collapsing
to before and after); units that start at different dates need another estimator (Goodman-Bacon
2021, Journal of Econometrics 225) and are refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import special

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.base.language import translator
from analysis.experiments.clusters.arms import FEW
from analysis.experiments.clusters.checks import need, need_constant, need_flags
from analysis.experiments.clusters.permutation import Permutation, permutation_test
from analysis.experiments.clusters.sandwich import (
    ClusterFit,
    ClusterMoments,
    Kind,
    fit,
    fits,
    naive,
)
from analysis.experiments.clusters.wild import wild_bootstrap
from analysis.experiments.clusters.words import did_sentence, did_table
from analysis.experiments.effect import Interval
from analysis.experiments.fieller import fieller

Floats = NDArray[np.float64]
GAPS = "the panel has gaps"


@dataclass(frozen=True)
class TTest:
    """Student's t of two groups: statistic, degrees of freedom, two-sided p-value."""

    statistic: float
    df: float
    p_value: float


@dataclass(frozen=True)
class DidResult:
    """Effect on treated units, per unit and period.

    Attributes:
        robust: The effect with each error: ``CR0``, ``CR1`` (t with G - 1), ``CR2``.
        naive: As if every unit and period were independent, for contrast.
        collapsed: Student's t of the units' changes from before to after.
        permutation: The same changes under every other assignment of the units.
        wild_p: Restricted wild cluster bootstrap; NaN where units do not differ.
        lift: Effect over what treated units would have had, with Fieller's set.
        pre_trend: Difference of the arms' slopes before, per period; None with fewer than three
            periods before.
        clusters: Units of control and treated.
        periods: Periods before and after.
        balanced: Whether every unit has every period.
        frame: ``time, post, treated, control, expected, effect``: means of both arms; what treated
            would have had, by control and the gap before; what they had beyond it.
        metric: Name of the outcome.
    """

    robust: dict[Kind, ClusterFit]
    naive: ClusterFit
    collapsed: TTest
    permutation: Permutation
    wild_p: float
    lift: Interval
    pre_trend: ClusterFit | None
    clusters: tuple[int, int]
    periods: tuple[int, int]
    balanced: bool
    frame: pd.DataFrame
    metric: str

    @property
    def effect(self) -> Interval:
        """The effect with the interval of CR2."""
        return self.robust["CR2"].interval

    @property
    def few(self) -> bool:
        """Whether an arm has so few units that any formula is fragile."""
        return min(self.clusters) < FEW

    def table(self, lang: str = "en") -> pd.DataFrame:
        """One row a way of judging the effect (``lang`` en or zh)."""
        return did_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Treated units over time, and what they would have had."""
        from analysis.experiments.clusters.charts import treated_over_time

        return treated_over_time(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The effect, how sure, and on how many units it rests (``lang`` en or zh)."""
        return did_sentence(self, translator(lang), lang)


def did(
    frame: pd.DataFrame,
    *,
    unit: str = "geo",
    time: str = "week",
    y: str = "y",
    treated: str = "treated",
    post: str = "post",
    confidence: float = 0.95,
    rng: np.random.Generator | None = None,
    draws: int = 9_999,
) -> DidResult:
    """Estimate the effect on treated units by difference in differences.

    Args:
        frame: One row a unit and period.
        unit: Column of the store or city.
        time: Column of the period; sorted as it is.
        y: Column of the outcome.
        treated: Column of 0 and 1, one value a unit.
        post: Column of 0 and 1, one value a period: 1 from the start on.
        confidence: Level of the intervals.
        rng: Seeded generator, needed where units can be assigned in more than 20,000 ways.
        draws: Assignments drawn then.

    Raises:
        InputError: If a column is absent, a value missing, a unit and period there twice, a unit
            in both arms or not on both sides of the start, or the start not one date.
    """
    panel = _checked(frame, unit, time, y, treated, post)
    units, periods = panel["unit"].nunique(), panel["time"].nunique()
    balanced = len(panel) == units * periods
    arm = panel.groupby("unit")["treated"].first().to_numpy(dtype=np.float64)
    before, after = _cell_means(panel, panel["unit"].to_numpy(), "post")
    change = after - before
    collapsed = ClusterMoments.of_arms(arm, change)
    rows = _within(panel, units, periods, balanced)
    # Balanced, the panel's CR2 is that of the changes: the same scores, the same leverage.
    judged = collapsed if balanced else rows
    at = 1 if balanced else 0
    robust: dict[Kind, ClusterFit] = {
        **fits(rows, 0, confidence=confidence),
        "CR2": fit(judged, at, confidence=confidence),
    }
    permutation = permutation_test(change, arm > 0, rng=rng, draws=draws, confidence=confidence)
    wild = wild_bootstrap(judged, at, rng=rng, draws=draws)
    shared = _covariance(arm, after, change) if balanced else _jackknife(rows, arm, after)
    lift = _lift(robust["CR2"], arm, after, shared)
    start = panel.groupby("time")["post"].first().to_numpy()
    return DidResult(
        robust=robust,
        naive=naive(rows, 0, confidence),
        collapsed=_student(change[arm > 0], change[arm == 0]),
        permutation=permutation,
        wild_p=wild,
        lift=lift,
        pre_trend=_pre_trend(panel, arm, confidence),
        clusters=(int((arm == 0).sum()), int(arm.sum())),
        periods=(int((start == 0).sum()), int((start == 1).sum())),
        balanced=balanced,
        frame=_by_time(panel),
        metric=y,
    )


def _checked(
    frame: pd.DataFrame, unit: str, time: str, y: str, treated: str, post: str
) -> pd.DataFrame:
    """``unit, time, y, treated, post``, in order; units as numbers from 0."""
    need(frame, [unit, time, y, treated, post], "panel")
    need_flags(frame, [treated, post], "panel")
    need_constant(frame, unit, treated, "panel")
    need_constant(frame, time, post, "panel")
    panel = pd.DataFrame(
        {
            "name": frame[unit], "time": frame[time], "y": frame[y].astype(np.float64),
            "treated": frame[treated].astype(np.int64), "post": frame[post].astype(np.int64),
        }
    ).sort_values(["name", "time"], kind="stable", ignore_index=True)  # fmt: skip
    twice = panel[panel.duplicated(["name", "time"])]
    if len(twice):
        raise InputError(
            f"panel: found {unit} {str(twice['name'].iloc[0])!r} twice at {twice['time'].iloc[0]}, "
            "expected one row a unit and period"
        )
    start = panel.groupby("time")["post"].first().to_numpy()
    if (np.diff(start) < 0).any() or start.min() == start.max():
        raise InputError(f"{post}: expected 0 before one date and 1 from then on, with both there")
    one_sided = panel.groupby("name")["post"].nunique()
    problems = [
        Problem(f"{unit} {str(name)!r} on one side of the start only", "periods before and after")
        for name in one_sided.index[one_sided < 2]
    ]
    if problems:
        raise InputProblems("panel", problems)
    arms = panel["treated"].unique()
    if len(arms) < 2:
        raise InputError(f"{treated}: found {arms[0]} only, expected treated and control units")
    panel["unit"] = pd.factorize(panel["name"])[0]
    return panel


def _within(panel: pd.DataFrame, units: int, periods: int, balanced: bool) -> ClusterMoments:
    """Treatment (and periods, where there are gaps) with fixed effects taken out."""
    unit = panel["unit"].to_numpy(dtype=np.int64)
    period = pd.factorize(panel["time"], sort=True)[0]
    d = (panel["treated"] * panel["post"]).to_numpy(dtype=np.float64)
    y = panel["y"].to_numpy(dtype=np.float64)

    def centred(values: Floats, group: NDArray[np.int64]) -> Floats:
        means = np.bincount(group, values) / np.bincount(group)
        return np.asarray(values - means[group], dtype=np.float64)

    if balanced:
        both = [centred(centred(values, unit), period) for values in (d, y)]
        return ClusterMoments.of_rows(both[0][:, None], both[1], unit, absorbed=units + periods - 1)
    dummies = (period[:, None] == np.arange(1, periods)).astype(np.float64)
    columns = [d, *dummies.T]
    x = np.stack([centred(column, unit) for column in columns], axis=1)
    return ClusterMoments.of_rows(x, centred(y, unit), unit, absorbed=units)


def _cell_means(panel: pd.DataFrame, row: NDArray[np.int64], flag: str) -> tuple[Floats, Floats]:
    """Means by row where a flag is 0, and where it is 1; NaN where there is none."""
    y, side = panel["y"].to_numpy(np.float64), panel[flag].to_numpy() == 1
    size = int(row.max()) + 1

    def mean(kept: NDArray[np.bool_]) -> Floats:
        counts = np.bincount(row[kept], minlength=size)
        sums = np.bincount(row[kept], y[kept], minlength=size)
        return np.asarray(sums / np.where(counts > 0, counts, np.nan), dtype=np.float64)

    return mean(~side), mean(side)


def _student(one: Floats, other: Floats) -> TTest:
    df = len(one) + len(other) - 2
    squares = float(((one - one.mean()) ** 2).sum() + ((other - other.mean()) ** 2).sum())
    if df < 1 or squares == 0:
        return TTest(math.nan, float(df), math.nan)
    se = math.sqrt(squares / df * (1 / len(one) + 1 / len(other)))
    t = float(one.mean() - other.mean()) / se
    return TTest(t, float(df), 2 * float(special.stdtr(df, -abs(t))))


def _covariance(arm: Floats, after: Floats, change: Floats) -> float:
    """Covariance of what treated units had after and the effect."""
    side = arm > 0
    if side.sum() < 2:
        return math.nan
    return float(np.cov(after[side], change[side])[0, 1] / side.sum())


def _jackknife(rows: ClusterMoments, arm: Floats, after: Floats) -> float:
    """The same where the panel has gaps: every unit left out in turn."""
    cross, with_y = rows.cross.sum(axis=0), rows.with_y.sum(axis=0)
    try:
        left = np.linalg.solve(cross - rows.cross, (with_y - rows.with_y)[:, :, None])
    except np.linalg.LinAlgError:  # a period that a single unit has
        return math.nan
    effects, g, side = left[:, 0, 0], len(arm), arm > 0
    if side.sum() < 2:
        return math.nan
    total = after[side].sum()
    had = (total - after * side) / (side.sum() - side)
    return float((g - 1) / g * ((effects - effects.mean()) @ (had - had.mean())))


def _lift(chosen: ClusterFit, arm: Floats, after: Floats, shared: float) -> Interval:
    """Effect over what treated would have had, the errors of both and their covariance."""
    level, method = chosen.interval.confidence, "Fieller, CR2"
    side = arm > 0
    had = float(after[side].mean())
    expected = had - chosen.estimate
    value = chosen.estimate / expected if expected else math.nan
    why = chosen.interval.why or (GAPS if math.isnan(shared) else "")
    if why:
        return Interval(value, math.nan, math.nan, level, method, "undefined", why)
    v_had = float(np.var(after[side], ddof=1) / side.sum())
    v_expected = max(v_had + chosen.se**2 - 2 * shared, 0.0)
    quantile = -float(special.stdtrit(chosen.df, (1 - level) / 2))
    found = fieller(expected, had, v_expected, v_had, quantile, cov=v_had - shared)
    return Interval(value, found.lo, found.hi, level, method, found.shape, found.why)


def _pre_trend(panel: pd.DataFrame, arm: Floats, confidence: float) -> ClusterFit | None:
    """Difference of the units' slopes before the start, one slope a unit."""
    before = panel[panel["post"] == 0]
    step = pd.Series(pd.factorize(before["time"], sort=True)[0], index=before.index)
    if step.nunique() < 3:
        return None
    t = step - step.groupby(before["unit"]).transform("mean")
    # A unit with one period before has no slope; its arm is judged by the others.
    spread = (t * t).groupby(before["unit"]).sum().to_numpy()
    along = (t * before["y"]).groupby(before["unit"]).sum().to_numpy()
    known = spread > 0
    if len(np.unique(arm[known])) < 2:
        return None
    slopes = along[known] / spread[known]
    return fit(ClusterMoments.of_arms(arm[known], slopes), 1, confidence=confidence)


def _by_time(panel: pd.DataFrame) -> pd.DataFrame:
    period, times = pd.factorize(panel["time"], sort=True)
    post = panel.groupby("time")["post"].first().to_numpy()
    control, own = _cell_means(panel, period, "treated")
    gap = np.nanmean((own - control)[post == 0])
    return pd.DataFrame(
        {
            "time": times, "post": post, "treated": own, "control": control,
            "expected": control + gap, "effect": own - control - gap,
        }
    )  # fmt: skip
