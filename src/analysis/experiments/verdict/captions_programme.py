"""What stands over the figure and the table of all tests judged together."""

from __future__ import annotations

from typing import Any

from analysis.base import formats
from analysis.base.language import translator
from analysis.experiments.programme import Programme
from analysis.experiments.verdict.many import Judgements

Caption = dict[str, Any]


def programme_captions(made: Judgements, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure of the programme and the table of its gains."""
    say = translator(lang)
    programme = made.programme
    title = say("One test alone is no programme")
    if programme:
        title = say("{found} of {all} effects are discoveries, {false} of them expected by chance",
                    found=programme.discoveries, all=programme.hypotheses,
                    false=formats.fixed(programme.expected_false, 1))  # fmt: skip
    chart = {
        "title": title,
        "subtitle": say("Lifts as measured (open) and corrected for having been chosen (filled)"),
        "size": (8.4, _height(programme)),
    }
    level = f"{100 * programme.confidence:g}" if programme else ""
    low, high = (say("{level}% {end}", level=level, end=end) for end in (say("low"), say("high")))
    words = {
        "title": say("What the winners are worth"),
        "labels": {
            "metric": say("Metric"), "comparisons": say("Comparisons"), "winners": say("Winners"),
            "sum_measured": say("Sum of lifts, measured"),
            "sum_corrected": say("Sum of lifts, corrected"), "sum_lo": low, "sum_hi": high,
            "wrong_sign": say("Winners with the wrong sign, expected"),
        },
        "formats": {
            **dict.fromkeys(("sum_measured", "sum_corrected", "sum_lo", "sum_hi"), "signed"),
            "wrong_sign": "fixed2",
        },
        "hide": (
            "true_mean", "true_scale", "true_df",
            *(() if programme and programme.metrics[0].metric else ("metric",)),
        ),
        "note": say(
            "Winners were chosen because they came out high: corrected for that, they are worth "
            "less."
        ),
    }  # fmt: skip
    return chart, words


def _height(programme: Programme | None) -> float:
    """Inches of the figure: a line for each comparison, up to those of the view of many."""
    return min(1.8 + 0.55 * len(programme.frame), 5.2) if programme else 2.4
