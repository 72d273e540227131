from __future__ import annotations

from pathlib import Path

import pytest


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
