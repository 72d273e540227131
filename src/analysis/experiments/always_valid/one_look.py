"""One look at two arms, or at one mean: interval and p-value that hold whatever made one look."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

from scipy import stats

from analysis.experiments.always_valid.mixture import (
    critical_value,
    log_evalue,
    p_value,
    tuned_rho2,
)
from analysis.experiments.contrast import NO_VALUE, NO_VARIATION
from analysis.experiments.effect import Interval
from analysis.experiments.fieller import ZERO_CONTROL, fieller
from analysis.experiments.moments import Counts, Sample

LiftSet = Literal["fieller", "delta"]
SEQUENCE = "asymptotic confidence sequence"


@dataclass(frozen=True, slots=True)
class AnytimeTest:
    """An estimate with a confidence set and a p-value that hold at every look.

    Attributes:
        interval: Estimate and set; undefined where the data show no variation.
        p_value: Always-valid, of no effect; NaN where the set is undefined.
        log_e: Log of the evidence (mixture likelihood ratio) against no effect.
        se: Standard error of the estimate (of the difference, for a lift by Fieller).
        critical_value: Half width of the set in standard errors.
    """

    interval: Interval
    p_value: float
    log_e: float
    se: float
    critical_value: float

    @property
    def half_width(self) -> float:
        """``critical_value`` standard errors: half of a symmetric set."""
        return self.critical_value * self.se

    @property
    def ratio_to_fixed(self) -> float:
        """How many times as wide as the normal interval for data looked at once."""
        alpha = 1 - self.interval.confidence
        return self.critical_value / float(stats.norm.isf(alpha / 2))


def _moments(arm: Sample | Counts) -> tuple[float, float, float]:
    """Users, mean and variance; of counts the variance of 0 and 1 is ``p (1 - p)``."""
    if isinstance(arm, Counts):
        p = arm.rate
        return arm.n, p, p * (1 - p)
    return arm.n, arm.mean, arm.variance


def _undefined(value: float, confidence: float, method: str, why: str) -> AnytimeTest:
    nothing = math.nan
    interval = Interval(value, nothing, nothing, confidence, method, "undefined", why)
    return AnytimeTest(interval, nothing, nothing, nothing, nothing)


def _anytime(
    value: float, variance: float, ratio: float, confidence: float, method: str
) -> AnytimeTest:
    """Interval and p-value of an estimate with this variance under a mixture of this ratio."""
    if not (math.isfinite(value) and math.isfinite(variance)):
        return _undefined(value, confidence, method, NO_VALUE)
    if variance == 0:
        return _undefined(value, confidence, method, NO_VARIATION)
    se, alpha = math.sqrt(variance), 1 - confidence
    times, log_e = float(critical_value(ratio, alpha)), float(log_evalue(value / se, ratio))
    half = times * se
    interval = Interval(value, value - half, value + half, confidence, method)
    return AnytimeTest(interval, float(p_value(log_e)), log_e, se, times)


def msprt(
    control: Sample | Counts,
    arm: Sample | Counts,
    *,
    tau: float,
    sigma: float | tuple[float, float] | None = None,
    confidence: float = 0.95,
) -> AnytimeTest:
    """Mixture sequential probability ratio test of the difference of two arms.

    Normal mixture ``N(0, tau²)``; Johari, Koomen, Pekelis & Walsh (2022), Operations Research 70,
    written with the variance of the difference, which lets the arms differ in size.

    Args:
        control: Moments of control so far.
        arm: Moments of the arm so far.
        tau: Standard deviation of the mixture, in units of the metric: about the size of effects
            that are looked for, fixed before the test (:func:`mixing_sd` takes it from a plan).
        sigma: Known standard deviation per user, of both arms or of each; the estimated ones
            when None (then it holds asymptotically, as the confidence sequence does).
        confidence: Level of the interval.

    Raises:
        ValueError: If ``tau`` or ``sigma`` is not positive.
    """
    if not 0 < tau < math.inf:
        raise ValueError(f"tau: found {tau}, expected above 0")
    (n_c, mean_c, var_c), (n_a, mean_a, var_a) = _moments(control), _moments(arm)
    if sigma is not None:
        known = sigma if isinstance(sigma, tuple) else (sigma, sigma)
        if not all(0 < s < math.inf for s in known):
            raise ValueError(f"sigma: found {sigma}, expected above 0")
        var_c, var_a = known[0] ** 2, known[1] ** 2
    if not (n_c and n_a):
        return _undefined(math.nan, confidence, "mSPRT", NO_VALUE)
    variance = var_c / n_c + var_a / n_a
    ratio = tau**2 / variance if variance > 0 else math.nan
    return _anytime(mean_a - mean_c, variance, ratio, confidence, "mSPRT")


def mean_sequence(
    sample: Sample | Counts, *, tuning: float, confidence: float = 0.95
) -> AnytimeTest:
    """Asymptotic confidence sequence of one mean.

    ``sd sqrt(2 (n rho² + 1) / (n² rho²) log(sqrt(n rho² + 1) / alpha))`` on each side; equation 14
    of Waudby-Smith et al. (2024), Annals of Statistics 52.

    Args:
        sample: Moments so far.
        tuning: Users after which the bounds are tightest.
        confidence: Level of the interval.
    """
    n, mean, variance = _moments(sample)
    if not n:
        return _undefined(math.nan, confidence, SEQUENCE, NO_VALUE)
    ratio = tuned_rho2(tuning, 1 - confidence) * n
    return _anytime(mean, variance / n, ratio, confidence, SEQUENCE)


def confidence_sequence(
    control: Sample | Counts, arm: Sample | Counts, *, tuning: float, confidence: float = 0.95
) -> AnytimeTest:
    """Asymptotic confidence sequence of the difference of two arms.

    Waudby-Smith et al. (2024), section 3: every user of either arm is one term, so that ``n`` is
    the users of both and the variance of a term is ``n`` times that of the difference.

    Args:
        control: Moments of control so far.
        arm: Moments of the arm so far.
        tuning: Users (both arms) after which the bounds are tightest, fixed before the test.
        confidence: Level of the interval.
    """
    (n_c, mean_c, var_c), (n_a, mean_a, var_a) = _moments(control), _moments(arm)
    ratio = tuned_rho2(tuning, 1 - confidence) * (n_c + n_a)
    if not (n_c and n_a):
        return _undefined(math.nan, confidence, SEQUENCE, NO_VALUE)
    return _anytime(mean_a - mean_c, var_c / n_c + var_a / n_a, ratio, confidence, SEQUENCE)


def sequential_lift(
    control: Sample | Counts,
    arm: Sample | Counts,
    *,
    tuning: float,
    confidence: float = 0.95,
    method: LiftSet = "fieller",
) -> AnytimeTest:
    """Asymptotic confidence sequence of the relative lift of an arm over control.

    * ``"fieller"``: the lifts ``L`` for which the sequence of ``arm - (1 + L) control`` holds 0. At
      each look it is Fieller's set with the critical value of the sequence, and since only the true
      lift has to stay in, it holds at every look. Its p-value is that of no difference.
    * ``"delta"``: linearised, as the sequential test of GrowthBook (gbstats); too narrow with few
      events in control. Its p-value is that of the linearised lift.

    Args:
        control: Moments of control so far.
        arm: Moments of the arm so far.
        tuning: Users (both arms) after which the bounds are tightest, fixed before the test.
        confidence: Level of the set.
        method: Name of the set.

    Raises:
        ValueError: If the method is unknown.
    """
    if method not in get_args(LiftSet):
        raise ValueError(f"method: found {method!r}, expected one of {get_args(LiftSet)}")
    (n_c, mean_c, var_c), (n_a, mean_a, var_a) = _moments(control), _moments(arm)
    name = f"{SEQUENCE}, {method}"
    if not (n_c and n_a):
        return _undefined(math.nan, confidence, name, NO_VALUE)
    if method == "fieller":
        test = confidence_sequence(control, arm, tuning=tuning, confidence=confidence)
        lift = (mean_a - mean_c) / mean_c if mean_c != 0 else math.nan
        if test.interval.shape == "undefined":
            return _undefined(lift, confidence, name, test.interval.why)
        found = fieller(mean_c, mean_a, var_c / n_c, var_a / n_a, test.critical_value)
        interval = Interval(lift, found.lo, found.hi, confidence, name, found.shape, found.why)
        return replace(test, interval=interval)
    if mean_c == 0:
        return _undefined(math.nan, confidence, name, ZERO_CONTROL)
    ratio = tuned_rho2(tuning, 1 - confidence) * (n_c + n_a)
    share = mean_a / mean_c
    variance = (var_a / n_a + share**2 * var_c / n_c) / mean_c**2
    return _anytime((mean_a - mean_c) / mean_c, variance, ratio, confidence, name)
