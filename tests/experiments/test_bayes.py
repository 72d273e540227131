from __future__ import annotations

import math
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from analysis.base.errors import InputError
from analysis.experiments.bayes import Beta, Normal, bayes, best_and_loss, normal_lift
from analysis.experiments.bayes.contest import difference_quantile, ratio_quantile
from analysis.experiments.bayes.lift import NO_ERROR, NO_LIFT, expected_losses
from analysis.experiments.moments import Counts, Sample


def miller(a: Beta, b: Beta) -> float:
    """P(B > A) by Miller's sum over the integer first parameter of B."""
    i = np.arange(int(b.a))
    terms = special.betaln(a.a + i, a.b + b.b) - np.log(b.b + i) - special.betaln(1 + i, b.b)
    return float(np.exp(terms - special.betaln(a.a, a.b)).sum())


BETAS = st.builds(Beta, st.integers(1, 400).map(float), st.integers(1, 4000).map(float))


@given(a=BETAS, b=BETAS)
def test_two_arms_are_the_closed_form(a: Beta, b: Beta) -> None:
    best, loss = best_and_loss([a, b])
    assert best[1] == pytest.approx(miller(a, b), rel=1e-6, abs=1e-13)
    assert best.sum() == pytest.approx(1, abs=1e-12)
    # E[max - A] - E[max - B] = E[B] - E[A], and Stucchio's closed form.
    assert loss[0] - loss[1] == pytest.approx(b.mean - a.mean, abs=1e-13)
    closed = b.mean * miller(a, Beta(b.a + 1, b.b)) - a.mean * miller(Beta(a.a + 1, a.b), b)
    assert loss[0] == pytest.approx(closed, abs=1e-10)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Beta(1, 51), Beta(4, 48)),
        (Beta(1, 1), Beta(1, 1)),
        (Beta(1, 1e9), Beta(11, 1e9)),
        (Beta(2, 1e6), Beta(40, 1e6)),
        (Beta(51, 1), Beta(1, 1)),
        (Beta(500, 500), Beta(700, 300)),
        (Beta(5, 6), Beta(1e4, 1e4)),
    ],
)
def test_extreme_counts(a: Beta, b: Beta) -> None:
    best, _ = best_and_loss([a, b])
    assert best[1] == pytest.approx(miller(a, b), rel=1e-8)
    assert best[0] == pytest.approx(miller(b, a), rel=1e-7)


def test_a_thousand_million_users_are_the_normal_approximation() -> None:
    n, p = 1e9, 0.05
    a, b = Beta(n * p, n * (1 - p)), Beta(n * p + 30000, n * (1 - p) - 30000)
    best, loss = best_and_loss([a, b])
    sd = math.sqrt(sum(x.mean * (1 - x.mean) / n for x in (a, b)))
    gap = b.mean - a.mean
    assert best[0] == pytest.approx(float(special.ndtr(-gap / sd)), rel=1e-3)
    assert loss[1] == pytest.approx(expected_losses(gap, sd)[0], rel=1e-2)


@pytest.mark.parametrize("gap", [0.0, 1.0, 12.0, 40.0])
@pytest.mark.parametrize("narrow", [1.0, 1e-4])
def test_normal_beliefs_in_closed_form(gap: float, narrow: float) -> None:
    best, loss = best_and_loss([Normal(0.0, 1.0), Normal(gap, narrow)])
    sd = math.hypot(1.0, narrow)
    assert best[0] == pytest.approx(float(special.ndtr(-gap / sd)), rel=1e-7)
    ship, keep = expected_losses(gap, sd)
    assert loss == pytest.approx([keep, ship], rel=1e-6)


def test_many_equal_arms_share_evenly() -> None:
    best, loss = best_and_loss([Beta(3, 50)] * 20)
    np.testing.assert_allclose(best, 0.05, rtol=1e-12)
    np.testing.assert_allclose(loss, loss[0])


def test_many_arms_against_draws() -> None:
    """Five arms, one of them tiny, 400,000 draws: within four Monte-Carlo errors."""
    arms = [Beta(10, 100), Beta(1200, 11000), Beta(3, 20), Beta(0.5, 0.5), Beta(90, 900)]
    rng = np.random.default_rng(2)
    draws = np.stack([rng.beta(arm.a, arm.b, 400_000) for arm in arms])
    best, loss = best_and_loss(arms)
    share = np.bincount(draws.argmax(axis=0), minlength=5) / 400_000
    np.testing.assert_allclose(best, share, atol=4 * 0.5 / math.sqrt(400_000))
    lost = draws.max(axis=0) - draws
    np.testing.assert_allclose(loss, lost.mean(axis=1), atol=4 * lost.std() / math.sqrt(400_000))


def test_quantiles_of_difference_and_ratio_against_draws() -> None:
    a, b = Beta(12, 300), Beta(25, 310)
    rng = np.random.default_rng(4)
    x, y = rng.beta(a.a, a.b, 400_000), rng.beta(b.a, b.b, 400_000)
    for p in (0.025, 0.5, 0.975):
        d, r = difference_quantile(a, b, p), ratio_quantile(a, b, p)
        error = 4 * math.sqrt(p * (1 - p) / 400_000)
        assert np.mean(y - x < d) == pytest.approx(p, abs=error)
        assert np.mean(y / x < r) == pytest.approx(p, abs=error)


def test_normal_lift_by_hand_and_at_the_edges() -> None:
    flat = normal_lift(Counts(100, 1000), Counts(120, 1000), prior_sd=math.inf)
    error = math.sqrt(0.12 * 0.88 / 1000 / 0.01 + 0.1 * 0.9 / 1000 * 0.0144 / 0.0001)
    assert flat.lift.value == pytest.approx(0.2)
    assert flat.sd == pytest.approx(error)
    tight = normal_lift(Counts(100, 1000), Counts(120, 1000), prior_sd=1e-6)
    assert tight.lift.value == pytest.approx(0, abs=1e-9)
    assert flat.loss_keep - flat.loss_ship == pytest.approx(flat.lift.value)
    assert normal_lift(Counts(0, 50), Counts(3, 50)).lift.why == NO_LIFT
    assert normal_lift(Counts(3, 50), Counts(0, 50)).lift.why == NO_ERROR
    assert normal_lift(Sample(1, 2.0, math.nan), Sample(9, 2.0, 1.0)).lift.why == NO_ERROR
    with pytest.raises(ValueError):
        normal_lift(Counts(3, 50), Counts(3, 50), prior_sd=0)


@given(z=st.floats(-37, 37))
def test_small_expected_losses_keep_their_digits(z: float) -> None:
    ship, keep = expected_losses(z, 1.0)
    assert keep - ship == pytest.approx(z, abs=1e-12)
    assert min(ship, keep) > 0
    # Mills' ratio: for large z the smaller one is between φ/z² (1 - 3/z²) and φ/z².
    if abs(z) > 3:
        bound = math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / z**2
        assert bound * (1 - 3 / z**2) < min(ship, keep) < bound


def test_decision_by_expected_loss() -> None:
    arms = {"control": Counts(500, 10_000), "A": Counts(540, 10_000), "B": Counts(590, 10_000)}
    result = bayes(arms)
    assert (result.verdict, result.choice) == ("ship", "B")
    assert result.threshold == pytest.approx(0.01 * result.arms[0].value.value)
    assert bayes(arms, threshold=1e-6).verdict == "continue"
    assert bayes(arms, control="B").verdict == "keep"
    assert [arm.name for arm in bayes(arms, control="A").arms] == ["A", "control", "B"]
    for lang in ("en", "zh"):
        for case in (result, bayes(arms, threshold=1e-6), bayes(arms, control="B")):
            assert case.choice in case.summary(lang)
    table = result.table()
    assert table.columns.tolist() == [
        "arm", "value", "value_lo", "value_hi", "lift", "lift_lo", "lift_hi", "best",
        "above_control", "expected_loss",
    ]  # fmt: skip
    assert table["best"].tolist() == [arm.best for arm in result.arms]
    assert table[["lift", "above_control"]].isna().all(axis=1).tolist() == [True, False, False]
    others = table[1:]
    assert (others["lift_lo"] < others["lift"]).all()
    assert (others["lift"] < others["lift_hi"]).all()
    assert result.plot(lang="zh").get_xlabel()


def test_means_with_a_prior_of_one_user() -> None:
    arms = {"c": Sample(5000, 21.3, 3000.0), "t": Sample(5100, 22.9, 3300.0)}
    result = bayes(arms, unit="CNY")
    se = math.sqrt(3000 / 5000 + 3300 / 5100)
    assert result.arms[1].beats_control == pytest.approx(float(special.ndtr(1.6 / se)), abs=1e-3)
    assert result.arms[1].lift.shape == "bounded"
    assert "CNY" in result.summary("en")
    assert "元" in result.summary("zh")
    below = bayes({"c": Sample(50, -0.1, 3.0), "t": Sample(50, 0.1, 3.0)})
    assert below.arms[1].lift.shape == "undefined"
    assert below.summary()
    one_flat = bayes({"c": Sample(50, 0.0, 0.0), "t": Sample(50, 1.0, 3.0)})
    assert one_flat.arms[1].best > 0.99


def test_lift_of_means_is_a_quantile_of_the_ratio() -> None:
    arm = bayes({"c": Sample(400, 10.0, 90.0), "t": Sample(500, 11.0, 80.0)}).arms[1]
    rng = np.random.default_rng(0)
    control, own = (rng.normal(*post, 400_000) for post in ((10, math.sqrt(90 / 400)), (11, 0.4)))
    assert np.mean(own / control - 1 < arm.lift.lo) == pytest.approx(0.025, abs=2e-3)
    assert np.mean(own / control - 1 < arm.lift.hi) == pytest.approx(0.975, abs=2e-3)


def test_what_a_planner_can_mend() -> None:
    with pytest.raises(InputError, match="no arm 'contrl'"):
        bayes({"control": Counts(1, 5), "B": Counts(2, 5)}, control="contrl")
    with pytest.raises(InputError, match="found only 'control'"):
        bayes({"control": Counts(1, 5)})
    with pytest.raises(InputError, match="found 1 user"):
        bayes({"c": Sample(1, 1.0, math.nan), "t": Sample(5, 1.0, 1.0)})
    with pytest.raises(InputError, match="same value"):
        bayes({"c": Sample(5, 1.0, 0.0), "t": Sample(5, 1.0, 0.0)})
    with pytest.raises(ValueError, match="one kind"):
        bayes(cast("dict[str, Counts]", {"c": Counts(1, 5), "t": Sample(5, 1.0, 1.0)}))
    with pytest.raises(ValueError):
        Beta(0, 1)
    with pytest.raises(ValueError):
        Normal(0, 0)
    with pytest.raises(ValueError):
        best_and_loss([Beta(1, 1)])


def test_probability_to_be_best_is_calibrated() -> None:
    """Rates drawn from the stated prior, 600 three-armed tests of 200 users an arm.

    Of arms said to be best with a probability about p, a share p is; in five bins, chi-square.
    """
    rng = np.random.default_rng(11)
    said, was, lost, promised = [], [], [], []
    for _ in range(600):
        truth = rng.beta(2, 30, 3)
        x = rng.binomial(200, truth)
        best, loss = best_and_loss([Beta(2 + k, 30 + 200 - k) for k in x])
        said.append(best)
        was.append(truth == truth.max())
        chosen = int(loss.argmin())
        promised.append(loss[chosen])
        lost.append(truth.max() - truth[chosen])
    p, hit = np.concatenate(said), np.concatenate(was)
    cuts = np.digitize(p, [0.05, 0.2, 0.5, 0.8])
    for bin_ in range(5):
        here = cuts == bin_
        error = math.sqrt((p[here] * (1 - p[here])).sum()) / here.sum()
        assert abs(hit[here].mean() - p[here].mean()) < 3.5 * error
    gap = np.array(lost) - np.array(promised)
    assert abs(gap.mean()) < 3 * gap.std() / math.sqrt(len(gap))


def test_credible_intervals_cover_under_the_prior() -> None:
    """80 tests with rates from the prior: intervals of value and lift hold in 95 %."""
    rng = np.random.default_rng(12)
    held = np.zeros(2)
    for _ in range(80):
        a, b = rng.beta(2, 30, 2)
        arms = {"c": Counts(rng.binomial(300, a), 300), "t": Counts(rng.binomial(300, b), 300)}
        arm = bayes(arms, prior=(2, 30)).arms[1]
        held += [b in arm.value, (b / a - 1) in arm.lift]
    assert np.abs(held / 80 - 0.95).max() < 3 * math.sqrt(0.05 * 0.95 / 80)


def test_quantile_of_a_belief_is_scipys() -> None:
    assert Beta(9, 51).quantile(0.975) == pytest.approx(stats.beta(9, 51).ppf(0.975))
