"""What stands over rivals and partners."""

from __future__ import annotations

import math

import pandas as pd

from analysis.base import formats
from analysis.base.language import translator
from analysis.stats.intervals import wilson
from analysis.swot.captions import Caption
from analysis.swot.competitors import CompetitorMap
from analysis.swot.daily import DailyWatch, worth
from analysis.swot.labels import row_height
from analysis.swot.partners import PartnerFit
from analysis.swot.words import chance, joined, reasons_in
from analysis.swot.words_market import partner_sentence, scores_table, white_space


def competitors_caption(made: CompetitorMap, lang: str = "en") -> Caption:
    """Over :meth:`CompetitorMap.plot`."""
    say = translator(lang)
    row = made.frame.iloc[int(made.frame["distance"].argmin())]
    title = say("{one} and {other} are most alike", one=row["competitor"], other=row["nearest"])
    shown = say("position by scores, mean over raters with {level} intervals",
                level=formats.percent(made.confidence, 0))  # fmt: skip
    if made.axes is None:
        share = formats.percent(sum(made.explained), 0)
        shown = say("{what}; the map shows {share} of all differences", what=shown, share=share)
    return {"title": title, "subtitle": shown, "size": (8.4, 5.6)}


def competitor_scores(made: CompetitorMap) -> pd.DataFrame:
    """Mean scores, one row a competitor."""
    return scores_table(made)


def competitor_scores_caption(made: CompetitorMap, lang: str = "en") -> Caption:
    """Over :func:`competitor_scores`."""
    say = translator(lang)
    where, mean, who, top = white_space(made)
    title = say(
        "Most room on {where}: {mean} on average, best {who} with {top}",
        where=where, mean=formats.fixed(mean, 1), who=who, top=formats.fixed(top, 1),
    )  # fmt: skip
    return {
        "title": title,
        "labels": {"competitor": say("Competitor"), "nearest": say("Nearest rival"),
                   "distance": say("Distance")},
        "formats": dict.fromkeys((*made.matrix.columns, "distance"), "fixed2"),
        "note": say("Scores from 1 to 5, mean over raters; distance in standard deviations over "
                    "all attributes."),
    }  # fmt: skip


def watch_caption(made: DailyWatch, lang: str = "en") -> Caption:
    """Over :meth:`DailyWatch.plot`."""
    say = translator(lang)
    subtitle = say("mean price of each rival's SKUs against the usual one, day by day")
    return {"title": made.summary(lang).rstrip(".。"), "subtitle": subtitle}


def exposed(made: DailyWatch, elasticity: float = 0.0) -> pd.DataFrame:
    """Articles beyond the mark, the largest change first.

    Args:
        made: The watch.
        elasticity: Cross-price elasticity of our demand; 0 if nobody said.
    """
    frame = made.table()
    if elasticity:
        frame["volume"] = [worth(change, elasticity) for change in frame["change"]]
    return frame


def exposed_caption(made: DailyWatch, lang: str = "en") -> Caption:
    """Over :func:`exposed`."""
    say = translator(lang)
    mark = formats.percent(made.watch.price_mark, 0)
    title = say("{n} of {all} SKUs changed by more than {mark}", n=len(made.watch.exposed),
                all=int(made.watch.prices["skus"].sum()), mark=mark)  # fmt: skip
    note = say("Prices are read, not sampled: a single change has no interval. Usual price: median "
               "of the days before the latest ones.")  # fmt: skip
    if made.left_out:
        note = joined([note, say("Left out, without a price before or after: {names}.",
                                 names=", ".join(made.left_out))], lang)  # fmt: skip
    return {
        "title": title,
        "labels": {"rival": say("Rival"), "sku": say("SKU"), "before": say("Usual price"),
                   "after": say("Price now"), "change": say("Change"), "since": say("Since"),
                   "volume": say("Effect on our volume")},
        "formats": {"before": "fixed2", "after": "fixed2", "change": "signed", "since": "date",
                    "volume": "signed"},
        "note": note,
    }  # fmt: skip


def reviews_caption(made: DailyWatch, lang: str = "en") -> Caption:
    """Over :meth:`DailyWatch.reviews_table`."""
    say, rows = translator(lang), made.watch.reviews
    worse = rows.loc[rows["alert"].astype(bool), "rival"].tolist()
    comma = "、" if lang == "zh" else ", "
    title = (
        say("Reviews turned worse: {who}.", who=comma.join(worse))
        if worse else say("No rival's reviews turned worse beyond chance.")
    )  # fmt: skip
    return {
        "title": title.rstrip(".。"),
        "labels": {"rival": say("Rival"), "before": say("Negative before"),
                   "after": say("Negative lately"), "change": say("Difference, points"),
                   "lo": say("from"), "hi": say("to"), "why": say("Why no interval"),
                   "verdict": say("Verdict")},
        "formats": {**dict.fromkeys(("before", "after"), "percent"),
                    **dict.fromkeys(("change", "lo", "hi"), "fixed1")},
        "words": {"why": reasons_in(say),
                  "verdict": {"worse": say("worse"), "no alert": say("no alert")}},
        "status": {"verdict": {"worse": "bad", "no alert": "good"}},
        "hide": () if rows["why"].any() else ("why",),
        "note": say("Alert: the whole interval of the difference is above 0 and the share rose by "
                    "more than {mark} of itself.",
                    mark=formats.percent(made.watch.review_mark, 0)),
    }  # fmt: skip


def partners_caption(made: PartnerFit, lang: str = "en") -> Caption:
    """Over :meth:`PartnerFit.plot`."""
    say = translator(lang)
    subtitle = say(
        "weighted score from 1 to 5 with interval over raters; at the right: probability of being "
        "the best"
    )
    height = 1.6 + row_height(made.frame["partner"], 0.45) * len(made.frame)
    title = partner_sentence(made, lang).rstrip(".。")
    return {"title": title, "subtitle": subtitle, "size": (8.4, height)}


def partners_frame(made: PartnerFit, overlap: pd.DataFrame) -> pd.DataFrame:
    """Partners by fit, and users shared with each.

    Args:
        made: Scores.
        overlap: ``partner, users, shared``; no rows where nobody was asked.
    """
    if overlap.empty:
        return made.frame
    users, shared = (overlap[name].astype(float).to_numpy() for name in ("users", "shared"))
    low, high = wilson(shared, users)
    asked = pd.DataFrame({"partner": overlap["partner"], "overlap": shared / users,
                          "overlap_lo": low, "overlap_hi": high})  # fmt: skip
    return made.frame.merge(asked, on="partner", how="left")


def partners_table_caption(made: PartnerFit, lang: str = "en") -> Caption:
    """Over :func:`partners_frame`."""
    say = translator(lang)
    weights = say("; ").join(
        f"{name} {formats.percent(weight, 0)}" for name, weight in made.weights.items()
    )
    best = made.frame["partner"].iloc[0]
    p = made.frame["p_best"].iloc[0]
    title = say("Shortlist of partners") if math.isnan(p) else say(
        "Shortlist: {name} first, with probability {p}", name=best, p=chance(p))  # fmt: skip
    whys, unsure = made.frame["why"].ne(""), bool(made.frame["p_best"].isna().all())
    hidden = ("lo", "hi") if whys.all() else () if whys.any() else ("why",)
    return {
        "title": title,
        "labels": {"partner": say("Partner"), "score": say("Fit"), "lo": say("from"),
                   "hi": say("to"), "p_best": say("P(best)"), "overlap": say("Users shared"),
                   "overlap_lo": say("shared, from"), "overlap_hi": say("shared, to"),
                   "why": say("Why no interval")},
        "formats": {"score": "fixed2", "lo": "fixed2", "hi": "fixed2", "p_best": "percent",
                    **dict.fromkeys(("overlap", "overlap_lo", "overlap_hi"), "percent")},
        "words": {"why": reasons_in(say)},
        "hide": (*hidden, "p_best") if unsure else hidden,
        "note": say("Weights: {weights}. Users shared: Wilson's 95% interval of those asked.",
                    weights=weights),
    }  # fmt: skip
