from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from hypothesis import settings

# Timings say nothing on a loaded machine. CI repeats itself; at a desk every run looks further.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

# Files that take minutes: begun first, so that no worker is left alone with one at the end.
LONG = (
    "tests/docs/test_code_blocks.py",
    "tests/browser/test_published.py",
    "tests/plan/test_twin.py",
    "tests/faults/",
    "tests/test_types.py",
    "tests/cli/test_cli.py",
    "tests/browser/",
    "tests/runs/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        name = item.nodeid
        return next((at for at, long in enumerate(LONG) if name.startswith(long)), len(LONG))

    items.sort(key=place)


@pytest.fixture(autouse=True)
def figures_are_closed() -> Iterator[None]:
    """A figure that a test leaves open would be counted against the next ones."""
    yield
    plt.close("all")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("reference cases")
    group.addoption(
        "--cases",
        action="append",
        type=Path,
        metavar="FILE",
        help="Run the reference cases of this file instead of tests/reference/cases/*.json.",
    )
    group.addoption(
        "--not-yet",
        action="append",
        default=[],
        metavar="THEME",
        help="Pass over cases of this theme that have no adapter; without it they fail.",
    )
