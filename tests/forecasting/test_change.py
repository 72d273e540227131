"""Whether an error fell by itself or with demand: size, power, and what is said."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.forecasting import beside_naive, error_change
from analysis.forecasting.captions_judgement import change_caption
from analysis.forecasting.change import ErrorChange
from tests.forecasting.panels import Floats
from tests.forecasting.results import judged

mpl.use("agg")


def errors(
    rng: np.random.Generator, shape: tuple[int, int, int], hard: float, skill: float
) -> dict[str, Floats]:
    """Errors of both at origins that differ in how hard they are, for all series alike."""
    series, origins, _ = shape
    difficulty = hard * np.exp(0.3 * rng.standard_normal((1, origins, 1)))
    luck = np.exp(0.15 * rng.standard_normal((1, origins, 1)))
    size = np.exp(0.5 * rng.standard_normal((series, 1, 1)))
    one, other = rng.standard_normal((2, *shape))
    return {
        "auto": skill * luck * size * difficulty * one,
        "seasonal_naive": size * difficulty * other,
    }


def change(
    rng: np.random.Generator, shape: tuple[int, int, int], hard: float, skill: float
) -> ErrorChange:
    before = beside_naive(judged(errors(rng, shape, 5.0, 0.8)))
    after = beside_naive(judged(errors(rng, shape, 5.0 * hard, 0.8 * skill)))
    return error_change(before, after, seed=1)


def row(made: ErrorChange, name: str) -> dict[str, float]:
    frame = made.frame[made.frame["measure"] == name].drop(columns="measure")
    return {str(k): float(frame[k].iloc[0]) for k in frame.columns}


def test_the_change_is_worked_by_hand() -> None:
    one = {"auto": np.full((2, 2, 1), 8.0), "seasonal_naive": np.full((2, 2, 1), 10.0)}
    two = {"auto": np.full((2, 2, 1), 4.0), "seasonal_naive": np.full((2, 2, 1), 8.0)}
    made = error_change(beside_naive(judged(one)), beside_naive(judged(two)))
    error, demand, relative = (row(made, name) for name in ("error", "demand", "relative"))
    assert (error["before"], error["after"]) == pytest.approx((0.08, 0.04))
    assert demand["change"] == pytest.approx(8 / 10 - 1)
    assert relative["change"] == pytest.approx((4 / 8) / (8 / 10) - 1)
    product = (1 + demand["change"]) * (1 + relative["change"])
    assert 1 + error["change"] == pytest.approx(product)


def test_easier_demand_is_not_taken_for_a_better_process() -> None:
    # Demand is half as hard, the process the same. 100 draws: standard error 2.2 points.
    rng = np.random.default_rng(11)
    made = [change(rng, (8, 6, 5), 0.5, 1.0) for _ in range(100)]
    wrong = [not row(m, "relative")["lo"] <= 0 <= row(m, "relative")["hi"] for m in made]
    assert np.mean(wrong) < 0.05 + 2 * 0.022
    held = [row(m, "demand")["lo"] <= -0.5 <= row(m, "demand")["hi"] for m in made]
    assert np.mean(held) > 0.95 - 2 * 0.022
    assert np.mean([row(m, "error")["change"] for m in made]) < -0.4
    assert np.mean(["demand may account for it" in m.summary("en") for m in made]) > 0.9


@pytest.mark.parametrize(("series", "origins"), [(1, 6), (3, 4), (20, 4)])
def test_a_better_process_is_found_and_its_change_covered(series: int, origins: int) -> None:
    rng = np.random.default_rng(series)
    made = [change(rng, (series, origins, 12), 1.5, 0.5) for _ in range(50)]
    held = [row(m, "relative")["lo"] <= -0.5 <= row(m, "relative")["hi"] for m in made]
    # 50 draws: standard error 3.1 points; few clusters make the interval rather too wide.
    assert np.mean(held) > 0.95 - 2 * 0.031
    fell = [row(m, "relative")["hi"] < 0 for m in made]
    assert np.mean(fell) > 0.6
    assert any("the error really fell" in m.summary("en") for m in made)


def test_one_past_date_is_no_period() -> None:
    rng = np.random.default_rng(5)
    frame = beside_naive(judged(errors(rng, (4, 5, 6), 5.0, 0.8)))
    first = frame["cutoff"].min()
    made = error_change(frame[frame["cutoff"] == first], frame[frame["cutoff"] > first])
    assert made.reason == "too few origins"
    assert np.isnan(row(made, "relative")["lo"])
    assert "cannot be judged with 1 and 4 past dates" in made.summary("en")
    # Without origins, dates in blocks stand for time.
    dated = error_change(
        frame.loc[frame["cutoff"] == first].drop(columns="cutoff"), frame[frame["cutoff"] > first]
    )
    assert dated.reason == ""
    assert dated.origins == (6, 4)


def test_the_last_process_is_held_against_its_own_dates() -> None:
    rng = np.random.default_rng(6)
    result = judged(errors(rng, (5, 8, 6), 5.0, 0.8))
    rows = result.frame[result.frame["model"] == "auto"]
    middle = rows["cutoff"].sort_values().iloc[len(rows) // 2]
    last = rows.loc[rows["cutoff"] < middle, ["unique_id", "cutoff", "ds"]].assign(mean=50.0)
    before, after = beside_naive(result, last), beside_naive(result)
    made = error_change(before, after[after["cutoff"] >= middle])
    assert row(made, "error")["before"] == pytest.approx(0.5)
    assert row(made, "relative")["hi"] < 0
    with pytest.raises(InputError, match="before: found no column 'base'"):
        error_change(before.drop(columns="base"), after)
    with pytest.raises(InputError, match="after: found no forecast of a value other than 0"):
        error_change(before, after.assign(y=0.0))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tables_and_figures_have_words(lang: str) -> None:
    made = change(np.random.default_rng(9), (6, 5, 6), 0.8, 0.7)
    assert change_caption(made, lang)["title"] == made.summary(lang)
    assert made.table(lang)["meaning"].str.len().min() > 3
    assert len(made.plot(lang=lang).lines) == 7
    pd.testing.assert_frame_equal(
        made.frame, change(np.random.default_rng(9), (6, 5, 6), 0.8, 0.7).frame
    )
