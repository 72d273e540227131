"""``analysis export`` as a caller meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.base.paths import Home
from analysis.cli import main
from analysis.runs.published import Published
from tests.runs.test_export import published, run

__all__ = ["run"]


def call(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["analysis", "export", *words])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_one_path_a_line(
    run: Published,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(monkeypatch, run.run_id, "--to", "xlsx,csv") == 0
    assert capsys.readouterr().out.splitlines() == [
        str(run.folder / "tables.xlsx"), str(run.folder / "tables"),
    ]  # fmt: skip
    out = tmp_path / "out"
    assert call(monkeypatch, str(run.folder), "--to", "results,xlsx", "--out", str(out)) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(out / f"small-{run.run_id}.json"), str(out / f"small-{run.run_id}.xlsx"),
    ]  # fmt: skip


def test_wrong_calls_leave_with_one_message(
    run: Published,
    project: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    edited = published(project, "edited")
    (edited.folder / "results.json").write_text("{}", encoding="utf-8")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    out = str(tmp_path / "out")
    wrong = {
        ("smal", "--to", "csv"): "there is none",
        (edited.run_id, "--to", "csv", "--out", out): "was edited",
        (run.run_id, "--to", "xslx", "--out", out): "did you mean 'xlsx'?",
        (run.run_id, "--to", "csv", "--out", str(tmp_path / "file")): "expected a folder",
        (run.run_id,): "Missing option '--to'",
    }
    for words, expected in wrong.items():
        assert call(monkeypatch, *words) == 2
        said = capsys.readouterr()
        assert expected in said.err
        assert not said.out
    assert not (tmp_path / "out").exists()
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_run_refuses_an_unknown_format_before_it_starts(
    project: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["analysis", "run", "nb", "--to", "word"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "--to word: unknown format" in capsys.readouterr().err
