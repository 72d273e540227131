"""To enter or not, by every route: two routes may agree on the size and not on the decision."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from analysis.market.information import Information, value_of_information
from analysis.market.planned.parts import DecisionPlan
from analysis.market.sampling import Draws


@dataclass(frozen=True)
class Decided:
    """What each route implies for a decision, and what research into its inputs is worth.

    Attributes:
        plan: The decision.
        routes: Route → payoff of what we can win by it, and the value of information.
        frame: Rows of all routes, most valuable first, each with its ``route``.
    """

    plan: DecisionPlan
    routes: dict[str, Information]
    frame: pd.DataFrame

    @property
    def undecided(self) -> bool:
        """Whether one route says enter and the other does not."""
        return len({one.enter for one in self.routes.values()}) > 1

    @property
    def worth(self) -> tuple[str, pd.Series] | None:
        """Route and row of the input to research; None if none is worth it."""
        rows = [(route, one.worth) for route, one in self.routes.items()]
        found = [(route, row) for route, row in rows if row is not None]
        return max(found, key=lambda pair: float(pair[1]["value"])) if found else None

    @property
    def outcome(self) -> str:
        """What we can win by the first route: the payoffs of all routes are in its unit."""
        return next(iter(self.routes.values())).outcome

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """What learning each input is worth, by route."""
        from analysis.market.planned.plots import decided_figure

        return decided_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """What each route implies (``lang`` en or zh)."""
        from analysis.market.planned.words_decision import decided_sentence

        return decided_sentence(self, lang)


def decide(plan: DecisionPlan, draws: Draws) -> Decided:
    """Hold the payoff of what we can win against its cost, by every route.

    Args:
        plan: Cost and margin.
        draws: Of the model.
    """
    routes = {
        route: value_of_information(draws, levels["som"], cost=plan.cost, margin=plan.margin)
        for route, levels in draws.model.routes.items()
    }
    parts = [one.frame.assign(route=route) for route, one in routes.items()]
    frame = pd.concat(parts, ignore_index=True)
    frame = frame.sort_values(["value", "variance"], ascending=False, kind="stable")
    return Decided(plan, routes, frame.reset_index(drop=True))
