"""What publishing costs beside a warm nbconvert export of the same notebook; asserts nothing.

usage: python benchmarks/publishing.py [--runs N] [--lang en|zh] [NOTEBOOK …]

CPU seconds (user + system) of this process, N repetitions after one that warms up, median:

* ``nbconvert``: the executed notebook through ``HTMLExporter``, default template, in this process;
* ``publishing``: what comes after the last cell: results, page with its fonts, dictionary,
  checksums (as ``analysis.runs.run`` does it), and the index over all reports, as a process that
  publishes one report finds it: what earlier processes left on disk is there, nothing else (aim:
  at most twice nbconvert);
* ``first``: the same where nothing is on disk: the first report of a fresh checkout;
* ``workbook``: ``tables.xlsx``, which is part of a run and counted apart;
* ``figures and tables``: what the kernel does for the run on top of showing its cells: each figure
  drawn a second time for narrow screens, two SVG and one PNG, CSV and Parquet. It is counted
  apart, from the sample report of the tests, per figure and per table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
AIM = 2.0
MOMENT = "2026-01-06T14:02:09+00:00"


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


def publisher(folder: Path, notebook: Any, name: str, lang: str) -> Callable[[], object]:
    """Return the publisher's work on an executed run folder that still has its journal."""
    from analysis.reports import dictionary, page, results
    from analysis.runs import manifest as manifests
    from analysis.runs.run import read_journal
    from analysis.runs.store import write_json

    def publish() -> None:
        forget()
        items = read_journal(folder)
        write_json(folder / "results.json", results.collect(items, name))
        facts = page.PageFacts(name, name, lang, folder.name, MOMENT)
        markup = page.render(folder, notebook, items, facts)
        (folder / "report.html").write_text(markup, encoding="utf-8", newline="\n")
        if described := dictionary.collect(items):
            dictionary.write(folder / "tables", described)
        manifests.file_checksums(folder)

    return publish


def forget() -> None:
    """Forget what a second report in the same process would find ready."""
    from analysis.base import glyphs
    from analysis.reports import fonts

    for each in (fonts._cut, fonts._code, glyphs.covered, glyphs.checksum):
        each.cache_clear()


def forget_all(work: Callable[[], object]) -> Callable[[], object]:
    """Return a work that finds nothing on disk either."""
    from analysis.base.paths import home

    def first() -> None:
        shutil.rmtree(home(ROOT).root / ".cache" / "made", ignore_errors=True)
        work()

    return first


def binder(folder: Path, name: str) -> Callable[[], object]:
    """Return the making of the workbook."""
    from analysis.reports import workbook

    manifest: dict[str, Any] = {"notebook": name, "run": folder.name, "data": [], "parameters": {}}
    manifest |= {"finished": MOMENT, "title": name, "code": {"commit": None, "dirty": False}}
    return lambda: workbook.write(folder, manifest)


def executed(name: str, folder: Path, lang: str) -> Any:
    """Run a notebook into a folder, its journal kept; return it with its outputs."""
    from analysis.base.paths import home
    from analysis.runs import notebooks
    from analysis.runs.execute import execute

    here = home(ROOT)
    folder.mkdir(parents=True)
    environment = {"ANALYSIS_RUN_FOLDER": str(folder), "ANALYSIS_HOME": str(here.root)}
    return execute(
        notebooks.find(here, name), {"lang": lang}, folder, environment=environment
    ).notebook


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
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
    parser.add_argument("names", nargs="*", metavar="NOTEBOOK")
    given = parser.parse_args()
    names = given.names or sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    index = statistics.median(index_seconds(given.runs))
    print(f"index over all reports: {index:.2f} CPU seconds, in publishing below\n")
    print(f"{given.lang:<18}{'nbconvert':>10}{'publishing':>12}{'ratio':>7}{'first':>8}{'ratio':>7}"
          f"{'workbook':>10}   (aim: ratio <= {AIM:.0f})")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            place = Path(folder, name)
            notebook = executed(name, place, given.lang)
            publish = publisher(place, notebook, name, given.lang)
            theirs, first, ours, book = (
                statistics.median(seconds(work, given.runs))
                for work in (exporter(notebook), forget_all(publish), publish, binder(place, name))
            )
            ours, first = ours + index, first + index
            print(f"{name:<18}{theirs:>10.2f}{ours:>12.2f}{ours / theirs:>7.2f}{first:>8.2f}"
                  f"{first / theirs:>7.2f}{book:>10.2f}", flush=True)  # fmt: skip
    handing_over(given.runs)


if __name__ == "__main__":
    main()
