"""The sentences of an always-valid analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.base import formats
from analysis.base.language import Translator, translator

if TYPE_CHECKING:
    from analysis.experiments.always_valid.looks import AlwaysValid


def chance(p: float) -> str:
    """Write a p-value."""
    return "p < 0.001" if p < 0.001 else f"p = {formats.fixed(p, 3)}"


def amount(value: float, unit: str, lang: str) -> str:
    """Write a difference with its sign; of shares in percentage points."""
    if unit == "share":
        decimals = 1 if abs(value) >= 0.1 else 2
        say = translator(lang)
        text = say("{n} pp", n=formats.fixed(100 * value, decimals))
    else:
        text = formats.by_unit(unit, lang)(value)
    return f"+{text}" if value > 0 else text


def rule_name(result: AlwaysValid, say: Translator) -> str:
    """What the rule is called."""
    if result.rule == "msprt":
        return say("Mixture sequential test (mSPRT)")
    return say("Asymptotic confidence sequence")


def _tuned(result: AlwaysValid, say: Translator, lang: str) -> str:
    if result.rule == "msprt":
        tau = amount(result.tuning, result.unit, lang).removeprefix("+")
        return say("tuned to effects of about {tau}", tau=tau)
    users = formats.number(result.tuning, lang)
    if result.planned:
        return say("tuned to the planned {users} users", users=users)
    return say("no planned size known, tuned to {users} users", users=users)


def _decision(result: AlwaysValid, say: Translator, lang: str) -> str:
    at = len(result.frame) - 1 if result.decided is None else result.decided
    row = result.frame.iloc[at]
    values = {
        "arm": result.arm,
        "control": result.control,
        "look": at + 1,
        "looks": len(result.frame),
        "users": formats.number(int(row["n_control"]) + int(row["n_arm"]), lang),
        "difference": amount(row["estimate"], result.unit, lang),
        "lo": amount(row["lo"], result.unit, lang),
        "hi": amount(row["hi"], result.unit, lang),
        "chance": chance(float(row["p"] if result.decided is not None else row["p_all"])),
    }
    if not result.begun:
        return say(
            "It has not begun: {events} events so far, {least} are needed.",
            events=formats.fixed(float(row["events"]), 0),
            least=formats.fixed(result.least_events, 0),
        )
    if result.direction > 0:
        return say(
            "{arm} is above {control}: decided at look {look} of {looks} with {users} users, "
            "difference {difference} ({lo} to {hi}, {chance}).",
            **values,
        )
    if result.direction < 0:
        return say(
            "{arm} is below {control}: decided at look {look} of {looks} with {users} users, "
            "difference {difference} ({lo} to {hi}, {chance}).",
            **values,
        )
    return say(
        "Not decided after {looks} looks and {users} users: {arm} against {control} {difference} "
        "({lo} to {hi}, {chance}).",
        **values,
    )


def looks_sentence(result: AlwaysValid, lang: str) -> str:
    """Which rule holds, what it decided and when, and what it costs."""
    say = translator(lang)
    parts = [
        say(
            "{rule}, {tuned}: at most {alpha} of tests without an effect are ever called, however "
            "often one looks.",
            rule=rule_name(result, say), tuned=_tuned(result, say, lang),
            alpha=f"{100 * result.alpha:.3g}%",
        ),
        _decision(result, say, lang),
    ]  # fmt: skip
    cost = result.cost()
    if cost is not None:
        parts.append(
            say(
                "The price: at the last look an interval {width} times as wide as with one look; "
                "an effect that one test finds with {fixed} power is found with {power}.",
                width=formats.fixed(cost.width),
                fixed=formats.percent(cost.fixed, 0),
                power=formats.percent(cost.power, 0),
            )
        )
    last = result.frame.iloc[-1]
    if last["lo_all"] > last["hi_all"]:
        parts.append(
            say("The looks contradict each other: the effect does not seem to stay the same.")
        )
    return _joined(parts, say)


def _joined(parts: list[str], say: Translator) -> str:
    first, *rest = parts
    return say("{one} {other}", one=first, other=_joined(rest, say)) if rest else first
