from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from analysis.base.errors import InputError
from analysis.data import load_overrides

HEAD = "unique_id,ds,override,reason\n"


def book(path: Path, **sheets: list[list[object]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def test_no_file_gives_no_overrides() -> None:
    read = load_overrides("")
    assert read.given.days.frame.empty
    assert read.given.totals.frame.empty


def test_a_csv_of_dates(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(HEAD + 'N,2026/3/16,"1,200",fair\nN,2026-03-17,,\n', encoding="utf-8")
    days = load_overrides(path).given.days
    assert days.frame["override"].tolist()[0] == 1200
    assert len(days.filled().frame) == 1
    assert days.frame["row"].tolist() == [2, 3]
    assert days.frame["mean"].isna().all()


def test_a_csv_of_totals_with_chinese_headings(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    text = "序列,起始日期,截止日期,调整值,原因,调整人\nN,2026-03-16,2026-03-22,3万,展会,李\n"
    path.write_bytes(text.encode("gb18030"))
    (row,) = load_overrides(path).given.totals.records()
    assert (row["override"], row["reason"], row["by"]) == (30000, "展会", "李")


def test_a_sheet_is_known_by_its_headings_below_a_title(tmp_path: Path) -> None:
    path = book(
        tmp_path / "own.xlsx",
        Notes=[["what we said"]],
        Anything=[["Round 3"], [], ["Series", "Date", "Override", "Reason"],
                  ["N", "2026-03-16", 5, "x"], [None], ["S", "2026-03-17", 6, "y"]],
        Totals=[["Series", "First date", "Last date", "Override", "Reason"]],
    )  # fmt: skip
    read = load_overrides(path)
    assert read.given.days.frame["row"].tolist() == [4, 6]
    assert read.given.days.source.endswith("own.xlsx, sheet 'Anything'")
    assert read.unread == ("Notes", "Totals")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "N,2026-03-16,many,x\n", "row 2, column 'override': found 'many', expected a"),
        (HEAD + "N,2026-03-16,+10%,x\n", r"row 2, column 'override': found '\+10%', expected the"),
        (HEAD + "N,2026-03-16,+500,x\n", r"row 2, column 'override': found '\+500', expected the"),
        (HEAD + "N,soon,5,x\n", "row 2, column 'ds': found 'soon'"),
        (HEAD + "N,2026-03-16,5,x\nN,2026-03-16,6,y\n", "row 3: found unique_id 'N', ds '2026"),
        (HEAD, "found no rows of data"),
        ("shop,date\nN,2026-03-16\n", r"found no table of overrides \(columns\), expected the w"),
        ("", "found an empty file"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as refusal:
        load_overrides(path)
    assert str(path) in str(refusal.value)


def test_two_sheets_of_the_same_are_refused(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Series", "Date", "Override", "Reason"],
        ["N", "2026-03-16", 5, "x"],
    ]
    path = book(tmp_path / "own.xlsx", one=rows, copy=rows)
    with pytest.raises(InputError, match="overrides of dates in 'copy' and in another sheet"):
        load_overrides(path)


def test_a_workbook_without_overrides_or_none_at_all(tmp_path: Path) -> None:
    path = book(tmp_path / "own.xlsx", one=[["a"], [1]])
    with pytest.raises(InputError, match=r"no table of overrides \(sheets 'one'\)"):
        load_overrides(path)
    with pytest.raises(InputError, match="there is no such file"):
        load_overrides(tmp_path / "none.xlsx")
