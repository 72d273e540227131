"""Small fixed inputs for every figure of ``analysis.swot``."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from analysis import swot
from tests.figures.drawing import Pictures
from tests.swot import test_scoring as scoring
from tests.swot import test_strategy as strategy
from tests.swot.test_ahp import swot_rows

PRICES = pd.DataFrame(
    {"rival": ["A", "A", "B"], "sku": list("xyz"), "before": [10.0, 20, 5], "after": [9.4, 21, 5]}
)
ATTRIBUTES = ("price", "service", "reach")


@cache
def _scored() -> swot.Scored:
    return scoring.scored()


def _rng() -> np.random.Generator:
    return np.random.default_rng(1)


def _group() -> swot.GroupPriorities:
    one, other = {"a|b": 2.0, "a|c": 4.0, "b|c": 2.0}, {"a|b": 3.0, "a|c": 4.0, "b|c": 1.0}
    return swot.group_ahp({"r1": one, "r2": other})


PICTURES: Pictures = {
    "Agreement.plot": lambda _: _scored().agreement.plot,  # type: ignore[union-attr]
    "Awot.plot": lambda _: swot.awot(swot_rows()).plot,
    "BestWorst.plot": lambda _: swot.bwm({"a": 1, "b": 2, "c": 8}, {"a": 8, "b": 4, "c": 1}).plot,
    "CompetitorMap.plot": lambda _: swot.competitor_map(strategy.ratings("competitor")).plot,
    "DailyWatch.plot": lambda _: swot.daily_watch(scoring.daily()).plot,
    "GroupPriorities.plot": lambda _: _group().plot,
    "InternalExternal.plot": lambda _: _scored().map.plot,  # type: ignore[union-attr]
    "PartnerFit.plot": lambda _: (
        swot.partner_fit(strategy.ratings("partner"), dict.fromkeys(ATTRIBUTES, 1), rng=_rng()).plot
    ),
    "Priorities.plot": lambda _: swot.ahp({"a|b": 2, "a|c": 4, "a|d": 8, "b|c": 2, "b|d": 5}).plot,
    "Qspm.plot": lambda _: _scored().qspm.plot,  # type: ignore[union-attr]
    "Tows.plot": lambda _: _scored().tows.plot,  # type: ignore[union-attr]
    "Tows.plot_turns": lambda _: _scored().tows.plot_turns,  # type: ignore[union-attr]
    "Watch.plot": lambda _: swot.watch(PRICES).plot,
    "Weighed.plot": lambda _: _scored().weighed.plot,
    "Weighed.plot_groups": lambda _: _scored().weighed.plot_groups,
}
