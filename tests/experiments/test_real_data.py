"""Whole programmes of real tests; skipped, visibly, where the data is absent."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.data import load_experiment
from analysis.experiments import Settings, judge_all
from analysis.experiments.programme import against_rest, programme
from tests.forecasting.panels import shared


@pytest.fixture(scope="module")
def fashion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """78 tests of a fashion shop with all their looks, as running totals of one metric."""
    wide = pd.read_csv(shared("asos_experiments.csv"))
    wide = wide[wide["metric_id"] == 1]
    keys = {"test": "experiment_id", "look": "time_since_start"}
    sides = []
    for side, name in (("c", "control"), ("t", "")):
        rows = wide.drop_duplicates(list(keys.values())) if side == "c" else wide
        sides.append(
            pd.DataFrame(
                {
                    **{to: rows[of] for to, of in keys.items()},
                    "variant": name or "v" + rows["variant_id"].astype(str),
                    "n": rows[f"count_{side}"], "mean": rows[f"mean_{side}"],
                    "variance": rows[f"variance_{side}"],
                }
            )
        )  # fmt: skip
    frame = pd.concat(sides).dropna().astype({"n": "int64"})
    path = tmp_path_factory.mktemp("fashion") / "tests.parquet"
    frame[frame["n"] > 0].to_parquet(path, index=False)
    return path


def test_seventy_eight_tests_are_judged_under_a_rule_of_looking(fashion: Path) -> None:
    arms = load_experiment(fashion, control="control").arms
    made = judge_all(arms, Settings(rule="always_valid"))
    count = made.counts()
    assert sum(count.values()) == 78
    assert count["continue"] > 40
    fixed = judge_all(arms).counts()
    # Looking at any time costs power: it never decides more tests than one look at the end.
    assert count["ship"] <= fixed["ship"]
    assert made.programme is not None
    # A broken test has no say in the programme; every arm of the others has one.
    sound = {each.name for each in made.tests if each.decision != "broken"}
    variants = pd.read_parquet(fashion).query("variant != 'control'")
    compared = variants.drop_duplicates(["test", "variant"])
    assert count["broken"] > 0
    assert len(compared) == 99
    assert made.programme.hypotheses == compared["test"].isin(sound).sum()
    assert made.programme.discoveries <= made.programme.naive
    assert made.verdicts()["verdict"].str.len().min() > 0


def test_headline_tests_have_no_control_and_still_a_programme() -> None:
    frame = pd.read_parquet(shared("upworthy_tests.parquet"))
    test = frame["clickability_test_id"]
    arms = pd.DataFrame(
        {
            "test": test, "arm": frame.groupby(test).cumcount().astype("str"),
            "n": frame["impressions"], "successes": frame["clicks"],
        }
    )  # fmt: skip
    made = programme(against_rest(arms))
    assert made.tests == 4873
    assert 1000 < made.discoveries < made.naive < 4873
    assert made.over == "tests"
    [metric] = made.metrics
    assert metric.gain.value < metric.raw
