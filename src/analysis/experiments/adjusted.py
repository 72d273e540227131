"""Less noise from what was known before: CUPED beside the raw effect.

Adjusting takes away what covariates from before the test explain, and does not move what is
estimated. A covariate must not know of the assignment: a value from after it biases the answer.
New users without a past get the covariate's mean and an indicator of their own as one more
covariate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.base.language import translator
from analysis.experiments import means, ratio
from analysis.experiments.contrast import DEFAULT_LIFT, Lift
from analysis.experiments.effect import Effect
from analysis.experiments.moments import Moments, Sample, total

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Adjusted:
    """An effect before and after adjusting.

    Attributes:
        method: Name of the adjustment, as the report writes it.
        raw: The effect without it.
        adjusted: The effect with it.
        explained: Share of the variance between users that adjusting takes away.
        terms: What was adjusted by: one row a covariate (``covariate`` and its slopes) or one a
            stratum.
        merged: Strata that were too small to stand alone, merged into one; empty for covariates.
    """

    method: str
    raw: Effect
    adjusted: Effect
    explained: float
    terms: pd.DataFrame
    merged: tuple[str, ...] = ()

    @property
    def users_saved(self) -> float:
        """Share of the users that the same precision no longer needs; negative if it got worse."""
        return 1 - (self.adjusted.se / self.raw.se) ** 2 if self.raw.se > 0 else math.nan

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Both estimates, one a row: difference, lift, their bounds, ``se`` and ``p``."""
        from analysis.experiments.words_means import method_words

        say = translator(lang)
        method = method_words(self.method, say)
        rows = []
        for name, meaning, effect in (
            ("raw", say("as observed"), self.raw),
            ("adjusted", say("adjusted by {method}", method=method), self.adjusted),
        ):
            gap, lift = effect.difference, effect.lift
            rows.append(
                {
                    "estimate": name, "meaning": meaning, "control": effect.control_value,
                    "arm": effect.arm_value, "difference": gap.value, "lo": gap.lo, "hi": gap.hi,
                    "lift": lift.value, "lift_lo": lift.lo, "lift_hi": lift.hi,
                    "lift_shape": lift.shape, "se": effect.se, "p": effect.p_value,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    def summary(self, lang: str = "en") -> str:
        """One or two sentences: what adjusting did to the answer (``lang`` en or zh)."""
        from analysis.experiments.words_means import adjusted_sentence

        return adjusted_sentence(self, lang)


def solved(square: Floats, right: Floats) -> tuple[Floats, int]:
    """Least-squares solution for a covariance matrix, on the scale of correlations, and its rank.

    A covariate that does not vary takes nothing; of those that repeat each other, each takes a
    part.
    """
    scale = np.sqrt(np.diagonal(square))
    unit = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale > 0)
    matrix = square * np.outer(unit, unit)
    answer, _, rank, _ = np.linalg.lstsq(matrix, right * unit, rcond=1e-10)
    return np.asarray(answer * unit, dtype=np.float64), int(rank)


def split(moments: Moments, outcome: str, covariates: Sequence[str]) -> Moments:
    """Moments of the outcome first, then of the covariates.

    Raises:
        ValueError: If there is no covariate, the outcome is one, or one is named twice.
    """
    if not covariates or len({outcome, *covariates}) <= len(covariates):
        found = f"{outcome!r} by {list(covariates)}"
        raise ValueError(f"covariates: found {found}, expected others than the outcome, each once")
    return moments.pick([outcome, *covariates])


def cuped_samples(
    arms: Sequence[Moments], outcome: str, covariates: Sequence[str]
) -> tuple[list[Sample], Floats, float]:
    """Means and variances of ``y - theta (x - mean x)`` in each arm.

    ``theta = cov(x)⁻¹ cov(x, y)`` and the mean of ``x`` over all arms together, so that every arm
    of a test is adjusted in the same way (Deng, Xu, Kohavi & Walker 2013, WSDM).

    Args:
        arms: Moments of every arm, over the outcome and the covariates.
        outcome: Column of the outcome.
        covariates: Columns known before the assignment.

    Returns:
        Sample of each arm, ``(k,)`` theta, and the share of the variance explained: the squared
        (multiple) correlation over all arms.
    """
    picked = [split(arm, outcome, covariates) for arm in arms]
    whole = total(picked)
    theta, _ = solved(whole.cov[1:, 1:], whole.cov[1:, 0])
    turn = np.concatenate([[1.0], -theta])
    samples = []
    for arm in picked:
        mean = float(arm.mean[0] - theta @ (arm.mean[1:] - whole.mean[1:]))
        samples.append(Sample(arm.n, mean, float(np.maximum(turn @ arm.cov @ turn, 0.0))))
    variance = float(whole.cov[0, 0])
    explained = float(theta @ whole.cov[1:, 0]) / variance if variance > 0 else math.nan
    return samples, theta, explained


def cuped(
    control: Moments,
    arm: Moments,
    outcome: str,
    covariates: Sequence[str],
    *,
    others: Sequence[Moments] = (),
    confidence: float = 0.95,
    lift: Lift = DEFAULT_LIFT,
) -> Adjusted:
    """CUPED: Welch's test of means from which the covariates' share is taken.

    Args:
        control: Moments of control.
        arm: Moments of the arm.
        outcome: Column of the outcome.
        covariates: Columns known before the assignment.
        others: Moments of the test's other arms, which share theta.
        confidence: Level of the intervals.
        lift: Method of the lift; see :func:`analysis.experiments.contrast.lift_of`.

    Raises:
        ValueError: If there is no covariate, or the outcome is one.
    """
    samples, theta, explained = cuped_samples([control, arm, *others], outcome, covariates)
    raw = means.compare(
        control.sample(outcome), arm.sample(outcome), confidence=confidence, lift=lift
    )
    effect = means.compare(samples[0], samples[1], confidence=confidence, lift=lift)
    terms = pd.DataFrame({"covariate": list(covariates), "slope": theta})
    return Adjusted("CUPED", raw, effect, explained, terms)


def cuped_ratio(
    control: Moments,
    arm: Moments,
    numerator: str,
    denominator: str,
    covariates: Sequence[str],
    *,
    others: Sequence[Moments] = (),
    confidence: float = 0.95,
    lift: Lift = DEFAULT_LIFT,
) -> Adjusted:
    """CUPED of a ratio metric: of the column that a ratio is to first order.

    The same ratio from before the test is used by giving its numerator and its denominator as two
    covariates: the regression finds their best weights (Deng et al. 2013, appendix B, fixes them).

    Raises:
        ValueError: If there is no covariate, or the ratio's column is one.
    """
    arms = [
        ratio.linearised(moments, numerator, denominator, covariates)
        for moments in (control, arm, *others)
    ]
    one, other, *rest = arms
    return cuped(one, other, ratio.RATIO, covariates, others=rest, confidence=confidence, lift=lift)
