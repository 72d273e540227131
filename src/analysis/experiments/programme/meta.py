"""What a programme of tests delivers on average: random-effects meta-analysis.

``y_i ~ N(θ_i, se_i²)``, ``θ_i ~ N(mean, τ²)``. τ² by DerSimonian & Laird (1986, Controlled Clinical
Trials 7) or restricted maximum likelihood (Viechtbauer 2005, JEBS 30), its interval by the profile
of that likelihood (Hardy & Thompson 1996) or of Q (Viechtbauer 2007; both Statistics in Medicine,
15 and 26); the mean with the interval of Hartung & Knapp (2001, Statistics in Medicine 20), which
nearly keeps its level with few tests; a prediction interval for the next test from the posterior of
mean and τ, both flat (Higgins, Thompson & Spiegelhalter 2009, JRSS A 172). Their simpler
``t(k - 2)`` interval takes τ as known: with six tests it holds in 86 % of cases instead of 95 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from analysis.experiments.effect import Interval
from analysis.experiments.programme.spread import profile, tau_nodes

Floats = NDArray[np.float64]
Heterogeneity = Literal["REML", "DL"]
TOO_FEW = "too few tests"


@dataclass(frozen=True, slots=True)
class MetaAnalysis:
    """Mean and spread of true effects over tests.

    Attributes:
        k: Number of tests.
        mean: Mean effect; Hartung–Knapp interval, undefined for one test.
        se: Standard error of the mean, Hartung–Knapp.
        p_value: Two-sided, of a mean of 0.
        prediction: Where the true effect of a next test lies; undefined below three tests.
        tau: Standard deviation of true effects, with its profile interval.
        q: Cochran's statistic of no spread.
        q_p_value: Its p-value.
        i2: Share of the spread of estimates that is not chance (Higgins & Thompson 2002).
    """

    k: int
    mean: Interval
    se: float
    p_value: float
    prediction: Interval
    tau: Interval
    q: float
    q_p_value: float
    i2: float


def random_effects(
    effect: ArrayLike,
    se: ArrayLike,
    *,
    method: Heterogeneity = "REML",
    confidence: float = 0.95,
) -> MetaAnalysis:
    """Combine independent estimates.

    Args:
        effect: ``(k,)`` estimates.
        se: ``(k,)`` standard errors, above 0.
        method: Estimator of the variance between tests.
        confidence: Of the intervals.

    Raises:
        ValueError: If there is no test, or an estimate without a positive, finite error.
    """
    y, error = np.asarray(effect, np.float64), np.asarray(se, np.float64)
    if not len(y) or not (np.isfinite(y) & np.isfinite(error) & (error > 0)).all():
        raise ValueError("expected at least one estimate, each with a finite error above 0")
    # In units of the typical error, so that nothing depends on the metric's scale.
    scale = float(np.median(error))
    y, v, k = y / scale, (error / scale) ** 2, len(y)
    tau2 = _reml(y, v) if method == "REML" else _dersimonian_laird(y, v)
    w = 1 / (v + tau2)
    mean = float(w @ y / w.sum())
    q = _generalised_q(0.0, y, v)
    pieces = _hartung_knapp(y, w, mean, confidence, scale)
    return MetaAnalysis(
        k,
        *pieces,
        _prediction(y, v, mean, confidence, scale),
        _tau_interval(y, v, tau2, confidence, scale, method),
        q,
        float(special.chdtrc(k - 1, q)) if k > 1 else math.nan,
        max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0,
    )


def _prediction(y: Floats, v: Floats, mean: float, confidence: float, scale: float) -> Interval:
    """Quantiles of the next true effect: a mixture of normals over the posterior of τ."""
    if len(y) < 3:
        return _interval(mean * scale, math.nan, confidence, "prediction")
    tau, weight = tau_nodes(y, v, flat=True)
    _, _, centre, centre_var = profile(tau, y, v)
    sd = np.sqrt(tau**2 + centre_var)
    reach = 40 * float(sd.max())

    def quantile(p: float) -> float:
        def excess(x: float) -> float:
            return float(weight @ special.ndtr((x - centre) / sd)) - p

        return scale * float(optimize.brentq(excess, centre.min() - reach, centre.max() + reach))

    lo, hi = quantile((1 - confidence) / 2), quantile((1 + confidence) / 2)
    return Interval(mean * scale, lo, hi, confidence, "prediction")


def _interval(value: float, half: float, confidence: float, method: str) -> Interval:
    if math.isfinite(half):
        return Interval(value, value - half, value + half, confidence, method)
    return Interval(value, math.nan, math.nan, confidence, method, "undefined", TOO_FEW)


def _hartung_knapp(
    y: Floats, w: Floats, mean: float, confidence: float, scale: float
) -> tuple[Interval, float, float]:
    """Mean with its interval, its standard error and p-value."""
    k = len(y)
    if k < 2:
        return _interval(mean * scale, math.nan, confidence, "Hartung–Knapp"), math.nan, math.nan
    se = math.sqrt(float(w @ (y - mean) ** 2) / (k - 1) / float(w.sum()))
    t = -float(special.stdtrit(k - 1, (1 - confidence) / 2))
    interval = _interval(mean * scale, t * se * scale, confidence, "Hartung–Knapp")
    size = abs(mean) / se if se > 0 else math.inf
    return interval, se * scale, 2 * float(special.stdtr(k - 1, -size))


def _generalised_q(tau2: float, y: Floats, v: Floats) -> float:
    w = 1 / (v + tau2)
    return float(w @ (y - w @ y / w.sum()) ** 2)


def _dersimonian_laird(y: Floats, v: Floats) -> float:
    w = 1 / v
    room = float(w.sum() - (w @ w) / w.sum())
    return max(0.0, (_generalised_q(0.0, y, v) - (len(y) - 1)) / room) if len(y) > 1 else 0.0


def restricted_log_likelihood(tau2: float, y: Floats, v: Floats) -> float:
    """Of the variance between tests, up to a constant."""
    w = 1 / (v + tau2)
    return 0.5 * (float(np.log(w).sum()) - math.log(float(w.sum())) - _generalised_q(tau2, y, v))


def _reml(y: Floats, v: Floats) -> float:
    """Maximum of the restricted likelihood, by a root of its slope."""
    if len(y) < 2:
        return 0.0

    def slope(tau2: float) -> float:
        w = 1 / (v + tau2)
        gap = y - w @ y / w.sum()
        return float((w * gap) @ (w * gap) - w.sum() + (w @ w) / w.sum())

    # Beyond the spread of the estimates themselves the slope is negative.
    high = 2 * float(((y - y.mean()) ** 2).sum()) + float(v.max())
    grid = np.concatenate([[0.0], np.geomspace(1e-8 * high, high, 60)])
    signs = np.array([slope(float(t)) for t in grid])
    falls = np.flatnonzero((signs[:-1] > 0) & (signs[1:] <= 0))
    tops = [0.0] + [float(optimize.brentq(slope, grid[i], grid[i + 1], xtol=1e-14)) for i in falls]
    return max(tops, key=lambda t: restricted_log_likelihood(t, y, v))


def _tau_interval(
    y: Floats, v: Floats, tau2: float, confidence: float, scale: float, method: str
) -> Interval:
    k, name = len(y), f"{method}, profile"
    value = math.sqrt(tau2) * scale
    if k < 2:
        return Interval(math.nan, math.nan, math.nan, confidence, name, "undefined", TOO_FEW)
    if method == "REML":
        lo, hi = _likelihood_profile(tau2, float(special.chdtri(1, 1 - confidence)) / 2, y, v)
    else:
        tails = ((1 - confidence) / 2, (1 + confidence) / 2)
        lo, hi = (_q_profile(float(special.chdtri(k - 1, tail)), y, v) for tail in tails)
    return Interval(value, math.sqrt(lo) * scale, math.sqrt(hi) * scale, confidence, name)


def _likelihood_profile(tau2: float, drop: float, y: Floats, v: Floats) -> tuple[float, float]:
    """Where the restricted likelihood has fallen by ``drop`` on both sides of its maximum."""
    top = restricted_log_likelihood(tau2, y, v)

    def above(t: float) -> float:
        return restricted_log_likelihood(t, y, v) - top + drop

    lo = 0.0 if above(0.0) >= 0 else float(optimize.brentq(above, 0.0, tau2, rtol=1e-12))
    high = max(2 * tau2, 1.0)
    while above(high) > 0:
        high *= 4
    return lo, float(optimize.brentq(above, tau2, high, rtol=1e-12))


def _q_profile(target: float, y: Floats, v: Floats) -> float:
    """The variance between tests at which the generalised Q, which falls, is ``target``."""
    if _generalised_q(0.0, y, v) <= target:
        return 0.0
    high = 1.0
    while _generalised_q(high, y, v) > target:
        high *= 4
    return float(optimize.brentq(lambda t: _generalised_q(t, y, v) - target, 0.0, high, rtol=1e-12))
