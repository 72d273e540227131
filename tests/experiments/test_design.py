"""Size, power and smallest effect: against R and statsmodels, against each other, and simulated."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from scipy import special

from analysis.base.errors import InputError
from analysis.base.theme import house_style
from analysis.experiments.design import (
    Clusters,
    Design,
    Means,
    Proportions,
    Rule,
    Traffic,
    duration,
    miller_size,
    sizes,
    solve,
)
from analysis.experiments.design.proportions import Variance
from analysis.experiments.moments import Moments, Sample

VARIANTS: tuple[Variance, ...] = ("pooled", "unpooled", "arcsine", "baseline")
RATES = st.floats(1e-4, 0.9)
POWERS = st.floats(0.55, 0.99)
RATIOS = st.floats(0.1, 10)


def test_the_documented_examples_of_r() -> None:
    # ?power.prop.test and ?power.t.test, R 4: n = 76.7 and 63.76576 (the latter not strict).
    assert solve(Proportions(0.5), effect=0.25, power=0.9).n == pytest.approx(76.7069, abs=1e-4)
    assert solve(Means(1, 1), effect=0.5, power=0.8).n == pytest.approx(63.76576, abs=1e-5)
    assert Means(0, 1).power(20, 1) == pytest.approx(0.8689528, abs=1e-7)


def test_statsmodels_counts_rejections_in_both_directions_alike() -> None:
    from statsmodels.stats.power import TTestIndPower

    for n, ratio, effect in ((30, 1.0, 0.05), (900, 1 / 9, 0.3), (12, 3.0, -0.9)):
        expected = TTestIndPower().power(effect, n, 0.05, ratio=ratio)
        found = Means(math.nan, 1.0, Rule(ratio=ratio)).rejection(n, effect)
        assert found == pytest.approx(expected, abs=1e-10)


@settings(deadline=None, max_examples=60)
@given(base=RATES, share=st.floats(0.01, 0.9), power=POWERS, ratio=RATIOS, which=st.integers(0, 3))
def test_size_power_and_smallest_rate_invert_each_other(
    base: float, share: float, power: float, ratio: float, which: int
) -> None:
    setting = Proportions(base, Rule(ratio=ratio, rho=0.3, inflation=1.1), VARIANTS[which])
    for effect in (share * (1 - base), -share * base):
        n = setting.size(effect, power)
        assert setting.power(n, effect) == pytest.approx(power, rel=1e-9)
        direction = setting.rule.direction(effect)
        assert setting.smallest(n, power, direction) == pytest.approx(effect, rel=1e-7)


@settings(deadline=None, max_examples=40)
@given(effect=st.floats(0.01, 3), power=POWERS, ratio=RATIOS, sd=st.floats(0.5, 2))
def test_size_power_and_smallest_mean_invert_each_other(
    effect: float, power: float, ratio: float, sd: float
) -> None:
    setting = Means(10.0, 1.0, Rule(alpha=0.01, ratio=ratio), sd_arm=sd)
    n = setting.size(effect, power)
    assert setting.power(n, effect) >= power - 1e-9
    assert setting.smallest(n, setting.power(n, effect)) == pytest.approx(effect, rel=1e-7)


def test_the_t_test_needs_a_little_more_than_the_normal_formula() -> None:
    for delta in (0.1, 0.5, 2.0):
        exact, plain = (Means(0, 1, normal=n).size(delta, 0.8) for n in (False, True))
        assert plain < exact < plain + 3


def test_extreme_rates_sizes_and_effects_have_answers() -> None:
    assert solve(Proportions(0.0), n=200, power=0.8).effect == pytest.approx(0.0384, abs=1e-3)
    assert solve(Proportions(1.0), n=200, power=0.8).why == "no effect is large enough"
    assert solve(Proportions(1.0), n=200, power=0.8, direction=-1).effect < 0
    nothing = solve(Proportions(0.1), effect=0, power=0.8)
    assert (nothing.n, nothing.n_control, nothing.why) == (math.inf, math.inf, "no effect to find")
    for variance in VARIANTS:
        tiny = solve(Proportions(0.05, variance=variance), n=1e9, power=0.8).effect
        assert tiny == pytest.approx(2.8016 * math.sqrt(2 * 0.05 * 0.95 / 1e9), rel=1e-3)
    large = solve(Means(1, 1), n=1e9, power=0.8).effect
    normal = special.ndtri(0.975) + special.ndtri(0.8)
    assert large == pytest.approx(normal * math.sqrt(2e-9), rel=1e-8)
    assert solve(Means(1, 1), effect=1e6, power=0.8).n_control == 2
    assert solve(Means(1, 1), n=1, effect=1).why == "too few for a variance"
    assert Proportions(0.0).power(5, 1.0) == 1.0


def test_millers_calculator_folds_rates_above_one_half() -> None:
    assert miller_size(0.20625, 0.01) == pytest.approx(25834.7, abs=0.01)
    assert miller_size(0.8, 0.01) == pytest.approx(miller_size(0.2, 0.01), rel=1e-12)
    assert miller_size(0.2, -0.01) < miller_size(0.2, 0.01) < miller_size(0.3, 0.01)


def test_cuped_and_looks_change_the_users_by_their_factors() -> None:
    for make in (lambda r: Proportions(0.1, r), lambda r: Means(1, 1, r, normal=True)):
        plain = make(Rule()).size(0.02, 0.8)
        assert make(Rule(rho=0.6)).size(0.02, 0.8) == pytest.approx(0.64 * plain)
        assert make(Rule(inflation=1.2)).size(0.02, 0.8) == pytest.approx(1.2 * plain)
    with_looks = Means(1, 1, Rule(inflation=1.2)).size(0.02, 0.8)
    assert with_looks == pytest.approx(1.2 * Means(1, 1).size(0.02, 0.8), rel=1e-9)


def test_non_inferiority_measures_from_the_margin() -> None:
    rule = Rule(alpha=0.025, sided=1, margin=-0.005)
    design = solve(Proportions(0.05, rule, "unpooled"), effect=0, power=0.8)
    z = special.ndtri(0.975) + special.ndtri(0.8)
    assert design.n == pytest.approx(2 * 0.05 * 0.95 * (z / 0.005) ** 2)
    beyond = solve(Proportions(0.05, rule, "unpooled"), effect=-0.006, power=0.8)
    assert math.isinf(beyond.n)
    # Fewer users: the change must truly be above 0 for the margin to be kept.
    assert solve(Proportions(0.05, rule, "unpooled"), n=design.n / 2, power=0.8).effect > 0
    upwards = Rule(alpha=0.025, sided=1, margin=0.005)
    assert Means(1, 0.2, upwards).size(0.0, 0.8) == pytest.approx(
        Means(1, 0.2, Rule(alpha=0.025, sided=1, margin=-0.005)).size(0.0, 0.8)
    )


def test_a_ratio_has_the_spread_of_its_linearised_users() -> None:
    rng = np.random.default_rng(4)
    sessions = rng.poisson(3, 4_000) + 1.0
    spent = sessions * rng.gamma(2, 5, 4_000)
    frame = pd.DataFrame({"spent": spent, "sessions": sessions})
    setting = Means.of_ratio(Moments.of_rows(frame, ["spent", "sessions"]), "spent", "sessions")
    ratio = spent.mean() / sessions.mean()
    line = (spent - ratio * sessions) / sessions.mean()
    assert setting.baseline == pytest.approx(ratio)
    assert setting.sd == pytest.approx(line.std(ddof=1))
    assert Means.of_sample(Sample(10, 3.0, 4.0)).sd == 2.0


def test_clusters_cost_what_their_likeness_says() -> None:
    setting = Clusters.of_rate(0.1, 200, 0.02, cv=0.4)
    assert setting.design_effect == pytest.approx(1 + (1.16 * 200 - 1) * 0.02)
    free = Clusters(5, 1, 50, 0.0)
    many = free.size(0.02, 0.8) * 50
    assert many == pytest.approx(Means(5, 1).size(0.02, 0.8), rel=0.01)
    # Given users per cluster, as many clusters are needed as those users suffice for.
    clusters = setting.size(0.03, 0.8)
    assert setting.users_needed(clusters, 0.03, 0.8) == pytest.approx(200, rel=1e-6)
    assert math.isinf(setting.users_needed(6, 0.03, 0.8))
    assert Clusters(5, 1, 50, 1.0).users_needed(100, 1.0, 0.8) == 1


def _close(simulated: float, promised: float, runs: int) -> None:
    error = math.sqrt(promised * (1 - promised) / runs)
    assert abs(simulated - promised) < 4 * error + 0.004, (simulated, promised, error)


def test_power_of_proportions_is_what_simulation_finds() -> None:
    # 40,000 tests each, Monte-Carlo error 0.2 points.
    rng, runs = np.random.default_rng(11), 40_000
    for base, effect, n, ratio in ((0.05, 0.02, 2_000, 1.0), (0.3, -0.06, 700, 2.0)):
        setting = Proportions(base, Rule(ratio=ratio))
        m = int(n * ratio)
        x, y = rng.binomial(n, base, runs) / n, rng.binomial(m, base + effect, runs) / m
        shared = (n * x + m * y) / (n + m)
        z = (y - x) / np.sqrt(shared * (1 - shared) * (1 / n + 1 / m))
        found = float(np.mean(z * np.sign(effect) > 1.959964))
        _close(found, setting.power(n, effect), runs)


def test_power_of_means_and_clusters_is_what_simulation_finds() -> None:
    # 20,000 tests each, Monte-Carlo error 0.3 points.
    rng, runs = np.random.default_rng(12), 20_000

    def t_test(one: np.ndarray, two: np.ndarray) -> float:
        a, b = one.shape[1], two.shape[1]
        pooled = ((a - 1) * one.var(1, ddof=1) + (b - 1) * two.var(1, ddof=1)) / (a + b - 2)
        t = (two.mean(1) - one.mean(1)) / np.sqrt(pooled * (1 / a + 1 / b))
        return float(np.mean(t > special.stdtrit(a + b - 2, 0.975)))

    small = Means(0, 1, Rule(ratio=0.5))
    found = t_test(rng.normal(size=(runs, 12)), rng.normal(1.2, 1, (runs, 6)))
    _close(found, small.power(12, 1.2), runs)
    # Seven clusters of 50 users, a tenth of the variance between them.
    clusters = Clusters(0, 1, 50, 0.1)
    means = [
        np.sqrt(0.1) * rng.normal(size=(runs, 7)) + np.sqrt(0.9 / 50) * rng.normal(size=(runs, 7))
        for _ in range(2)
    ]
    _close(t_test(means[0], means[1] + 0.55), clusters.power(7, 0.55), runs)


def test_rounding_up_never_leaves_less_power_than_asked() -> None:
    for base in (0.01, 0.2, 0.5):
        design = solve(Proportions(base), lift=0.1, power=0.8, arms=3)
        assert design.n <= design.n_control < design.n + 1
        assert 0.8 <= design.power < 0.81
        assert design.total == design.n_control + 3 * design.n_arm


def test_a_table_of_base_rates_and_lifts() -> None:
    frame = sizes([Proportions(p) for p in (0.01, 0.6)], (0.1, 0.8), users_per_day=1_000)
    assert frame["n_control"].iloc[0] == 163_095
    assert frame["days"].iloc[0] == pytest.approx(326.19)
    assert frame["n_control"].isna().tolist() == [False, False, False, True]


@pytest.fixture
def design() -> Design:
    return solve(Proportions(0.05), lift=0.1, power=0.8, arms=2)


def test_duration_counts_ramp_weekdays_and_whole_weeks(design: Design) -> None:
    flat = duration(design, Traffic(10_000), dt.date(2024, 5, 6))
    assert (flat.days, flat.weeks, flat.last_day) == (10, 2, dt.date(2024, 5, 19))
    slow = duration(design, Traffic(10_000, 0.5, None, (0.0, 0.0, 0.0)), dt.date(2024, 5, 6))
    assert (slow.days, slow.weeks) == (22, 4)
    # All traffic at weekends: 35,000 users a day, from a Wednesday on; Sunday is the second day.
    weekend = Traffic(10_000, weekdays=(0, 0, 0, 0, 0, 1, 1))
    at_weekends = duration(design, weekend, dt.date(2024, 5, 8))
    assert (at_weekends.days, at_weekends.weeks) == (11, 2)
    assert weekend.entered(dt.date(2024, 5, 8), 7)[-1] == pytest.approx(70_000)
    assert duration(design, Traffic(1e6), dt.date(2024, 5, 6), least_weeks=2).weeks == 2


def test_what_can_be_found_shrinks_by_week_to_the_planned_effect(design: Design) -> None:
    result = duration(design, Traffic(design.users / 21), dt.date(2024, 5, 6))
    assert result.weeks == 3
    effects = result.weekly["effect"].to_numpy()
    assert (np.diff(effects) < 0).all()
    assert effects[2] == pytest.approx(design.effect, rel=1e-4)


def test_a_test_without_traffic_never_ends_and_says_so(design: Design) -> None:
    for traffic in (Traffic(0), Traffic(1)):
        result = duration(design, traffic, dt.date(2024, 5, 6))
        assert result.days is None
        assert "does not have its 93,702 users" in result.summary()
    nothing = duration(
        solve(Proportions(0.05), effect=0, power=0.8), Traffic(10), dt.date(2024, 5, 6)
    )
    assert "never found" in nothing.summary()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Proportions(1.2), "baseline: found 1.2"),
        (lambda: Rule(alpha=0), "alpha: found 0"),
        (lambda: Rule(rho=1), "rho: found 1"),
        (lambda: Proportions(0.5, Rule(margin=-0.1)), "with a margin, expected 'unpooled'"),
        (lambda: Means(1, 0), "sd: found 0"),
        (lambda: Clusters(1, 1, 10, 1.5), "icc: found 1.5"),
        (lambda: solve(Proportions(0.5), power=0.8), "found power, expected two"),
        (lambda: solve(Proportions(0.5), n=5, effect=0.1, power=0.8), "expected two of the three"),
        (lambda: solve(Proportions(0.5), effect=0.6, power=0.8), "rate of the arm"),
        (lambda: solve(Proportions(0.5), effect=0.1, power=0.02), "power: found 0.02"),
        (lambda: solve(Proportions(0), lift=0.1, power=0.8), "baseline of 0"),
        (lambda: solve(Means(1, 1), lift=0.1, effect=1, power=0.8), "found both"),
        (lambda: Traffic(10, weekdays=(1,)), "7 weights"),
    ],
)
def test_impossible_plans_are_refused(call: object, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        call()  # type: ignore[operator]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_results_show_themselves(design: Design, lang: str) -> None:
    by_week = duration(design, Traffic(5_000), dt.date(2024, 5, 6))
    margin = Rule(margin=-0.01, sided=1)
    designs = [
        design,
        solve(Means(100, 25, Rule(ratio=2)), n=500, power=0.8),
        solve(Means(math.nan, 25), n=500, effect=2),
        solve(Clusters.of_rate(0.1, 200, 0.02), lift=0.5, power=0.8),
        solve(Proportions(0.1, margin, "unpooled"), effect=0.0, power=0.8),
        solve(Proportions(0.1), effect=0.0, power=0.8),
    ]
    for each in designs:
        assert each.summary(lang)
        assert len(each.table(lang)) == 12
    assert by_week.table(lang).shape[1] == 5
    with house_style():
        for axes in (each.plot(lang=lang) for each in designs[:5]):
            assert axes.lines
            plt.close("all")
        assert by_week.plot(lang=lang).lines
        plt.close("all")
    with pytest.raises(InputError, match="no effect to find"):
        designs[5].plot()
