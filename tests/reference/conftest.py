"""One test per reference case; how many ran is printed and has a floor."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reference.adapters import ADAPTERS
from tests.reference.case_files import read

HERE = Path(__file__).parent
COUNTS = pytest.StashKey[dict[str, int]]()

# What the committed files must at least run, so that a lost adapter cannot go unseen.
FLOOR = 77


def case_files(config: pytest.Config) -> list[Path]:
    given = config.getoption("--cases")
    return given or sorted((HERE / "cases").glob("*.json"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" not in metafunc.fixturenames:
        return
    cases = [case for path in case_files(metafunc.config) for case in read(path)]
    not_yet = set(metafunc.config.getoption("--not-yet"))
    passed_over = [c for c in cases if c.method not in ADAPTERS and c.theme in not_yet]
    run = [case for case in cases if case not in passed_over]
    metafunc.config.stash[COUNTS] = {"run": len(run), "not yet": len(passed_over)}
    metafunc.parametrize("case", run, ids=[case.id for case in run])


@pytest.fixture
def case_counts(request: pytest.FixtureRequest) -> dict[str, int]:
    return request.config.stash[COUNTS]


@pytest.fixture
def floor(request: pytest.FixtureRequest) -> int:
    return 0 if request.config.getoption("--cases") else FLOOR


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = terminalreporter.config.stash.get(COUNTS, None)
    if counts is not None:
        terminalreporter.write_line(
            f"reference cases: {counts['run']} run, {counts['not yet']} not yet"
        )
