from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.base.schema import Column, TableSchema
from analysis.data import load_table

SCHEMA = TableSchema((Column("id", "text"), Column("y", "number")), key=("id",))


def test_the_parts_of_an_export_are_one_table(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("id,y\nc,3\n", encoding="utf-8")
    pd.DataFrame({"id": ["a", "b"], "y": [1.0, 2.0]}).to_parquet(tmp_path / "a.parquet")
    (tmp_path / "readme.md").write_text("words", encoding="utf-8")
    loaded = load_table(tmp_path, SCHEMA)
    assert loaded.frame["id"].tolist() == ["a", "b", "c"]
    assert loaded.facts.rows_kept == 3
    assert loaded.facts.sha256


def test_a_key_may_stand_in_one_file_only(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("id,y\nx,3\n", encoding="utf-8")
    with pytest.raises(InputProblems, match=r"id 'x' again in b\.csv"):
        load_table(tmp_path, SCHEMA)


def test_a_wrong_part_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,y\nx,3\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,y\nz,three\n", encoding="utf-8")
    with pytest.raises(InputProblems, match=r"b\.csv"):
        load_table(tmp_path, SCHEMA)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found no table in this folder"):
        load_table(tmp_path, SCHEMA)
