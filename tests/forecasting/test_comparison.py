"""Paired comparison: the test by other implementations, its size, and what is said of it."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.api import OLS
from statsmodels.stats.multitest import multipletests

from analysis.base.errors import InputError
from analysis.forecasting import backtest, compare
from analysis.forecasting.captions_judgement import comparison_caption, comparison_figure
from analysis.forecasting.paired import diebold_mariano, overlap_of
from analysis.stats.multiplicity import holm
from tests.forecasting.panels import Floats, many, seasonal_walks
from tests.forecasting.results import judged

mpl.use("agg")


def moving(rng: np.random.Generator, count: int, n: int, overlap: int) -> Floats:
    """``(count, n)`` sums of ``overlap`` shocks: what paths that overlap have in common."""
    shocks = rng.standard_normal((count, n + overlap - 1))
    out: Floats = np.sum([shocks[:, k : k + n] for k in range(overlap)], axis=0)
    return out


def test_without_overlap_it_is_the_paired_t_test() -> None:
    d = np.random.default_rng(1).normal(0.4, 1, 12)
    made, known = diebold_mariano(d), stats.ttest_1samp(d, 0)
    assert made.statistic == pytest.approx(known.statistic)
    assert made.p == pytest.approx(known.pvalue)
    assert (made.lo, made.hi) == pytest.approx(tuple(known.confidence_interval()))
    assert made.df == 11


@pytest.mark.parametrize("overlap", [2, 3, 5])
def test_with_overlap_it_is_the_corrected_statistic_of_another_implementation(
    overlap: int,
) -> None:
    d = moving(np.random.default_rng(overlap), 1, 40, overlap)[0] + 0.3
    made = diebold_mariano(d, overlap)
    options = {"maxlags": overlap - 1, "kernel": "uniform", "use_correction": False}
    plain = OLS(d, np.ones(40)).fit(cov_type="HAC", cov_kwds=options)
    correction = (40 + 1 - 2 * overlap + overlap * (overlap - 1) / 40) / 40
    assert made.variance == "rectangular"
    assert made.statistic == pytest.approx(float(plain.tvalues[0]) * np.sqrt(correction))
    assert made.df == 40 // overlap - 1
    assert made.p == pytest.approx(2 * stats.t.sf(abs(made.statistic), made.df))


def test_a_variance_below_zero_is_taken_with_falling_weights() -> None:
    d = np.array([1.0, -1, 1, -1, 1, -1.5])
    made = diebold_mariano(d, 2)
    options = {"maxlags": 1, "use_correction": False}
    bartlett = OLS(d, np.ones(6)).fit(cov_type="HAC", cov_kwds=options)
    assert made.variance == "Bartlett"
    assert made.statistic == pytest.approx(float(bartlett.tvalues[0]) * np.sqrt((3 + 1 / 3) / 6))


@pytest.mark.parametrize(("origins", "overlap"), [(3, 1), (4, 1), (12, 3), (16, 4), (24, 4)])
def test_a_true_null_is_rejected_in_about_one_of_twenty(origins: int, overlap: int) -> None:
    # Absolute errors of two equally good models. 2,000 draws: standard error 0.5 points.
    rng = np.random.default_rng(10 * origins + overlap)
    one, other = (np.abs(moving(rng, 2000, origins, overlap)) for _ in range(2))
    made = [diebold_mariano(d, overlap) for d in one - other]
    p = np.array([test.p for test in made])
    assert 0.03 < np.mean(p < 0.05) < 0.07
    if overlap > 1:
        # With as many degrees of freedom as Harvey, Leybourne & Newbold give it, far too often.
        statistic = np.array([test.statistic for test in made])
        assert np.mean(2 * stats.t.sf(np.abs(statistic), origins - 1) < 0.05) > 0.09


def test_errors_that_series_share_do_not_make_the_panel_sure() -> None:
    # Two equally good models; what the one misses at an origin, all of its 30 series miss.
    # 400 draws: standard error 1.1 points.
    rng = np.random.default_rng(4)
    rejected = []
    for _ in range(400):
        shared = 3 * rng.standard_normal((2, 1, 6, 1)) + rng.standard_normal((2, 30, 6, 2))
        size = np.abs(shared).mean(axis=(1, 3))
        rejected.append(diebold_mariano(size[0] - size[1]).p < 0.05)
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.033)
    made = compare(judged({"auto": shared[0], "seasonal_naive": shared[1]}))
    assert made.losses["difference"].to_numpy() == pytest.approx((size[0] - size[1]) / 100)
    assert made.panel.difference == pytest.approx(made.wape[0] - made.wape[1])


def test_a_better_model_is_called_better_and_its_rival_worse() -> None:
    rng = np.random.default_rng(2)
    noise = rng.standard_normal((6, 8, 4))
    made = compare(judged({"auto": 5 * noise, "seasonal_naive": 20 * noise[::-1]}))
    assert made.panel.hi < 0
    assert made.counts()[0] == 6
    assert made.counts()[1] >= 4
    said = made.summary("en")
    assert said.startswith("The automatic model misses by less than the seasonal naive: ")
    assert "8 past dates, t with 7 df" in said
    other = compare(judged({"auto": 20 * noise, "seasonal_naive": 5 * noise[::-1]}))
    assert "misses by more than" in other.summary("en")
    same = compare(judged({"auto": noise, "seasonal_naive": rng.standard_normal((6, 8, 4))}))
    assert "No clear difference" in same.summary("en")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_too_few_origins_are_said_to_be_too_few(lang: str) -> None:
    rng = np.random.default_rng(2)
    noise = rng.standard_normal((3, 5, 6))
    made = compare(judged({"auto": noise, "seasonal_naive": 9 * noise}, step=3))
    assert (made.panel.origins, made.panel.overlap) == (5, 2)
    assert made.panel.reason == "too few origins"
    assert np.isnan(made.panel.p)
    words = {"en": "cannot be judged with 5 past dates (2 that do not overlap)", "zh": "互不重叠"}
    assert words[lang] in made.summary(lang)
    assert made.table(lang)["reason"].ne("").all()
    nothing = compare(judged({"auto": 0 * noise, "seasonal_naive": noise}, y=0.0))
    assert nothing.panel.reason == "nothing came"
    alike = compare(judged({"auto": noise, "seasonal_naive": noise}))
    assert "the difference is the same at every past date" in alike.summary("en")


def test_overlap_is_counted_from_dates() -> None:
    days = np.datetime64("2024-01-01") + np.arange(0, 40, 4)
    assert overlap_of(days, days + 4) == 1
    assert overlap_of(days, days + 5) == 2
    assert overlap_of(days, days + 12) == 3
    assert overlap_of(days[:1], days[:1] + 12) == 1


def test_one_step_ahead_by_itself() -> None:
    noise = np.random.default_rng(7).standard_normal((4, 6, 3))
    made = compare(judged({"auto": noise, "seasonal_naive": 2 * noise}), step=2)
    expected = -np.abs(noise[:, :, 1]).mean(axis=0) / 100
    assert made.losses["difference"].to_numpy() == pytest.approx(expected)
    with pytest.raises(InputError, match="step: found 4"):
        compare(judged({"auto": noise, "seasonal_naive": noise}), step=4)
    with pytest.raises(InputError, match="rival: found 'theta'"):
        compare(judged({"auto": noise, "seasonal_naive": noise}), "theta")


def test_holm_is_that_of_statsmodels() -> None:
    p = np.array([0.01, 0.04, np.nan, 0.03, 0.005, 0.9])
    known = multipletests(p[~np.isnan(p)], method="holm")[1]
    assert holm(p)[~np.isnan(p)] == pytest.approx(known)
    assert np.isnan(holm(p)[2])


def test_the_last_process_is_compared_on_the_dates_it_has() -> None:
    noise = np.random.default_rng(3).standard_normal((3, 6, 4))
    result = judged({"auto": noise, "seasonal_naive": 4 * noise})
    rows = result.frame[result.frame["model"] == "auto"]
    last = rows[["unique_id", "cutoff", "ds"]].assign(mean=rows["y"] + 30)
    given = last[last["unique_id"] != "s00"]
    made = compare(result, earlier=given)
    assert made.rival == "earlier"
    assert made.frame["unique_id"].tolist() == ["s01", "s02"]
    assert made.wape[1] == pytest.approx(0.30)
    assert "the last process" in made.summary("en")
    without = compare(result, earlier=given.drop(columns="cutoff").astype({"ds": "str"}))
    pd.testing.assert_frame_equal(without.frame, made.frame)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: f.drop(columns="mean"), "no column 'mean'"),
        (lambda f: pd.concat([f, f]), "twice"),
        (lambda f: f.assign(unique_id=f["unique_id"] + "x"), "in common"),
        (lambda f: f.assign(ds="spring"), "'spring', expected a date"),
        (lambda f: f.assign(mean="many"), "'many', expected a number"),
    ],
)
def test_earlier_forecasts_that_do_not_fit_are_refused(change: object, says: str) -> None:
    noise = np.random.default_rng(3).standard_normal((2, 4, 3))
    result = judged({"auto": noise, "seasonal_naive": noise})
    rows = result.frame[result.frame["model"] == "auto"]
    with pytest.raises(InputError, match=says):
        compare(result, earlier=change(rows[["unique_id", "cutoff", "ds", "mean"]]))  # type: ignore[operator]


def test_a_backtest_is_compared_and_drawn() -> None:
    result = backtest(many(seasonal_walks(3, 90, 6)), horizon=6, origins=4)
    made = compare(result)
    assert len(made.table()) == 4
    assert len(made.plot().lines) == 3
    for lang in ("en", "zh"):
        assert len(comparison_figure(made, lang)["title"]) < len(made.summary(lang)) / 2
        assert comparison_caption(made, lang)["note"].startswith(made.summary(lang))
        assert comparison_caption(made, lang)["title"]
        assert comparison_figure(made, lang)["subtitle"]
    untested = compare(backtest(many([np.arange(8.0)]), horizon=6, origins=1))
    assert untested.frame.empty
    assert "cannot be judged with 0 past dates" in untested.summary("en")
    assert untested.plot().lines
