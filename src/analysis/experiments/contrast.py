"""From two values with their standard errors to an effect: difference, test and lift.

Means, ratios, adjusted means, strata and quantiles all end here, so each has the same lifts under
the same names.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, get_args

from scipy import special

from analysis.experiments.effect import Effect, Interval, Shape
from analysis.experiments.fieller import NOT_APART, ZERO_CONTROL, FiellerSet, fieller

Lift = Literal["fieller", "fieller_z", "fieller_equal_cv", "log_delta", "delta"]
LIFTS: tuple[Lift, ...] = get_args(Lift)
DEFAULT_LIFT: Lift = "fieller"
NAMES: dict[Lift, str] = {
    "fieller": "Fieller (t)",
    "fieller_z": "Fieller (z)",
    "fieller_equal_cv": "Fieller (equal coefficients of variation)",
    "log_delta": "log-delta",
    "delta": "delta",
}

ONE_USER = "an arm has a single user"
NO_VALUE = "an arm has no value"
NO_VARIATION = "no user differs from another in either arm"
SIGNS = "only two values above zero have a logarithm of their ratio"


def quantile(confidence: float, df: float = math.inf) -> float:
    """Two-sided critical value of Student's t, of the normal distribution at infinite ``df``.

    Raises:
        ValueError: If the confidence is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: found {confidence}, expected between 0 and 1")
    tail = 0.5 + confidence / 2
    return float(special.ndtri(tail) if math.isinf(df) else special.stdtrit(df, tail))


def two_sided(statistic: float, df: float = math.inf) -> float:
    """Two-sided p-value of a t statistic, of a z statistic at infinite ``df``."""
    size = -abs(statistic)
    return float(2 * (special.ndtr(size) if math.isinf(df) else special.stdtr(df, size)))


def welch_df(variances: Sequence[float], dfs: Sequence[float]) -> float:
    """Degrees of freedom of a sum of estimated variances, by shares that cannot underflow.

    Welch (1947), Biometrika 34; Satterthwaite (1946), Biometrics Bulletin 2.
    """
    total = sum(variances)
    if not total > 0:
        return math.nan
    return 1 / sum((v / total) ** 2 / df for v, df in zip(variances, dfs, strict=True) if v > 0)


def difference_of(
    values: tuple[float, float], se: float, df: float, confidence: float, why: str = ""
) -> Interval:
    """Interval of ``arm - control``; undefined, for the reason given, where there is one."""
    gap, name = values[1] - values[0], "normal" if math.isinf(df) else "Student's t"
    if why:
        return Interval(gap, math.nan, math.nan, confidence, name, "undefined", why)
    half = quantile(confidence, df) * se
    return Interval(gap, gap - half, gap + half, confidence, name)


def lift_of(
    values: tuple[float, float],
    variances: tuple[float, float],
    df: float,
    n: tuple[int, int],
    *,
    confidence: float = 0.95,
    lift: Lift = DEFAULT_LIFT,
    cov: float = 0.0,
    dfs: tuple[float, float] | None = None,
    why: str = "",
) -> Interval:
    """Set of the lift ``arm / control - 1``.

    * ``"fieller"``: Fieller's set with the t quantile of the difference's degrees of freedom. The
      exact set would take those at each candidate lift; they are estimates themselves, so the one
      set of the difference, which keeps the set a quadratic, loses nothing that can be measured.
    * ``"fieller_z"``: the same with the normal quantile.
    * ``"fieller_equal_cv"``: Fieller's set with both arms' squared coefficients of variation
      pooled: what a purely multiplicative effect implies. The same as ``"fieller_z"`` where the
      arms are equally large; where one is small, it does not take its few buyers for typical. Not
      consistent where the arms really differ in their coefficient of variation.
    * ``"log_delta"``: symmetric on the scale of log ratios, t quantile with Welch's degrees of
      freedom of the two variances on that scale.
    * ``"delta"``: first-order standard error of the ratio, t quantile.

    Args:
        values: Values of control and arm.
        variances: Their squared standard errors.
        df: Degrees of freedom of the difference.
        n: Users of control and arm.
        confidence: Level.
        lift: Name of the method.
        cov: Covariance of both values.
        dfs: Degrees of freedom of both variances, where they were estimated apart.
        why: Reason why nothing can be said, if there is one.

    Raises:
        ValueError: If the method is unknown.
    """
    if lift not in NAMES:
        raise ValueError(f"lift: found {lift!r}, expected one of {', '.join(LIFTS)}")
    (control, arm), (var_control, var_arm) = values, variances
    value = (arm - control) / control if control != 0 else math.nan
    if not why and not var_control + var_arm - 2 * cov > 0:
        why = ZERO_CONTROL if control == 0 else NO_VARIATION
    found = FiellerSet(math.nan, math.nan, "undefined", why)
    # In units of a power of two near the values: squares of very large or small ones stay numbers.
    unit = 2.0 ** max(-1000, min(1000, -math.frexp(max(abs(control), abs(arm)))[1]))
    control, arm = control * unit, arm * unit
    var_control, var_arm, cov = (v * unit * unit for v in (var_control, var_arm, cov))
    if why:
        pass
    elif lift == "log_delta" and not (control > 0 and arm > 0):
        found = FiellerSet(math.nan, math.nan, "undefined", SIGNS)
    elif lift == "delta" and control == 0:
        found = FiellerSet(math.nan, math.nan, "undefined", ZERO_CONTROL)
    elif lift in ("log_delta", "delta"):
        ratio = arm / control
        spread = var_arm + ratio * ratio * var_control - 2 * ratio * cov
        se = math.sqrt(max(spread, 0.0)) / abs(control)
        if lift == "delta":
            half = quantile(confidence, df) * se
            found = FiellerSet(value - half, value + half, "bounded")
        else:
            if dfs is not None:
                df = welch_df((var_control / control / control, var_arm / arm / arm), dfs)
            half, log = quantile(confidence, df) * se / ratio, math.log1p(value)
            found = FiellerSet(math.expm1(log - half), math.expm1(log + half), "bounded")
    else:
        if lift == "fieller_equal_cv":
            var_control, var_arm = _pooled_shares((var_control, var_arm), n)
        critical = quantile(confidence, df if lift == "fieller" else math.inf)
        found = fieller(control, arm, var_control, var_arm, critical, cov=cov)
    # Beyond floating point (a ratio of 1e308 standard errors) no bound is left.
    shape: Shape = found.shape
    if shape == "bounded" and not (math.isfinite(found.lo) and math.isfinite(found.hi)):
        found = FiellerSet(-math.inf, math.inf, "unbounded", NOT_APART)
    name = NAMES["fieller_z" if lift == "fieller" and math.isinf(df) else lift]
    return Interval(value, found.lo, found.hi, confidence, name, found.shape, found.why)


def _pooled_shares(variances: tuple[float, float], n: tuple[int, int]) -> tuple[float, float]:
    """Both variances as parts of one pooled over the arms.

    Under ``arm = (1 + L) control`` user for user, ``(1 + L)²`` times control's variance and the
    arm's estimate the same: pooled with weights ``n - 1``, their sum is again a quadratic in ``L``.
    """
    size = (1 / n[0] + 1 / n[1]) / (n[0] + n[1] - 2)
    one, other = (v * count * (count - 1) * size for v, count in zip(variances, n, strict=True))
    return one, other


def effect_of(
    values: tuple[float, float],
    variances: tuple[float, float],
    df: float,
    n: tuple[int, int],
    *,
    test: str,
    confidence: float = 0.95,
    lift: Lift = DEFAULT_LIFT,
    cov: float = 0.0,
    dfs: tuple[float, float] | None = None,
    why: str = "",
) -> Effect:
    """Effect of an arm on a value that control and arm estimate.

    Args:
        values: Values of control and arm.
        variances: Their squared standard errors.
        df: Degrees of freedom of the difference; ``inf`` for a normal test.
        n: Users of control and arm.
        test: Name of the test.
        confidence: Level of the intervals.
        lift: Name of the lift's method; see :func:`lift_of`.
        cov: Covariance of both values.
        dfs: Degrees of freedom of both variances, where they were estimated apart.
        why: Reason why nothing can be said; found out here if the numbers themselves forbid it.

    Returns:
        The effect. Without a standard error its test is NaN and its sets are undefined, each with
        its reason.
    """
    spread = variances[0] + variances[1] - 2 * cov
    if not why:
        why = _reason(values, spread, n)
    se = math.sqrt(max(spread, 0.0)) if not math.isnan(spread) else math.nan
    statistic = math.nan if why else (values[1] - values[0]) / se
    return Effect(
        control_value=values[0],
        arm_value=values[1],
        difference=difference_of(values, se, df, confidence, why),
        lift=lift_of(
            values,
            variances,
            df,
            n,
            confidence=confidence,
            lift=lift,
            cov=cov,
            dfs=dfs,
            why=why,
        ),
        se=se,
        statistic=statistic,
        df=df,
        p_value=math.nan if why else two_sided(statistic, df),
        test=test,
        n_control=n[0],
        n_arm=n[1],
    )


def _reason(values: tuple[float, float], spread: float, n: tuple[int, int]) -> str:
    if not all(map(math.isfinite, values)):
        return NO_VALUE
    if min(n) < 2:
        return ONE_USER
    if not math.isfinite(spread):
        return NO_VALUE
    return "" if spread > 0 else NO_VARIATION
