"""The small project and the beginnings of a schedule, for every test of this folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.base.paths import Home
from tests.runs.small import MakeNotebook, make_notebook, project

__all__ = ["make_notebook", "project", "write"]

PARAMETERS = """data: str = ""  # table
mapping: str = ""  # mapping
as_of: str = ""  # last known day
horizon: int = 7  # days {1..100}
lang: str = "en"  # language {en|zh}"""

Write = Callable[[str], Path]


@pytest.fixture
def write(project: Home, make_notebook: MakeNotebook) -> Write:
    """Write ``schedule.toml`` of a project with one notebook, ``sales``."""
    make_notebook("sales", "1", parameters=PARAMETERS)

    def to_file(text: str) -> Path:
        path = project.root / "schedule.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file
