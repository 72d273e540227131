"""Several arms against one control: Dunnett's test from moments.

Means with one variance: Dunnett (1955), JASA 50. Means with a variance each: degrees of freedom and
critical value of each comparison's own (Hasler & Hothorn 2008, Biometrical Journal 50). Shares:
statistics of the score test, intervals of Newcombe's hybrid score at Dunnett's critical value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from analysis.base.language import translator
from analysis.experiments.effect import Interval
from analysis.experiments.moments import Counts, Sample
from analysis.stats.intervals import wilson
from analysis.stats.many_to_one import critical_value, exceedance, step_down

Floats = NDArray[np.float64]
Variance = Literal["pooled", "separate"]
NO_SPREAD = "the users of control and arm do not differ, or are too few to tell"


@dataclass(frozen=True, slots=True, eq=False)
class Dunnett:
    """All arms of a test against its control, on one metric.

    Attributes:
        names: ``(k,)`` names of the arms.
        difference: ``(k,)`` arm minus control.
        se: ``(k,)`` standard error the statistic is made with; NaN where there is none.
        statistic: ``(k,)``.
        df: ``(k,)`` degrees of freedom; ``inf`` for normal statistics.
        loading: ``(k,)``; arms i and j correlate by ``loading_i loading_j``.
        p_value: ``(k,)`` adjusted, single step.
        p_step_down: ``(k,)`` adjusted, step-down: never larger, but without intervals of its own.
        critical: ``(k,)`` two-sided critical value of the statistic.
        each: ``(k,)`` confidence of a single arm's interval that makes all of them hold together:
            any other interval (of the lift, say) taken at it is simultaneous to first order.
        intervals: ``(k,)`` simultaneous intervals of the differences.
        confidence: Of all intervals together.
        test: Name of the test.
    """

    names: tuple[str, ...]
    difference: Floats
    se: Floats
    statistic: Floats
    df: Floats
    loading: Floats
    p_value: Floats
    p_step_down: Floats
    critical: Floats
    each: Floats
    intervals: tuple[Interval, ...]
    confidence: float
    test: str

    def table(self, lang: str = "en") -> pd.DataFrame:
        """One row an arm: difference with its simultaneous interval, statistic, p-values."""
        say = translator(lang)
        columns = {
            say("arm"): self.names,
            say("difference"): self.difference,
            say("from"): [interval.lo for interval in self.intervals],
            say("to"): [interval.hi for interval in self.intervals],
            say("statistic"): self.statistic,
            say("p, all arms"): self.p_value,
            say("p, step-down"): self.p_step_down,
        }
        return pd.DataFrame(columns).astype({say("arm"): "str"})


def dunnett(
    control: Sample | Counts,
    arms: Sequence[Sample | Counts],
    *,
    confidence: float = 0.95,
    variance: Variance = "separate",
    names: Sequence[str] = (),
) -> Dunnett:
    """Compare every arm with control, with one error rate for all of them.

    Args:
        control: Moments of control; counts for a share.
        arms: ``(k,)`` moments of the arms, all of the same kind as control's.
        confidence: Of all intervals together.
        variance: Of means: ``"pooled"`` (one for all arms: Student's t, exact for normal values)
            or ``"separate"`` (Welch). Shares have the variance that the hypothesis gives them.
        names: Names of the arms; their numbers from 1 when empty.

    Raises:
        ValueError: If there is no arm, a name too few, or shares are mixed with means.
    """
    labels = tuple(names) or tuple(str(i + 1) for i in range(len(arms)))
    if not arms or len(labels) != len(arms):
        raise ValueError(f"found {len(arms)} arms and {len(labels)} names, expected as many")
    if isinstance(control, Counts):
        shares = [arm for arm in arms if isinstance(arm, Counts)]
        if len(shares) == len(arms):
            return _of_shares(control, shares, confidence, labels)
    else:
        means = [arm for arm in arms if isinstance(arm, Sample)]
        if len(means) == len(arms):
            return _of_means(control, means, confidence, variance, labels)
    raise ValueError("found counts and moments together, expected one kind")


def many_to_one(
    difference: Floats,
    se: Floats,
    control_se: float,
    df: Floats | float = math.inf,
    *,
    confidence: float = 0.95,
    names: Sequence[str] = (),
    test: str = "Dunnett",
) -> Dunnett:
    """The same from differences and standard errors, however they were come by.

    Args:
        difference: ``(k,)`` arm minus control.
        se: ``(k,)`` standard errors of the differences.
        control_se: Standard error of control's value, the part that all differences share.
        df: ``(k,)`` or one number; ``inf`` for large samples.
        confidence: Of all intervals together.
        names: Names of the arms; their numbers from 1 when empty.
        test: Name of the test.
    """
    gap, error = np.asarray(difference, np.float64), np.asarray(se, np.float64)
    usable = np.isfinite(error) & (error > 0)
    # Without a shared part known, independence: the largest critical value there is.
    share = np.divide(control_se, error, out=np.zeros(len(error)), where=usable)
    loading = np.clip(np.nan_to_num(share), 0.0, 1.0)
    freedom = np.broadcast_to(np.asarray(df, np.float64), gap.shape).copy()
    labels = tuple(names) or tuple(str(i + 1) for i in range(len(gap)))
    error = np.where(usable, error, np.nan)
    return _assemble(labels, gap, error, freedom, loading, confidence, test, None)


def _of_means(
    control: Sample,
    arms: list[Sample],
    confidence: float,
    variance: Variance,
    names: tuple[str, ...],
) -> Dunnett:
    groups = [control, *arms]
    n = np.array([group.n for group in groups], dtype=np.float64)
    spread = np.array([group.variance if group.n > 1 else 0.0 for group in groups])
    gap = np.array([arm.mean - control.mean for arm in arms])
    if variance == "pooled":
        df = float(n.sum() - len(n))
        pooled = float(((n - 1) * spread).sum() / df) if df > 0 else math.nan
        se = np.sqrt(pooled * (1 / n[1:] + 1 / n[0]))
        return many_to_one(
            gap, se, math.sqrt(pooled / n[0]), df, confidence=confidence, names=names,
            test="Dunnett, pooled variance",
        )  # fmt: skip
    se2 = np.where(n > 1, spread / n, np.nan)
    total = se2[1:] + se2[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        df_each = total**2 / (se2[1:] ** 2 / (n[1:] - 1) + se2[0] ** 2 / (n[0] - 1))
    return many_to_one(
        gap, np.sqrt(total), float(np.sqrt(se2[0])), df_each, confidence=confidence, names=names,
        test="Dunnett, separate variances",
    )  # fmt: skip


def _of_shares(
    control: Counts, arms: list[Counts], confidence: float, names: tuple[str, ...]
) -> Dunnett:
    groups = [control, *arms]
    x = np.array([group.successes for group in groups], dtype=np.float64)
    n = np.array([group.n for group in groups], dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, together = x / n, (x[1:] + x[0]) / (n[1:] + n[0])
        se = np.sqrt(together * (1 - together) * (1 / n[1:] + 1 / n[0]))
        loading = np.nan_to_num(np.sqrt(n[1:] / (n[1:] + n[0])))
    se = np.where(se > 0, se, np.nan)
    df = np.full(len(arms), math.inf)
    return _assemble(
        names, rate[1:] - rate[0], se, df, loading, confidence, "Dunnett, score", (x, n)
    )


def _newcombe(x: Floats, n: Floats, each: Floats) -> tuple[Floats, Floats]:
    """Newcombe's (1998) method 10 for each arm against the first, at its own confidence."""
    bounds = [
        wilson(np.array([x[0], x[i + 1]]), np.array([n[0], n[i + 1]]), level)
        for i, level in enumerate(each.tolist())
    ]
    lo, hi = np.array([low for low, _ in bounds]), np.array([high for _, high in bounds])
    with np.errstate(invalid="ignore", divide="ignore"):
        rate, base = x[1:] / n[1:], x[0] / n[0]
    gap = rate - base
    below = np.sqrt((rate - lo[:, 1]) ** 2 + (hi[:, 0] - base) ** 2)
    above = np.sqrt((hi[:, 1] - rate) ** 2 + (base - lo[:, 0]) ** 2)
    return gap - below, gap + above


def _assemble(
    names: tuple[str, ...], gap: Floats, se: Floats, df: Floats, loading: Floats,
    confidence: float, test: str, shares: tuple[Floats, Floats] | None,
) -> Dunnett:  # fmt: skip
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: found {confidence}, expected between 0 and 1")
    statistic = gap / se
    known = np.isfinite(statistic) & (df > 0)
    statistic = np.where(known, statistic, np.nan)
    # One integral for all arms that have the same degrees of freedom.
    critical, each = np.full(len(gap), np.nan), np.full(len(gap), np.nan)
    usable = (df > 0) & (known | (shares is not None))
    for freedom in np.unique(df[usable]):
        c = critical_value(loading, float(freedom), 1 - confidence)
        here = usable & (df == freedom)
        critical[here] = c
        each[here] = 1 - 2 * float(special.stdtr(freedom, -c))
    p_value = np.array(
        [
            exceedance(abs(t), loading, f) if ok else math.nan
            for t, f, ok in zip(statistic.tolist(), df.tolist(), known.tolist(), strict=True)
        ]
    )
    lo, hi = gap - critical * se, gap + critical * se
    if shares is not None:
        lo, hi = _newcombe(*shares, each)
    method = "Newcombe at Dunnett's critical value" if shares is not None else test
    intervals = tuple(
        Interval(value, low, high, confidence, method)
        if math.isfinite(low) and math.isfinite(high)
        else Interval(value, math.nan, math.nan, confidence, method, "undefined", NO_SPREAD)
        for value, low, high in zip(gap.tolist(), lo.tolist(), hi.tolist(), strict=True)
    )
    return Dunnett(
        names, gap, se, statistic, df, loading, p_value, step_down(statistic, loading, df),
        critical, each, intervals, confidence, test,
    )  # fmt: skip
