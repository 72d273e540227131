from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.cli import commands
from tests.runs.schedule.conftest import Write, write
from tests.runs.small import make_notebook, project

__all__ = ["make_notebook", "project", "write"]

TEXT = """\
[[jobs]]
name = "daily"
notebook = "sales"
cron = "30 7 * * *"
time_zone = "Asia/Shanghai"
parameters = { as_of = "{scheduled_date-1d}" }

[[jobs]]
name = "weekly"
notebook = "sales"
cron = "0 9 * * mon"
grid = { horizon = "1..3" }

[[jobs]]
name = "over"
notebook = "sales"
cron = "0 9 * * *"
during = "618"

[[phases]]
event = "618"
start = 2025-06-01
end = 2025-06-18
"""


@pytest.fixture
def path(write: Write) -> Path:
    return write(TEXT)


def called(*words: str) -> Result:
    return CliRunner().invoke(commands, ["schedule", *words], standalone_mode=False)


def test_the_next_runs_come_in_order_with_filled_parameters(project: Home, path: Path) -> None:
    shown = called("next", "--after", "2026-06-19T12:00", "-n", "4").output
    assert shown.splitlines() == [
        "2026-06-20 Sat 07:30 CST  daily   sales as_of=2026-06-19",
        "2026-06-21 Sun 07:30 CST  daily   sales as_of=2026-06-20",
        "2026-06-22 Mon 07:30 CST  daily   sales as_of=2026-06-21",
        "2026-06-22 Mon 09:00 UTC  weekly  sales --grid horizon=1..3",
        "over: never due again (its phases are over, or its days never come)",
    ]


def test_one_job_only(project: Home, path: Path) -> None:
    shown = called("next", "--after", "2026-06-20", "-n", "1", "--job", "weekly").output
    assert shown.startswith("2026-06-22 Mon 09:00 UTC")
    refused = called("next", "--job", "weakly")
    assert isinstance(refused.exception, InputError)
    assert "did you mean 'weekly'" in str(refused.exception)


def test_crontab_lines_have_the_zone_and_the_job(project: Home, path: Path) -> None:
    lines = called("cron").output.splitlines()
    assert lines[1] == "CRON_TZ=Asia/Shanghai"
    assert lines[2].startswith(f"30 7 * * * cd {project.root} && ")
    assert lines[2].endswith(f"schedule fire daily --file {path}")


def test_check_says_when_each_job_comes(project: Home, path: Path) -> None:
    shown = called("check").output
    assert "daily: next " in shown
    assert "over: never due again" in shown
    assert shown.endswith("3 jobs, 0 recipients, good\n")
