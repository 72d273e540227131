from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest

from analysis.runs.schedule.ledger import MOST_ATTEMPTS, Ledger

DUE = dt.datetime(2026, 6, 18, 7, 30, tzinfo=dt.UTC)
LATER = DUE + dt.timedelta(days=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "state")


def test_a_due_time_is_claimed_once_whoever_asks(ledger: Ledger) -> None:
    taken: list[bool] = []

    def claim() -> None:
        taken.append(Ledger(ledger.folder).claim("daily", DUE, "running"))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


def test_a_moment_is_the_same_in_every_zone(ledger: Ledger) -> None:
    shanghai = DUE.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert ledger.claim("daily", shanghai, "running")
    assert not ledger.claim("daily", DUE, "running")


def test_nothing_before_a_job_was_taken_on_is_to_do(ledger: Ledger) -> None:
    ledger.register("daily", DUE)
    ledger.register("daily", LATER)
    assert ledger.settled_until("daily") == DUE
    ledger.claim("daily", LATER, "running")
    assert ledger.settled_until("daily") == LATER
    with pytest.raises(LookupError):
        ledger.settled_until("weekly")


def test_what_was_never_settled_is_found_again(ledger: Ledger) -> None:
    ledger.claim("daily", LATER, "waiting")
    ledger.claim("daily", DUE, "running")
    first, second = ledger.open_fires("daily")
    assert (first.due, second.due) == (DUE, LATER)
    ledger.begin(first)
    assert ledger.get("daily", DUE).attempts == 1
    settled = ledger.settle(first, "failed", reason="why", folder="x")
    assert (settled.state, settled.reason, settled.folder) == ("failed", "why", "x")
    assert ledger.open_fires("daily") == [second]


def test_the_state_before_passes_over_what_was_not_run(ledger: Ledger) -> None:
    times = [DUE + dt.timedelta(days=n) for n in range(4)]
    ledger.claim("daily", times[0], "running")
    ledger.settle(ledger.get("daily", times[0]), "red")
    ledger.claim("daily", times[1], "missed")
    ledger.claim("daily", times[2], "skipped")
    ledger.claim("daily", times[3], "running")
    assert ledger.state_before(ledger.get("daily", times[3])) == "red"
    assert ledger.state_before(ledger.get("daily", times[0])) == ""


def test_an_alert_is_told_once_and_tried_again_after_a_failure(ledger: Ledger) -> None:
    ledger.claim("daily", DUE, "running")
    fire = ledger.settle(ledger.get("daily", DUE), "failed", reason="why", tell=["a", "b"])
    ledger.settle(fire, "failed", reason="why", tell=["a"])
    assert [recipient for _, recipient in ledger.outbox("daily")] == ["a", "b"]
    ledger.send(fire, "a")
    ledger.sent(fire, "a")
    ledger.send(fire, "b")
    ledger.sent(fire, "b", "no way")
    assert [recipient for _, recipient in ledger.outbox("daily")] == ["b"]
    for _ in range(MOST_ATTEMPTS):
        ledger.send(fire, "b")
    assert ledger.outbox("daily") == []
    assert [(row.recipient, row.state) for row in ledger.alerts("daily")] == [
        ("a", "sent"), ("b", "sending"),
    ]  # fmt: skip


def test_an_alert_whose_sender_died_is_sent_again(ledger: Ledger) -> None:
    ledger.claim("daily", DUE, "running")
    fire = ledger.settle(ledger.get("daily", DUE), "failed", tell=["a"])
    ledger.send(fire, "a")
    assert len(Ledger(ledger.folder).outbox("daily")) == 1
