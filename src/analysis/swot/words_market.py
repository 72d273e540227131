"""Rivals and partners in words and tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import translator
from analysis.swot.interval import TWO_RATERS
from analysis.swot.words import chance, joined, reason, shown

if TYPE_CHECKING:
    from analysis.swot.competitors import CompetitorMap
    from analysis.swot.daily import DailyWatch
    from analysis.swot.partners import PartnerFit
    from analysis.swot.watch import Watch


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
    return joined(parts, lang)


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
    if math.isnan(row["p_best"]):
        return say("{name} fits best ({score}); how sure is unknown: {why}.", name=row["partner"],
                   score=score, why=reason(TWO_RATERS, say))  # fmt: skip
    return say("{name} fits best ({score}): the average opinion of such people puts it first with "
               "probability {p}.", name=row["partner"], score=score,
               p=chance(row["p_best"]))  # fmt: skip


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
    return joined(parts, lang)


def exposed_table(result: DailyWatch) -> pd.DataFrame:
    """SKUs beyond the mark, the largest change first."""
    rows = result.watch.exposed
    order = rows["change"].abs().sort_values(ascending=False, kind="stable").index
    return rows.loc[order].reset_index(drop=True)


def reviews_table(result: Watch) -> pd.DataFrame:
    """Shares of negative reviews before and after.

    Returns:
        ``rival, before, after, change, lo, hi`` (percentage points), ``why, verdict`` (``worse`` or
        ``no alert``).
    """
    rows = result.reviews
    # A difference of shares is told in percentage points.
    points = {name: 100 * rows[name].astype(float) for name in ("change", "lo", "hi")}
    frame = rows.assign(**points)
    frame["alert"] = ["worse" if alert else "no alert" for alert in rows["alert"]]
    frame = frame.astype({"alert": "str"})
    return frame.rename(columns={"alert": "verdict"})


def scores_table(result: CompetitorMap) -> pd.DataFrame:
    """Mean scores, one row a competitor."""
    frame = result.matrix.rename_axis("competitor").reset_index()
    return frame.assign(nearest=result.frame["nearest"], distance=result.frame["distance"])


def white_space(result: CompetitorMap) -> tuple[str, float, str, float]:
    """The attribute of the lowest mean score: its name, that mean, who is best on it, and how."""
    mean = result.matrix.mean(axis=0)
    where = str(mean.idxmin())
    own = result.matrix[where]
    return where, float(mean[where]), str(own.idxmax()), float(own.max())
