"""What publishing costs beside a warm nbconvert export of the same notebook; asserts nothing.

usage: python benchmarks/publishing.py [--runs N] [NOTEBOOK …]

CPU seconds (user + system) of this process, N repetitions after one that warms up, median:

* ``nbconvert``: the executed notebook of the current run through ``HTMLExporter``, default
  template, in this process;
* ``publishing``: everything that comes after the last cell: results, workbook, page with its
  fonts (as ``analysis.runs.run`` does it), and the index over all reports
  (aim: at most twice nbconvert);
* ``figures and tables``: what the kernel does for the run on top of showing its cells: each figure
  drawn a second time for narrow screens, two SVG and one PNG, CSV and Parquet. It is counted
  apart, from the sample report of the tests, per figure and per table.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
AIM = 2.0


def seconds(work: Callable[[], object], runs: int) -> list[float]:
    """Return CPU seconds of each of ``runs`` repetitions, after one that is not counted."""
    work()
    taken = []
    for _ in range(runs):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return taken


def exporter(notebook: Any) -> Callable[[], object]:
    """Return a warm nbconvert export: the exporter is made once."""
    from nbconvert.exporters import HTMLExporter

    html = HTMLExporter()
    return lambda: html.from_notebook_node(notebook)


def publisher(folder: Path, notebook: Any, name: str) -> Callable[[], object]:
    """Return the publisher's work on an executed run folder that still has its journal."""
    from analysis.base import glyphs
    from analysis.reports import dictionary, fonts, page, results, workbook
    from analysis.runs import manifest as manifests
    from analysis.runs.run import read_journal
    from analysis.runs.store import write_json

    manifest: dict[str, Any] = {"notebook": name, "run": folder.name, "data": [], "parameters": {}}
    moment = "2026-01-06T14:02:09+00:00"
    manifest |= {"finished": moment, "title": name, "code": {"commit": None, "dirty": False}}

    def publish() -> None:
        # A run publishes one report: what a second one in the same process finds ready is cut anew.
        fonts._subset.cache_clear()
        glyphs.covered.cache_clear()
        items = read_journal(folder)
        write_json(folder / "results.json", results.collect(items, name))
        facts = page.PageFacts(name, name, "en", folder.name, moment)
        markup = page.render(folder, notebook, items, facts)
        (folder / "report.html").write_text(markup, encoding="utf-8", newline="\n")
        if described := dictionary.collect(items):
            dictionary.write(folder / "tables", described)
        workbook.write(folder, manifest)
        manifests.file_checksums(folder)

    return publish


def executed(name: str, folder: Path) -> Any:
    """Run a notebook into a folder, its journal kept; return it with its outputs."""
    from analysis.base.paths import home
    from analysis.runs import notebooks
    from analysis.runs.execute import execute

    here = home(ROOT)
    folder.mkdir(parents=True)
    environment = {"ANALYSIS_RUN_FOLDER": str(folder), "ANALYSIS_HOME": str(here.root)}
    return execute(notebooks.find(here, name), {}, folder, environment=environment).notebook


def show(name: str, ours: Sequence[float], theirs: Sequence[float]) -> None:
    """Print the medians of both in seconds and their ratio."""
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"{name:<24}{mine:>10.2f}{other:>12.2f}{mine / other:>8.2f}   aim <= {AIM:.0f}")


def handing_over(runs: int) -> None:
    """Print what the kernel pays for the sample's one figure and one table."""
    sys.path.insert(0, str(ROOT))
    from tests.reports.sample import build

    with tempfile.TemporaryDirectory() as folder:
        taken = seconds(lambda: build(Path(folder)), runs)
    print(f"\nin the kernel, a figure (wide, narrow, PNG) and a table: "
          f"{statistics.median(taken):.2f} CPU seconds")  # fmt: skip


def index_seconds(runs: int) -> list[float]:
    """Return CPU seconds of rebuilding the index over all published reports."""
    from analysis.base.paths import home
    from analysis.runs import index

    return seconds(lambda: index.rebuild(home(ROOT)), runs)


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("names", nargs="*", metavar="NOTEBOOK")
    given = parser.parse_args()
    names = given.names or sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    index = index_seconds(given.runs)
    print(f"index over all reports: {statistics.median(index):.2f} CPU seconds\n")
    print(f"{'':<24}{'publishing':>10}{'nbconvert':>12}{'ratio':>8}   (index included)")
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            place = Path(folder, name)
            notebook = executed(name, place)
            work = seconds(publisher(place, notebook, name), given.runs)
            theirs = seconds(exporter(notebook), given.runs)
            show(name, [each + statistics.median(index) for each in work], theirs)
    handing_over(given.runs)


if __name__ == "__main__":
    main()
