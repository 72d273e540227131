"""Tables and sentences of competitors, targets, mixes and tiers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.market.shares import BANDS

if TYPE_CHECKING:
    from analysis.market.mix import Mix
    from analysis.market.shares import ShareTable
    from analysis.market.target import TargetCheck
    from analysis.market.tiers import Opportunity


def largest(frame: pd.DataFrame, column: str) -> pd.Series:
    """Row of the largest value of a column, the first of equal ones."""
    return frame.iloc[int(np.nanargmax(frame[column].to_numpy(np.float64)))]


def shares_table(result: ShareTable, lang: str) -> pd.DataFrame:
    """Competitors with shares, growth and what they imply."""
    say = translator(lang)
    frame = result.frame
    return pd.DataFrame(
        {
            say("Competitor"): frame["name"],
            say("Sales"): frame["sales"],
            say("Market share"): frame["share"],
            say("Share, 5%"): frame["share_lo"],
            say("Share, 95%"): frame["share_hi"],
            say("Growth"): frame["growth"],
            say("Implied sales a year ago"): frame["last_year"],
            say("Implied share a year ago"): frame["last_share"],
        }
    )


def shares_sentence(result: ShareTable, lang: str) -> str:
    """Who leads, how concentrated, and what is not in it."""
    say = translator(lang)
    top, ranged = largest(result.frame, "share"), not result.reason
    bands = {
        "low": say("low concentration"),
        "moderate": say("moderate concentration"),
        "high": say("high concentration"),
    }
    values = {"name": top["name"], "share": formats.percent(top["share"])}
    said = [
        say("Of those whose sales are known, {name} is the largest: {share} of their sales.",
            **values)
        if result.listed
        else say("{name} leads with {share} of the market.", **values)
        if result.certain
        else say("Of those whose sales are known, {name} is the largest: {share} of the market.",
                 **values)
    ]  # fmt: skip
    if result.lead < 0.995:
        said.append(say("Chance that it is the largest of them: {chance}.",
                        chance=_chance(result.lead)))  # fmt: skip
    band = bands[result.band]
    widest = next(name for top, name in BANDS if result.hhi_hi <= top) if ranged else result.band
    if widest != result.band:
        band = say("{band} to {widest}, depending on the sellers not listed", band=band,
                   widest=bands[widest])  # fmt: skip
    index = {"hhi": formats.number(result.hhi), "band": band}
    said.append(
        say("HHI {hhi} ({band}); no interval: sales are given without a range.",
            **index)
        if result.reason
        else say("HHI {hhi}, up to {hi} if the sellers not listed were one ({band}).",
                 hi=formats.number(result.hhi_hi), **index)
        if result.frame["share_lo"].isna().all()
        else say("HHI {hhi}; {lo} to {hi} with sales at 5% and 95% of their ranges and the sellers "
                 "not listed as many or as one ({band}).",
                 lo=formats.number(result.hhi_lo), hi=formats.number(result.hhi_hi), **index)
    )  # fmt: skip
    if result.without:
        names = ("、" if lang == "zh" else ", ").join(result.without)
        said.append(say("Without sales, and in no share: {names}.", names=names))
    return _joined(said, lang)


def _chance(chance: float) -> str:
    """A probability; a bound where it would read as none or as certain."""
    if 0 < chance < 0.0005:
        return "<0.1%"
    return ">99.9%" if 0.9995 < chance < 1 else formats.percent(chance)


def _joined(said: list[str], lang: str) -> str:
    return ("" if lang == "zh" else " ").join(said)


def target_table(result: TargetCheck, lang: str) -> pd.DataFrame:
    """Drivers with the value at which each alone reaches the target."""
    say = translator(lang)
    frame = result.drivers
    return pd.DataFrame(
        {
            say("Driver"): frame["driver"],
            say("Current value"): frame["current"],
            say("Needed if it alone moves"): frame["needed"],
            say("Change needed"): frame["change"],
        }
    )


def target_sentence(result: TargetCheck, lang: str) -> str:
    """Growth asked for against the market's, and the share it needs."""
    say = translator(lang)
    ranged = not result.reason
    values = {
        "growth": formats.signed_percent(result.growth),
        "market": formats.signed_percent(result.market_growth),
        "factor": formats.fixed(result.factor),
        "lo": formats.fixed(result.factor_lo), "hi": formats.fixed(result.factor_hi),
    }  # fmt: skip
    said = [
        say("The target asks for {growth} in a market growing {market}: our share times {factor} "
            "({lo} to {hi}).", **values)
        if ranged
        else say("The target asks for {growth} in a market growing {market}: our share times "
                 "{factor}; no interval: market growth is given without a range.",
                 growth=values["growth"], market=values["market"], factor=values["factor"])
    ]  # fmt: skip
    if not math.isnan(result.share):
        said.append(
            say("From {share} to {needed} of the market.", share=formats.percent(result.share, 2),
                needed=formats.percent(result.share_needed, 2))
        )  # fmt: skip
    if ranged:
        said.append(
            say("Chance that growing with the market is enough: {chance}.",
                chance=_chance(result.with_market))
        )  # fmt: skip
    return _joined(said, lang)


def standing_names(say: Translator) -> dict[str, str]:
    """How a group stands against the population."""
    return {
        "over": say("over-represented"),
        "under": say("under-represented"),
        "like": say("as in the population"),
        "": "",
    }


def mix_table(result: Mix, lang: str) -> pd.DataFrame:
    """Groups with shares and index."""
    say = translator(lang)
    frame = result.frame
    columns = {
        say("Segment"): frame["group"],
        say("Observations"): frame["n"],
        say("Share of buyers"): frame["share"],
        say("Lower end"): frame["lo"],
        say("Upper end"): frame["hi"],
    }
    if frame["population"].notna().all():
        columns |= {
            say("Share of population"): frame["population"],
            say("Index (population = 100)"): frame["index"],
            say("Against the population"): frame["standing"].map(standing_names(say)),
        }
    return pd.DataFrame(columns)


def mix_sentence(result: Mix, lang: str) -> str:
    """The largest group, and the one that stands out."""
    say = translator(lang)
    top = largest(result.frame, "share")
    said = [
        say("{group} is the largest group: {share} ({lo} to {hi}).", group=top["group"],
            share=formats.percent(top["share"]), lo=formats.percent(top["lo"]),
            hi=formats.percent(top["hi"]))
    ]  # fmt: skip
    apart = result.frame[result.frame["standing"].isin(["over", "under"])]
    if len(apart):
        with np.errstate(divide="ignore"):
            far = apart.iloc[int(np.argmax(np.abs(np.log(apart["index"].to_numpy() / 100))))]
        said.append(
            say("{group} differs most from the population: index {index} ({lo} to {hi}).",
                group=far["group"], index=formats.fixed(far["index"], 0),
                lo=formats.fixed(far["index_lo"], 0), hi=formats.fixed(far["index_hi"], 0))
        )  # fmt: skip
    return _joined(said, lang)


def tiers_table(result: Opportunity, lang: str) -> pd.DataFrame:
    """Tiers with what is open and what is ours."""
    say = translator(lang)
    frame = result.frame
    return pd.DataFrame(
        {
            say("City tier"): frame["tier"],
            say("Open, P10"): frame["p10"],
            say("Open, P50"): frame["p50"],
            say("Open, P90"): frame["p90"],
            say("Share of the mean of all tiers"): frame["share"],
            say("Ours, P10"): frame["ours_p10"],
            say("Ours, P50"): frame["ours_p50"],
            say("Ours, P90"): frame["ours_p90"],
            say("Chance to be the largest"): frame["largest"],
        }
    )


def tiers_sentence(result: Opportunity, lang: str) -> str:
    """Where most is open, and what of all of it is ours."""
    say = translator(lang)
    write = formats.by_unit(result.unit, lang)
    top = largest(result.frame, "largest")
    total, ours = result.total, result.ours
    said = [
        say("{total} is open (P10 {lo}, P90 {hi}). {tier} is the likeliest largest (chance "
            "{chance}): {p50} open.", total=write(total["p50"]), lo=write(total["p10"]),
            hi=write(total["p90"]), tier=top["tier"], p50=write(top["p50"]),
            chance=_chance(top["largest"])),
        say("Ours: {ours} (P10 {lo}, P90 {hi}).", ours=write(ours["p50"]), lo=write(ours["p10"]),
            hi=write(ours["p90"])),
    ]  # fmt: skip
    return _joined(said, lang)
