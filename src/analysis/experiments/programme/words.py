"""The sentences of a programme of tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from analysis.base import formats
from analysis.base.language import Translator, translator

if TYPE_CHECKING:
    from analysis.experiments.programme.gains import MetricProgramme
    from analysis.experiments.programme.weekly import Programme

RULE_NAMES = {"bh": "Benjamini–Hochberg", "by": "Benjamini–Yekutieli", "storey": "Storey"}


def writer(result: Programme, lang: str) -> Callable[[float], str]:
    """How effects are written: lifts as signed percentages, others as numbers."""
    if result.lifts:
        top = float(result.frame["shrunk"].abs().median())
        return lambda value: formats.signed_percent(value, 2 if top < 0.01 else 1)
    return lambda value: formats.number(value, lang)


def count(value: float) -> str:
    """Write an expected number of tests: whole from ten on."""
    return formats.fixed(value, 0 if value >= 10 else 1)


def programme_sentence(result: Programme, lang: str) -> str:
    """What was found, how much of it is expected to be chance, and what it is worth."""
    say = translator(lang)
    numbers = {
        "found": formats.fixed(result.discoveries, 0),
        "all": formats.fixed(result.hypotheses, 0),
        "tests": formats.fixed(result.tests, 0),
        "level": formats.percent(result.level, 0),
        "rule": RULE_NAMES[result.rule],
        "false": count(result.expected_false),
    }
    if result.over == "tests":
        head = say(
            "{found} of {all} tests show a difference at a false discovery rate of {level} "
            "({rule}): at most {false} of them are expected to be chance.",
            **numbers,
        )
    else:
        head = say(
            "{found} of {all} comparisons in {tests} tests are discoveries at a false discovery "
            "rate of {level} ({rule}): at most {false} of them are expected to be chance.",
            **numbers,
        )
    parts = [
        head,
        say(
            "One by one, {naive} have p < 0.05, and chance alone would bring about {chance}.",
            naive=formats.fixed(result.naive, 0),
            chance=count(result.naive_false),
        ),
    ]
    write = writer(result, lang)
    parts += [_gain_sentence(one, say, write) for one in result.metrics if one.winners]
    if not any(one.winners for one in result.metrics):
        parts.append(say("No winner."))
    return ("" if lang == "zh" else " ").join(parts)


def _gain_sentence(one: MetricProgramme, say: Translator, write: Callable[[float], str]) -> str:
    winners = formats.fixed(one.winners, 0)
    if one.gain.shape == "undefined":
        said = say(
            "Winners: {winners}; their gains cannot be corrected with {tests} comparisons.",
            winners=winners, tests=one.tests,
        )  # fmt: skip
    else:
        values = {
            "raw": write(one.raw / one.winners),
            "mean": write(one.gain.value / one.winners),
            "lo": write(one.gain.lo / one.winners),
            "hi": write(one.gain.hi / one.winners),
        }
        said = say(
            "Winners: {winners}, measured {raw} each on average; corrected for having been chosen, "
            "{mean} ({lo} to {hi}).",
            winners=winners, **values,
        )  # fmt: skip
    return say("{metric}: {text}", metric=one.metric, text=said) if one.metric else said
