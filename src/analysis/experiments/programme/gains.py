"""What the winners of one metric gained, corrected for having been chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from analysis.experiments.effect import Interval
from analysis.experiments.programme.meta import MetaAnalysis, random_effects
from analysis.experiments.programme.shrinkage import TOO_FEW, Shrunk

Floats = NDArray[np.float64]
NO_WINNER = "no winner"
METHOD = "empirical Bayes"


@dataclass(frozen=True, slots=True)
class MetricProgramme:
    """The tests of one metric.

    Attributes:
        metric: Its name.
        tests: Comparisons with an estimate.
        winners: Discoveries in the good direction.
        raw: Sum of the winners' gains as estimated.
        gain: Sum of the winners' gains, corrected for having been chosen, with its interval;
            undefined without winners or with fewer than three tests.
        wrong: Expected number of winners whose true effect goes the other way.
        meta: Mean and spread of true effects (on the log scale for lifts); None without tests.
        prior: ``"normal"``, ``"t"``, or empty where nothing was shrunk.
        centre: Mean of the distribution of true effects, same scale.
        tau: Its scale.
        df: Degrees of freedom of a t prior; ``inf`` for a normal one.
        why: Why estimates were not shrunk, or not as asked; else empty.
    """

    metric: str
    tests: int
    winners: int
    raw: float
    gain: Interval
    wrong: float
    meta: MetaAnalysis | None
    prior: str
    centre: float
    tau: float
    df: float
    why: str

    @property
    def exaggeration(self) -> float:
        """How many times larger the winners' gains were estimated than they are (type M)."""
        return self.raw / self.gain.value if self.gain.value else math.nan


def of_metric(
    name: str, rows: pd.DataFrame, y: Floats, se: Floats, shrunk: Shrunk | None, *,
    lifts: bool, confidence: float,
) -> MetricProgramme:  # fmt: skip
    """Sum up the comparisons of one metric.

    Args:
        name: Of the metric.
        rows: ``(m,)`` comparisons with an estimate: ``effect, shrunk, winner``.
        y: ``(m,)`` estimates as worked on (logarithms of lifts).
        se: ``(m,)`` their errors.
        shrunk: Posterior of ``y``; None for fewer than three.
        lifts: Whether effects are lifts.
        confidence: Of the intervals.
    """
    won = rows["winner"].to_numpy(dtype=bool)
    raw = float(rows["effect"].to_numpy()[won].sum())
    meta = random_effects(y, se, confidence=confidence) if len(y) else None
    count, nan = int(won.sum()), math.nan
    if shrunk is None:
        gain = Interval(nan, nan, nan, confidence, METHOD, "undefined", TOO_FEW)
        return MetricProgramme(
            name, len(y), count, raw, gain, nan, meta, "", nan, nan, nan, TOO_FEW
        )
    gain = _gain(rows["shrunk"].to_numpy(), won, shrunk, lifts, confidence)
    prior = "normal" if math.isinf(shrunk.df) else "t"
    return MetricProgramme(
        name, len(y), count, raw, gain, float(shrunk.wrong_sign[won].sum()), meta, prior,
        shrunk.centre, shrunk.tau, shrunk.df, shrunk.why,
    )  # fmt: skip


def _gain(
    corrected: Floats, won: NDArray[np.bool_], shrunk: Shrunk, lifts: bool, confidence: float
) -> Interval:
    if not won.any():
        nan = math.nan
        return Interval(nan, nan, nan, confidence, METHOD, "undefined", NO_WINNER)
    # To first order a lift moves by (1 + lift) for one unit of its logarithm.
    weight = np.where(won, 1 + corrected if lifts else 1.0, 0.0)
    _, error = shrunk.total(weight)
    value = float(corrected[won].sum())
    half = float(special.ndtri(0.5 + confidence / 2)) * error
    return Interval(value, value - half, value + half, confidence, METHOD)
