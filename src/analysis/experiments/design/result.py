"""A planned test: how many users, which effect, with what power; one follows from the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.experiments.design.proportions import Proportions
from analysis.experiments.design.rule import Direction, Setting
from analysis.experiments.design.words import design_sentence, design_table

NAMES = ("n", "effect", "power")
Solved = Literal["size", "power", "effect"]


@dataclass(frozen=True)
class Design:
    """What a test needs, or what it can find.

    Attributes:
        setting: The metric and the rule.
        solved: Which of the three was computed from the others.
        n: Units of control, not rounded (``inf`` where no number of them is enough).
        effect: Difference of the arm from control; NaN where no effect is large enough.
        power: Chance of finding it; of the rounded units where the size was solved for.
        arms: Arms beside control.
        why: Why there is no answer, English message id; empty if there is one.
    """

    setting: Setting
    solved: Solved
    n: float
    effect: float
    power: float
    arms: int = 1
    why: str = ""

    @property
    def lift(self) -> float:
        """Effect over the baseline; NaN over 0 or an unknown one."""
        return self.effect / self.setting.baseline if self.setting.baseline else math.nan

    @property
    def n_control(self) -> float:
        """Units of control, whole; ``inf`` where no number is enough."""
        return _whole(self.n)

    @property
    def n_arm(self) -> float:
        """Units of each other arm, whole."""
        return _whole(self.n * self.setting.rule.ratio)

    @property
    def total(self) -> float:
        """Units of all arms."""
        return self.n_control + self.arms * self.n_arm

    @property
    def users(self) -> float:
        """Users of all arms: those of the clusters, where clusters are assigned."""
        return self.total * self.setting.users_per_unit

    def curve(self, points: int = 61) -> pd.DataFrame:
        """Power over units of control, from few to twice as many: ``n, power``.

        Raises:
            InputError: If the test has no answer to draw.
        """
        if self.why:
            raise InputError(f"power curve: {self.why}")
        top = max(2 * self.n, 8.0)
        sizes = np.linspace(top / (points - 1), top, points)
        power = [self.setting.power(float(size), self.effect) for size in sizes]
        return pd.DataFrame({"n": sizes, "power": power}).dropna(ignore_index=True)

    def table(self, lang: str = "en") -> pd.DataFrame:
        """One row a quantity: what it is, its value (``lang`` en or zh)."""
        return design_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Power over users per arm, with the test's own point."""
        from analysis.experiments.design.charts import power_curve

        return power_curve(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: what is needed, or what can be found (``lang`` en or zh)."""
        return design_sentence(self, translator(lang), lang)


def _whole(n: float) -> float:
    return float(max(math.ceil(n), 1)) if math.isfinite(n) else n


def solve(
    setting: Setting,
    *,
    n: float | None = None,
    effect: float | None = None,
    lift: float | None = None,
    power: float | None = None,
    arms: int = 1,
    direction: Direction = 1,
) -> Design:
    """Compute the one of size, effect and power that is not given.

    Args:
        setting: :class:`Proportions`, :class:`Means` or :class:`Clusters`.
        n: Units of control (users, or clusters).
        effect: Absolute difference of the arm from control.
        lift: The same relative to the baseline, instead of ``effect``.
        power: Chance of finding it.
        arms: Arms beside control.
        direction: 1 for a smallest rise, -1 for a smallest fall.

    Raises:
        InputError: If not exactly two are given, or one lies outside what it can be.
    """
    if effect is not None and lift is not None:
        raise InputError("effect, lift: found both, expected one of them")
    if lift is not None:
        if not setting.baseline or math.isnan(setting.baseline):
            raise InputError(f"lift: found a baseline of {setting.baseline}, expected one not 0")
        effect = lift * setting.baseline
    if arms < 1:
        raise InputError(f"arms: found {arms}, expected 1 or more beside control")
    if n is not None and not 0 < n < math.inf:
        raise InputError(f"n: found {n}, expected above 0")
    given = tuple(None if value is None else float(value) for value in (n, effect, power))
    match given:
        case None, float() as wanted, float() as chance:
            size = setting.size(wanted, chance)
            if math.isinf(size):
                return Design(setting, "size", size, wanted, math.nan, arms, "no effect to find")
            return Design(setting, "size", size, wanted, setting.power(_whole(size), wanted), arms)
        case float() as units, None, float() as chance:
            least = setting.smallest(units, chance, direction)
            why = "no effect is large enough" if math.isnan(least) else ""
            return Design(setting, "effect", units, least, chance, arms, why)
        case float() as units, float() as wanted, None:
            chance = setting.power(units, wanted)
            why = "too few for a variance" if math.isnan(chance) else ""
            return Design(setting, "power", units, wanted, chance, arms, why)
        case _:
            names = [name for name, value in zip(NAMES, given, strict=True) if value is not None]
            found = ", ".join(names) or "none"
            raise InputError(f"n, effect, power: found {found}, expected two of the three")


def sizes(
    settings: Sequence[Setting],
    lifts: Sequence[float],
    *,
    power: float = 0.8,
    arms: int = 1,
    users_per_day: float = math.nan,
) -> pd.DataFrame:
    """Units needed for each base rate and each lift to be found.

    Args:
        settings: One a base rate (or mean).
        lifts: Relative effects.
        power: Chance of finding each.
        arms: Arms beside control.
        users_per_day: Users that enter the test a day, for ``days``; NaN if unknown.

    Returns:
        ``baseline, lift, effect, n_control, total, days``; an infinite ``n_control`` where the
        effect is none, NaN where the lift would take a rate above 1.
    """
    rows = []
    for setting in settings:
        for lift in lifts:
            row = {"baseline": setting.baseline, "lift": lift, "effect": lift * setting.baseline}
            if not (isinstance(setting, Proportions) and setting.baseline * (1 + lift) > 1):
                design = solve(setting, lift=lift, power=power, arms=arms)
                row |= {
                    "n_control": design.n_control, "total": design.total,
                    "days": design.users / users_per_day,
                }  # fmt: skip
            rows.append(row)
    columns = ["baseline", "lift", "effect", "n_control", "total", "days"]
    return pd.DataFrame(rows, columns=columns)
