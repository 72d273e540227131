"""Small fixed inputs for every figure of ``analysis.market``."""

from __future__ import annotations

from tests.figures.drawing import Pictures
from tests.market.test_told import made
from tests.market.test_words import results

PICTURES: Pictures = {
    "AdoptionFit.plot": lambda _: results()["adoption"].plot,
    "Aim.plot": lambda lang: made("shipped", lang).aim.plot,  # type: ignore[union-attr]
    "Bridge.plot": lambda _: results()["bridge"].plot,
    "Decided.plot": lambda lang: made("shipped", lang).information.plot,  # type: ignore[union-attr]
    "GrowthIdentity.plot": lambda lang: made("shipped", lang).identity.plot,  # type: ignore[union-attr]
    "Information.plot": lambda _: results()["information"].plot,
    "MarketSize.plot": lambda _: results()["size"].plot,
    "Mix.plot": lambda _: results()["mix"].plot,
    "Mixes.plot": lambda lang: made("shipped", lang).mixes.plot,  # type: ignore[union-attr]
    "Opportunity.plot": lambda _: results()["tiers"].plot,
    "PenetrationPath.plot": lambda lang: made("shipped", lang).path.plot,  # type: ignore[union-attr]
    "Sensitivity.plot": lambda _: results()["sensitivity"].plot,
    "ShareTable.plot": lambda _: results()["market"].plot,
    "TargetCheck.plot": lambda _: results()["target"].plot,
}
