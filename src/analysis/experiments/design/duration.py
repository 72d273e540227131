"""How long a test takes: from traffic to days, whole weeks and a date."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.experiments.design.result import Design
from analysis.experiments.design.words import duration_sentence, duration_table

Floats = NDArray[np.float64]
LONGEST = 3 * 364
"""Days after which a test counts as one that does not end."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Users who could enter the test.

    Attributes:
        users_per_day: New users on an average day: those not yet in the test. Who returns brings
            nothing, so this is below the daily visitors where many return.
        share: Share of them that are in the test, all arms together.
        weekdays: Users of Monday to Sunday relative to each other; None for equal days.
        ramp: Share of the test that is open on its first days, such as ``(0.1, 0.5)``; all of it
            afterwards.

    Raises:
        InputError: If a number lies outside what it can be.
    """

    users_per_day: float
    share: float = 1.0
    weekdays: tuple[float, ...] | None = None
    ramp: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.users_per_day < math.inf:
            raise InputError(f"users_per_day: found {self.users_per_day}, expected 0 or more")
        if not 0 < self.share <= 1:
            raise InputError(f"share: found {self.share}, expected above 0 and up to 1")
        if any(not 0 <= open_ <= 1 for open_ in self.ramp):
            raise InputError(f"ramp: found {self.ramp}, expected shares from 0 to 1")
        days = self.weekdays
        if days is not None and (len(days) != 7 or min(days) < 0 or not sum(days) > 0):
            raise InputError(f"weekdays: found {days}, expected 7 weights from Monday, not all 0")

    def entered(self, start: dt.date, days: int) -> Floats:
        """Users in the test at the end of each of its first ``days`` days."""
        weights = np.asarray(self.weekdays if self.weekdays else (1.0,) * 7, dtype=np.float64)
        weights = weights * 7 / weights.sum()
        place = np.arange(days)
        opened = np.ones(days)
        opened[: len(self.ramp)] = self.ramp[:days]
        daily = self.users_per_day * self.share * weights[(start.weekday() + place) % 7] * opened
        return np.asarray(np.cumsum(daily), dtype=np.float64)


@dataclass(frozen=True)
class Duration:
    """When a planned test has its users.

    Attributes:
        design: The test.
        traffic: Who could enter it.
        start: First day.
        days: Days until it has its users; None if it never has within ``longest``.
        weeks: Whole weeks to run, so that every weekday counts equally; None likewise.
        longest: Days that were looked at.
        weekly: ``week, last_day, users, effect, lift``: what can be found at each week's end.
    """

    design: Design
    traffic: Traffic
    start: dt.date
    days: int | None
    weeks: int | None
    longest: int
    weekly: pd.DataFrame

    @property
    def last_day(self) -> dt.date | None:
        """Last day of the whole weeks."""
        return self.start + dt.timedelta(days=7 * self.weeks - 1) if self.weeks else None

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Week by week: users in the test and the smallest effect found (``lang`` en or zh)."""
        return duration_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Smallest effect by week, with the one that is planned for."""
        from analysis.experiments.design.charts import smallest_by_week

        return smallest_by_week(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: how long and until when (``lang`` en or zh)."""
        return duration_sentence(self, translator(lang), lang)


def duration(
    design: Design,
    traffic: Traffic,
    start: dt.date,
    *,
    least_weeks: int = 1,
    power: float = 0.8,
    longest: int = LONGEST,
) -> Duration:
    """Compute how long a planned test takes.

    Args:
        design: The test.
        traffic: Who enters it.
        start: First day.
        least_weeks: Weeks it runs at least; two let a novelty wear off.
        power: That of the smallest effects by week.
        longest: Days after which it counts as never ending.

    Raises:
        InputError: If the design has no size, or the start is no day.
    """
    if design.why and design.solved != "size":
        raise InputError(f"duration: {design.why}, expected a design with a number of users")
    if least_weeks < 1 or longest < 7:
        raise InputError(f"least_weeks, longest: found {least_weeks}, {longest}, expected 1, 7")
    entered = traffic.entered(start, longest)
    # Sums of many days end a hair off; a millionth of a user is nobody.
    reached = int(np.searchsorted(entered, design.users - 1e-6)) + 1
    days = reached if reached <= longest else None
    weeks = max(math.ceil(days / 7), least_weeks) if days else None
    shown = min(max(2 * weeks, 8), longest // 7) if weeks else min(12, longest // 7)
    weekly = _weekly(design, entered[6 : 7 * shown : 7], start, power)
    return Duration(design, traffic, start, days, weeks, longest, weekly)


def _weekly(
    design: Design, entered: Sequence[float] | Floats, start: dt.date, power: float
) -> pd.DataFrame:
    setting, direction = design.setting, design.setting.rule.direction(design.effect)
    shares = (1 + design.arms * setting.rule.ratio) * setting.users_per_unit
    least = [
        setting.smallest(users / shares, power, direction) if users > 0 else math.nan
        for users in entered
    ]
    weeks = np.arange(1, len(entered) + 1)
    effects = np.asarray(least, dtype=np.float64)
    base = setting.baseline or math.nan
    return pd.DataFrame(
        {
            "week": weeks,
            "last_day": pd.to_datetime(start) + pd.to_timedelta(7 * weeks - 1, unit="D"),
            "users": np.asarray(entered, dtype=np.float64),
            "effect": effects,
            "lift": effects / base,
        }
    )
