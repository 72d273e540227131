"""The template is what the code makes, and each of its sheets can be read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.base.paths import home
from analysis.data import load_experiment
from analysis.data.aggregation import template


def test_the_file_is_what_the_code_writes() -> None:
    assert template.content() == template.content()
    assert (home().raw / template.PLACE).read_bytes() == template.content()


@pytest.mark.parametrize("sheet", template.SHEETS)
def test_each_sheet_is_read_back(tmp_path: Path, sheet: str) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(f'sheet = "{sheet}"\n', encoding="utf-8")
    arms = load_experiment(home().raw / template.PLACE, mapping=mapping).arms
    assert arms.shape == sheet
    assert arms.control == "A"
    assert len(arms.frame()) == len(arms.names) * len(arms.metrics)


def test_the_first_sheet_needs_no_mapping() -> None:
    arms = load_experiment(home().raw / template.PLACE, control="A").arms
    assert arms.shape == "counts"
    assert arms.counts("conversions")["B"].successes == 531
