"""Cells that die, hang, leave, or start what outlives them: the run fails and says why.

All of them happen to one project, whose good report must be there unchanged after each.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from analysis.base.paths import Home
from analysis.runs.index import path as index_path
from tests.faults.place import Place

FAULTS = {
    "killed": ("import os; os.kill(os.getpid(), 9)", "the kernel died (killed, or out of memory)"),
    "killed by the system": ("import os; os._exit(137)", "the kernel died"),
    "out of memory": (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))\n"
        "bytearray(2**33)",
        "raised MemoryError",
    ),
    "left with sys.exit": ("import sys; sys.exit(0)", "left with SystemExit"),
    "left with os._exit": ("import os; os._exit(0)", "the kernel died"),
    # `exit` takes effect a moment later: what comes after it may still run, then all is well.
    "left with exit": (
        "import time; get_ipython().ask_exit(); time.sleep(1)",
        "the kernel died",
    ),
    "child of a killed kernel": (
        "import os, subprocess; subprocess.Popen(['sleep', '600']); os.kill(os.getpid(), 9)",
        "the kernel died",
    ),
    "hung": ("import time; time.sleep(600)", "a cell took longer than its time limit"),
    "deaf": (
        "import signal, time\n"
        "for each in (2, 15): signal.signal(each, signal.SIG_IGN)\n"
        "time.sleep(600)",
        "a cell took longer than its time limit",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def one(first: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(Home(tmp_path_factory.mktemp("cells") / "project"), first.temporary)
    shutil.copytree(first.home.root, place.home.root)
    return place


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_cell(one: Place, fault: str) -> None:
    how, says = FAULTS[fault]
    before = one.served()
    limit = ("--timeout", "2") if "time limit" in says else ()
    ended = one.run("run", "nb", "-p", f"how={how}", *limit)
    one.assert_alone(2)
    assert ended.code == 1
    assert says in ended.err
    assert "Traceback" not in ended.err
    manifest = json.loads((ended.folder / "manifest.json").read_bytes())
    assert (manifest["status"], manifest["run"]) == ("failed", ended.folder.name)
    assert says in manifest["reason"]
    assert "\n" not in manifest["reason"]
    assert ended.folder in one.runs(failed=True)
    assert one.served() == before
    assert len(one.runs()) == 1
    assert one.staged() == one.leftovers() == []


def test_after_them_the_next_run_succeeds(one: Place) -> None:
    ended = one.run("run", "nb")
    assert ended.code == 0, ended.err
    assert json.loads(one.served()["current.json"])["run"] == ended.folder.name
    one.assert_whole()


def test_the_child_of_a_good_run_is_not_left_behind(one: Place) -> None:
    how = "import subprocess; subprocess.Popen(['sleep', '600'])"
    ended = one.run("run", "nb", "-p", f"how={how}")
    one.assert_alone(2)
    assert ended.code == 0, ended.err


def test_eight_runs_at_once(place: Place) -> None:
    """Four questions, each asked twice: eight complete runs, one pointer, an index of all."""
    questions = ["", "1", "2", "3"] * 2
    processes = [place.start("run", "nb", "-p", f"how={each}") for each in questions]
    ended = [process.communicate(timeout=600) for process in processes]
    assert [process.returncode for process in processes] == [0] * 8, ended
    folders = {Path(out.splitlines()[-1]) for out, _ in ended}
    assert len(folders) == 8
    assert folders < set(place.runs())
    place.assert_whole()
    assert place.staged() == place.leftovers() == []
    default = json.loads(place.served()["current.json"])["default"]
    assert (
        json.loads((place.home.reports / "nb" / default / "manifest.json").read_bytes())["changed"]
        == {}
    )
    page = index_path(place.home).read_text(encoding="utf-8")
    assert re.search("<html.*</html>", page, re.DOTALL)
    assert all(folder.name in page for folder in folders)
