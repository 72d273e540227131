"""TAM → SAM → SOM by two routes, with ranges, and what the two say together.

TAM: total addressable market; SAM: the part that we can serve; SOM: the part that we can win.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.market.model import LEVELS, SizingModel
from analysis.market.reconciliation import Reconciliation, reconcile
from analysis.market.sampling import Draws, simulate

RARE = 1e-3
"""Share of draws below 0 that the tail of a normal input may leave."""


@dataclass(frozen=True)
class MarketSize:
    """The market at every level by every route.

    Attributes:
        frame: One row a route and level: ``route, level, name, unit, p10, p50, p90, mean`` and the
            Monte-Carlo standard errors ``p10_error, p50_error, p90_error, mean_error``.
        agreement: Level → how the two routes agree; levels that both have.
        order: Levels whose larger market is smaller than the next one in some draws: route, level
            and share of draws. A SAM above its TAM is a fault of the model.
        below: Route, level and share of draws of levels that are below 0: no market is.
        weak: Share of the inputs' grades C and D among those that vary.
        draws: The draws behind it.
    """

    frame: pd.DataFrame
    agreement: dict[str, Reconciliation]
    order: tuple[tuple[str, str, float], ...]
    below: tuple[tuple[str, str, float], ...]
    weak: float
    draws: Draws

    @property
    def model(self) -> SizingModel:
        """The model."""
        return self.draws.model

    @property
    def positive(self) -> bool:
        """Whether all ranges lie above 0, so that a log scale shows them."""
        pooled = [one.p10 for one in self.agreement.values()]
        return bool((self.frame["p10"] > 0).all()) and all(low > 0 for low in pooled)

    @property
    def error(self) -> float:
        """Largest Monte-Carlo error of a median, of that median; of the range's ends around 0."""
        ends = self.frame[["p10", "p50", "p90"]].abs()
        scale = ends["p50"].where(self.frame["p10"] > 0, ends.max(axis=1))
        return float((self.frame["p50_error"] / scale.where(scale > 0, 1.0)).max())

    def row(self, route: str, level: str) -> pd.Series:
        """The row of a route and level."""
        chosen = (self.frame["route"] == route) & (self.frame["level"] == level)
        return self.frame[chosen].iloc[0]

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Levels and routes under names for readers (``lang`` en or zh)."""
        from analysis.market.words import size_table

        return size_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """P10 to P90 of every level by every route, and the pooled one."""
        from analysis.market.plots import size_figure

        return size_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """What we can win, and whether the routes agree (``lang`` en or zh)."""
        from analysis.market.words import size_sentence

        return size_sentence(self, lang)


def size_market(
    model: SizingModel,
    *,
    rng: np.random.Generator,
    n: int = 4096,
    randomisations: int = 16,
    scheme: str = "sobol",
) -> MarketSize:
    """Compute a declared market with its uncertainty.

    Args:
        model: From :func:`analysis.market.declaration.read_model`.
        rng: Source of chance; equal seed, equal numbers.
        n: Points of each randomisation (a power of 2 for Sobol).
        randomisations: Independent ones, for the Monte-Carlo error.
        scheme: ``sobol`` or ``latin``.

    Raises:
        InputError: If there are too few points, or a formula is not finite somewhere.
    """
    draws = simulate(model, rng=rng, n=n, randomisations=randomisations, scheme=scheme)
    rows = [
        {"route": route, "level": level, "name": name, "unit": model.unit(name),
         **draws.quantiles(name)}
        for route, levels in model.routes.items() for level, name in levels.items()
    ]  # fmt: skip
    both = list(model.routes.values())
    agreement = {}
    if len(both) == 2:
        for level in LEVELS:
            if all(level in levels for levels in both):
                one, other = (draws.all(levels[level]) for levels in both)
                agreement[level] = reconcile(one, other)
    varying = [one for one in model.inputs if not one.fixed]
    weak = sum(one.grade in "CD" for one in varying) / len(varying) if varying else 0.0
    return MarketSize(pd.DataFrame(rows), agreement, _disordered(draws), _below(draws), weak, draws)


def _below(draws: Draws) -> tuple[tuple[str, str, float], ...]:
    found = [
        (route, level, float((draws.all(name) < 0).mean()))
        for route, levels in draws.model.routes.items() for level, name in levels.items()
    ]  # fmt: skip
    return tuple(one for one in found if one[2] > RARE)


def _disordered(draws: Draws) -> tuple[tuple[str, str, float], ...]:
    found = []
    for route, levels in draws.model.routes.items():
        present = [level for level in LEVELS if level in levels]
        for outer, inner in pairwise(present):
            larger = draws.all(levels[inner]) > draws.all(levels[outer]) * (1 + 1e-12)
            if larger.any():
                found.append((route, inner, float(larger.mean())))
    return tuple(found)
