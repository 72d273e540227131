from __future__ import annotations

import dataclasses
import datetime as dt
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from analysis.base.paths import Home
from analysis.runs.alerts.event import Event, wanted
from analysis.runs.schedule.firing import Desk
from analysis.runs.schedule.launch import Launched
from analysis.runs.schedule.reading import read_schedule
from analysis.runs.schedule.spec import AlertRule, Job, Schedule
from tests.runs.schedule.conftest import Write

TEXT = """\
[recipients.team]
url = "json://localhost/"

[[jobs]]
name = "daily"
notebook = "sales"
cron = "30 7 * * *"
parameters = { as_of = "{scheduled_date-1d}", horizon = 3 }
retries = 2
backoff = "1s"
grace = "2d"
alert = { when = "failure", to = ["team"] }
"""


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


class Patience(threading.Event):
    """An event whose waiting takes no time, is written down, and moves the trial's clock on."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []
        self.now = at("2026-06-01")

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout or 0.0)
        self.now += dt.timedelta(seconds=timeout or 0.0)
        return self.is_set()


@dataclass
class Trial:
    """A desk whose runs are made up: exit codes in order, then always good."""

    desk: Desk
    codes: list[int | None] = field(default_factory=list)
    commands: list[list[str]] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)
    failures_to_tell: int = 0
    patience: Patience = field(default_factory=Patience)

    @property
    def job(self) -> Job:
        return self.desk.schedule.jobs[0]

    def fire(self, now: str) -> list[tuple[str, str]]:
        self.patience.now = at(now)
        return [(f"{each.due:%d %H:%M}", each.state) for each in self.desk.fire(self.job, at(now))]


Make = Callable[..., Trial]


@pytest.fixture
def make(project: Home, write: Write) -> Make:
    def trial(text: str = TEXT, *, status: str = "good", since: str = "2026-06-01") -> Trial:
        schedule: Schedule = read_schedule(project, write(text))
        folder = project.reports / "sales" / "r1"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "manifest.json").write_text(
            json.dumps({"headline": {"status": status}}), encoding="utf-8"
        )
        patience = Patience()
        made: Trial

        def run(home: Home, words: Sequence[str], log: Path, **_: Any) -> Launched:
            made.commands.append(list(words[4:]))
            code = made.codes.pop(0) if made.codes else 0
            if code is None:
                return Launched(None, None, "", timed_out=True)
            return Launched(code, folder if code == 0 else None, f"reason {code}" if code else "")

        def tell(schedule: Schedule, job: Job, event: Event, recipient: str) -> None:
            if made.failures_to_tell:
                made.failures_to_tell -= 1
                raise OSError("no mail today")
            made.told.append(event)

        desk = Desk(project, schedule, tell, stop=patience, run=run, log=lambda text: None,
                    clock=lambda: patience.now)  # fmt: skip
        made = Trial(desk, patience=patience)
        for job in schedule.jobs:
            desk.ledger.register(job.name, at(since))
        return made

    return trial


def test_a_due_time_is_run_once_with_the_days_it_was_due_for(make: Make) -> None:
    trial = make(since="2026-06-17T12:00")
    assert trial.fire("2026-06-18T07:30:02") == [("18 07:30", "good")]
    assert trial.fire("2026-06-18T07:31") == []
    assert trial.commands == [["sales", "-p", "as_of=2026-06-17", "-p", "horizon=3"]]
    assert trial.told == []


def test_of_several_missed_ones_the_last_is_made_up_for(make: Make) -> None:
    trial = make(since="2026-06-10")
    assert trial.fire("2026-06-18T09:00") == [("18 07:30", "good")]
    states = [each.state for each in trial.desk.ledger.history("daily")]
    assert states == ["good"] + ["missed"] * 8
    assert "as_of=2026-06-17" in trial.commands[0]
    assert trial.told == []


def test_one_that_is_older_than_its_grace_is_missed_and_told(make: Make) -> None:
    trial = make(TEXT.replace('grace = "2d"', 'grace = "1h"'), since="2026-06-17T12:00")
    assert trial.fire("2026-06-18T09:00") == [("18 07:30", "missed")]
    assert trial.commands == []
    assert [event.kind for event in trial.told] == ["missed"]


def test_failures_are_tried_again_with_longer_pauses(make: Make) -> None:
    trial = make(since="2026-06-17T12:00")
    trial.codes = [1, None]
    assert trial.fire("2026-06-18T07:31") == [("18 07:30", "good")]
    assert len(trial.commands) == 3
    assert [pause for pause in trial.patience.pauses if pause >= 1] == [1.0, 2.0]
    assert trial.told == []


def test_what_fails_each_time_is_told_once(make: Make) -> None:
    trial = make(since="2026-06-17T12:00")
    trial.codes = [1, 1, 1]
    assert trial.fire("2026-06-18T07:31") == [("18 07:30", "failed")]
    assert trial.fire("2026-06-18T07:32") == []
    assert [(event.kind, event.reason) for event in trial.told] == [("failed", "reason 1")]


def test_a_refused_input_is_not_tried_again(make: Make) -> None:
    trial = make(since="2026-06-17T12:00")
    trial.codes = [2]
    assert trial.fire("2026-06-18T07:31") == [("18 07:30", "failed")]
    assert len(trial.commands) == 1


def test_a_run_that_takes_too_long_is_told(make: Make) -> None:
    trial = make(TEXT + 'timeout = "1s"\n', since="2026-06-17T12:00")
    trial.codes = [None, None, None]
    assert trial.fire("2026-06-18T07:31") == [("18 07:30", "timed out")]
    assert trial.told[0].reason == "took longer than 1 s"


def test_an_alert_that_cannot_be_sent_waits_in_the_outbox(make: Make) -> None:
    trial = make(TEXT.replace("retries = 2\n", ""), since="2026-06-17T12:00")
    trial.codes, trial.failures_to_tell = [1], 1
    trial.fire("2026-06-18T07:31")
    assert trial.told == []
    assert trial.desk.ledger.alerts()[0].error == "OSError: no mail today"
    trial.fire("2026-06-18T07:32")
    trial.fire("2026-06-18T07:33")
    assert [event.kind for event in trial.told] == ["failed"]


def test_an_alert_is_tried_once_each_time_the_job_is_dealt_with(make: Make) -> None:
    text = TEXT.replace("retries = 2\n", 'overlap = "queue"\n').replace('"2d"', '"9d"')
    trial = make(text, since="2026-06-14T12:00")
    trial.codes, trial.failures_to_tell = [1] * 4, 99
    assert len(trial.fire("2026-06-18T07:31")) == 4
    assert [row.attempts for row in trial.desk.ledger.alerts()] == [1, 1, 1, 1]
    trial.codes = [1]
    trial.fire("2026-06-19T07:31")
    assert [row.attempts for row in trial.desk.ledger.alerts()] == [2, 2, 2, 2, 1]


def test_a_run_that_is_due_while_the_one_before_goes_on_is_skipped(make: Make) -> None:
    trial = make(since="2026-06-16T12:00")
    trial.desk.ledger.claim("daily", at("2026-06-17T07:30"), "running")
    with FileLock(trial.desk.schedule.state / "locks" / "daily.lock"):
        assert trial.fire("2026-06-20T07:31") == [("20 07:30", "skipped")]
    assert trial.commands == []
    states = [each.state for each in trial.desk.ledger.history("daily")]
    assert states == ["skipped"] * 3 + ["running"]


def test_a_run_that_is_due_while_another_only_looks_is_not_lost(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.runs.schedule.firing._MOMENT", 0.05)
    trial = make(since="2026-06-17T12:00")
    owner = FileLock(trial.desk.schedule.state / "locks" / "daily.lock", thread_local=False)
    owner.acquire()
    timer = threading.Timer(0.3, owner.release)
    timer.start()
    assert trial.fire("2026-06-18T07:30") == [("18 07:30", "good")]
    timer.join()


def test_a_month_off_is_written_down_at_once(make: Make) -> None:
    trial = make(TEXT.replace("30 7 * * *", "*/5 * * * *"), since="2026-06-01")
    assert trial.fire("2026-06-30T12:01") == [("30 12:00", "good")]
    assert len(trial.desk.ledger.history("daily", 10_000)) == 29 * 288 + 144


def test_a_run_cut_short_is_taken_up_once_where_failures_are_not_retried(make: Make) -> None:
    trial = make(TEXT.replace("retries = 2", "retries = 0"), since="2026-06-17T12:00")
    due = at("2026-06-18T07:30")
    trial.desk.ledger.claim("daily", due, "running")
    trial.desk.ledger.begin(trial.desk.ledger.get("daily", due))
    trial.codes = [1]
    assert trial.fire("2026-06-18T07:40") == [("18 07:30", "failed")]
    assert len(trial.commands) == 1


def test_a_queued_run_follows_the_one_before(make: Make) -> None:
    trial = make(TEXT + 'overlap = "queue"\n', since="2026-06-16T12:00")
    with FileLock(trial.desk.schedule.state / "locks" / "daily.lock"):
        assert trial.fire("2026-06-17T07:31") == []
    assert trial.fire("2026-06-18T07:31") == [("17 07:30", "good"), ("18 07:30", "good")]


def test_a_queue_ends_at_the_stop(make: Make) -> None:
    trial = make(TEXT + 'overlap = "queue"\n', since="2026-06-16T12:00")
    good = trial.desk.run

    def run(*words: Any, **more: Any) -> Launched:
        trial.patience.set()
        done: Launched = good(*words, **more)
        return done

    trial.desk = dataclasses.replace(trial.desk, run=run)
    assert trial.fire("2026-06-18T07:31") == [("17 07:30", "good")]
    assert [each.attempts for each in trial.desk.ledger.open_fires("daily")] == [0]


def test_a_run_cut_short_is_taken_up_again_with_its_own_days(make: Make) -> None:
    trial = make(since="2026-06-17T12:00")
    due = at("2026-06-18T07:30")
    trial.desk.ledger.claim("daily", due, "running")
    trial.desk.ledger.begin(trial.desk.ledger.get("daily", due))
    assert trial.fire("2026-06-18T10:00") == [("18 07:30", "good")]
    assert trial.commands == [["sales", "-p", "as_of=2026-06-17", "-p", "horizon=3"]]
    assert trial.desk.ledger.get("daily", due).attempts == 2


def test_what_was_missed_before_a_run_is_taken_up_is_not_skipped_beside_it(make: Make) -> None:
    trial = make(since="2026-06-15T12:00")
    due = at("2026-06-16T07:30")
    trial.desk.ledger.claim("daily", due, "running")
    trial.desk.ledger.begin(trial.desk.ledger.get("daily", due))
    beside: list[str] = []
    good = trial.desk.run

    def run(*words: Any, **more: Any) -> Launched:
        if not beside:
            beside.extend(f"{each.due:%d} {each.state}" for each in
                          trial.desk.fire(trial.job, at("2026-06-18T07:31")))  # fmt: skip
        done: Launched = good(*words, **more)
        return done

    trial.desk = dataclasses.replace(trial.desk, run=run)
    assert trial.fire("2026-06-17T09:00") == [("16 07:30", "good"), ("17 07:30", "good")]
    assert beside == ["18 skipped"]
    assert trial.patience.pauses == []


def test_a_run_cut_short_each_time_is_given_up(make: Make) -> None:
    trial = make(since="2026-06-17T12:00")
    due = at("2026-06-18T07:30")
    trial.desk.ledger.claim("daily", due, "running")
    for _ in range(3):
        trial.desk.ledger.begin(trial.desk.ledger.get("daily", due))
    assert trial.fire("2026-06-18T10:00") == [("18 07:30", "failed")]
    assert trial.told[0].reason == "run 3, its last, was cut short"


GATE = 'freshness = { data = "sales.csv", column = "ds", wait = "1h", every = "10m" }\n'


def test_data_that_does_not_come_is_late_once(make: Make, project: Home) -> None:
    trial = make(TEXT + GATE, since="2026-06-17T12:00")
    (project.root / "sales.csv").write_text("ds,y\n2026-06-16,1\n", encoding="utf-8")
    assert trial.fire("2026-06-18T07:31") == [("18 07:30", "data late")]
    assert trial.commands == []
    assert trial.told[0].reason == (
        "sales.csv: no rows of 2026-06-17 in column 'ds'; the last day is 2026-06-16"
    )
    assert trial.fire("2026-06-18T07:41") == []


def test_a_file_that_is_not_there_is_named_once_and_without_folders(
    make: Make, project: Home
) -> None:
    trial = make(TEXT + GATE, since="2026-06-17T12:00")
    trial.fire("2026-06-18T07:31")
    (project.root / "sales.csv").write_text("day,y\n2026-06-17,1\n", encoding="utf-8")
    trial.fire("2026-06-19T07:31")
    first, second = (event.reason for event in trial.told)
    assert first == "sales.csv: there is no such file"
    assert second.startswith("sales.csv: 1 problem - column 'ds': found no such column")


def test_data_that_comes_in_time_is_waited_for(
    make: Make, project: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make(TEXT + GATE, since="2026-06-17T12:00")
    looks = iter(["not there", "not there", ""])
    monkeypatch.setattr("analysis.runs.schedule.firing.missing", lambda *_: next(looks))
    assert trial.fire("2026-06-18T07:31") == [("18 07:30", "good")]
    assert trial.patience.pauses.count(600.0) == 2


def test_a_stop_while_waiting_leaves_the_due_time_open(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = make(TEXT + GATE, since="2026-06-17T12:00")
    trial.desk.ledger.claim("daily", at("2026-06-18T07:30"), "waiting")
    monkeypatch.setattr(trial.patience, "wait", lambda _: True)
    assert trial.fire("2026-06-18T07:40") == [("18 07:30", "waiting")]
    assert [each.state for each in trial.desk.ledger.open_fires("daily")] == ["waiting"]
    assert trial.told == []


def test_nothing_is_begun_once_the_runner_is_to_stop(make: Make) -> None:
    trial = make(since="2026-06-17T12:00")
    trial.desk.stop.set()
    assert trial.fire("2026-06-18T07:40") == []
    assert trial.commands == []
    assert [each.state for each in trial.desk.ledger.open_fires("daily")] == ["running"]


@pytest.mark.parametrize(
    ("rule", "kinds"),
    [
        ("never", []),
        ("failure", ["failed", "timed out", "data late", "missed"]),
        ("red", ["red", "failed", "timed out", "data late", "missed"]),
        ("watch", ["watch", "red", "failed", "timed out", "data late", "missed"]),
        ("always", ["good", "watch", "red", "failed", "timed out", "data late", "missed"]),
    ],
)
def test_whom_a_rule_tells_of_what(rule: AlertRule, kinds: list[str]) -> None:
    every = ["good", "watch", "red", "failed", "timed out", "data late", "missed"]
    found = [kind for kind in every if wanted(rule, event(kind, ""))]
    assert found == kinds


@pytest.mark.parametrize(
    ("kind", "before", "told"),
    [("good", "", False), ("red", "", True), ("red", "red", False), ("good", "red", True),
     ("failed", "failed", True), ("good", "failed", True)],
)  # fmt: skip
def test_a_change_is_told_and_a_state_that_stays_is_not(kind: str, before: str, told: bool) -> None:
    assert wanted("change", event(kind, before)) is told


def event(kind: Any, before: str) -> Event:
    return Event(kind, "daily", "sales", at("2026-06-18"), None, "", before)


@pytest.mark.parametrize(("status", "state"), [("good", "good"), ("info", "good"),
                                               ("watch", "watch"), ("bad", "red")])  # fmt: skip
def test_the_headline_makes_the_state(make: Make, status: str, state: str) -> None:
    trial = make(TEXT.replace('"failure"', '"watch"'), status=status, since="2026-06-17T12:00")
    assert trial.fire("2026-06-18T07:31") == [("18 07:30", state)]
    assert [event.kind for event in trial.told] == ([] if state == "good" else [state])
