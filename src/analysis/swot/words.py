"""Words that all of SWOT scoring shares: reasons, heads of columns, sentences joined."""

from __future__ import annotations

import math

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.swot import interval as reasons
from analysis.swot.watch import ALIKE, NO_REVIEWS, ONE_SKU


def reason(why: str, say: Translator) -> str:
    """A reason in the reader's language; empty stays empty."""
    return reasons_in(say)[why] if why else ""


def reasons_in(say: Translator) -> dict[str, str]:
    """Reason as files have it → in the reader's language."""
    return {
        reasons.ONE_RATER: say("one rater: how far raters differ cannot be seen"),
        reasons.TWO_RATERS: say("two raters are too few for a chance"),
        reasons.NO_SPREAD: say("the values do not differ at all"),
        reasons.PERFECT: say(
            "the raters agree wholly: there is no spread to estimate an interval from"
        ),
        reasons.LEVEL: say("the items have equal means: the F interval would shrink to a point"),
        reasons.ONE_ITEM: say("one item: agreement needs at least two"),
        reasons.NO_PAIRS: say("no item was judged by two raters"),
        reasons.LEANS: say("without one of the items nothing is left to measure agreement against"),
        reasons.OPEN: say(
            "raters differ more within items than between them: the interval is open below"
        ),
        reasons.EVEN: say(
            "leaving out any one item changes nothing: there is no spread for an interval"
        ),
        "ratings are missing: only Krippendorff's alpha takes them": say(
            "ratings are missing: only Krippendorff's alpha takes them"
        ),
        ONE_SKU: say("one SKU: how far changes differ cannot be seen"),
        ALIKE: say("all SKUs changed alike: there is no spread for an interval"),
        NO_REVIEWS: say("no reviews before or after"),
    }


def names(say: Translator) -> dict[str, str]:
    """Heads of columns."""
    return {
        "item": say("item"), "factor": say("factor"), "group": say("group"),
        "weight": say("weight"), "local": say("weight in its group"), "lo": say("from"),
        "hi": say("to"), "why": say("why no interval"), "strategy": say("strategy"),
        "kind": say("kind"), "score": say("score"), "p_first": say("P(ranks first)"),
        "factors": say("factors covered"), "rating": say("rating"),
        "total": say("total attractiveness"), "measure": say("measure"), "value": say("value"),
        "competitor": say("competitor"), "nearest": say("nearest rival"),
        "distance": say("distance"), "partner": say("partner"), "p_best": say("P(best)"),
        "rival": say("rival"), "skus": say("SKUs"), "changed": say("SKUs beyond the mark"),
        "change": say("mean price change"), "name": say("name"), "best_to": say("best over it"),
        "to_worst": say("it over worst"), "ratio": say("inconsistency"),
    }  # fmt: skip


def listed(items: list[str], lang: str) -> str:
    """Names one after the other."""
    return ("、" if lang == "zh" else ", ").join(items)


def chance(p: float, mark: float = math.nan) -> str:
    """A probability in words' company, never rounded to none, to all, or up to ``mark``."""
    if 0 < p < 0.005:
        return "<1%"
    if 0.995 < p < 1:
        return ">99%"
    return apart(p, mark)[0] if p < mark else formats.percent(p, 0)


def apart(one: float, other: float) -> tuple[str, str]:
    """Two shares as percentages, with as many digits as tell them apart."""
    texts = [(formats.percent(one, n), formats.percent(other, n)) for n in range(3)]
    return next((pair for pair in texts if pair[0] != pair[1]), texts[-1])


def shown(frame: pd.DataFrame, columns: list[str], lang: str) -> pd.DataFrame:
    """The columns under names for readers; reasons only where there are any."""
    say = translator(lang)
    kept = [name for name in columns if name in frame and (name != "why" or frame["why"].any())]
    out = frame[kept].copy()
    if "why" in kept:
        out["why"] = [reason(why, say) for why in out["why"]]
    return out.rename(columns=names(say)).reset_index(drop=True)


def joined(parts: list[str], lang: str) -> str:
    """Sentences one after the other, as the language writes them; empty ones left out."""
    return ("" if lang == "zh" else " ").join(part for part in parts if part)
