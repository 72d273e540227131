"""Is the target realistic: against the market's growth, against its size, and driver by driver."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.market.planned.parts import PlannedDriver, TargetPlan
from analysis.market.sampling import Draws
from analysis.market.target import TargetCheck, check_target


@dataclass(frozen=True)
class Aim:
    """A target held against everything the plan knows.

    Attributes:
        plan: What was declared.
        check: Growth asked for against the market's.
        needed: Share of the market that the target is: ``p10, p50, p90``; None without a market.
        contradicted: Whether, by every route, we sold more a year ago than the model says that we
            can win (P90).
        most: The largest P90 of what we can win, by route.
        beyond: Whether the target is more than that market (at its median).
        serves: Whether that market is the one we can serve (SAM) by a route.
        chances: Route → share of draws in which what we can win reaches the target.
        frame: One row a driver: ``driver, unit, current, needed`` (at which it alone reaches the
            target; NaN if no value of it does: a share beyond 1, or below 0), ``planned`` (NaN if
            nothing is planned), ``alone`` (growth of sales that the
            planned value alone brings) and ``enough``.
    """

    plan: TargetPlan
    check: TargetCheck
    needed: tuple[float, float, float] | None
    contradicted: bool
    most: float
    serves: bool
    chances: dict[str, float]
    frame: pd.DataFrame

    @property
    def beyond(self) -> bool:
        """Whether the target is more than its market, at the market's median."""
        return self.needed is not None and self.needed[1] > 1

    @property
    def planned(self) -> pd.DataFrame:
        """Rows of the drivers for which something is planned."""
        return self.frame[self.frame["planned"].notna()]

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Growth asked for, growth of the market, and what each planned driver alone brings."""
        from analysis.market.planned.plots import aim_figure

        return aim_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """What the target asks for and which driver gets there (``lang`` en or zh)."""
        from analysis.market.planned.words import aim_sentence

        return aim_sentence(self, lang)


def take_aim(plan: TargetPlan, draws: Draws, *, lang: str = "en") -> Aim:
    """Hold a target against growth, size and drivers.

    A driver that acts on all sales must rise as much as sales; one that acts on a part of them by
    that much over its part, the rest staying as it is.

    Args:
        plan: The target.
        draws: Of the model that the target belongs to.
        lang: Of the drivers' names.
    """
    model = draws.model
    drivers = {one.labels[lang]: one.current for one in plan.drivers}
    check = check_target(plan.target, plan.own, plan.market_growth, drivers=drivers, unit=plan.unit)
    needed = None
    if plan.market:
        market = draws.all(plan.market)
        if (market > 0).all():
            p10, p50, p90 = (float(v) for v in np.quantile(plan.target / market, (0.1, 0.5, 0.9)))
            needed = (p10, p50, p90)
    chances = {
        route: float((draws.all(levels["som"]) >= plan.target).mean())
        for route, levels in model.routes.items()
    }  # fmt: skip
    tops = [float(np.quantile(draws.all(levels["som"]), 0.9)) for levels in model.routes.values()]
    rows = []
    for one in plan.drivers:
        alone = one.part * (one.planned / one.current - 1)
        rows.append(
            {
                "driver": one.labels[lang], "unit": one.unit, "current": one.current,
                "needed": _needed(one, check.growth), "planned": one.planned,
                "alone": alone, "enough": bool(alone >= check.growth * (1 - 1e-12)),
            }
        )  # fmt: skip
    columns = ["driver", "unit", "current", "needed", "planned", "alone", "enough"]
    serves = plan.market in [levels.get("sam") for levels in model.routes.values()]
    return Aim(
        plan,
        check,
        needed,
        max(tops) < plan.own,
        max(tops),
        serves,
        chances,
        pd.DataFrame(rows, columns=columns),
    )


def _needed(one: PlannedDriver, growth: float) -> float:
    value = one.current * (1 + growth / one.part)
    possible = value > 0 and not (one.unit == "share" and value > 1)
    return value if possible else math.nan
