"""Size, power and smallest effect of a comparison of two proportions, in the named variants."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, get_args

from scipy import optimize, special

from analysis.base.errors import InputError
from analysis.experiments.design.rule import Direction, Rule

Variance = Literal["pooled", "unpooled", "arcsine", "baseline"]


@dataclass(frozen=True, slots=True)
class Proportions:
    """A rate under a rule; normal approximations (exact power: ``experiments.exact``).

    Attributes:
        baseline: Rate of control, 0 to 1.
        rule: How the test decides.
        variance: Under no difference: ``"pooled"`` as R's ``power.prop.test`` (Fleiss, Levin &
            Paik 2003, Statistical Methods for Rates and Proportions, ch. 4), ``"unpooled"``,
            ``"arcsine"`` (Cohen 1988, Statistical Power Analysis, ch. 6), or ``"baseline"``, that
            of control in both arms (Miller's calculator, 2010).

    Raises:
        InputError: If the rate is none, or the variance does not go with the rule's margin.
    """

    baseline: float
    rule: Rule = field(default_factory=Rule)
    variance: Variance = "pooled"

    def __post_init__(self) -> None:
        if not 0 <= self.baseline <= 1:
            raise InputError(f"baseline: found {self.baseline}, expected a rate from 0 to 1")
        if self.variance not in get_args(Variance):
            raise InputError(
                f"variance: found {self.variance!r}, expected {', '.join(get_args(Variance))}"
            )
        if self.rule.margin and self.variance != "unpooled":
            # The others are variances of no difference, which is not what a margin tests.
            raise InputError(
                f"variance: found {self.variance!r} with a margin, expected 'unpooled'"
            )

    @property
    def method(self) -> str:
        """Name of the formula."""
        return f"{self.variance} z"

    @property
    def is_rate(self) -> bool:
        """Whether baseline and effects are shares of users."""
        return True

    @property
    def users_per_unit(self) -> float:
        """A unit is a user."""
        return 1.0

    def _arm(self, effect: float) -> float:
        rate = self.baseline + effect
        # 0.9 + 0.1 may end a hair above 1.
        if not -1e-12 <= rate <= 1 + 1e-12:
            raise InputError(
                f"effect: found {effect} on a rate of {self.baseline}, expected a rate of the arm "
                "from 0 to 1"
            )
        return min(max(rate, 0.0), 1.0)

    def _parts(self, effect: float) -> tuple[float, float, float]:
        """Distance in the direction looked at; spread under none and under the effect, n = 1."""
        one, two, k = self.baseline, self._arm(effect), self.rule.ratio
        direction = self.rule.direction(effect)
        if self.variance == "arcsine":
            spread = math.sqrt(1 + 1 / k)
            # asin √two - asin √one, without the difference of like numbers.
            sine = math.sqrt(two * (1 - one)) + math.sqrt(one * (1 - two))
            angle = 2 * math.asin(min(max((two - one) / sine, -1.0), 1.0)) if sine else 0.0
            return direction * angle, spread, spread
        own = math.sqrt(one * (1 - one) + two * (1 - two) / k)
        shared = (one + k * two) / (1 + k)
        null = {
            "pooled": math.sqrt(shared * (1 - shared) * (1 + 1 / k)),
            "unpooled": own,
            "baseline": math.sqrt(one * (1 - one) * (1 + 1 / k)),
        }[self.variance]
        return direction * (effect - self.rule.margin), null, own

    def power(self, n: float, effect: float) -> float:
        """Chance that the effect is found, in its own direction."""
        distance, null, own = self._parts(effect)
        reach = distance * math.sqrt(n / self.rule.cost) - self.rule.z * null
        if own == 0:
            return float(reach > 0)
        return float(special.ndtr(reach / own))

    def size(self, effect: float, power: float) -> float:
        """Users of control needed, not rounded; ``inf`` where no number of them is enough."""
        self.rule.check_power(power)
        distance, null, own = self._parts(effect)
        if distance <= 0:
            return math.inf
        root = (self.rule.z * null + float(special.ndtri(power)) * own) / distance
        return max(root, 0.0) ** 2 * self.rule.cost

    def smallest(self, n: float, power: float, direction: Direction = 1) -> float:
        """Smallest effect found with this power; NaN where no rate is far enough away.

        Of a margin, the effect that is needed for it to be kept (it may lie below 0).
        """
        self.rule.check_power(power)
        scale, b = math.sqrt(n / self.rule.cost), float(special.ndtri(power))
        if self.rule.margin:
            direction = self.rule.direction(0.0)

        def short(reached: float) -> float:
            # Reached is how far the arm lies from the margin, in the direction looked at.
            distance, null, own = self._parts(self.rule.margin + direction * reached)
            return distance * scale - self.rule.z * null - b * own

        start = self.baseline + self.rule.margin
        top = (1 - start) if direction > 0 else start
        # A straight line less concave spreads: below 0 until its one crossing (power above 1/2),
        # but for a rate of 0, where all is 0 at the start.
        if not top > 0 or short(top) < 0:
            return math.nan
        reached = float(optimize.brentq(short, 1e-15 * top, top, xtol=1e-18, rtol=4e-15))
        return self.rule.margin + direction * reached


def miller_size(
    baseline: float, effect: float, *, power: float = 0.8, rule: Rule | None = None
) -> float:
    """Users per arm as Miller's sample size calculator computes them.

    A rate above one half is folded to its complement first and the effect then added to it, so
    that 80 % ± 1 point needs what 20 % + 1 point needs: evanmiller.org/ab-testing/sample-size
    (2010), the calculator of Udacity's A/B course.

    Args:
        baseline: Rate of control.
        effect: Smallest difference to be found, in either direction.
        power: Chance of finding it.
        rule: How the test decides.

    Returns:
        Users of control, not rounded.
    """
    folded = min(baseline, 1 - baseline)
    return Proportions(folded, rule or Rule(), "baseline").size(effect, power)
