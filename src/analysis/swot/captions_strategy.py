"""What stands over matrices and strategies."""

from __future__ import annotations

import pandas as pd

from analysis.base import formats
from analysis.base.language import translator
from analysis.swot.captions import SURE, Caption
from analysis.swot.labels import row_height
from analysis.swot.matrices import Qspm
from analysis.swot.scoring import Scored
from analysis.swot.tows import Tows
from analysis.swot.words import chance, joined, listed, reason, reasons_in
from analysis.swot.words_strategy import (
    ie_sentence,
    nearest_end,
    orphan_words,
    qspm_sentence,
)
from analysis.swot.words_weights import group_words

MOST_TURNS = 8
"""Rows of the figure of turns."""
MOST_NAMED = 6
"""Ratings named in a note."""


def map_caption(made: Scored, lang: str = "en") -> Caption:
    """Over :meth:`InternalExternal.plot`."""
    say = translator(lang)
    assert made.map is not None
    n = len(made.complete)
    subtitle = (
        say("internal and external score, 1 to 4, of {n} raters who rated every factor; grey: each "
            "rater by own weights", n=n)
        if n > 1 else say("internal and external score, 1 to 4, of one rater")
    )  # fmt: skip
    title = ie_sentence(made.map, lang).rstrip(".。")
    return {"title": title, "subtitle": subtitle, "size": (8.4, 5.4)}


def factors_caption(scored: Scored, lang: str = "en") -> Caption:
    """Over :attr:`InternalExternal.frame`; ratings against the textbook's scale are named."""
    say, made = translator(lang), scored.map
    assert made is not None
    scores = [
        say("{side} {score} ({lo} to {hi})", side=side, score=formats.fixed(one.value),
            lo=formats.fixed(one.lo), hi=formats.fixed(one.hi))
        if not one.why else
        say("{side} {score}, no interval: {why}", side=side, score=formats.fixed(one.value),
            why=reason(one.why, say))
        for side, one in (("IFE", made.internal), ("EFE", made.external))
    ]  # fmt: skip
    return {
        "title": say("Factors inside (IFE) and outside (EFE)"),
        "labels": {"factor": say("Factor"), "group": say("Group"),
                   "weight": say("Weight on its side"), "rating": say("Rating, 1 to 4"),
                   "score": say("Score")},
        "formats": {"weight": "percent", "rating": "fixed2", "score": "fixed2"},
        "note": joined([say("; ").join(scores) + ("。" if lang == "zh" else "."),
                        _against(scored, lang)], lang),
        "show": 20,
    }  # fmt: skip


def _against(made: Scored, lang: str) -> str:
    """Strengths rated as weaknesses, and the other way round; empty if there are none."""
    groups, ratings = made.answers.groups, made.answers.ratings
    found = [
        f"{rater} — {name} ({groups[str(name)]}) = {value:g}"
        for rater, row in ratings.iterrows()
        for name, value in row.items()
        if (groups[str(name)] == "S" and value <= 2) or (groups[str(name)] == "W" and value >= 3)
    ]
    if not found:
        return ""
    say = translator(lang)
    return say("Ask again: strengths rate 3 or 4 and weaknesses 1 or 2 in the textbook, but {n} "
               "ratings do not: {which}.", n=len(found),
               which=say("; ").join(found[:MOST_NAMED]) + ("…" if len(found) > MOST_NAMED else "")
               )  # fmt: skip


def tows_caption(made: Tows, lang: str = "en") -> Caption:
    """Over :meth:`Tows.plot`."""
    say, row = translator(lang), made.frame.iloc[0]
    values = {"strategy": row["strategy"], "p": chance(row["p_first"], SURE)}
    if len(made.level) > 1:
        title = say("{strategies} are level", strategies=listed(made.level, lang))
    elif made.why:
        title = say("{strategy} comes first; how sure is unknown: {why}",
                    strategy=row["strategy"], why=reason(made.why, say))  # fmt: skip
    elif row["p_first"] >= SURE:
        title = say("{strategy} comes first: {p} chance that the average opinion of such people "
                    "puts it there", **values)  # fmt: skip
    else:
        title = say("{strategy} leads: {p} chance that the average opinion of such people puts it "
                    "first", **values)  # fmt: skip
    subtitle = say("share of factor weight taken up; at the right: probability of ranking first")
    if made.noise is not None:
        subtitle = say("{what}, under an assumed spread of weights (noise = {sd})", what=subtitle,
                       sd=formats.fixed(made.noise))  # fmt: skip
    return {
        "title": title,
        "subtitle": subtitle,
        "size": (8.4, 1.6 + row_height(made.frame["strategy"], 0.45) * len(made.frame)),
    }


def tows_table_caption(made: Tows, lang: str = "en") -> Caption:
    """Over :attr:`Tows.frame`."""
    say = translator(lang)
    if made.noise is not None:
        source = say("assumed noise of {sd} in the logarithm of a weight",
                     sd=formats.fixed(made.noise))  # fmt: skip
    else:
        source = say("the differences among {n} raters", n=made.raters)
    note = say("Probabilities from {source}; {draws} draws, simulation error at most {error} "
               "points.", source=source, draws=formats.fixed(made.draws, 0),
               error=formats.fixed(100 * float(made.frame["mc_error"].max()), 1))  # fmt: skip
    if made.why:
        note = say("No probabilities: {why}; noise= assumes a spread.", why=reason(made.why, say))
    return {
        "title": say("Strategies by share of factor weight"),
        "labels": {"strategy": say("Strategy"), "kind": say("Kind"), "score": say("Share"),
                   "lo": say("from"), "hi": say("to"), "p_first": say("P(ranks first)"),
                   "p_flip": say("P(ahead of the first)"), "factors": say("Factors taken up")},
        "formats": {**dict.fromkeys(("score", "lo", "hi", "p_first", "p_flip"), "percent"),
                    "factors": "integer"},
        "hide": ("mc_error", "lo", "hi", "p_first", "p_flip") if made.why else ("mc_error",),
        "note": note,
    }  # fmt: skip


def matrix_caption(made: Tows, lang: str = "en") -> Caption:
    """Over :meth:`Tows.matrix_table`."""
    say, named = translator(lang), group_words(lang)
    rows = made.matrix_table()["outside"]
    return {
        "title": say("Strategies in the TOWS matrix"),
        "labels": {"outside": say("Outside"), "use_strength": named["S"],
                   "mend_weakness": named["W"]},
        # A row of the matrix has as many lines as strategies: it is named in the first.
        "texts": {"outside": [
            "" if again else named[group]
            for group, again in zip(rows, rows.duplicated(), strict=True)
        ]},
        "show": 40,
    }  # fmt: skip


def turns_caption(made: Tows, lang: str = "en") -> Caption:
    """Over :meth:`Tows.plot_turns`."""
    say, named = translator(lang), group_words(lang)
    row = made.turns.iloc[0]
    low, values = nearest_end(row)
    if row["what"] == "group":
        values["item"] = named[row["item"]]
    title = (
        say("{other} would lead if {item} weighed less than {there} (now {weight})", **values)
        if low
        else say("{other} would lead if {item} weighed more than {there} (now {weight})", **values)
    )
    subtitle = say("range of one weight in which {strategy} stays first, the others scaled; at its "
                   "end who takes over", strategy=made.first)  # fmt: skip
    rows = made.turns.head(MOST_TURNS)
    heads = row_height(rows["item"], 0.5)
    # Names at the ends stand above or below their row, in smaller letters.
    ends = 0.8 * row_height([*rows["below"], *rows["above"]], 0.0) + 0.3
    return {"title": title, "subtitle": subtitle, "size": (8.4, 1.6 + max(heads, ends) * len(rows))}


def turns_frame(made: Tows) -> pd.DataFrame:
    """Weights at which another strategy takes the lead, the likeliest first."""
    columns = ["what", "item", "weight", "lo", "below", "hi", "above", "p_out"]
    kept = made.turns[columns].copy()
    kept["lo"] = kept["lo"].where(kept["below"] != "")
    kept["hi"] = kept["hi"].where(kept["above"] != "")
    return kept


def turns_table_caption(made: Tows, lang: str = "en") -> Caption:
    """Over :func:`turns_frame`."""
    say, named, rows = translator(lang), group_words(lang), made.turns
    items = [
        named[item] if what == "group" else item
        for what, item in zip(rows["what"], rows["item"], strict=True)
    ]
    return {
        "texts": {"item": items},
        "hide": ("what",),
        "title": say("Weights at which the order turns"),
        "labels": {"item": say("Factor or group"), "weight": say("Weight now"),
                   "lo": say("Below"), "below": say("leads then"), "hi": say("Above"),
                   "above": say("would lead"), "p_out": say("P(beyond)")},
        "formats": dict.fromkeys(("weight", "lo", "hi", "p_out"), "percent"),
        "note": say("P(beyond): chance that this one weight lies beyond its range, the likeliest "
                    "first; blank: nobody takes over on that side."),
        "show": 10,
    }  # fmt: skip


def qspm_caption(made: Qspm, first: str, lang: str = "en") -> Caption:
    """Over :meth:`Qspm.plot`.

    Args:
        made: The matrix.
        first: The strategy that the weights of factors put first; empty if none were ranked.
        lang: Language.
    """
    say = translator(lang)
    title = qspm_sentence(made, lang)
    if first and first != made.frame["strategy"].iloc[0]:
        apart = not made.lead.why and made.lead.lo > 0
        other = (
            say("By factor weight {first} comes first: the two methods disagree.", first=first)
            if apart else say("By factor weight {first} comes first.", first=first)
        )  # fmt: skip
        title = joined([title, other], lang)
    subtitle = say("sum of weight times attractiveness (1 to 4), with interval over raters")
    height = 1.6 + row_height(made.frame["strategy"], 0.45) * len(made.frame)
    return {"title": title.rstrip(".。"), "subtitle": subtitle, "size": (8.4, height)}


def qspm_table_caption(made: Qspm, lang: str = "en") -> Caption:
    """Over :attr:`Qspm.frame`."""
    say = translator(lang)
    whys = made.frame["why"].ne("")
    out = say("Left out, without a score under every factor that others scored: {names}.",
              names=listed(list(made.left_out), lang)) if made.left_out else ""  # fmt: skip
    return {
        "title": say("Strategies by attractiveness"),
        "labels": {"strategy": say("Strategy"), "total": say("Total attractiveness"),
                   "lo": say("from"), "hi": say("to"), "why": say("Why no interval")},
        "formats": dict.fromkeys(("total", "lo", "hi"), "fixed2"),
        "words": {"why": reasons_in(say)},
        "hide": ("lo", "hi") if whys.all() else () if whys.any() else ("why",),
        "note": out,
    }  # fmt: skip


def orphans_caption(made: Scored, lang: str = "en") -> Caption:
    """Over :attr:`Tows.orphans`."""
    say = translator(lang)
    assert made.tows is not None
    n = len(made.tows.orphans)
    bare = [
        words
        for words, named in (
            (say("KPIs of factors"), made.answers.kpis),
            (say("plan lines of strategies"), made.answers.by("line")),
        )
        if not any(named.values())
    ]
    title = (
        say("{n} loose ends: what nobody measures, takes up or plans", n=n)
        if n
        else say("No loose ends among what was checked")
        if bare
        else say("No loose ends: every factor is measured and taken up, every strategy has its "
                 "plan line")
    )  # fmt: skip
    note = say("Not checked, since none is named: {what}.", what=listed(bare, lang)) if bare else ""
    return {
        "title": title,
        "note": note,
        "labels": {"kind": say("What is missing"), "name": say("Name"), "weight": say("Weight")},
        "formats": {"weight": "percent"},
        "words": {"kind": orphan_words(lang)},
        "show": 20,
    }
