"""The schedule that the documentation shows is one that `analysis schedule check` accepts."""

from __future__ import annotations

from pathlib import Path

from analysis.base.paths import Home
from analysis.runs.schedule.reading import read_schedule
from tests.docs.pages import blocks
from tests.docs.workspace import ROOT


def test_the_example_is_good(tmp_path: Path) -> None:
    (block,) = [b for b in blocks(ROOT / "docs" / "schedules.md") if b.language == "toml"]
    path = tmp_path / "schedule.toml"
    path.write_text(block.text, encoding="utf-8")
    schedule = read_schedule(Home(ROOT), path, secrets=False)
    assert [job.name for job in schedule.jobs][1:] == ["forecast-hourly-618", "market-weekly"]
