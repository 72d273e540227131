"""Guardrails: verdicts, their bounds and their p-values."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.experiments import Counts, Effect, Interval
from analysis.experiments.contrast import effect_of
from analysis.experiments.margins import margin_test
from analysis.experiments.proportions import Difference, compare

MORE = compare(Counts(1000, 10_000), Counts(1010, 10_000))


def of_means(gap: float, confidence: float = 0.95) -> Effect:
    return effect_of(
        (10.0, 10.0 + gap), (0.02, 0.03), 80.0, (50, 50), test="Welch", confidence=confidence
    )


def test_farrington_manning_published() -> None:
    # Farrington & Manning (1990) statistic: 0.5 of 100 on 0.5 of 100, margin 0.1: by hand, the
    # most likely rates are 0.55 and 0.45, so z = 0.1 / sqrt(2 * 0.2475 / 100).
    effect = compare(Counts(50, 100), Counts(50, 100))
    found = margin_test(effect, margin=0.1, kind="difference")
    assert found.p_value == pytest.approx(stats.norm.sf(0.1 / math.sqrt(0.00495)), rel=1e-9)
    assert found.verdict == "undecided"


@pytest.mark.parametrize(
    ("margin", "larger", "verdict"),
    [
        (0.05, True, "undecided"),
        (0.1, True, "within"),
        (0.1, False, "within"),
        (0.05, False, "undecided"),
    ],
)
def test_verdicts(margin: float, larger: bool, verdict: str) -> None:
    found = margin_test(MORE, margin=margin, larger_is_better=larger)
    assert found.verdict == verdict
    assert found.worst == (MORE.lift.lo if larger else MORE.lift.hi)
    assert found.alpha == pytest.approx(0.025)


@pytest.mark.parametrize("larger", [True, False])
def test_a_breach_is_shown(larger: bool) -> None:
    counts = (Counts(1000, 10_000), Counts(700, 10_000))
    effect = compare(*counts) if larger else compare(*counts[::-1])
    found = margin_test(effect, margin=0.1, larger_is_better=larger)
    assert found.verdict == "breached"
    assert found.p_value > 0.5


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 60),
    st.integers(0, 60),
    st.sampled_from([0.02, 0.1, 0.4]),
    st.booleans(),
    st.sampled_from(["mee", "miettinen_nurminen", "wald"]),
    st.sampled_from([0.8, 0.9, 0.95]),
)
def test_the_p_value_agrees_with_the_verdict(
    x0: int, x1: int, margin: float, larger: bool, difference: Difference, confidence: float
) -> None:
    effect = compare(Counts(x0, 60), Counts(x1, 75), difference=difference, confidence=confidence)
    for kind in ("lift", "difference"):
        found = margin_test(effect, margin=margin, kind=kind, larger_is_better=larger)
        if math.isnan(found.p_value):
            assert (difference, kind, effect.se) == ("wald", "difference", 0.0)
        elif abs(found.p_value - found.alpha) > 1e-9:
            assert (found.p_value < found.alpha) == (found.verdict == "within")


def test_means_have_a_t_test_and_every_level() -> None:
    found = margin_test(of_means(-0.1), margin=0.5, kind="difference", alpha=0.05)
    se = math.sqrt(0.05)
    assert found.worst == pytest.approx(-0.1 - stats.t.ppf(0.95, 80) * se)
    assert found.p_value == pytest.approx(stats.t.sf(0.4 / se, 80))
    assert found.verdict == "within"
    assert math.isnan(margin_test(of_means(-0.1), margin=0.5).p_value)


def test_the_wrong_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected an interval of 0\.9"):
        margin_test(MORE, margin=0.1, alpha=0.05)
    with pytest.raises(ValueError, match=r"expected an interval of 0\.9"):
        margin_test(of_means(0.1), margin=0.1, alpha=0.05)
    with pytest.raises(ValueError, match=r"alpha: found 0\.7"):
        margin_test(of_means(0.1), margin=0.1, kind="difference", alpha=0.7)
    with pytest.raises(ValueError, match=r"margin: found -0\.1"):
        margin_test(MORE, margin=-0.1)
    with pytest.raises(ValueError, match="kind: found 'ratio'"):
        margin_test(MORE, margin=0.1, kind="ratio")  # type: ignore[arg-type]


def test_sets_that_are_not_bounded() -> None:
    nothing = compare(Counts(0, 100), Counts(3, 100))
    assert margin_test(nothing, margin=0.1, larger_is_better=False).verdict == "undecided"
    assert margin_test(compare(Counts(0, 0), Counts(0, 9)), margin=0.1).verdict == "undecided"
    gap = Interval(0.5, -0.4, 0.2, 0.95, "Fieller (t)", "outside", "why")
    assert margin_test(replace(MORE, lift=gap), margin=0.1).worst == -math.inf


def test_a_share_cannot_fall_by_more_than_itself() -> None:
    found = margin_test(MORE, margin=1.5)
    assert (found.verdict, found.p_value) == ("within", 0.0)


def test_summaries() -> None:
    named = replace(MORE, metric="Buyers")
    assert margin_test(named, margin=0.1).summary() == (
        "Buyers: Within the margin: the lift is above −7.0% (97.5%, one-sided); −10.0% is allowed."
    )
    points = margin_test(MORE, margin=0.001, kind="difference")
    assert (
        points.summary("zh")
        == "未定：差异最差可能到 −0.73 个百分点（单侧 97.5%），允许 −0.10 个百分点。"
    )
    means = margin_test(of_means(-2.0), margin=0.5, kind="difference").summary()
    assert means == (
        "Margin breached: the difference is below −1.56 (97.5%, one-sided); −0.500 is allowed."
    )
    open_set = compare(Counts(0, 50), Counts(4, 50))
    for lang, words in (("en", "do not bound the lift"), ("zh", "无法给出提升的界限")):
        assert words in margin_test(open_set, margin=0.1, larger_is_better=False).summary(lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_outcome_has_its_sentence(lang: str) -> None:
    said = {
        margin_test(of_means(gap), margin=0.5, kind="difference", larger_is_better=larger).summary(
            lang
        )
        for gap in (-3.0, 0.1, 3.0)
        for larger in (True, False)
    }
    assert len(said) == 6
