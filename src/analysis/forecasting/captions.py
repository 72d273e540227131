"""What stands over the pictures and tables of the report: the finding, then what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.forecasting.backtest import BacktestResult
from analysis.forecasting.forecast import ForecastResult
from analysis.forecasting.outcome import Outcome
from analysis.forecasting.plots import filled
from analysis.forecasting.tables import plan_table
from analysis.forecasting.words import horizon_words, untested, with_unit

Caption = dict[str, Any]


@dataclass(frozen=True)
class Captions:
    """Titles, labels and formats of a report, ready to hand to ``report.figure`` and ``.table``.

    Attributes:
        fan: Of the forecast's picture.
        error: Of the picture of error by horizon.
        series: Of the plan per series.
        accuracy: Of the backtest's metrics.
        remarks: Of the remarks on the data.
        forecast: Of the forecast by series and date.
        lang: Language.
        unit: Unit of the quantity forecast; empty if unknown.
        level: The narrower interval, in percent.
    """

    fan: Caption
    error: Caption
    series: Caption
    accuracy: Caption
    remarks: Caption
    forecast: Caption
    lang: str
    unit: str
    level: int

    def outcome(self, came: Outcome) -> Caption:
        """Return the caption of what came, with its finding."""
        say = translator(self.lang)
        return {
            "title": came.summary(self.lang),
            "labels": {
                "unique_id": say("Series"),
                "actual": with_unit(say("What came"), self.unit, self.lang),
                "forecast": with_unit(say("Forecast"), self.unit, self.lang),
                "difference": say("Difference"),
                "wape": say("WAPE"),
                "inside": say("Inside the {level}% interval", level=self.level),
            },
            "formats": {
                **dict.fromkeys(["actual", "forecast"], quantity(came.frame["y"])),
                "difference": "signed", "wape": "percent", "inside": "percent",
            },
            "note": say("Nothing of what came was used for the forecast."),
        }  # fmt: skip


def captions(
    result: ForecastResult, tested: BacktestResult, *, unit: str, lang: str = "en"
) -> Captions:
    """Find what each picture and table says.

    Args:
        result: The forecast.
        tested: Its backtest.
        unit: Unit of ``y``; empty if unknown.
        lang: ``"en"`` or ``"zh"``.
    """
    say = translator(lang)
    return Captions(
        fan=_fan(result, unit, lang, say),
        error=_error(result, tested, say),
        series=_series(result, tested, unit, lang),
        accuracy=_accuracy(tested, lang, say),
        remarks={
            "title": say("Remarks on the data"),
            "labels": {"series": say("Series"), "remark": say("Remark")},
        },
        forecast=_forecast(result, unit, lang),
        lang=lang,
        unit=unit,
        level=result.levels[0],
    )


def _levels(result: ForecastResult) -> str:
    return " / ".join(f"{level}%" for level in result.levels)


def _fan(result: ForecastResult, unit: str, lang: str, say: Translator) -> Caption:
    period = horizon_words(result, say)
    total = float(result.totals()["mean"].iloc[0])
    before = _before(result)
    title = say(
        "{value} over the next {steps} {period}",
        value=formats.by_unit(unit, lang)(total),
        steps=result.horizon,
        period=period,
    )
    if before > 0:
        change = formats.signed_percent(total / before - 1)
        title = say(
            "{title}: {change} against the {steps} {period} before",
            title=title,
            change=change,
            steps=result.horizon,
            period=period,
        )
    drawn = say(
        "Sum of {count} series; bands are {levels} intervals",
        count=len(result.current),
        levels=_levels(result),
    )
    if not result.aligned:
        day = formats.date(pd.Timestamp(result.ends.max()), lang)
        drawn = say("{drawn}; only series known up to {day}", drawn=drawn, day=day)
    return {"title": title, "subtitle": with_unit(drawn, unit, lang)}


def _before(result: ForecastResult) -> float:
    """Sum of as many periods before; 0 where a series has not that many to compare with."""
    known = [path.series.y for path in result.paths]
    if not result.aligned or min(map(len, known)) < result.horizon:
        return 0.0
    return float(sum(filled(y)[-result.horizon :].sum() for y in known))


def _error(result: ForecastResult, tested: BacktestResult, say: Translator) -> Caption:
    subtitle = say(
        "Absolute error as a share of what came (WAPE), by periods ahead; "
        "bands: 95% intervals by third"
    )
    if "WAPE" not in tested.figures():
        return {"title": untested(tested, say), "subtitle": subtitle}
    frame = tested.by_horizon()
    own = frame[frame["model"] == tested.model]["WAPE"].dropna().to_numpy()
    third = len(own) // 3
    if third == 0:
        return {"title": say("Error by periods ahead"), "subtitle": subtitle}
    title = say(
        "The error is {near} in the first third of the horizon and {far} in the last",
        near=formats.percent(float(own[:third].mean())),
        far=formats.percent(float(own[-third:].mean())),
    )
    return {"title": title, "subtitle": subtitle}


def _series(result: ForecastResult, tested: BacktestResult, unit: str, lang: str) -> Caption:
    say = translator(lang)
    plan = plan_table(result, tested)
    half = int(np.searchsorted(plan["share"].cumsum().to_numpy(), 0.5)) + 1
    intervals = _interval_labels(result, say)
    title = say(
        "{half} of {count} series bring half of the total",
        half=min(half, len(plan)), count=len(plan),
    )  # fmt: skip
    # Shares of a total say something only where nothing is taken off it.
    shared = bool((plan["mean"] >= 0).all()) and bool(plan["share"].notna().all())
    return {
        "title": title if shared else say("Each series, the largest first"),
        "labels": {
            "unique_id": say("Series"), "mean": with_unit(say("Plan"), unit, lang), **intervals,
            "share": say("Share"), "WAPE": say("Past error (WAPE)"),
            "seasonal-naive WAPE": say("Seasonal naive"),
        },
        "formats": {
            **dict.fromkeys(["mean", *intervals], quantity(plan["mean"])),
            **dict.fromkeys(["share", "WAPE", "seasonal-naive WAPE"], "percent"),
        },
        "bars": ("share",) if shared else (),
        "hide": () if shared else ("share",),
    }  # fmt: skip


def _interval_labels(result: ForecastResult, say: Translator) -> dict[str, str]:
    return {
        f"{end}-{level}": say("{level}% {end}", level=level, end=word)
        for level in result.levels
        for end, word in (("lo", say("low")), ("hi", say("high")))
    }


def quantity(values: pd.Series) -> str:
    """Whole numbers where the quantities are large, else about three digits."""
    return "integer" if float(values.abs().median()) >= 100 else "number"


def _accuracy(tested: BacktestResult, lang: str, say: Translator) -> Caption:
    return {
        "title": tested.summary(lang),
        "labels": {
            "meaning": say("Metric"), "value": say("Value"),
            "lo": say("95% low"), "hi": say("95% high"),
        },
        "formats": {"value": "unit", "lo": "unit", "hi": "unit"},
        "hide": ("metric", "unit"),
    }  # fmt: skip


def _forecast(result: ForecastResult, unit: str, lang: str) -> Caption:
    say = translator(lang)
    bounds = [f"{end}-{level}" for level in result.levels for end in ("lo", "hi")]
    style = quantity(pd.Series(result.mean.ravel()))
    return {
        "title": say("Forecast by series and date"),
        "labels": {
            "unique_id": say("Series"), "ds": say("Date"),
            "mean": with_unit(say("Forecast"), unit, lang), "model": say("Model"),
            **_interval_labels(result, say),
        },
        "formats": dict.fromkeys(["mean", *bounds], style),
        "words": {"model": {"auto": say("automatic")}},
    }  # fmt: skip
