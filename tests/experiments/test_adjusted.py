from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputError
from analysis.experiments import adjusted, means, ratio, regression, strata
from analysis.experiments.contrast import NO_VARIATION, ONE_USER
from analysis.experiments.moments import Moments, Sample, total
from analysis.experiments.winsor import Thresholds, pooled_thresholds

NAMES = ["y", "x", "w"]


def rows(seed: int, n: int, effect: float = 0.0, offset: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, w = rng.gamma(2.0, 2.0, n), rng.normal(size=n)
    y = offset + 5 + effect + 1.5 * x - 2 * w + rng.normal(size=n) * (1 + 0.4 * x)
    return pd.DataFrame({"y": y, "x": offset + x, "w": w})


def moments(frame: pd.DataFrame) -> Moments:
    return Moments.of_rows(frame, NAMES)


def together(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([one.assign(t=0), other.assign(t=1)], ignore_index=True)


def test_cuped_is_welch_on_adjusted_rows_and_theta_that_of_all_arms() -> None:
    one, other, third = rows(1, 80), rows(2, 60, 1.0), rows(3, 90, 2.0)
    result = adjusted.cuped(
        moments(one), moments(other), "y", ["x", "w"], others=[moments(third)], confidence=0.9
    )
    whole = pd.concat([one, other, third])
    centred = whole[["x", "w"]] - whole[["x", "w"]].mean()
    theta = np.linalg.lstsq(centred, whole["y"] - whole["y"].mean(), rcond=None)[0]
    assert result.terms["slope"].tolist() == pytest.approx(theta.tolist(), rel=1e-10)
    samples = [
        Moments.of_rows(
            (frame["y"] - (frame[["x", "w"]] - whole[["x", "w"]].mean()) @ theta).to_frame("y"),
            ["y"],
        ).sample("y")
        for frame in (one, other)
    ]
    direct = means.compare(*samples, confidence=0.9)
    assert result.adjusted.p_value == pytest.approx(direct.p_value, rel=1e-10)
    assert result.adjusted.lift.lo == pytest.approx(direct.lift.lo, rel=1e-10)
    fit = smf.ols("y ~ x + w", whole).fit()
    assert result.explained == pytest.approx(fit.rsquared, rel=1e-10)
    assert 0.5 < result.users_saved < 0.95


def test_ancova_and_lin_are_those_of_least_squares() -> None:
    one, other = rows(4, 70), rows(5, 40, 1.0)
    frame = together(one, other)
    result = regression.ancova(moments(one), moments(other), "y", ["x", "w"])
    fit = smf.ols("y ~ t + x + w", frame).fit()
    found = result.adjusted
    assert found.difference.value == pytest.approx(fit.params["t"], rel=1e-10)
    assert (found.se, found.p_value) == pytest.approx((fit.bse["t"], fit.pvalues["t"]), rel=1e-9)
    for name in ("x", "w"):
        frame[f"{name}c"] = frame[name] - frame[name].mean()
    wide = smf.ols("y ~ t * (xc + wc)", frame).fit(cov_type="HC2", use_t=True)
    hc2 = regression.lin_hc2(one, other, "y", ["x", "w"]).adjusted
    assert hc2.difference.value == pytest.approx(wide.params["t"], rel=1e-10)
    assert (hc2.se, hc2.p_value) == pytest.approx((wide.bse["t"], wide.pvalues["t"]), rel=1e-9)
    by_moments = regression.lin(moments(one), moments(other), "y", ["x", "w"]).adjusted
    assert by_moments.difference.value == pytest.approx(wide.params["t"], rel=1e-10)
    squares = [
        smf.ols("y ~ xc + wc", frame[frame["t"] == side]).fit().bse["Intercept"] ** 2
        for side in (0, 1)
    ]
    assert by_moments.se == pytest.approx(math.sqrt(sum(squares)), rel=1e-9)


@given(seed=st.integers(0, 10_000), cut=st.integers(1, 39), offset=st.sampled_from([0.0, 1e3]))
@settings(max_examples=30, deadline=None)
def test_added_parts_give_what_rows_give(seed: int, cut: int, offset: float) -> None:
    one, other = rows(seed, 40, offset=offset), rows(seed + 1, 30, offset=offset)
    parts = total([moments(one[:cut]), moments(one[cut:])])
    for adjust in (adjusted.cuped, regression.ancova, regression.lin):
        whole = adjust(moments(one), moments(other), "y", ["x", "w"])
        again = adjust(parts, moments(other), "y", ["x", "w"])
        close = 1e-10 if offset == 0 else 1e-8
        for name in ("p_value", "se"):
            assert getattr(again.adjusted, name) == pytest.approx(
                getattr(whole.adjusted, name), rel=close
            )
        assert again.adjusted.lift.hi == pytest.approx(whole.adjusted.lift.hi, rel=close, abs=1e-12)


def test_covariates_that_say_nothing_change_nothing() -> None:
    one, other = rows(6, 50).assign(w=3.0), rows(7, 50).assign(w=3.0)
    result = adjusted.cuped(moments(one), moments(other), "y", ["w"])
    assert result.explained == 0
    assert result.adjusted.p_value == pytest.approx(result.raw.p_value, rel=1e-12)
    twice = one.assign(w=one["x"]), other.assign(w=other["x"])
    double = regression.ancova(moments(twice[0]), moments(twice[1]), "y", ["x", "w"])
    once = regression.ancova(moments(one), moments(other), "y", ["x"])
    assert double.adjusted.p_value == pytest.approx(once.adjusted.p_value, rel=1e-9)
    double = regression.lin_hc2(*twice, "y", ["x", "w"])
    once = regression.lin_hc2(one, other, "y", ["x"])
    assert double.adjusted.p_value == pytest.approx(once.adjusted.p_value, rel=1e-9)


def test_too_few_users_is_said() -> None:
    one, other = rows(8, 3), rows(9, 20)
    few = regression.lin(moments(one), moments(other), "y", ["x", "w"]).adjusted
    assert few.difference.why == few.lift.why == regression.TOO_FEW_FOR_SLOPES
    few = regression.lin_hc2(one, other, "y", ["x", "w"]).adjusted
    assert few.difference.why == regression.TOO_FEW_FOR_SLOPES
    few = regression.ancova(moments(rows(8, 2)), moments(rows(9, 2)), "y", ["x", "w"]).adjusted
    assert few.difference.why == regression.TOO_FEW_FOR_SLOPES
    single = adjusted.cuped(moments(rows(8, 1)), moments(other), "y", ["x"]).adjusted
    assert single.difference.why == ONE_USER
    with pytest.raises(ValueError, match="expected others than the outcome"):
        adjusted.cuped(moments(one), moments(other), "y", ["y"])


def test_a_ratio_is_adjusted_by_its_past() -> None:
    names = ("r", "o", "r0", "o0")

    def arms(seed: int, draws: int, n: int) -> list[Moments]:
        rng = np.random.default_rng(seed)
        habit, price = rng.gamma(3.0, 1.0, (draws, n)), rng.lognormal(3, 0.5, (draws, n))
        orders, before = 1 + rng.poisson(habit), 1 + rng.poisson(habit)
        values = np.stack([price * orders, orders, price * before, before], axis=-1)
        mean = values.mean(axis=1)
        gaps = values - mean[:, None]
        cov = np.einsum("dni,dnj->dij", gaps, gaps) / (n - 1)
        return [Moments(n, names, m, c) for m, c in zip(mean, cov, strict=True)]

    one, other = arms(1, 1, 500)[0], arms(2, 1, 400)[0]
    result = adjusted.cuped_ratio(one, other, "r", "o", ["r0", "o0"])
    raw = ratio.compare(one, other, "r", "o")
    assert result.raw.p_value == pytest.approx(raw.p_value, rel=1e-12)
    assert result.raw.difference.value == pytest.approx(raw.difference.value, rel=1e-12)
    assert result.users_saved > 0.5
    draws = 1200
    trials = [
        adjusted.cuped_ratio(*pair, "r", "o", ["r0", "o0"]).adjusted.p_value
        for pair in zip(arms(3, draws, 200), arms(4, draws, 200), strict=True)
    ]
    rejected = np.mean(np.array(trials) < 0.05)
    # No effect: 3.5 standard errors of 1,200 trials.
    assert abs(rejected - 0.05) < 3.5 * math.sqrt(0.05 * 0.95 / draws)


def test_strata_weigh_by_all_users() -> None:
    control = {"a": Sample(30, 1.0, 2.0), "b": Sample(10, 5.0, 3.0)}
    arm = {"a": Sample(10, 2.0, 2.0), "b": Sample(30, 6.0, 3.0)}
    result = strata.compare(control, arm)
    assert result.adjusted.difference.value == pytest.approx(1.0)
    variance = 0.25 * (2 / 30 + 2 / 10 + 3 / 10 + 3 / 30)
    assert result.adjusted.se == pytest.approx(math.sqrt(variance))
    assert result.raw.difference.value == pytest.approx(3.0)
    assert result.terms["weight"].tolist() == [0.5, 0.5]
    assert result.merged == ()


def test_strata_too_small_are_merged_and_said() -> None:
    nan = math.nan
    control = {"a": Sample(30, 1.0, 2.0), "b": Sample(1, 4.0, nan), "c": Sample(40, 2.0, 2.0)}
    arm = {"a": Sample(30, 1.5, 2.0), "c": Sample(50, 2.5, 2.0), "d": Sample(5, 9.0, 1.0)}
    result = strata.compare(control, arm)
    # b and d together have one user in control: the smallest of the others joins them.
    assert result.merged == ("b", "d", "a")
    assert result.terms["stratum"].tolist() == ["c", "b + d + a"]
    assert result.terms["n_control"].tolist() == [40, 31]
    assert result.adjusted.difference.shape == "bounded"
    for lang, words in (("en", "b, d, a."), ("zh", "b, d, a。")):
        assert words in result.summary(lang)
    assert result.table("zh")["meaning"].tolist() == ["原始结果", "经事后分层调整"]
    alone = strata.compare({"a": Sample(1, 1.0, nan)}, {"b": Sample(4, 1.0, 1.0)})
    assert alone.adjusted.difference.why == ONE_USER
    with pytest.raises(ValueError, match="0 and 1 strata"):
        strata.compare({}, {"a": Sample(3, 1.0, 1.0)})
    still = strata.compare({"a": Sample(3, 1.0, 0.0)}, {"a": Sample(4, 1.0, 0.0)})
    assert still.adjusted.difference.why == NO_VARIATION


def test_table_and_summary_in_both_languages() -> None:
    result = adjusted.cuped(moments(rows(1, 90)), moments(rows(2, 80, 1.0)), "y", ["x"])
    table = result.table("zh")
    assert table["estimate"].tolist() == ["raw", "adjusted"]
    assert table["meaning"].tolist() == ["原始结果", "经CUPED调整"]
    assert table["se"].tolist() == [result.raw.se, result.adjusted.se]
    assert "fewer users" in result.summary()
    assert "可少用" in result.summary("zh")
    worse = adjusted.Adjusted("CUPED", result.adjusted, result.raw, 0.1, result.terms)
    assert "more users" in worse.summary()
    single = adjusted.cuped(moments(rows(8, 1)), moments(rows(9, 9)), "y", ["x"])
    assert "no interval: an arm has a single user" in single.summary()


def test_thresholds_are_those_of_all_arms_together() -> None:
    one, other = np.arange(100.0), np.arange(100.0, 200.0)
    found = pooled_thresholds([one, other], lower=0.05, upper=0.9)
    both = np.concatenate([one, other])
    assert (found.lower, found.upper) == tuple(np.quantile(both, [0.05, 0.9]))
    assert found.apply(other).max() == found.upper
    assert found.share(other) == pytest.approx(0.2)
    assert found.share(one) == pytest.approx(0.1)
    assert math.isnan(Thresholds(0, 1).apply([math.nan])[0])
    assert Thresholds(upper=3).apply([-9, 9]).tolist() == [-9, 3]
    few = np.array([0.0] * 98 + [10.0, 20.0])
    with pytest.raises(InputError, match=r'among="nonzero"'):
        pooled_thresholds([few, few], upper=0.95)
    assert pooled_thresholds([few, few], upper=0.5, among="nonzero").upper == 15
    with pytest.raises(InputError, match="no values"):
        pooled_thresholds([[math.nan]])
    with pytest.raises(ValueError, match="expected 0 ≤ lower < upper"):
        pooled_thresholds([few], lower=0.5, upper=0.5)
    with pytest.raises(ValueError, match="above"):
        Thresholds(2, 1)
