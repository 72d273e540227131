"""The sentences of comparisons: against another model, between two periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.forecasting.paired import LEAST

if TYPE_CHECKING:
    from analysis.forecasting.change import ErrorChange
    from analysis.forecasting.comparison import Comparison


def model_words(name: str, say: Translator) -> str:
    """Return what a model is called in a sentence."""
    words = {
        "auto": say("the automatic model"),
        "seasonal_naive": say("the seasonal naive"),
        "naive2": "Naive2",
        "earlier": say("the last process"),
    }
    return words.get(name, name)


def chance(p: float) -> str:
    """Write a p-value."""
    return "p < 0.001" if p < 0.001 else f"p = {formats.fixed(p, 3)}"


def points(share: float) -> str:
    """Write a difference of shares in percentage points."""
    return formats.fixed(100 * share, 1)


def reasons(say: Translator) -> dict[str, str]:
    """Return why a comparison cannot be judged, in words."""
    return {
        "": "",
        "too few origins": say("too few past dates that do not overlap"),
        "no variation": say("the difference is the same at every past date"),
        "nothing came": say("nothing came"),
    }


def comparison_title(result: Comparison, lang: str) -> str:
    """Whether the error is lower than the other's, without the test behind it."""
    say, test = translator(lang), result.panel
    model, rival = model_words(result.model, say), model_words(result.rival, say)
    own, other = (formats.percent(share) for share in result.wape)
    values = {"model": model, "rival": rival, "own": own, "other": other}
    if test.reason:
        said = say("{model} beside {rival}: {own} against {other}, not judged", **values)
    elif test.hi < 0:
        said = say("{model} misses by less than {rival}: {own} against {other}", **values)
    elif test.lo > 0:
        said = say("{model} misses by more than {rival}: {own} against {other}", **values)
    else:
        said = say("{model} and {rival} do not clearly differ: {own} against {other}", **values)
    return said[:1].upper() + said[1:]


def comparison_sentence(result: Comparison, lang: str) -> str:
    """Whether the error is lower than the other's, and how sure that is."""
    say, test = translator(lang), result.panel
    model, rival = model_words(result.model, say), model_words(result.rival, say)
    own, other = (formats.percent(share) for share in result.wape)
    if test.reason == "too few origins":
        return say(
            "Whether {model} misses by less than {rival} cannot be judged with {count} past dates "
            "({apart} that do not overlap): at least {least} are needed.",
            model=model, rival=rival, count=test.origins, apart=test.origins // test.overlap,
            least=LEAST,
        )  # fmt: skip
    if test.reason:
        return say(
            "Whether {model} misses by less than {rival} cannot be judged: {reason}.",
            model=model, rival=rival, reason=reasons(say)[test.reason],
        )  # fmt: skip
    numbers = say(
        "{own} against {other}, a difference of {points} points ({lo} to {hi}; "
        "Diebold–Mariano, {chance}, {count} past dates, t with {df} df).",
        own=own, other=other, points=points(test.difference), lo=points(test.lo),
        hi=points(test.hi), chance=chance(test.p), count=test.origins, df=test.df,
    )  # fmt: skip
    values = {"model": model, "rival": rival, "numbers": numbers}
    if test.hi < 0:
        said = say("{model} misses by less than {rival}: {numbers}", **values)
    elif test.lo > 0:
        said = say("{model} misses by more than {rival}: {numbers}", **values)
    else:
        said = say("No clear difference between {model} and {rival}: {numbers}", **values)
    said = said[:1].upper() + said[1:]
    judged, better, worse = result.counts()
    if judged < 2:
        return said
    alone = say(
        "Series by themselves: clearly better {better}, clearly worse {worse}, of {judged} (Holm).",
        better=better, worse=worse, judged=judged,
    )  # fmt: skip
    return say("{one} {other}", one=said, other=alone)


def change_sentence(result: ErrorChange, lang: str) -> str:
    """What the error did, what demand did, and what is left to the process."""
    say = translator(lang)
    values = result.frame.drop(columns="measure").to_numpy(dtype=float)
    rows = dict(zip(result.frame["measure"], values.tolist(), strict=True))
    before, after, *_ = rows["error"]
    change = {name: formats.signed_percent(row[2]) for name, row in rows.items()}
    facts = say(
        "The error went from {before} to {after} ({error}), the seasonal naive's on the same dates "
        "by {demand}",
        before=formats.percent(before),
        after=formats.percent(after),
        error=change["error"],
        demand=change["demand"],
    )
    lo, hi = rows["relative"][3:]
    if result.reason:
        end = say(
            "whether the process did it cannot be judged with {before} and {after} past dates.",
            before=result.origins[0], after=result.origins[1],
        )  # fmt: skip
        return say("{one}: {other}", one=facts, other=end)
    numbers = {
        "change": change["relative"],
        "lo": formats.signed_percent(lo),
        "hi": formats.signed_percent(hi),
    }
    if hi < 0:
        end = say("relative to it the error really fell, {change} ({lo} to {hi}).", **numbers)
    elif lo > 0:
        end = say("relative to it the error rose, {change} ({lo} to {hi}).", **numbers)
    else:
        end = say(
            "relative to it no clear change, {change} ({lo} to {hi}): demand may account for it.",
            **numbers,
        )
    return say("{one}: {other}", one=facts, other=end)
