"""What a forecast alone allows, as sections of a report: pacing, annual target, festival.

What the reader of a report did not ask for must not stop it: without phases and targets of their
own an illustration is shown, labelled as such, and where the data does not carry one, the reason.
What a planner did give is taken at its word: an error in it is an error.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base import formats
from analysis.base.festivals import FIRST_YEAR, LAST_YEAR, festival
from analysis.base.language import translator
from analysis.base.schema import Column, TableSchema
from analysis.forecasting.forecast import ForecastResult
from analysis.forecasting.planning.captions import pacing_captions, phase_table
from analysis.forecasting.planning.checks import Unsuited
from analysis.forecasting.planning.days import days_of_panel
from analysis.forecasting.planning.festival_profile import festival_profile
from analysis.forecasting.planning.pacing import pacing
from analysis.forecasting.planning.phases import consecutive
from analysis.forecasting.planning.rounding import split
from analysis.forecasting.planning.section import Section, attempted
from analysis.forecasting.planning.targets import annual_plan
from analysis.forecasting.planning.words import festival_title, target_title
from analysis.forecasting.words import with_unit
from analysis.forecasting.words_remarks import Remark

PHASES = TableSchema(
    columns=(
        Column("phase", "text", description="name of the phase"),
        Column("start", "date", description="its first day"),
        Column("end", "date", description="its last day"),
        Column("share", "number", nullable=True, description="share of the target, 0–1"),
    ),
    key=("phase",),
    name="phases",
)
"""The table of a phase plan."""

PROPORTIONS = {"Warm-up": 15, "Burst": 13, "Peak": 9, "Extension": 9}
"""Days of the phases of the New Year plan, the pattern of the illustration."""
PASSED = 12 / 46
"""Share of the illustrated plan that lies behind: its twelfth day of 46."""
LIFT, GROWTH = 1.25, 1.30
"""Illustrated targets: the same days of the year before plus a quarter, last year plus 30 %."""
YEAR = pd.Timedelta(days=364)
DAY = pd.Timedelta(days=1)


def _daily(forecast: ForecastResult) -> None:
    """Refuse panels without days."""
    frequency = forecast.panel.frequency.name
    if frequency not in ("daily", "business daily"):
        raise Unsuited(
            f"panel: found {frequency} data, expected daily data",
            Remark.say("It needs daily data."),
        )


def pacing_section(
    forecast: ForecastResult,
    *,
    phases: pd.DataFrame | None = None,
    target: float | None = None,
    unit: str = "",
    lang: str = "en",
) -> Section:
    """Sales to date against a phase plan, and where they lead.

    Args:
        forecast: Forecast of a daily panel.
        phases: ``phase, start, end, share``; an illustrative plan when None.
        target: Target of the whole plan; when None the same days a year before plus a quarter.
        unit: Unit of ``y``.
        lang: ``"en"`` or ``"zh"``.
    """

    def make() -> Section:
        _daily(forecast)
        plan = _example(forecast, lang) if phases is None else phases
        aim = _same_days(forecast, plan) * LIFT if target is None else target
        made = pacing(forecast, plan, target=aim)
        illustrative = phases is None or target is None
        said = pacing_captions(made, unit=unit, illustrative=illustrative, lang=lang)
        return Section(made, "", said.chart, said.phases, phase_table(made, lang))

    given = phases is not None or target is not None
    say = translator(lang)
    return attempted(say("Pacing against the phase plan"), make, given, lang)


def _example(forecast: ForecastResult, lang: str) -> pd.DataFrame:
    """Four phases in the New Year plan's proportions, of which a part lies behind."""
    say = translator(lang)
    names = {
        "Warm-up": say("Warm-up"), "Burst": say("Burst"), "Peak": say("Peak"),
        "Extension": say("Extension"),
    }  # fmt: skip
    total = int(forecast.horizon / (1 - PASSED))
    if total < 2 * len(PROPORTIONS):
        raise Unsuited(
            f"horizon: found {forecast.horizon}, expected 6 or more for four phases",
            Remark.say("Four phases need a horizon of six periods or more."),
        )
    weights = np.array(list(PROPORTIONS.values()), dtype=np.float64)
    lengths = split(float(total), weights / weights.sum(), whole=True)
    start = pd.Timestamp(forecast.ends.max()).normalize() - (total - forecast.horizon - 1) * DAY
    days: dict[str, tuple[int, float | None]] = {
        names[name]: (int(length), None) for name, length in zip(PROPORTIONS, lengths, strict=True)
    }
    return consecutive(start, days)


def _same_days(forecast: ForecastResult, plan: pd.DataFrame) -> float:
    """Sales of the same days of a plan, on the same weekdays, a year before."""
    start, end = pd.to_datetime(plan["start"]).min(), pd.to_datetime(plan["end"]).max()
    before = days_of_panel(forecast.panel).total
    if before.index[0] > start - YEAR:
        raise Unsuited(
            f"panel: found sales from {before.index[0]:%Y-%m-%d}, expected those of a year before "
            "the plan, from which a target is taken where none is given",
            Remark.say(
                "Without a target of its own it needs sales of the year before; the table begins "
                "on {date}.",
                date=f"{before.index[0]:%Y-%m-%d}",
            ),
        )
    return _above_zero(float(before[start - YEAR : end - YEAR].sum()))


def _above_zero(sales: float) -> float:
    """Sales of the year before, if a target can be taken from them."""
    if sales > 0:
        return sales
    raise Unsuited(
        f"target: found none, and sales of {sales:g} in the year before; expected one of the two "
        "above 0",
        Remark.say("Without a target of its own it needs sales above 0 in the year before."),
    )


def year_section(
    forecast: ForecastResult, *, target: float | None = None, unit: str = "", lang: str = "en"
) -> Section:
    """The annual target by month, how far it is met, and where the run rate leads.

    Args:
        forecast: A forecast of a daily, weekly or monthly panel.
        target: Annual target; when None last year's sales plus 30 %, labelled illustrative.
        unit: Unit of ``y``.
        lang: ``"en"`` or ``"zh"``.
    """
    say = translator(lang)
    # The year of the first period ahead: at the end of December that is the next one.
    year = pd.Timestamp(forecast.stamps()[int(np.argmax(forecast.ends)), 0]).year

    def make() -> Section:
        total = days_of_panel(forecast.panel).total
        years = pd.DatetimeIndex(total.index).year
        last = float(total[years == year - 1].sum())
        aim = _above_zero(last) * GROWTH if target is None else target
        made = annual_plan(forecast, target=aim, year=year)
        drawn = say("Sales by month: target, actual, and the years before")
        if unit:
            drawn = say("{what}, {unit}", what=drawn, unit=formats.unit_name(unit, lang))
        note = made.summary(lang)
        if target is None:
            drawn = say("{what}; the target is illustrative", what=drawn)
            made_up = say("Illustration: last year's sales plus 30%, as no target is given.")
            note = say("{one} {other}", one=note, other=made_up)
        rows = made.quarters()
        words = {
            "title": say("The annual target by quarter"),
            "labels": _quarter_labels(unit, lang),
            "note": note,
            "formats": {
                **dict.fromkeys(["target", "actual"], "integer"),
                **dict.fromkeys(["share", "lo", "hi", "attained"], "percent"),
            },
        }
        chart = {"title": target_title(made, lang), "subtitle": drawn}
        return Section(made, "", chart, words, rows)

    return attempted(say("The annual target"), make, target is not None, lang)


def _quarter_labels(unit: str, lang: str) -> dict[str, str]:
    say = translator(lang)
    return {
        "quarter": say("Quarter"), "share": say("Share of target"), "lo": say("80% low"),
        "hi": say("80% high"), "target": with_unit(say("Target"), unit, lang),
        "actual": with_unit(say("Actual"), unit, lang), "attained": say("Attained"),
    }  # fmt: skip


def festival_section(
    forecast: ForecastResult, *, key: str, seed: int = 0, lang: str = "en"
) -> Section:
    """Demand on the days before and after a festival, relative to ordinary days.

    Args:
        forecast: Forecast of a daily panel.
        key: Festival; see :data:`analysis.base.festivals.FESTIVALS`.
        seed: Of the resampling where the data holds one festival only.
        lang: ``"en"`` or ``"zh"``.
    """
    say, which = translator(lang), festival(key)

    def make() -> Section:
        _daily(forecast)
        total = days_of_panel(forecast.panel).table
        years = range(
            max(total.index[0].year, FIRST_YEAR), min(total.index[-1].year, LAST_YEAR) + 1
        )
        if not years:
            raise Unsuited(
                f"panel: found sales from {total.index[0]:%Y-%m-%d} to {total.index[-1]:%Y-%m-%d}, "
                f"expected years of which festivals are known: {FIRST_YEAR} to {LAST_YEAR}",
                Remark.say(
                    "Dates of festivals are known from {first} to {last} only.",
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                ),
            )
        dates = [pd.Timestamp(which.date(year)) for year in years]
        wide = total.rename_axis("ds").reset_index()
        frame = wide.melt("ds", var_name="unique_id", value_name="y")
        made = festival_profile(frame, dates, rng=np.random.default_rng(seed))
        subtitle = say(
            "{festival}: sales relative to ordinary days, by days before and after",
            festival=which.name(lang),
        )
        names = {"before": say("before"), "festival day": say("the day"), "after": say("after")}
        rows = made.windows()
        words = {
            "title": say("Before, on and after {festival}", festival=which.name(lang)),
            "labels": {
                "window": say("Days"), "first": say("From day"), "last": say("To day"),
                "uplift": say("Against ordinary days"), "lo": say("80% low"),
                "hi": say("80% high"),
            },
            "formats": {
                **dict.fromkeys(["first", "last"], "integer"),
                **dict.fromkeys(["uplift", "lo", "hi"], "signed"),
            },
            "note": made.summary(lang),
        }  # fmt: skip
        if np.isfinite(made.lo).any():
            subtitle = say(
                "{what}; band: {level}% interval", what=subtitle, level=f"{made.level:g}"
            )
        chart = {"title": festival_title(made, lang), "subtitle": subtitle}
        return Section(made, "", chart, words, rows.assign(window=rows["window"].map(names)))

    return attempted(which.name(lang), make, False, lang)
