from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.experiments.moments import Moments
from analysis.experiments.srm import srm
from analysis.experiments.trust import (
    Trust,
    day_variance,
    effect_by_day,
    missing_days,
    novelty,
    outlier_influence,
    pre_period_balance,
    sample_ratio,
    several_arms,
    trust,
)
from analysis.experiments.trust.balance import joint_test
from analysis.experiments.trust.check import Floats
from analysis.experiments.trust.trend import Days, change_of
from analysis.experiments.trust.words import check_names, status_names
from analysis.stats.multiplicity import holm

START = pd.Timestamp("2024-03-01")


def day_frame(
    lifts: Floats, *, n: int = 3000, rate: float = 0.05, seed: int = 0, metric: str = "conversion"
) -> pd.DataFrame:
    """Conversions by day of arms A and B, whose lift over A is that of the day."""
    rng = np.random.default_rng(seed)
    rows = []
    for at, lift in enumerate(lifts):
        for name in ("A", "B"):
            users = rng.poisson(n)
            level = rate * (1 + 0.3 * math.sin(at)) * (1 + lift * (name == "B"))
            p = rng.binomial(users, level) / users
            day = START + pd.Timedelta(days=at)
            rows.append((day, name, metric, users, p, p * (1 - p) * users / (users - 1)))
    return pd.DataFrame(rows, columns=["day", "variant", "metric", "n", "mean", "variance"])


def metric_frame(rows: list[tuple[str, str, int, float, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["variant", "metric", "n", "mean", "variance"])


@pytest.mark.parametrize(
    ("counts", "status"),
    [((5000, 5010), "passed"), ((44_700, 45_489), "warning"), ((821_588, 815_482), "failed")],
)
def test_sample_ratio_by_its_two_thresholds(counts: tuple[int, int], status: str) -> None:
    check = sample_ratio(srm({"A": counts[0], "B": counts[1]}))
    assert check.status == status
    assert check.summary()


def test_users_in_several_arms() -> None:
    pairs = pd.DataFrame({"arm": ["A"], "other": ["B"], "users": [40]})
    assert several_arms(10_000, 0).status == "passed"
    some = several_arms(10_000, 40, pairs)
    assert some.status == "warning"
    assert some.detail["share"].tolist() == [0.004]
    assert "40 users (0.40%)" in some.summary()
    assert several_arms(10_000, 100).status == "failed"
    for total, crossed in ((0, 0), (5, 6), (5, -1)):
        with pytest.raises(InputError, match="users in several arms"):
            several_arms(total, crossed)
    with pytest.raises(InputError, match="pairs"):
        several_arms(9, 1, pairs.drop(columns="users"))


def counts_by_day(counts: list[tuple[int, int]]) -> pd.DataFrame:
    rows = [
        (START + pd.Timedelta(days=at), name, n)
        for at, day in enumerate(counts)
        for name, n in zip(("A", "B"), day, strict=True)
        if n
    ]
    return pd.DataFrame(rows, columns=["day", "variant", "n"])


def test_days_are_tested_for_their_shares_and_their_absence() -> None:
    good = [(500, 510), (480, 505), (530, 490), (495, 505)]
    assert missing_days(counts_by_day(good)).status == "passed"
    gap = missing_days(counts_by_day([*good, (0, 0), *good]))
    assert (gap.status, gap.why) == ("warning", "empty days")
    assert gap.detail["missing"].sum() == 1
    assert "5 Mar 2024" in gap.summary()
    off = missing_days(counts_by_day([*good, (500, 0), *good]))
    assert (off.status, off.why) == ("failed", "odd days")
    assert off.facts["arm"] == "B"
    assert off.facts["day"] == "2024-03-05"
    planned = missing_days(counts_by_day([(900, 105), (890, 95)]), {"A": 9, "B": 1})
    assert planned.status == "passed"
    assert missing_days(counts_by_day([(5, 0), (4, 0)])).status == "not checked"
    with pytest.raises(InputError, match="without a match"):
        missing_days(counts_by_day(good), {"A": 1, "C": 1})


def test_days_without_a_fault_rarely_warn() -> None:
    rng = np.random.default_rng(0)
    warned = 0
    for _ in range(60):
        users = rng.poisson(40, size=(14, 2))
        warned += (
            missing_days(counts_by_day([(int(a), int(b)) for a, b in users])).status != "passed"
        )
    # At most 1 % of tests in expectation: four of 60 or more have a chance of 0.003.
    assert warned < 4


def test_days_of_a_metric_frame_count_users_once() -> None:
    days = day_frame(np.zeros(8))
    both = pd.concat([days, days.assign(metric="revenue")])
    check = missing_days(both)
    expected = days[days["variant"] == "A"]["n"].tolist()
    assert check.detail["A"].tolist() == expected


def covariates(rng: np.random.Generator, shift: float = 0.0, n: int = 400) -> dict[str, Moments]:
    """Two correlated covariates of three arms; the last arm is shifted."""
    arms = {}
    for name in ("A", "B", "C"):
        x = rng.standard_normal((n, 2)) @ np.array([[1.0, 0.9], [0.0, 0.5]]) + shift * (name == "C")
        arms[name] = Moments.of_rows(
            pd.DataFrame(x, columns=["visits", "spend"]), ["visits", "spend"]
        )
    return arms


def frame_of(arms: dict[str, Moments]) -> pd.DataFrame:
    return metric_frame(
        [
            (name, metric, m.n, m.sample(metric).mean, m.sample(metric).variance)
            for name, m in arms.items()
            for metric in m.names
        ]
    )


def test_balance_holds_its_level_and_finds_a_shift() -> None:
    rng = np.random.default_rng(0)
    p = [joint_test(covariates(rng), "A")[2] for _ in range(300)]
    # The joint p-values are uniform; a Kolmogorov–Smirnov p below 0.001 would be a fault.
    assert stats.kstest(p, "uniform").pvalue > 0.001
    shifted = covariates(rng, shift=0.35)
    found = pre_period_balance(frame_of(shifted), "A", joint=shifted)
    assert found.status == "failed"
    assert found.facts["arm"] == "C"
    assert found.facts["joint_df"] == 4
    assert found.facts["standardised"] == pytest.approx(0.35, abs=0.2)
    alone = pre_period_balance(frame_of(shifted), "A")
    assert alone.status in ("failed", "warning")
    assert "joint_p" not in alone.facts


def test_a_covariate_that_repeats_another_adds_no_degree_of_freedom() -> None:
    rng = np.random.default_rng(2)
    arms = {}
    for name in ("A", "B"):
        x = rng.standard_normal(500)
        frame = pd.DataFrame({"x": x, "same": 1000 * x + 3})
        arms[name] = Moments.of_rows(frame, ["x", "same"])
    check = pre_period_balance(frame_of(arms), "A", joint=arms)
    assert check.facts["joint_df"] == 1
    assert check.facts["joint_p"] == pytest.approx(check.detail["p"].iloc[0], rel=1e-6)


def test_together_covariates_may_differ_where_none_does_alone() -> None:
    cov = np.array([[1.0, 0.995], [0.995, 1.0]])
    arms = {
        "A": Moments(5000, ("x", "y"), np.zeros(2), cov),
        "B": Moments(5000, ("x", "y"), np.array([0.02, -0.02]), cov),
    }
    check = pre_period_balance(frame_of(arms), "A", joint=arms)
    assert check.why == "covariates differ together"
    assert check.detail["p_holm"].min() > 0.05


def test_balance_that_cannot_be_checked() -> None:
    few = metric_frame([("A", "x", 5, 1.0, 1.0), ("B", "x", 5, 1.0, 1.0)])
    assert pre_period_balance(few, "A").why == "too few users"
    flat = metric_frame([("A", "x", 50, 1.0, 0.0), ("B", "x", 50, 1.0, 0.0)])
    assert pre_period_balance(flat, "A").status == "not checked"
    with pytest.raises(InputError, match="control"):
        pre_period_balance(few, "a")
    with pytest.raises(InputError, match="no column 'variance'"):
        pre_period_balance(few.drop(columns="variance"), "A")
    with pytest.raises(InputError, match="twice"):
        pre_period_balance(pd.concat([few, few]), "A")
    with pytest.raises(InputError, match="negative variance"):
        pre_period_balance(few.assign(variance=-1.0), "A")


@pytest.mark.parametrize(
    ("raw", "capped", "status", "why"),
    [
        ((1.0, 5.0), (0.9, 4.0), "passed", "unchanged"),
        ((1.0, 5.0), (0.1, 4.0), "warning", "rests on few"),
        ((0.3, 40.0), (0.9, 4.0), "warning", "hidden by few"),
        ((1.0, 5.0), (-0.9, 4.0), "failed", "reversed"),
    ],
)
def test_outliers(
    raw: tuple[float, float], capped: tuple[float, float], status: str, why: str
) -> None:
    rows = [
        (cut, name, "revenue", 1000, 10 + gap * (name == "B"), sd**2)
        for cut, (gap, sd) in (("none", raw), ("top 0.1% capped", capped))
        for name in ("A", "B")
    ]
    cuts = pd.DataFrame(rows, columns=["cut", "variant", "metric", "n", "mean", "variance"])
    check = outlier_influence(cuts, "A")
    assert (check.status, check.why) == (status, why)
    for lang in ("en", "zh"):
        assert "top 0.1% capped" in check.summary(lang)
    assert outlier_influence(cuts[cuts["cut"] == "none"], "A").why == "no cut"
    with pytest.raises(InputError, match="no cut 'none'"):
        outlier_influence(cuts[cuts["cut"] != "none"], "A")


def simulated_days(rng: np.random.Generator, lifts: Floats, n: float, rate: float) -> Days:
    day = np.arange(len(lifts))
    arms = []
    for factor in (np.ones(len(lifts)), 1 + lifts):
        users = rng.poisson(n, len(lifts)).astype(float)
        p = rng.binomial(users.astype(int), rate * (1 + 0.4 * np.sin(day)) * factor) / users
        arms.append((users, p, p * (1 - p) / (users - 1)))
    (n_c, c, var_c), (n_a, a, var_a) = arms
    return Days(day.astype(float), n_c, n_a, c, a, var_c, var_a)


@pytest.mark.parametrize(("n", "rate", "lift"), [(1000, 0.05, 0.3), (500, 0.01, 0.0)])
def test_a_steady_lift_on_a_moving_level_rarely_warns(n: float, rate: float, lift: float) -> None:
    rng = np.random.default_rng(0)
    changes = [change_of(simulated_days(rng, np.full(14, lift), n, rate)) for _ in range(2000)]
    p = np.array([(change.trend_p, change.thirds_p) for change in changes])
    # Monte-Carlo error of 0.05 over 2,000 tests: 0.005; of 0.01: 0.002.
    assert (p < 0.05).mean(axis=0).max() <= 0.06
    assert (p < 0.01).mean(axis=0).max() <= 0.015
    assert (p < 0.05).mean(axis=0).min() >= 0.015


def test_the_trend_is_the_change_of_the_lift_a_day() -> None:
    rng = np.random.default_rng(1)
    lifts = np.linspace(0.4, 0.14, 14)
    found = [change_of(simulated_days(rng, lifts, 20_000, 0.05)) for _ in range(200)]
    slopes = np.array([change.trend.value for change in found])
    assert slopes.mean() == pytest.approx(-0.02, abs=4 * slopes.std() / math.sqrt(200) + 2e-4)
    covered = np.mean([-0.02 in change.trend for change in found])
    assert covered >= 0.90
    early, late = (np.mean([getattr(c, name) for c in found]) for name in ("early", "late"))
    assert early == pytest.approx(lifts[:4].mean(), abs=0.02)
    assert late == pytest.approx(lifts[-4:].mean(), abs=0.02)


@pytest.mark.parametrize(
    ("lifts", "why"),
    [
        (np.linspace(0.6, 0.05, 20), "fades"),
        (np.linspace(0.05, 0.6, 20), "grows"),
        (np.linspace(-0.4, 0.4, 20), "turns"),
        (np.full(20, 0.2), "steady"),
    ],
)
def test_novelty_is_named(lifts: Floats, why: str) -> None:
    check = novelty([effect_by_day(day_frame(lifts), "A")])
    assert check.why == why
    assert check.status == ("passed" if why == "steady" else "warning")
    for lang in ("en", "zh"):
        assert check.summary(lang)


def test_a_metric_below_zero_is_followed_as_a_difference() -> None:
    days = day_frame(np.linspace(0.6, 0.0, 20))
    lift = effect_by_day(days, "A")
    difference = effect_by_day(days.assign(mean=days["mean"] - 0.06), "A")
    assert (lift.scale, difference.scale) == ("lift", "difference")
    assert difference.trend.value < 0
    assert novelty([difference]).status == "warning"


def test_too_little_to_follow_is_said() -> None:
    short = effect_by_day(day_frame(np.zeros(5)), "A")
    assert short.reason == "too few days"
    assert short.trend.shape == "undefined"
    assert novelty([short]).status == "not checked"
    assert math.isnan(short.scatter_p)
    rare = effect_by_day(day_frame(np.zeros(14), n=50, rate=0.002), "A")
    assert rare.reason == "too few events"
    assert day_variance([rare]).why == "too few events a day"
    assert novelty([]).why == "no data"
    empty = effect_by_day(day_frame(np.zeros(8), n=3000, rate=0.0), "A")
    assert empty.reason == "too few events"


def test_days_that_scatter_too_much_warn() -> None:
    rng = np.random.default_rng(4)
    steady = effect_by_day(day_frame(np.zeros(21)), "A")
    assert day_variance([steady]).status == "passed"
    wild = effect_by_day(day_frame(rng.normal(0, 0.4, 21)), "A")
    check = day_variance([steady, wild])
    assert check.status == "warning"
    assert check.facts["times"] == pytest.approx(math.sqrt(wild.scatter / wild.scatter_df))
    # The scatter makes the trend less sure, so a bad week is not taken for novelty.
    assert wild.trend.width > 1.5 * steady.trend.width


def test_day_frames_that_are_refused() -> None:
    days = day_frame(np.zeros(8))
    with pytest.raises(InputError, match="found 'b'; valid: B"):
        effect_by_day(days, "A", arm="b")
    two = pd.concat([days, days.assign(metric="revenue")])
    with pytest.raises(InputError, match="one of conversion, revenue"):
        effect_by_day(two, "A")
    assert effect_by_day(two, "A", metric="revenue").metric == "revenue"
    with pytest.raises(InputError, match="twice"):
        effect_by_day(pd.concat([days, days]), "A")


def test_holm_is_monotone_and_capped() -> None:
    assert holm(np.array([0.01, 0.04, 0.03])).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]


@pytest.fixture(scope="module")
def broken() -> Trust:
    days = day_frame(np.linspace(0.6, 0.0, 20))
    return trust({"A": 60_000, "B": 58_000}, "A", total=118_000, crossed=12, days=days)


def test_a_failed_check_heads_the_answer_and_blocks_it(broken: Trust) -> None:
    assert broken.blocked
    statuses = [check.status for check in broken.checks]
    assert statuses == sorted(statuses, key=["failed", "warning", "passed", "not checked"].index)
    assert broken.checks[0].name == "sample ratio"
    assert broken["novelty"].status == "warning"
    assert broken["outliers"].why == "no data"
    with pytest.raises(KeyError):
        broken["luck"]
    assert len(broken.by_day) == 1


@pytest.mark.parametrize(
    ("early", "status"), [(0, "passed"), (5, "warning"), (20, "failed"), (2000, "failed")]
)
def test_events_before_their_assignment_are_no_effect(early: int, status: str) -> None:
    result = trust({"A": 1000, "B": 1000}, "A", early=early)
    assert result["event times"].status == status
    assert result.blocked == (status == "failed")
    for lang in ("en", "zh"):
        assert result["event times"].summary(lang)


def test_arms_in_different_strata_are_not_comparable() -> None:
    for users, status in (
        ({"A": [500, 500], "B": [505, 495]}, "passed"),
        ({"A": [1000, 0], "B": [0, 1000]}, "failed"),
    ):
        result = trust({"A": 1000, "B": 1000}, "A", strata=pd.DataFrame(users, index=["n", "s"]))
        assert result["strata"].status == status
        for lang in ("en", "zh"):
            assert result["strata"].summary(lang)
    one = pd.DataFrame({"A": [10], "B": [10]}, index=["n"])
    assert trust({"A": 10, "B": 10}, "A", strata=one)["strata"].status == "not checked"


def test_a_warning_does_not_block() -> None:
    result = trust({"A": 1000, "B": 1010}, "A", crossed=1)
    assert not result.blocked
    assert [check.name for check in result.having("warning")] == ["several arms"]
    assert "2 of 9 checks done, none failed, 1 to look at" in result.summary()
    assert "all passed" in trust({"A": 1000, "B": 1010}, "A").summary()
    with pytest.raises(InputError, match="found 'a'; valid: A, B"):
        trust({"A": 1, "B": 1}, "a")


def test_all_inputs_are_used() -> None:
    arms = {name: m for name, m in covariates(np.random.default_rng(7)).items() if name != "C"}
    rows = [
        (cut, name, "revenue", 1000, 10.0, 4.0) for cut in ("none", "capped") for name in ("A", "B")
    ]
    cuts = pd.DataFrame(rows, columns=["cut", "variant", "metric", "n", "mean", "variance"])
    result = trust(
        {"A": 24_000, "B": 24_100}, "A", weights={"A": 1, "B": 1}, crossed=0, early=0,
        strata=pd.DataFrame({"A": [12_000, 12_000], "B": [12_050, 12_050]}, index=["n", "s"]),
        running=pd.DataFrame({"A": [12_000, 24_000], "B": [12_050, 24_100]}),
        days=day_frame(np.zeros(14)), covariates=frame_of(arms), joint=arms, cuts=cuts,
    )  # fmt: skip
    assert not result.having("not checked")
    assert not result.blocked


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_words_tables_and_figures(broken: Trust, lang: str) -> None:
    assert broken.summary(lang).startswith("No verdict" if lang == "en" else "不下结论")
    table = broken.table()
    assert len(table) == 9
    assert set(table["check"]) == set(check_names(translator(lang)))
    assert set(table["status"]) <= set(status_names(translator(lang)))
    effect = broken.by_day[0]
    assert len(effect.table(lang)) == 20
    assert effect.plot(lang=lang).get_ylabel()
    assert effect.summary(lang)
    below = effect_by_day(day_frame(np.zeros(7)).assign(mean=-1.0), "A")
    assert below.plot(lang=lang).texts
    short = effect_by_day(day_frame(np.zeros(3)), "A")
    assert short.plot(lang=lang).get_xlabel()
    assert "six" in short.summary(lang) or "六" in short.summary(lang)
    for check in broken.checks:
        assert check.summary(lang)
    near = sample_ratio(srm({"A": 44_700, "B": 45_489})).summary(lang)
    assert "0.001" in near
    shifted = covariates(np.random.default_rng(0), shift=0.4)
    for joint in (None, shifted):
        check = pre_period_balance(frame_of(shifted), "A", joint=joint)
        assert str(check.facts["covariate"]) in check.summary(lang)
