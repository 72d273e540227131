from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analysis.base.paths import Home
from analysis.cli import main
from tests.runs.made import manifest, number, put

Call = Callable[..., tuple[int, str, str]]
TABLE = pd.DataFrame({"id": ["a", "b"], "y": [1.0, 2.0]})


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call ``analysis diff``; return exit code, standard output and standard error."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["analysis", "diff", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, out, err

    return run


@pytest.fixture
def runs(project: Home) -> Home:
    """Two runs whose numbers and tables differ, a third like the second, and one in Chinese."""
    total = number("total", 40e6, 38e6, 42e6, label="Total")
    error = number("error", 0.082, 0.06, 0.1, unit="share", label="Error")
    more = number("total", 43e6, 41e6, 45e6, label="Total")
    put(project, manifest("r1", total, error), {"t": TABLE})
    changed = {"t": TABLE.assign(y=[1.0, 2.5])}
    for run_id in ("r2", "r3"):
        put(project, manifest(run_id, more, error, status="watch", data="d1"), changed)
    put(project, manifest("z1", more, error, status="watch", data="d1", lang="zh"),
        {"t": pd.DataFrame({"编号": ["甲", "乙"], "值": [1.0, 2.5]})}, serve=False)  # fmt: skip
    return project


def test_the_text_names_numbers_status_tables_and_causes(runs: Home, call: Call) -> None:
    code, out, err = call("r1", "r2")
    assert (code, err) == (0, "")
    assert out == (
        "nb: r1 → r2\n\n"
        "1 of 2 numbers changed, 1 to outside the earlier interval; status ● On track → ▲ Watch. "
        "Different between the runs: data panel.csv d0 → d1.\n\n"
        "   Number   Earlier     Later  Change\n"
        "↑  Total   40 m EUR  43 m EUR   +7.5%  outside the earlier interval\n"
        "=  Error       8.2%      8.2%\n\n"
        "  Table  Difference\n"
        "  t      1 of 2 cells changed, numbers by at most 20.0%; rows matched by id\n"
    )


def test_chinese_columns_stand_under_each_other(runs: Home, call: Call) -> None:
    code, out, _ = call("r1", "nb", "--lang", "zh")
    assert code == 0
    lines = out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("↑"))
    assert lines[at] == "↑  Total  4,000万欧元  4,300万欧元  +7.5%  超出之前的区间"
    assert lines[at - 1] == "   数字          之前         之后   变化"
    assert "2 个单元格中有 1 个变化" in out


def test_no_change_is_said(runs: Home, call: Call) -> None:
    code, out, _ = call("r2", "nb/r3")
    assert code == 0
    assert "No change: 2 numbers, rows of 1 tables and 0 figures are the same." in out
    assert "All cells of 1 tables are the same." in out
    assert "Number " not in out


def test_two_languages_compare_in_their_numbers(runs: Home, call: Call) -> None:
    code, out, _ = call("r2", "z1")
    assert code == 0
    assert "in two languages" in out
    assert "All cells of 1 tables are the same." in out


def test_programs_get_json(runs: Home, call: Call) -> None:
    code, out, _ = call("r1", "r2", "--json")
    content = json.loads(out)
    assert code == 0
    assert content["no_change"] is False
    assert content["numbers"][0]["relative"] == pytest.approx(0.075)
    assert content["tables"][0]["largest"] == pytest.approx(0.2)
    assert content["tolerance"] == {"numbers": 1e-6, "cells": 1e-9}
    assert json.loads(call("r2", "r3", "--json")[1])["no_change"] is True


def tree(folder: Path) -> dict[str, str]:
    return {
        path.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_bad_calls_give_one_message_and_change_nothing(runs: Home, call: Call) -> None:
    put(runs, manifest("o1", notebook="other"))
    put(runs, manifest("f1", reason="nb: out of memory"))
    edited = put(runs, manifest("e1"), serve=False)
    (edited / "results.json").write_text("{}", encoding="utf-8")
    (runs.reports / "nb" / "half").mkdir()
    before = tree(runs.reports)
    for words, says in (
        (("r1", "other"), "found runs of different notebooks, expected two of the same"),
        (("r1", "f1"), "is not a good run: nb: out of memory"),
        (("r1", "e1"), "results.json: was edited"),
        (("r1", "nb/half"), "has no manifest.json; expected a complete run folder"),
        (("r1", "r9"), "run 'r9': there is none"),
        (("r1",), "Missing argument 'RUN_B'"),
        (("r1", "r2", "--lang", "fr"), "'fr' is not one of 'en', 'zh'"),
    ):
        code, out, err = call(*words)
        assert (code, out) == (2, "")
        assert says in err
        assert "Traceback" not in err
    assert tree(runs.reports) == before
