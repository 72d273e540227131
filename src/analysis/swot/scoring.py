"""A SWOT from a panel's answers to the strategy that comes first, in one call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.errors import InputError
from analysis.swot.agreement import Agreement, Concordance, agreement, kendall_w
from analysis.swot.ahp import LIMIT
from analysis.swot.answers import Answers
from analysis.swot.group import TOP
from analysis.swot.matrices import EXTERNAL, INTERNAL, InternalExternal, Qspm, internal_external
from analysis.swot.matrices import qspm as quantitative_matrix
from analysis.swot.random_index import Table
from analysis.swot.tows import DRAWS, Tows
from analysis.swot.tows import tows as rank_strategies
from analysis.swot.weighing import Route, Weighed, weigh


@dataclass(frozen=True, slots=True)
class Settings:
    """How a SWOT is scored.

    Attributes:
        route: ``"ahp"`` (all pairs) or ``"bwm"`` (the best and the worst).
        index_table: Random-index table of the consistency ratio.
        limit: Consistency ratio above which a set of judgments is named.
        noise: Standard deviation of the logarithm of a weight that is assumed; 0 for the raters'
            own spread.
        confidence: Of all intervals.
        draws: For the chances.
    """

    route: Route = "ahp"
    index_table: Table = "Alonso & Lamata 2006"
    limit: float = LIMIT
    noise: float = 0.0
    confidence: float = 0.95
    draws: int = DRAWS


@dataclass(frozen=True)
class Scored:
    """A scored SWOT.

    Attributes:
        answers: What the panel said.
        settings: How it was scored.
        weighed: Weights and consistency.
        agreement: Agreement of the ratings; None without ratings.
        importance: Set (``SWOT``: the groups; else their letter) → Kendall's W of the raters'
            weights in it. Not over all factors: the sizes of the groups would agree by themselves.
        map: IFE and EFE scores; None unless one rater at least rated every factor.
        complete: Raters who rated every factor.
        tows: Strategies ranked; None if fewer than two were given.
        qspm: Quantitative matrix; None if nobody rated attractiveness.
    """

    answers: Answers
    settings: Settings
    weighed: Weighed
    agreement: Agreement | None
    importance: dict[str, Concordance]
    map: InternalExternal | None
    complete: tuple[str, ...]
    tows: Tows | None
    qspm: Qspm | None


def score(answers: Answers, settings: Settings, rng: np.random.Generator) -> Scored:
    """Weigh, check, compare and rank.

    Args:
        answers: What the panel said.
        settings: How to score.
        rng: Seeded generator.

    Raises:
        InputError: If the judgments do not fit together, or factors and strategies do not; it
            names where they come from.
    """
    try:
        return _score(answers, settings, rng)
    except InputError as error:
        raise InputError(f"{answers.source}: {error}" if answers.source else str(error)) from error


def _score(answers: Answers, settings: Settings, rng: np.random.Generator) -> Scored:
    for_map, for_tows = rng.spawn(2)
    weighed = weigh(
        answers, settings.route, index_table=settings.index_table, limit=settings.limit,
        confidence=settings.confidence,
    )  # fmt: skip
    ratings = answers.ratings
    rated = agreement(ratings.to_numpy(), confidence=settings.confidence) if ratings.size else None
    every = ratings.dropna() if set(ratings.columns) == set(weighed.weights) else ratings[:0]
    strategies = None
    if len(answers.strategies) > 1:
        strategies = rank_strategies(
            weighed.panel, answers.groups, answers.links, kinds=answers.by("kind"),
            kpis=_if_any(answers.kpis),
            lines=_if_any(answers.by("line")), noise=settings.noise or None,
            draws=settings.draws, confidence=settings.confidence, rng=for_tows,
        )  # fmt: skip
    return Scored(
        answers=answers,
        settings=settings,
        weighed=weighed,
        agreement=rated,
        importance=_importance(weighed, answers.groups, settings.confidence),
        map=_map(answers, weighed, every, settings, for_map),
        complete=tuple(map(str, every.index)),
        tows=strategies,
        qspm=_qspm(answers, weighed, settings),
    )


def _importance(
    weighed: Weighed, groups: dict[str, str], confidence: float
) -> dict[str, Concordance]:
    """Agreement on the order of weights, set by set."""
    panel = weighed.panel
    sets = {TOP: weighed.over.by_rater}
    for letter in weighed.over.names:
        own = panel.by_rater[:, [groups[name] == letter for name in panel.names]]
        sets[letter] = own / own.sum(axis=1, keepdims=True)
    # Equal weights come out of the eigenvector unequal in the last digits: no order to agree on.
    return {
        name: kendall_w(np.round(values, 9), confidence=confidence)
        for name, values in sets.items()
        if values.shape[1] > 1
    }


def _if_any(found: dict[str, str]) -> dict[str, str] | None:
    """A team that names no KPI, or no line, has no orphans of that kind to be told of."""
    return found if any(found.values()) else None


def _map(
    answers: Answers, weighed: Weighed, ratings: pd.DataFrame, settings: Settings,
    rng: np.random.Generator,
) -> InternalExternal | None:  # fmt: skip
    sides = {group in INTERNAL for group in answers.groups.values()}
    if ratings.empty or len(sides) < 2:
        return None
    return internal_external(
        answers.groups, weighed.weights, ratings, own=weighed.own, confidence=settings.confidence,
        draws=settings.draws, rng=rng,
    )  # fmt: skip


def _qspm(answers: Answers, weighed: Weighed, settings: Settings) -> Qspm | None:
    """Weights sum to 1 inside and to 1 outside, as the textbook has them."""
    given = answers.attractiveness
    if not given or len(next(iter(given.values())).columns) < 2:
        return None
    groups = answers.groups

    def shares(weights: dict[str, float]) -> dict[str, float]:
        sums = {
            side: sum(weight for name, weight in weights.items() if groups[name] in side)
            for side in (INTERNAL, EXTERNAL)
        }
        return {
            name: weight / sums[INTERNAL if groups[name] in INTERNAL else EXTERNAL]
            for name, weight in weights.items()
        }

    own = {rater: shares(one) for rater, one in weighed.own.items()}
    try:
        return quantitative_matrix(
            shares(weighed.weights), given, own=own, confidence=settings.confidence
        )
    except InputError as error:
        raise InputError(f"attractiveness: {error}") from error
