"""When a test will call a difference real: level, sides, margin, allocation, what sharpens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from scipy import special

from analysis.base.errors import InputError

Direction = Literal[1, -1]


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule by which a test of one arm against control decides.

    Attributes:
        alpha: Level of this comparison; divide it among the arms (Bonferroni), or give Dunnett's,
            where there are several.
        sided: 2, or 1 for a difference in the direction of the effect only.
        margin: The difference that is tested against: 0, or below 0 the loss that a change that
            should rise may have and still be called no worse (non-inferiority), above 0 the same
            for one that should fall.
        ratio: Users of the arm for every user of control.
        rho: Correlation of the metric with its covariates of before; CUPED leaves ``1 - rho²`` of
            the variance (Deng, Xu, Kohavi & Walker 2013, WSDM).
        inflation: Users at the last planned look over those of a test with one look.

    Raises:
        InputError: If a number lies outside what it can be.
    """

    alpha: float = 0.05
    sided: Literal[1, 2] = 2
    margin: float = 0.0
    ratio: float = 1.0
    rho: float = 0.0
    inflation: float = 1.0

    def __post_init__(self) -> None:
        for name, value, fits, wanted in (
            ("alpha", self.alpha, 0 < self.alpha < 1, "between 0 and 1"),
            ("sided", self.sided, self.sided in (1, 2), "1 or 2"),
            ("ratio", self.ratio, 0 < self.ratio < float("inf"), "above 0"),
            ("rho", self.rho, -1 < self.rho < 1, "between -1 and 1"),
            ("inflation", self.inflation, 1 <= self.inflation < float("inf"), "1 or more"),
        ):
            if not fits:
                raise InputError(f"{name}: found {value}, expected {wanted}")

    @property
    def tail(self) -> float:
        """Level of the tail in which the effect is looked for."""
        return self.alpha / self.sided

    @property
    def z(self) -> float:
        """Normal critical value."""
        return -float(special.ndtri(self.tail))

    @property
    def cost(self) -> float:
        """Users needed for one user of a test with a single look and no covariate."""
        return self.inflation * (1 - self.rho * self.rho)

    def direction(self, effect: float) -> Direction:
        """Where a difference is looked for: away from the margin, else where the effect lies."""
        away = -self.margin if self.margin else effect
        return -1 if away < 0 else 1

    def check_power(self, power: float) -> None:
        """Refuse a power that needs no data or cannot be had.

        Raises:
            InputError: If ``power`` is not above the level of the tail and below 1.
        """
        if not self.tail < power < 1:
            raise InputError(
                f"power: found {power}, expected between {self.tail} (one tail of alpha) and 1"
            )


class Setting(Protocol):
    """A metric under a rule: power, size and smallest effect follow from each other.

    ``n`` counts the units of control (users, or clusters), the arm has ``ratio`` times as many;
    effects are absolute differences of the arm from control.
    """

    @property
    def baseline(self) -> float:
        """What control is expected to have; NaN if unknown."""

    @property
    def rule(self) -> Rule:
        """How the test decides."""

    @property
    def method(self) -> str:
        """Name of the formula."""

    @property
    def is_rate(self) -> bool:
        """Whether baseline and effects are shares of users."""

    @property
    def users_per_unit(self) -> float:
        """Users behind one unit of ``n``."""

    def power(self, n: float, effect: float) -> float:
        """Chance that the effect is found, in its own direction."""

    def size(self, effect: float, power: float) -> float:
        """Units of control needed, not rounded; ``inf`` where no number of them is enough."""

    def smallest(self, n: float, power: float, direction: Direction = 1) -> float:
        """Smallest effect found with this power (MDE); NaN where there is none."""
