from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.base.paths import Home
from analysis.data.catalog.entries import Dataset, DocumentEntry
from analysis.data.catalog.entry_checks import texts_of
from analysis.data.catalog.listing import Catalog, read_catalog
from tests.data.tiny import Shop, build

ROOT = Path(__file__).parents[2]
IDS = {
    "rossmann_daily",
    "cj_transactions",
    "cj_products",
    "cj_promotions",
    "cj_campaigns",
    "cj_campaign_descriptions",
    "cj_coupons",
    "cj_coupon_redemptions",
    "cj_demographics",
    "cdnow_transactions",
    "cdnow_customers",
}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return build(tmp_path)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog(Home(ROOT))


def problems(shop: Shop) -> str:
    with pytest.raises(InputProblems) as caught:
        read_catalog(shop.home)
    return str(caught.value)


def test_every_dataset_of_the_project_is_listed(catalog: Catalog) -> None:
    plan = {f"plan.{path.stem}" for path in (ROOT / "data/raw/plan").glob("*.csv")}
    assert len(plan) == 33
    assert {*IDS, "cdnow_sample", *plan} == set(catalog)


def test_every_dataset_says_what_a_reader_needs(catalog: Catalog) -> None:
    for dataset in catalog.values():
        assert all([dataset.title, dataset.unit, dataset.source, dataset.code_licence])
        assert dataset.data_licence != dataset.code_licence
        assert all(column.description for column in dataset.schema.columns)


def test_every_text_of_a_data_card_is_there_in_chinese(catalog: Catalog) -> None:
    entries: list[Dataset | DocumentEntry] = [*catalog.values(), *catalog.documents.values()]
    assert len(entries) > 40
    for entry in entries:
        for text in texts_of(entry):
            assert re.search("[\u4e00-\u9fff]", entry.told(text, "zh")), (entry.id, text)
            assert entry.told(text, "en") == text


def test_a_dataset_without_translation_is_told_as_written(shop: Shop) -> None:
    sales = read_catalog(shop.home)["sales"]
    assert sales.told(sales.title, "zh") == "Sales of a shop"
    with shop.home.catalog.open("a", encoding="utf-8") as file:
        file.write('\n[chinese]\n"Sales of a shop" = "一家店的销售"\n')
    sales = read_catalog(shop.home)["sales"]
    assert (sales.told(sales.title, "zh"), sales.told(sales.title, "en")) == (
        "一家店的销售", "Sales of a shop",
    )  # fmt: skip


def test_a_translation_of_nothing_is_a_finding(shop: Shop) -> None:
    with shop.home.catalog.open("a", encoding="utf-8") as file:
        file.write('\n[chinese]\n"Sales of a shops" = "销售"\n"Stamps" = ""\n')
    said = problems(shop)
    assert "chinese: 'Sales of a shops', expected a text of an entry" in said
    assert "did you mean 'Sales of a shop'?" in said
    assert "Stamps = '', expected Stamps as str, not empty" in said


def test_planning_figures_are_not_called_real(catalog: Catalog) -> None:
    natures = {id: catalog[id].nature for id in catalog if id.startswith("plan.")}
    assert natures.pop("plan.units") == "real"
    assert natures.pop("plan.promo_calendar") == "real"
    assert natures.pop("plan.ab_tests") == "simulated"
    assert natures.pop("plan.swot_prices") == "simulated"
    assert set(natures.values()) == {"illustrative"}


def test_schema_has_the_columns_in_order(shop: Shop) -> None:
    sales = read_catalog(shop.home)["sales"]
    assert sales.schema.names == ("date", "shop", "amount", "open")
    assert sales.schema["amount"].unit == "EUR"
    assert sales.schema["amount"].minimum == 0
    assert sales.key == ("date", "shop")
    assert sales.order == ("date", "shop")


def test_licences_come_from_the_package_or_the_entry(shop: Shop) -> None:
    catalog = read_catalog(shop.home)
    assert (catalog["sales"].code_licence, catalog["sales"].data_licence) == ("MIT", "CC0")
    assert catalog["plan.facts"].data_licence == "ours"


def test_shared_columns_are_named(shop: Shop) -> None:
    assert read_catalog(shop.home)["plan.facts"].schema["fact_id"].description == "Identifier"


def test_paths_lie_in_the_project(shop: Shop) -> None:
    sales = read_catalog(shop.home)["sales"]
    assert sales.raw_paths(shop.home) == (shop.home.raw / "shop/sales.csv",)
    assert sales.processed_path(shop.home) == shop.home.processed / "sales.parquet"


def test_unknown_id_names_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(InputError, match=r"'rosmann_daily'.*did you mean 'rossmann_daily'\?"):
        catalog["rosmann_daily"]
    assert "rosmann_daily" not in catalog


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('unit = "one stamp"', 'uint = "one stamp"', "datasets.\"stamps\": unknown key 'uint'"),
        ('unit = "one stamp"', 'unit = ""', "unit = '', expected unit as str, not empty"),
        ('title = "Stamps"\n', "", 'datasets."stamps": no title'),
        ('nature = "illustrative"', 'nature = "true"', "expected one of real, simulated"),
        ('"America/New_York"', '"America/Newyork"', "timezone = 'America/Newyork'"),
        ('"shop/sales.csv"', '"../sales.csv"', "path = '../sales.csv', expected a relative path"),
        ('"shop/sales.csv"', '"other/sales.csv"', "expected a path under 'shop'"),
        ('"shop/data/sales.csv"', '"/etc/passwd"', "member = '/etc/passwd'"),
        ('"sales.parquet"', '"stamps.parquet"', "expected not that of 'sales'"),
        ('package = "shop"\nformat = "csv"', 'package = "sop"\nformat = "csv"', "mean 'shop'?"),
        ('key = ["date", "shop"]', 'key = ["date", "shops"]', "key column 'shops'"),
        ('  "fact_id",\n', '  "fact_ids",\n', "shared column 'fact_ids'"),
        ('kind = "boolean"', 'kind = "bool"', "kind = 'bool'"),
        ('rows = 2\nkey = ["id"]', 'rows = "2"\nkey = ["id"]', "rows = '2', expected rows as int"),
        ("header = false", "header = 0", "header = 0, expected header as bool"),
        ("max = 10", 'max = "10"', "max = '10', expected max as float"),
        ('name = "open"', 'name = "shop"', "column 'shop' twice"),
    ],
)
def test_a_wrong_entry_names_dataset_and_key(shop: Shop, old: str, new: str, said: str) -> None:
    shop.edit(old, new)
    assert said in problems(shop)


def test_a_wrong_checksum_is_refused_as_text(shop: Shop) -> None:
    shop.catalog(sales="ABC")
    assert "sha256 = 'ABC', expected 64 lower-case hexadecimal digits" in problems(shop)


def test_all_findings_come_together(shop: Shop) -> None:
    shop.edit('nature = "illustrative"', 'nature = "true"')
    shop.edit('title = "Stamps"\n', "")
    assert "2 problems" in problems(shop)


def test_missing_and_broken_files_are_one_message(shop: Shop) -> None:
    shop.home.catalog.write_text("[datasets", encoding="utf-8")
    with pytest.raises(InputError, match="not TOML"):
        read_catalog(shop.home)
    shop.home.catalog.unlink()
    with pytest.raises(InputError, match="catalog is missing"):
        read_catalog(shop.home)


def test_reading_the_catalog_imports_nothing_heavy() -> None:
    # The package's own __init__ hands on more than the catalog: a bare package stands in for it.
    code = f"""
import sys, types, analysis
package = types.ModuleType("analysis.data")
package.__path__ = [{str(ROOT / "src/analysis/data")!r}]
sys.modules["analysis.data"] = package
import analysis.data.catalog.listing, analysis.data.catalog.prepare, analysis.data.catalog.codebook
print([name for name in ("pandas", "duckdb", "numpy", "pyarrow") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == "[]", done.stderr
