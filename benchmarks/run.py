"""Ratios that must hold, measured as CPU time of whole processes; prints them, asserts nothing.

usage: python benchmarks/run.py [--runs N]

* ``analysis run`` over bare papermill on the same notebook (aim: at most 1.10)
* ``analysis report`` when nothing has changed (aim: under 2 seconds, no kernel started)
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "sales_forecast.ipynb"


def measure(command: Sequence[str]) -> tuple[float, float]:
    """Return CPU seconds (user + system, with children) and wall seconds of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def pairs(
    one: Callable[[], Sequence[str]], other: Callable[[], Sequence[str]], runs: int
) -> list[tuple[float, float]]:
    """Return CPU ratios and wall ratios of two commands run in turn, pair by pair."""
    ratios = []
    for _ in range(runs):
        (cpu, wall), (cpu_other, wall_other) = measure(one()), measure(other())
        ratios.append((cpu / cpu_other, wall / wall_other))
    return ratios


def show(name: str, values: Sequence[float], aim: str) -> None:
    """Print minimum, median and maximum of a figure."""
    spread = f"{min(values):.2f} / {statistics.median(values):.2f} / {max(values):.2f}"
    print(f"{name:<52} {spread:>22}   aim {aim}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        output = str(Path(folder, "out.ipynb"))
        ours = [python, "-m", "analysis", "run", "sales_forecast"]
        bare = [python, "-m", "papermill", "--cwd", str(NOTEBOOK.parent), str(NOTEBOOK), output]
        measure(ours)
        ratios = pairs(lambda: ours, lambda: bare, runs)
    print(f"{'':<52} {'min / median / max':>22}")
    show("analysis run : papermill, CPU", [cpu for cpu, _ in ratios], "<= 1.10")
    show("analysis run : papermill, wall", [wall for _, wall in ratios], "<= 1.10")
    report = [python, "-m", "analysis", "report"]
    measure(report)
    show("analysis report, nothing changed, seconds", [measure(report)[1] for _ in range(runs)],
         "< 2")  # fmt: skip


if __name__ == "__main__":
    main()
