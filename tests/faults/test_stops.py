"""`analysis run` stopped at several moments: nothing half done, nobody left."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable

import pytest
from filelock import FileLock

from analysis.runs.leash import TERMINATED
from tests.faults.place import PATIENCE, Place, wait_for

BUSY = """import pathlib, subprocess, time
subprocess.Popen(["sleep", "600"])
pathlib.Path({mark!r}).touch()
time.sleep(600)"""

MOMENTS: dict[str, tuple[str, Callable[[Place], bool]]] = {
    "starting": ("", lambda place: bool(list(place.home.reports.glob(".staging/*/*")))),
    "executing": (BUSY, lambda place: (place.home.root / "begun").exists()),
    "publishing": (
        "",
        lambda place: bool(list(place.home.reports.glob(".staging/*/manifest.json"))),
    ),
}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda how: how.name)
def test_a_run_that_is_stopped(place: Place, how: signal.Signals) -> None:
    before = place.served()
    for moment, (source, reached) in MOMENTS.items():
        source = source.format(mark=str(place.home.root / "begun"))
        # Whoever publishes holds this lock: with it in another hand a run waits there, complete.
        with FileLock(place.home.reports / "nb" / ".publish.lock"):
            process = place.start("run", "nb", "-p", f"how={source}")
            wait_for(lambda: reached(place), told=lambda: moment)  # noqa: B023
            process.send_signal(how)
            process.communicate(timeout=PATIENCE)
        assert process.returncode == (TERMINATED if how == signal.SIGTERM else -how)
        place.assert_alone(10)
        # Killed before anybody stood guard, a run leaves an empty folder of sockets.
        assert place.leftovers() == [] or (moment, how) == ("starting", signal.SIGKILL)
        for left in place.leftovers():
            shutil.rmtree(place.temporary / left)
        assert place.served() == before
        assert len(place.runs()) == 1
        assert place.runs(failed=True) == []
        if how == signal.SIGTERM:
            assert place.staged() == []
    ended = place.run("run", "nb")
    assert ended.code == 0, ended.err
    assert place.staged() == []
    place.assert_whole()
