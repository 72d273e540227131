"""The result object, its languages, bad input, and single rules at their edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputProblems
from analysis.plan import PlanCheck, check_plan
from tests.plan.injections import KINDS
from tests.plan.twin import plan_of


def claims(*rows: dict[str, object]) -> dict[str, pd.DataFrame]:
    """A table of claims about one metric."""
    base = {"seed": "A", "metric_key": "m", "name_en": "Visits", "unit": "count"}
    filled = [{"fact_id": f"c{k}", **base, **row} for k, row in enumerate(rows)]
    return {"claims": pd.DataFrame(filled)}


def target(**cells: object) -> dict[str, pd.DataFrame]:
    """One row of targets."""
    row = {"fact_id": "t1", "seed": "A", "name_en": "Repurchase rate", "unit": "pct",
           "period": "year", "scope": "all"}  # fmt: skip
    return {"targets_actuals": pd.DataFrame([{**row, **cells}])}


def kinds(check: PlanCheck) -> list[str]:
    return [finding.kind for finding in check.findings]


@pytest.fixture(scope="module")
def everything() -> PlanCheck:
    """A twin with one error of every rule type that can stand beside the others."""
    tables = plan_of(3)
    for name in ("repeated metric", "shares to 100", "polarity", "causes", "thresholds", "SWOT"):
        KINDS[name][0](tables, np.random.default_rng(0))
    return check_plan(tables)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_table_summary_and_figure(everything: PlanCheck, lang: str) -> None:
    table = everything.table(lang)
    assert list(table) == ["kind", "severity", "fact_ids", "arithmetic", "smallest_change"]
    assert len(table) == len(everything.findings) >= 6
    assert table["smallest_change"].str.contains(r"\d").all()
    ranks = ["HML".index(severity) for severity in table["severity"]]
    assert ranks == sorted(ranks)
    assert str(len(table)) in everything.summary(lang)
    axes = everything.plot(lang=lang)
    assert len(axes.patches) >= 6
    assert not axes.get_title()  # the report writes it above


@pytest.mark.parametrize("kind", KINDS)
def test_every_sentence_of_every_rule_is_in_both_languages(kind: str) -> None:
    tables = plan_of(0)
    KINDS[kind][0](tables, np.random.default_rng(0))
    check = check_plan(tables)
    assert len(check.table("en")) == len(check.table("zh")) > 0


def test_nothing_in_nothing() -> None:
    check = check_plan({})
    assert not check.findings
    assert "No contradiction" in check.summary()
    assert not check.plot().patches


def test_a_table_without_ids_and_ids_that_stand_twice_are_refused() -> None:
    with pytest.raises(InputProblems, match="no column 'fact_id'"):
        check_plan({"claims": pd.DataFrame({"value": [1]})})
    with pytest.raises(InputProblems, match="'c0' again, first in row 2 of claims"):
        check_plan(claims({"value": 1}, {"fact_id": "c0", "value": 1}))


def test_a_claim_without_a_unit_is_refused_and_a_fact_without_one_is_a_finding() -> None:
    with pytest.raises(InputProblems, match="row 2, column 'unit': found no unit beside"):
        check_plan(claims({"value": 3, "unit": None}))
    facts = claims({"value": 3, "unit": None})["claims"]
    check = check_plan({"extra_facts": facts})
    assert kinds(check) == ["smart"]
    assert "3 has no unit" in check.table()["arithmetic"][0]


def test_text_in_a_number_is_refused_with_its_row() -> None:
    with pytest.raises(InputProblems, match=r"row 3, column 'value': found 'many', expected a num"):
        check_plan(claims({"value": 3}, {"value": "many"}))


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({"value": 18.3, "unit": "pct"}, {"value": 18, "unit": "pct"}, False),
        ({"value": 18.6, "unit": "pct"}, {"value": 18, "unit": "pct"}, True),
        ({"value": 2, "unit": "days"}, {"value": 48, "unit": "hours"}, False),
        ({"value": 2, "unit": "days"}, {"value": 2, "unit": "workdays"}, True),
        ({"value": 1.8, "unit": "cny_100m"}, {"value": 17960, "unit": "cny_10k"}, False),
        ({"value": 500, "comparator": ">"}, {"value": 640}, False),
        ({"value": 500, "comparator": "<"}, {"value": 640}, True),
        ({"value": 5, "scope": "north"}, {"value": 6, "scope": "south"}, False),
        ({"value": 5, "scope": "north"}, {"value": 6, "scope": "north"}, True),
        ({"value": 5, "period": "2024"}, {"value": 6, "period": "2025"}, False),
        ({"value": 1e-300}, {"value": 0.0}, False),
        ({"value": 1e9}, {"value": 1.2e9}, True),
    ],
)
def test_when_two_values_are_one(
    one: dict[str, object], other: dict[str, object], found: bool
) -> None:
    assert ("repeated_metric" in kinds(check_plan(claims(one, other)))) is found


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"baseline": 24, "target": 38, "delta": 14, "delta_unit": "pp"}, ""),
        ({"baseline": 24, "target": 38, "delta": 58.3, "delta_unit": "pct"}, ""),
        ({"baseline": 24, "target": 38, "delta": 14, "delta_unit": "pct"}, "percent_points"),
        ({"baseline": 24, "target": 38, "delta": 58, "delta_unit": "pp"}, "percent_points"),
        ({"baseline": 24, "target": 38, "delta": 30, "delta_unit": "pct"}, "row_arithmetic"),
        ({"baseline": 0, "target": 38, "delta": 38, "delta_unit": "pp"}, ""),
        ({"actual": 130}, "unit_type"),
        ({"actual": 12, "unit": "cny"}, "unit_type"),
    ],
)
def test_rows_of_targets(cells: dict[str, object], kind: str) -> None:
    assert kinds(check_plan(target(**cells))) == ([kind] if kind else [])


def test_no_year_fits_and_a_year_that_fits() -> None:
    def phases(start: str, end: str) -> dict[str, pd.DataFrame]:
        row = {"fact_id": "p1", "seed": "A", "plan": "x", "name_en": "Lantern Festival fair",
               "start": start, "end": end, "unit": "days"}  # fmt: skip
        return {"phases": pd.DataFrame([row])}

    assert not check_plan(phases("02-10", "02-20")).findings
    assert kinds(check_plan(phases("03-20", "03-25"))) == ["calendar"]
    assert kinds(check_plan(phases("2026-02-10", "2026-02-20"))) == ["calendar"]  # 3 March
    assert not check_plan(phases("2026-03-01", "2026-03-05")).findings


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(20)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    tables = plan_of(5)
    KINDS["repeated metric"][0](tables, np.random.default_rng(5))
    before = {(f.kind, frozenset(f.facts)) for f in check_plan(tables).findings}
    frame = tables["claims"]
    rest = [k for k in range(len(frame)) if k >= len(order)]
    tables["claims"] = frame.iloc[[*order, *rest]]
    assert {(f.kind, frozenset(f.facts)) for f in check_plan(tables).findings} == before
