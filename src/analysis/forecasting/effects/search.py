"""The search itself: what enters, chosen on what an origin knows, and estimated at each origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.forecasting.arrays import Ints
from analysis.forecasting.effects import outliers as outlier
from analysis.forecasting.effects.families import FAMILIES, FESTIVALS, TRADING, Family
from analysis.forecasting.effects.outliers import Outlier
from analysis.forecasting.effects.result import Effects, PanelEffects
from analysis.forecasting.effects.screen import screen
from analysis.forecasting.effects.terms import (
    Share,
    Term,
    all_candidates,
    fit_candidates,
    pool,
    shares,
)
from analysis.forecasting.effects.view import Noise, View, noise_of, views
from analysis.forecasting.panel import Series

FEW = 3
"""Series up to which a panel is searched series by series. Pooled, a strong one would decide for
the others, and the shrinkage that could correct it takes more than three."""

Best = tuple[str, str, float, float, float, float]
"""Term, column, weight, coefficient, standard error and t of a column."""


@dataclass(frozen=True)
class _Chosen:
    """Terms of series searched together; by series its noise and what it takes of each term."""

    terms: tuple[Term, ...]
    noise: dict[int, Noise]
    shares: dict[int, list[Share]]


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

    Of noise, a panel of four series and more gets any effect with at most 5 %; in a smaller one
    that holds for each series, whatever the others are: its effects are those it has alone.

    Args:
        series: Monthly or quarterly series; others, and those too short or with many gaps, get no
            effect.
        cuts: By series, ``(K,)`` lengths of history known at each origin, the last origin first.
        horizon: Steps ahead.
        season: Season length in steps.
        families: Keys of :data:`FAMILIES` to try.
        outliers: Whether to look for outliers.
    """
    lengths = [[int(cut) for cut in each] for each in cuts]
    seen = [views(one, each, season) for one, each in zip(series, lengths, strict=True)]
    last = {i: each[0] for i, each in enumerate(seen)}
    early = {
        i: seen[i][1 + each[1:].index(min(each[1:]))] if len(each) > 1 else None
        for i, each in enumerate(lengths)
    }
    heard = {i: None for i in last if last[i] is not None or early[i] is not None}
    kept = tuple(FAMILIES[name] for name in families)
    effects = {
        i: tuple(_blank(series[i], cut, horizon) for cut in each)
        for i, each in enumerate(lengths)
        if i not in heard
    }
    terms: list[Term] = []
    rolling: list[Term] = []
    rows: list[tuple[str, *Best]] = []
    for group in [[i] for i in heard] if len(heard) <= FEW else [list(heard)]:
        latest = _choose({i: v for i in group if (v := last[i])}, kept, outliers)
        earliest = latest
        if any(len(lengths[i]) > 1 for i in group):
            earliest = _choose({i: v for i in group if (v := early[i])}, kept, outliers)
        terms += latest.terms
        rolling += earliest.terms
        for i in group:
            one = []
            for k, view in enumerate(seen[i]):
                chosen = latest if k == 0 else earliest
                if view is None or i not in chosen.noise:
                    one.append(_blank(series[i], lengths[i][k], horizon))
                    continue
                effect, best = _at(view, chosen.noise[i], chosen.shares[i], horizon, outliers)
                one.append(effect)
                if k == 0:
                    rows += [(series[i].unique_id, *row) for row in best]
            effects[i] = tuple(one)
    columns = ["unique_id", "term", "column", "weight", "coefficient", "se", "t"]
    table = pd.DataFrame(rows, columns=columns)
    made = tuple(effects[i] for i in range(len(series)))
    return PanelEffects(tuple(series), tuple(terms), tuple(rolling), made, table)


def _blank(series: Series, cut: int, horizon: int) -> Effects:
    """No effect."""
    y = series.y[:cut]
    log = bool(np.all(y[~np.isnan(y)] > 0))
    return Effects(log, np.zeros(cut), np.zeros(horizon), (), np.zeros(cut))


def _choose(heard: Mapping[int, View], families: tuple[Family, ...], outliers: bool) -> _Chosen:
    """Screen the families on series together, then weigh the windows of those that enter."""
    noise = {i: noise_of(view, view.gaps()) for i, view in heard.items()}
    entered, worth = screen([(view, noise[i]) for i, view in heard.items()], families)
    if not entered:
        return _Chosen((), noise, {i: [] for i in heard})
    found: dict[int, tuple[Outlier, ...]] = dict.fromkeys(heard, ())
    flows = {i: view.flow([family for family, _ in entered]) for i, view in heard.items()}
    for i, view in flows.items():
        fixed = [view.columns(family, family.screens[0]) for family, _ in entered]
        noise[i] = noise_of(view, view.gaps(), *fixed)
        if outliers:
            found[i], noise[i] = outlier.search_again(view, noise[i], *fixed)
    terms: list[Term] = []
    for family, p_value in entered:
        later = [(f, f.screens[0]) for f, _ in entered[len(terms) + 1 :]]
        wanted, columns = all_candidates(family)
        fits = {}
        for i, view in flows.items():
            others = [*((t.family, t.own[i]) for t in terms), *later]
            fits[i] = fit_candidates(view, noise[i], found[i], family, others, wanted, columns)
        terms.append(pool(family, p_value, fits, worth))
    return _Chosen(tuple(terms), noise, {i: shares(terms, i) for i in heard})


def _at(
    view: View, noise: Noise, taken: Sequence[Share], horizon: int, outliers: bool
) -> tuple[Effects, list[Best]]:
    """Effects of a series at one origin, and coefficients of each term's best candidate."""
    cut = len(view.z)
    effect = np.zeros(cut + horizon)
    flow = view.flow([share.term.family for share in taken])
    if flow is not view:
        effect += view.periods.leap(cut + horizon)
    found: tuple[Outlier, ...] = ()
    if outliers:
        own = [flow.columns(share.term.family, share.own) for share in taken]
        found = outlier.search(flow, noise, *own)
    rows: list[Best] = []
    for share in taken:
        family = share.term.family
        average, (weight, *best) = share.estimate(flow, noise, found)
        effect += view.periods.columns(family, share.columns, cut + horizon) @ average
        rows += [
            (family.name, family.names[column], weight, float(b), float(e), float(b / e))
            for column, b, e in zip(*best, strict=True)
        ]
    shift = outlier.effect_of(found, cut)
    return Effects(view.log, effect[:cut], effect[cut:], found, shift), rows
