"""Sentences of the parts of a plan."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from analysis.base import formats
from analysis.base.language import translator
from analysis.market.words import route_names
from analysis.market.words_inputs import chance_words

if TYPE_CHECKING:
    from analysis.market.planned.aim import Aim
    from analysis.market.planned.identity import GrowthIdentity
    from analysis.market.planned.mixes import Mixes
    from analysis.market.planned.path import PenetrationPath


def joined(said: list[str], lang: str) -> str:
    """Sentences one after the other."""
    return ("" if lang == "zh" else " ").join(said)


def listed(names: list[str], lang: str) -> str:
    """Names one after the other."""
    return ("、" if lang == "zh" else ", ").join(names)


def aim_sentence(result: Aim, lang: str) -> str:
    """What the target asks for, how often we can win that much, and which driver gets there."""
    say, check = translator(lang), result.check
    said = [check.summary(lang)]
    if result.needed is not None:
        lo, middle, hi = (formats.percent(value, 2) for value in result.needed)
        said.append(
            say("It is {middle} of the market we can serve (P10 {lo}, P90 {hi}).", middle=middle,
                lo=lo, hi=hi)
            if result.serves
            else say("It is {middle} of the market (P10 {lo}, P90 {hi}).", middle=middle, lo=lo,
                     hi=hi)
        )  # fmt: skip
    routes = route_names(say)
    for route, chance in result.chances.items():
        said.append(
            say("{route}, {chance} of draws reach it.", route=routes[route],
                chance=chance_words(chance))
        )  # fmt: skip
    if result.contradicted:
        write = formats.by_unit(result.plan.unit, lang)
        said.append(
            say("The model contradicts our own sales: we sold {own} a year ago, it says that we "
                "can win at most {most} (P90).", own=write(result.plan.own),
                most=write(result.most))
        )  # fmt: skip
    unable = [row["driver"] for _, row in result.frame.iterrows() if math.isnan(row["needed"])]
    if unable:
        said.append(
            say("No possible value of these alone reaches it: {names}.", names=listed(unable, lang))
        )
    enough = [row["driver"] for _, row in result.frame.iterrows() if row["enough"]]
    if enough:
        said.append(
            say("As planned, each of these alone would reach it if it acts as declared: {names}.",
                names=listed(enough, lang))
        )  # fmt: skip
    elif len(result.planned):
        said.append(say("No driver alone reaches it as planned."))
    return joined(said, lang)


def identity_sentence(result: GrowthIdentity, lang: str) -> str:
    """Whether the drivers and the stated growth fit, and what would make them fit."""
    say = translator(lang)
    name = result.plan.labels[lang]
    implied = formats.signed_percent(result.implied)
    if math.isnan(result.stated):
        return joined([say("Together the drivers imply {implied} for {name}.", implied=implied,
                           name=name), result.bridge.summary(lang)], lang)  # fmt: skip
    stated = formats.signed_percent(result.stated)
    if result.agrees and not math.isnan(result.implied_lo):
        return say("The drivers imply {implied} for {name} (5% to 95%: {lo} to {hi}); the stated "
                   "{stated} is within that range.", implied=implied, name=name, stated=stated,
                   lo=formats.signed_percent(result.implied_lo),
                   hi=formats.signed_percent(result.implied_hi))  # fmt: skip
    if result.agrees:
        return say("The drivers imply {implied} for {name}, as the plan states ({stated}).",
                   implied=implied, name=name, stated=stated)  # fmt: skip
    said = [
        say("The drivers imply {implied} for {name}, the plan states {stated}: they cannot all "
            "stand.", implied=implied, name=name, stated=stated)
    ]  # fmt: skip
    for i, row in result.frame.iloc[:-1].iterrows():
        unit = result.plan.drivers[int(str(i))].unit
        if math.isnan(row["fits"]):
            said.append(say("{driver} alone cannot make it fit.", driver=row["driver"]))
            continue
        said.append(
            say("Keep the rest, and {driver} may only reach {value} ({growth}).",
                driver=row["driver"], value=formats.by_unit(_plain(unit), lang)(row["fits"]),
                growth=formats.signed_percent(row["fits_growth"]))
            if row["fits"] < row["end"]
            else say("Keep the rest, and {driver} must reach {value} ({growth}).",
                     driver=row["driver"], value=formats.by_unit(_plain(unit), lang)(row["fits"]),
                     growth=formats.signed_percent(row["fits_growth"]))
        )  # fmt: skip
    return joined(said, lang)


def _plain(unit: str) -> str:
    """Units that a reader takes from the driver's name need not follow the number."""
    return unit if unit in ("share", "ratio", "CNY") else ""


def path_sentence(result: PenetrationPath, lang: str) -> str:
    """How far penetration goes by the last year, by a curve or by a declared step."""
    say, plan, last = translator(lang), result.plan, result.last
    write = formats.by_unit(plan.unit, lang)
    if result.fit is not None:
        said = [
            say("{name} reaches {level} in {year} ({confidence} interval {lo} to {hi}), by a "
                "{curve} curve through {n} years.", name=plan.labels[lang],
                level=write(last["level"]), year=int(last["year"]),
                confidence=formats.percent(result.fit.confidence, 0), lo=write(last["lo"]),
                hi=write(last["hi"]), curve=curve_names(lang)[plan.curve], n=len(plan.values)),
        ]  # fmt: skip
        if result.fit.open_ended:
            said.append(
                say("The data end before adoption slows: nothing bounds the market above.")
                if math.isinf(plan.most)
                else say("The data end before adoption slows: only the whole market bounds it.")
            )
        if result.fit.edge:
            said.append(say("The curve does not describe these years (a parameter ends at the edge "
                            "of what is searched): do not rely on it."))  # fmt: skip
        if not math.isnan(last["scenario"]):
            said.append(
                say("The declared step of {step} a year leads to {level}.",
                    step=_step(plan.step, plan.unit, lang), level=write(last["scenario"]))
            )  # fmt: skip
        return joined(said, lang)
    said = [
        say("{name}: {now} in {first}, and {level} in {year} if {step} a year is added.",
            name=plan.labels[lang], now=write(plan.values[-1]), first=plan.years[-1],
            level=write(last["scenario"]), year=int(last["year"]),
            step=_step(plan.step, plan.unit, lang)),
        say("A scenario, not a forecast, and so without an interval: a curve needs {least} "
            "observed years, of {n} known.", n=len(plan.values),
            least=4 if math.isnan(plan.market) else 3),
    ]  # fmt: skip
    if result.capped:
        said.append(say("From {year} on it is held at the whole market.", year=result.capped))
    return joined(said, lang)


def _step(step: float, unit: str, lang: str) -> str:
    say = translator(lang)
    if unit.strip() == "share":
        return say("{points} points", points=formats.fixed(100 * step, 1))
    return formats.by_unit(unit, lang)(step)


def curve_names(lang: str) -> dict[str, str]:
    """Adoption curves as a reader knows them."""
    say = translator(lang)
    return {"logistic": say("logistic"), "bass": "Bass"}


def mixes_sentence(result: Mixes, lang: str) -> str:
    """Who stands out against the population, and which shares nobody can judge."""
    say, frame = translator(lang), result.frame
    said = []
    far = result.apart
    if far is None and frame["index"].notna().any():
        said.append(say("No group differs from the population by more than chance."))
    if far is not None:
        index = formats.fixed(far["index"], 0)
        said.append(
            say("{group} stands out most: {share} of buyers, index {index} against the "
                "population.", group=far["group"], share=formats.percent(far["share"]), index=index)
        )  # fmt: skip
    measured = frame[frame["lo"].notna() & ~frame["rest"]]
    if len(measured):
        top = measured.iloc[int(np.argmax(measured["share"].to_numpy()))]
        said.append(
            say("{group}: {share} ({lo} to {hi}).", group=top["group"],
                share=formats.percent(top["share"]), lo=formats.percent(top["lo"]),
                hi=formats.percent(top["hi"]))
        )  # fmt: skip
    if result.without:
        said.append(
            say("No interval, since no sample size is stated: {names}.",
                names=listed(list(result.without), lang))
        )  # fmt: skip
    return joined(said, lang)
