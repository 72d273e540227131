"""Clusters and periods: against statsmodels and dense formulas, and simulated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from numpy.typing import NDArray
from scipy import stats

from analysis.base.errors import InputError
from analysis.base.theme import house_style
from analysis.experiments.clusters import (
    ClusterMoments,
    before_after,
    cluster_totals,
    compare_clusters,
    did,
    fit,
    permutation_test,
    standardised,
    wild_bootstrap,
)
from analysis.experiments.clusters.sandwich import fits, naive
from tests.forecasting.panels import shared

Floats = NDArray[np.float64]


def dense_cr2(
    x: Floats, y: Floats, cluster: NDArray[np.int64], at: int, *, alike: bool = False
) -> tuple[float, float]:
    """Bell & McCaffrey's error and degrees of freedom from the whole hat matrix."""
    n, bread = len(y), np.linalg.pinv(x.T @ x)
    free = np.eye(n) - x @ bread @ x.T
    residual = free @ y
    variance, columns = 0.0, []
    for value in np.unique(cluster):
        rows = cluster == value
        values, v = np.linalg.eigh(free[np.ix_(rows, rows)])
        inverse = np.where(values > 1e-9, 1 / np.sqrt(np.maximum(values, 1e-9)), 0.0)
        adjusted = v @ (inverse * (v.T @ (x[rows] @ bread[at])))
        variance += float(adjusted @ residual[rows]) ** 2
        columns.append(free[:, rows] @ adjusted)
    same = (cluster[:, None] == cluster).astype(float) if alike else np.eye(n)
    p = np.array(columns) @ same @ np.array(columns).T
    return math.sqrt(variance), float(np.trace(p) ** 2 / (p * p).sum())


def rows_of_clusters(seed: int, sizes: list[int]) -> tuple[Floats, Floats, NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    treated = (np.arange(len(sizes)) % 2)[cluster].astype(float)
    x = np.stack([np.ones(len(cluster)), treated, rng.normal(size=len(cluster))], axis=1)
    y = 5 + treated + rng.normal(size=len(sizes))[cluster] + rng.normal(size=len(cluster))
    return x, y, cluster


def test_cr1_is_that_of_statsmodels_and_cr2_that_of_the_hat_matrix() -> None:
    from statsmodels.regression.linear_model import OLS

    x, y, cluster = rows_of_clusters(1, [3, 9, 4, 20, 6, 1, 12, 5])
    found = fits(ClusterMoments.of_rows(x, y, cluster), 1)
    oracle = OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": cluster}, use_t=True)
    assert found["CR1"].estimate == pytest.approx(oracle.params[1], rel=1e-10)
    assert found["CR1"].se == pytest.approx(oracle.bse[1], rel=1e-10)
    assert found["CR1"].p_value == pytest.approx(oracle.pvalues[1], rel=1e-9)
    se, df = dense_cr2(x, y, cluster, 1)
    assert found["CR2"].se == pytest.approx(se, rel=1e-9)
    assert found["CR2"].df == pytest.approx(df, rel=1e-9)
    alike = fits(ClusterMoments.of_rows(x, y, cluster), 1, cautious=True)["CR2"]
    assert alike.se == found["CR2"].se
    assert alike.df == pytest.approx(min(df, dense_cr2(x, y, cluster, 1, alike=True)[1]), rel=1e-9)
    plain = naive(ClusterMoments.of_rows(x, y, cluster), 1)
    assert plain.p_value == pytest.approx(OLS(y, x).fit().pvalues[1], rel=1e-9)


def test_balanced_cr2_is_the_t_test_of_cluster_means() -> None:
    rng = np.random.default_rng(2)
    means: Floats = rng.normal(10, 1, 12)
    treated = np.asarray(np.arange(12) % 2, dtype=np.float64)
    n = np.full(12, 40.0)
    found = fits(ClusterMoments.of_arms(treated, means * n, n), 1, cautious=True)["CR2"]
    oracle = stats.ttest_ind(means[treated == 1], means[treated == 0])
    assert found.statistic == pytest.approx(oracle.statistic, rel=1e-10)
    assert found.df == pytest.approx(10, rel=1e-10)
    assert found.p_value == pytest.approx(oracle.pvalue, rel=1e-9)


def test_totals_of_clusters_are_as_good_as_rows() -> None:
    x, y, cluster = rows_of_clusters(3, [3, 9, 4, 20, 6, 7])
    rows = pd.DataFrame({"cluster": cluster, "treated": x[:, 1].astype(int), "value": y})
    result = compare_clusters(cluster_totals(rows))
    direct = fits(ClusterMoments.of_rows(x[:, :2], y, cluster), 1)
    for kind in ("CR0", "CR1", "CR2"):
        assert result.robust[kind].se == pytest.approx(direct[kind].se, rel=1e-10)
    assert result.effect.difference.value == pytest.approx(direct["CR2"].estimate)
    assert result.effect.lift.shape == "bounded"
    assert result.effect.lift.value in result.effect.lift
    assert (result.effect.n_control, result.clusters) == (13, (3, 3))


def test_a_single_treated_cluster_has_no_interval_but_a_permutation_test() -> None:
    frame = pd.DataFrame({"cluster": range(9), "treated": [1] + [0] * 8, "n": 10})
    frame["total"] = np.arange(9)[::-1] * 10.0
    result = compare_clusters(frame)
    assert {found.interval.shape for found in result.robust.values()} == {"undefined"}
    assert result.effect.lift.shape == "undefined"
    assert result.permutation.p_value == pytest.approx(2 / 9)  # the lowest is as far away
    assert result.permutation.interval.shape == "unbounded"
    assert "single cluster" in result.summary()


def test_clusters_that_do_not_differ_have_no_interval() -> None:
    frame = pd.DataFrame({"cluster": range(6), "treated": [0, 1] * 3, "n": 10, "total": 3.0})
    result = compare_clusters(frame)
    assert result.effect.difference.shape == "undefined"
    assert result.permutation.p_value == 1.0


def every(total: Floats, treated: NDArray[np.bool_], n: Floats) -> Iterator[float]:
    for chosen in itertools.combinations(range(len(total)), int(treated.sum())):
        mask = np.isin(np.arange(len(total)), chosen)
        yield total[mask].sum() / n[mask].sum() - total[~mask].sum() / n[~mask].sum()


def test_permutation_p_and_set_are_those_of_trying_every_assignment() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(5, 50, 9).astype(float)
    total, treated = n * rng.normal(3, 1, 9), np.arange(9) < 4
    result = permutation_test(total, treated, n=n, confidence=0.9)

    def p(effect: float) -> float:
        moved = total - effect * n * treated
        own = moved[treated].sum() / n[treated].sum() - moved[~treated].sum() / n[~treated].sum()
        return float(np.mean([abs(d) >= abs(own) - 1e-9 for d in every(moved, treated, n)]))

    assert result.p_value == pytest.approx(p(0))
    assert (result.exact, result.assignments) == (True, 126)
    for bound, outside in ((result.interval.lo, -1e-6), (result.interval.hi, 1e-6)):
        assert p(bound + outside) <= 0.1 < p(bound - outside)


def test_strata_and_draws_keep_the_numbers_of_treated() -> None:
    rng = np.random.default_rng(6)
    pairs = np.repeat(np.arange(5), 2)
    treated = np.arange(10) % 2 == 0
    values = rng.normal(size=10) + 3 * treated
    result = permutation_test(values, treated, strata=pairs)
    assert (result.possible, result.p_value) == (32, 2 / 32)
    many = rng.normal(size=40)
    drawn = permutation_test(many, np.arange(40) < 20, rng=np.random.default_rng(1), draws=999)
    again = permutation_test(many, np.arange(40) < 20, rng=np.random.default_rng(1), draws=999)
    assert (drawn.exact, drawn.assignments, drawn.p_value) == (False, 1_000, again.p_value)
    with pytest.raises(ValueError, match="expected one to draw from"):
        permutation_test(many, np.arange(40) < 20)
    with pytest.raises(ValueError, match="one arm"):
        permutation_test(many, np.zeros(40, dtype=bool))


def test_ties_count_as_equal_whatever_order_they_are_summed_in() -> None:
    values = np.array([0.1, 0.2, 0.3, 0.1, 0.2, 0.3]) * 1e6
    treated = np.array([True, False, True, False, True, False])
    assert permutation_test(values, treated).p_value == 1.0


def test_permutation_rejects_as_often_as_it_says() -> None:
    # Exact size with 4 and 4 clusters at 5 of 70 assignments and fewer: 4,000 tests, error 0.3.
    rng = np.random.default_rng(7)
    treated = np.arange(8) < 4
    found = [permutation_test(rng.exponential(size=8), treated).p_value for _ in range(4_000)]
    level = 4 / 70
    assert abs(np.mean(np.array(found) <= level + 1e-9) - level) < 4 * math.sqrt(level / 4_000)


def test_the_wild_bootstrap_refits_every_pattern_of_signs() -> None:
    x, y, cluster = rows_of_clusters(8, [3, 9, 4, 8, 6, 5])
    moments = ClusterMoments.of_rows(x, y, cluster)
    others = x[:, [0, 2]]
    base = others @ np.linalg.lstsq(others, y, rcond=None)[0]

    def t(outcome: Floats) -> float:
        return abs(fit(ClusterMoments.of_rows(x, outcome, cluster), 1, kind="CR1").statistic)

    own = t(y)
    signs = [np.array(s)[cluster] for s in itertools.product((1.0, -1.0), repeat=6)]
    expected = np.mean([t(base + s * (y - base)) >= own * (1 - 1e-9) for s in signs])
    assert wild_bootstrap(moments, 1) == pytest.approx(expected)


def test_cr2_keeps_its_level_with_six_unequal_clusters_an_arm() -> None:
    # 4,000 tests, Monte-Carlo error 0.35 points; CR1 is shown to be far worse.
    rng, runs = np.random.default_rng(9), 4_000
    sizes = np.array([20, 400, 60, 150, 30, 90] * 2, dtype=float)
    treated = np.repeat([0.0, 1.0], 6)
    rejected = {"CR0": 0, "CR1": 0, "CR2": 0}
    for _ in range(runs):
        means = rng.normal(size=12) * 0.3 + rng.normal(size=12) / np.sqrt(sizes)
        moments = ClusterMoments.of_arms(treated, means * sizes, sizes)
        for kind, found in fits(moments, 1, cautious=True).items():
            rejected[kind] += found.p_value < 0.05
    assert rejected["CR2"] / runs <= 0.06
    assert rejected["CR1"] > 1.5 * rejected["CR2"]


def panel(seed: int, units: int = 8, periods: int = 7, start: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    unit, week = (a.ravel() for a in np.mgrid[0:units, 0:periods])
    noise = np.cumsum(rng.normal(size=(units, periods)), axis=1).ravel()
    frame = pd.DataFrame({"geo": unit, "week": week, "treated": unit % 2})
    frame["post"] = (frame["week"] >= start).astype(int)
    frame["y"] = 50 + 3.0 * unit + week + noise + 2 * frame["treated"] * frame["post"]
    return frame


def dummies(frame: pd.DataFrame) -> Floats:
    d = (frame["treated"] * frame["post"]).to_numpy(float)
    fixed = [pd.get_dummies(frame[name], dtype=float).to_numpy() for name in ("geo", "week")]
    return np.column_stack([d, fixed[0], fixed[1][:, 1:]])


@pytest.mark.parametrize("gaps", [[], [3, 17, 30]])
def test_did_is_the_regression_on_all_dummies(gaps: list[int]) -> None:
    from statsmodels.regression.linear_model import OLS

    frame = panel(10).drop(index=gaps)
    result, x = did(frame), dummies(frame)
    y, cluster = frame["y"].to_numpy(), frame["geo"].to_numpy()
    oracle = OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": cluster}, use_t=True)
    assert result.effect.value == pytest.approx(oracle.params[0], rel=1e-9)
    assert result.robust["CR1"].se == pytest.approx(oracle.bse[0], rel=1e-9)
    assert result.naive.p_value == pytest.approx(OLS(y, x).fit().pvalues[0], rel=1e-8)
    se, df = dense_cr2(x, y, cluster, 0)
    assert result.robust["CR2"].se == pytest.approx(se, rel=1e-8)
    assert result.robust["CR2"].df == pytest.approx(df, rel=1e-8)
    assert result.balanced == (not gaps)
    assert result.lift.shape == "bounded"
    assert result.few


def test_did_lift_covers_and_its_errors_agree_where_units_are_many() -> None:
    # 100 panels of 30 cities: coverage of the relative effect, Monte-Carlo error 2.2 points.
    held = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        level = rng.gamma(20, 5, 30)
        treated = np.arange(30) < 12
        weeks = np.exp(0.05 * rng.normal(size=(30, 8))) * level[:, None]
        weeks[treated, 4:] *= 1.1
        unit, week = (a.ravel() for a in np.mgrid[0:30, 0:8])
        frame = pd.DataFrame({"geo": unit, "week": week, "y": weeks.ravel()})
        frame["treated"], frame["post"] = treated[unit].astype(int), (week >= 4).astype(int)
        result = did(frame, rng=rng, draws=19)
        # Averaged over treated cities, whose own levels are what the share is of.
        held += 0.1 in result.lift
    assert held / 100 > 0.95 - 3 * 0.022


def test_a_trend_before_the_start_is_seen_and_said() -> None:
    frame = panel(11, units=12, periods=20, start=12)
    frame["y"] += 5.0 * frame["week"] * frame["treated"]
    result = did(frame)
    assert result.pre_trend is not None
    assert result.pre_trend.p_value < 0.001
    assert "already moved apart" in result.summary()
    short = did(frame[frame["week"] >= 10])
    assert short.pre_trend is None


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: f.drop(columns="y"), "no column 'y'"),
        (lambda f: f.assign(y=f["y"].where(f.index != 4)), "row 6, column 'y'"),
        (lambda f: pd.concat([f, f.iloc[[3]]]), "geo '0' twice at 3"),
        (lambda f: f.assign(treated=0), "found 0 only"),
        (lambda f: f.assign(treated=(f.index % 2)), "more than one treated"),
        (lambda f: f.assign(post=1 - f["post"]), "0 before one date"),
        (lambda f: f[(f["geo"] != 2) | (f["week"] < 3)], "on one side of the start only"),
        (lambda f: f.assign(post=f["post"] * 2), "expected 0 or 1"),
    ],
)
def test_broken_panels_are_refused(spoil: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        did(spoil(panel(12)))  # type: ignore[operator]


def test_stores_like_those_of_a_drugstore_chain() -> None:
    # 40 stores with weekly rhythm, own levels and shared weeks; an effect of +8 % is found where
    # it is, in its interval, and users-as-units would be far too sure.
    rng = np.random.default_rng(13)
    level, week = rng.gamma(9, 600, 40), 1 + 0.2 * rng.normal(size=24)
    noise = np.exp(0.08 * rng.normal(size=(40, 24)) + 0.06 * rng.normal(size=(40, 1)))
    sales = level[:, None] * week * noise
    treated = rng.permutation(40) < 20
    sales[treated, 12:] *= 1.08
    unit, time = (a.ravel() for a in np.mgrid[0:40, 0:24])
    frame = pd.DataFrame({"geo": unit, "week": time, "y": np.log(sales).ravel()})
    frame["treated"], frame["post"] = treated[unit].astype(int), (time >= 12).astype(int)
    result = did(frame, rng=np.random.default_rng(1))
    assert math.log(1.08) in result.effect
    assert result.effect.lo > 0
    assert max(result.permutation.p_value, result.wild_p) < 0.01


def test_the_shared_geo_experiment_is_read_plausibly() -> None:
    sales = pd.read_csv(shared("geo_sales_and_cost.csv"), parse_dates=["date"])
    frame = sales.merge(pd.read_csv(shared("geo_assignment.csv")), on="geo")
    spent = frame.loc[frame["cost"] > 0, "date"]
    frame = frame[frame["date"] <= spent.max()]
    frame["treated"] = (frame["geo.group"] == 2).astype(int)
    frame["post"] = (frame["date"] >= spent.min()).astype(int)
    result = did(frame, time="date", y="sales", rng=np.random.default_rng(0), draws=1_999)
    assert result.clusters == (50, 50)
    assert 0 < result.effect.value < 250
    assert result.robust["CR1"].se > 2 * result.naive.se
    assert result.robust["CR2"].se == pytest.approx(result.robust["CR1"].se, rel=0.05)
    assert abs(result.permutation.p_value - result.robust["CR2"].p_value) < 0.05
    assert result.effect.value in result.effect
    assert result.lift.shape == "bounded"


def ar1(rng: np.random.Generator, n: int, rho: float) -> Floats:
    shocks, out = rng.normal(size=n), np.empty(n)
    out[0] = shocks[0] / math.sqrt(1 - rho * rho)
    for t in range(1, n):
        out[t] = rho * out[t - 1] + shocks[t]
    return out


def test_before_after_keeps_its_level_under_correlated_errors() -> None:
    # 200 series of 80 days with errors correlated by 0.6: Monte-Carlo error 1.5 points.
    rng, rejected, runs = np.random.default_rng(14), 0, 200
    for _ in range(runs):
        frame = pd.DataFrame({"ds": np.arange(80), "y": 50 + ar1(rng, 80, 0.6)})
        frame["post"] = (frame["ds"] >= 45).astype(int)
        rejected += before_after(frame).p_value < 0.05
    assert rejected / runs < 0.05 + 3 * 0.0154


def test_before_after_finds_a_break_and_claims_no_cause() -> None:
    rng = np.random.default_rng(15)
    days = pd.date_range("2024-01-01", periods=120)
    weekly = np.tile([0, 0, 0, 1, 3, 9, 8.0], 18)[:120]
    y = 100 + weekly + ar1(rng, 120, 0.4) + 12 * (np.arange(120) >= 70)
    frame = pd.DataFrame({"ds": days, "y": y, "post": (np.arange(120) >= 70).astype(int)})
    for errors in ("AR(1)", "Newey-West"):
        result = before_after(frame, season=7, errors=errors)
        assert 12 in result.effect
        assert result.p_value < 1e-4
        assert result.lift.value == pytest.approx(0.115, abs=0.03)
        assert result.lift.value in result.lift
    assert "not what the change did" in before_after(frame, season=7).summary()
    drift = before_after(
        pd.DataFrame({"ds": range(80), "post": [0] * 60 + [1] * 20,
                      "y": np.repeat([0.0, 9.0], [30, 50]) + rng.normal(size=80)}),
        trend=False,
    )  # fmt: skip
    assert drift.placebo_p < 0.05
    assert "moves like this by itself" in drift.summary()


def test_before_after_says_when_it_cannot_say() -> None:
    short = pd.DataFrame({"ds": range(10), "y": np.arange(10.0), "post": [0] * 6 + [1] * 4})
    result = before_after(short)
    assert (result.effect.shape, result.effect.value) == ("undefined", 5.0)
    assert "too few periods" in result.summary()
    flat = pd.DataFrame({"ds": range(40), "y": 3.0, "post": [0] * 20 + [1] * 20})
    assert "does not vary" in before_after(flat).summary()
    with pytest.raises(InputError, match="0 before one date"):
        before_after(short.assign(post=0))
    with pytest.raises(InputError, match="expected AR"):
        before_after(flat, errors="white")  # type: ignore[arg-type]


def test_one_stratum_is_newcombes_interval_and_strata_undo_their_mix() -> None:
    one = pd.DataFrame(
        {"group": ["a", "b"], "stratum": "all", "successes": [56, 48], "n": [70, 80]}
    )
    # Newcombe (1998), Statistics in Medicine 17:873, table II (a), method 10: 0.0524 to 0.3339.
    found = standardised(one, "b", "a").difference
    assert (found.lo, found.hi) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    mixed = pd.DataFrame(
        {"group": ["a", "a", "b", "b"], "stratum": ["new", "old"] * 2,
         "successes": [10, 200, 40, 50], "n": [1_000, 2_000, 4_000, 500]}
    )  # fmt: skip
    result = standardised(mixed, "a", "b")
    assert result.raw.value < -0.04
    assert result.difference.value == pytest.approx(0, abs=1e-12)
    lonely = standardised(mixed.iloc[:3], "a", "b")
    assert lonely.difference.shape == "undefined"
    with pytest.raises(InputError, match="found no 'c'"):
        standardised(mixed, "a", "c")
    with pytest.raises(InputError, match="between 0 and n"):
        standardised(mixed.assign(n=5), "a", "b")


def test_broken_tables_of_clusters_are_refused() -> None:
    frame = pd.DataFrame({"cluster": range(6), "treated": [0, 1] * 3, "n": 10, "total": 3.0})
    for spoilt, said in (
        (frame.assign(cluster=1), "'1' twice"),
        (frame.assign(n=[0] + [5] * 5), "row 2, column 'n': found 0"),
        (frame.assign(treated=1), "found 1 only"),
        (frame.drop(columns="total"), "no column 'total'"),
    ):
        with pytest.raises(InputError, match=said):
            compare_clusters(spoilt)
    with pytest.raises(InputError, match="weights: found 'stores'"):
        compare_clusters(frame, weights="stores")  # type: ignore[arg-type]
    both = pd.DataFrame({"cluster": ["a", "a", "b"], "treated": [0, 1, 1], "value": 1.0})
    with pytest.raises(InputError, match="cluster 'a' with more than one treated"):
        cluster_totals(both)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_results_show_themselves(lang: str) -> None:
    rng = np.random.default_rng(16)
    frame = pd.DataFrame({"cluster": range(8), "treated": [0, 1] * 4, "n": 10})
    frame["total"] = rng.normal(30, 3, 8)
    series = pd.DataFrame({"ds": range(40), "y": rng.normal(size=40), "post": [0] * 20 + [1] * 20})
    arms, geo, gone = compare_clusters(frame), did(panel(17)), before_after(series)
    with house_style():
        for each in (arms, arms.permutation, geo, gone):
            assert each.summary(lang)
            assert len(each.table(lang))
            each.plot(lang=lang)
            plt.close("all")
    assert ("permutation test" in arms.summary()) == arms.few
    strata = pd.DataFrame({"group": ["a", "b"], "stratum": "x", "successes": [5, 9], "n": 50})
    assert standardised(strata, "a", "b").summary(lang)
    assert len(standardised(strata, "a", "b").table(lang)) == 1
