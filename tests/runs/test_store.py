from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from analysis.runs.store import MANIFEST, Store, new_run_id, write_json


def staged(store: Store, notebook: str, run_id: str, *, default: bool = True) -> Path:
    with store.stage() as folder:
        write_json(folder / MANIFEST, {"run": run_id})
        return store.publish(folder, notebook, run_id, default=default)


def test_publishing_moves_the_run_and_then_the_pointer(tmp_path: Path) -> None:
    store = Store(tmp_path)
    folder = staged(store, "nb", "r1")
    assert folder == tmp_path / "nb" / "r1"
    assert store.current("nb") == {"run": "r1", "default": "r1"}
    staged(store, "nb", "r2", default=False)
    assert store.current("nb") == {"run": "r2", "default": "r1"}
    store.serve("nb", "r1")
    assert store.current("nb") == {"run": "r1", "default": "r1"}
    assert not list(tmp_path.glob(".staging/*"))


def test_a_failed_run_is_set_aside_and_the_pointer_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    staged(store, "nb", "r1")
    with store.stage() as folder:
        (folder / "notebook.ipynb").write_text("{}", encoding="utf-8")
        aside = store.fail(folder, "nb", "r2")
    assert aside == tmp_path / "failed" / "nb" / "r2"
    assert store.current("nb")["run"] == "r1"


def test_a_block_that_raises_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def fails() -> None:
        with store.stage() as folder:
            (folder / "half").write_text("x", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not list(tmp_path.glob(".staging/*"))


def test_a_sweep_takes_orphans_and_leaves_runs_in_progress(tmp_path: Path) -> None:
    script = textwrap.dedent(f"""
        import sys, time
        from pathlib import Path
        from analysis.runs.store import Store
        with Store(Path({str(tmp_path)!r})).stage() as folder:
            (folder / "half").write_text("x")
            print("staged", flush=True)
            time.sleep(60)
    """)
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline().strip() == "staged"
        assert Store(tmp_path).sweep() == 0
        assert len([p for p in (tmp_path / ".staging").iterdir() if p.is_dir()]) == 1
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    assert Store(tmp_path).sweep() == 1
    assert not list((tmp_path / ".staging").iterdir())


def test_run_ids_sort_by_time_and_do_not_collide() -> None:
    ids = {new_run_id("abcdef0123") for _ in range(50)}
    assert len(ids) > 45
    assert all(each[8] == "T" and each[15:25] == "Z-abcdef01" for each in ids)


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"a": 1})
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(path, {"a": float("nan")})
    assert path.read_text(encoding="utf-8") == '{\n  "a": 1\n}\n'
    assert list(tmp_path.iterdir()) == [path]
