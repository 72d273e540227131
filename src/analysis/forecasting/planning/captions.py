"""What stands over the pacing chart and the table of phases, and the numbers of a headline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.base import formats
from analysis.base.estimate import Estimate
from analysis.base.language import translator
from analysis.forecasting.planning.pacing import Pacing
from analysis.forecasting.planning.words import pacing_title
from analysis.forecasting.words import with_unit

Caption = dict[str, Any]


@dataclass(frozen=True)
class PacingCaptions:
    """Words of a pacing section, ready to hand to ``report.figure`` and ``report.table``.

    Attributes:
        chart: Of the pacing chart.
        phases: Of the table of phases.
        numbers: Headline numbers: lead on the plan, projected close, chance.
    """

    chart: Caption
    phases: Caption
    numbers: tuple[Estimate, ...]


def pacing_captions(
    result: Pacing, *, unit: str, illustrative: bool = False, lang: str = "en"
) -> PacingCaptions:
    """Find what the pacing chart and the table of phases say.

    Args:
        result: The pacing.
        unit: Unit of ``y``; empty if unknown.
        illustrative: Whether target and phases are made up for show; the reader is told.
        lang: ``"en"`` or ``"zh"``.
    """
    say = translator(lang)
    drawn = say(
        "Cumulative sales: plan, actual, and projection with its {level}% interval",
        level=f"{result.level:g}",
    )
    note = result.summary(lang)
    if unit:
        drawn = say("{what}, {unit}", what=drawn, unit=formats.unit_name(unit, lang))
    if illustrative:
        drawn = say("{what}; target and phases are illustrative", what=drawn)
        made_up = say(
            "Illustration: phases in the proportions 15 : 13 : 9 : 9, target last year's same days "
            "plus 25% where none is given."
        )
        note = say("{one} {other}", one=note, other=made_up)
    amounts = ("target", "actual", "projected", "lo", "hi")
    phases: Caption = {
        "title": say("Each phase against its share of the target"),
        "labels": {
            "phase": say("Phase"),
            "start": say("Start"),
            "end": say("End"),
            "status": say("Status"),
            "share": say("Share of target"),
            "target": with_unit(say("Target"), unit, lang),
            "actual": with_unit(say("Actual"), unit, lang),
            "projected": with_unit(say("Projected"), unit, lang),
            "lo": say("{level}% {end}", level=f"{result.level:g}", end=say("low")),
            "hi": say("{level}% {end}", level=f"{result.level:g}", end=say("high")),
            "chance": say("Chance of target"),
        },
        "formats": {**dict.fromkeys(amounts, "integer"), "share": "percent", "chance": "percent"},
        # The figure shows shares and where today is; with them the table would not fit a page.
        "hide": ("share", "status"),
        "note": note,
    }
    return PacingCaptions(
        {"title": pacing_title(result, lang), "subtitle": drawn},
        phases,
        _numbers(result, unit, lang),
    )


def phase_table(result: Pacing, lang: str = "en") -> pd.DataFrame:
    """Return the table of phases with the status in the reader's language."""
    say = translator(lang)
    words = {"done": say("done"), "running": say("running"), "to come": say("to come")}
    frame = result.table()
    return frame.assign(status=frame["status"].map(words))


def _numbers(result: Pacing, unit: str, lang: str) -> tuple[Estimate, ...]:
    say = translator(lang)
    lo, hi = result.close.interval(result.level)
    known = say("a fact, not an estimate")
    close = (
        Estimate(
            "close", say("Projected close"), result.close.value, unit, lo, hi, result.level / 100
        )
        if result.ahead_forecast is not None
        else Estimate("close", say("Projected close"), result.close.value, unit, no_interval=known)
    )
    return (
        Estimate(
            "ahead", say("Against the plan to date"), result.ahead_share, "share", no_interval=known
        ),
        close,
        Estimate(
            "chance",
            say(
                "Chance of reaching the target of {target}",
                target=formats.by_unit(unit, lang)(result.plan.target),
            ),
            result.chance,
            "share",
            no_interval=say("itself the statement of uncertainty, read from the projection"),
        ),
    )
