"""A week (or years) of tests judged together: who won, who only seems to, what it was worth.

Ten tests a week with a 5 % error each find a winner where there is none in most weeks, and the
winners' gains do not add up in the accounts. Here one false discovery rate holds over all tests,
and every gain is pulled back to what tests of this programme usually bring.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import special

from analysis.base.errors import InputError
from analysis.experiments.programme.gains import MetricProgramme, of_metric
from analysis.experiments.programme.rows import checked_rows
from analysis.experiments.programme.shrinkage import LEAST, Prior, shrink
from analysis.stats.multiplicity import benjamini_hochberg, benjamini_yekutieli, null_share, storey

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rule = Literal["bh", "by", "storey"]
NAIVE = 0.05
RULES = {"bh": benjamini_hochberg, "by": benjamini_yekutieli, "storey": storey}


@dataclass(frozen=True)
class Programme:
    """All tests of a programme.

    Attributes:
        frame: One row a comparison: ``test, arm, metric, effect, se, p_value, q_value, discovery,
            winner, shrunk, shrunk_lo, shrunk_hi, wrong_sign, why``; NaN and ``why`` where the
            effect has no estimate.
        metrics: By metric.
        rule: ``"bh"``, ``"by"`` or ``"storey"``.
        level: False discovery rate.
        tests: Number of tests.
        hypotheses: Number of p-values the rate is over.
        discoveries: Number of hypotheses rejected.
        null_share: Storey's estimate of the share without any effect.
        expected_false: Most false discoveries to expect: ``level × discoveries``.
        naive: Number of p-values below 0.05.
        naive_false: How many of them to expect by chance, ``0.05 × null_share × hypotheses``.
        over: What the rate is over: ``"comparisons"``, or ``"tests"`` as wholes.
        lifts: Whether effects are lifts (shares of control) rather than in units of their own.
        confidence: Of the intervals.
    """

    frame: pd.DataFrame
    metrics: tuple[MetricProgramme, ...]
    rule: Rule
    level: float
    tests: int
    hypotheses: int
    discoveries: int
    null_share: float
    expected_false: float
    naive: int
    naive_false: float
    over: Literal["comparisons", "tests"]
    lifts: bool
    confidence: float

    def table(self) -> pd.DataFrame:
        """The frame, discoveries first, by corrected effect; no arm or metric where none has it."""
        rows = self.frame.sort_values(
            ["discovery", "shrunk"], ascending=False, kind="stable", na_position="last"
        )
        absent = [name for name in ("arm", "metric") if not rows[name].any()]
        return rows.drop(columns=absent).reset_index(drop=True)

    def gains(self) -> pd.DataFrame:
        """One row a metric: winners, gains raw and corrected, distribution of true effects.

        ``metric, comparisons, winners, sum_measured, sum_corrected, sum_lo, sum_hi, wrong_sign,
        true_mean, true_scale, true_df``: ``wrong_sign`` is the expected number of winners whose
        true effect goes the other way; the bounds are those of the corrected sum.
        """
        rows = [
            {
                "metric": one.metric, "comparisons": one.tests, "winners": one.winners,
                "sum_measured": one.raw, "sum_corrected": one.gain.value,
                "sum_lo": one.gain.lo, "sum_hi": one.gain.hi, "wrong_sign": one.wrong,
                "true_mean": one.centre, "true_scale": one.tau, "true_df": one.df,
            }
            for one in self.metrics
        ]  # fmt: skip
        return pd.DataFrame(rows).astype({"metric": "str"})

    def plot(self, ax: Axes | None = None, *, lang: str = "en", metric: str | None = None) -> Axes:
        """Raw and corrected effects: all of few tests; the top and the distribution of many."""
        from analysis.experiments.programme.plots import caterpillar

        return caterpillar(self, ax, lang, metric)

    def summary(self, lang: str = "en") -> str:
        """What was found, how much of it is expected to be chance, and what it is worth."""
        from analysis.experiments.programme.words import programme_sentence

        return programme_sentence(self, lang)


def programme(
    tests: pd.DataFrame,
    *,
    rule: Rule = "bh",
    level: float = 0.05,
    prior: Prior = "auto",
    lower_is_better: Collection[str] = (),
    confidence: float = 0.95,
) -> Programme:
    """Judge the tests of a programme together.

    Args:
        tests: One row a comparison: ``test``, ``lift`` (a share of control) or ``effect`` (in units
            of the metric), ``se`` and optionally ``arm, metric, p_value, p_test``. Without
            ``p_value`` it is the normal one of ``effect / se``. With ``p_test``, a p-value of each
            whole test, the rate is over tests, and the winner of one is its best corrected arm.
        rule: Benjamini–Hochberg, Benjamini–Yekutieli (any dependence), or Storey's adaptive rule.
        level: False discovery rate.
        prior: Distribution of true effects: ``"normal"``, ``"t"``, or whichever fits better.
        lower_is_better: Metrics whose gains are negative effects.
        confidence: Of the intervals.

    Raises:
        InputError: If a column is missing, a p-value is outside [0, 1], an error is negative, a
            comparison is there twice, or a test has two p-values of its whole.
    """
    if rule not in RULES or not (0 < level < 1 and 0 < confidence < 1):
        raise ValueError(f"found rule {rule!r}, level {level}, confidence {confidence}")
    rows, lifts = checked_rows(tests)
    unknown = [name for name in lower_is_better if name not in set(rows["metric"])]
    if unknown:
        raise InputError(f"lower_is_better: found no metric {unknown[0]!r} in the tests")
    sign = np.where(rows["metric"].isin(list(lower_is_better)), -1.0, 1.0)
    y, se = rows["work"].to_numpy(), rows["work_se"].to_numpy()
    usable = np.isfinite(y) & np.isfinite(se) & (se > 0)
    posterior = np.full((len(rows), 2), np.nan)
    wrong = np.full(len(rows), np.nan)
    groups = []
    for metric in rows["metric"].drop_duplicates():
        at = np.flatnonzero((rows["metric"] == metric).to_numpy() & usable)
        shrunk = shrink(y[at], se[at], prior) if len(at) >= LEAST else None
        if shrunk is not None:
            posterior[at] = np.column_stack([shrunk.mean, shrunk.sd])
            wrong[at] = shrunk.wrong_sign
        groups.append((metric, at, shrunk))
    ranked = np.where(np.isnan(posterior[:, 0]), y, posterior[:, 0]) * sign
    q, discovery, counts = _discoveries(rows, ranked, rule, level)
    winner = discovery & (y * sign > 0)
    z = float(special.ndtri(0.5 + confidence / 2))
    frame = rows.drop(columns=["work", "work_se", "p_test"]).assign(
        q_value=q, discovery=discovery, winner=winner, **_effects(posterior, z, lifts),
        wrong_sign=wrong, why=np.where(usable, "", "no estimate with an error"),
    )  # fmt: skip
    metrics = tuple(
        of_metric(name, frame.iloc[at], y[at], se[at], shrunk, lifts=lifts, confidence=confidence)
        for name, at, shrunk in groups
    )
    return Programme(
        frame.astype({"why": "str"}), metrics, rule, level, rows["test"].nunique(), *counts,
        "tests" if rows["p_test"].notna().any() else "comparisons", lifts, confidence,
    )  # fmt: skip


def _discoveries(
    rows: pd.DataFrame, ranked: Floats, rule: Rule, level: float
) -> tuple[Floats, Bools, tuple[int, int, float, float, int, float]]:
    """Adjusted p-values, which comparisons are discoveries, and the counts of the programme."""
    p = rows["p_value"].to_numpy()
    if rows["p_test"].notna().any():
        key = rows.groupby(["test", "metric"], sort=False).ngroup().to_numpy()
        first = np.unique(key, return_index=True)[1]
        family = rows["p_test"].to_numpy()[first]
        adjusted = RULES[rule](family)
        q = adjusted[key]
        # The best arm of each rejected test, by its corrected effect.
        order = np.lexsort((-np.nan_to_num(ranked, nan=-np.inf), key))
        leads = np.zeros(len(rows), dtype=bool)
        leads[order[np.unique(key[order], return_index=True)[1]]] = True
        discovery = leads & (q <= level)
    else:
        family, adjusted = p, RULES[rule](p)
        q, discovery = adjusted, adjusted <= level
    known = int((~np.isnan(family)).sum())
    found, share = int((adjusted <= level).sum()), null_share(family)
    naive = int((family < NAIVE).sum())
    return q, discovery, (known, found, share, level * found, naive, NAIVE * share * known)


def _effects(posterior: Floats, z: float, lifts: bool) -> dict[str, Floats]:
    """Posterior means and intervals in the units of the effects."""
    mean, sd = posterior.T
    lo, hi = mean - z * sd, mean + z * sd
    if lifts:
        # The mean of exp of a normal value, so that sums of gains are right.
        return {
            "shrunk": np.expm1(mean + sd**2 / 2), "shrunk_lo": np.expm1(lo),
            "shrunk_hi": np.expm1(hi),
        }  # fmt: skip
    return {"shrunk": mean, "shrunk_lo": lo, "shrunk_hi": hi}
