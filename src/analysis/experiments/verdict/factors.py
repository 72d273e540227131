"""A factorial test of promotion mechanics: what each factor brings, alone and together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.base import formats
from analysis.base.errors import InputError, nearest
from analysis.base.language import translator
from analysis.experiments.arms import Arms
from analysis.experiments.factorial import Factorial, factorial
from analysis.experiments.verdict.judging import Judged
from analysis.experiments.verdict.running import latest


def combinations(
    arms: Arms, test: Judged, factors: Mapping[str, Mapping[str, object]]
) -> Factorial | None:
    """Main effects and interactions on the metric that decides.

    Args:
        arms: The tests.
        test: One of them, whose arms are combinations of levels.
        factors: Arm → factor → level, control first; empty if the arms are no combinations.

    Returns:
        None without factors.

    Raises:
        InputError: If an arm or a factor is missing or unknown, or the metric is a ratio.
    """
    if not factors:
        return None
    own = latest(arms.where(test=test.name) if test.name else arms)
    names = own.names
    for arm in factors:
        if arm not in names:
            raise InputError(f"factors: found no arm {arm!r}; {nearest(arm, names)}")
    absent = [arm for arm in names if arm not in factors]
    if absent:
        raise InputError(f"factors: found none of the arm {absent[0]!r}, expected one of each")
    wanted = list(factors[names[0]])
    for arm in names:
        if sorted(factors[arm]) != sorted(wanted):
            found = ", ".join(factors[arm]) or "nothing"
            raise InputError(f"factors: found {found} of {arm!r}, expected {', '.join(wanted)}")
    if test.metric.kind == "ratio":
        raise InputError(f"factors: found the ratio {test.metric.name!r}, expected a share or mean")
    levels = {name: [str(factors[arm][name]) for arm in names] for name in wanted}
    samples = own.samples(test.metric.name)
    cells = pd.DataFrame({**levels, "n": [samples[arm].n for arm in names]})
    if test.metric.kind == "proportion":
        counts = own.counts(test.metric.name)
        cells["successes"] = [counts[arm].successes for arm in names]
    else:
        cells["mean"] = [samples[arm].mean for arm in names]
        cells["variance"] = [samples[arm].variance for arm in names]
    return factorial(cells, wanted, confidence=test.settings.confidence)


def combinations_captions(
    made: Factorial | None, lang: str = "en"
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Over the figure and the table of a factorial test."""
    say = translator(lang)
    if made is None:
        return {}, {}
    found = int((made.frame["p_adjusted"] <= 1 - made.confidence).sum())
    title = say("{found} of {all} effects of the combination are shown",
                found=found, all=len(made.frame))  # fmt: skip
    level = formats.percent(made.confidence, 0)
    chart = {
        "title": title,
        "subtitle": say("main effects and interactions, {level} intervals that hold together",
                        level=level),
        "size": (8.4, max(2.4, 1.3 + 0.5 * len(made.frame))),
    }  # fmt: skip
    whole = f"{100 * made.confidence:g}"
    low, high = (say("{level}% {end}", level=whole, end=end) for end in (say("low"), say("high")))
    style = "points" if made.share else "number"
    words = {
        "title": say("What each factor brings"),
        "note": made.summary(lang),
        "labels": {
            "effect": say("effect"), "level": say("levels"),
            "estimate": say("Difference, pp") if made.share else say("Difference"),
            "lo": low, "hi": high, "p_value": say("p, alone"), "p_adjusted": say("p, all effects"),
        },
        "formats": {
            **dict.fromkeys(("estimate", "lo", "hi"), style),
            "p_value": "p", "p_adjusted": "p",
        },
        "show": 20,
    }  # fmt: skip
    return chart, words
