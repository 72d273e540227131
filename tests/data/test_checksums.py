from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from analysis.base.files import write_atomically
from analysis.base.paths import Home
from analysis.data.catalog import checksums
from analysis.data.catalog.checksums import Checksums, sha256_file

OLD = 1_600_000_000_000_000_000


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as settled at once; change times cannot be set back."""
    monkeypatch.setattr(checksums, "SETTLED_NS", -(10**12))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files that were really read, in order."""
    seen: list[Path] = []

    def watched(path: Path) -> str:
        seen.append(path)
        return sha256_file(path)

    monkeypatch.setattr(checksums, "sha256_file", watched)
    return seen


def write(path: Path, content: str) -> str:
    path.write_text(content, encoding="utf-8")
    return hashlib.sha256(content.encode()).hexdigest()


def test_known_digest(tmp_path: Path) -> None:
    # The sha256 of "abc" is a test vector of FIPS 180-4.
    write(tmp_path / "a", "abc")
    assert sha256_file(tmp_path / "a").startswith("ba7816bf8f01cfea414140de5dae2223")


@pytest.mark.usefixtures("settled")
def test_unchanged_file_is_read_once_across_runs(home: Home, reads: list[Path]) -> None:
    path = home.root / "a.csv"
    digest = write(path, "1")
    for _ in range(3):
        with Checksums(home) as known:
            assert known.of(path) == digest
    assert reads == [path]


@pytest.mark.usefixtures("settled")
def test_edit_of_same_size_is_seen(home: Home) -> None:
    path = home.root / "a.csv"
    write(path, "1")
    with Checksums(home) as known:
        known.of(path)
    digest = write(path, "2")
    with Checksums(home) as known:
        assert known.of(path) == digest


@pytest.mark.usefixtures("settled")
def test_edit_with_the_old_time_put_back_is_seen(home: Home) -> None:
    path = home.root / "a.csv"
    write(path, "1")
    os.utime(path, ns=(OLD, OLD))
    with Checksums(home) as known:
        known.of(path)
    digest = write(path, "2")
    os.utime(path, ns=(OLD, OLD))
    with Checksums(home) as known:
        assert known.of(path) == digest


@pytest.mark.usefixtures("settled")
def test_replacement_by_rename_is_seen(home: Home) -> None:
    path, other = home.root / "a.csv", home.root / "b.csv"
    write(path, "1")
    digest = write(other, "2")
    for file in (path, other):
        os.utime(file, ns=(OLD, OLD))
    with Checksums(home) as known:
        known.of(path)
        os.replace(other, path)
        assert known.of(path) == digest


def test_a_file_just_written_is_not_remembered(home: Home, reads: list[Path]) -> None:
    path = home.root / "a.csv"
    write(path, "1")
    for _ in range(2):
        with Checksums(home) as known:
            known.of(path)
    assert len(reads) == 2


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("content", ["", "[1]", '{"a.csv": 1}', '{"a.csv": [1, 2, 3, 4]}', "{"])
def test_damaged_or_deleted_memory_counts_as_empty(home: Home, content: str) -> None:
    digest = write(home.root / "a.csv", "1")
    store = home.root / ".cache" / "checksums.json"
    store.parent.mkdir()
    store.write_text(content, encoding="utf-8")
    with Checksums(home) as known:
        assert known.of(home.root / "a.csv") == digest
    assert list(json.loads(store.read_text(encoding="utf-8"))) == ["a.csv"]


def test_files_outside_of_the_project_are_known_by_full_path(
    home: Home, tmp_path_factory: pytest.TempPathFactory, settled: None
) -> None:
    path = tmp_path_factory.mktemp("elsewhere") / "a.csv"
    digest = write(path, "1")
    with Checksums(home) as known:
        assert known.of(path) == digest
    store = home.root / ".cache" / "checksums.json"
    assert list(json.loads(store.read_text(encoding="utf-8"))) == [str(path)]


def test_a_folder_that_cannot_be_written_to_only_costs_time(home: Home, settled: None) -> None:
    digest = write(home.root / "a.csv", "1")
    (home.root / ".cache").write_text("a file where the folder should be", encoding="utf-8")
    with Checksums(home) as known:
        assert known.of(home.root / "a.csv") == digest


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    write(path, "old")

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_atomically(path, b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
    assert path.read_text(encoding="utf-8") == "old"
