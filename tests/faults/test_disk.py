"""Disks that are full or closed: the earlier report stays, the reason is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.place import Ended, Place

NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]
TABLE = """import numpy as np, pandas as pd
from analysis import reports
big = pd.DataFrame({"x": np.random.default_rng(1).random(400_000)})
reports.begin().table("big", big, title="Big")"""
PRINTED = "import os; print(os.urandom(2_000_000).hex())"
# Room for an executed notebook, not for its report.
PAGE = 24_000

LIMITED = """import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["analysis", *sys.argv[2:]]
runpy.run_module("analysis", run_name="__main__")"""


def can_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    tried = subprocess.run(
        [*NAMESPACE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


mounting = pytest.mark.skipif(not can_mount(), reason="mounting is not allowed here")


def on_a_small_disk(place: Place, size: str, *words: str) -> Ended:
    """Run a command whose reports are on a disk of some size; what it holds is copied back."""
    script = (
        'set -e; back=$1; size=$2; shift 2; cp -a reports "$back"\n'
        'mount -t tmpfs -o "size=$size" none reports; cp -a "$back/reports/." reports\n'
        'code=0; "$@" || code=$?\n'
        'cp -a reports "$back/after"; exit $code'
    )
    back = place.home.root / "back"
    back.mkdir()
    ended = place.run(*words, under=[*NAMESPACE, "sh", "-c", script, "sh", str(back), size])
    shutil.rmtree(place.home.reports)
    shutil.move(back / "after", place.home.reports)
    return ended


def used(folder: Path) -> int:
    """Bytes of a folder on a disk whose blocks have four kilobytes, folders themselves none."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return sum(-(-size // 4096) * 4096 for size in sizes)


@mounting
@pytest.mark.parametrize(
    ("how", "room"),
    [(PRINTED, 600_000), (TABLE, 600_000), ("", PAGE)],
    ids=["while executing", "while writing a table", "while publishing"],
)
def test_a_full_disk(place: Place, how: str, room: int) -> None:
    before = place.served()
    size = used(place.home.reports) + room
    ended = on_a_small_disk(place, str(size), "run", "nb", "-p", f"how={how} ")
    assert ended.code == 1
    assert "No space left on device" in ended.err
    assert "Traceback" not in ended.err
    assert place.served() == before
    assert len(place.runs()) == 1
    assert place.staged() == place.leftovers() == []
    for failed in place.runs(failed=True):
        assert "No space left" in (failed / "manifest.json").read_text(encoding="utf-8")
    after = place.run("run", "nb")
    assert after.code == 0, after.err
    place.assert_whole()


@pytest.mark.parametrize("how", [TABLE, "x = 1"], ids=["a table", "the report"])
def test_a_file_that_may_not_grow(place: Place, how: str) -> None:
    """The same as a full disk wherever no disk can be mounted: a limit of the size of files."""
    before = place.served()
    command = [sys.executable, "-c", LIMITED, "30000", "run", "nb", "-p", f"how={how}"]
    ended = subprocess.run(
        command, cwd=place.home.root, env=place.environment(), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "File too large" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert place.served() == before
    assert place.staged() == place.leftovers() == []
    failed = place.runs(failed=True)
    assert len(failed) == 1
    assert "File too large" in (failed[0] / "manifest.json").read_text(encoding="utf-8")


def test_reports_that_may_not_be_written_to(place: Place) -> None:
    before = place.served()
    under: list[str] = []
    if os.geteuid() == 0:
        if not can_mount():
            pytest.skip("run by root, whom no permission stops, where mounting is not allowed")
        script = 'mount --bind reports reports && mount -o remount,ro,bind reports && exec "$@"'
        under = [*NAMESPACE, "sh", "-c", script, "sh"]
    else:
        place.home.reports.chmod(0o555)
    ended = place.run("run", "nb", under=under)
    place.home.reports.chmod(0o755)
    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("error: ")
    assert "reports" in ended.err
    assert place.served() == before
