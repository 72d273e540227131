"""The lift of one arm under a normal prior: what was known about lifts before the test.

The estimated lift is taken as normal with its delta-method error, the prior as normal, and so the
posterior is: precisions add up (as GrowthBook's Bayesian engine does). Shares have the variance
``p (1 - p)``, means their sample variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from analysis.experiments.effect import Interval
from analysis.experiments.moments import Counts, Sample

NO_LIFT = "control's value is not above 0"
NO_ERROR = "the users of control or arm do not differ, so the lift has no known error"
METHOD = "normal prior"


@dataclass(frozen=True, slots=True)
class NormalLift:
    """Belief about a lift.

    Attributes:
        lift: Posterior mean with its equal-tailed credible interval; ``"undefined"`` with the
            reason where the data give no lift or no error of it.
        sd: Posterior standard deviation.
        chance_to_win: P(lift > 0).
        loss_ship: Expected loss of shipping the arm, E[max(-lift, 0)], as a share of control.
        loss_keep: Expected loss of keeping control, E[max(lift, 0)].
    """

    lift: Interval
    sd: float
    chance_to_win: float
    loss_ship: float
    loss_keep: float


def value_and_se2(arm: Counts | Sample) -> tuple[float, float]:
    """Rate or mean of an arm, and its squared standard error (NaN where there is none)."""
    if isinstance(arm, Counts):
        p = arm.rate
        return p, p * (1 - p) / arm.n if arm.n else math.nan
    return arm.mean, arm.se2


def expected_losses(mean: float, sd: float) -> tuple[float, float]:
    """``E[max(-X, 0)]`` and ``E[max(X, 0)]`` of a normal X, precise also where they are small."""
    z = mean / sd
    return sd * _partial(-z), sd * _partial(z)


def _partial(z: float) -> float:
    """``φ(z) + z Φ(z)``, by the scaled error function where the two cancel out."""
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    if z > 0:
        return density + z * float(special.ndtr(z))
    return density * (1 + z * math.sqrt(math.pi / 2) * float(special.erfcx(-z / math.sqrt(2))))


def normal_lift(
    control: Counts | Sample,
    arm: Counts | Sample,
    *,
    prior_mean: float = 0.0,
    prior_sd: float = 0.3,
    confidence: float = 0.95,
) -> NormalLift:
    """Update a normal prior about the lift with a test.

    Args:
        control: Counts or moments of control.
        arm: The same of the arm.
        prior_mean: Of the lift, a share of control's value.
        prior_sd: Of the lift, above 0; ``inf`` for no prior knowledge.
        confidence: Of the credible interval.
    """
    if not (prior_sd > 0 and 0 < confidence < 1):
        found = f"prior_sd = {prior_sd}, confidence = {confidence}"
        raise ValueError(f"found {found}, expected above 0 and between 0 and 1")
    (base, base_se2), (value, se2) = value_and_se2(control), value_and_se2(arm)
    if not base > 0:
        return _undefined(confidence, NO_LIFT)
    error2 = se2 / base**2 + base_se2 * value**2 / base**4
    if not (se2 > 0 and base_se2 > 0):
        return _undefined(confidence, NO_ERROR)
    weight = 1 / error2
    prior_weight = 0.0 if math.isinf(prior_sd) else prior_sd**-2
    sd = math.sqrt(1 / (weight + prior_weight))
    mean = ((value / base - 1) * weight + prior_mean * prior_weight) * sd**2
    half = float(special.ndtri(0.5 + confidence / 2)) * sd
    ship, keep = expected_losses(mean, sd)
    lift = Interval(mean, mean - half, mean + half, confidence, METHOD)
    return NormalLift(lift, sd, float(special.ndtr(mean / sd)), ship, keep)


def _undefined(confidence: float, why: str) -> NormalLift:
    nan = math.nan
    lift = Interval(nan, nan, nan, confidence, METHOD, "undefined", why)
    return NormalLift(lift, nan, nan, nan, nan)
