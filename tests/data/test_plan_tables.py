from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from analysis.base.paths import Home
from analysis.data.catalog import conform
from analysis.data.catalog.listing import Catalog, Dataset, read_catalog

PROJECT = Home(Path(__file__).parents[2])
CATALOG: Catalog = read_catalog(PROJECT)
TABLES = [dataset for id, dataset in CATALOG.items() if id.startswith("plan.")]
NOT_FACTS = (
    "plan.units", "plan.promo_calendar", "plan.ab_tests", "plan.swot_judgments", "plan.swot_kpis",
    "plan.swot_strategies", "plan.swot_competitors", "plan.swot_partners", "plan.swot_prices",
)  # fmt: skip
FACTS = [dataset for dataset in TABLES if dataset.id not in NOT_FACTS]


def name(dataset: Dataset) -> str:
    return dataset.id


def read(dataset: Dataset) -> list[dict[str, str]]:
    [path] = dataset.raw_paths(PROJECT)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fact(id: str) -> dict[str, str]:
    table = CATALOG[f"plan.{id.split('.')[0]}"]
    return next(row for row in read(table) if row["fact_id"] == id)


@pytest.mark.parametrize("dataset", TABLES, ids=name)
def test_the_file_is_the_catalogued_one_in_plain_utf8(dataset: Dataset) -> None:
    content = dataset.raw_paths(PROJECT)[0].read_bytes()
    assert hashlib.sha256(content).hexdigest() == dataset.files[0].sha256
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    content.decode("utf-8")


@pytest.mark.parametrize("dataset", TABLES, ids=name)
def test_the_table_keeps_its_promises(dataset: Dataset, tmp_path: Path) -> None:
    connection = conform.connect(tmp_path)
    assert conform.open_raw(connection, PROJECT, dataset) == []
    assert conform.check(connection, dataset) == []


@pytest.mark.parametrize("dataset", TABLES, ids=name)
def test_every_column_is_documented_and_in_order(dataset: Dataset) -> None:
    assert tuple(read(dataset)[0]) == dataset.schema.names


@pytest.mark.parametrize("dataset", FACTS, ids=name)
def test_fact_tables_share_head_and_tail(dataset: Dataset) -> None:
    names = dataset.schema.names
    assert names[:4] == ("fact_id", "plan", "section", "source_ref")
    assert names[-2:] == ("reading", "note")
    assert dataset.key == ("fact_id",)


def test_fact_ids_are_unique_across_tables_and_name_theirs() -> None:
    ids = [(dataset.id, row["fact_id"]) for dataset in FACTS for row in read(dataset)]
    assert len({fact_id for _, fact_id in ids}) == len(ids) == 606
    assert all(f"plan.{fact_id.split('.')[0]}" == table for table, fact_id in ids)


def test_units_are_known() -> None:
    units = {row["unit"] for row in read(CATALOG["plan.units"])}
    for dataset in FACTS:
        for row in read(dataset):
            for column, value in row.items():
                if column == "unit" or column.endswith("_unit"):
                    assert not value or value in units, (row["fact_id"], column, value)


@pytest.mark.parametrize("dataset", FACTS, ids=name)
def test_every_free_number_has_a_unit(dataset: Dataset) -> None:
    measured = {
        "value": "unit",
        "value_max": "unit",
        "baseline": "unit",
        "target": "unit",
        "actual": "unit",
        "before": "unit",
        "after": "unit",
        "delta": "delta_unit" if "delta_unit" in dataset.schema.names else "unit",
        "growth": "growth_unit",
        "share": "share_unit",
        "sales": "sales_unit",
        "goal": "goal_unit",
        "impact_value": "impact_unit",
        "limit_value": "limit_unit",
        "response_value": "response_unit",
    }
    for row in read(dataset):
        for column, unit in measured.items():
            if row.get(column):
                assert row[unit], (row["fact_id"], column)


def test_conversions_agree_with_their_base_units() -> None:
    rows = read(CATALOG["plan.units"])
    base = {row["unit"]: row["base_unit"] for row in rows}
    factor = {row["unit"]: float(row["multiplier"]) for row in rows}
    assert base["cny_100m"] == base["cny_10k"] == "cny"
    assert (factor["cny_100m"], factor["cny_10k"]) == (1e8, 1e4)
    assert base["pct"] == base["pp"] == base["fold"] == "fraction"
    assert (factor["pct"], factor["pp"], factor["fold"]) == (0.01, 0.01, 0.1)
    assert factor["minutes"] == pytest.approx(1 / 60)
    assert factor["seconds"] == pytest.approx(1 / 3600)


def test_published_shares_sum_to_one_hundred() -> None:
    budget = [
        row for row in read(CATALOG["plan.budget_split"]) if row["part_of"] == "annual budget"
    ]
    assert sum(float(row["value"]) for row in budget) == 100
    personas = [row for row in read(CATALOG["plan.personas"]) if row["plan"] == "new_year"]
    assert sum(float(row["share"]) for row in personas[:4]) == 100


def test_single_facts_survived_the_tidying() -> None:
    # Checked by hand against the planning documents' transcription.
    assert fact("targets_actuals.030")["actual"] == "8000"
    assert fact("targets_actuals.030")["unit"] == "cny_10k"
    assert fact("claims.020")["value"] == "2"
    assert fact("claims.033")["comparator"] == ">"
    assert fact("effects.041")["delta_max"] == "3"
    assert (fact("market.024")["value"], fact("market.024")["value_max"]) == ("20", "23")
    assert fact("milestones.005")["due_months"] == "12"
    assert fact("competitors.006")["growth_metric"] == "regional penetration"
    assert fact("phases.013")["unit"] == "days_before_festival"
