"""What stands over the tables and pictures of the judgement; see :mod:`.captions`."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.forecasting.backtest import BacktestResult
from analysis.forecasting.change import ErrorChange
from analysis.forecasting.comparison import Comparison
from analysis.forecasting.target import shortfall
from analysis.forecasting.words import untested
from analysis.forecasting.words_comparison import comparison_title, model_words

Caption = dict[str, Any]


def _measures(levels: tuple[int, ...], say: Translator) -> dict[str, Any]:
    """Labels, formats and hidden columns that tables by part have in common."""
    bounds = [f"{name}{end}" for name in ("bias", *_names(levels)) for end in (" lo", " hi")]
    return {
        "labels": {
            "n": say("Forecasts"), "WAPE": say("WAPE"),
            "WAPE lo": say("95% low"), "WAPE hi": say("95% high"), "bias": say("Bias"),
            **{
                name: say("Inside the {level}% interval", level=level)
                for name, level in zip(_names(levels), levels, strict=True)
            },
            "seasonal-naive WAPE": say("Seasonal naive"),
        },
        "formats": {
            "n": "integer", "bias": "signed",
            **dict.fromkeys(["WAPE", "WAPE lo", "WAPE hi", *_names(levels)], "percent"),
            "seasonal-naive WAPE": "percent",
        },
        "hide": tuple(bounds),
    }  # fmt: skip


def _names(levels: tuple[int, ...]) -> list[str]:
    return [f"coverage {level}" for level in levels]


def thirds_caption(tested: BacktestResult, lang: str = "en") -> Caption:
    """Caption of :func:`analysis.forecasting.thirds_table`."""
    say, frame = translator(lang), tested.by_third()
    shared = _measures(tested.levels, say)
    level = tested.levels[0]
    title = untested(tested, say)
    if len(frame):
        held = frame[f"coverage {level}"]
        title = say(
            "By third of the horizon, the {level}% intervals held {low} to {high} of outcomes",
            level=level, low=formats.percent(float(held.min())),
            high=formats.percent(float(held.max())),
        )  # fmt: skip
    return {
        "title": title,
        "labels": {"steps": say("Periods ahead"), **shared["labels"]},
        "formats": shared["formats"],
        "hide": ("third", "first", "last", *shared["hide"]),
    }


def days_caption(frame: pd.DataFrame, tested: BacktestResult, lang: str = "en") -> Caption:
    """Caption of :func:`analysis.forecasting.days_table`.

    Args:
        frame: That table.
        tested: The backtest.
        lang: ``"en"`` or ``"zh"``.
    """
    say = translator(lang)
    shared = _measures(tested.levels, say)
    wape = frame[frame["event"] == ""].set_index("kind")["WAPE"]
    if not len(wape):
        title = untested(tested, say)
    elif "event" not in wape.index:
        title = say("No event day fell into the test: how events are forecast is not known")
    elif "ordinary" not in wape.index:
        title = say("Every day of the test was an event day")
    else:
        title = say(
            "The error is {event} on event days and {ordinary} on ordinary ones",
            event=formats.percent(float(wape["event"])),
            ordinary=formats.percent(float(wape["ordinary"])),
        )
    return {
        "title": title,
        "labels": {"day": say("Kind of day"), **shared["labels"]},
        "formats": shared["formats"],
        "hide": ("kind", "event", *shared["hide"]),
    }


def target_caption(tested: BacktestResult, target: float, lang: str = "en") -> Caption:
    """Caption of :func:`analysis.forecasting.target_table`."""
    say = translator(lang)
    return {
        "title": shortfall(tested, target).sentence(say) or untested(tested, say),
        "labels": {
            "where": say("Series or step ahead"), "n": say("Forecasts"),
            "accuracy": say("Accuracy"), "short": say("Missing to the target"),
        },
        "formats": {"n": "integer", "accuracy": "percent", "short": "percent"},
        "note": say("As seen in the test; one series or step alone is too few for an interval."),
    }  # fmt: skip


def comparison_caption(made: Comparison, lang: str = "en") -> Caption:
    """Caption of :meth:`Comparison.table`, whose first row is all series together."""
    say = translator(lang)
    reasons = made.panel.reason or made.frame["reason"].ne("").any()
    return {
        "title": say("Each series against {rival}", rival=model_words(made.rival, say)),
        "labels": {
            "unique_id": say("Series"), "WAPE": say("WAPE"),
            "rival WAPE": say("WAPE of {rival}", rival=model_words(made.rival, say)),
            "difference": say("Difference"), "lo": say("95% low"), "hi": say("95% high"),
            "p": "p", "p_holm": say("p for all series (Holm)"), "origins": say("Past dates"),
            "df": say("df"), "reason": say("Not judged because"),
        },
        "formats": {
            **dict.fromkeys(["WAPE", "rival WAPE"], "percent"),
            **dict.fromkeys(["difference", "lo", "hi"], "signed"),
            "p": "p", "p_holm": "p", "origins": "integer", "df": "integer",
        },
        "hide": ("statistic", "overlap", "variance", "df", *(() if reasons else ("reason",))),
        "note": say("{one} {other}", one=made.summary(lang), other=say(
            "The first row is all series together; differences are in shares of sales."
        )),
    }  # fmt: skip


def comparison_figure(made: Comparison, lang: str = "en") -> Caption:
    """Caption of :meth:`Comparison.plot`."""
    say = translator(lang)
    subtitle = say("Difference of errors by past date; line and band are mean and 95% interval")
    return {"title": comparison_title(made, lang), "subtitle": subtitle}


def change_caption(made: ErrorChange, lang: str = "en") -> Caption:
    """Caption of :meth:`ErrorChange.table`."""
    say = translator(lang)
    return {
        "title": made.summary(lang),
        "labels": {
            "meaning": say("Metric"), "before": say("Before"), "after": say("After"),
            "change": say("Change"), "lo": say("95% low"), "hi": say("95% high"),
        },
        "formats": {
            **dict.fromkeys(["before", "after"], "number"),
            **dict.fromkeys(["change", "lo", "hi"], "signed"),
        },
        "hide": ("measure",),
    }  # fmt: skip
