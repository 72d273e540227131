"""Weights and consistency in words and tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.swot.words import joined, shown

if TYPE_CHECKING:
    from analysis.swot.ahp import Inconsistency, Priorities
    from analysis.swot.bwm import BestWorst
    from analysis.swot.group import Awot, GroupPriorities
    from analysis.swot.weighing import Weighed


WHOLE = 0.01
"""Relative gap below which a judgment is the whole number beside it: a third is given as 0.333."""


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
    """Write a judgment as on Saaty's scale: 3, 1/3 (given as 0.333 too), else with one decimal.

    >>> scale_value(3.0), scale_value(0.333), scale_value(2.46), scale_value(0.9999)
    ('3', '1/3', '2.5', '1')
    """
    turned = 1 / value if value < 1 else value
    whole = abs(turned / round(turned) - 1) < WHOLE
    text = formats.fixed(turned, 0 if whole else 1)
    return text if value >= 1 or text == "1" else f"1/{text}"


def heaviest(frame: pd.DataFrame, say: Translator) -> str:
    """The item of the largest weight, with its interval."""
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
    parts = [heaviest(result.frame, say)]
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
    return joined(parts, lang)


def group_sentence(result: GroupPriorities, lang: str) -> str:
    """The heaviest item, and raters who contradict themselves."""
    say = translator(lang)
    parts = [heaviest(result.frame, say)]
    values = {"cr": formats.fixed(result.group.cr, 3), "table": result.group.index_table}
    parts.append(say("Consistency ratio {cr} (random index: {table}).", **values))
    for rater in result.inconsistent:
        one = result.raters[rater]
        cr = formats.fixed(one.cr, 3)
        parts.append(say("Warning: rater {rater} has {cr}.", rater=rater, cr=cr))
        if one.worst is not None:
            parts.append(_mend(one.worst, say))
    return joined(parts, lang)


def awot_sentence(result: Awot, lang: str) -> str:
    """The heaviest group and factor, and contradictions."""
    say = translator(lang)
    top = result.top.frame.iloc[int(result.top.frame["weight"].argmax())]
    parts = [
        say("Group {group} weighs {weight}.", group=top["item"],
            weight=formats.percent(top["weight"])),
        heaviest(result.frame, say),
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
    return joined(parts, lang)


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
    return joined([heaviest(result.frame, say), last], lang)


def group_words(lang: str) -> dict[str, str]:
    """Group → its name."""
    say = translator(lang)
    return {
        "S": say("Strengths (S)"), "W": say("Weaknesses (W)"),
        "O": say("Opportunities (O)"), "T": say("Threats (T)"),
    }  # fmt: skip


def pair_words(pair: str, lang: str) -> str:
    """Both sides of a judgment as they stand on a questionnaire."""
    say, named = translator(lang), group_words(lang)
    left, between, right = pair.partition("|")
    if not between:
        return named.get(left, left)
    return say("{left} : {right}", left=named.get(left, left), right=named.get(right, right))


def failing_sentence(result: Weighed, lang: str, *, most: int = 1) -> str:
    """How many sets contradict themselves, and the judgments to look at again."""
    say, rows = translator(lang), result.failing
    own, open_ = result.tested, len(result.unlimited)
    unsaid = say("{n} sets contradict themselves by a measure for which no limit is published.",
                 n=open_) if open_ else ""  # fmt: skip
    if own.empty:
        return say("No set has three items: nothing could contradict itself.")
    if rows.empty:
        checked = len(own) - open_
        fits = (
            say("No set of judgments contradicts itself ({n} checked).", n=checked)
            if checked else ""
        )  # fmt: skip
        return joined([fits, unsaid], lang)
    parts = [
        say("{n} of {all} sets of judgments contradict themselves.", n=len(rows), all=len(own))
    ]
    for row in rows.head(most).to_dict("records"):
        values = {
            "rater": row["rater"], "set": set_words(row["group"], lang),
            "pair": pair_words(row["pair"], lang), "value": _scale(row["value"]),
            "mended": _scale(row["mended"]), "after": formats.fixed(row["after"]),
        }  # fmt: skip
        if math.isnan(row["value"]):
            parts.append(say("Ask {rater} again, in {set}: {pair}.", **values))
        else:
            parts.append(
                say("Ask {rater} again, in {set}: {pair} = {value}; {mended} would bring the ratio "
                    "to {after}.", **values)
            )  # fmt: skip
    return joined([*parts, unsaid], lang)


def contradiction(result: Weighed, lang: str) -> str:
    """Whether a rater contradicts himself, in a line."""
    say, rows = translator(lang), result.failing
    if rows.empty:
        n = len(result.unlimited)
        if n:
            return say("{n} sets contradict themselves by a measure for which no limit is "
                       "published.", n=n)  # fmt: skip
        if result.tested.empty:
            return say("No set has three items: nothing could contradict itself.")
        return say("No judgment contradicts the others beyond the limit.")
    row = rows.iloc[0]
    return say("{n} of {all} sets of judgments contradict themselves, most of all one by {rater}.",
               n=len(rows), all=len(result.tested), rater=row["rater"])  # fmt: skip


def set_words(group: str, lang: str) -> str:
    """Name of a set of judgments."""
    say = translator(lang)
    return group_words(lang).get(group) or say("the groups")


def weighed_sentence(result: Weighed, lang: str) -> str:
    """The heaviest group and factor, and which judgments contradict themselves."""
    say = translator(lang)
    top = result.groups.iloc[int(result.groups["weight"].argmax())]
    parts = [
        say("{group} weigh most among the groups, {weight}.", group=group_words(lang)[top["item"]],
            weight=formats.percent(top["weight"])),
        heaviest(result.frame, say),
        failing_sentence(result, lang),
    ]  # fmt: skip
    return joined(parts, lang)


def checks_table(result: Weighed) -> pd.DataFrame:
    """Every set of judgments with its ratio, the worst first.

    Returns:
        ``rater`` (empty: the panel's combined judgments), ``set`` (``SWOT``: the groups),
        ``missing, ratio, limit, verdict`` (keys of :func:`verdicts`), ``left, right`` (the judgment
        to ask for again; empty where none is), ``given, mended`` (how many times as much left
        counts), ``after`` and the ratio by each random-index table.
    """
    rows = result.checks
    pairs = rows["pair"].str.partition("|")
    frame = pd.DataFrame(
        {
            "rater": rows["rater"],
            "set": rows["group"],
            "missing": rows["missing"],
            "ratio": rows["ratio"],
            "limit": rows["limit"],
            "verdict": [
                "few" if n < 3 else "fits" if ok else "open" if math.isnan(limit) else "again"
                for n, ok, limit in zip(rows["items"], rows["passes"], rows["limit"], strict=True)
            ],
            "left": pairs[0],
            "right": pairs[2],
            "given": rows["value"],
            "mended": rows["mended"],
            "after": rows["after"],
        }
    )
    # Judgments that fit need no mending, and the panel's means are nobody's to ask for again.
    blank = (rows["passes"] | (rows["rater"] == "") | (rows["items"] < 3)).to_numpy()
    for name in ("left", "right"):
        frame[name] = frame[name].mask(blank, "")
    for name in ("given", "mended", "after"):
        frame[name] = frame[name].mask(blank)
    for name in ("Saaty 1980", "Saaty 2005", "Alonso & Lamata 2006"):
        if name in rows:
            frame[name] = rows[name]
    return frame.astype(dict.fromkeys(("rater", "set", "verdict", "left", "right"), "str"))


def verdicts(say: Translator) -> dict[str, str]:
    """Verdict on a set of judgments as files have it → in the reader's language."""
    return {
        "few": say("too few items"), "fits": say("fits"), "open": say("no published limit"),
        "again": say("look again"),
    }  # fmt: skip


def scale_text(value: float) -> str:
    """A judgment as :func:`scale_value` writes it; a dash where there is none."""
    return formats.MISSING if math.isnan(value) else scale_value(value)


def _scale(value: float) -> str:
    return "" if math.isnan(value) else scale_value(value)
