from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.base.errors import InputError
from analysis.experiments.dirichlet import log_bayes_factor, shares_of
from analysis.experiments.srm import decisive_p, running_ratio, srm


@given(
    counts=st.lists(st.integers(20, 10**6), min_size=2, max_size=6),
    weights=st.lists(st.integers(1, 9), min_size=6, max_size=6),
)
def test_chi_square_is_pearson_without_correction(counts: list[int], weights: list[int]) -> None:
    arms = {f"arm {at}": n for at, n in enumerate(counts)}
    planned = dict(zip(arms, weights, strict=False))
    shares = np.array(list(planned.values())) / sum(planned.values())
    expected = stats.chisquare(counts, sum(counts) * shares)
    result = srm(arms, planned)
    assert result.chi2 == pytest.approx(expected.statistic, rel=1e-9)
    assert result.p == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-300)
    assert result.df == len(counts) - 1
    assert (result.p_exact is None) == (len(counts) > 2)
    # Residuals are standardised: of two arms they are the root of chi-square.
    if len(counts) == 2:
        assert abs(result.furthest["residual"]) == pytest.approx(math.sqrt(result.chi2))


def test_the_arm_that_deviates_most_is_named_with_its_size() -> None:
    result = srm({"A": 25_400, "B": 24_800, "C": 25_100, "D": 24_100})
    assert result.mismatch
    assert result.furthest["arm"] == "D"
    assert result.furthest["deviation"] == pytest.approx(24_100 / 24_850 - 1)
    inside = (result.frame["lo"] <= 0) & (result.frame["hi"] >= 0)
    assert not inside[3]


def test_few_users_are_judged_exactly() -> None:
    assert srm({"A": 0, "B": 7}).p_value == pytest.approx(2 / 2**7)
    assert srm({"A": 0, "B": 10}, {"A": 9, "B": 1}).p_value == pytest.approx(1e-10)
    # Never more often below a level than the level, over all outcomes of 9 users in 3 arms.
    shares = shares_of([1, 1, 2])
    for level in (0.001, 0.01, 0.05):
        chance = 0.0
        for a in range(10):
            for b in range(10 - a):
                counts = np.array([a, b, 9 - a - b], float)
                if decisive_p(counts, shares) <= level:
                    chance += stats.multinomial.pmf(counts, 9, shares)
        assert chance <= level


def test_tiny_p_values_and_huge_counts_stay_finite() -> None:
    result = srm({"A": 500_020_000, "B": 499_980_000})
    assert result.p == pytest.approx(0.2059, abs=1e-4)
    assert result.p_exact == pytest.approx(result.p, rel=1e-3)
    assert 0 < srm({"A": 518_000, "B": 482_000}).p < 1e-280


@given(
    users=st.lists(st.integers(0, 2), min_size=1, max_size=60),
    weights=st.lists(st.floats(0.05, 1), min_size=3, max_size=3),
    concentration=st.floats(0.1, 1e5),
)
def test_evidence_is_the_product_of_predictions(
    users: list[int], weights: list[float], concentration: float
) -> None:
    theta = shares_of(weights)
    seen, log_bf = np.zeros(3), 0.0
    for arm in users:
        predicted = (concentration * theta[arm] + seen[arm]) / (concentration + seen.sum())
        log_bf += math.log(predicted / theta[arm])
        seen[arm] += 1
    assert log_bayes_factor([seen], weights, concentration)[0] == pytest.approx(log_bf, abs=1e-9)


@pytest.mark.parametrize("n", [10**4, 10**6, 10**9])
def test_evidence_keeps_its_digits_for_huge_counts(n: int) -> None:
    # One more user multiplies the evidence by what was predicted for that user.
    counts = np.array([n + n // 10_000, n - n // 10_000], float)
    before, after = log_bayes_factor([counts, counts + np.array([1, 0])], [1, 1], 500.0)
    step = math.log((250 + counts[0]) / (500 + 2 * n) / 0.5)
    assert after - before == pytest.approx(step, abs=2e-10)


def test_looking_at_every_day_flags_no_more_than_promised() -> None:
    rng = np.random.default_rng(0)
    tests, days = 2000, 60
    counts = rng.multinomial(500, [0.5, 0.3, 0.2], size=(tests, days)).cumsum(axis=1)
    shares = np.array([0.5, 0.3, 0.2])
    log_bf = log_bayes_factor(counts.reshape(-1, 3), [5, 3, 2]).reshape(tests, days)
    # Ville: at most 0.05; Monte-Carlo error of 0.05 over 2,000 tests is 0.005.
    assert (log_bf > math.log(20)).any(axis=1).mean() <= 0.05
    expected = counts.sum(axis=2, keepdims=True) * shares
    chi2 = ((counts - expected) ** 2 / expected).sum(axis=2)
    assert (stats.chi2.sf(chi2, 2) < 0.05).any(axis=1).mean() > 0.2


def test_a_real_mismatch_is_found_early() -> None:
    rng = np.random.default_rng(1)
    counts = rng.multinomial(2000, [0.52, 0.48], size=30).cumsum(axis=0)
    result = running_ratio(pd.DataFrame(counts, columns=["A", "B"]))
    assert result.flagged is not None
    assert result.flagged < 20
    assert result.frame["p_all"].is_monotonic_decreasing
    assert result.p == result.frame["p"].min()
    quiet = running_ratio(pd.DataFrame([[50, 52], [101, 99]], columns=["A", "B"]))
    assert quiet.flagged is None


def test_a_mismatch_at_a_look_before_stays_one() -> None:
    running = pd.DataFrame({"A": [6000, 10_100], "B": [4000, 9_900]}, index=["day 1", "day 2"])
    result = srm({"A": 10_100, "B": 9_900}, running=running)
    assert result.p > 0.01
    assert result.mismatch
    assert result.running is not None
    assert result.running.frame["look"].tolist() == ["day 1", "day 2"]
    assert "at a look before this one" in result.summary()
    assert "anytime-valid over 2 looks" in result.summary()


@pytest.mark.parametrize(
    ("counts", "weights", "message"),
    [
        ({"A": 5}, None, "two or more"),
        ({"A": 0, "B": 0}, None, "not all of them 0"),
        ({"A": -1, "B": 3}, None, "expected counts"),
        ({"A": 1, "B": 3}, {"A": 1, "b": 1}, "found 'b'; valid: A, B"),
        ({"A": 1, "B": 3}, {"A": 1}, "none of arm 'B'"),
        ({"A": 1, "B": 3}, {"A": 1, "B": 0}, "above 0"),
    ],
)
def test_inputs_that_are_refused(
    counts: dict[str, int], weights: dict[str, float] | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        srm(counts, weights)


def test_wrong_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="arms"):
        log_bayes_factor([[1, 2, 3]], [1, 1])
    with pytest.raises(ValueError, match="concentration"):
        log_bayes_factor([[1, 2]], [1, 1], 0.0)
    with pytest.raises(InputError, match="falling"):
        running_ratio(pd.DataFrame([[5, 5], [4, 6]], columns=["A", "B"]))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_words_table_and_figure(lang: str) -> None:
    result = srm({"A": 821_588, "B": 815_482})
    assert "10⁻⁵" in result.summary(lang)
    assert "50.19%" in result.summary(lang)
    assert len(result.table(lang)) == 2
    axes = result.plot(lang=lang)
    assert [text.get_text()[:6] for text in axes.texts] == ["−0.37%", "+0.37%"]
