from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from analysis.base.errors import InputError
from analysis.experiments.dunnett import dunnett, many_to_one
from analysis.experiments.effect import Effect, Interval
from analysis.experiments.factorial import factorial
from analysis.experiments.family import STEPWISE, FamilyMethod, family
from analysis.experiments.moments import Counts, Sample
from analysis.stats.many_to_one import critical_value, equal_arms, exceedance
from analysis.stats.multiplicity import holm


def sample(values: list[float]) -> Sample:
    return Sample(len(values), float(np.mean(values)), float(np.var(values, ddof=1)))


CONTROL = [7.4, 8.5, 7.2, 8.24, 9.84, 8.32]
A, B = [9.76, 8.8, 7.68, 9.36], [12.8, 9.68, 12.16, 9.2, 10.55]


def effect(t: float, se: float = 1.0, df: float = math.inf, metric: str = "m") -> Effect:
    value = 0.0 if math.isnan(t) else t
    difference = Interval(value, value - 2, value + 2, 0.95, "z")
    p = 2 * float(special.stdtr(df, -abs(t)))
    return Effect(1.0, 1.0 + value, difference, difference, se, t, df, p, "z", 100, 100, metric)


def test_as_scipy_on_dunnetts_blood_counts() -> None:
    result = dunnett(sample(CONTROL), [sample(A), sample(B)], variance="pooled")
    theirs = stats.dunnett(A, B, control=CONTROL, rng=np.random.default_rng(0))
    np.testing.assert_allclose(result.statistic, theirs.statistic, rtol=1e-12)
    np.testing.assert_allclose(result.p_value, theirs.pvalue, atol=2e-4)
    theirs_ci = theirs.confidence_interval()
    np.testing.assert_allclose([i.lo for i in result.intervals], theirs_ci.low, atol=5e-3)
    np.testing.assert_allclose([i.hi for i in result.intervals], theirs_ci.high, atol=5e-3)


def test_a_single_arm_is_the_plain_test() -> None:
    pooled = dunnett(sample(CONTROL), [sample(B)], variance="pooled")
    student = stats.ttest_ind(B, CONTROL)
    assert pooled.p_value[0] == pytest.approx(student.pvalue, rel=1e-7)
    welch = dunnett(sample(CONTROL), [sample(B)])
    unequal = stats.ttest_ind(B, CONTROL, equal_var=False)
    assert welch.p_value[0] == pytest.approx(unequal.pvalue, rel=1e-7)
    assert welch.intervals[0].lo == pytest.approx(unequal.confidence_interval().low, rel=1e-7)
    score = dunnett(Counts(30, 400), [Counts(52, 410)])
    p = 82 / 810
    z = (52 / 410 - 30 / 400) / math.sqrt(p * (1 - p) * (1 / 410 + 1 / 400))
    assert score.p_value[0] == pytest.approx(2 * float(special.ndtr(-z)), rel=1e-9)


def test_what_cannot_be_tested_is_stated() -> None:
    single = Sample(1, 3.0, math.nan)
    for variance in ("pooled", "separate"):
        result = dunnett(single, [single, single], variance=variance)
        assert {interval.shape for interval in result.intervals} == {"undefined"}
        assert np.isnan(result.p_value).all()
    flat = dunnett(Sample(50, 2.0, 0.0), [Sample(50, 2.0, 0.0), Sample(50, 2.0, 1.0)])
    assert [i.shape for i in flat.intervals] == ["undefined", "bounded"]
    none = dunnett(Counts(0, 50), [Counts(0, 60), Counts(5, 50)])
    assert math.isnan(none.p_value[0])
    assert none.intervals[0].lo < 0 < none.intervals[0].hi
    assert none.p_step_down[1] < none.p_value[1]


def test_huge_and_unequal_arms() -> None:
    result = dunnett(Counts(5e7, 1e9), [Counts(5.01e7, 1e9), Counts(3, 50)])
    assert 0 < result.p_value[0] < 1e-20
    assert 0.1 < result.p_value[1] <= 1
    assert all(i.shape == "bounded" for i in result.intervals)


def test_mixed_or_missing_arms_are_refused() -> None:
    with pytest.raises(ValueError, match="one kind"):
        dunnett(Counts(1, 5), [sample(A)])
    with pytest.raises(ValueError, match="0 arms"):
        dunnett(Counts(1, 5), [])
    with pytest.raises(ValueError, match="confidence"):
        dunnett(Counts(1, 5), [Counts(1, 5)], confidence=95)


def test_correlation_from_standard_errors() -> None:
    result = many_to_one(np.array([1.0, 2.0]), np.array([1.0, 1.0]), math.sqrt(0.5))
    assert result.critical[0] == pytest.approx(critical_value(equal_arms(2)), rel=1e-10)
    assert "组" in result.table("zh").columns
    assert len(result.table()) == 2


def test_family_of_effects() -> None:
    effects = [effect(2.5), effect(1.0), effect(math.nan, math.nan), effect(3.5)]
    known = [e.p_value for e in effects]
    assert family(effects).p_value == pytest.approx(holm(known).tolist(), nan_ok=True)
    for method in ("bonferroni", "sidak", "dunnett"):
        result = family(effects, method)
        for one, p, interval in zip(effects, result.p_value, result.intervals, strict=True):
            if math.isnan(one.p_value):
                assert interval.shape == "undefined"
            else:
                # An interval leaves 0 out exactly when its comparison is rejected.
                assert (0 not in interval) == (p <= 0.05)
    stepped = family(effects, "holm").intervals[0]
    assert (stepped.shape, stepped.why) == ("undefined", STEPWISE)
    after = family(effects, "bh")
    assert [i.shape for i in after.intervals] == ["bounded", "undefined", "undefined", "bounded"]
    assert after.each[0] == pytest.approx(1 - 0.05 * 2 / 3)
    assert after.rejected == (True, False, False, True)
    assert family(effects).table("zh").shape == (4, 7)


def test_dunnett_family_by_metric() -> None:
    effects = [effect(2.2), effect(2.2, metric="other"), effect(0.5)]
    single = family(effects, "dunnett")
    assert single.p_value[0] == pytest.approx(exceedance(2.2, equal_arms(2)))
    assert single.p_value[1] == pytest.approx(effects[1].p_value, rel=1e-8)
    stepped = family(effects, "dunnett_step_down")
    assert stepped.p_value[2] == pytest.approx(effects[2].p_value, rel=1e-8)


def test_intervals_of_the_same_method_again() -> None:
    def again(confidence: float) -> list[Effect]:
        half = -float(special.ndtri((1 - confidence) / 2))
        wide = Interval(2.5, 2.5 - half, 2.5 + half, confidence, "score")
        one = effect(2.5)
        return [Effect(1, 3.5, wide, wide, 1, 2.5, math.inf, one.p_value, "z", 9, 9)] * 2

    result = family(again(0.95), "bonferroni", again=again)
    assert result.intervals[0].method == "score, bonferroni"
    assert result.intervals[0].lo == pytest.approx(2.5 + float(special.ndtri(0.0125)))
    with pytest.raises(ValueError, match="expected 1"):
        family([effect(1.0)], "bonferroni", again=again)


def _skewed(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    buyers = rng.random(shape) < 0.2
    return np.asarray(np.where(buyers, rng.lognormal(0.0, 1.0, shape), 0.0))


@pytest.mark.parametrize("metric", ["binary", "skewed"])
def test_familywise_error_of_four_arms(metric: str) -> None:
    """Control and three equal arms: 2,500 tests of 2,000 users each, or 1,500 of 400."""
    rng = np.random.default_rng(7)
    runs, n = (2500, 2000) if metric == "binary" else (1500, 400)
    wrong = {"dunnett": 0, "step_down": 0, "holm": 0, "intervals": 0}
    if metric == "binary":
        counts = rng.binomial(n, 0.05, (runs, 4)).astype(float)
        p = counts / n
        moments = np.stack([p, p * (1 - p) * n / (n - 1)], axis=2)
    else:
        moments = np.empty((runs, 4, 2))
        for i in range(0, runs, 100):
            rows = _skewed(rng, (100, 4, n))
            moments[i : i + 100] = np.stack([rows.mean(axis=2), rows.var(axis=2, ddof=1)], axis=2)
    b = equal_arms(3)
    critical = critical_value(b)
    for i in range(runs):
        if metric == "binary":
            arms = [Counts(x, n) for x in counts[i]]
            z = _pooled_z(counts[i], n)
        else:
            z = (moments[i, 1:, 0] - moments[i, 0, 0]) / np.sqrt(
                (moments[i, 1:, 1] + moments[i, 0, 1]) / n
            )
        wrong["dunnett"] += bool((np.abs(z) > critical).any())
        wrong["holm"] += bool((holm(2 * special.ndtr(-np.abs(z))) <= 0.05).any())
        if i < 60:
            if metric == "binary":
                result = dunnett(arms[0], arms[1:])
            else:
                samples = [Sample(n, float(m), float(v)) for m, v in moments[i]]
                result = dunnett(samples[0], samples[1:])
            assert bool((result.p_value <= 0.05).any()) == bool(
                (np.abs(result.statistic) > result.critical).any()
            )
            np.testing.assert_allclose(result.statistic, z, rtol=1e-9)
            wrong["step_down"] += bool((result.p_step_down <= 0.05).any())
            wrong["intervals"] += any(0 not in interval for interval in result.intervals)
    error = math.sqrt(0.05 * 0.95 / runs)
    assert wrong["dunnett"] / runs <= 0.05 + 2 * error
    assert wrong["dunnett"] / runs >= 0.05 - 4 * error
    assert wrong["holm"] / runs <= 0.05 + 2 * error
    few = 3 * math.sqrt(0.05 * 0.95 / 60)
    assert wrong["step_down"] / 60 <= 0.05 + few
    assert wrong["intervals"] / 60 <= 0.05 + few


def _pooled_z(x: np.ndarray, n: int) -> np.ndarray:
    p = (x[1:] + x[0]) / (2 * n)
    return np.asarray((x[1:] - x[0]) / n / np.sqrt(p * (1 - p) * 2 / n))


def test_simultaneous_intervals_cover() -> None:
    """Shares of 5, 5, 6 and 8 % with unequal arms; all three intervals hold in 95 % of 600."""
    rng = np.random.default_rng(3)
    n, rate = np.array([3000, 1500, 1000, 2000]), np.array([0.05, 0.05, 0.06, 0.08])
    held = 0
    for counts in rng.binomial(n, rate, (600, 4)):
        arms = [Counts(float(x), float(m)) for x, m in zip(counts, n, strict=True)]
        result = dunnett(arms[0], arms[1:])
        truth = rate[1:] - rate[0]
        held += all(t in i for t, i in zip(truth, result.intervals, strict=True))
    assert abs(held / 600 - 0.95) < 3 * math.sqrt(0.05 * 0.95 / 600)


CELLS = pd.DataFrame(
    {
        "coupon": ["no", "no", "yes", "yes"], "gift": ["no", "yes", "no", "yes"],
        "n": [8000] * 4, "successes": [400, 440, 520, 640],
    }
)  # fmt: skip


def test_factorial_by_hand() -> None:
    result = factorial(CELLS, ["coupon", "gift"])
    assert result.frame["estimate"].tolist() == pytest.approx([0.02, 0.01, 0.01])
    assert result.frame["effect"].tolist() == ["coupon", "gift", "coupon × gift"]
    shuffled = factorial(CELLS.iloc[[0, 3, 1, 2]], ["coupon", "gift"])
    pd.testing.assert_frame_equal(shuffled.frame, result.frame)
    assert "coupon" in result.summary()
    assert "玩法" in result.summary("zh")


def test_factorial_of_means_is_the_regression() -> None:
    import statsmodels.formula.api as smf

    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {"a": np.repeat([0, 1, 2], 40), "b": np.tile([0, 1], 60), "y": rng.normal(0, 1, 120)}
    )
    cells = rows.groupby(["a", "b"])["y"].agg(n="size", mean="mean", variance="var").reset_index()
    result = factorial(cells, ["a", "b"])
    fit = smf.ols("y ~ C(a) * C(b)", rows).fit()
    interaction = result.frame[result.frame["order"] == 2]["estimate"].to_numpy()
    np.testing.assert_allclose(interaction, fit.params.iloc[[4, 5]].to_numpy(), rtol=1e-9)
    main = result.frame.loc[0, "estimate"]
    assert main == pytest.approx(fit.params.iloc[1] + fit.params.iloc[4] / 2)


def test_factorial_family_holds() -> None:
    """400 two-by-two tests without effects at 2 %: all three intervals hold 0 in 95 %."""
    rng = np.random.default_rng(5)
    wrong = 0
    for counts in rng.binomial(1500, 0.02, (400, 4)):
        result = factorial(CELLS.assign(n=1500, successes=counts), ["coupon", "gift"])
        wrong += bool(((result.frame["lo"] > 0) | (result.frame["hi"] < 0)).any())
    assert wrong / 400 < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (CELLS.iloc[:3], "missing yes / yes"),
        (pd.concat([CELLS, CELLS.iloc[:1]]), "twice"),
        (CELLS.rename(columns={"gift": "gifts"}), "no column 'gift'"),
        (CELLS.assign(successes=9000), "between 0 and n"),
        (CELLS.iloc[:2], "one level"),
        (CELLS.assign(n=0), "at least 1"),
        (CELLS.drop(columns="successes").assign(mean=1.0, variance=-1.0), "at least 0"),
    ],
)
def test_factorial_refuses(cells: pd.DataFrame, message: str) -> None:
    with pytest.raises(InputError, match=message):
        factorial(cells, ["coupon", "gift"])


def test_factorial_without_spread_has_no_bounds() -> None:
    cells = CELLS.drop(columns="successes").assign(mean=[1.0, 1.0, 2.0, 2.0], variance=0.0)
    result = factorial(cells, ["coupon", "gift"])
    assert result.frame[["lo", "hi", "p_value"]].isna().all().all()
    assert result.plot().get_xlabel()


def test_every_method_name_works() -> None:
    names: tuple[FamilyMethod, ...] = (
        "dunnett", "dunnett_step_down", "bonferroni", "sidak", "holm", "holm_sidak", "hochberg",
        "bh", "by",
    )  # fmt: skip
    for name in names:
        p = family([effect(2.5), effect(0.4)], name).p_value
        assert 0 < p[0] < p[1] <= 1
