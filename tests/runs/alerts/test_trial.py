"""``analysis schedule test-alert``."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.cli import commands
from tests.runs.alerts.conftest import Server
from tests.runs.schedule.conftest import Write

TEXT = """\
[recipients.team]
url = "json://robot:${HOOK_PASSWORD}@%s/in"

[recipients.other]
url = "json://robot:${NEVER_SET}@localhost/in"

[[jobs]]
name = "daily"
notebook = "sales"
cron = "30 7 * * *"
"""


def called(name: str) -> Result:
    return CliRunner().invoke(commands, ["schedule", "test-alert", name], standalone_mode=False)


@pytest.fixture(autouse=True)
def schedule(project: Home, write: Write, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_PASSWORD", "hidden-word")
    write(TEXT % server.place)


def test_a_trial_arrives(server: Server) -> None:
    result = called("team")
    assert (result.return_value, result.output) == (0, "team: sent\n")
    (post,) = server.got
    assert post.body["message"].splitlines() == [
        "◆ Trial",
        "This is a trial: alerts of schedule.toml to team arrive here. Nothing has happened.",
    ]


def test_a_trial_that_does_not_arrive(server: Server) -> None:
    server.status = 401
    result = called("team")
    assert result.return_value == 1
    assert result.output == "failed: team: json 127.0.0.1: refused with error 401\n"


def test_bad_calls_say_what_is_wrong(server: Server) -> None:
    wrong = {
        "tem": "no recipient 'tem'; did you mean 'team'?",
        "other": "the environment variable NEVER_SET is not set",
    }
    for name, said in wrong.items():
        result = called(name)
        assert isinstance(result.exception, InputError)
        assert said in str(result.exception)
    assert server.got == []
