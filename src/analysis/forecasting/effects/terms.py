"""How much each candidate of a family counts, over a panel and for one series."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.base.compiled import compiled
from analysis.forecasting.arrays import Floats, Ints
from analysis.forecasting.effects import kernels
from analysis.forecasting.effects.families import Candidate, Family, padded
from analysis.forecasting.effects.outliers import Outlier, impulses
from analysis.forecasting.effects.view import Noise, View, shocks

KEPT = 0.05
"""Weight, relative to the best, below which a candidate is dropped."""
TURNS = 20
"""Turns between the weights of series and their priors."""
HUBER = 1.345
"""Robust deviations from which an error counts less (95 % efficient for normal errors)."""
OPEN = 10.0
"""Series that the even prior over candidates is worth: below that many, each follows its own."""

Fits = tuple[Floats, Floats, Floats]
"""Coefficients and standard errors ``(C, k)`` and minus half the BIC ``(C,)`` of candidates."""


@dataclass(frozen=True)
class Term:
    """A family that entered a panel.

    Attributes:
        family: The family.
        p_value: Of the screen, its number of tests allowed for.
        weights: Candidate → mean weight over the panel, largest first, adding up to 1.
        own: Series → its candidate of the largest weight.
        priors: Series → ``(C,)`` weight that the other series give each candidate of the family;
            0 where the series' own evidence leaves it below :data:`KEPT`.
        means: ``(C, k)`` coefficients' mean over the panel.
        between: ``(C, k)`` their variance between series.
        strength: How much of the shrinkage is done: 0 up to three series, near 1 for many.
    """

    family: Family
    p_value: float
    weights: dict[Candidate, float]
    own: dict[int, Candidate]
    priors: dict[int, Floats]
    means: Floats
    between: Floats
    strength: float

    @property
    def best(self) -> Candidate:
        """Candidate of the largest weight over the panel, the empty one aside."""
        return next((candidate for candidate in self.weights if candidate), ())


Beside = Sequence[tuple[Family, Candidate]]
"""Other families and the candidate that stands for each."""


def fit_candidates(
    view: View,
    noise: Noise,
    found: Sequence[Outlier],
    family: Family,
    others: Beside,
    wanted: Ints,
    columns: Candidate,
) -> Fits:
    """Fit candidates of a family beside gaps, outliers and the terms of other families.

    Args:
        view: The series.
        noise: Its noise.
        found: Its outliers.
        family: The family.
        others: What stands for other families.
        wanted: ``(C, k)`` candidates as places in ``columns``, filled up with -1.
        columns: Columns of the family that they need.
    """
    mine = view.columns(family, columns)
    beside = [view.columns(other, chosen) for other, chosen in others]
    rows = shocks(view, noise, mine, view.gaps(), impulses(found, len(view.z)), *beside)
    return kernels.fit_subsets(rows, len(columns), view.m + 1, wanted, HUBER)


def all_candidates(family: Family) -> tuple[Ints, Candidate]:
    """Every candidate of a family, and all its columns."""
    return padded(family.candidates), tuple(range(len(family.names)))


def pool(family: Family, p_value: float, fits: Mapping[int, Fits], worth: float) -> Term:
    """Weights of candidates from their evidence over the panel, and the panel's coefficients.

    A series' prior is the mean of the others' weights and of :data:`OPEN` ones that are even over
    candidates; weights and priors are found by turns.

    Args:
        family: The family.
        p_value: Of its screen.
        fits: Series → all of the family's candidates fitted.
        worth: Independent series that the panel is worth, as a share of its number.
    """
    count = len(fits)
    beta, error, fit = (np.stack(each) for each in zip(*fits.values(), strict=True))
    likelihood = np.exp(fit - fit.max(axis=1, keepdims=True))
    even = np.full(fit.shape[1], 1 / fit.shape[1])
    prior = np.tile(even, (count, 1))
    for _ in range(TURNS):
        weights = prior * likelihood
        weights /= weights.sum(axis=1, keepdims=True)
        others = worth * (weights.sum(axis=0) - weights)
        prior = (others + OPEN * even) / (worth * (count - 1) + OPEN)
    mean = weights.mean(axis=0)
    kept = weights >= KEPT * weights.max(axis=1, keepdims=True)
    order = sorted(np.flatnonzero(kept.any(axis=0)), key=lambda c: (-mean[c], c))
    means, between = _between(beta, error)
    return Term(
        family,
        p_value,
        {family.candidates[c]: float(mean[c] / mean[order].sum()) for c in order},
        {i: family.candidates[c] for i, c in zip(fits, _largest(weights), strict=True)},
        dict(zip(fits, np.where(kept, prior, 0.0), strict=True)),
        means,
        between,
        max(count - 3, 0) / max(count - 1, 1),
    )


def _largest(weights: Floats) -> Ints:
    """Column ``(S,)`` of each row's largest weight; the first where several tie but for rounding.

    Windows that differ only in years to come fit a history alike.
    """
    top = weights.max(axis=1, keepdims=True)
    out: Ints = (weights >= (1 - 1e-9) * top).argmax(axis=1)
    return out


def _between(beta: Floats, error: Floats) -> tuple[Floats, Floats]:
    """Mean and variance between series of coefficients ``(S, C, k)`` (DerSimonian & Laird)."""
    count = np.isfinite(error).sum(axis=0)
    precision = np.where(np.isfinite(error), 1 / np.maximum(error, 1e-150) ** 2, 0.0)
    total = precision.sum(axis=0)
    safe = np.where(total > 0, total, 1.0)
    mean = (precision * beta).sum(axis=0) / safe
    excess = (precision * (beta - mean) ** 2).sum(axis=0) - (count - 1)
    scale = total - (precision**2).sum(axis=0) / safe
    spread = np.maximum(excess, 0.0) / np.where(scale > 0, scale, 1.0)
    return mean, spread


@compiled
def _average(
    beta: Floats, error: Floats, fit: Floats, prior: Floats,
    means: Floats, between: Floats, strength: float,
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """Weigh candidates by prior and fit, and draw their coefficients towards the panel's mean.

    Args:
        beta: ``(C, k)`` coefficients.
        error: ``(C, k)`` their standard errors, infinite where there is none.
        fit: ``(C,)`` minus half the BIC.
        prior: ``(C,)``.
        means: ``(C, k)`` of the panel.
        between: ``(C, k)`` variances between series.
        strength: How much of the shrinkage is done.

    Returns:
        Weights ``(C,)``; coefficients and standard errors ``(C, k)``.
    """
    top, total = fit[0], 0.0
    for row in range(len(fit)):
        top = max(top, fit[row])
    weight = np.empty(len(fit))
    for row in range(len(fit)):
        weight[row] = prior[row] * math.exp(fit[row] - top)
        total += weight[row]
    for row in range(len(fit)):
        weight[row] /= total
    drawn, left = np.zeros(beta.shape), error.copy()
    for row in range(len(beta)):
        for p in range(beta.shape[1]):
            if not math.isfinite(error[row, p]):
                continue
            noise = error[row, p] ** 2
            # Exact fits of series that are all alike leave nothing to draw.
            both = between[row, p] + noise
            share = 1 - strength * noise / both if both > 0 else 1.0
            drawn[row, p] = means[row, p] + share * (beta[row, p] - means[row, p])
            # Where the series are all alike, the error left is that of their mean: never below
            # a tenth.
            left[row, p] = math.sqrt(max(share, 0.01) * noise)
    return weight, drawn, left


@dataclass(frozen=True, slots=True)
class Share:
    """What one series takes of a term: the candidates that count for it, at any origin.

    Attributes:
        term: The term.
        own: The series' candidate of the largest weight.
        others: What stands for other families.
        columns: Columns of the family that the candidates need.
        wanted: ``(C, k)`` candidates as places in ``columns``, filled up with -1.
        prior: ``(C,)``.
        means: ``(C, k)`` of the panel.
        between: ``(C, k)`` variances between series.
    """

    term: Term
    own: Candidate
    others: Beside
    columns: Candidate
    wanted: Ints
    prior: Floats
    means: Floats
    between: Floats

    def estimate(
        self, view: View, noise: Noise, found: Sequence[Outlier]
    ) -> tuple[Floats, tuple[float, Ints, Floats, Floats]]:
        """Averaged coefficients at one origin.

        Returns:
            ``(columns,)`` coefficients; then of the candidate of the largest weight its weight,
            columns, coefficients and standard errors, shrunken.
        """
        fits = fit_candidates(
            view, noise, found, self.term.family, self.others, self.wanted, self.columns
        )
        weight, drawn, left = _average(
            *fits, self.prior, self.means, self.between, self.term.strength
        )
        out = np.zeros(1 + len(self.columns))
        np.add.at(out, self.wanted, weight[:, None] * drawn)
        most = int(weight.argmax())
        real = self.wanted[most] >= 0
        chosen = np.array(self.columns, dtype=np.int64)[self.wanted[most][real]]
        best = float(weight[most]), chosen, drawn[most][real], left[most][real]
        return out[:-1], best


def shares(terms: Sequence[Term], i: int) -> list[Share]:
    """What series ``i`` takes of each term."""
    out = []
    for number, term in enumerate(terms):
        counts = np.flatnonzero(term.priors[i] > 0)
        full = padded(term.family.candidates)[counts]
        columns = np.unique(full[full >= 0])
        wanted = np.where(full >= 0, np.searchsorted(columns, full), -1)
        out.append(
            Share(
                term,
                term.own[i],
                [(t.family, t.own[i]) for n, t in enumerate(terms) if n != number],
                tuple(int(c) for c in columns),
                wanted,
                np.ascontiguousarray(term.priors[i][counts]),
                np.ascontiguousarray(term.means[counts]),
                np.ascontiguousarray(term.between[counts]),
            )
        )
    return out
