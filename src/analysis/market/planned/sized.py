"""A sizing plan computed: every part that it declares, each with chance of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.errors import InputError, nearest
from analysis.base.language import check_language
from analysis.market.model import ROUTES
from analysis.market.planned.aim import Aim, take_aim
from analysis.market.planned.assumed import Footing, footing
from analysis.market.planned.decision import Decided, decide
from analysis.market.planned.identity import GrowthIdentity, growth_identity
from analysis.market.planned.mixes import Mixes, all_mixes
from analysis.market.planned.parts import CompetitionPlan, SizingPlan, TierPlan
from analysis.market.planned.path import PenetrationPath, penetration_path
from analysis.market.sensitivity import Sensitivity, sensitivity
from analysis.market.shares import ShareTable, competitor_shares
from analysis.market.sizing import MarketSize, size_market
from analysis.market.tiers import Opportunity, opportunity

MOST_DRAWS = 2**18


@dataclass(frozen=True)
class SizedPlan:
    """Everything that a sizing plan says, with its uncertainty; None for parts not declared.

    Attributes:
        plan: The plan.
        outcome: Formula that is explained.
        size: TAM, SAM and SOM by every route.
        sensitivity: What each input does to the outcome.
        by_route: Route → what each input does to what we can win by it.
        footing: What that rests on, by all routes.
        information: What each route implies for the decision, and which input to research next.
        aim: The target against growth, size and drivers.
        identity: The growth bridge against the growth stated.
        path: Penetration by year.
        rivals: Competitors' shares.
        tiers: What is open by city tier.
        mixes: Who buys.
        lang: Of the names in the parts.
    """

    plan: SizingPlan
    outcome: str
    size: MarketSize
    sensitivity: Sensitivity
    by_route: dict[str, Sensitivity]
    footing: Footing
    information: Decided | None
    aim: Aim | None
    identity: GrowthIdentity | None
    path: PenetrationPath | None
    rivals: ShareTable | None
    tiers: Opportunity | None
    mixes: Mixes | None
    lang: str


def size_plan(
    plan: SizingPlan,
    *,
    seed: int,
    outcome: str = "",
    draws: int = 4096,
    confidence: float = 0.95,
    lang: str = "en",
) -> SizedPlan:
    """Compute a plan.

    Args:
        plan: From :func:`analysis.market.planned.declared.read_plan`.
        seed: Of all chance; each part has a stream of its own, so that adding one part leaves the
            numbers of the others.
        outcome: Formula (or input) to explain; empty for the SOM top-down, or bottom-up if that is
            the only route.
        draws: Points of each of 16 randomisations, a power of 2.
        confidence: Level of the intervals of the mix and of the penetration path.
        lang: Language of names in tables and figures.

    Raises:
        InputError: If the outcome is unknown, draws are no power of 2 from 64 to 2¹⁸, or a
            formula is not finite somewhere.
    """
    check_language(lang)
    if not 64 <= draws <= MOST_DRAWS or draws & (draws - 1):
        raise InputError(f"draws: found {draws}, expected a power of 2 from 64 to {MOST_DRAWS}")
    if not 0 < confidence < 1:
        raise InputError(f"confidence: found {confidence:g}, expected between 0 and 1")
    if seed < 0:
        raise InputError(f"seed: found {seed}, expected at least 0")
    model = plan.model
    names = [*(one.name for one in model.formulas), *(one.name for one in model.inputs)]
    if outcome and outcome not in names:
        raise InputError(
            f"outcome: found {outcome!r}, expected a formula of {model.name}; "
            f"{nearest(outcome, names)}"
        )
    chosen = outcome or next(iter(model.routes.values()))["som"]
    spawned = np.random.SeedSequence(seed).spawn(6 + len(ROUTES))
    chance = [np.random.default_rng(each) for each in spawned]
    size = size_market(model, rng=chance[0], n=draws)
    for levels in model.routes.values():
        if (size.draws.all(levels["som"]) <= 0).all():
            raise InputError(f"{model.name}: {levels['som']!r} is 0 or less in all draws, "
                             "expected a market that we can win (som)")  # fmt: skip
    moved = sensitivity(model, chosen, rng=chance[1], n=draws)
    by_route = {
        route: moved
        if levels["som"] == chosen
        else sensitivity(model, levels["som"], rng=chance[6 + ROUTES.index(route)], n=draws)
        for route, levels in model.routes.items()
    }
    return SizedPlan(
        plan, chosen, size, moved, by_route, footing(model, by_route),
        decide(plan.decision, size.draws) if plan.decision else None,
        take_aim(plan.target, size.draws, lang=lang) if plan.target else None,
        growth_identity(plan.growth, rng=chance[2], lang=lang) if plan.growth else None,
        penetration_path(plan.adoption, rng=chance[3], confidence=confidence)
        if plan.adoption else None,
        _rivals(plan.competition, chance[4], lang) if plan.competition else None,
        _tiers(plan.tiers, chance[5], draws, lang) if plan.tiers else None,
        all_mixes(plan.mix, lang=lang, confidence=confidence) if plan.mix else None,
        lang,
    )  # fmt: skip


def _rivals(plan: CompetitionPlan, rng: np.random.Generator, lang: str) -> ShareTable:
    rows = [
        {"name": one.labels[lang], "sales": one.sales, "growth": one.growth, "lo": one.lo,
         "hi": one.hi} for one in plan.rivals
    ]  # fmt: skip
    market = None if math.isnan(plan.market) else plan.market
    growth = None if math.isnan(plan.market_growth) else plan.market_growth
    return competitor_shares(pd.DataFrame(rows), rng=rng, market=market, market_growth=growth,
                             unit=plan.unit)  # fmt: skip


def _tiers(
    plans: tuple[TierPlan, ...], rng: np.random.Generator, draws: int, lang: str
) -> Opportunity:
    declared = {one.labels[lang]: one.parts for one in plans}
    return opportunity(declared, rng=rng, unit=plans[0].unit, n=min(draws, 4096))
