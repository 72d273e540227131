"""The small project with notebooks that are quick to run over a grid."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.base.paths import Home
from analysis.runs import notebooks
from analysis.runs.notebooks import Notebook
from tests.runs.small import MakeNotebook, make_notebook, project

__all__ = ["make_notebook", "project", "sales", "tiny"]

PARAMETERS = """data: str = "panel.csv"  # table
mapping: str = ""  # mapping
where: str = ""  # rows to keep
n: int = 3  # a number {1..9}
kind: str = "a"  # a choice {a|b}
both: bool = False  # a truth
names: list[str] = []  # names
lang: str = "en"  # language {en|zh}"""

ROWS = [(1, "East"), (2, "East"), (3, "West, far"), (20, "North")]


@pytest.fixture
def sales(project: Home, make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    """A notebook with a table of four series, for checks that start no kernel."""
    lines = [f'{store},2026-01-{day:02d},{store},"{region}"' for store, region in ROWS
             for day in (1, 2)]  # fmt: skip
    text = "\n".join(["unique_id,ds,y,region", *lines])
    (project.root / "panel.csv").write_text(text, encoding="utf-8")
    monkeypatch.chdir(project.root)
    return notebooks.load(make_notebook("sales", parameters=PARAMETERS))


@pytest.fixture
def tiny(project: Home, make_notebook: MakeNotebook) -> Notebook:
    """A notebook that fails at n = 2 until there is a file ``mended``, and has one table."""
    cells = (
        "import pandas as pd\nfrom pathlib import Path\nfrom analysis import reports\n"
        "from analysis.base.estimate import Estimate\nreport = reports.begin(lang=lang)",
        f"assert n != 2 or Path({str(project.root / 'mended')!r}).exists(), 'two is too many'",
        'found = Estimate("total", "Total", 10.0 * n, "EUR", lo=9.0 * n, hi=11.0 * n)\n'
        'report.headline(f"Plan for {n}.", numbers=[found], status="watch" if n == 3 else "good")',
        'report.table("rows", pd.DataFrame({"n": [n] * n, "note": "=1+1"}), title="Rows")',
    )
    parameters = 'n: int = 1  # a number {1..9}\nlang: str = "en"  # language {en|zh}'
    path: Path = make_notebook("tiny", *cells, parameters=parameters)
    return notebooks.load(path)
