from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.data import load_overrides
from analysis.forecasting import overrides
from analysis.reports import override_form
from analysis.reports.tables import write as write_table
from tests.forecasting.overrides.worlds import dates, made
from tests.runs import made as runs


def run_folder(folder: Path, lang: str = "en") -> dict[str, Any]:
    """Tables of a run as the notebook leaves them."""
    result = made()
    folder.mkdir(exist_ok=True)
    write_table(result.table(), folder / "tables", "forecast")
    totals = result.totals("unique_id").rename(columns={"group": "unique_id"})
    write_table(totals, folder / "tables", "series")
    return runs.manifest(notebook="sales_forecast", lang=lang)


def form(folder: Path, lang: str = "en") -> Path:
    manifest = run_folder(folder, lang)
    return override_form.write(folder, manifest, folder / override_form.FILE)


def fill(path: Path, sheet: str, row: int, *values: str | float) -> None:
    """Write override, reason and name as a spreadsheet program saves them."""
    book = openpyxl.load_workbook(path)
    columns = book[sheet].max_column
    for place, value in enumerate(values):
        book[sheet].cell(row, columns - 2 + place, value)
    book.save(path)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_only_three_columns_are_open(tmp_path: Path, lang: str) -> None:
    book = openpyxl.load_workbook(form(tmp_path, lang))
    assert book.sheetnames == ["forecast", "series", "about"]
    for name, rows, fixed in (("forecast", 21, 5), ("series", 3, 6)):
        sheet = book[name]
        assert (sheet.max_row, sheet.max_column) == (rows + 1, fixed + 3)
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        locked = [cell.protection.locked for cell in sheet[2]]
        assert locked == [True] * fixed + [False] * 3
        assert not any(str(cell.value).startswith("=") for row in sheet for cell in row)
        (rule,) = sheet.data_validations.dataValidation
        assert (rule.type, rule.operator, rule.formula1) == ("decimal", "greaterThanOrEqual", "0")
        assert len(list(sheet.conditional_formatting)) == 1
    told = [cell.value for row in book["about"] for cell in row]
    assert "r1" in told
    assert "d0" in told
    cells = next(book["forecast"].iter_rows(min_row=2, max_row=2, values_only=True))
    assert cells[:2] == ("a", dates()[0].to_pydatetime())
    assert cells[2] == pytest.approx(made().mean[0, 0])


def test_equal_runs_give_equal_bytes(tmp_path: Path) -> None:
    sums = [hashlib.sha256(form(tmp_path / each).read_bytes()).digest() for each in "ab"]
    assert sums[0] == sums[1]


def test_a_run_without_a_forecast_is_refused(tmp_path: Path) -> None:
    message = "nb/r1: found no table 'forecast' with columns unique_id, ds, mean, lo-80, hi-80; "
    with pytest.raises(InputError, match=message + "--to overrides needs a run of sales_forecast"):
        override_form.write(tmp_path, runs.manifest(), tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_round_trip_through_a_filled_in_file(tmp_path: Path, lang: str) -> None:
    path = form(tmp_path, lang)
    empty = load_overrides(path)
    assert not overrides.plan(made(), empty.given).overridden
    fill(path, "forecast", 3, "1,200", "live stream", "李")
    fill(path, "forecast", 4, "１３００", "live stream", "李")
    fill(path, "series", 3, 2500, "stock-out", "Wang")
    book = openpyxl.load_workbook(path)
    sheet = book["forecast"]
    sheet.title = "改过的"
    sheet.insert_rows(1, 2)
    sheet.append([" "])
    book.save(path)
    read = load_overrides(path)
    plan = overrides.plan(made(), read.given)
    assert plan.final[0, 1:3].tolist() == [1200, 1300]
    row = int(np.flatnonzero(np.array(made().names) == "b")[0])
    assert plan.final[row].sum() == pytest.approx(2500)
    assert set(plan.decisions["by"]) == {"李", "Wang"}
    assert read.unread == ("about",)
    facts = dict(read.describe(lang)[3])
    assert list(facts.values())[-3:-1] == ["2", "1"]


def test_a_forecast_is_read_back_as_it_was(tmp_path: Path) -> None:
    given = load_overrides(form(tmp_path)).given
    shown = given.days.frame[["unique_id", "ds", "mean"]]
    pd.testing.assert_frame_equal(
        shown, made().table()[["unique_id", "ds", "mean"]], check_dtype=False
    )
