"""Tables and sentences of the market's size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator

if TYPE_CHECKING:
    from analysis.market.sizing import MarketSize


def level_names(say: Translator) -> dict[str, str]:
    """Levels as a reader knows them."""
    return {
        "tam": say("Total market (TAM)"),
        "sam": say("Market we can serve (SAM)"),
        "som": say("Market we can win (SOM)"),
    }


def route_names(say: Translator) -> dict[str, str]:
    """Routes as a reader knows them."""
    return {"top_down": say("Top-down"), "bottom_up": say("Bottom-up")}


def size_table(result: MarketSize, lang: str) -> pd.DataFrame:
    """Levels and routes, then what both routes say together."""
    say = translator(lang)
    levels, routes = level_names(say), route_names(say)
    frame = result.frame
    columns = {
        say("Market level"): frame["level"].map(levels),
        say("Route"): frame["route"].map(routes),
        say("Unit of the value"): frame["unit"],
        "P10": frame["p10"],
        "P50": frame["p50"],
        "P90": frame["p90"],
        say("Monte-Carlo error of P50"): frame["p50_error"],
        say("Ratio of medians"): float("nan"),
        say("Overlap of the two"): float("nan"),
    }
    rows = pd.DataFrame(columns)
    units = dict(zip(frame["level"], frame["unit"], strict=True))
    pooled = pd.DataFrame(
        [
            [levels[level], say("Both routes pooled"), units[level], one.p10, one.p50, one.p90,
             float("nan"), one.ratio, one.overlap]
            for level, one in result.agreement.items()
        ], columns=rows.columns,
    )  # fmt: skip
    return pd.concat([rows, pooled.astype(rows.dtypes)], ignore_index=True)


def size_sentence(result: MarketSize, lang: str) -> str:
    """What we can win, whether the routes agree, and how exact the simulation is."""
    say = translator(lang)
    agreed = result.agreement.get("som")
    row = result.frame[result.frame["level"] == "som"].iloc[0]
    write = formats.by_unit(row["unit"], lang)
    if agreed is None:
        values = {"p50": write(row["p50"]), "lo": write(row["p10"]), "hi": write(row["p90"])}
        said = [say("The market we can win is {p50} (P10 {lo}, P90 {hi}), by one route.", **values)]
    else:
        values = {"p50": write(agreed.p50), "lo": write(agreed.p10), "hi": write(agreed.p90)}
        said = [
            say("By both routes, the market we can win is {p50} (P10 {lo}, P90 {hi}).", **values),
            say("The routes contradict each other: their 5–95% intervals have no point in common.")
            if agreed.disjoint
            else say(
                "Bottom-up is {ratio} times top-down; {overlap} of the two distributions overlap.",
                ratio=formats.fixed(agreed.ratio), overlap=formats.percent(agreed.overlap, 0),
            ),
        ]  # fmt: skip
    for route, level, share in result.order:
        said.append(
            say("{level} ({route}) exceeds the level above it in {share} of draws: mend the model.",
                level=level_names(say)[level], route=route_names(say)[route],
                share=formats.percent(share))
        )  # fmt: skip
    if result.weak:
        said.append(
            say("{share} of the uncertain inputs are reported by others or assumed (grade C or D).",
                share=formats.percent(result.weak, 0))
        )  # fmt: skip
    said.append(
        say("Monte-Carlo error of the medians: at most {error}.",
            error=formats.percent(result.error, 2))
    )  # fmt: skip
    return ("" if lang == "zh" else " ").join(said)
