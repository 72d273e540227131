"""Calendar effects found from data: moving festivals, trading days, outliers.

Monthly and quarterly series, on the log scale where they are positive, are regressed with airline
errors (:mod:`analysis.forecasting.airline`) on what moves in the calendar:

1. *Screen.* Each family of terms (Spring Festival, Easter, …, trading days) is tested once for the
   whole panel: the mean of the series' F statistics, residuals held to three robust deviations,
   against an F distribution whose degrees of freedom are those of as many independent series as
   the correlated ones are worth (Satterthwaite). A family enters at 1 % (:data:`LEVEL`), so that
   noise lets any in with at most 5 %. Nothing found is the normal outcome, and ends the search.
2. *Outliers.* Additive ones and level shifts, one by one, at a limit that grows with the length:
   the normal quantile of 5 % shared among all dates and both kinds.
3. *Windows.* Which days before, during and after a festival count, and how weekdays count, is not
   chosen but averaged over candidates by BIC; how often the panel's other series use a candidate
   is its prior weight, so that weak series follow the panel and strong ones their own evidence.
4. *Shrinkage.* A series' coefficients are drawn towards the panel's mean by the variance between
   series (empirical Bayes; DerSimonian & Laird 1986), ``(S - 3)/(S - 1)`` of the way as in James
   and Stein's estimator; a panel of up to three keeps its own.

Where weekdays count, the series is a flow, and on the log scale the 29th of February is taken off
beforehand at its known size, as in X-13: there are too few leap years to estimate it.

What is chosen for the last origin rests on all of the history; what is chosen for the rolling ones
rests on what the earliest of them knows. Coefficients and outliers are found anew at each origin.

References: Bell & Hillmer (1983), JASA 78 (the regressors); Chang, Tiao & Chen (1988),
Technometrics 30 (outliers); Ljung (1993), JRSS B 55 (limits);
Satterthwaite (1946), Biometrics Bulletin 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from analysis.base import formats
from analysis.base.compiled import compiled
from analysis.base.festivals import FESTIVALS as FESTIVALS_BY_KEY
from analysis.base.festivals import festival
from analysis.base.festivals.windows import (
    ORIGIN,
    RAMPS,
    day_columns,
    weekday_columns,
    window_column,
)
from analysis.base.language import translator
from analysis.forecasting import airline
from analysis.forecasting.arrays import Bools, Floats, Ints
from analysis.forecasting.calendar import Calendar, Stamps
from analysis.forecasting.gaps import fill_gaps
from analysis.forecasting.panel import Series

LEVEL = 0.01
"""Chance that a family enters a panel without any effect."""
OUTLIER_LEVEL = 0.05
"""Chance that a series of normal noise has any outlier."""
MOST_OUTLIERS = 0.05
"""Outliers a series may have, as a share of its length."""
YEARS = 5
"""Seasons of history below which a series has no say and no effect."""
MISSING = 0.1
"""Share of missing values above which a series has no effect."""
HOLD = 3.0
"""Robust deviations to which residuals are held in the screen."""
KEPT = 0.05
"""Weight, relative to the best, below which a candidate is dropped."""
FESTIVALS = ("spring_festival", "easter", "mid_autumn", "dragon_boat")

TRADING = "trading_days"
ADDITIVE, SHIFT = "additive", "level shift"
FLAT = 1e-9
"""Range below which a column does not vary: a festival that keeps to one quarter."""
TURNS = 20
"""Turns between the weights of series and their priors."""
HUBER = 1.345
"""Robust deviations from which an error counts less (95 % efficient for normal errors)."""
HELD_TURNS = 2
"""Turns between coefficients and these weights."""
OPEN = 10.0
"""Series that the even prior over candidates is worth: below that many, each follows its own."""
_NONE: Ints = np.zeros(0, dtype=np.int64)

Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Family:
    """Terms that are tested together.

    Attributes:
        name: Festival's key, or ``trading_days``.
        names: Names of the columns.
        screens: Sets of columns, each tested by an F statistic.
        candidates: Sets of columns among which weights are given; the empty one is for series
            without the effect in a panel with it.
    """

    name: str
    names: tuple[str, ...]
    screens: tuple[tuple[int, ...], ...]
    candidates: tuple[tuple[int, ...], ...]

    def words(self, column: int, lang: str) -> str:
        """A column in the reader's words."""
        say = translator(lang)
        if self.name != TRADING:
            first, last = _windows(self)[column]
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
        (tuple(place[w] for w in screen), (place[0, end],)),
        ((), *dict.fromkeys(tuple(place[w] for w in each) for each in sets)),
    )


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
FAMILIES: dict[str, Family] = {
    "spring_festival": _festival_family("spring_festival", 7, (5, 10, 15, 20)),
    "easter": _festival_family("easter", 2, (3, 7, 14)),
    "mid_autumn": _festival_family("mid_autumn", 3, (5, 10, 15)),
    "dragon_boat": _festival_family("dragon_boat", 3, (5, 10, 15)),
    "trading_days": Family(
        "trading_days",
        ("weekdays against weekends", *(f"{day} against Sun" for day in WEEKDAYS)),
        ((0,), (1, 2, 3, 4, 5, 6)),
        ((), (0,), (1, 2, 3, 4, 5, 6)),
    ),
}


def _windows(family: Family) -> list[Window]:
    """Windows of a festival's columns, from their names."""
    parts = [name.split() for name in family.names]
    return [(int(first), int(last)) for first, _, last, _ in parts]


@dataclass(frozen=True, slots=True)
class Periods:
    """Months or quarters that a series' positions are.

    Attributes:
        step: Months in a period.
        first: Months from January 1970 to the first period.
    """

    step: int
    first: int

    def columns(self, family: Family, chosen: Sequence[int], length: int) -> Floats:
        """Columns of a family ``(k, length)``."""
        every = _family_columns(family.name, self.step, self._offset)
        return self._cut(every[list(chosen)], length)

    def leap(self, length: int) -> Floats:
        """Log effect ``(length,)`` of a leap year on a flow: a day more among 28.25 (or 90.25)."""
        days = weekday_columns(self.step, self._offset).T[-1:]
        out: Floats = self._cut(days, length)[0] / (28.25 if self.step == 1 else 90.25)
        return out

    @property
    def _offset(self) -> int:
        return (self.first - ORIGIN) % 12 % self.step

    def _cut(self, every: Floats, length: int) -> Floats:
        """The part of columns from the first period on; zeros beyond the calendar's years."""
        start = (self.first - ORIGIN - self._offset) // self.step
        if start >= 0 and start + length <= every.shape[1]:
            return every[:, start : start + length]
        out = np.zeros((len(every), length))
        place = start + np.arange(length)
        known = (place >= 0) & (place < every.shape[1])
        out[:, known] = every[:, place[known]]
        return out


@cache
def _family_columns(name: str, step: int, offset: int) -> Floats:
    """All columns of a family over the calendar's years; zeros where one does not vary."""
    family = FAMILIES[name]
    if name == TRADING:
        every = weekday_columns(step, offset).T[: len(family.names)]
    else:
        windows = _windows(family)
        every = np.stack([window_column(name, *window, step, offset) for window in windows])
    varies = np.ptp(every, axis=1, keepdims=True) > FLAT
    out: Floats = np.where(varies, every, 0.0)
    return out


def periods_of(calendar: Calendar) -> Periods | None:
    """Periods of a monthly or quarterly calendar; None for others.

    A quarter stamped in its last month (March, June, …) is the one that ends there.
    """
    frequency = calendar.frequency
    if frequency.unit != "month" or frequency.step not in (1, 3):
        return None
    first = int(calendar.start.astype("datetime64[M]").astype(np.int64))
    if frequency.step == 3 and (first + 1) % 3 == 0:
        first -= 2
    return Periods(frequency.step, first)


@dataclass(frozen=True, slots=True)
class Outlier:
    """An outlier on the model's scale.

    Attributes:
        kind: ``additive`` or ``level shift``.
        position: Period, from 0.
        size: Its size; of a level shift, how much higher the level is from there on.
        t: Its t value when it was found.
    """

    kind: str
    position: int
    size: float
    t: float


@dataclass(frozen=True, slots=True)
class Effects:
    """What the calendar and outliers did to one series, as known at one origin.

    Attributes:
        log: Whether the effects add to logs (and so multiply) or to values.
        past: ``(n,)`` calendar effect.
        ahead: ``(horizon,)`` calendar effect to come.
        outliers: Outliers found.
        shift: ``(n,)`` their effect; level shifts count before their date, with the sign turned,
            so that the level after it, which forecasts start from, is left as it is.
    """

    log: bool
    past: Floats
    ahead: Floats
    outliers: tuple[Outlier, ...]
    shift: Floats

    @property
    def calendar(self) -> bool:
        """Whether there is a calendar effect."""
        return bool(np.any(self.past != 0) or np.any(self.ahead != 0))

    def clean(self, y: Floats) -> Floats:
        """History without calendar effect and outliers, in units of ``y``, ``(n,)``."""
        effect = self.past + self.shift
        return y * np.exp(-effect) if self.log else y - effect

    def restore(self, forecast: Floats) -> Floats:
        """Forecasts of ``y`` from forecasts of the cleaned history, ``(..., horizon)``."""
        return forecast * np.exp(self.ahead) if self.log else forecast + self.ahead


Candidate = tuple[int, ...]


@dataclass(frozen=True)
class Term:
    """A family that entered a panel.

    Attributes:
        family: The family.
        p_value: Of the screen, its number of tests allowed for.
        weights: Candidate → mean weight over the panel, largest first, adding up to 1.
        priors: Series → candidate → weight that the other series give it.
        own: Series → its candidate of the largest weight.
        means: Candidate → coefficients' mean over the panel, ``(k,)``.
        between: Candidate → their variance between series, ``(k,)``.
        strength: How much of the shrinkage is done: 0 up to three series, near 1 for many.
    """

    family: Family
    p_value: float
    weights: dict[Candidate, float]
    priors: dict[int, dict[Candidate, float]]
    own: dict[int, Candidate]
    means: dict[Candidate, Floats]
    between: dict[Candidate, Floats]
    strength: float

    @property
    def best(self) -> Candidate:
        """Candidate of the largest weight over the panel, the empty one aside."""
        return next((candidate for candidate in self.weights if candidate), ())


@dataclass(frozen=True)
class PanelEffects:
    """Calendar effects of a panel.

    Attributes:
        series: The series.
        terms: Terms of the last origin, and
        rolling: those of the rolling origins; empty as a rule.
        effects: By series, by origin.
        table: ``unique_id, term, column, weight, coefficient, se, t``: coefficients at the last
            origin, shrunken, of the candidate of the series' largest weight.
    """

    series: tuple[Series, ...]
    terms: tuple[Term, ...]
    rolling: tuple[Term, ...]
    effects: tuple[tuple[Effects, ...], ...]
    table: pd.DataFrame

    def notes(self, lang: str = "en") -> tuple[str, ...]:
        """Windows of the panel in words, one a family."""
        say = translator(lang)
        out = []
        for term in self.terms:
            key = term.family.name
            name = say("trading days") if key == TRADING else festival(key).name(lang)
            columns = ", ".join(term.family.words(i, lang) for i in term.best)
            weight = formats.percent(term.weights.get(term.best, 0.0), 0)
            out.append(
                say(
                    "{name}: {columns} (weight {weight})", name=name, columns=columns, weight=weight
                )
            )
        return tuple(out)

    def outlier_notes(self, lang: str = "en") -> dict[str, tuple[str, ...]]:
        """Outliers at the last origin by series, named by date; series without any left out."""
        say = translator(lang)
        kinds = {ADDITIVE: say("outlier"), SHIFT: say("level shift")}
        out: dict[str, tuple[str, ...]] = {}
        for series, each in zip(self.series, self.effects, strict=True):
            found = each[0].outliers
            if found:
                stamps = series.calendar.stamps(np.array([o.position for o in found]))
                sizes = [
                    formats.signed_percent(float(np.expm1(o.size)))
                    if each[0].log
                    else formats.number(o.size, lang)
                    for o in found
                ]
                out[series.unique_id] = tuple(
                    say("{kind} {date}: {size}", kind=kinds[o.kind], date=str(d)[:7], size=size)
                    for o, d, size in zip(found, stamps, sizes, strict=True)
                )
        return out


def find(
    series: Sequence[Series],
    cuts: Sequence[Ints],
    horizon: int,
    season: int,
    *,
    families: Sequence[str] = (*FESTIVALS, TRADING),
    outliers: bool = True,
) -> PanelEffects:
    """Find the calendar effects of a panel, at every origin.

    Args:
        series: Monthly or quarterly series; others, and those too short or with many gaps, get no
            effect.
        cuts: By series, ``(K,)`` lengths of history known at each origin, the last origin first.
        horizon: Steps ahead.
        season: Season length in steps.
        families: Keys of :data:`FAMILIES` to try.
        outliers: Whether to look for outliers.
    """
    kept = [FAMILIES[name] for name in families]
    last = _select(series, [int(c[0]) for c in cuts], season, kept, outliers)
    early = None
    if any(len(c) > 1 for c in cuts):
        shortest = [int(c[1:].min()) if len(c) > 1 else 0 for c in cuts]
        early = _select(series, shortest, season, kept, outliers)
    effects: list[tuple[Effects, ...]] = []
    rows: Rows = []
    for i, one in enumerate(series):
        each = []
        for k, cut in enumerate(int(c) for c in cuts[i]):
            chosen = last if k == 0 or early is None else early
            made, found = _at(chosen, i, one, cut, horizon, outliers)
            each.append(made)
            rows += found if k == 0 else []
        effects.append(tuple(each))
    columns = ["unique_id", "term", "column", "weight", "coefficient", "se", "t"]
    table = pd.DataFrame(rows, columns=columns)
    rolling = last.terms if early is None else early.terms
    return PanelEffects(tuple(series), last.terms, rolling, tuple(effects), table)


@dataclass(frozen=True, slots=True)
class _View:
    """A series as one origin knows it, on the model's scale.

    Attributes:
        z: ``(n,)`` gaps filled.
        log: Whether ``z`` is logs.
        holes: Positions of gaps.
        m: Season length.
        periods: Which months its positions are.
    """

    z: Floats
    log: bool
    holes: Ints
    m: int
    periods: Periods


@dataclass(frozen=True, slots=True)
class _Noise:
    """Airline noise of a series.

    Attributes:
        theta: Coefficient at lag 1.
        big: Coefficient at the season.
    """

    theta: float
    big: float


@dataclass(frozen=True)
class _Chosen:
    """Terms of a panel and the noise of its series."""

    terms: tuple[Term, ...]
    noise: dict[int, _Noise]
    season: int


def _view(series: Series, cut: int, season: int) -> _View | None:
    """A series up to a cut; None where effects are out of reach."""
    periods = periods_of(series.calendar)
    if periods is None or season != 12 // periods.step or cut < YEARS * season:
        return None
    y = series.y[:cut]
    known = ~np.isnan(y)
    if known.sum() < max((1 - MISSING) * cut, YEARS * season) or np.ptp(y[known]) == 0:
        return None
    log = bool(np.all(y[known] > 0))
    z = np.log(np.where(known, y, 1.0)) if log else y.copy()
    holes = np.flatnonzero(~known)
    if len(holes):
        z = fill_gaps(np.where(known, z, np.nan), season)
    return _View(z, log, holes, season, periods)


def _impulses(view: _View, outliers: Sequence[Outlier] = ()) -> Floats:
    """Columns ``(q, n)`` of gaps and outliers; a level shift is -1 before its date."""
    n = len(view.z)
    out = np.zeros((len(view.holes) + len(outliers), n))
    out[np.arange(len(view.holes)), view.holes] = 1.0
    for row, one in enumerate(outliers, start=len(view.holes)):
        if one.kind == ADDITIVE:
            out[row, one.position] = 1.0
        else:
            out[row, : one.position] = -1.0
    return out


def _shocks(view: _View, noise: _Noise, columns: Floats) -> Floats:
    """Columns ``(c, n)`` differenced and filtered."""
    w = airline.difference(np.ascontiguousarray(columns), view.m)
    return airline.filtered(w, noise.theta, noise.big, view.m)


def _noise(view: _View, columns: Floats) -> _Noise:
    """Noise of a series given regressors ``(q, n)``."""
    fit = airline.fit_kernel(view.z, np.ascontiguousarray(columns.T), view.m, 0, False)
    return _Noise(fit[7], fit[8])


def _without(rows: Floats, nuisance: Floats) -> Floats:
    """Rows ``(c, N)`` less their projection on nuisance rows ``(q, N)``."""
    if not len(nuisance):
        return rows
    solved = np.linalg.lstsq(nuisance.T, rows.T, rcond=1e-9)[0]
    return np.asarray(rows - solved.T @ nuisance, dtype=np.float64)


def _explained(gram: Floats, chosen: Sequence[int]) -> tuple[Floats, Floats, float, int]:
    """Regress row 0 on others of a matrix of cross products.

    Returns:
        Coefficients ``(k,)`` and diagonal of the inverse ``(k,)``, 0 and infinite where a column
        does not vary; sum of squares left; number of columns that vary.
    """
    place = np.array([0, *(1 + c for c in chosen)])
    beta, diagonal, left = airline.regress(np.ascontiguousarray(gram[np.ix_(place, place)]))
    return beta, diagonal, left, int(np.isfinite(diagonal).sum())


def _select(
    series: Sequence[Series],
    cuts: Sequence[int],
    season: int,
    families: Sequence[Family],
    outliers: bool,
) -> _Chosen:
    """Screen the families on a panel, then weigh the windows of those that enter."""
    views = [_view(one, cut, season) for one, cut in zip(series, cuts, strict=True)]
    heard = {i: view for i, view in enumerate(views) if view is not None}
    noise = {i: _noise(view, _impulses(view)) for i, view in heard.items()}
    entered, worth = _screen([(view, noise[i]) for i, view in heard.items()], families)
    found: dict[int, tuple[Outlier, ...]] = dict.fromkeys(heard, ())
    heard = {i: _flow(view, [family for family, _ in entered]) for i, view in heard.items()}
    for i, view in heard.items() if entered else ():
        fixed = np.concatenate([_columns(view, f, f.screens[0]) for f, _ in entered])
        noise[i] = _noise(view, np.concatenate([_impulses(view), fixed]))
        if outliers:
            found[i], noise[i] = _outliers(view, noise[i], fixed, again=True)
    terms: list[Term] = []
    for family, p_value in entered:
        later = [(f, f.screens[0]) for f, _ in entered[len(terms) + 1 :]]
        fits = {}
        for i, view in heard.items():
            others = [*((t.family, t.own[i]) for t in terms), *later]
            fits[i] = _fits(view, noise[i], found[i], family, others)
        terms.append(_term(family, p_value, fits, worth))
    return _Chosen(tuple(terms), noise, season)


def _columns(view: _View, family: Family, chosen: Sequence[int]) -> Floats:
    """Columns of a family over a view's history, ``(k, n)``."""
    return view.periods.columns(family, chosen, len(view.z))


def _flow(view: _View, families: Sequence[Family]) -> _View:
    """A view without the effect of leap years, if it is a flow: if its weekdays count."""
    if not view.log or TRADING not in [family.name for family in families]:
        return view
    return replace(view, z=view.z - view.periods.leap(len(view.z)))


def _screen(
    heard: Sequence[tuple[_View, _Noise]], families: Sequence[Family]
) -> tuple[list[tuple[Family, float]], float]:
    """Test every family on the panel.

    Returns:
        Families that enter with their p values, smallest first, and how many independent series
        the panel is worth, as a share of its number.
    """
    tests = [(family, screen) for family in families for screen in family.screens]
    needed = {f.name: sorted({c for screen in f.screens for c in screen}) for f in families}
    starts = dict(zip(needed, np.cumsum([0, *map(len, needed.values())]), strict=False))
    places = [[int(starts[f.name]) + needed[f.name].index(c) for c in s] for f, s in tests]
    if not heard:
        return [], 1.0
    total, count = np.zeros(len(tests)), np.zeros(len(tests))
    freedom, size = np.zeros(len(tests)), np.zeros(len(tests))
    residuals = []
    for view, noise in heard:
        parts = [_columns(view, f, needed[f.name]) for f in families]
        rows = _shocks(view, noise, np.concatenate([view.z[None], *parts, _impulses(view)]))
        q = len(view.holes)
        kept = _without(rows[: len(rows) - q], rows[len(rows) - q :])
        spread = 1.4826 * float(np.median(np.abs(kept[0, view.m + 1 :])))
        if spread <= 0:
            continue
        kept[0] = np.clip(kept[0], -HOLD * spread, HOLD * spread)
        residuals.append((view.periods.first, kept[0, view.m + 1 :] / spread))
        gram = kept @ kept.T
        for j, place in enumerate(places):
            _, _, rest, k = _explained(gram, place)
            left = kept.shape[1] - view.m - 1 - q - k - 2
            if k and left > 0 and rest > 0:
                total[j] += (gram[0, 0] - rest) / k / (rest / left)
                count[j], size[j], freedom[j] = count[j] + 1, size[j] + k, freedom[j] + left
    worth = _independent(residuals)
    chances: dict[str, list[float]] = {family.name: [] for family in families}
    for j, (family, _) in enumerate(tests):
        if count[j]:
            k, left = size[j] / count[j], freedom[j] / count[j]
            many = max(1.0, worth * count[j])
            # A mean of F statistics has the mean of one, not that of an F with pooled freedom.
            mean = total[j] / count[j] * (1 - 2 / left * (1 - 1 / many))
            chances[family.name].append(float(stats.f.sf(mean, k * many, left * many)))
    least = {name: min(each) * len(each) for name, each in chances.items() if each}
    entered = [(f, least[f.name]) for f in families if least.get(f.name, 1.0) < LEVEL]
    return sorted(entered, key=lambda pair: pair[1]), worth


def _independent(residuals: Sequence[tuple[int, Floats]]) -> float:
    """Independent series that correlated ones are worth, as a share of their number.

    ``S / (1 + (S - 1) r2)``, ``r2`` the mean squared correlation beyond that of chance.
    """
    count = len(residuals)
    if count < 2:
        return 1.0
    first = min(start for start, _ in residuals)
    last = max(start + len(values) for start, values in residuals)
    grid = np.zeros((count, last - first))
    for row, (start, values) in zip(grid, residuals, strict=True):
        row[start - first : start - first + len(values)] = values / np.sqrt(values @ values)
    cross = grid.T @ grid if count > grid.shape[1] else grid @ grid.T
    squares = float(np.sum(cross * cross)) - count
    chance = count * (count - 1) / float(np.mean([len(values) for _, values in residuals]))
    mean = max(squares - chance, 0.0) / (count * (count - 1))
    return 1 / (1 + (count - 1) * mean)


@compiled
def _scan(
    errors: Floats, theta: float, big: float, m: int, taken: Bools
) -> tuple[float, int, bool]:
    """Find the date at which an outlier explains most of one-step errors.

    Args:
        errors: ``(n - m - 1,)`` errors of the data.
        theta: Coefficient at lag 1.
        big: Coefficient at the season.
        m: Season length.
        taken: ``(2, n)`` dates ruled out, for additive outliers and for level shifts.

    Returns:
        Its t value by the robust deviation of errors (0 if that is 0), the date, and whether it is
        a level shift.
    """
    n = len(errors) + m + 1
    spread = 1.4826 * np.median(np.abs(errors))
    if spread <= 0:
        return 0.0, 0, False
    response = np.zeros(n)
    for t in range(n):
        value = 0.0
        if t == 0 or t == m + 1:
            value = 1.0
        elif t == 1 or t == m:
            value = -1.0
        if t >= 1:
            value += theta * response[t - 1]
        if t >= m:
            value += big * response[t - m]
        if t >= m + 1:
            value -= theta * big * response[t - m - 1]
        response[t] = value
    best, place, level = 0.0, 0, False
    for kind in range(2):
        if kind == 1:
            for t in range(1, n):
                response[t] += response[t - 1]
        for j in range(n):
            if taken[kind, j]:
                continue
            first = max(j, m + 1)
            cross, square = 0.0, 0.0
            for t in range(first, n):
                cross += response[t - j] * errors[t - m - 1]
                square += response[t - j] * response[t - j]
            if square > 1e-6:
                size = cross / math.sqrt(square) / spread
                if abs(size) > abs(best):
                    best, place, level = size, j, kind == 1
    return best, place, level


@cache
def outlier_limit(n: int) -> float:
    """The |t| that an outlier must exceed in a series of length ``n``: 3.6 at 60, 3.9 at 240."""
    return float(stats.norm.isf(OUTLIER_LEVEL / (4 * n)))


def _outliers(
    view: _View, noise: _Noise, fixed: Floats, *, again: bool
) -> tuple[tuple[Outlier, ...], _Noise]:
    """Find outliers one by one, beside regressors ``(q, n)``.

    Args:
        view: The series.
        noise: Its noise, at which they are looked for.
        fixed: Calendar columns.
        again: Whether to estimate the noise anew once some are found, and to look again.
    """
    n = len(view.z)
    limit, most = outlier_limit(n), max(1, int(MOST_OUTLIERS * n))
    found: list[Outlier] = []
    taken = np.zeros((2, n), dtype=np.bool_)
    # The last date cannot tell an outlier from a shift; the first shift is the level itself.
    taken[:, -1] = True
    taken[1, :2] = True
    taken[:, view.holes] = True
    columns = [view.z[None], fixed, _impulses(view)]
    base = _shocks(view, noise, np.concatenate([c for c in columns if len(c)]))
    while len(found) < most:
        rows = base
        if found:
            added = _shocks(view, noise, _impulses(replace(view, holes=_NONE), found))
            rows = np.concatenate([base, added])
        errors = rows[0, view.m + 1 :]
        if len(rows) > 1:
            beta, _, _ = airline.least_squares(rows)
            errors = (rows[0] - beta @ rows[1:])[view.m + 1 :]
        t, place, level = _scan(errors, noise.theta, noise.big, view.m, taken)
        if abs(t) <= limit:
            break
        found.append(Outlier(SHIFT if level else ADDITIVE, place, 0.0, t))
        taken[:, place] = True
    if not found:
        return (), noise
    if again:
        every = np.concatenate([fixed, _impulses(view, found)])
        return _outliers(view, _noise(view, every), fixed, again=False)
    rows = _shocks(view, noise, np.concatenate([view.z[None], fixed, _impulses(view, found)]))
    beta, _, _ = airline.least_squares(rows)
    sizes = beta[len(beta) - len(found) :]
    sized = [replace(o, size=float(b)) for o, b in zip(found, sizes, strict=True)]
    return tuple(sorted(sized, key=lambda o: o.position)), noise


@dataclass(frozen=True, slots=True)
class _Fits:
    """Every candidate of a family fitted to one series.

    Attributes:
        beta: Candidate → coefficients ``(k,)``.
        error: Candidate → standard errors ``(k,)``, infinite where a column does not vary.
        fit: Candidate → minus half the BIC, up to a constant.
    """

    beta: dict[tuple[int, ...], Floats]
    error: dict[tuple[int, ...], Floats]
    fit: dict[tuple[int, ...], float]


def _fits(
    view: _View,
    noise: _Noise,
    outliers: Sequence[Outlier],
    family: Family,
    others: Sequence[tuple[Family, Sequence[int]]],
    candidates: Sequence[tuple[int, ...]] | None = None,
) -> _Fits:
    """Fit candidates of a family beside outliers and the terms of other families."""
    wanted = family.candidates if candidates is None else candidates
    beside = [_columns(view, other, chosen) for other, chosen in others]
    nuisance = np.concatenate([_impulses(view, outliers), *beside])
    needed = sorted({c for candidate in wanted for c in candidate})
    place = {column: i for i, column in enumerate(needed)}
    mine = _columns(view, family, needed)
    rows = _shocks(view, noise, np.concatenate([view.z[None], mine, nuisance]))
    size = rows.shape[1] - view.m - 1
    weight, inflated = np.ones(rows.shape[1]), 1.0
    for turn in range(1 + HELD_TURNS):
        scaled = rows * np.sqrt(weight)
        kept = _without(scaled[: 1 + len(mine)], scaled[1 + len(mine) :])
        gram = kept @ kept.T
        beta, error, fit = {}, {}, {}
        for candidate in wanted:
            b, diagonal, rest, k = _explained(gram, [place[c] for c in candidate])
            left = max(rest, 1e-12 * gram[0, 0] + 1e-300)
            freedom = max(size - k - len(nuisance) - 2, 1)
            beta[candidate] = b
            error[candidate] = np.sqrt(inflated * left / freedom * diagonal)
            fit[candidate] = -0.5 * (size * math.log(left) + k * math.log(size))
        best = max(fit, key=lambda c: fit[c])
        errors = (kept[0] - beta[best] @ kept[[1 + place[c] for c in best]]) / np.sqrt(weight)
        spread = 1.4826 * float(np.median(np.abs(errors[view.m + 1 :])))
        if turn == HELD_TURNS or spread <= 0:
            break
        weight = np.minimum(1.0, HUBER * spread / np.maximum(np.abs(errors), 1e-300))
        # Variance of an M estimate: squares of held errors over the squared share that is not
        # held, where weighted least squares would say weighted squares over mean weight.
        held, whole = (weight * errors) ** 2, float(np.mean(weight == 1.0))
        inflated = held.sum() * weight.mean() / (weight @ errors**2 * whole**2)
    return _Fits(beta, error, fit)


def _term(family: Family, p_value: float, fits: dict[int, _Fits], worth: float) -> Term:
    """Weights of candidates from their evidence over the panel, and the panel's coefficients.

    A series' prior is the mean of the others' weights and of :data:`OPEN` ones that are even over
    candidates; weights and priors are found by turns.
    """
    candidates = family.candidates
    fit = np.array([[f.fit[c] for c in candidates] for f in fits.values()])
    likelihood = np.exp(fit - fit.max(axis=1, keepdims=True))
    even = np.full(len(candidates), 1 / len(candidates))
    prior = np.tile(even, (len(fit), 1))
    for _ in range(TURNS):
        weights = prior * likelihood
        weights /= weights.sum(axis=1, keepdims=True)
        others = worth * (weights.sum(axis=0) - weights)
        prior = (others + OPEN * even) / (worth * (len(fit) - 1) + OPEN)
    mean = weights.mean(axis=0)
    kept = [
        c for j, c in enumerate(candidates) if np.any(weights[:, j] >= KEPT * weights.max(axis=1))
    ]
    place = {c: j for j, c in enumerate(candidates)}
    kept.sort(key=lambda c: (-mean[place[c]], place[c]))
    priors = {
        i: {c: float(prior[row, place[c]]) for c in kept
            if weights[row, place[c]] >= KEPT * weights[row].max()}
        for row, i in enumerate(fits)
    }  # fmt: skip
    pairs = {
        c: _between(
            np.array([f.beta[c] for f in fits.values()]),
            np.array([f.error[c] for f in fits.values()]),
        )
        for c in kept
    }
    return Term(
        family,
        p_value,
        {c: float(mean[place[c]] / sum(mean[place[k]] for k in kept)) for c in kept},
        priors,
        {i: candidates[int(np.argmax(weights[row]))] for row, i in enumerate(fits)},
        {c: m for c, (m, _) in pairs.items()},
        {c: b for c, (_, b) in pairs.items()},
        max(len(fits) - 3, 0) / max(len(fits) - 1, 1),
    )


def _between(beta: Floats, error: Floats) -> tuple[Floats, Floats]:
    """Mean and variance between series of coefficients ``(S, k)`` (DerSimonian & Laird)."""
    count = np.isfinite(error).sum(axis=0)
    precision = np.where(np.isfinite(error), 1 / np.maximum(error, 1e-150) ** 2, 0.0)
    total = precision.sum(axis=0)
    safe = np.where(total > 0, total, 1.0)
    mean = (precision * beta).sum(axis=0) / safe
    excess = (precision * (beta - mean) ** 2).sum(axis=0) - (count - 1)
    scale = total - (precision**2).sum(axis=0) / safe
    spread = np.maximum(excess, 0.0) / np.where(scale > 0, scale, 1.0)
    return mean, spread


def _shrunk(beta: Floats, error: Floats, term: Term, candidate: Candidate) -> tuple[Floats, Floats]:
    """Coefficients drawn towards the panel's mean, and their standard errors."""
    varies = np.isfinite(error)
    noise = np.where(varies, error, 1.0) ** 2
    between = term.between[candidate]
    share = np.where(varies, 1 - term.strength * noise / (between + noise), 0.0)
    # Where the series are all alike, the error left is that of their mean: never below a tenth.
    left = np.sqrt(np.maximum(share, 0.01) * noise)
    mean = np.where(varies, term.means[candidate], 0.0)
    return mean + share * (beta - mean), np.where(varies, left, np.inf)


Rows = list[tuple[str, str, str, float, float, float, float]]


def _at(
    chosen: _Chosen, i: int, series: Series, cut: int, horizon: int, outliers: bool
) -> tuple[Effects, Rows]:
    """Effects of a series at one origin, under the terms chosen."""
    view = _view(series, cut, chosen.season) if chosen.terms or outliers else None
    noise = chosen.noise.get(i)
    if view is None or noise is None:
        log = bool(np.all(series.y[:cut][~np.isnan(series.y[:cut])] > 0))
        return Effects(log, np.zeros(cut), np.zeros(horizon), (), np.zeros(cut)), []
    families = [term.family for term in chosen.terms]
    best = [(term.family, term.own[i]) for term in chosen.terms]
    flow = _flow(view, families)
    effect = np.zeros(cut + horizon)
    if flow is not view:
        effect += view.periods.leap(cut + horizon)
        view = flow
    found: tuple[Outlier, ...] = ()
    if outliers:
        columns = [_columns(view, family, candidate) for family, candidate in best]
        fixed = np.concatenate([np.zeros((0, cut)), *columns])
        found, noise = _outliers(view, noise, fixed, again=False)
    rows: Rows = []
    for number, term in enumerate(chosen.terms):
        others = best[:number] + best[number + 1 :]
        prior = term.priors[i]
        fits = _fits(view, noise, found, term.family, others, tuple(prior))
        top = max(fits.fit.values())
        weights = {c: share * math.exp(fits.fit[c] - top) for c, share in prior.items()}
        most = max(weights, key=lambda c: weights[c])
        for candidate, part in weights.items():
            weight = part / sum(weights.values())
            beta, error = _shrunk(fits.beta[candidate], fits.error[candidate], term, candidate)
            effect += weight * (beta @ view.periods.columns(term.family, candidate, cut + horizon))
            if candidate == most:
                rows += [
                    (
                        series.unique_id, term.family.name, term.family.names[column], weight,
                        float(b), float(e), float(b / e),
                    )
                    for column, b, e in zip(candidate, beta, error, strict=True)
                ]  # fmt: skip
    shift = np.array([o.size for o in found]) @ _impulses(replace(view, holes=_NONE), found)
    return Effects(view.log, effect[:cut], effect[cut:], found, shift), rows


DURING: dict[str, int] = {
    "spring_festival": 7,
    "qingming": 3,
    "easter": 2,
    "labour_day": 5,
    "dragon_boat": 3,
    "mid_autumn": 3,
    "national_day": 7,
    "christmas": 2,
}
"""Days that a festival lasts, where that is more than one."""
AROUND = {1: (14, 21, 28), 7: (2, 3, 4)}
"""Steps to either side, of days and of weeks, whose median is the ordinary level."""
OCCURRENCES = 2
"""Past occurrences below which a column is left out: one cannot be told from chance."""
OFFSET = 0.05


@dataclass(frozen=True)
class DayColumns:
    """Festival columns of a daily or weekly panel.

    Attributes:
        names: ``(p,)`` festival and part, such as ``spring_festival before``.
        columns: By series ``(n + horizon, p)``, to be put beside its regressors.
        table: ``festival, part, occurrences, effect, se, t, entered``: mean deviation of the panel
            in robust deviations of a series' ordinary days, for every column tried.
        ends: Whether weekly stamps are the last days of their weeks.
    """

    names: tuple[str, ...]
    columns: tuple[Floats, ...]
    table: pd.DataFrame
    ends: bool


def festival_columns(
    series: Sequence[Series], cuts: Sequence[int], horizon: int, *, keys: Sequence[str] = ()
) -> DayColumns:
    """Festival windows that a daily or weekly panel supports, as columns for a regression.

    A day's deviation is its log from the median of the same weekdays two to four weeks away. The
    panel's mean deviation over a festival's window, averaged over its past occurrences, is held
    against the spread of the same average over windows laid on every other day (so that its
    correlation in time counts). A column enters beyond the normal quantile of 1 % shared among all
    columns tried, and with at least two occurrences.

    Args:
        series: Daily or weekly series of one frequency; others get no columns.
        cuts: By series, length of history that may be looked at: the earliest origin's.
        horizon: Steps ahead.
        keys: Festivals to try; all of them if left out.
    """
    keys = keys or tuple(FESTIVALS_BY_KEY)
    reach = {_reach(one) for one in series}
    if len(reach) != 1 or not reach & {1, 7}:
        empty = tuple(np.zeros((len(one.y) + horizon, 0)) for one in series)
        return DayColumns((), empty, _tried([]), False)
    step = reach.pop()
    days, mean = _panel_deviation(series, cuts, step)
    sides = (False, True) if step == 7 else (False,)
    tried = [_evidence(days, mean, keys, step, ends) for ends in sides]
    ends = step == 7 and _strength(tried[1]) > _strength(tried[0])
    rows = tried[int(ends)]
    # The side of the week is one more choice among as many columns.
    limit = float(stats.norm.isf(LEVEL / (2 * len(keys) * len(RAMPS) * len(sides))))
    entered = [abs(t) > limit and count >= OCCURRENCES for _, _, count, _, _, t in rows]
    kept = [(key, part) for (key, part, *_), fine in zip(rows, entered, strict=True) if fine]
    columns = []
    for one in series:
        stamps = one.calendar.stamps(np.arange(len(one.y) + horizon)).astype("datetime64[D]")
        each = [_ramp(key, part, stamps, step, ends) for key, part in kept]
        columns.append(np.stack(each, axis=1) if each else np.zeros((len(stamps), 0)))
    table = _tried([(*row, fine) for row, fine in zip(rows, entered, strict=True)])
    return DayColumns(tuple(f"{k} {p}" for k, p in kept), tuple(columns), table, ends)


def _tried(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    columns = ["festival", "part", "occurrences", "effect", "se", "t", "entered"]
    return pd.DataFrame(list(rows), columns=columns)


def _reach(series: Series) -> int:
    """Days of a period: 1 or 7; 0 for other calendars."""
    frequency = series.calendar.frequency
    return frequency.step if frequency.unit == "day" and frequency.step in (1, 7) else 0


def _ramp(key: str, part: str, stamps: Stamps, step: int, ends: bool) -> Floats:
    first = stamps - np.timedelta64(6, "D") if ends else stamps
    return day_columns(key, first, DURING.get(key, 1), step)[:, RAMPS.index(part)]


def _panel_deviation(
    series: Sequence[Series], cuts: Sequence[int], step: int
) -> tuple[Stamps, Floats]:
    """Mean over series of deviations in their robust spread, by period; NaN where there is none."""
    parts = []
    for one, cut in zip(series, cuts, strict=True):
        y = one.y[:cut].copy()
        if one.opened is not None:
            y[one.opened[:cut] == 0] = np.nan
        known = y[~np.isnan(y)]
        if len(known) and known.min() >= 0 and known.max() > 0:
            y = np.log(y + OFFSET * float(known[known > 0].mean()))
        padded = np.pad(y, max(AROUND[step]), constant_values=np.nan)
        place = max(AROUND[step]) + np.arange(cut)
        near = np.stack([padded[place + side * k] for k in AROUND[step] for side in (-1, 1)])
        enough = (~np.isnan(near)).sum(axis=0) >= 3
        level = np.full(cut, np.nan)
        level[enough] = np.nanmedian(near[:, enough], axis=0)
        apart = y - level
        if np.isnan(apart).all():
            continue
        spread = 1.4826 * float(np.nanmedian(np.abs(apart)))
        if spread > 0:
            stamps = one.calendar.stamps(np.arange(cut)).astype("datetime64[D]")
            parts.append((stamps, np.clip(apart / spread, -10.0, 10.0)))
    if not parts:
        return np.zeros(0, dtype="datetime64[D]"), np.zeros(0)
    first = min(stamps[0] for stamps, _ in parts)
    last = max(stamps[-1] for stamps, _ in parts)
    total = np.zeros(int((last - first).astype(np.int64)) // step + 1)
    count = np.zeros(len(total))
    for stamps, values in parts:
        at = (stamps - first).astype(np.int64) // step
        fine = ~np.isnan(values)
        np.add.at(total, at[fine], values[fine])
        np.add.at(count, at[fine], 1.0)
    mean = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
    return first + step * np.arange(len(total)) * np.timedelta64(1, "D"), mean


Evidence = list[tuple[str, str, int, float, float, float]]


def _strength(rows: Evidence) -> float:
    return max((abs(t) for *_, t in rows), default=0.0)


def _evidence(days: Stamps, mean: Floats, keys: Sequence[str], step: int, ends: bool) -> Evidence:
    """Festival, part, occurrences, effect, standard error and t of every column."""
    rows: Evidence = []
    fine = ~np.isnan(mean)
    values = np.where(fine, mean, 0.0)
    for key in keys:
        for part in RAMPS:
            column = _ramp(key, part, days, step, ends) if len(days) else np.zeros(0)
            count, effect, error = _occurrences(column, values, fine)
            rows.append((key, part, count, effect, error, effect / error if error > 0 else 0.0))
    return rows


def _occurrences(column: Floats, values: Floats, fine: Bools) -> tuple[int, float, float]:
    """Mean over a window's occurrences, and its error from windows on all other days."""
    inside = column > 0
    starts = np.flatnonzero(inside & ~np.r_[False, inside[:-1]])
    stops = np.flatnonzero(inside & ~np.r_[inside[1:], False]) + 1
    found, shape = [], None
    for start, stop in zip(starts, stops, strict=True):
        weight = np.where(fine[start:stop], column[start:stop], 0.0)
        if weight.sum() > 0.5 * column[start:stop].sum() and start > 0 and stop < len(column):
            found.append(float(weight @ values[start:stop] / weight.sum()))
            shape = column[start:stop]
    if shape is None:
        return 0, 0.0, 0.0
    # What the same window gives anywhere else, away from the festival by its own length.
    near = np.convolve(inside, np.ones(2 * len(shape) + 1), mode="same") > 0
    free = fine & ~near
    top = np.correlate(np.where(free, values, 0.0), shape, mode="valid")
    bottom = np.correlate(free.astype(float), shape, mode="valid")
    elsewhere = top[bottom > 0.9 * shape.sum()] / shape.sum()
    if len(elsewhere) < 10 * len(shape):
        return len(found), float(np.mean(found)), 0.0
    middle = float(np.median(elsewhere))
    spread = 1.4826 * float(np.median(np.abs(elsewhere - middle)))
    return len(found), float(np.mean(found)) - middle, spread / math.sqrt(len(found))
