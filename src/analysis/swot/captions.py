"""What stands over a SWOT report: the answer first, then weights, consistency and agreement."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from analysis.base import formats
from analysis.base.estimate import Estimate
from analysis.base.language import Translator, translator
from analysis.swot.agreement import Agreement
from analysis.swot.interval import Interval
from analysis.swot.labels import row_height
from analysis.swot.scoring import Scored
from analysis.swot.tows import Tows
from analysis.swot.weighing import Weighed
from analysis.swot.words import chance, joined, listed, reason, reasons_in
from analysis.swot.words_agreement import (
    RELIABLE,
    TENTATIVE,
    agreement_brief,
    agreement_sentence,
    measures,
)
from analysis.swot.words_weights import (
    checks_table,
    contradiction,
    failing_sentence,
    group_words,
    heaviest,
    scale_text,
    set_words,
    verdicts,
)

Caption = dict[str, Any]
Status = Literal["good", "watch", "bad"]
SURE, LIKELY = 0.8, 0.5
"""Chance of ranking first from which the first is called safe, and likelier than all others."""


@dataclass(frozen=True)
class Headline:
    """The answer of a report.

    Attributes:
        sentence: Which strategy comes first and how sure, whether raters agree, whether a judgment
            contradicts the others.
        status: ``good`` if the first is safe, the raters agree and nothing contradicts itself,
            ``bad`` if it is not even likelier than all others together, else ``watch``.
        numbers: Chance and score of the first, agreement, largest inconsistency.
    """

    sentence: str
    status: Status
    numbers: tuple[Estimate, ...]


def headline(made: Scored, lang: str = "en") -> Headline:
    """What to tell the planner (``lang`` en or zh)."""
    say = translator(lang)
    parts = [_first(made.tows, say, lang) if made.tows else heaviest(made.weighed.frame, say)]
    if made.answers.strategies.empty:
        parts.append(say("No strategies were given, so that none is ranked."))
    if len(made.answers.strategies) == 1:
        parts.append(say("One strategy has no rival: at least two are needed for an order."))
    if made.tows and made.tows.noise is not None:
        parts.append(say("The chance rests on an assumed spread of weights (noise = {sd}), not on "
                         "how raters differ.", sd=formats.fixed(made.tows.noise)))  # fmt: skip
    parts.append(_agree(made, say, lang))
    parts.append(contradiction(made.weighed, lang))
    return Headline(joined(parts, lang), _status(made), tuple(_numbers(made, lang)))


def _first(tows: Tows, say: Translator, lang: str) -> str:
    row = tows.frame.iloc[0]
    if len(tows.level) > 1:
        return say("{strategies} are level.", strategies=listed(tows.level, lang))
    if tows.why:
        return say("{strategy} comes first; how sure is unknown: {why}.",
                   strategy=row["strategy"], why=reason(tows.why, say))  # fmt: skip
    second = tows.frame.iloc[int(tows.frame["p_flip"].fillna(-1.0).argmax())]
    values = {
        "strategy": row["strategy"], "p": chance(row["p_first"], SURE),
        "second": second["strategy"], "flip": chance(second["p_flip"]),
    }  # fmt: skip
    if row["p_first"] >= SURE:
        return say("{strategy} comes first: {p} chance that the average opinion of such people "
                   "puts it there.", **values)  # fmt: skip
    if row["p_first"] >= LIKELY:
        return say("{strategy} comes first, but the chance that the average opinion of such people "
                   "puts it there is only {p}; {second} is ahead of it with {flip}.",
                   **values)  # fmt: skip
    return say("No strategy is safely first: the average opinion of such people puts {strategy} "
               "there with {p} probability, {second} ahead of it with {flip}.",
               **values)  # fmt: skip


def _agree(made: Scored, say: Translator, lang: str) -> str:
    if made.agreement is None:
        return say("Factors were not rated, so that only weights can be compared.")
    return agreement_brief(made.agreement, lang)


def _status(made: Scored) -> Status:
    p = float(made.tows.frame["p_first"].iloc[0]) if made.tows else math.nan
    if p < LIKELY:
        return "bad"
    alpha = made.agreement.alpha if made.agreement else None
    agreed = alpha is not None and not alpha.why and alpha.lo >= TENTATIVE
    fits = made.weighed.failing.empty and made.weighed.unlimited.empty
    level = made.tows is not None and len(made.tows.level) > 1
    return "good" if p >= SURE and agreed and fits and not level else "watch"


def _numbers(made: Scored, lang: str) -> list[Estimate]:
    say = translator(lang)
    numbers = []
    if made.tows is not None:
        row = made.tows.frame.iloc[0]
        why = reason(made.tows.why, say)
        error = formats.fixed(100 * row["mc_error"], 1)
        exact = say("itself a chance; simulation error {error} points", error=error)
        named = say("chance that the average opinion of such people puts {strategy} first",
                    strategy=row["strategy"])  # fmt: skip
        numbers.append(Estimate(
            "p_first", named, float(row["p_first"]), "share", no_interval=why or exact,
        ))  # fmt: skip
        label = say("share of factor weight that {strategy} takes up", strategy=row["strategy"])
        numbers.append(_estimate(
            "score_first", label, "share",
            None if why else Interval(
                float(row["score"]), float(row["lo"]), float(row["hi"]), made.tows.confidence, "",
            ), float(row["score"]), why,
        ))  # fmt: skip
    else:
        frame = made.weighed.frame
        row = frame.iloc[int(frame["weight"].argmax())]
        bounds = Interval(float(row["weight"]), float(row["lo"]), float(row["hi"]),
                          made.weighed.confidence, "") if not row["why"] else None  # fmt: skip
        numbers.append(_estimate(
            "largest_weight", say("weight of {item}", item=row["item"]), "share", bounds,
            float(row["weight"]), reason(row["why"], say),
        ))  # fmt: skip
    if made.agreement is not None:
        alpha = made.agreement.alpha
        numbers.append(_estimate(
            "alpha", say("agreement of the ratings (Krippendorff's alpha)"), "ratio",
            None if alpha.why else alpha, alpha.value, reason(alpha.why, say),
        ))  # fmt: skip
    worst = made.weighed.checks[made.weighed.checks["rater"] != ""].iloc[0]
    numbers.append(Estimate(
        "largest_ratio", say("largest inconsistency of a rater"), float(worst["ratio"]), "ratio",
        no_interval=say("computed from the judgments as given"),
    ))  # fmt: skip
    return numbers


def _estimate(
    name: str, label: str, unit: str, found: Interval | None, value: float, why: str
) -> Estimate:
    if found is None:
        return Estimate(name, label, value, unit, no_interval=why)
    return Estimate(name, label, value, unit, found.lo, found.hi, found.confidence)


def groups_caption(made: Weighed, lang: str = "en") -> Caption:
    """Over :meth:`Weighed.plot_groups`."""
    say = translator(lang)
    row = made.groups.iloc[int(made.groups["weight"].argmax())]
    title = say("{group} weigh most: {weight}", group=group_words(lang)[row["item"]],
                weight=formats.percent(row["weight"], 0))  # fmt: skip
    return {"title": title, "subtitle": _weights_subtitle(made, lang), "size": (8.4, 2.8)}


def weights_caption(made: Weighed, lang: str = "en") -> Caption:
    """Over :meth:`Weighed.plot`."""
    say = translator(lang)
    rows = made.frame.sort_values("weight", ascending=False, kind="stable")
    top = rows.head(3)
    title = say("{first} weighs most; the first {n} of {all} factors carry {share}",
                first=top["item"].iloc[0], n=len(top), all=len(rows),
                share=formats.percent(float(top["weight"].sum()), 0))  # fmt: skip
    labels = [f"S\u00a0·\u00a0{name}" for name in rows["item"]]
    height = 1.4 + row_height(labels, 0.42) * len(rows)
    return {"title": title, "subtitle": _weights_subtitle(made, lang), "size": (8.4, height)}


def _weights_subtitle(made: Weighed, lang: str) -> str:
    say = translator(lang)
    if made.frame["why"].all():
        return say("weight of the panel; no interval: {why}",
                   why=reason(made.frame["why"].iloc[0], say))  # fmt: skip
    return say("weight of the panel with {level} interval over raters",
               level=formats.percent(made.confidence, 0))  # fmt: skip


def weights_table_caption(made: Weighed, lang: str = "en") -> Caption:
    """Over :attr:`Weighed.frame`, largest first."""
    say = translator(lang)
    whys = made.frame["why"].ne("")
    return {
        "title": say("Factors by weight"),
        "labels": {
            "item": say("Factor"), "group": say("Group"), "group_weight": say("Weight of group"),
            "local": say("Weight in group"), "weight": say("Weight"), "lo": say("from"),
            "hi": say("to"), "why": say("Why no interval"),
        },
        "formats": dict.fromkeys(("group_weight", "local", "weight", "lo", "hi"), "percent"),
        "words": {"why": reasons_in(say)},
        "hide": ("lo", "hi") if whys.all() else () if whys.any() else ("why",),
        "show": 20,
    }  # fmt: skip


def checks(made: Weighed) -> pd.DataFrame:
    """Every set of judgments with its ratio, the worst first."""
    return checks_table(made)


def checks_caption(made: Weighed, lang: str = "en") -> Caption:
    """Over :func:`checks`."""
    say = translator(lang)
    labels = {
        "rater": say("Rater"), "set": say("Judgments about"), "missing": say("Not given"),
        "ratio": say("Ratio"), "limit": say("Limit"), "verdict": say("Verdict"),
        "left": say("Ask again"), "right": say("against"), "given": say("Given"),
        "mended": say("Would fit"),
        "after": say("Ratio then"),
    }  # fmt: skip
    hidden = ["Saaty 1980", "Saaty 2005", "Alonso & Lamata 2006"]
    if made.route == "bwm":
        hidden = ["right", "given", "mended", "after"]
        note = say("Input-based consistency ratio of the best–worst method with its published "
                   "limits (Liang, Brunelli & Rezaei 2020).")  # fmt: skip
    else:
        own = made.tested
        others = [name for name in hidden if name != made.index_table]
        said = "; ".join(
            f"{name}: {int((own[name] > own['limit']).sum())}" for name in others if name in own
        )
        note = say("Consistency ratio by the random index of {table}; sets beyond the limit by "
                   "other tables: {others}. A ratio beyond the limit is a warning: the answer "
                   "still uses the judgment. Of three items any of the three could be the odd one.",
                   table=made.index_table, others=said)  # fmt: skip
    rows = checks_table(made)
    if not rows["left"].any():
        hidden += ["left", "right", "given", "mended", "after"]
    groups = group_words(lang)
    return {
        "title": failing_sentence(made, lang).rstrip(".。"),
        "labels": labels,
        "texts": {
            "rater": [rater or say("all, combined") for rater in rows["rater"]],
            "set": [set_words(group, lang) for group in rows["set"]],
            "given": [scale_text(value) for value in rows["given"]],
            "mended": [scale_text(value) for value in rows["mended"]],
            # The groups are compared with each other, too: they have no names but these.
            **{
                side: [groups.get(name, name) or formats.MISSING for name in rows[side]]
                for side in ("left", "right")
            },
        },
        "words": {"verdict": verdicts(say)},
        "status": {"verdict": {"few": "info", "fits": "good", "open": "watch", "again": "watch"}},
        "formats": {**dict.fromkeys(("ratio", "limit", "after"), "fixed3"), "missing": "integer"},
        "hide": tuple(
            dict.fromkeys(hidden if made.checks["missing"].any() else [*hidden, "missing"])
        ),
        "note": note,
        "show": 10,
    }


def agreement_caption(made: Agreement, lang: str = "en") -> Caption:
    """Over :meth:`Agreement.plot`."""
    say = translator(lang)
    subtitle = (
        say("agreement of {raters} raters on {items} factors rated 1 to 4, {level} intervals",
            raters=made.raters, items=made.items, level=formats.percent(made.confidence, 0))
        if made.raters > 1 else say("{items} factors rated 1 to 4 by one rater", items=made.items)
    )  # fmt: skip
    title = agreement_sentence(made, lang).rstrip(".。")
    return {"title": title, "subtitle": subtitle, "size": (8.4, 3.2)}


def agreement_frame(made: Scored) -> pd.DataFrame:
    """Measures of the ratings, and of the order of weights.

    Returns:
        ``about`` (``ratings``, or the set whose weights were ordered; ``SWOT``: the groups),
        ``measure, value, lo, hi, why``.
    """
    parts = []
    if made.agreement is not None:
        parts.append(made.agreement.frame.assign(about="ratings"))
    rows = [
        (name, "W", w.value, w.lo, w.hi, w.why)
        for name, one in made.importance.items()
        for w in (one.w,)
    ]
    parts.append(pd.DataFrame(rows, columns=["about", "measure", "value", "lo", "hi", "why"]))
    frame = pd.concat(parts, ignore_index=True)
    return frame[["about", "measure", "value", "lo", "hi", "why"]]


def agreement_table_caption(made: Scored, lang: str = "en") -> Caption:
    """Over :func:`agreement_frame`."""
    say = translator(lang)
    note = say(
        "Alpha from {reliable} is reliable, from {tentative} good for tentative conclusions. Its "
        "interval held in 91 to 97 % of simulated panels of 3 or 5 raters and 12 or 26 factors "
        "where 95 % was asked for.", reliable=RELIABLE, tentative=TENTATIVE,
    ) if made.agreement is not None else ""  # fmt: skip
    frame = agreement_frame(made)
    sets = {
        name: say("weights: {set}", set=set_words(name, lang))
        for name in frame["about"] if name != "ratings"
    }  # fmt: skip
    return {
        "title": say("Agreement of raters"),
        "labels": {"about": say("On"), "measure": say("Measure"), "value": say("Value"),
                   "lo": say("from"), "hi": say("to"), "why": say("Why no interval")},
        "formats": dict.fromkeys(("value", "lo", "hi"), "fixed2"),
        "words": {
            "about": {"ratings": say("ratings"), **sets}, "measure": measures(say),
            "why": reasons_in(say),
        },
        "hide": () if frame["why"].any() else ("why",),
        "note": note,
    }  # fmt: skip


def weights_frame(made: Weighed) -> pd.DataFrame:
    """Factors with their weights, largest first."""
    return made.frame.sort_values("weight", ascending=False, kind="stable", ignore_index=True)
