"""Ratio metrics: revenue per order, clicks per view, counted per user.

Users are what was assigned, so users are the units: orders of one user are not independent, and a
t-test over orders is too narrow. To first order a ratio of sums is the mean of
``(numerator - R denominator) / mean denominator`` over users (delta method; Deng, Knoblich & Lu
2018, KDD, arXiv:1803.06336), so it is turned into that column and handled as a mean from there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.experiments import means
from analysis.experiments.contrast import DEFAULT_LIFT, Lift
from analysis.experiments.effect import Effect
from analysis.experiments.moments import Moments

RATIO = "ratio"


def linearised(
    moments: Moments, numerator: str, denominator: str, keep: Sequence[str] = ()
) -> Moments:
    """Moments of a ratio's linear column ``"ratio"``, with other columns kept beside it.

    Args:
        moments: Moments of one arm.
        numerator: Column above.
        denominator: Column below; its mean must not be 0.
        keep: Columns to keep, for instance covariates.

    Returns:
        Moments of ``"ratio"`` (its mean is the ratio of sums, its variance that of one user's
        contribution) and of ``keep``; NaN in the place of a ratio whose denominator is 0.
    """
    chosen = moments.pick([numerator, denominator, *keep])
    base = float(chosen.mean[1])
    value = float(chosen.mean[0]) / base if base else np.nan
    turn = np.zeros((1 + len(keep), 2 + len(keep)))
    turn[0, :2] = np.array([1.0, -value]) / (base or np.nan)
    turn[1:, 2:] = np.eye(len(keep))
    cov = turn @ chosen.cov @ turn.T
    # A sum of squares: rounding alone takes it below 0.
    cov[0, 0] = np.maximum(cov[0, 0], 0.0)
    return Moments(moments.n, (RATIO, *keep), np.concatenate([[value], chosen.mean[2:]]), cov)


def compare(
    control: Moments,
    arm: Moments,
    numerator: str,
    denominator: str,
    *,
    confidence: float = 0.95,
    lift: Lift = DEFAULT_LIFT,
) -> Effect:
    """Compare the ratios of sums of an arm and of control.

    Args:
        control: Moments of control over both columns.
        arm: Moments of the arm over both columns.
        numerator: Column above, for instance ``"revenue"``.
        denominator: Column below, for instance ``"orders"``.
        confidence: Level of both intervals.
        lift: Method of the lift; see :func:`analysis.experiments.contrast.lift_of`.

    Returns:
        The effect in units of the ratio, with Welch's degrees of freedom on the delta variances;
        undefined, with the reason, where a denominator is 0.
    """
    one, other = (
        linearised(moments, numerator, denominator).sample(RATIO) for moments in (control, arm)
    )
    return means.compare(one, other, confidence=confidence, lift=lift)
