"""What a report says of overrides: verdict, tables and captions with the plan in them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.base import formats
from analysis.base.estimate import Estimate
from analysis.base.language import translator
from analysis.forecasting.captions import Caption, quantity
from analysis.forecasting.overrides.plan import Plan
from analysis.forecasting.overrides.value import ENOUGH, LEAST, OverrideValue
from analysis.forecasting.overrides.words import effect_sentence, group_words, outside_sentence
from analysis.forecasting.planning.section import Section, absent
from analysis.forecasting.verdict import Verdict
from analysis.forecasting.words import horizon_words, with_unit


def with_plan(told: Verdict, plan: Plan, *, unit: str, lang: str = "en") -> Verdict:
    """The verdict with the plan that overrides make of the forecast; as it is without any.

    Args:
        told: The verdict on the statistical forecast.
        plan: The plan.
        unit: Unit of ``y``; empty if unknown.
        lang: ``"en"`` or ``"zh"``.
    """
    if not plan.overridden:
        return told
    say, write = translator(lang), formats.by_unit(unit, lang)
    final = float(plan.final.sum())
    lead = say(
        "Plan for {value} over the next {steps} {period}, {change} against the statistical "
        "forecast (overrides: {count}).",
        value=write(final), steps=plan.forecast.horizon, period=horizon_words(plan.forecast, say),
        change=formats.signed_percent(plan.change), count=len(plan.decisions),
    )  # fmt: skip
    if warned := outside_sentence(plan, say):
        lead = say("{one} {other}", one=lead, other=warned)
    base = say("Without overrides: {told}", told=told.sentence)
    total = Estimate(
        "plan_total", say("Plan with overrides"), final, unit,
        no_interval=say("decided by planners; the interval is the statistical forecast's"),
    )  # fmt: skip
    sentence = say("{one} {other}", one=lead, other=base)
    return Verdict(sentence, told.status, (total, *told.numbers))


def fan_caption(caption: Caption, plan: Plan, *, unit: str, lang: str = "en") -> Caption:
    """The caption of the forecast's picture, with the effect of overrides if there are any."""
    if not plan.overridden:
        return caption
    say = translator(lang)
    drawn = say("{drawn}; dots: dates that overrides change", drawn=caption["subtitle"])
    return {**caption, "title": effect_sentence(plan, unit, lang), "subtitle": drawn}


def series_table(rows: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """The plan per series with its overrides in column ``final``; as it is without any."""
    if not plan.overridden:
        return rows
    final = plan.frame.groupby("unique_id")["final"].sum()
    out = rows.copy()
    out.insert(1, "final", out["unique_id"].map(final).astype("float64"))
    return out


def series_caption(caption: Caption, plan: Plan, *, unit: str, lang: str = "en") -> Caption:
    """The caption of the plan per series, the forecast called what it is beside a plan."""
    if not plan.overridden:
        return caption
    say, style = translator(lang), caption["formats"]["mean"]
    labels = {
        "final": with_unit(say("Plan"), unit, lang),
        "mean": with_unit(say("Statistical forecast"), unit, lang),
    }
    return {
        **caption,
        "labels": caption["labels"] | labels,
        "formats": caption["formats"] | {"final": style},
    }


def decisions_caption(plan: Plan, *, unit: str, lang: str = "en") -> Caption:
    """Of the overrides that were applied."""
    say, level = translator(lang), plan.forecast.levels[-1]
    style = quantity(plan.decisions["override"])
    return {
        "title": say("Overrides applied, beside the forecasts that they replace"),
        "labels": {
            "unique_id": say("Series"), "level": say("Of"), "first": say("From"),
            "last": say("To"), "mean": with_unit(say("Statistical forecast"), unit, lang),
            "lo": say("{level}% {end}", level=level, end=say("low")),
            "hi": say("{level}% {end}", level=level, end=say("high")),
            "override": say("Override"), "change": say("Change"),
            "outside": say("Outside the {level}% interval", level=level),
            "reason": say("Reason"), "by": say("Decided by"),
        },
        "formats": {**dict.fromkeys(["mean", "lo", "hi", "override"], style), "change": "signed",
                    "first": "date", "last": "date"},
        "words": {"level": _levels(lang), "outside": {"True": say("yes"), "False": ""}},
        "hide": ("lo", "hi"),
    }  # fmt: skip


def plan_caption(plan: Plan, *, unit: str, lang: str = "en") -> Caption:
    """Of the plan by series and date."""
    say, level = translator(lang), plan.forecast.levels[0]
    style = quantity(plan.frame["mean"])
    bounds = {f"{end}-{level}": say("{level}% {end}", level=level, end=word)
              for end, word in (("lo", say("low")), ("hi", say("high")))}  # fmt: skip
    return {
        "title": say("Plan by series and date"),
        "labels": {
            "unique_id": say("Series"), "ds": say("Date"), **bounds,
            "mean": with_unit(say("Statistical forecast"), unit, lang),
            "override": say("Override"), "final": with_unit(say("Plan"), unit, lang),
            "change": say("Change"), "reason": say("Reason"), "by": say("Decided by"),
            "level": say("Of"),
        },
        "formats": {**dict.fromkeys(["mean", *bounds, "override", "final"], style),
                    "change": "signed"},
        "words": {"level": _levels(lang)},
    }  # fmt: skip


def value_captions(
    result: OverrideValue, *, unit: str, lang: str = "en"
) -> tuple[Caption, Caption, Caption]:
    """Of the picture, the table of groups, and the judged overrides."""
    say = translator(lang)
    note = say(
        "Value added: error of the statistical forecast less that of the override, as shares of "
        "what came; the forecast is the one that the workbook was exported with. A group is judged "
        "from {enough} overrides and {least} series or stretches of dates on; groups are not "
        "corrected for their number.", enough=ENOUGH, least=LEAST,
    )  # fmt: skip
    if result.waiting:
        left = say("Overrides of totals that wait for the end of their period: {count}.",
                   count=result.waiting)  # fmt: skip
        note = say("{one} {other}", one=note, other=left)
    figure = {
        "title": result.summary(lang),
        "subtitle": say("Error saved by overrides, in points of what came (overrides judged); "
                        "whiskers: 95% intervals"),
        "size": (8.4, 1.4 + 0.42 * len(result.groups)),
    }  # fmt: skip
    table = {
        "title": say("What past overrides added, by direction, size and person"),
        "labels": {
            "kind": say("Group"), "group": say("Overrides"), "n": say("Overrides judged"),
            "series": say("Series"), "dates": say("Dates"),
            "forecast_wape": say("Statistical error (WAPE)"),
            "override_wape": say("Override's error (WAPE)"), "value": say("Value added, points"),
            "lo": say("95% low"), "hi": say("95% high"), "finding": say("Finding"),
        },
        "formats": {**dict.fromkeys(["forecast_wape", "override_wape"], "percent"),
                    **dict.fromkeys(["value", "lo", "hi"], "points")},
        "texts": {"group": [group_words(kind, group, lang) for kind, group in
                            zip(result.groups["kind"], result.groups["group"], strict=True)]},
        "words": {"finding": {"helped": say("helped"), "hurt": say("hurt"),
                              "open": say("not clear"), "few": say("too few")}},
        "status": {"finding": {"helped": "good", "hurt": "bad", "open": "watch", "few": "info"}},
        "hide": ("kind",), "note": note,
    }  # fmt: skip
    style = quantity(result.rows["actual"])
    rows = {
        "title": say("Each past override beside what came, the largest effect first"),
        "labels": {
            "unique_id": say("Series"), "level": say("Of"), "first": say("From"),
            "last": say("To"), "actual": with_unit(say("What came"), unit, lang),
            "mean": say("Statistical forecast"), "override": say("Override"),
            "change": say("Change"), "forecast error": say("Statistical error"),
            "override error": say("Override's error"), "gain": say("Error saved"),
            "reason": say("Reason"), "by": say("Decided by"),
        },
        "formats": {**dict.fromkeys(["actual", "mean", "override", "forecast error",
                                     "override error", "gain"], style),
                    "change": "signed", "first": "date", "last": "date"},
        "words": {"level": _levels(lang)},
        "hide": ("forecast error", "override error"),
    }  # fmt: skip
    return figure, table, rows


def section(plan: Plan, lang: str = "en") -> Section:
    """What to give for overrides, for the table of what a report does not show."""
    say = translator(lang)
    why = say(
        "Export this run (analysis export RUN --to overrides), fill in the workbook and give "
        "it as overrides_data=: this shows the plan and, when its dates have come, whether "
        "overriding helped."
    )
    none = absent(say("Overrides by planners"), why, lang)
    return Section(plan, "", none.chart, none.words, plan.frame) if plan.placed.any else none


def _levels(lang: str) -> Mapping[str, str]:
    say = translator(lang)
    return {"day": say("one date"), "series": say("total"), "none": ""}
