"""One error rate for a whole family of comparisons: adjusted p-values, simultaneous intervals.

Intervals that hold together exist for single-step procedures: Bonferroni (1935), Šidák (1967, JASA
62), Dunnett (1955). After Benjamini–Hochberg, intervals of the selected comparisons keep the false
coverage rate (Benjamini & Yekutieli 2005, JASA 100). The step-wise procedures (Holm, Hochberg) have
none that say more than whether 0 is inside (Strassburger & Bretz 2008, Statistics in Medicine 27):
then there is no interval, with that reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from analysis.base.language import translator
from analysis.experiments.effect import Effect, Interval
from analysis.stats.many_to_one import critical_value, exceedance, step_down
from analysis.stats.multiplicity import adjust

Floats = NDArray[np.float64]
FamilyMethod = Literal[
    "dunnett", "dunnett_step_down", "bonferroni", "sidak", "holm", "holm_sidak", "hochberg",
    "bh", "by",
]  # fmt: skip
STEPWISE = "a step-wise procedure has no informative simultaneous interval"
NOT_SELECTED = "intervals after selection are given for what was selected"
NO_TEST = "the comparison could not be tested"


@dataclass(frozen=True, slots=True)
class Family:
    """Comparisons that are judged together.

    Attributes:
        effects: ``(m,)`` as given.
        p_value: ``(m,)`` adjusted, in the same order; NaN where there was no test.
        intervals: ``(m,)`` intervals of the differences that hold together at ``confidence``;
            ``"undefined"`` with the reason where the method has none.
        each: ``(m,)`` confidence of a single interval that makes all hold together; NaN where
            there is none.
        method: Name of the method.
        confidence: Of all intervals together.
    """

    effects: tuple[Effect, ...]
    p_value: tuple[float, ...]
    intervals: tuple[Interval, ...]
    each: tuple[float, ...]
    method: FamilyMethod
    confidence: float

    @property
    def rejected(self) -> tuple[bool, ...]:
        """Whether each comparison is a difference, with one error rate for all."""
        return tuple(p <= 1 - self.confidence for p in self.p_value)

    def table(self, lang: str = "en") -> pd.DataFrame:
        """One row a comparison: metric, arm, difference, interval, p-values alone and adjusted."""
        say = translator(lang)
        columns = {
            say("metric"): [effect.metric for effect in self.effects],
            say("arm"): [effect.arm for effect in self.effects],
            say("difference"): [effect.difference.value for effect in self.effects],
            say("from"): [interval.lo for interval in self.intervals],
            say("to"): [interval.hi for interval in self.intervals],
            say("p, alone"): [effect.p_value for effect in self.effects],
            say("p, adjusted"): self.p_value,
        }
        return pd.DataFrame(columns).astype({say("metric"): "str", say("arm"): "str"})


def family(
    effects: Sequence[Effect],
    method: FamilyMethod = "holm",
    *,
    confidence: float = 0.95,
    again: Callable[[float], Sequence[Effect]] | None = None,
) -> Family:
    """Judge comparisons together.

    Args:
        effects: ``(m,)`` comparisons; for Dunnett's test, arms against one control, whose metrics
            are families of their own.
        method: How to adjust.
        confidence: Of all intervals together.
        again: Makes the same effects at another confidence, so that the simultaneous intervals are
            by the method of the single ones. Without it they are ``value ± quantile × se``.

    Raises:
        ValueError: If ``again`` returns another number of effects, or a name is unknown.
    """
    given = tuple(effects)
    p = np.array([effect.p_value for effect in given], dtype=np.float64)
    if method in ("dunnett", "dunnett_step_down"):
        adjusted, each = _dunnett(given, method, confidence)
    else:
        adjusted = adjust(p, method)
        each = _each(p, adjusted, method, confidence)
    intervals = _intervals(given, each, adjusted, method, confidence, again)
    return Family(
        given, tuple(adjusted.tolist()), intervals, tuple(each.tolist()), method, confidence
    )


def _each(p: Floats, adjusted: Floats, method: str, confidence: float) -> Floats:
    """Confidence of each single interval that keeps the error rate of all."""
    tested, alpha = ~np.isnan(p), 1 - confidence
    m = max(int(tested.sum()), 1)
    if method == "bonferroni":
        return np.where(tested, 1 - alpha / m, np.nan)
    if method == "sidak":
        return np.where(tested, confidence ** (1 / m), np.nan)
    if method in ("bh", "by"):
        selected = adjusted <= alpha
        harmonic = float(np.sum(1 / np.arange(1, m + 1))) if method == "by" else 1.0
        return np.where(selected, 1 - alpha * int(selected.sum()) / (m * harmonic), np.nan)
    return np.full(len(p), np.nan)


def _dunnett(effects: tuple[Effect, ...], method: str, confidence: float) -> tuple[Floats, Floats]:
    """Dunnett's test within each metric.

    The correlation is that of equal variances, ``sqrt(n / (n + n_control))`` loaded by each arm:
    effects do not say how much of their error is control's, and the critical value hardly
    depends on it (0.05 between correlations 0.3 and 0.6 for three arms).
    """
    adjusted, each = np.full(len(effects), np.nan), np.full(len(effects), np.nan)
    by_metric: dict[tuple[str, str], list[int]] = {}
    for i, effect in enumerate(effects):
        by_metric.setdefault((effect.metric, effect.control), []).append(i)
    for rows in by_metric.values():
        t = np.array([effects[i].statistic for i in rows], dtype=np.float64)
        df = np.array([effects[i].df for i in rows], dtype=np.float64)
        t = np.where(np.isfinite(t) & (df > 0), t, np.nan)
        pairs = np.array([(effects[i].n_arm, effects[i].n_control) for i in rows], np.float64)
        b = np.sqrt(pairs[:, 0] / pairs.sum(axis=1))
        if method == "dunnett_step_down":
            adjusted[rows] = step_down(t, b, df)
            continue
        known = np.flatnonzero(~np.isnan(t))
        critical = {f: critical_value(b, float(f), 1 - confidence) for f in np.unique(df[known])}
        for at in known:
            adjusted[rows[at]] = exceedance(abs(float(t[at])), b, float(df[at]))
            each[rows[at]] = 1 - 2 * float(special.stdtr(df[at], -critical[df[at]]))
    return adjusted, each


def _intervals(
    effects: tuple[Effect, ...], each: Floats, adjusted: Floats, method: str, confidence: float,
    again: Callable[[float], Sequence[Effect]] | None,
) -> tuple[Interval, ...]:  # fmt: skip
    levels = each.tolist()
    made: dict[float, Sequence[Effect]] = {}
    for level in sorted({level for level in levels if not math.isnan(level)}):
        if again is not None:
            made[level] = tuple(again(level))
            if len(made[level]) != len(effects):
                found = len(made[level])
                raise ValueError(f"again: found {found} effects, expected {len(effects)}")
    out = []
    for i, (effect, level) in enumerate(zip(effects, levels, strict=True)):
        value = effect.difference.value
        if math.isnan(adjusted[i]):
            out.append(_none(value, confidence, method, NO_TEST))
        elif math.isnan(level):
            why = NOT_SELECTED if method in ("bh", "by") else STEPWISE
            out.append(_none(value, confidence, method, why))
        elif made:
            one = made[level][i].difference
            name = f"{one.method}, {method}"
            out.append(Interval(value, one.lo, one.hi, confidence, name, one.shape, one.why))
        else:
            half = -float(special.stdtrit(effect.df, (1 - level) / 2)) * effect.se
            out.append(
                Interval(value, value - half, value + half, confidence, method)
                if math.isfinite(half)
                else _none(value, confidence, method, NO_TEST)
            )
    return tuple(out)


def _none(value: float, confidence: float, method: str, why: str) -> Interval:
    return Interval(value, math.nan, math.nan, confidence, method, "undefined", why)
