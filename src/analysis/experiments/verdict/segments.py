"""The test shown in detail, segment by segment: who should get which offer."""

from __future__ import annotations

from typing import Any

from analysis.base.language import translator
from analysis.experiments.arms import Arms
from analysis.experiments.targeting import Targeting, targeting
from analysis.experiments.verdict.judging import Judged
from analysis.experiments.verdict.running import latest

Caption = dict[str, Any]


def offers(arms: Arms, test: Judged) -> Targeting | None:
    """Offers by segment on the metric that decides; None without segments to tell apart.

    Args:
        arms: The tests.
        test: One of them.
    """
    own = latest(arms.where(test=test.name) if test.name else arms)
    if "stratum" not in own.parts or test.metric.kind == "ratio":
        return None
    there = own.parts.groupby("stratum")["variant"].nunique()
    if (there == len(own.names)).sum() < 2:
        return None
    better = test.settings.sign(test.metric.name) > 0
    return targeting(
        own, test.metric.name, larger_is_better=better, confidence=test.settings.confidence
    )


def offers_captions(made: Targeting | None, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of offers by segment."""
    say = translator(lang)
    if made is None:
        return {}, {}
    title = say("One offer for all: segments do not differ by more than chance")
    if made.worth_it:
        title = say("Segments differ: the best offer is not the same for all")
    rows = min(len(made.frame), 24)
    chart = {
        "title": title,
        "subtitle": say("{metric}: as measured (open) and shrunk to the common effect (filled)",
                        metric=made.metric),
        "size": (8.4, max(2.6, 1.2 + 0.42 * rows)),
    }  # fmt: skip
    points = made.unit == "share"
    level = f"{100 * made.confidence:g}"
    low, high = (say("{level}% {end}", level=level, end=end) for end in (say("low"), say("high")))
    table = {
        "title": say("Who should get which offer"),
        "note": made.summary(lang),
        "labels": {
            "segment": say("Segment"), "share": say("Share"), "arm": say("Arm"),
            "difference": say("Difference, pp") if points else say("Difference"),
            "difference_lo": low, "difference_hi": high,
            "corrected": say("Corrected, pp") if points else say("Corrected"),
            "corrected_lo": low, "corrected_hi": high, "offer": say("Offer"),
        },
        "formats": {
            "share": "percent",
            **{f"{name}{end}": "points" if points else "number"
               for name in ("difference", "corrected") for end in ("", "_lo", "_hi")},
        },
        "show": 24,
    }  # fmt: skip
    return chart, table
