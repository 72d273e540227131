"""What a report says over its pictures and tables, and how numbers are written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.plan import (
    attainment,
    attainment_captions,
    check_plan,
    feasibility,
    feasibility_captions,
    figure_caption,
    findings_caption,
    headline,
    places_caption,
    smart,
    smart_captions,
    systems,
    systems_captions,
)
from analysis.plan.spoken import spoken

CLAIMS = pd.DataFrame({
    "fact_id": ["c1", "c2", "c3"], "seed": "A", "section": "1",
    "metric_key": ["sales", "sales", "n"],
    "name_en": ["Sales of 618", "Sales of 618", "Sessions"],
    "unit": ["cny_10k", "cny_10k", "count"],
    "value": [120, 150, 7],
})  # fmt: skip


def rows(**cells: object) -> dict[str, pd.DataFrame]:
    row = {"fact_id": "t1", "seed": "A", "name_en": "GMV growth", "unit": "pct", "period": "2026",
           "comparator": ">="}  # fmt: skip
    return {"targets_actuals": pd.DataFrame([{**row, **cells}])}


def test_the_headline_counts_and_is_red_with_a_severe_finding() -> None:
    made = check_plan({"claims": CLAIMS})
    told = headline(made)
    assert told.status == "bad"
    assert "1 finding" in told.sentence
    assert {n.name: n.value for n in told.numbers} == {
        "findings_H": 1.0, "findings_M": 0.0, "findings_L": 0.0,
        "rows_free": pytest.approx(1 / 3),
    }  # fmt: skip
    calm = headline(check_plan({"claims": CLAIMS.iloc[1:]}))
    assert calm.status == "good"
    assert calm.sentence.startswith("No contradiction")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_caption_has_a_title_and_words_for_every_kind(lang: str) -> None:
    made = check_plan({"claims": CLAIMS})
    assert "1" in figure_caption(made, lang)["title"]
    shown = findings_caption(made, lang)
    assert set(made.table(lang)["kind"]) <= set(shown["words"]["kind"])
    assert set(made.table(lang)) == set(shown["labels"])
    places = made.places()
    caption = places_caption(made, lang)
    assert set(places) == set(caption["labels"]) | set(caption["hide"])
    assert caption["texts"]["value"] == (
        ["120 ×10k CNY", "150 ×10k CNY"] if lang == "en" else ["120 万元", "150 万元"]
    )
    assert list(places["value"]) == [120, 150]
    assert set(places["fact_id"]) == {"c1", "c2"}
    assert set(places["findings"]) == {"1"}


def test_the_captions_of_targets_state_what_was_found() -> None:
    tables = rows(target=30, actual=22)
    assert attainment_captions(attainment(tables))[0]["title"] == "0 of 1 targets were reached"
    assert smart_captions(smart(tables))[0]["title"].endswith("of 1 targets are complete")
    none = feasibility(tables, np.random.default_rng(1))
    assert feasibility_captions(none)[0]["title"] == "No target has two known growth figures"
    assert systems_captions(None) == ({}, {})
    days = pd.date_range("2026-06-01", periods=4)
    frame = pd.DataFrame({
        "date": [*days, *days], "metric": "sales", "system": ["shop"] * 4 + ["bank"] * 4,
        "value": [100.0, 100, 100, 100, 100, 100, 100, 90],
    })  # fmt: skip
    chart, table = systems_captions(systems(frame, 0.05))
    assert chart["title"] == "1 of 4 comparisons are beyond 5.0%"
    assert "bank" in table["note"]


def test_the_chance_of_a_growth_target_is_that_of_students_t() -> None:
    market = pd.DataFrame({
        "fact_id": ["m1", "m2", "m3"], "seed": "A", "unit": "pct", "value": [12, 18, 40],
        "name_en": ["Retail growth", "Online retail growth", "Retail growth above ordinary days"],
    })  # fmt: skip
    made = feasibility({**rows(target=30, actual=22), "market": market}, np.random.default_rng(7))
    [row] = made.frame.to_dict("records")
    known = np.array([0.22, 0.12, 0.18])
    assert row["known"] == pytest.approx(tuple(known))
    spread = known.std(ddof=1) * np.sqrt(1 + 1 / 3)
    expected = stats.t.sf((0.30 - known.mean()) / spread, 2)
    assert row["chance"] == pytest.approx(expected, abs=4 * row["error"])


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("1.5 cny_100m = 15000 cny_10k", "1.5 ×100m CNY = 15000 ×10k CNY", "1.5 亿元 = 15000 万元"),
        ("写为30 pct，-2 pp。", "写为30%，−2 pp。", "写为30%，−2 个百分点。"),
        ("claims.012 pct", "claims.012 pct", "claims.012 pct"),
        ("6 hours.", "6 hours.", "6 小时."),
        ("5 pctx", "5 pctx", "5 pctx"),
    ],
)
def test_units_are_written_out_and_ids_left_alone(text: str, en: str, zh: str) -> None:
    assert spoken(text, "en") == en
    assert spoken(text, "zh") == zh


def test_files_are_the_same_in_both_languages_and_hold_numbers() -> None:
    tables = rows(target=30, actual=22)
    goals, parts, asked = attainment(tables), smart(tables), feasibility(
        tables, np.random.default_rng(1)
    )  # fmt: skip
    frames = (check_plan({"claims": CLAIMS}).places(), goals.table(), parts.table(), asked.table())
    for frame, columns in zip(
        frames, (["value"], ["target", "actual", "ratio", "gap"], ["missing"],
                 ["required", "chance", "driver_alone"]), strict=True,
    ):  # fmt: skip
        assert all(pd.api.types.is_numeric_dtype(frame[column]) for column in columns)
    shown = [attainment_captions(goals, lang)[1]["texts"]["target"] for lang in ("en", "zh")]
    assert shown == [["≥ 30%"], ["≥ 30%"]]
    assert goals.table()["target"].tolist() == [30.0]
