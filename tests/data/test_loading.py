from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from subprocess import run

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.base.schema import Column, TableSchema
from analysis.data.loading import load_table
from analysis.data.mapping import Mapping, Source
from tests.data.files import EXPORT, EXPORT_MAPPING, GOOD, SALES, put, refusal


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_plain_file(tmp_path: Path, encoding: str) -> None:
    path = put(tmp_path, "a.csv", GOOD, encoding)
    loaded = load_table(path, SALES)
    assert loaded.frame["y"].tolist() == [150_000_000, 320_000]
    facts = loaded.facts
    assert (facts.source, facts.encoding, facts.format) == (str(path), encoding, "csv")
    assert (facts.rows_read, facts.rows_kept, facts.dropped) == (2, 2, ())
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts.columns == ("ds", "unique_id", "y")


def test_a_planners_export(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", EXPORT, "gb18030")
    loaded = load_table(path, SALES, mapping=put(tmp_path, "m.toml", EXPORT_MAPPING))
    assert loaded.frame["y"].tolist() == [12_995_000, 700]
    assert loaded.facts.rows_read == 4
    assert loaded.facts.dropped == (("blank rows", 1), ("total rows", 1))


def test_a_mapping_without_a_file(tmp_path: Path) -> None:
    mapping = Mapping({"y": Source(("v",))}, {"unique_id": "华东", "ds": "2026-11-11"})
    frame = load_table(put(tmp_path, "a.csv", "v\n5\n"), SALES, mapping=mapping).frame
    assert frame.to_numpy().tolist()[0][1:] == ["华东", 5]


def test_totals_are_not_counted_without_a_mapping(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", GOOD + "2026-11-13,合计,1\n")
    assert refusal(path) == (
        f"{path}: 1 problem\n"
        "  - row 4: found a row of totals, expected rows of data; a mapping leaves out totals"
    )


def test_a_series_may_be_called_total(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", GOOD.replace("华东", "Total"))
    assert load_table(path, SALES).frame["unique_id"].unique().tolist() == ["Total"]


BAD: list[tuple[str, bytes | None, str]] = [
    ("none.csv", None, "there is no such file"),
    ("a.parquet", b"PAR1 and no more", "found a Parquet file that is cut short or damaged"),
    ("a.csv", GOOD.encode()[:26] + GOOD.encode()[27:], "found no UTF-8: byte 0x"),
    ("a.csv", GOOD.replace("32万", "很多").encode(), "row 3, column 'y': found '很多'"),
    ("a.csv", (GOOD + "2026-11-11,华东,1\n").encode(), "row 4: found ds '2026-11-11', unique_id"),
    ("a.csv", b"", "found an empty file, expected a header and rows of data"),
    ("a.csv", b"\n\n", "found an empty file, expected a header and rows of data"),
    ("a.csv", b"ds,unique_id,y\n", "found no rows of data below the header"),
    ("a.csv", b"ds,unique_id\n2026-11-11,a\n", "column 'y': found no such column"),
    ("a.csv", GOOD.replace("32万", "-1").encode(), "found '-1', expected a number in CNY"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "message"), BAD)
def test_bad_input(tmp_path: Path, name: str, data: bytes | None, message: str) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    text = refusal(path)
    assert text.startswith(f"{path}: ")
    assert message in text
    assert "Traceback" not in text


def test_parquet_panels_need_no_mapping(tmp_path: Path) -> None:
    path = tmp_path / "panel.parquet"
    table = pa.table({"ds": ["2026-11-11"], "unique_id": ["合计"], "y": [1.5], "promo": [True]})
    pq.write_table(table, path)
    schema = TableSchema(SALES.columns, SALES.key, extra="any")
    loaded = load_table(path, schema)
    assert loaded.facts.columns == ("ds", "unique_id", "y", "promo")
    assert loaded.facts.encoding is None


def test_an_optional_column_may_be_absent(tmp_path: Path) -> None:
    schema = TableSchema((*SALES.columns, Column("promo", "boolean", required=False)))
    assert "promo" not in load_table(put(tmp_path, "a.csv", GOOD), schema).frame


def test_importing_the_package_imports_no_pandas() -> None:
    code = "import sys, analysis.data; sys.exit('pandas' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0
