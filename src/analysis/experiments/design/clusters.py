"""Size, power and smallest effect where whole stores or cities are assigned."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from analysis.base.errors import InputError
from analysis.experiments.design.means import Means, shift_for
from analysis.experiments.design.rule import Direction, Rule


@dataclass(frozen=True, slots=True)
class Clusters:
    """A mean or a rate of users, whole clusters of whom are assigned; ``n`` counts clusters.

    Users of one cluster are alike: the variance of an arm's mean is that of as many users drawn
    freely times ``1 + ((1 + cv²) m - 1) icc`` (Eldridge, Ashby & Kerry 2006, International Journal
    of Epidemiology 35:1292). The t has as many degrees of freedom as there are clusters beyond two,
    not users, which is what makes few clusters dear (Donner & Klar 2000, ch. 5).

    Attributes:
        baseline: Mean or rate of control.
        sd: Standard deviation per user.
        users: Mean users of a cluster.
        icc: Intra-cluster correlation: share of the variance that lies between clusters.
        cv: Coefficient of variation of the clusters' users.
        rule: How the test decides; its ``rho`` is that of the clusters' means with their past.
        normal: Take t for normal: right for hundreds of clusters only.
        is_rate: Whether baseline and effects are shares of users.

    Raises:
        InputError: If a number lies outside what it can be.
    """

    baseline: float
    sd: float
    users: float
    icc: float
    cv: float = 0.0
    rule: Rule = field(default_factory=Rule)
    normal: bool = False
    is_rate: bool = False

    def __post_init__(self) -> None:
        for name, value, fits, wanted in (
            ("sd", self.sd, 0 < self.sd < math.inf, "above 0"),
            ("users", self.users, 1 <= self.users < math.inf, "1 or more"),
            ("icc", self.icc, 0 <= self.icc <= 1, "from 0 to 1"),
            ("cv", self.cv, 0 <= self.cv < math.inf, "0 or more"),
        ):
            if not fits:
                raise InputError(f"{name}: found {value}, expected {wanted}")

    @classmethod
    def of_rate(
        cls, rate: float, users: float, icc: float, *, cv: float = 0.0, rule: Rule | None = None
    ) -> Clusters:
        """Plan for a rate, with the variance of control in both arms."""
        if not 0 < rate < 1:
            raise InputError(f"rate: found {rate}, expected between 0 and 1")
        sd = math.sqrt(rate * (1 - rate))
        return cls(rate, sd, users, icc, cv, rule or Rule(), is_rate=True)

    @property
    def design_effect(self) -> float:
        """Variance of a mean over clusters against one over as many users drawn freely."""
        return 1 + ((1 + self.cv**2) * self.users - 1) * self.icc

    @property
    def means(self) -> Means:
        """The same test as one of cluster means."""
        spread = self.sd * math.sqrt(self.design_effect / self.users)
        return Means(self.baseline, spread, self.rule, normal=self.normal)

    @property
    def method(self) -> str:
        """Name of the formula."""
        return f"{self.means.method} of clusters"

    @property
    def users_per_unit(self) -> float:
        """Mean users of a cluster."""
        return self.users

    def power(self, n: float, effect: float) -> float:
        """Chance that the effect is found with ``n`` clusters of control."""
        return self.means.power(n, effect)

    def size(self, effect: float, power: float) -> float:
        """Clusters of control needed, not rounded."""
        return self.means.size(effect, power)

    def smallest(self, n: float, power: float, direction: Direction = 1) -> float:
        """Smallest effect found with this power and ``n`` clusters of control."""
        return self.means.smallest(n, power, direction)

    def users_needed(self, n: float, effect: float, power: float) -> float:
        """Mean users a cluster must have, where the clusters are given.

        Args:
            n: Clusters of control.
            effect: Difference to be found.
            power: Chance of finding it.

        Returns:
            Users per cluster, not rounded; ``inf`` where only more clusters would help, since
            what clusters differ by does not shrink with their users.
        """
        self.rule.check_power(power)
        k, m = self.rule.ratio, n / self.rule.inflation
        df = math.inf if self.normal else m * (1 + k) - 2
        distance = self.rule.direction(effect) * (effect - self.rule.margin)
        if not df > 0 or distance <= 0:
            return math.inf
        se = distance / shift_for(power, df, self.rule.tail)
        share = se**2 / ((1 + 1 / k) / m * (1 - self.rule.rho**2) * self.sd**2)
        left = share - (1 + self.cv**2) * self.icc
        return max((1 - self.icc) / left, 1.0) if left > 0 else math.inf
