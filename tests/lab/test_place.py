from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.lab import place
from tests.runs.small import MakeNotebook


@pytest.fixture(autouse=True)
def _outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANALYSIS_LAB", "JPY_SESSION_NAME", "JPY_PARENT_PID"):
        monkeypatch.delenv(name, raising=False)


def test_a_name_wins(project: Home, make_notebook: MakeNotebook) -> None:
    make_notebook("sales")
    assert place.current(project, "sales").name == "sales"


def test_the_session_of_jupyter_names_the_notebook(
    project: Home, make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(make_notebook("sales")))
    assert place.current(project, None).name == "sales"


def test_vs_code_names_the_notebook(
    project: Home, make_notebook: MakeNotebook, shell: InteractiveShell
) -> None:
    shell.user_ns["__vsc_ipynb_file__"] = str(make_notebook("sales"))
    assert place.current(project, None).name == "sales"


@pytest.mark.parametrize("session", ["gone.ipynb", "console-1"])
def test_a_session_that_names_no_file_is_told(
    project: Home, monkeypatch: pytest.MonkeyPatch, session: str
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(project.root / session))
    with pytest.raises(InputError, match=r"is no notebook \(renamed since its kernel started"):
        place.current(project, None)


def test_the_address_is_the_servers_own(
    project: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
    info = {"pid": os.getpid(), "base_url": "/user/li/", "url": "http://x/", "root_dir": "/"}
    (runtime / f"jpserver-{os.getpid()}.json").write_text(json.dumps(info), encoding="utf-8")
    folder = project.reports / "sales" / "20260101T000000Z-1"
    assert place.address(project, folder).startswith("file:///")
    monkeypatch.setenv("ANALYSIS_LAB", "1")
    assert place.address(project, folder).startswith("file:///")
    monkeypatch.setenv("JPY_PARENT_PID", str(os.getpid()))
    assert place.address(project, folder) == (
        "/user/li/analysis/reports/sales/20260101T000000Z-1/report.html"
    )
