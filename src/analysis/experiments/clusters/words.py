"""Sentences and tables of comparisons of stores, cities and periods."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.experiments.effect import Interval

if TYPE_CHECKING:
    from analysis.experiments.clusters.arms import ClusterComparison
    from analysis.experiments.clusters.did import DidResult
    from analysis.experiments.clusters.interrupted import BeforeAfter
    from analysis.experiments.clusters.permutation import Permutation
    from analysis.experiments.clusters.standardised import Standardised


Judged = tuple[str, Interval, float, float, float]
"""Name, effect, standard error, degrees of freedom, p-value."""


def chance(p: float) -> str:
    """Write a p-value."""
    if math.isnan(p):
        return f"p {formats.MISSING}"
    return "p < 0.001" if p < 0.001 else f"p = {formats.fixed(p, 3)}"


def reasons(say: Translator) -> dict[str, str]:
    """Return why there is no interval, or none with two ends, in words."""
    return {
        "the effect hangs on a single cluster": say(
            "one arm is a single cluster, and nothing says how much such a cluster varies"
        ),
        "the clusters do not differ": say("the clusters do not differ at all"),
        "there are too few possible assignments for an interval at this level": say(
            "there are too few possible assignments for an interval at this level"
        ),
        "the panel has gaps": say("the panel has gaps"),
        "the value of control is zero": say("without the change there would be nothing"),
        "the value of control is not clearly different from zero": say(
            "what there would be without the change is not clearly above nothing"
        ),
        "the arm's value is zero without variation": say("the treated have nothing at all"),
        "a stratum has users of one group only": say("a stratum has users of one group only"),
        "too few periods": say("there are too few periods"),
        "the series does not vary": say("the series does not vary"),
        "p only": say("a p-value only"),
    }


def signed(value: float, lang: str) -> str:
    """Write a difference with its sign."""
    return ("+" if value > 0 else "") + formats.number(value, lang)


def span(interval: Interval, lang: str, say: Translator, *, share: bool = False) -> str:
    """Write an estimate and its set, or the reason why there is none."""
    write = formats.signed_percent if share else lambda value: signed(value, lang)
    value = write(interval.value)
    if interval.shape == "bounded":
        return say(
            "{value} ({lo} to {hi})", value=value, lo=write(interval.lo), hi=write(interval.hi)
        )
    return say("{value} (no interval: {reason})", value=value, reason=reasons(say)[interval.why])


def _few(clusters: tuple[int, int], say: Translator) -> str:
    return say(
        "With {control} control and {treated} treated clusters, go by the permutation test.",
        control=clusters[0], treated=clusters[1],
    )  # fmt: skip


def clusters_sentence(result: ClusterComparison, say: Translator, lang: str) -> str:
    """The difference, how sure, and on how many clusters it rests."""
    effect = result.effect
    said = say(
        "The arm had {arm} against {control} in control: {difference}, {lift} in relative terms; "
        "{test}, {chance}; permutation {permutation}; {treated} treated and {clusters} control "
        "clusters.",
        arm=formats.number(effect.arm_value, lang),
        control=formats.number(effect.control_value, lang),
        difference=span(effect.difference, lang, say),
        lift=span(effect.lift, lang, say, share=True),
        test=_test(effect.test.partition(",")[0], effect.df, say),
        chance=chance(effect.p_value),
        permutation=chance(result.permutation.p_value),
        treated=result.clusters[1],
        clusters=result.clusters[0],
    )
    return say("{one} {other}", one=said, other=_few(result.clusters, say)) if result.few else said


def _test(kind: str, df: float, say: Translator) -> str:
    if math.isnan(df):
        return kind
    return say("{kind}, t with {df} degrees of freedom", kind=kind, df=formats.fixed(df, 1))


def _robust_rows(fits: list[Judged], say: Translator) -> pd.DataFrame:
    rows = [
        (
            name,
            interval.value,
            interval.lo,
            interval.hi,
            se,
            df,
            p,
            reasons(say).get(interval.why, ""),
        )
        for name, interval, se, df, p in fits
    ]
    names = [
        say("Judged by"), say("Effect"), say("Lower bound"), say("Upper bound"),
        say("Standard error"), say("Degrees of freedom"), "p", say("Note"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names).astype({names[-1]: "str"})


def clusters_table(result: ClusterComparison, lang: str) -> pd.DataFrame:
    """One row an error."""
    say = translator(lang)
    fits: list[Judged] = [
        (kind, one.interval, one.se, one.df, one.p_value) for kind, one in result.robust.items()
    ]
    test = result.permutation
    fits.append((say("Permutation"), test.interval, math.nan, math.nan, test.p_value))
    return _robust_rows(fits, say)


def did_table(result: DidResult, lang: str) -> pd.DataFrame:
    """One row a way of judging the effect."""
    say = translator(lang)
    fits: list[Judged] = [
        (kind, one.interval, one.se, one.df, one.p_value) for kind, one in result.robust.items()
    ]
    value, nan = result.effect.value, math.nan
    alone = Interval(value, nan, nan, result.effect.confidence, "", "undefined", "p only")
    test, wild, t = result.permutation, result.wild_p, result.collapsed
    fits.append((say("Permutation"), test.interval, nan, nan, test.p_value))
    fits.append((say("Wild cluster bootstrap"), alone, nan, nan, wild))
    fits.append((say("t test of changes"), alone, nan, t.df, t.p_value))
    plain = result.naive
    fits.append(
        (say("As if rows were independent"), plain.interval, plain.se, plain.df, plain.p_value)
    )
    return _robust_rows(fits, say)


def did_sentence(result: DidResult, say: Translator, lang: str) -> str:
    """The effect, how sure, on how many units, and whether the arms moved alike before."""
    said = say(
        "Treated units had {effect} per unit and period beyond what control leads to expect, "
        "{lift} in relative terms; {test}, {chance}; permutation {permutation}; {treated} treated "
        "and {control} control units, {before} periods before and {after} after.",
        effect=span(result.effect, lang, say),
        lift=span(result.lift, lang, say, share=True),
        test=_test("CR2", result.robust["CR2"].df, say),
        chance=chance(result.robust["CR2"].p_value),
        permutation=chance(result.permutation.p_value),
        treated=result.clusters[1], control=result.clusters[0],
        before=result.periods[0], after=result.periods[1],
    )  # fmt: skip
    trend = result.pre_trend
    if trend is None or trend.interval.why:
        other = say("Whether the arms moved alike before cannot be checked.")
    elif trend.p_value < 0.05:
        other = say(
            "Before the start the arms already moved apart ({chance}): the effect is in doubt.",
            chance=chance(trend.p_value),
        )
    else:
        other = say(
            "Before the start no different trend is seen ({chance}), which does not prove that "
            "there was none.",
            chance=chance(trend.p_value),
        )
    said = say("{one} {other}", one=said, other=other)
    return say("{one} {other}", one=said, other=_few(result.clusters, say)) if result.few else said


def permutation_sentence(result: Permutation, say: Translator, lang: str) -> str:
    """How rare the difference is among other assignments."""
    values = {
        "difference": span(result.interval, lang, say),
        "share": formats.percent(result.p_value),
        "count": formats.fixed(result.assignments, 0),
    }
    if result.exact:
        return say(
            "The difference is {difference}; {share} of all {count} possible assignments would "
            "show as much by chance.",
            **values,
        )
    return say(
        "The difference is {difference}; {share} of {count} drawn assignments would show as much "
        "by chance.",
        **values,
    )


def permutation_table(result: Permutation, lang: str) -> pd.DataFrame:
    """One row: difference, set, p-value, number of assignments."""
    say, interval = translator(lang), result.interval
    return pd.DataFrame(
        {
            say("Effect"): [interval.value],
            say("Lower bound"): [interval.lo],
            say("Upper bound"): [interval.hi],
            "p": [result.p_value],
            say("Assignments"): [result.assignments],
            say("All of them"): [result.exact],
        }
    )


def before_after_sentence(result: BeforeAfter, say: Translator, lang: str) -> str:
    """The break, and what it can and cannot claim."""
    said = say(
        "After the change the level moved by {effect}, {lift} in relative terms ({chance}, errors "
        "{errors}, {before} periods before and {after} after).",
        effect=span(result.effect, lang, say),
        lift=span(result.lift, lang, say, share=True),
        chance=chance(result.p_value),
        errors=result.effect.method,
        before=result.periods[0], after=result.periods[1],
    )  # fmt: skip
    caveat = say(
        "Nothing was randomised and there is no control: this is what changed at that date, not "
        "what the change did; whatever else happened then is in it."
    )
    said = say("{one} {other}", one=said, other=caveat)
    if result.placebo_p < 0.05:
        doubt = say(
            "A break of the same kind shows in the middle of the time before ({chance}): the "
            "series moves like this by itself.",
            chance=chance(result.placebo_p),
        )
        said = say("{one} {other}", one=said, other=doubt)
    return said


def before_after_table(result: BeforeAfter, lang: str) -> pd.DataFrame:
    """Level change and trend before, with intervals."""
    say = translator(lang)
    rows = [
        (say("Change of level"), result.effect.value, result.effect.lo, result.effect.hi),
        (say("Change of level, relative"), result.lift.value, result.lift.lo, result.lift.hi),
        (say("Trend per period"), result.trend.value, result.trend.lo, result.trend.hi),
    ]
    columns = [say("Quantity"), say("Value"), say("Lower bound"), say("Upper bound")]
    return pd.DataFrame(rows, columns=columns)


def standardised_sentence(result: Standardised, say: Translator, lang: str) -> str:
    """Raw and standardised difference, and what it cannot claim."""
    said = say(
        "{one} converts {first}, {other} {second}; with the same mix of strata the difference is "
        "{difference} (raw {raw}).",
        one=result.names[1], other=result.names[0],
        first=formats.percent(result.rates[1], 2), second=formats.percent(result.rates[0], 2),
        difference=_points(result.difference, say),
        raw=_point(result.raw.value, say),
    )  # fmt: skip
    caveat = say(
        "Users chose where they came from: what the strata do not record may explain the rest."
    )
    return say("{one} {other}", one=said, other=caveat)


def _point(value: float, say: Translator) -> str:
    sign = "+" if value > 0 else ""
    return say("{sign}{points} points", sign=sign, points=formats.fixed(100 * value, 2))


def _points(interval: Interval, say: Translator) -> str:
    value = _point(interval.value, say)
    if interval.why:
        return say(
            "{value} (no interval: {reason})", value=value, reason=reasons(say)[interval.why]
        )
    lo, hi = (_point(bound, say) for bound in (interval.lo, interval.hi))
    return say("{value} ({lo} to {hi})", value=value, lo=lo, hi=hi)


def standardised_table(result: Standardised, lang: str) -> pd.DataFrame:
    """One row a stratum: users, rates, weight."""
    say = translator(lang)
    names = {
        "stratum": say("Stratum"), "weight": say("Weight"),
        "n_one": say("Users of {name}", name=result.names[0]),
        "rate_one": say("Rate of {name}", name=result.names[0]),
        "n_other": say("Users of {name}", name=result.names[1]),
        "rate_other": say("Rate of {name}", name=result.names[1]),
    }  # fmt: skip
    return result.frame.rename(columns=names)[list(names.values())]
