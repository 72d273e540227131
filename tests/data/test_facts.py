"""The tables of a plan from a folder, a workbook or the catalog: found, named, checked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.data import load_facts

CLAIMS = "fact_id,metric_key,name_en,unit,value\nc1,sales,Sales,cny_10k,120\n"
MARKET = "fact_id,name_en,unit,value\nm1,Market,pct,12\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    (tmp_path / "market.csv").write_text(MARKET, encoding="utf-8")
    (tmp_path / "people.csv").write_text("name,age\nLi,3\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("# not a table\n", encoding="utf-8")
    return tmp_path


def test_the_plan_of_the_catalog_is_whole() -> None:
    plan = load_facts("plan")
    assert len(plan.tables["claims"]) == 85
    assert "units" in plan.passed
    _, nature, _, facts = plan.describe("en")
    assert nature == "illustrative"
    assert dict(facts)["Rows"] == "606"


def test_a_folder_says_what_is_there_what_is_not_and_what_is_no_table_of_figures(
    folder: Path,
) -> None:
    plan = load_facts(folder)
    assert list(plan.tables) == ["claims", "market", "people"]
    assert plan.passed == ("people",)
    facts = dict(plan.describe("en")[3])
    assert facts["Tables"] == "claims (1), market (1)"
    assert "phases" in facts["Tables that are not there"]
    assert facts["Tables without figures, not checked"] == "people"
    assert "Units that are not known" not in facts


def test_a_unit_nobody_knows_is_named(folder: Path) -> None:
    (folder / "market.csv").write_text(MARKET.replace("pct", "widgets"), encoding="utf-8")
    assert dict(load_facts(folder).describe("en")[3])["Units that are not known"] == "widgets"


def test_the_checksum_is_of_every_file(folder: Path) -> None:
    before = load_facts(folder).sha256
    assert load_facts(folder).sha256 == before
    (folder / "market.csv").write_text(MARKET.replace("12", "13"), encoding="utf-8")
    assert load_facts(folder).sha256 != before


def test_a_workbook_is_a_plan_a_sheet_a_table(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "plan.xlsx"
    with pd.ExcelWriter(path) as book:
        for name in ("claims", "market"):
            pd.read_csv(folder / f"{name}.csv").to_excel(book, sheet_name=name, index=False)
    plan = load_facts(path)
    assert list(plan.tables) == ["claims", "market"]
    assert plan.tables["claims"]["value"].tolist() == ["120"]


def test_chinese_headers_in_gb18030_are_renamed_by_the_mapping(tmp_path: Path) -> None:
    text = "编号,指标,名称,单位,数值\nc1,sales,销售额,cny_10k,120\n"
    (tmp_path / "claims.csv").write_bytes(text.encode("gb18030"))
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[columns]\nfact_id = "编号"\nmetric_key = "指标"\nname_zh = "名称"\nunit = "单位"\n'
        'value = "数值"\n',
        encoding="utf-8",
    )
    plan = load_facts(tmp_path, mapping=mapping)
    assert plan.tables["claims"]["name_zh"].tolist() == ["销售额"]
    mapping.write_text('[columns]\nfact_id = "编号"\nscope = "范围"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"no table with the mapped columns 范围 \(scope\)"):
        load_facts(tmp_path, mapping=mapping)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("fact_id,name_en,unit,value\nc1,Sales,pct,1\n", "no column 'metric_key'"),
        (CLAIMS + "c2,sales,Sales,,5\n", "row 3, column 'unit': found no unit beside the value 5"),
        (CLAIMS + "c2,sales,Sales,pct,many\n", "row 3, column 'value': found 'many', expected a n"),
        (CLAIMS + "\n\nc1,sales,Sales,pct,1\n", "row 5, column 'fact_id': found 'c1' again"),
        (CLAIMS + "m1,sales,Sales,pct,1\n", "found 'm1' again"),
        (CLAIMS + ",sales,Sales,pct,1\n", "row 3, column 'fact_id': found an empty cell"),
        ("", "an empty file"),
    ],
)
def test_a_wrong_table_is_refused_with_its_file_row_and_column(
    folder: Path, content: str, said: str
) -> None:
    (folder / "claims.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InputProblems, match=said) as caught:
        load_facts(folder)
    assert ".csv" in str(caught.value)


def test_a_target_that_nobody_has_yet_is_no_mistake_of_the_file(folder: Path) -> None:
    (folder / "kpi_table.csv").write_text("fact_id,name_en,unit,target\nk1,A,pct,TBD\n", "utf-8")
    assert "kpi_table" in load_facts(folder).tables


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no table in this folder"):
        load_facts(tmp_path)
    (tmp_path / "people.csv").write_text("name,age\nLi,3\n", encoding="utf-8")
    with pytest.raises(InputError, match="no table of figures"):
        load_facts(tmp_path)
    with pytest.raises(InputError, match="did you mean 'plan'"):
        load_facts("plans")
