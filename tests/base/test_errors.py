from __future__ import annotations

import pytest

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.base.estimate import Estimate
from analysis.base.paths import home
from analysis.base.schema import Column, TableSchema


def test_all_problems_stand_in_one_message() -> None:
    error = InputProblems("a.csv", [Problem("'x'", "a number", 3, "销售额"), Problem("b", "c")])
    assert str(error) == (
        "a.csv: 2 problems\n  - row 3, column '销售额': found 'x', expected a number\n"
        "  - found b, expected c"
    )


def test_a_long_list_is_cut_and_counted() -> None:
    text = str(InputProblems("a.csv", [Problem("x", "y", row) for row in range(1, 31)]))
    assert text.endswith("… and 10 more")
    assert "30 problems" in text


def test_many_findings_of_one_kind_do_not_hide_another() -> None:
    alike = [Problem(str(row), "a date", row, "ds") for row in range(1, 300)]
    text = str(InputProblems("a.csv", [*alike, Problem("x", "a number", 300, "y")]))
    assert "row 300, column 'y': found x, expected a number" in text
    assert "300 problems" in text


def test_the_nearest_name_is_offered() -> None:
    assert nearest("horizn", ["horizon", "data"]) == "did you mean 'horizon'?"
    assert nearest("zzz", ["b", "a"]) == "valid: a, b"
    assert nearest("x", []) == "there is none"


def test_a_notebook_shows_the_message_without_frames() -> None:
    assert InputError("no such file")._render_traceback_() == ["InputError: no such file"]


def test_an_estimate_has_an_interval_or_a_reason() -> None:
    Estimate("wape", "WAPE", 0.1, "share", 0.05, 0.2)
    Estimate("n", "rows", 3, "count", no_interval="a count")
    with pytest.raises(ValueError, match="reason"):
        Estimate("wape", "WAPE", 0.1, "share")
    with pytest.raises(ValueError, match="not both"):
        Estimate("wape", "WAPE", 0.1, "share", 0.05, 0.2, no_interval="why")
    with pytest.raises(ValueError, match="outside"):
        Estimate("wape", "WAPE", 0.3, "share", 0.05, 0.2)


def test_a_key_must_be_of_promised_columns() -> None:
    with pytest.raises(ValueError, match="key columns"):
        TableSchema((Column("a", "text"),), key=("b",))


def test_home_is_found_from_below_and_by_name(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path_factory.mktemp("project")
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "raw" / "catalog.toml").touch()
    monkeypatch.delenv("ANALYSIS_HOME", raising=False)
    assert home(root / "data").root == root.resolve()
    monkeypatch.setenv("ANALYSIS_HOME", str(root))
    assert home().root == root.resolve()
    monkeypatch.setenv("ANALYSIS_HOME", str(root / "nowhere"))
    with pytest.raises(InputError, match=r"found no data/raw/catalog\.toml"):
        home()
