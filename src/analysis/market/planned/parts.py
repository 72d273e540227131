"""The parts of a sizing plan beside its model: what was declared, checked, nothing computed yet."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from analysis.base.errors import InputError
from analysis.market.distributions import Distribution
from analysis.market.model import SizingModel

Texts = Mapping[str, str]


@dataclass(frozen=True)
class PlannedDriver:
    """A driver of sales and what is planned for it.

    Attributes:
        labels: Language → what a reader calls it.
        current: Its value now.
        planned: Its planned value; NaN if none is planned.
        unit: ``share`` for a percentage, or another.
        part: Share of sales that it acts on; 1 for all.
        sources: Language → where the numbers are from.
    """

    labels: Texts
    current: float
    planned: float
    unit: str
    part: float
    sources: Texts


@dataclass(frozen=True)
class TargetPlan:
    """Sales aimed at.

    Attributes:
        labels: Language → what the target is for.
        own: Our sales a year ago.
        target: Sales aimed at.
        unit: Of both.
        market_growth: Belief about the market's growth.
        growth_from: Input that it was taken from; empty if declared here.
        market: Input or formula that is the market of which a share is needed; empty for none.
        drivers: Drivers whose product sales are.
        sources: Language → where the numbers are from.
    """

    labels: Texts
    own: float
    target: float
    unit: str
    market_growth: Distribution
    growth_from: str
    market: str
    drivers: tuple[PlannedDriver, ...]
    sources: Texts


@dataclass(frozen=True)
class Moved:
    """A driver at the start and at the end of a growth bridge."""

    labels: Texts
    start: Distribution
    end: Distribution
    unit: str
    sources: Texts


@dataclass(frozen=True)
class GrowthPlan:
    """A change that drivers together should explain.

    Attributes:
        labels: Language → what grows.
        unit: Of the drivers' product.
        drivers: Factors of the product.
        stated: Growth that the plan states for the product; NaN if it states none.
        stated_sources: Language → where that is stated.
    """

    labels: Texts
    unit: str
    drivers: tuple[Moved, ...]
    stated: float
    stated_sources: Texts


@dataclass(frozen=True)
class AdoptionPlan:
    """Observed penetration, and a step a year if somebody declared one.

    Attributes:
        labels: Language → what is adopted.
        unit: Of the values; ``share`` for penetration.
        curve: ``logistic`` or ``bass``.
        observed: ``level`` at the end of each year, or ``new`` adopters in it.
        market: Eventual market; NaN if it is to be estimated.
        years: Consecutive years observed.
        values: What was observed in each.
        step: Declared change a year; NaN if none is.
        until: Last year of the path.
        sources: Language → where the numbers are from.
    """

    labels: Texts
    unit: str
    curve: str
    observed: str
    market: float
    years: tuple[int, ...]
    values: tuple[float, ...]
    step: float
    until: int
    sources: Texts

    @property
    def most(self) -> float:
        """The whole market: as declared, all for a share, else unbounded."""
        if not math.isnan(self.market):
            return self.market
        return 1.0 if self.unit.strip() == "share" else math.inf

    @property
    def fits(self) -> bool:
        """Whether there are years enough to fit a curve to."""
        return len(self.values) >= (4 if math.isnan(self.market) else 3)


@dataclass(frozen=True)
class Rival:
    """A competitor: sales and growth as stated, NaN where they are not.

    Attributes:
        labels: Language → its name.
        sales: Its sales.
        lo: Lower end of the 5–95 % interval of sales.
        hi: Upper end of it.
        comparator: ``=``, ``~`` (about), ``>``, ``>=``, ``<`` or ``<=``: how sales are stated.
        growth: Growth of its sales.
        sources: Language → where the numbers are from.
    """

    labels: Texts
    sales: float
    lo: float
    hi: float
    comparator: str
    growth: float
    sources: Texts


@dataclass(frozen=True)
class CompetitionPlan:
    """Competitors of one market.

    Attributes:
        labels: Language → which market.
        unit: Of sales.
        market: Total sales; NaN if not stated.
        market_growth: Growth of the total; NaN if not stated.
        rivals: In declared order.
        sources: Language → where the total is from.
    """

    labels: Texts
    unit: str
    market: float
    market_growth: float
    rivals: tuple[Rival, ...]
    sources: Texts


@dataclass(frozen=True)
class TierPlan:
    """A city tier: beliefs about each of :data:`analysis.market.tiers.PARTS`."""

    labels: Texts
    unit: str
    parts: Mapping[str, Distribution]
    sources: Texts


@dataclass(frozen=True)
class MixGroup:
    """A group of buyers: its stated share, or its count, and its share of the population."""

    labels: Texts
    share: float
    n: float
    population: float


@dataclass(frozen=True)
class MixPlan:
    """Groups of one dimension, such as regions.

    Attributes:
        labels: Language → the dimension.
        groups: In declared order; those that shares leave out are computed as the others.
        sample: Persons or orders behind the shares; NaN if nobody said.
        sources: Language → where the shares are from.
        population_sources: Language → where the population is from.
    """

    labels: Texts
    groups: tuple[MixGroup, ...]
    sample: float
    sources: Texts
    population_sources: Texts


@dataclass(frozen=True)
class DecisionPlan:
    """To enter or not: payoff ``margin * outcome - cost``."""

    labels: Texts
    cost: float
    margin: float
    sources: Texts


@dataclass(frozen=True)
class SizingPlan:
    """A sizing model and the parts declared with it; None or empty where a part is not declared."""

    model: SizingModel
    target: TargetPlan | None = None
    growth: GrowthPlan | None = None
    adoption: AdoptionPlan | None = None
    competition: CompetitionPlan | None = None
    tiers: tuple[TierPlan, ...] = ()
    mix: tuple[MixPlan, ...] = ()
    decision: DecisionPlan | None = None

    def with_target(self, target: float = 0.0, own: float = 0.0) -> SizingPlan:
        """The plan with another target, or other sales a year ago; 0 keeps the declared one.

        Raises:
            InputError: If there is no target to change, or a number is not above 0.
        """
        if not target and not own:
            return self
        if self.target is None:
            raise InputError(
                f"{self.model.name}: found no [target], expected one that target= can change"
            )
        for name, value in (("target", target), ("own_sales", own)):
            if not (math.isfinite(value) and value >= 0):
                raise InputError(f"{name}: found {value:g}, expected above 0")
        changed = replace(
            self.target, target=target or self.target.target, own=own or self.target.own
        )
        return replace(self, target=changed)

    def with_mix(self, mix: tuple[MixPlan, ...]) -> SizingPlan:
        """The plan with other dimensions of buyers; none keep the declared ones."""
        return replace(self, mix=mix) if mix else self
