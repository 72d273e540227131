"""Cells as a reader sees them; the files keep what other tools read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

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
