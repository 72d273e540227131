"""The sentences and tables of SWOT scoring."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.swot import interval as reasons
from analysis.swot.watch import NO_REVIEWS, ONE_SKU

if TYPE_CHECKING:
    from analysis.swot.agreement import Agreement
    from analysis.swot.ahp import Inconsistency, Priorities
    from analysis.swot.bwm import BestWorst
    from analysis.swot.competitors import CompetitorMap
    from analysis.swot.group import Awot, GroupPriorities
    from analysis.swot.matrices import InternalExternal, Qspm
    from analysis.swot.partners import PartnerFit
    from analysis.swot.tows import Tows
    from analysis.swot.watch import Watch

RELIABLE, TENTATIVE = 0.8, 0.667
"""Krippendorff's marks: from 0.8 reliable, from 0.667 for tentative conclusions."""


def reason(why: str, say: Translator) -> str:
    """A reason in the reader's language; empty stays empty."""
    known = {
        reasons.ONE_RATER: say("one rater: how far raters differ cannot be seen"),
        reasons.NO_SPREAD: say("the values do not differ at all"),
        reasons.PERFECT: say(
            "the raters agree wholly: there is no spread to estimate an interval from"
        ),
        reasons.LEVEL: say("the items have equal means: the F interval would shrink to a point"),
        reasons.ONE_ITEM: say("one item: agreement needs at least two"),
        reasons.NO_PAIRS: say("no item was judged by two raters"),
        reasons.UNSTABLE: say("too many resamples have no disagreement to be measured against"),
        "ratings are missing: only Krippendorff's alpha takes them": say(
            "ratings are missing: only Krippendorff's alpha takes them"
        ),
        ONE_SKU: say("one SKU: how far changes differ cannot be seen"),
        NO_REVIEWS: say("no reviews before or after"),
    }
    return known[why] if why else ""


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


def shown(frame: pd.DataFrame, columns: list[str], lang: str) -> pd.DataFrame:
    """The columns under names for readers; reasons only where there are any."""
    say = translator(lang)
    kept = [name for name in columns if name in frame and (name != "why" or frame["why"].any())]
    out = frame[kept].copy()
    if "why" in kept:
        out["why"] = [reason(why, say) for why in out["why"]]
    return out.rename(columns=names(say)).reset_index(drop=True)


def weights_table(result: Priorities, lang: str) -> pd.DataFrame:
    """Weights, largest first."""
    rows = result.frame.sort_values("weight", ascending=False, kind="stable")
    return shown(rows, ["item", "weight"], lang)


def group_table(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Weights with intervals, largest first."""
    rows = frame.sort_values("weight", ascending=False, kind="stable")
    return shown(rows, ["item", "group", "local", "weight", "lo", "hi", "why"], lang)


def bwm_table(result: BestWorst, lang: str) -> pd.DataFrame:
    """Weights, largest first."""
    rows = result.frame.sort_values("weight", ascending=False, kind="stable")
    return shown(rows, ["item", "weight", "best_to", "to_worst", "ratio"], lang)


def scale_value(value: float) -> str:
    """Write a judgment as on Saaty's scale: 3, 1/3, else with one decimal.

    >>> scale_value(3.0), scale_value(1 / 3), scale_value(2.46)
    ('3', '1/3', '2.5')
    """
    if value < 1:
        return f"1/{scale_value(1 / value)}"
    return formats.fixed(value, 0 if abs(value - round(value)) < 1e-9 else 1)


def _heaviest(frame: pd.DataFrame, say: Translator) -> str:
    row = frame.iloc[int(frame["weight"].argmax())]
    weight = formats.percent(row["weight"])
    if "lo" not in frame or not math.isfinite(row["lo"]):
        return say("{item} weighs most, {weight}.", item=row["item"], weight=weight)
    lo, hi = formats.percent(row["lo"]), formats.percent(row["hi"])
    return say(
        "{item} weighs most, {weight} ({lo} to {hi}).",
        item=row["item"],
        weight=weight,
        lo=lo,
        hi=hi,
    )


def _mend(worst: Inconsistency, say: Translator) -> str:
    values = {
        "pair": worst.pair, "value": scale_value(worst.value), "mended": scale_value(worst.mended),
        "after": formats.fixed(worst.ratio_after, 3),
    }  # fmt: skip
    if worst.tied:
        return say(
            "Others would mend it as well; one of them is {pair} = {value}: {mended} would bring "
            "the ratio to {after}.", **values,
        )  # fmt: skip
    return say(
        "Look again at {pair} = {value}: {mended} would bring the ratio to {after}.", **values
    )


def priorities_sentence(result: Priorities, lang: str) -> str:
    """The heaviest item, consistency, and what would mend it."""
    say = translator(lang)
    values = {"cr": formats.fixed(result.cr, 3), "table": result.index_table}
    parts = [_heaviest(result.frame, say)]
    if result.consistent:
        parts.append(say("Consistency ratio {cr} (random index: {table}).", **values))
    else:
        limit = formats.fixed(result.limit, 2)
        parts.append(
            say("Warning: consistency ratio {cr} above {limit} (random index: {table}).",
                limit=limit, **values)
        )  # fmt: skip
        if result.worst is not None:
            parts.append(_mend(result.worst, say))
    return _joined(parts, lang)


def _joined(parts: list[str], lang: str) -> str:
    return ("" if lang == "zh" else " ").join(part for part in parts if part)


def group_sentence(result: GroupPriorities, lang: str) -> str:
    """The heaviest item, and raters who contradict themselves."""
    say = translator(lang)
    parts = [_heaviest(result.frame, say)]
    values = {"cr": formats.fixed(result.group.cr, 3), "table": result.group.index_table}
    parts.append(say("Consistency ratio {cr} (random index: {table}).", **values))
    for rater in result.inconsistent:
        one = result.raters[rater]
        cr = formats.fixed(one.cr, 3)
        parts.append(say("Warning: rater {rater} has {cr}.", rater=rater, cr=cr))
        if one.worst is not None:
            parts.append(_mend(one.worst, say))
    return _joined(parts, lang)


def awot_sentence(result: Awot, lang: str) -> str:
    """The heaviest group and factor, and contradictions."""
    say = translator(lang)
    top = result.top.frame.iloc[int(result.top.frame["weight"].argmax())]
    parts = [
        say("Group {group} weighs {weight}.", group=top["item"],
            weight=formats.percent(top["weight"])),
        _heaviest(result.frame, say),
    ]  # fmt: skip
    for row in result.contradictions.to_dict("records"):
        values = {
            "rater": row["rater"], "group": row["group"], "cr": formats.fixed(row["cr"], 3),
            "pair": row["pair"], "value": scale_value(row["value"]),
            "mended": scale_value(row["mended"]), "table": result.top.group.index_table,
        }  # fmt: skip
        parts.append(
            say("Warning: rater {rater}, set {group}: consistency ratio {cr} ({table}); "
                "{pair} = {value} would fit at {mended}.", **values)
        )  # fmt: skip
    return _joined(parts, lang)


def bwm_sentence(result: BestWorst, lang: str) -> str:
    """The heaviest item and consistency."""
    say = translator(lang)
    ratio, mark = formats.fixed(result.input_ratio, 3), formats.fixed(result.input_threshold, 3)
    consistent = result.consistent
    if consistent is None:
        last = say("Input consistency ratio {ratio}; no threshold is published.", ratio=ratio)
    elif consistent:
        last = say("Input consistency ratio {ratio} passes {mark}.", ratio=ratio, mark=mark)
    else:
        item = result.frame["item"].iloc[int(result.frame["ratio"].argmax())]
        last = say(
            "Warning: input consistency ratio {ratio} above {mark}; look again at {item}.",
            ratio=ratio, mark=mark, item=item,
        )  # fmt: skip
    return _joined([_heaviest(result.frame, say), last], lang)


def measures(say: Translator) -> dict[str, str]:
    """Names of the measures of agreement."""
    return {
        "W": say("Kendall's W (order)"),
        "ICC2": say("ICC(2,1), one rater"),
        "ICC2k": say("ICC(2,k), mean of raters"),
        "alpha": say("Krippendorff's alpha"),
    }


def agreement_table(result: Agreement, lang: str) -> pd.DataFrame:
    """The measures."""
    frame = result.frame.assign(measure=result.frame["measure"].map(measures(translator(lang))))
    return shown(frame, ["measure", "value", "lo", "hi", "why"], lang)


def agreement_sentence(result: Agreement, lang: str) -> str:
    """How far raters agree, by alpha."""
    say = translator(lang)
    alpha = result.alpha
    if math.isnan(alpha.value):
        return say("Agreement is undefined: {why}.", why=reason(alpha.why, say))
    value = formats.fixed(alpha.value)
    if alpha.why:
        why = reason(alpha.why, say)
        return say("Krippendorff's alpha {value}, no interval: {why}.", value=value, why=why)
    said = {"value": value, "lo": formats.fixed(alpha.lo), "hi": formats.fixed(alpha.hi)}
    if alpha.lo >= RELIABLE:
        return say("The raters agree reliably: alpha {value} ({lo} to {hi}).", **said)
    if alpha.hi < TENTATIVE:
        return say("The raters disagree: alpha {value} ({lo} to {hi}), below 0.667.", **said)
    return say("Agreement is not secured: alpha {value} ({lo} to {hi}).", **said)


def factors_table(result: InternalExternal, lang: str) -> pd.DataFrame:
    """Factors with weight, rating and score."""
    return shown(result.frame, ["factor", "group", "weight", "rating", "score"], lang)


def advice(say: Translator) -> dict[str, str]:
    """Advice of the cells."""
    return {
        "grow": say("grow and build"),
        "hold": say("hold and maintain"),
        "harvest": say("harvest or divest"),
    }


def ie_sentence(result: InternalExternal, lang: str) -> str:
    """Scores, cell, advice."""
    say = translator(lang)
    parts = [
        say("IFE {internal}, EFE {external}: cell {cell}, {advice}.",
            internal=formats.fixed(result.internal.value),
            external=formats.fixed(result.external.value), cell=result.cell,
            advice=advice(say)[result.advice])
    ]  # fmt: skip
    if result.cells:
        chance = formats.percent(result.cells.get(result.cell, 0.0))
        parts.append(say("Other raters would place it there with probability {p}.", p=chance))
    return _joined(parts, lang)


def qspm_table(result: Qspm, lang: str) -> pd.DataFrame:
    """Strategies, best first."""
    return shown(result.frame, ["strategy", "total", "lo", "hi", "why"], lang)


def qspm_sentence(result: Qspm, lang: str) -> str:
    """The best and its lead."""
    say = translator(lang)
    best, total = result.frame["strategy"].iloc[0], formats.fixed(result.frame["total"].iloc[0])
    gap = formats.fixed(result.lead.value)
    if result.lead.why:
        why = reason(result.lead.why, say)
        return say(
            "{strategy} is most attractive ({total}), ahead by {gap}; no interval: {why}.",
            strategy=best, total=total, gap=gap, why=why,
        )  # fmt: skip
    return say(
        "{strategy} is most attractive ({total}), ahead by {gap} ({lo} to {hi}).",
        strategy=best, total=total, gap=gap, lo=formats.fixed(result.lead.lo),
        hi=formats.fixed(result.lead.hi),
    )  # fmt: skip


def tows_table(result: Tows, lang: str) -> pd.DataFrame:
    """Strategies, best first."""
    columns = ["strategy", "kind", "score", "lo", "hi", "p_first", "factors"]
    return shown(result.frame, columns, lang)


def tows_matrix(result: Tows, lang: str) -> pd.DataFrame:
    """Two rows by two columns."""
    say = translator(lang)
    cell = {kind: "; ".join(found) or formats.MISSING for kind, found in result.matrix.items()}
    return pd.DataFrame(
        {
            "": [say("Opportunities (O)"), say("Threats (T)")],
            say("Strengths (S)"): [cell["SO"], cell["ST"]],
            say("Weaknesses (W)"): [cell["WO"], cell["WT"]],
        }
    )


def orphans_table(result: Tows, lang: str) -> pd.DataFrame:
    """What is tied to nothing."""
    say = translator(lang)
    kinds = {
        "factor without strategy": say("factor without strategy"),
        "strategy without factor": say("strategy without factor"),
        "factor without KPI": say("factor without KPI"),
        "strategy without plan line": say("strategy without plan line"),
    }
    frame = result.orphans.assign(kind=result.orphans["kind"].map(kinds))
    return shown(frame, ["kind", "name", "weight"], lang)


def tows_sentence(result: Tows, lang: str) -> str:
    """The first, how sure, and the nearest turn."""
    say = translator(lang)
    row = result.frame.iloc[0]
    parts = [
        say("{strategy} ranks first with probability {p}.", strategy=row["strategy"],
            p=formats.percent(row["p_first"]))
    ]  # fmt: skip
    turns = [
        (abs(one[end] - one["weight"]), one, end, who)
        for one in result.sensitivity.to_dict("records")
        for end, who in (("lo", "below"), ("hi", "above"))
        if one[who]
    ]
    if turns:
        _, one, end, who = min(turns, key=lambda turn: turn[0])
        parts.append(
            say("The nearest turn: if {item} weighed {there} instead of {weight}, {other} would "
                "lead.", item=one["item"], there=formats.percent(one[end]),
                weight=formats.percent(one["weight"]), other=one[who])
        )  # fmt: skip
    else:
        parts.append(say("No change of one weight turns the order."))
    if len(result.orphans):
        parts.append(say("{n} orphans are listed.", n=len(result.orphans)))
    return _joined(parts, lang)


def competitor_table(result: CompetitorMap, lang: str) -> pd.DataFrame:
    """Positions."""
    return shown(result.frame, ["competitor", "x", "y", "nearest", "distance", "why"], lang)


def competitor_sentence(result: CompetitorMap, lang: str) -> str:
    """The closest pair, and what the map shows."""
    say = translator(lang)
    row = result.frame.iloc[int(result.frame["distance"].argmin())]
    parts = [say("{one} and {other} are most alike.", one=row["competitor"], other=row["nearest"])]
    if result.axes is None:
        share = formats.percent(sum(result.explained), 0)
        parts.append(say("The map shows {share} of all differences.", share=share))
    return _joined(parts, lang)


def partner_table(result: PartnerFit, lang: str) -> pd.DataFrame:
    """Partners, best first."""
    return shown(result.frame, ["partner", "score", "lo", "hi", "p_best", "why"], lang)


def partner_sentence(result: PartnerFit, lang: str) -> str:
    """The best partner."""
    say = translator(lang)
    row = result.frame.iloc[0]
    score = formats.fixed(row["score"])
    if row["why"]:
        why = reason(row["why"], say)
        return say("{name} fits best ({score}); how sure is unknown: {why}.",
                   name=row["partner"], score=score, why=why)  # fmt: skip
    p = formats.percent(row["p_best"])
    return say("{name} fits best ({score}), with probability {p}.", name=row["partner"],
               score=score, p=p)  # fmt: skip


def watch_table(result: Watch, lang: str) -> pd.DataFrame:
    """Price changes of rivals."""
    return shown(result.prices, ["rival", "skus", "changed", "change", "lo", "hi", "why"], lang)


def watch_sentence(result: Watch, lang: str) -> str:
    """Who changed prices and whose reviews turned."""
    say = translator(lang)
    mark = formats.percent(result.price_mark, 0)
    changed = result.prices.loc[result.prices["alert"], "rival"].tolist()
    comma = "、" if lang == "zh" else ", "
    if changed:
        who = comma.join(changed)
        parts = [say("{n} SKUs changed by more than {mark}: {who}.", n=len(result.exposed),
                     mark=mark, who=who)]  # fmt: skip
    else:
        parts = [say("No SKU changed by more than {mark}.", mark=mark)]
    turned = result.reviews.loc[result.reviews["alert"].astype(bool), "rival"].tolist()
    if turned:
        parts.append(say("Reviews turned worse: {who}.", who=comma.join(turned)))
    return _joined(parts, lang)
