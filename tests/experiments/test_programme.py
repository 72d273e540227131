from __future__ import annotations

import math
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats
from statsmodels.stats.meta_analysis import combine_effects

from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.experiments.programme import (
    against_control,
    against_rest,
    programme,
    random_effects,
    retrodesign,
    shrink,
)
from analysis.experiments.programme.shrinkage import TOO_FEW, UNDETERMINED
from analysis.experiments.reasons_many import reasons
from tests.forecasting.panels import shared

Floats = np.ndarray
Y = np.array([0.10, 0.30, -0.10, 0.25, 0.60, 0.02])
SE = np.array([0.10, 0.12, 0.20, 0.05, 0.20, 0.10])


def weeks(
    m: int, seed: int, tau: float = 0.05, df: float = math.inf
) -> tuple[Floats, Floats, Floats]:
    """True effects, their estimates and standard errors."""
    rng = np.random.default_rng(seed)
    spread = rng.standard_normal(m) if math.isinf(df) else rng.standard_t(df, m)
    truth = 0.01 + tau * spread
    se = rng.uniform(0.02, 0.12, m)
    return truth, truth + se * rng.standard_normal(m), se


def test_meta_analysis_as_statsmodels() -> None:
    ours = random_effects(Y, SE, method="DL")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = combine_effects(Y, SE**2, method_re="dl", use_t=True)
    assert ours.mean.value == pytest.approx(theirs.mean_effect_re, rel=1e-10)
    assert ours.tau.value**2 == pytest.approx(theirs.tau2, rel=1e-10)
    assert ours.q == pytest.approx(theirs.q, rel=1e-10)
    assert ours.se == pytest.approx(theirs.sd_eff_w_re_hksj, rel=1e-10)
    t = float(stats.t.ppf(0.975, 5))
    assert ours.mean.hi - ours.mean.value == pytest.approx(t * ours.se, rel=1e-9)


def test_reml_is_where_the_slope_is_zero_and_scales() -> None:
    one, other = random_effects(Y, SE), random_effects(1e-5 * Y, 1e-5 * SE)
    assert other.tau.value == pytest.approx(1e-5 * one.tau.value, rel=1e-6)
    assert other.mean.hi == pytest.approx(1e-5 * one.mean.hi, rel=1e-6)
    w = 1 / (SE**2 + one.tau.value**2)
    gap = Y - w @ Y / w.sum()
    assert (w * gap) @ (w * gap) == pytest.approx(w.sum() - w @ w / w.sum(), rel=1e-6)
    assert one.tau.lo <= one.tau.value <= one.tau.hi


def test_few_tests_have_no_interval_but_a_reason() -> None:
    single = random_effects([0.1], [0.05])
    assert (single.mean.value, single.mean.shape) == (0.1, "undefined")
    assert single.tau.shape == single.prediction.shape == "undefined"
    pair = random_effects([0.1, 0.3], [0.05, 0.05])
    assert (pair.mean.shape, pair.prediction.shape) == ("bounded", "undefined")
    equal = random_effects([0.1, 0.1, 0.1], [0.05, 0.05, 0.05])
    assert equal.tau.value == 0
    assert equal.i2 == 0
    with pytest.raises(ValueError):
        random_effects([0.1], [0.0])


@pytest.mark.parametrize("method", ["REML", "DL"])
def test_hartung_knapp_covers_with_few_tests(method: str) -> None:
    """Six tests, true effects that differ; 700 programmes."""
    rng = np.random.default_rng(4)
    held = np.zeros(2)
    for _ in range(700):
        se = rng.uniform(0.02, 0.08, 6)
        truth = 0.02 + 0.05 * rng.standard_normal(7)
        result = random_effects(truth[:6] + se * rng.standard_normal(6), se, method=method)  # type: ignore[arg-type]
        held += [0.02 in result.mean, truth[6] in result.prediction]
    assert abs(held[0] / 700 - 0.95) < 0.012 + 3 * math.sqrt(0.05 * 0.95 / 700)
    assert held[1] / 700 > 0.95 - 3 * math.sqrt(0.05 * 0.95 / 700)


@pytest.mark.parametrize("df", [math.inf, 3.0])
def test_shrinkage_beats_raw_and_keeps_its_intervals(df: float) -> None:
    truth, y, se = weeks(3000, 5, df=df)
    result = shrink(y, se)
    assert math.isinf(result.df) == math.isinf(df)
    assert np.mean((result.mean - truth) ** 2) < 0.5 * np.mean((y - truth) ** 2)
    cover = np.mean(np.abs(result.mean - truth) < 1.96 * result.sd)
    assert abs(cover - 0.95) < 0.015
    wrong = (np.sign(y) != np.sign(truth)).mean()
    assert result.wrong_sign.mean() == pytest.approx(wrong, abs=3 * math.sqrt(0.25 / 3000))


def test_a_programme_without_any_difference_is_shrunk_to_its_mean() -> None:
    rng = np.random.default_rng(6)
    result = shrink(0.01 + 0.05 * rng.standard_normal(2000), np.full(2000, 0.05))
    assert np.ptp(result.mean) < 0.06
    assert abs(result.mean.mean() - 0.01) < 0.004


def test_normal_posterior_in_closed_form() -> None:
    """With a great many equal tests nothing about the prior is unknown."""
    truth, y, _ = weeks(40_000, 8)
    y = truth + 0.04 * np.random.default_rng(1).standard_normal(len(y))
    result = shrink(y, np.full(len(y), 0.04), "normal")
    kept = 0.05**2 / (0.05**2 + 0.04**2)
    np.testing.assert_allclose(result.mean, 0.01 + kept * (y - 0.01), atol=2e-3)
    np.testing.assert_allclose(result.sd, 0.04 * math.sqrt(kept), rtol=0.02)


def test_a_t_prior_that_the_data_do_not_determine_is_said() -> None:
    result = shrink(np.array([0.1, 0.11, 0.1]), np.array([0.2, 0.2, 0.2]), "t")
    assert math.isinf(result.df)
    assert result.why == UNDETERMINED
    assert reasons(translator("zh"))[result.why]
    with pytest.raises(ValueError, match="at least 3"):
        shrink(np.array([0.1, 0.2]), np.array([0.1, 0.1]))


def test_winners_are_corrected_without_bias() -> None:
    """150 programmes of 60 tests: gains of the winners, and their interval."""
    raw, said, true, held = 0.0, 0.0, 0.0, []
    gaps = []
    for seed in range(150):
        truth, y, se = weeks(60, 100 + seed)
        frame = pd.DataFrame({"test": np.arange(60), "effect": y, "se": se})
        result = programme(frame, prior="normal")
        one = result.metrics[0]
        won = result.frame["winner"].to_numpy(dtype=bool)
        if not won.any():
            continue
        raw, true = raw + one.raw, true + truth[won].sum()
        said += one.gain.value
        gaps.append(one.gain.value - truth[won].sum())
        held.append(truth[won].sum() in one.gain)
    error = np.std(gaps) / math.sqrt(len(gaps))
    assert len(gaps) > 100
    assert raw > 1.15 * true
    assert abs(np.mean(gaps)) < 3 * error
    assert abs(said - true) < 0.25 * (raw - true)
    assert np.mean(held) > 0.95 - 3 * math.sqrt(0.05 * 0.95 / len(held))


def test_expected_false_winners() -> None:
    """100 programmes, a third of 90 effects are none: discoveries, and p < 0.05 one by one."""
    rng = np.random.default_rng(9)
    false, found, naive_false, expected_naive = 0, 0, 0, 0.0
    for _ in range(100):
        null = np.arange(90) < 60
        z = np.where(null, 0.0, 3.2) + rng.standard_normal(90)
        rows = pd.DataFrame({"test": np.arange(90), "effect": z, "se": 1.0})
        result = programme(rows, prior="normal")
        out = result.frame["discovery"].to_numpy(dtype=bool)
        false, found = false + (out & null).sum(), found + out.sum()
        naive_false += ((np.abs(z) > 1.96) & null).sum()
        expected_naive += result.naive_false
        assert result.expected_false == pytest.approx(0.05 * result.discoveries)
    assert false / found < 0.05
    assert expected_naive / 100 == pytest.approx(naive_false / 100, rel=0.15)


def test_retrodesign_against_draws() -> None:
    rng = np.random.default_rng(10)
    z = 0.8 + rng.standard_normal(400_000)
    significant = np.abs(z) > -special.ndtri(0.025)
    power, wrong, exaggeration = retrodesign(0.8, 1.0)
    assert power == pytest.approx(significant.mean(), abs=3e-3)
    assert wrong == pytest.approx((z[significant] < 0).mean(), abs=3e-3)
    assert exaggeration == pytest.approx(np.abs(z[significant]).mean() / 0.8, rel=5e-3)
    assert retrodesign(0.0, 1.0)[0] == pytest.approx(0.05)
    assert np.isinf(retrodesign(0.0, 1.0)[2])


def arms() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "test": ["a", "a", "a", "b", "b", "c", "c"], "n": [1000, 900, 1100, 500, 500, 80, 90],
            "successes": [50, 45, 90, 20, 21, 0, 0],
        }
    )  # fmt: skip


def test_headlines_against_the_rest() -> None:
    rows = against_rest(arms())
    table = np.array([[50, 45, 90], [950, 855, 1010]])
    chi2 = stats.chi2_contingency(table, correction=False)
    assert rows["p_test"][0] == pytest.approx(chi2.pvalue, rel=1e-9)
    two = np.array([[90, 95], [1010, 1805]])
    assert rows["p_value"][2] == pytest.approx(
        stats.chi2_contingency(two, correction=False).pvalue, rel=1e-9
    )
    # With two arms the whole test is the comparison of either.
    assert rows["p_test"][3] == pytest.approx(rows["p_value"][4], rel=1e-9)
    assert rows["p_value"][5:].isna().all()
    assert np.isfinite(rows["lift"]).all()
    result = programme(rows)
    assert result.over == "tests"
    assert result.hypotheses == 2
    winners = result.frame[result.frame["winner"]]
    assert winners[["test", "arm"]].to_numpy().tolist() == [["a", "3"]]


def test_against_control_is_welch_and_delta() -> None:
    rng = np.random.default_rng(0)
    c, t = rng.normal(10, 3, 60), rng.normal(11, 5, 45)
    frame = pd.DataFrame(
        {
            "test": ["x", "flat"], "n_control": [60, 5], "mean_control": [c.mean(), 0.0],
            "variance_control": [c.var(ddof=1), 0.0], "n_arm": [45, 5],
            "mean_arm": [t.mean(), 1.0], "variance_arm": [t.var(ddof=1), 0.0],
        }
    )  # fmt: skip
    rows = against_control(frame)
    assert rows["p_value"][0] == pytest.approx(
        stats.ttest_ind(c, t, equal_var=False).pvalue, rel=1e-9
    )
    assert rows["lift"][0] == pytest.approx(t.mean() / c.mean() - 1)
    assert rows.loc[1, ["lift", "se", "p_value"]].isna().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"drop": "se"}, "no column 'se'"),
        ({"drop": "effect"}, "no column lift or effect"),
        ({"se": -1.0}, "found -1"),
        ({"p_value": 1.5}, "found 1.5, expected 0 to 1"),
        ({"test": "same"}, "'same' twice"),
        ({"rows": 0}, "found no row"),
    ],
)
def test_what_a_planner_can_mend(change: dict[str, Any], message: str) -> None:
    rows = pd.DataFrame({"test": list("abc"), "effect": [1.0, 2.0, 3.0], "se": 1.0})
    if "drop" in change:
        rows = rows.drop(columns=str(change["drop"]))
    elif "rows" in change:
        rows = rows.iloc[:0]
    else:
        rows = rows.assign(**change)
    with pytest.raises(InputError, match=message):
        programme(rows)


def test_more_that_a_planner_can_mend() -> None:
    with pytest.raises(InputError, match="found one arm"):
        against_rest(arms().iloc[:4])
    with pytest.raises(InputError, match="60 of 50"):
        against_rest(pd.DataFrame({"test": ["a", "a"], "n": [50, 50], "successes": [60, 1]}))
    with pytest.raises(InputError, match="no column 'successes'"):
        against_rest(pd.DataFrame({"test": ["a", "a"], "n": [50, 50]}))
    rows = pd.DataFrame({"test": ["a", "a"], "arm": ["1", "2"], "effect": 1.0, "se": 1.0})
    with pytest.raises(InputError, match="two values of 'p_test'"):
        programme(rows.assign(p_test=[0.1, 0.2]))
    with pytest.raises(InputError, match="lower_is_better"):
        programme(rows, lower_is_better=["cost"])


@pytest.mark.parametrize("count", [1, 2, 5, 20, 400])
def test_any_number_of_tests_can_be_read(count: int) -> None:
    _, y, se = weeks(count, 3, tau=0.2)
    rows = pd.DataFrame({"test": [f"t{i}" for i in range(count)], "lift": y, "se": se})
    result = programme(rows)
    assert len(result.table()) == count
    gains = result.gains()
    assert gains["comparisons"].tolist() == [result.metrics[0].tests]
    assert gains["winners"].tolist() == [result.metrics[0].winners]
    for lang in ("en", "zh"):
        assert result.summary(lang)
        axes = result.plot(lang=lang)
        assert axes.texts or axes.lines or axes.child_axes
    if count < 3:
        assert result.metrics[0].gain.why == TOO_FEW
        assert result.frame["shrunk"].isna().all()


def test_lifts_without_an_estimate_are_left_out_and_named() -> None:
    rows = pd.DataFrame(
        {
            "test": list("abcde"), "lift": [0.1, -1.0, math.nan, 0.05, 0.3],
            "se": [0.05, 0.1, 0.1, 0.0, 0.05], "p_value": [0.04, 0.001, math.nan, math.nan, 1e-9],
        }
    )  # fmt: skip
    result = programme(rows)
    assert result.frame["why"].ne("").tolist() == [False, True, True, True, False]
    assert result.frame["discovery"].tolist() == [True, True, False, False, True]
    assert result.hypotheses == 3


def test_lower_is_better() -> None:
    _, y, se = weeks(40, 2, tau=0.3)
    rows = pd.DataFrame({"test": np.arange(40), "metric": "returns", "effect": y, "se": se})
    up, down = programme(rows), programme(rows, lower_is_better=["returns"])
    assert (up.frame["winner"] ^ down.frame["winner"]).equals(up.frame["discovery"])
    assert down.metrics[0].gain.value < 0 < up.metrics[0].gain.value


def test_the_same_rows_give_the_same_answer_in_any_order() -> None:
    _, y, se = weeks(50, 2, tau=0.1)
    rows = pd.DataFrame({"test": [f"t{i:02}" for i in range(50)], "lift": y, "se": se})
    one = programme(rows).frame.set_index("test")
    other = programme(rows.sample(frac=1, random_state=1)).frame.set_index("test").loc[one.index]
    pd.testing.assert_frame_equal(one, other, rtol=1e-6)


def test_upworthy() -> None:
    """4,873 headline tests: a headline chosen on one half of its users, judged on the other.

    The files hold totals; halves of them are drawn (hypergeometric), which is what a split of the
    users would have shown. The corrected gains must foretell the other half, the raw ones do not.
    """
    data = pd.read_parquet(
        shared("upworthy_tests.parquet"), columns=["clickability_test_id", "impressions", "clicks"]
    )
    names, n, x = data["clickability_test_id"], data["impressions"], data["clicks"]
    start = time.process_time()
    whole = programme(against_rest(pd.DataFrame({"test": names, "n": n, "successes": x})))
    assert time.process_time() - start < 30
    assert (whole.tests, whole.hypotheses) == (4873, 4872)
    assert 1500 < whole.discoveries < 1900
    assert whole.metrics[0].exaggeration > 1.2
    rng = np.random.default_rng(0)
    half_n = (n // 2).to_numpy()
    half_x = rng.hypergeometric(x, n - x, half_n)
    first = programme(
        against_rest(pd.DataFrame({"test": names, "n": half_n, "successes": half_x})), prior="t"
    )
    rest = against_rest(pd.DataFrame({"test": names, "n": n - half_n, "successes": x - half_x}))
    won = first.frame["winner"].to_numpy(dtype=bool)
    later = rest["lift"].to_numpy()[won].mean()
    said = first.frame["shrunk"].to_numpy()[won].mean()
    raw = first.frame["effect"].to_numpy()[won].mean()
    assert abs(said - later) < 0.25 * (raw - later)


def test_asos() -> None:
    data = pd.read_csv(shared("asos_experiments.csv"))
    names = {"count": "n", "mean": "mean", "variance": "variance"}
    last = data.sort_values("time_since_start", kind="stable").groupby(
        ["experiment_id", "variant_id", "metric_id"]
    ).tail(1)  # fmt: skip
    rows = last.rename(
        columns={"experiment_id": "test", "variant_id": "arm", "metric_id": "metric"}
        | {f"{old}_c": f"{new}_control" for old, new in names.items()}
        | {f"{old}_t": f"{new}_arm" for old, new in names.items()}
    )
    result = programme(against_control(rows))
    assert result.tests == 78
    assert len(result.frame) == 396
    assert [one.metric for one in result.metrics if one.prior == "t"]
    for one in result.metrics:
        assert one.exaggeration > 1
        assert 0 < one.gain.lo < one.gain.hi
    assert "78" in result.summary("zh")
