"""The sentences of the trust checks."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.experiments.always_valid.words import chance

if TYPE_CHECKING:
    from analysis.experiments.trust.check import Check

Written = dict[str, str]


def small_chance(p: float) -> str:
    """Write a p-value down to its order of magnitude: 0.001 is where a check fails."""
    if not p < 0.0001:
        return chance(p)
    if p < 1e-99:
        return "p < 10⁻⁹⁹"
    power = math.floor(math.log10(p)) + 1
    return f"p < 10⁻{str(-power).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def fine_percent(share: float) -> str:
    """Write a signed percentage with two significant digits below 1 %."""
    size = abs(share)
    decimals = 1 if size >= 0.01 or not size else min(1 - math.floor(math.log10(size * 100)), 6)
    return formats.signed_percent(share, decimals)


def check_names(say: Translator) -> dict[str, str]:
    """What the checks are called."""
    return {
        "sample ratio": say("Users per arm as planned"),
        "several arms": say("Each user in one arm"),
        "event times": say("Events after the assignment"),
        "strata": say("Strata in the same shares"),
        "missing days": say("Users on every day"),
        "novelty": say("Steady effect"),
        "day-to-day variance": say("Days vary as users do"),
        "pre-period balance": say("Alike before the test"),
        "outliers": say("Not resting on a few users"),
    }


def status_names(say: Translator) -> dict[str, str]:
    """What the statuses are called."""
    return {
        "passed": say("passed"),
        "warning": say("warning"),
        "failed": say("failed"),
        "not checked": say("not checked"),
    }


def reasons(say: Translator) -> dict[str, str]:
    """Why something is not checked."""
    return {
        "no data": say("no data for it were given"),
        "one arm": say("fewer than two arms with users by day"),
        "too few users": say("too few users, or covariates that do not vary"),
        "no cut": say("no moments without the largest values were given"),
        "too few days": say("too few days with users in both arms, six are needed"),
        "too few events": say("too few events at the beginning or the end"),
        "too few events a day": say("too few events a day"),
    }


def check_sentence(check: Check, lang: str) -> str:
    """What one check found."""
    say = translator(lang)
    if check.status == "not checked":
        name = check_names(say)[check.name]
        return say("{name}: not checked, {reason}.", name=name, reason=reasons(say)[check.why])
    writers: dict[str, Callable[[Check, Translator, str], str]] = {
        "sample ratio": _sample_ratio,
        "several arms": _several_arms,
        "event times": _event_times,
        "strata": _strata,
        "missing days": _missing_days,
        "novelty": _novelty,
        "day-to-day variance": _day_variance,
        "pre-period balance": _balance,
        "outliers": _outliers,
    }
    return writers[check.name](check, say, lang)


def _numbers(check: Check, write: Callable[[float], str], *names: str) -> Written:
    return {name: write(float(check.facts[name])) for name in names}


def _sample_ratio(check: Check, say: Translator, lang: str) -> str:
    values = {
        "arm": check.facts["arm"],
        "chance": small_chance(float(check.facts["p"])),
        **_numbers(check, fine_percent, "deviation"),
        **_numbers(check, lambda share: formats.percent(share, 2), "share", "planned"),
    }
    if check.why == "mismatch":
        return say(
            "Users did not arrive in the planned shares: {arm} has {share} of them instead of "
            "{planned} ({deviation} users; {chance}). Find the cause before reading any effect.",
            **values,
        )
    if check.why == "mismatch at a look":
        return say(
            "Users did not arrive in the planned shares at a look before this one (anytime-valid "
            "test, {chance}); now {arm} has {share} instead of {planned}. Find the cause before "
            "reading any effect.",
            **values,
        )
    if check.why == "near mismatch":
        return say(
            "The shares of users are hardly as planned: {arm} has {share} instead of {planned} "
            "({deviation} users; {chance}); below 0.001 the test would be broken.",
            **values,
        )
    return say(
        "Users arrived in the planned shares (furthest: {arm} {share} instead of {planned}; "
        "{chance}).",
        **values,
    )


def _several_arms(check: Check, say: Translator, lang: str) -> str:
    values = {
        "users": formats.number(float(check.facts["users"]), lang),
        "share": fine_percent(float(check.facts["share"])).removeprefix("+"),
    }
    if check.why == "many crossed":
        return say(
            "{users} users ({share}) are in more than one arm, 1% or more: the assignment does "
            "not hold.",
            **values,
        )
    if check.why == "some crossed":
        return say(
            "{users} users ({share}) are in more than one arm: leave them out of all arms.",
            **values,
        )
    return say("No user is in more than one arm.")


def _strata(check: Check, say: Translator, lang: str) -> str:
    chance = small_chance(float(check.facts["p"]))
    if check.why == "unlike":
        return say(
            "The arms do not have the strata in the same shares ({chance}): the assignment depends "
            "on them.",
            chance=chance,
        )
    if check.why == "hardly alike":
        return say("The arms hardly have the strata in the same shares ({chance}).", chance=chance)
    return say("The arms have the strata in the same shares ({chance}).", chance=chance)


def _event_times(check: Check, say: Translator, lang: str) -> str:
    values = {
        "rows": formats.number(float(check.facts["rows"]), lang),
        "share": fine_percent(float(check.facts["share"])).removeprefix("+"),
    }
    if check.why == "many early":
        return say(
            "{rows} events ({share}) are older than the assignment of their user, 1% or more: "
            "what happened before the test cannot be its effect.",
            **values,
        )
    if check.why == "some early":
        return say(
            "{rows} events ({share}) are older than the assignment of their user: leave them out.",
            **values,
        )
    return say("No event is older than the assignment of its user.")


def _missing_days(check: Check, say: Translator, lang: str) -> str:
    facts = check.facts
    values = {
        **_numbers(check, lambda count: str(int(count)), "days", "missing", "odd"),
        "day": formats.date(dt.date.fromisoformat(str(facts["day"])), lang)
        if "day" in facts
        else "",
        "arm": facts.get("arm", ""),
    }
    if check.why == "odd days":
        return say(
            "On {odd} of {days} days users did not arrive in the planned shares, most clearly on "
            "{day}: {arm} {deviation} users ({chance}, adjusted for the number of days).",
            deviation=fine_percent(float(facts["deviation"])),
            chance=small_chance(float(facts["p"])), **values,
        )  # fmt: skip
    if check.why == "empty days":
        return say(
            "{missing} of {days} days have no user in any arm, the first {day}: was the log lost?",
            **values,
        )
    return say("Users arrived on all {days} days in the planned shares.", **values)


def _effect(value: float, scale: str, lang: str) -> str:
    if scale == "lift":
        return formats.signed_percent(value)
    text = formats.number(value, lang)
    return f"+{text}" if value > 0 else text


def _novelty(check: Check, say: Translator, lang: str) -> str:
    facts, scale = check.facts, str(check.facts["scale"])
    values = {
        "arm": facts["arm"],
        "metric": facts["metric"],
        "chance": small_chance(float(facts["p"])),
        "early": _effect(float(facts["early"]), scale, lang),
        "late": _effect(float(facts["late"]), scale, lang),
    }
    if check.why == "fades":
        return say(
            "The effect of {arm} on {metric} fades: {early} in the first third of the days, {late} "
            "in the last ({chance}). It may be novelty; run on before counting on it.",
            **values,
        )
    if check.why == "grows":
        return say(
            "The effect of {arm} on {metric} grows: {early} in the first third of the days, {late} "
            "in the last ({chance}). Users may be learning; the mean understates what will last.",
            **values,
        )
    if check.why == "turns":
        return say(
            "The effect of {arm} on {metric} turns: {early} in the first third of the days, {late} "
            "in the last ({chance}). The mean of the test stands for neither.",
            **values,
        )
    return say("No effect fades or grows with the days ({chance} for the clearest).", **values)


def _day_variance(check: Check, say: Translator, lang: str) -> str:
    values = {
        "arm": check.facts["arm"],
        "metric": check.facts["metric"],
        "times": formats.fixed(float(check.facts["times"]), 1),
        "chance": small_chance(float(check.facts["p"])),
    }
    if check.why == "days scatter":
        return say(
            "The effect of {arm} on {metric} scatters from day to day {times} times as much as its "
            "users explain ({chance}): intervals may be too narrow (repeated users, bots, an "
            "assignment by session), or the effect depends on the weekday.",
            **values,
        )
    return say(
        "The effects of single days scatter no more than their users explain ({chance}).", **values
    )


def _balance(check: Check, say: Translator, lang: str) -> str:
    facts = check.facts
    values = {
        "covariate": facts["covariate"],
        "arm": facts["arm"],
        "standardised": formats.fixed(float(facts["standardised"])),
        "chance": small_chance(float(facts["p"])),
        "tests": str(int(float(facts["tests"]))),
    }
    if check.why == "covariate differs":
        return say(
            "Before the test {arm} already differed from control in {covariate}, by {standardised} "
            "standard deviations ({chance} by Holm over {tests} comparisons): the assignment may "
            "depend on users, or an earlier test carries over.",
            **values,
        )
    if check.why == "covariates differ together":
        return say(
            "Before the test the arms differed in all covariates taken together ({joint}), most in "
            "{covariate} of {arm}: the assignment may depend on users, or an earlier test carries "
            "over.",
            joint=small_chance(float(facts["joint_p"])), **values,
        )  # fmt: skip
    return say(
        "Before the test the arms were alike (furthest: {covariate} of {arm}, {standardised} "
        "standard deviations; {chance} by Holm over {tests} comparisons).",
        **values,
    )


def _outliers(check: Check, say: Translator, lang: str) -> str:
    facts = check.facts
    values = {
        "arm": facts["arm"],
        "metric": facts["metric"],
        "cut": facts["cut"],
        "raw": _effect(float(facts["raw"]), "difference", lang),
        "difference": _effect(float(facts["difference"]), "difference", lang),
        "cut_off": formats.percent(float(facts["cut_off"])),
        "cut_off_control": formats.percent(float(facts["cut_off_control"])),
    }
    if check.why == "reversed":
        return say(
            "The effect of {arm} on {metric} turns round without the largest values: {raw} with "
            "them, {difference} with {cut}; both are clear.",
            **values,
        )
    if check.why == "rests on few":
        return say(
            "The effect of {arm} on {metric} rests on the largest values: {raw} with them is "
            "clear, {difference} with {cut} is not.",
            **values,
        )
    if check.why == "hidden by few":
        return say(
            "The largest values hide an effect of {arm} on {metric}: {raw} with them is not clear, "
            "{difference} with {cut} is.",
            **values,
        )
    return say(
        "No conclusion changes without the largest values (most is cut off {metric}: {cut_off} in "
        "{arm}, {cut_off_control} in control, with {cut}).",
        **values,
    )
