"""Size, power and smallest effect of a comparison of two means, or two ratios of means."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from scipy import optimize, special

from analysis.base.errors import InputError
from analysis.experiments.design.rule import Direction, Rule
from analysis.experiments.moments import Moments, Sample


def _above(t: float, df: float, shift: float) -> float:
    """P(T > t) of a noncentral t; a normal one of infinite degrees of freedom."""
    if math.isinf(df):
        return float(special.ndtr(shift - t))
    return 1.0 - float(special.nctdtr(df, shift, t))


def shift_for(power: float, df: float, tail: float) -> float:
    """Noncentrality at which a t test of one tail has this power."""
    critical = -float(special.ndtri(tail)) if math.isinf(df) else -float(special.stdtrit(df, tail))
    if math.isinf(df):
        return critical + float(special.ndtri(power))
    low, high = 0.0, critical + 2.0
    while _above(critical, df, high) < power:
        high *= 2
    return float(optimize.brentq(lambda s: _above(critical, df, s) - power, low, high, xtol=1e-13))


@dataclass(frozen=True, slots=True)
class Means:
    """A mean per user under a rule: t test, exact by the noncentral t.

    Welch's test has no exact power with unequal spreads; its degrees of freedom at the true
    variances stand in then (Welch 1947, Biometrika 34).

    Attributes:
        baseline: Mean of control; NaN if unknown, there is no relative effect then.
        sd: Standard deviation per user.
        rule: How the test decides.
        sd_arm: That of the arm; None for the same.
        normal: Take t for normal, as the usual formula does.

    Raises:
        InputError: If a standard deviation is not above 0.
    """

    baseline: float
    sd: float
    rule: Rule = field(default_factory=Rule)
    sd_arm: float | None = None
    normal: bool = False

    def __post_init__(self) -> None:
        for name, value in (("sd", self.sd), ("sd_arm", self.sd_arm)):
            if value is not None and not 0 < value < math.inf:
                raise InputError(f"{name}: found {value}, expected above 0")

    @classmethod
    def of_sample(cls, sample: Sample, rule: Rule | None = None) -> Means:
        """Plan from moments of a metric in the past."""
        return cls(sample.mean, math.sqrt(sample.variance), rule or Rule())

    @classmethod
    def of_ratio(
        cls, moments: Moments, numerator: str, denominator: str, rule: Rule | None = None
    ) -> Means:
        """Plan for a ratio of means (revenue per session), users being randomised.

        The spread is that of ``(y - R x) / mean(x)``, the delta method on users (Deng, Knoblich &
        Lu 2018, KDD).

        Args:
            moments: Of both columns over users of the past.
            numerator: Column above.
            denominator: Column below; its mean may not be 0.
            rule: How the test decides.
        """
        pair = moments.pick([numerator, denominator])
        below = float(pair.mean[1])
        if below == 0:
            raise InputError(f"{denominator}: found a mean of 0, expected something to divide by")
        ratio = float(pair.mean[0]) / below
        variance = pair.cov[0, 0] - 2 * ratio * pair.cov[0, 1] + ratio * ratio * pair.cov[1, 1]
        return cls(ratio, math.sqrt(max(float(variance), 0.0)) / abs(below), rule or Rule())

    @property
    def method(self) -> str:
        """Name of the formula."""
        if self.normal:
            return "normal"
        return "Student t" if self.sd_arm in (None, self.sd) else "Welch t"

    @property
    def is_rate(self) -> bool:
        """Whether baseline and effects are shares of users."""
        return False

    @property
    def users_per_unit(self) -> float:
        """A unit is a user."""
        return 1.0

    def _spread(self) -> tuple[float, float]:
        """Standard deviations of control and arm, after covariates."""
        rest = math.sqrt(1 - self.rule.rho**2)
        return self.sd * rest, (self.sd if self.sd_arm is None else self.sd_arm) * rest

    def _error(self, n: float) -> tuple[float, float]:
        """Standard error of the difference and degrees of freedom at the only look."""
        m, k = n / self.rule.inflation, self.rule.ratio
        one, two = self._spread()
        a, b = one * one / m, two * two / (m * k)
        if self.normal:
            df = math.inf
        elif one == two:
            df = m * (1 + k) - 2
        elif m > 1 and m * k > 1:
            df = (a + b) ** 2 / (a * a / (m - 1) + b * b / (m * k - 1))
        else:
            df = 0.0
        return math.sqrt(a + b), df

    def power(self, n: float, effect: float) -> float:
        """Chance that the effect is found, in its own direction; NaN without a variance."""
        se, df = self._error(n)
        if not df > 0:
            return math.nan
        distance = self.rule.direction(effect) * (effect - self.rule.margin)
        return _above(self._critical(df), df, distance / se)

    def rejection(self, n: float, effect: float) -> float:
        """Chance that the test rejects in either direction, as a two-sided power counts it."""
        if self.rule.sided == 1 or self.rule.margin:
            return self.power(n, effect)
        se, df = self._error(n)
        wrong = _above(self._critical(df), df, -abs(effect) / se) if df > 0 else math.nan
        return self.power(n, effect) + wrong

    def _critical(self, df: float) -> float:
        return self.rule.z if math.isinf(df) else -float(special.stdtrit(df, self.rule.tail))

    def size(self, effect: float, power: float) -> float:
        """Users of control needed, not rounded; ``inf`` where no number of them is enough."""
        self.rule.check_power(power)
        distance = self.rule.direction(effect) * (effect - self.rule.margin)
        if distance <= 0:
            return math.inf
        one, two = self._spread()
        k, inflation = self.rule.ratio, self.rule.inflation
        root = (self.rule.z + float(special.ndtri(power))) / distance
        start = root * root * (one * one + two * two / k) * inflation
        if self.normal:
            return start
        # One degree of freedom at least (Welch: something to estimate each variance from).
        low = inflation * (3 / (1 + k) if one == two else 1 + max(1.0, 1 / k))
        if self.power(low, effect) >= power:
            return low
        high = max(2 * low, 1.1 * start)
        while self.power(high, effect) < power:
            high *= 2
        return float(
            optimize.brentq(
                lambda n: self.power(n, effect) - power, low, high, xtol=1e-12 * high, rtol=1e-15
            )
        )

    def smallest(self, n: float, power: float, direction: Direction = 1) -> float:
        """Smallest effect found with this power; NaN without a variance.

        Of a margin, the effect that is needed for it to be kept (it may lie below 0).
        """
        self.rule.check_power(power)
        se, df = self._error(n)
        if not df > 0:
            return math.nan
        if self.rule.margin:
            direction = self.rule.direction(0.0)
        return self.rule.margin + direction * se * shift_for(power, df, self.rule.tail)
