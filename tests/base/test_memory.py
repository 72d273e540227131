"""What is kept on disk is used again, and a memory that fails costs time, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.base import memory
from analysis.base.paths import CATALOG


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The memory's folder in a project of its own."""
    (tmp_path / CATALOG).parent.mkdir(parents=True)
    (tmp_path / CATALOG).write_text("", encoding="utf-8")
    monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))
    return tmp_path / ".cache" / "made"


class Maker:
    """Makes a content and counts how often."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> bytes:
        self.made += 1
        return b"content"


def test_a_content_is_made_once_for_a_key(kept: Path) -> None:
    make = Maker()
    assert [memory.remembered(key, make) for key in ("a", "a", "b", "a")] == [b"content"] * 4
    assert make.made == 2
    assert len(list(kept.iterdir())) == 2


@pytest.mark.parametrize("damaged", [b"", b"content", bytes(32) + b"content", bytes(40)])
def test_a_damaged_piece_is_made_again_and_mended(kept: Path, damaged: bytes) -> None:
    make = Maker()
    memory.remembered("a", make)
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damaged)
    assert memory.remembered("a", make) == b"content"
    assert make.made == 2
    assert file.read_bytes() == whole


def test_the_oldest_go_when_there_are_too_many(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "KEPT", 3)
    for key in "abcde":
        memory.remembered(key, Maker())
    assert len(list(kept.iterdir())) == 3
    last = Maker()
    memory.remembered("e", last)
    assert last.made == 0


def test_a_folder_that_cannot_be_written_to_only_costs_time(kept: Path) -> None:
    kept.parent.write_text("a file where the folder should be", encoding="utf-8")
    make = Maker()
    assert [memory.remembered("a", make) for _ in range(2)] == [b"content"] * 2
    assert make.made == 2


def test_outside_of_a_project_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))
    make = Maker()
    assert [memory.remembered("a", make) for _ in range(2)] == [b"content"] * 2
    assert make.made == 2
    assert list(tmp_path.iterdir()) == []
