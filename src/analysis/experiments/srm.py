"""Did users arrive in the arms in the planned shares? Sample ratio mismatch.

Users are assigned by chance, so their counts follow the planned shares; if they do not, something
put users in or took them out by arm, and every other number of the test is in doubt (Fabijan,
Gupchup, Gupta, Omhover, Qin, Vermeer & Dmitriev 2019, KDD; Kohavi, Tang & Xu 2020, Trustworthy
Online Controlled Experiments, chapters 3 and 21).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import special, stats

from analysis.base.errors import InputError, nearest
from analysis.experiments.dirichlet import CONCENTRATION, log_bayes_factor, shares_of
from analysis.stats import wilson

Floats = NDArray[np.float64]

THRESHOLD = 0.001
"""p-value below which a test is broken: at 0.05 one sound test in twenty would be stopped."""

REVISED = 0.01
"""Share of users by which a running total may fall when a source is revised."""

LEAST_EXPECTED = 5.0
"""Users expected in every arm for the chi-square to hold (Cochran 1954, Biometrics 10)."""


@dataclass(frozen=True)
class RunningRatio:
    """The anytime-valid test of the shares at every look.

    Attributes:
        frame: One row a look: ``look, total, log_bf`` (log Bayes factor against the planned
            shares), ``p`` at this look, and ``p_all``, the least so far.
        concentration: Of the Dirichlet prior.
        threshold: p-value below which the shares are flagged.
        flagged: Row of the first look flagged; None if none is.
    """

    frame: pd.DataFrame
    concentration: float
    threshold: float
    flagged: int | None

    @property
    def p(self) -> float:
        """Anytime-valid p-value of all looks so far; 1 without looks."""
        return float(self.frame["p_all"].iloc[-1]) if len(self.frame) else 1.0


@dataclass(frozen=True)
class SampleRatio:
    """Users of every arm against the planned shares.

    Attributes:
        frame: One row an arm: ``arm, n, share, planned, expected``; ``deviation``
            (``n / expected - 1``) with ``lo, hi`` from the Wilson interval of the share at
            ``1 - threshold``; ``residual``, standardised.
        chi2: Pearson's statistic.
        df: Its degrees of freedom.
        p: Its p-value.
        p_exact: Exact two-sided binomial p-value; None for more than two arms.
        p_value: The one that decides: ``p``, or an exact one where an arm expects fewer than 5.
        threshold: p-value below which the shares are flagged.
        running: The anytime-valid test, if counts of looks were given.
    """

    frame: pd.DataFrame
    chi2: float
    df: int
    p: float
    p_exact: float | None
    p_value: float
    threshold: float
    running: RunningRatio | None

    @property
    def mismatch(self) -> bool:
        """Whether the shares are flagged, now or at any look of the anytime-valid test."""
        seen = self.running is not None and self.running.flagged is not None
        return bool(self.p_value < self.threshold) or seen

    @property
    def furthest(self) -> pd.Series:
        """Row of the arm that deviates most, by its standardised residual."""
        return self.frame.iloc[int(np.argmax(np.abs(self.frame["residual"].to_numpy())))]

    def table(self, lang: str = "en") -> pd.DataFrame:
        """The arms under names for readers (``lang`` en or zh)."""
        from analysis.experiments.trust.words_results import ratio_table

        return ratio_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """How far each arm is from its planned number of users."""
        from analysis.experiments.trust.plots import ratio_figure

        return ratio_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Whether the shares are as planned, and which arm deviates most (``lang`` en or zh)."""
        from analysis.experiments.trust.words_results import ratio_sentence

        return ratio_sentence(self, lang)


def running_ratio(
    counts: pd.DataFrame,
    weights: Mapping[str, float] | None = None,
    *,
    concentration: float = CONCENTRATION,
    threshold: float = THRESHOLD,
) -> RunningRatio:
    """Test the shares at every look, valid at whatever look one stops.

    Args:
        counts: One row a look in order, one column an arm: running totals of users. The index
            names the looks.
        weights: Arm → planned weight; equal when None.
        concentration: Of the Dirichlet prior: the larger, the smaller the deviations that are
            found soonest, and the later any is.
        threshold: p-value below which the shares are flagged.

    Raises:
        InputError: If arms and weights differ, or totals fall by more than 1 %.
    """
    arms = [str(name) for name in counts.columns]
    shares = _planned(arms, weights)
    values = counts.to_numpy(np.float64)
    falls = np.diff(values, axis=0) < -REVISED * values[:-1]
    if np.isnan(values).any() or (values < 0).any() or falls.any():
        raise InputError("running counts: found a missing, negative or falling one")
    log_bf = log_bayes_factor(values, shares, concentration) if len(values) else np.zeros(0)
    p = np.exp(-np.maximum(log_bf, 0.0))
    p_all = np.minimum.accumulate(p)
    frame = pd.DataFrame(
        {
            "look": counts.index, "total": values.sum(axis=1), "log_bf": log_bf, "p": p,
            "p_all": p_all,
        }
    )  # fmt: skip
    below = np.flatnonzero(p_all < threshold)
    return RunningRatio(frame, concentration, threshold, int(below[0]) if len(below) else None)


def _planned(arms: Sequence[str], weights: Mapping[str, float] | None) -> Floats:
    """Planned shares in the order of the arms."""
    if len(arms) < 2 or len(set(arms)) < len(arms):
        raise InputError(
            f"arms: found {', '.join(arms) or 'none'}, expected two or more, each once"
        )
    if weights is None:
        return np.full(len(arms), 1 / len(arms))
    for name in weights:
        if name not in arms:
            raise InputError(f"weights: found {name!r}; {nearest(str(name), arms)}")
    absent = [name for name in arms if name not in weights]
    if absent:
        raise InputError(f"weights: found none of arm {absent[0]!r}, expected one of every arm")
    try:
        return shares_of([weights[name] for name in arms])
    except ValueError as error:
        raise InputError(str(error)) from error


def decisive_p(counts: Floats, shares: Floats) -> float:
    """p-value of counts against shares that holds for few users as well.

    Pearson's chi-square where every arm expects at least 5 users, else the least exact binomial
    p-value of an arm against the others times the number of arms (Bonferroni; one test for two).
    """
    total = counts.sum()
    if not total:
        return 1.0
    expected = total * shares
    if expected.min() >= LEAST_EXPECTED:
        chi2 = float(((counts - expected) ** 2 / expected).sum())
        return float(special.chdtrc(len(counts) - 1, chi2))
    tests = [_binomial(n, total, share) for n, share in zip(counts, shares, strict=True)]
    return tests[0] if len(tests) == 2 else min(1.0, len(tests) * min(tests))


def _binomial(n: float, total: float, share: float) -> float:
    return float(stats.binomtest(round(n), round(total), share).pvalue)


def srm(
    counts: Mapping[str, int],
    weights: Mapping[str, float] | None = None,
    *,
    running: pd.DataFrame | None = None,
    concentration: float = CONCENTRATION,
    threshold: float = THRESHOLD,
) -> SampleRatio:
    """Test whether users arrived in the planned shares.

    Pearson's chi-square without continuity correction over all arms; for two arms also the exact
    binomial test.

    Args:
        counts: Arm → users.
        weights: Arm → planned weight; equal when None.
        running: Running totals by look, for the anytime-valid test; see :func:`running_ratio`.
        concentration: Of its prior.
        threshold: p-value below which the shares are flagged.

    Raises:
        InputError: If there are fewer than two arms, no users, a negative count, or weights do not
            fit the arms.
    """
    arms = [str(name) for name in counts]
    shares = _planned(arms, weights)
    n = np.array([float(value) for value in counts.values()])
    if not np.isfinite(n).all() or (n < 0).any() or not n.sum():
        found = ", ".join(f"{arm} {value:g}" for arm, value in zip(arms, n, strict=True))
        raise InputError(f"users: found {found}, expected counts, not all of them 0")
    total = float(n.sum())
    expected = total * shares
    gap = n - expected
    chi2, df = float((gap**2 / expected).sum()), len(arms) - 1
    lo, hi = wilson(n, np.full(len(n), total), 1 - threshold)
    frame = pd.DataFrame(
        {
            "arm": arms,
            "n": n.astype(np.int64),
            "share": n / total,
            "planned": shares,
            "expected": expected,
            "deviation": gap / expected,
            "lo": lo / shares - 1,
            "hi": hi / shares - 1,
            "residual": gap / np.sqrt(expected * (1 - shares)),
        }
    )
    looks = None
    if running is not None:
        looks = running_ratio(running, weights, concentration=concentration, threshold=threshold)
    return SampleRatio(
        frame=frame,
        chi2=chi2,
        df=df,
        p=float(special.chdtrc(df, chi2)),
        p_exact=_binomial(n[0], total, float(shares[0])) if df == 1 else None,
        p_value=decisive_p(n, shares),
        threshold=threshold,
        running=looks,
    )
