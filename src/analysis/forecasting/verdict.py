"""What to tell the planner, by a rule that is stated and not felt.

The forecast is *good* if even the lower bound of its backtested accuracy (1 − WAPE) reaches the
target, *bad* if even the upper bound misses it, and to be *watched* in between or untested. Where
the target was not reached is counted here and listed in a table of the report.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analysis.base import formats
from analysis.base.estimate import Estimate
from analysis.base.language import Translator, translator
from analysis.forecasting.backtest import BacktestResult
from analysis.forecasting.forecast import ForecastResult
from analysis.forecasting.target import shortfall
from analysis.forecasting.words import horizon_words, untested

Status = Literal["good", "watch", "bad"]


@dataclass(frozen=True)
class Verdict:
    """What to tell the planner.

    Attributes:
        sentence: The decision and its uncertainty.
        status: ``good``, ``watch`` or ``bad``, by the rule above.
        numbers: The numbers behind it.
    """

    sentence: str
    status: Status
    numbers: tuple[Estimate, ...]


def verdict(
    result: ForecastResult, tested: BacktestResult, *, target: float, unit: str, lang: str = "en"
) -> Verdict:
    """Say what to plan for and how far the forecast may be trusted.

    Args:
        result: The forecast.
        tested: Its backtest.
        target: Accuracy (1 − WAPE) that the plan needs, as a share of 1.
        unit: Unit of ``y``, for the reader; empty if unknown.
        lang: ``"en"`` or ``"zh"``.
    """
    say = translator(lang)
    figures = tested.figures()
    total, error = _total(result, unit, say), _error(figures, say)
    status = _status(error, target)
    write = formats.by_unit(unit, lang)
    plan = say(
        "Plan for {value} over the next {steps} {period} ({level}% interval {lo} to {hi}).",
        value=write(total.value),
        steps=result.horizon,
        period=horizon_words(result, say),
        level=result.levels[0],
        lo=write(_bound(total.lo)),
        hi=write(_bound(total.hi)),
    )
    trust = untested(tested, say)
    if "WAPE" in figures:
        trust = _trust(figures, target, status, say)
        short = shortfall(tested, target)
        if len(short.series) and figures["WAPE"][0] < 1:
            where = say(
                "{count} of {judged} series fell short of it.",
                count=len(short.series), judged=short.judged[0],
            )  # fmt: skip
            trust = say("{one} {other}", one=trust, other=where)
    numbers = (total, error, _skill(figures, say), _coverage(figures, result.levels[0], say))
    return Verdict(say("{one} {other}", one=plan, other=trust), status, numbers)


Figures = dict[str, tuple[float, float, float]]


def _total(result: ForecastResult, unit: str, say: Translator) -> Estimate:
    level = result.levels[0]
    row = result.totals().iloc[0]
    return Estimate(
        name="total",
        label=say("Total over the horizon"),
        value=float(row["mean"]),
        unit=unit,
        lo=float(row[f"lo-{level}"]),
        hi=float(row[f"hi-{level}"]),
        confidence=level / 100,
    )


def _error(figures: Figures, say: Translator) -> Estimate:
    label = say("Error of past forecasts (WAPE)")
    if "WAPE" not in figures:
        return _untested("wape", label, say)
    return Estimate("wape", label, figures["WAPE"][0], "share", *figures["WAPE"][1:])


def _skill(figures: Figures, say: Translator) -> Estimate:
    label = say("Error saved against the seasonal naive")
    if "skill" not in figures:
        return _untested("skill", label, say)
    return Estimate("skill", label, figures["skill"][0], "share", *figures["skill"][1:])


def _coverage(figures: Figures, level: int, say: Translator) -> Estimate:
    name = f"coverage_{level}"
    label = say("Outcomes inside the {level}% intervals", level=level)
    if f"coverage {level}" not in figures:
        return _untested(name, label, say)
    value, lo, hi = figures[f"coverage {level}"]
    return Estimate(name, label, value, "share", lo, hi)


def _untested(name: str, label: str, say: Translator) -> Estimate:
    reason = say("not tested: too little to compare with")
    return Estimate(name, label, math.nan, "share", no_interval=reason)


def _bound(value: float | None) -> float:
    return math.nan if value is None else value


def _status(error: Estimate, target: float) -> Status:
    if error.lo is None or error.hi is None:
        return "watch"
    if 1 - error.hi >= target:
        return "good"
    return "bad" if 1 - error.lo < target else "watch"


def _trust(figures: Figures, target: float, status: Status, say: Translator) -> str:
    """Say how accurate past forecasts were and what that means against the target."""
    value, lo, hi = figures["WAPE"]
    if value >= 1:
        return say(
            "Past forecasts missed by {wape} of what came ({lo} to {hi}): too far for a plan.",
            wape=formats.percent(value, 0),
            lo=formats.percent(lo, 0),
            hi=formats.percent(hi, 0),
        )
    past = say(
        "Past forecasts were {accuracy} accurate ({lo} to {hi})",
        accuracy=formats.percent(1 - value),
        lo=formats.percent(1 - hi),
        hi=formats.percent(1 - lo),
    )
    goal = formats.percent(target, 0)
    against = {
        "good": say("so the target of {target} was reached.", target=goal),
        "watch": say("so the target of {target} was reached, but not beyond doubt.", target=goal)
        if 1 - value >= target
        else say("so the target of {target} was not reached, but not beyond doubt.", target=goal),
        "bad": say("so the target of {target} was not reached.", target=goal),
    }
    return say("{past}, {against}", past=past, against=against[status])
