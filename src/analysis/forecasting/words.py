"""The sentences of the results, every number computed; Chinese stands in the message catalog."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.base import formats
from analysis.base.language import Translator, translator

if TYPE_CHECKING:
    from analysis.forecasting.backtest import BacktestResult
    from analysis.forecasting.forecast import ForecastResult


def periods(frequency: str, say: Translator) -> str:
    """Return what a step of a frequency is called, in the plural.

    Args:
        frequency: The field's word, as :attr:`Frequency.name` gives it.
        say: Translator of the report's language.
    """
    words = {
        "yearly": say("years"),
        "quarterly": say("quarters"),
        "monthly": say("months"),
        "weekly": say("weeks"),
        "daily": say("days"),
        "business daily": say("business days"),
        "hourly": say("hours"),
    }
    return words.get(frequency) or say("periods of the panel")


def with_unit(label: str, unit: str, lang: str) -> str:
    """Return a heading with its unit; as it is where the unit is not known."""
    say = translator(lang)
    if not unit:
        return label
    return say("{label}, {unit}", label=label, unit=formats.unit_name(unit, lang))


def horizon_words(result: ForecastResult, say: Translator) -> str:
    """Return what the steps ahead are called, and from where they count if series end apart."""
    period = periods(result.panel.frequency.name, say)
    if result.aligned:
        return period
    return say("{period} after each series' own last date", period=period)


def forecast_sentence(result: ForecastResult, lang: str) -> str:
    """The total to plan for, its interval, and what was left out."""
    say = translator(lang)
    level = result.levels[0]
    total = result.totals().iloc[0]
    mean, lo, hi = (formats.number(total[c], lang) for c in ("mean", f"lo-{level}", f"hi-{level}"))
    sentence = say(
        "{count} series together: {mean} over the next {steps} {period} "
        "({level}% interval {lo} to {hi}).",
        count=len(result.paths),
        mean=mean,
        steps=result.horizon,
        period=horizon_words(result, say),
        level=level,
        lo=lo,
        hi=hi,
    )
    left = len(result.panel.skipped)
    if not left:
        return sentence
    other = say("{count} series could not be forecast; the reasons are listed.", count=left)
    return say("{one} {other}", one=sentence, other=other)


def untested(result: BacktestResult, say: Translator) -> str:
    """Why there is no accuracy to report."""
    if not result.tested:
        return say("How accurate it is could not be tested: the history is too short.")
    return say("How accurate it is has no answer as a share: everything that came was zero.")


def backtest_sentence(result: BacktestResult, lang: str) -> str:
    """Whether to use the model rather than the seasonal naive, and how sure that is."""
    say = translator(lang)
    figures = result.figures()
    if "WAPE" not in figures:
        return untested(result, say)
    tested = _tested(result, figures, say)
    if result.origins == 1:
        other = say("That was one past date only, which proves little.")
        return say("{one} {other}", one=tested, other=other)
    if "skill" not in figures:
        return tested
    return say("{one} {other}", one=_choice(result.model, figures["skill"], say), other=tested)


def _tested(
    result: BacktestResult, figures: dict[str, tuple[float, float, float]], say: Translator
) -> str:
    """Say how far past forecasts were off, beside the seasonal naive."""
    wape, lo, hi = figures["WAPE"]
    level = result.levels[0]
    none = (math.nan, math.nan, math.nan)
    return say(
        "In the test it missed by {wape} ({lo} to {hi}), the seasonal naive by {base}; {held} of "
        "outcomes fell inside the {level}% intervals (past dates tested: {origins}).",
        origins=result.origins,
        wape=formats.percent(wape),
        lo=formats.percent(lo),
        hi=formats.percent(hi),
        base=formats.percent(figures.get("seasonal-naive WAPE", none)[0]),
        held=formats.percent(figures.get(f"coverage {level}", none)[0]),
        level=level,
    )


def _choice(model: str, skill: tuple[float, float, float], say: Translator) -> str:
    """Say which model to use, from the interval of the skill."""
    _, lo, hi = skill
    model = say("the automatic model") if model == "auto" else model
    if lo > 0:
        return say("Use {model} rather than the seasonal naive.", model=model)
    if hi < 0:
        return say(
            "The seasonal naive did better than {model}: look before you use it.", model=model
        )
    return say("No clear gain of {model} over the seasonal naive.", model=model)
