"""Rows of one key to one row, worked by hand; ways that fit no column are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.base.errors import InputError
from analysis.data.loading import load_table
from tests.data.files import SALES, put

LINES = (
    "unique_id,ds,y\nA,2026-01-05 10:00,1\nA,2026-01-05 11:30,2\nA,2026-01-06 09:00,\n"
    "B,2026-01-05 08:00,4\n"
)


def mapping(folder: Path, combine: str) -> Path:
    return put(folder, "m.toml", f"[combine]\n{combine}")


def test_lines_are_added_up_by_day(tmp_path: Path) -> None:
    text = LINES.replace("09:00,", "09:00,8")
    path = put(tmp_path, "a.csv", text)
    made = load_table(path, SALES, mapping=mapping(tmp_path, 'ds = "day"\ny = "sum"\n'))
    assert made.frame["unique_id"].tolist() == ["A", "A", "B"]
    assert made.frame["y"].tolist() == [3, 8, 4]
    assert made.facts.dropped == (("added to another row of the same key", 1),)


@pytest.mark.parametrize(
    ("combine", "said"),
    [
        ('y = "sum"\nz = "sum"\n', "'z' in [combine]"),
        ('ds = "sum"\ny = "sum"\n', "'sum' for 'ds' in [combine], expected day, week, month"),
        ('y = "day"\n', "'day' for 'y' in [combine]"),
        ('ds = "day"\n', "no way for 'y' in [combine]"),
        ('y = "total"\n', "'total' for 'y' for combine, expected one of day, week"),
    ],
)
def test_ways_that_fit_no_column(tmp_path: Path, combine: str, said: str) -> None:
    path = put(tmp_path, "a.csv", LINES)
    with pytest.raises(InputError) as caught:
        load_table(path, SALES, mapping=mapping(tmp_path, combine))
    assert said in str(caught.value)
