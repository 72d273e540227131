"""Families of terms that move in the calendar, and the candidates among their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from analysis.base.festivals import festival
from analysis.base.festivals.windows import weekday_columns, window_column
from analysis.base.language import translator
from analysis.forecasting.arrays import Floats, Ints

TRADING = "trading_days"
FESTIVALS = ("spring_festival", "easter", "mid_autumn", "dragon_boat")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
FLAT = 1e-9
"""Range below which a column does not vary: a festival that keeps to one quarter."""

Window = tuple[int, int]
"""First and last day of a window, counted from the festival."""
Candidate = tuple[int, ...]
"""Columns of a family."""


@dataclass(frozen=True, slots=True)
class Family:
    """Terms that are tested together.

    Attributes:
        name: Festival's key, or ``trading_days``.
        names: Names of the columns.
        windows: Their windows, of a festival.
        screens: Sets of columns, each tested by an F statistic.
        candidates: Sets of columns among which weights are given; the empty one is for series
            without the effect in a panel with it.
    """

    name: str
    names: tuple[str, ...]
    windows: tuple[Window, ...]
    screens: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]

    def label(self, lang: str) -> str:
        """The family in the reader's words."""
        say = translator(lang)
        if self.name == TRADING:
            return say("trading days")
        return festival(self.name).name(lang)

    def words(self, column: int, lang: str) -> str:
        """A column in the reader's words."""
        say = translator(lang)
        if self.name != TRADING:
            first, last = self.windows[column]
            return say("day {first} to {last}", first=f"{first:+d}", last=f"{last:+d}")
        if column == 0:
            return say("weekdays against weekends")
        day = (say("Mon"), say("Tue"), say("Wed"), say("Thu"), say("Fri"), say("Sat"))[column - 1]
        return say("{day} against Sun", day=day)


def _festival_family(key: str, during: int, reach: Sequence[int]) -> Family:
    """Windows of a festival that lasts ``during`` days, up to ``reach`` days before and after."""
    end = during - 1
    sets: list[tuple[Window, ...]] = [((0, end),)]
    for before in (0, *reach):
        for after in (0, *reach):
            if before or after:
                one: Window = (-before, end + after)
                parts = [(-before, -1)] * bool(before) + [(0, end)]
                parts += [(during, end + after)] * bool(after)
                sets += [(one,), tuple(parts)]
    middle = reach[len(reach) // 2]
    screen: tuple[Window, ...] = ((-middle, -1), (0, end), (during, end + middle))
    windows = sorted({w for each in (*sets, screen) for w in each})
    place = {window: i for i, window in enumerate(windows)}
    return Family(
        key,
        tuple(f"{first:+d} to {last:+d} days" for first, last in windows),
        tuple(windows),
        (tuple(place[w] for w in screen), (place[0, end],)),
        ((), *dict.fromkeys(tuple(place[w] for w in each) for each in sets)),
    )


FAMILIES: dict[str, Family] = {
    "spring_festival": _festival_family("spring_festival", 7, (5, 10, 15, 20)),
    "easter": _festival_family("easter", 2, (3, 7, 14)),
    "mid_autumn": _festival_family("mid_autumn", 3, (5, 10, 15)),
    "dragon_boat": _festival_family("dragon_boat", 3, (5, 10, 15)),
    TRADING: Family(
        TRADING,
        ("weekdays against weekends", *(f"{day} against Sun" for day in WEEKDAYS)),
        (),
        ((0,), (1, 2, 3, 4, 5, 6)),
        ((), (0,), (1, 2, 3, 4, 5, 6)),
    ),
}


@cache
def every_column(name: str, step: int, offset: int) -> Floats:
    """All columns of a family over the calendar's years; zeros where one does not vary.

    Args:
        name: Key of :data:`FAMILIES`.
        step: Months in a period.
        offset: Months of the first period after January of the calendar's first year.

    Returns:
        ``(periods, k)``.
    """
    family = FAMILIES[name]
    if name == TRADING:
        every = weekday_columns(step, offset)[:, : len(family.names)]
    else:
        columns = [window_column(name, *window, step, offset) for window in family.windows]
        every = np.stack(columns, axis=1)
    varies = np.ptp(every, axis=0) > FLAT
    out: Floats = np.where(varies, every, 0.0)
    return out


@cache
def padded(sets: tuple[Candidate, ...]) -> Ints:
    """Sets of columns as rows of one array, ``(sets, most)``, filled up with -1."""
    out = np.full((len(sets), max(1, *(len(each) for each in sets))), -1, dtype=np.int64)
    for row, each in zip(out, sets, strict=True):
        row[: len(each)] = each
    return out
