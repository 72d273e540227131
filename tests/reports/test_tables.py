"""Cells as a reader sees them; the files keep what other tools read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.reports import tables
from analysis.reports.notebook import Report


def test_words_stand_for_values_on_the_page_alone(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kind": ["bands", "sum", "new"], "n": [1, 2, 3]})
    shown = str(
        Report("en", tmp_path).table(
            "found",
            frame,
            title="Found",
            words={"kind": {"bands": "bands that overlap", "sum": "a sum"}},
        )
    )
    assert "bands that overlap" in shown
    assert "a sum" in shown
    assert "new" in shown
    assert pd.read_csv(tmp_path / "tables" / "found.csv")["kind"].tolist() == [
        "bands",
        "sum",
        "new",
    ]


def test_a_status_has_a_shape_and_a_word(tmp_path: Path) -> None:
    frame = pd.DataFrame({"goal": ["a", "b", "c"], "state": ["good", "bad", None]})
    shown = str(Report("en", tmp_path).table("s", frame, title="T", formats={"state": "status"}))
    assert "● On track" in shown
    assert "■ Act now" in shown
    assert pd.read_csv(tmp_path / "tables" / "s.csv")["state"].tolist()[:2] == ["good", "bad"]


def test_own_values_are_mapped_to_a_status_and_called_by_own_words() -> None:
    frame = pd.DataFrame({"verdict": ["ship", "wait"]})
    columns, cells = tables.shown_cells(
        frame, {}, {}, (), (), {"verdict": {"ship": "上线", "wait": "继续"}}, "zh",
        {"verdict": {"ship": "good", "wait": "watch"}},
    )  # fmt: skip
    assert cells == (("● 上线",), ("▲ 继续",))
    assert columns[0].status == ("good", "watch")
    assert columns[0].align == "left"


def test_an_unknown_status_is_refused() -> None:
    frame = pd.DataFrame({"state": ["good", "fine"]})
    with pytest.raises(ValueError, match=r"column 'state': found fine; expected good, watch"):
        tables.shown_cells(frame, {}, {"state": "status"}, (), (), {}, "en")


def test_totals_are_always_shown_and_set_off() -> None:
    frame = pd.DataFrame({"a": [*"wxyz", "all"], "n": [1, 2, 3, 4, 10]})
    shown = str(Report("en", None).table("t", frame, title="T", show=2, totals=1)).splitlines()
    assert [line.split()[0] for line in shown] == ["T", "a", "w", "x", "-------", "all", "…"]
    assert len(tables.first_rows(frame, 5, 1)) == 5


@pytest.mark.parametrize(
    ("texts", "extent"),
    [
        ([], "short"),
        (["to come", "Both routes pooled"], "short"),
        (["同一指标多个数值"], "short"),
        (["ship", "Three creatives (simulated)"], ""),
        (["ship", "同一指标数值不一（物料滞后触发 / 任务延迟触发）"], "long"),
    ],
)
def test_a_column_of_words_gets_the_room_that_it_needs(texts: list[str], extent: str) -> None:
    assert tables.extent(texts) == extent
