"""What stands over the figures and tables of competitors, city tiers and buyers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.base import formats
from analysis.base.language import translator
from analysis.market.model import is_assumption
from analysis.market.planned.captions_ours import OurCaptions
from analysis.market.planned.tables import mix_rows as mixes_table
from analysis.market.planned.tables import rival_rows as rivals_table
from analysis.market.planned.tables import texts
from analysis.market.planned.tables import tier_rows as tiers_table
from analysis.market.planned.words import listed
from analysis.market.words_inputs import chance_words
from analysis.market.words_shares import largest

Caption = dict[str, Any]


@dataclass(frozen=True)
class PartCaptions(OurCaptions):
    """Captions of all parts; those of a part that is not declared may not be asked for."""

    @property
    def rivals(self) -> Caption:
        """Over the figure of competitors."""
        say, found = translator(self.lang), self.made.rivals
        assert found is not None
        assert self.made.plan.competition is not None
        top = largest(found.frame, "share")
        values = {"name": top["name"], "share": formats.percent(top["share"])}
        title = (
            say("{name} leads with {share}", **values)
            if found.certain and found.lead > 0.95
            else say("{name}: {share}, the largest of those whose sales are known", **values)
            if found.lead > 0.95
            else say("{name}: {share}, the largest of those known with chance {chance}",
                     chance=formats.percent(found.lead, 0), **values)
        )  # fmt: skip
        gains = found.frame[found.frame["share_change"].notna()]
        if len(gains):
            far = gains.iloc[int(np.argmax(gains["share_change"].to_numpy()))]
            if far["share_change"] > 0:
                points = formats.fixed(100 * far["share_change"], 1)
                # A seller without sales may gain more: nobody knows.
                every = found.certain and len(gains) == len(found.frame)
                title = (
                    say("{one}; {name} gains most: {points} points", one=title, name=far["name"],
                        points=points)
                    if every
                    else say("{one}; of them {name} gains most: {points} points", one=title,
                             name=far["name"], points=points)
                )  # fmt: skip
        market = self.made.plan.competition.labels.get(self.lang, "")
        rows = int(found.frame["share"].notna().sum())
        return {
            "title": title,
            "subtitle": say("share of the listed competitors' sales; orange: a year ago, implied")
            if found.listed
            else say("share of {market}; orange: a year ago, implied", market=market),
            "size": (8.4, max(2.4, 1.5 + 0.5 * rows)),
        }  # fmt: skip

    @property
    def rival_rows(self) -> Caption:
        """Over the table of competitors."""
        say, found, plan = translator(self.lang), self.made.rivals, self.made.plan.competition
        assert found is not None
        assert plan is not None
        note = found.summary(self.lang)
        bare = [one for one in plan.rivals if math.isnan(one.lo) and not math.isnan(one.sales)]
        bounds = [one.labels[self.lang] for one in bare if one.comparator != "="]
        if bounds:
            note = say("{one} {other}", one=note, other=say(
                "Stated as a bound or about, taken as it stands: {names}.",
                names=listed(bounds, self.lang)))  # fmt: skip
        ours = self.made.plan.target is not None and self.made.plan.target.unit == found.unit
        ranged = found.frame["share_lo"].notna().any()
        if not ranged:
            note = say("{one} {other}", one=note, other=say(
                "Shares have no interval: sales are stated without a range."))  # fmt: skip
        return {
            "title": say("Competitors, their growth and what a year ago must have been"),
            "texts": texts(rivals_table, self.made, self.lang),
            "labels": {
                "name": say("Competitor"), "stated": say("Stated as"), "sales": say("Sales"),
                "share": say("Market share"), "share_lo": say("Share, 5%"),
                "share_hi": say("Share, 95%"), "growth": say("Growth"),
                "last_year": say("Implied sales a year ago"),
                "last_share": say("Implied share a year ago"),
                "times_ours": say("Times ours"), "source": say("Source"),
            },
            "formats": {
                "sales": "unit", "share": "percent", "share_lo": "percent", "share_hi": "percent",
                "growth": "signed", "last_year": "unit", "last_share": "percent",
                "times_ours": "integer",
            },
            "hide": ("unit", "share_change", *(() if ranged else ("share_lo", "share_hi")),
                     *(() if ours else ("times_ours",))),
            "note": note,
        }  # fmt: skip

    @property
    def tiers(self) -> Caption:
        """Over the figure of city tiers."""
        say, found = translator(self.lang), self.made.tiers
        assert found is not None
        top = largest(found.frame, "largest")
        write = formats.by_unit(found.unit, self.lang)
        return {
            "title": say("{tier}: {p50} still open, the largest with chance {chance}",
                         tier=top["tier"], p50=write(top["p50"]),
                         chance=chance_words(top["largest"])),
            "subtitle": say("open and ours by city tier, P10 to P90, in {unit}",
                            unit=formats.unit_name(found.unit, self.lang)),
            "size": (8.4, max(3.0, 1.4 + 0.85 * len(found.frame))),
        }  # fmt: skip

    @property
    def tier_rows(self) -> Caption:
        """Over the table of city tiers."""
        say, found = translator(self.lang), self.made.tiers
        assert found is not None
        columns = ("p10", "p50", "p90", "ours_p10", "ours_p50", "ours_p90")
        return {
            "title": say("What is open by city tier, and our part of it"),
            "texts": texts(tiers_table, self.made, self.lang), "totals": 1,
            "labels": {
                "tier": say("City tier"), "p10": say("Open, P10"), "p50": say("Open, P50"),
                "p90": say("Open, P90"), "share": say("Share of the mean of all tiers"),
                "ours_p10": say("Ours, P10"), "ours_p50": say("Ours, P50"),
                "ours_p90": say("Ours, P90"), "largest": say("Chance to be the largest"),
                "source": say("Source"),
            },
            "formats": {**dict.fromkeys(columns, "unit"), "share": "percent", "largest": "percent"},
            "hide": ("unit", "mean", "p50_error", "source"), "note": self._tier_note(),
        }  # fmt: skip

    def _tier_note(self) -> str:
        say, found = translator(self.lang), self.made.tiers
        assert found is not None
        assumed = [one.labels[self.lang] for one in self.made.plan.tiers
                   if is_assumption(one.sources)]  # fmt: skip
        if not assumed:
            return found.summary(self.lang)
        names = listed(assumed, self.lang)
        return say("{one} {other}", one=found.summary(self.lang),
                   other=say("Assumptions (illustrative): {names}.", names=names))  # fmt: skip

    @property
    def mix(self) -> Caption:
        """Over the figure of the mix."""
        say, found = translator(self.lang), self.made.mixes
        assert found is not None
        frame = found.frame[~found.frame["rest"]]
        title = say("Who buys")
        far = found.apart
        if far is not None:
            title = say("{group}: {share} of buyers, index {index}", group=far["group"],
                        share=formats.percent(far["share"], 0),
                        index=formats.fixed(far["index"], 0))  # fmt: skip
        elif len(frame):
            top = largest(frame, "share")
            title = say("{group}: {share} of buyers", group=top["group"],
                        share=formats.percent(top["share"], 0))  # fmt: skip
        gaps = frame["dimension"].nunique()
        return {
            "title": title,
            "subtitle": say("open circles: no sample size stated, so no interval"),
            "size": (8.4, 1.5 + 0.38 * min(len(frame), 30) + 0.18 * gaps),
        }  # fmt: skip

    @property
    def mix_rows(self) -> Caption:
        """Over the table of the mix."""
        say, found = translator(self.lang), self.made.mixes
        assert found is not None
        people = found.frame["population"].notna().any()
        judged = (found.frame["standing"] != "").any()
        guessed = [
            one.labels[self.lang]
            for one in self.made.plan.mix
            if is_assumption(one.sources) or is_assumption(one.population_sources)
        ]
        assumed = ""
        if guessed:
            assumed = say("Assumptions (illustrative) among shares or population: {names}.",
                          names=listed(guessed, self.lang))  # fmt: skip
        level = formats.percent(found.confidence, 0)
        return {
            "title": say("Mix of buyers by dimension"),
            "texts": texts(mixes_table, self.made, self.lang),
            "labels": {
                "dimension": say("Dimension"), "group": say("Segment"), "n": say("Observations"),
                "share": say("Share of buyers"), "lo": say("from"), "hi": say("to"),
                "population": say("Share of population"), "index": say("Index (population = 100)"),
                "standing": say("Against the population"), "no_interval": say("Why no interval"),
            },
            "formats": {
                "n": "integer", "share": "percent", "lo": "percent", "hi": "percent",
                "population": "percent", "index": "fixed0",
            },
            "hide": ("rest", "index_lo", "index_hi", "source",
                     *(() if people else ("population", "index")),
                     *(() if judged else ("standing",)),
                     *(() if found.without else ("no_interval",))),
            "note": say("{one} {other}", one=say(
                "{summary} Intervals: Wilson, {level}, each group by itself.",
                summary=found.summary(self.lang), level=level), other=assumed) if assumed
            else say("{summary} Intervals: Wilson, {level}, each group by itself.",
                     summary=found.summary(self.lang), level=level),
        }  # fmt: skip
