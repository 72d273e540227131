"""The fixtures of the small project, and a notebook with a parameter of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell

from analysis.base.paths import Home
from analysis.lab.forms import Form
from analysis.runs import notebooks
from analysis.runs.notebooks import Notebook
from tests.runs.small import MakeNotebook, make_notebook, project

__all__ = ["make_notebook", "project"]

PARAMETERS = """\
data: str = "sales"  # table to read
mapping: str = ""  # mapping.toml
days: int = 42  # periods to forecast {1..365}
level: float = 0.5  # share {0..}
season: int | None = None  # periods in a season {2..}
model: str = "auto"  # model to use {auto|theta}
promo: bool = False  # whether a promotion runs
caps: dict = {}  # metric and its cap
metrics: list[str] = []  # metrics to compare
lang: str = "en"  # language of the report {en|zh}"""

REPORT = """\
from analysis.base.estimate import Estimate
from analysis.reports.notebook import begin
total = Estimate("total", "Units", 10.0 * days, "count", no_interval="made up")
begin(lang).headline(f"Plan {10 * days} <units>", numbers=[total], status="good")"""


@pytest.fixture
def every_kind(project: Home, make_notebook: MakeNotebook) -> Notebook:
    return notebooks.load(make_notebook("sales", REPORT, parameters=PARAMETERS, title="How much?"))


@pytest.fixture
def form(project: Home, every_kind: Notebook) -> Form:
    return Form(project, every_kind)


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A shell as a kernel has one."""
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    yield made
    InteractiveShell.clear_instance()
