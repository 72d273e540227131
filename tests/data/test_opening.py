"""``data.load``: whatever a notebook is given, with what its reader must know."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.base.paths import Home
from analysis.base.schema import Column, TableSchema
from analysis.data import load
from analysis.data.catalog import prepare

PANEL = TableSchema(
    (Column("unique_id", "text"), Column("ds", "datetime"), Column("y", "number", nullable=True)),
    key=("unique_id", "ds"),
    name="panel",
    extra="number",
)
ROWS = "shop,day,sales,promo\n1,2024-01-01,5,True\n1,2024-01-02,7,False\n"
CATALOG = """
[datasets.sales]
title = "Sales of a shop"
nature = "simulated"
unit = "one day"
timezone = "none"
source = "invented for a test"
note = "not real"
code_licence = "none"
data_licence = "CC0"
format = "csv"
files = [{{ path = "sales.csv", sha256 = "{sha256}" }}]
processed = "sales.parquet"
rows = 2
key = ["day"]
columns = [
  {{ name = "shop", kind = "text", description = "Shop" }},
  {{ name = "day", kind = "date", description = "Day" }},
  {{ name = "sales", kind = "number", unit = "EUR", description = "Turnover" }},
  {{ name = "promo", kind = "boolean", description = "Promotion" }},
]
[datasets.sales.views.panel]
columns = {{ unique_id = "shop", ds = "day", y = "sales", promo = "promo" }}
as_of = 2024-01-01
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    found = Home(tmp_path / "project")
    found.raw.mkdir(parents=True)
    sha256 = hashlib.sha256(ROWS.encode()).hexdigest()
    found.catalog.write_text(CATALOG.format(sha256=sha256), encoding="utf-8")
    (found.raw / "sales.csv").write_text(ROWS, encoding="utf-8")
    monkeypatch.setenv("ANALYSIS_HOME", str(found.root))
    return found


def test_a_dataset_is_seen_as_the_question_asks(home: Home) -> None:
    prepare(home)
    opened = load("sales", PANEL)
    assert list(opened.frame.columns) == ["unique_id", "ds", "y", "promo"]
    assert opened.as_of == "2024-01-01"
    assert opened.unit("y") == "EUR"
    assert opened.meaning("y") == "Turnover (EUR)"
    assert load("sales", PANEL, as_of="2024-01-02").as_of == "2024-01-02"


def test_the_data_card_says_what_a_reader_must_know(home: Home) -> None:
    prepare(home)
    title, nature, words, facts = load("sales", PANEL).describe("en")
    assert (title, nature, words) == ("Sales of a shop", "simulated", "Simulated data")
    told = dict(facts)
    assert told["Rows"] == "2"
    assert told["Period"] == "1 Jan 2024 – 2 Jan 2024"
    assert told["Known up to"] == "1 Jan 2024"
    assert told["Licence of the data"] == "CC0"
    assert told["Note"] == "not real"
    assert dict(load("sales", PANEL).describe("zh")[3])["行数"] == "2"


def test_ones_own_table_is_named_as_such(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("unique_id,ds,y\na,2024-01-01,5\n", encoding="utf-8")
    opened = load(str(path), PANEL)
    assert opened.describe("en")[:3] == ("own.csv", "own", "Your data")
    assert opened.meaning("y") == opened.unit("y") == opened.as_of == ""


def test_a_mapping_names_the_columns_of_a_dataset_too(home: Home, tmp_path: Path) -> None:
    prepare(home)
    mapping = tmp_path / "mapping.toml"
    text = '[columns]\nunique_id = "shop"\nds = "day"\ny = "promo"\n'
    mapping.write_text(text, encoding="utf-8")
    with pytest.raises(InputProblems, match=r"'y'|promo"):
        load("sales", PANEL, mapping=mapping)


def test_what_is_not_there_is_refused(home: Home, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not prepared"):
        load("sales", PANEL)
    with pytest.raises(InputError, match=r"absent\.csv"):
        load(tmp_path / "absent.csv", PANEL)
    with pytest.raises(InputError, match="a day such as"):
        load("sales", PANEL, as_of="yesterday")


def test_an_own_table_in_ten_thousand_yuan_is_in_yuan_and_says_what_was_left_out(
    tmp_path: Path,
) -> None:
    table, mapping = tmp_path / "own.csv", tmp_path / "own.toml"
    table.write_text(
        "店铺,日期,销售额\n甲,2026-01-01,1.5\n\n合计,,1.5\n注：含税,,\n", encoding="utf-8"
    )
    mapping.write_text(
        'skip_footer = 1\ndrop_where = ["合计"]\n[columns]\nunique_id = "店铺"\nds = "日期"\n'
        'y = { from = "销售额", unit = "万元" }\n',
        encoding="utf-8",
    )
    opened = load(table, PANEL, mapping=mapping)
    assert opened.frame["y"].tolist() == [15_000.0]
    assert opened.unit("y") == "CNY"
    said = dict(opened.describe("zh")[3])
    assert said["未计入：末尾的说明行"] == "1"
    assert said["未计入：合计行"] == "1"
    assert not [label for label in said if label.isascii()]
