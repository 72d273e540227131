"""Tables and sentences of growth bridges and adoption."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator

if TYPE_CHECKING:
    from analysis.market.adoption_fit import AdoptionFit
    from analysis.market.growth import Bridge


def signed(value: float, unit: str, lang: str) -> str:
    """A change with its sign and unit."""
    text = formats.by_unit(unit, lang)(value)
    return f"+{text}" if value > 0 else text


def bridge_table(result: Bridge, lang: str) -> pd.DataFrame:
    """Drivers with their effects."""
    say = translator(lang)
    frame = result.frame
    columns = {
        say("Driver"): frame["driver"],
        say("At the start"): frame["start"],
        say("At the end"): frame["end"],
        say("Effect on the total"): frame["effect"],
    }
    if not result.reason:
        columns |= {say("Effect, P10"): frame["p10"], say("Effect, P90"): frame["p90"]}
    return pd.DataFrame(columns)


def bridge_sentence(result: Bridge, lang: str) -> str:
    """Change and the driver that carries most of it."""
    say = translator(lang)
    top = result.frame.iloc[int(np.argmax(np.abs(result.frame["effect"].to_numpy())))]
    write = formats.by_unit(result.unit, lang)
    return say(
        "From {start} to {end} ({change}); {driver} carries most of it: {effect}.",
        start=write(result.start), end=write(result.end),
        change=signed(result.change, result.unit, lang), driver=top["driver"],
        effect=signed(top["effect"], result.unit, lang),
    )  # fmt: skip


def parameter_names(say: Translator) -> dict[str, str]:
    """Parameters and results of an adoption curve."""
    return {
        "p": say("Innovation p"),
        "q": say("Imitation q"),
        "k": say("Rate k"),
        "t0": say("Half have adopted, period"),
        "m": say("Eventual market"),
        "peak_time": say("Peak, period"),
        "peak_rate": say("New adopters at the peak"),
    }


def adoption_table(result: AdoptionFit, lang: str) -> pd.DataFrame:
    """Parameters with intervals, and why an end is open."""
    say = translator(lang)
    names, frame = parameter_names(say), result.frame
    open_end = say("not bounded above: the data end before adoption slows")
    return pd.DataFrame(
        {
            say("Curve parameter"): frame["name"].map(names),
            say("Estimate"): frame["value"],
            say("Lower end"): frame["lo"],
            say("Upper end"): frame["hi"],
            say("Remark"): [open_end if why else "" for why in frame["why"]],
        }
    )


def adoption_sentence(result: AdoptionFit, lang: str) -> str:
    """When adoption peaks and how far it goes."""
    say = translator(lang)
    peak, market = result.row("peak_time"), result.row("m")
    said = [
        say(
            "New adopters peak in period {peak}, not before {lo} ({level} interval; no upper end).",
            peak=formats.fixed(peak["value"], 1),
            level=formats.percent(result.confidence, 0),
            lo=formats.fixed(peak["lo"], 1),
        )
        if math.isinf(peak["hi"])
        else say(
            "New adopters peak in period {peak} ({level} interval {lo} to {hi}).",
            peak=formats.fixed(peak["value"], 1), level=formats.percent(result.confidence, 0),
            lo=formats.fixed(peak["lo"], 1), hi=formats.fixed(peak["hi"], 1),
        )
    ]  # fmt: skip
    if market["lo"] == market["hi"]:
        said.append(
            say("The eventual market of {market} is given.",
                market=formats.number(market["value"], lang))
        )  # fmt: skip
    elif result.open_ended:
        said.append(
            say("The data end before adoption slows: the eventual market is at least {lo}, "
                "and nothing bounds it above.", lo=formats.number(market["lo"], lang))
        )  # fmt: skip
    else:
        said.append(
            say("The eventual market is {market} ({lo} to {hi}).",
                market=formats.number(market["value"], lang),
                lo=formats.number(market["lo"], lang), hi=formats.number(market["hi"], lang))
        )  # fmt: skip
    return ("" if lang == "zh" else " ").join(said)
