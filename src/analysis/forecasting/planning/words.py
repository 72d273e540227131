"""The sentences of planning, every number computed; Chinese stands in the message catalog."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator

if TYPE_CHECKING:
    from analysis.forecasting.planning.festival_profile import FestivalProfile
    from analysis.forecasting.planning.hours import HourProfile
    from analysis.forecasting.planning.pacing import Pacing
    from analysis.forecasting.planning.predictive import Predictive
    from analysis.forecasting.planning.presale import PresaleForecast
    from analysis.forecasting.planning.targets import TargetPlan

EVEN = 0.0005


def chance_words(chance: float, say: Translator) -> str:
    """A probability as a planner reads it: never 0 % or 100 % of what is not certain."""
    if 0 < chance < 0.01:
        return say("under 1%")
    return say("over 99%") if 0.99 < chance < 1 else formats.percent(chance, 0)


def hour_ranges(hours: Iterable[int]) -> str:
    """Hours as stretches of the clock: ``20, 21, 22`` is 20:00–23:00."""
    rest = sorted(set(hours))
    # A stretch over midnight is told from its evening.
    turn = next((hour for hour in rest if (hour - 1) % 24 not in rest), rest[0])
    ordered = sorted(rest, key=lambda hour: (hour - turn) % 24)
    stretches: list[list[int]] = []
    for hour in ordered:
        if stretches and (stretches[-1][-1] + 1) % 24 == hour:
            stretches[-1].append(hour)
        else:
            stretches.append([hour])
    return ", ".join(f"{s[0]:02d}:00–{s[-1] + 1:02d}:00" for s in stretches)


def _projection(close: Predictive, target: float, level: float, say: Translator) -> dict[str, str]:
    """Value, bounds and chance of a total against its target, as words to fill in."""
    lo, hi = close.interval(level)
    return {
        "close": formats.percent(close.value / target, 0),
        "level": f"{level:g}",
        "lo": formats.percent(lo / target, 0),
        "hi": formats.percent(hi / target, 0),
        "chance": chance_words(close.chance(target), say),
    }


def signed_day(day: int) -> str:
    """A day relative to a festival, with a true minus sign: −15, 0, +3."""
    return f"{day:+d}".replace("-", "−") if day else "0"


def pacing_sentence(result: Pacing, lang: str) -> str:
    """Where the plan stands, where it leads, and the chance of the target."""
    say = translator(lang)
    target = result.plan.target
    if result.ahead_forecast is None:
        met = result.to_date >= target
        share = formats.percent(result.to_date / target)
        if met:
            return say("The plan is over: {share} of the target, which was reached.", share=share)
        return say("The plan is over: {share} of the target, which was missed.", share=share)
    return say(
        "{state}; projected close {close} of the target ({level}% interval {lo} to {hi}), "
        "{chance} chance to reach it.",
        state=pace_words(result, say),
        **_projection(result.close, target, result.level, say),
    )


def pacing_title(result: Pacing, lang: str) -> str:
    """Where the plan stands and leads, without the interval."""
    say = translator(lang)
    if result.ahead_forecast is None:
        return pacing_sentence(result, lang)
    close = formats.percent(result.close.value / result.plan.target, 0)
    return say(
        "{state}; projected close {close} of the target", state=pace_words(result, say), close=close
    )


def pace_words(result: Pacing, say: Translator) -> str:
    """Ahead of the plan, behind it, or on it: by how much, and on which day."""
    share, days = result.ahead_share, len(result.plan.daily)
    if result.day == 0:
        return say("The plan has not begun")
    if not math.isfinite(share):
        return say("Nothing was due by day {day} of {days}", day=result.day, days=days)
    if abs(share) < EVEN:
        return say("On plan on day {day} of {days}", day=result.day, days=days)
    values = {
        "share": formats.percent(abs(share)),
        "off": formats.fixed(abs(result.ahead_days), 1),
        "day": result.day,
        "days": days,
    }
    if share < 0:
        return say("Behind the plan by {share} ({off} days) on day {day} of {days}", **values)
    return say("Ahead of the plan by {share} ({off} days) on day {day} of {days}", **values)


def target_sentence(result: TargetPlan, lang: str) -> str:
    """Where the year stands, what the rest must bring, and where it leads."""
    say = translator(lang)
    if result.as_of is None:
        top = int(np.argmax(result.quarters()["target"]))
        quarter = result.quarters().iloc[top]
        lo, hi = quarter["lo"], quarter["hi"]
        if not math.isfinite(lo):
            return say(
                "The largest quarter is {quarter} with {share} of the year (no interval: one "
                "full year only).",
                quarter=quarter["quarter"],
                share=formats.percent(quarter["share"]),
            )
        return say(
            "The largest quarter is {quarter} with {share} of the year ({level}% interval {lo} to "
            "{hi}).",
            quarter=quarter["quarter"],
            share=formats.percent(quarter["share"]),
            level=f"{result.level:g}",
            lo=formats.percent(lo),
            hi=formats.percent(hi),
        )
    parts = [target_title(result, lang)]
    if math.isfinite(result.required_growth) and result.to_go > 0:
        growth = formats.signed_percent(result.required_growth)
        parts.append(say("the rest must bring {growth} on the year before", growth=growth))
    parts.append(_leads(result, say))
    joined = parts[0]
    for part in parts[1:]:
        joined = say("{one}; {other}", one=joined, other=part)
    return say("{text}.", text=joined)


def target_title(result: TargetPlan, lang: str) -> str:
    """Where the year stands, without where it leads."""
    if result.as_of is None:
        return target_sentence(result, lang)
    say = translator(lang)
    return say(
        "{share} of the target of {year} by {day}, {ahead} against what was due",
        share=formats.percent(result.to_date / result.target),
        year=result.year,
        day=formats.date(result.as_of, lang),
        ahead=formats.signed_percent(result.ahead),
    )


def _leads(result: TargetPlan, say: Translator) -> str:
    """Where the year leads, or why that cannot be said."""
    if result.method == "complete":
        return say("the year is over")
    if result.close is None:
        reasons = {
            "nothing sold": say("no projection: nothing sold so far"),
            "no season": say("no projection: past years sold nothing before or after this day"),
            "one year": say("no projection: one full year says nothing of how years differ"),
        }
        return reasons[result.method]
    words = _projection(result.close, result.target, result.level, say)
    if result.method == "forecast":
        return say(
            "the forecast leads to {close} of it ({level}% interval {lo} to {hi}), {chance} "
            "chance to reach it",
            **words,
        )
    return say(
        "the run rate leads to {close} of it ({level}% interval {lo} to {hi}), {chance} chance to "
        "reach it",
        **words,
    )


def festival_title(result: FestivalProfile, lang: str) -> str:
    """The highest day, and how high it is."""
    say, top = translator(lang), int(np.nanargmax(result.index))
    return say(
        "Demand peaks on day {when} at {high} times an ordinary day",
        when=signed_day(int(result.relative[top])), high=formats.fixed(float(result.index[top])),
    )  # fmt: skip


def festival_sentence(result: FestivalProfile, lang: str) -> str:
    """When demand begins to rise, how high it goes, and what that rests on."""
    say = translator(lang)
    begins = _begins(result, say, lang)
    top = int(np.nanargmax(result.index))
    when = signed_day(int(result.relative[top]))
    high = formats.fixed(float(result.index[top]))
    if not math.isfinite(result.lo[top]):
        why = {
            "": say("one festival only: no interval over years"),
            "series": say("no interval: a day without sales"),
            "years": say("no interval: a day without sales"),
        }[result.over]
        return say(
            "{begins}; the highest day is day {when}, {high} times an ordinary day ({why}).",
            begins=begins, when=when, high=high, why=why,
        )  # fmt: skip
    values = {
        "begins": begins, "when": when, "high": high, "level": f"{result.level:g}",
        "lo": formats.fixed(float(result.lo[top])), "hi": formats.fixed(float(result.hi[top])),
    }  # fmt: skip
    if result.over == "series":
        return say(
            "{begins}; the highest day is day {when}, {high} times an ordinary day ({level}% "
            "interval over series {lo} to {hi}; one festival only: no interval over years).",
            **values,
        )
    return say(
        "{begins}; the highest day is day {when}, {high} times an ordinary day ({level}% interval "
        "{lo} to {hi}, {count} festivals).",
        **values,
        count=len(result.used),
    )


def _begins(result: FestivalProfile, say: Translator, lang: str) -> str:
    if result.over == "":
        return say("When demand begins to rise cannot be told")
    if result.start is None:
        return say(
            "No rise of three days in a row before the festival stands out from ordinary days"
        )
    if result.following is None:
        return say(
            "Demand begins to rise on day {day} of the festival", day=signed_day(result.start)
        )
    day = result.following + pd.Timedelta(days=result.start)
    return say(
        "Demand begins to rise on day {day} of the festival (next: {date})",
        day=signed_day(result.start),
        date=formats.date(day, lang),
    )


def hour_sentence(result: HourProfile, length: int, lang: str) -> str:
    """When orders peak, which slot to test, and what the data say it may bring."""
    say = translator(lang)
    peak = hour_ranges(result.peak("orders"))
    slot = result.slot(length)
    when = hour_ranges(slot.hours)
    # Resamples that all agree do not make it certain.
    chance = min(slot.chance, 1 - 1 / len(result.drawn_orders))
    if not math.isfinite(slot.lo):
        return say("Orders peak at {peak}; too few days for an interval.", peak=peak)
    values = {
        "peak": peak, "slot": when, "gain": formats.signed_percent(slot.gain, 0),
        "level": f"{result.level:g}", "lo": formats.signed_percent(slot.lo, 0),
        "hi": formats.signed_percent(slot.hi, 0), "chance": chance_words(chance, say),
    }  # fmt: skip
    if result.sessions is None:
        return say(
            "Orders peak at {peak}; the push slot to test is {slot}: {gain} orders against the "
            "average hour ({level}% interval {lo} to {hi}; best with {chance} chance; observed, "
            "not caused).",
            **values,
        )
    return say(
        "Orders peak at {peak}; the push slot to test is {slot}: conversion {gain} against the "
        "day's ({level}% interval {lo} to {hi}; best with {chance} chance; observed, not caused).",
        **values,
    )


def presale_title(result: PresaleForecast, lang: str) -> str:
    """The season to plan for and its range."""
    if result.close is None:
        return presale_sentence(result, lang)
    lo, hi = (formats.number(bound, lang) for bound in result.interval)
    say = translator(lang)
    return say(
        "Plan for {value} ({level}% interval {lo} to {hi})",
        value=formats.number(result.value, lang), level=f"{result.level:g}", lo=lo, hi=hi,
    )  # fmt: skip


def presale_sentence(result: PresaleForecast, lang: str) -> str:
    """The season to plan for, its range, and what it rests on."""
    say = translator(lang)
    values = {
        "value": formats.number(result.value, lang),
        "orders": formats.number(result.orders, lang),
        "share": formats.percent(result.share),
    }
    if result.close is None:
        return say(
            "Plan for {value}: {orders} in pre-sale, taken to be {share} of the season (no "
            "interval: one past season says nothing of how seasons differ).",
            **values,
        )
    lo, hi = (formats.number(bound, lang) for bound in result.interval)
    return say(
        "Plan for {value} ({level}% interval {lo} to {hi}): {orders} in pre-sale, taken to be "
        "{share} of the season as in {count} past seasons.",
        **values, level=f"{result.level:g}", lo=lo, hi=hi, count=len(result.past),
    )  # fmt: skip
