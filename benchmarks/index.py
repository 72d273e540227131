"""The index of many runs: how long it takes to rebuild, how large it is, how fast it opens.

usage: python benchmarks/index.py [--notebooks N] [--runs N]

Runs are made up in a temporary folder, their manifests as long as real ones (sixty files, twenty
parameters). The first rebuild cuts the fonts of both pages; later ones take them from memory, as
after a run whose report uses no new character. Seconds are CPU seconds of this process.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.base.paths import Home
from analysis.runs import index

LIMIT = 1.0
STATUSES = ("good", "watch", "bad", "info")
SENTENCES = {
    "en": "Plan for {total:.1f} m EUR over the next 42 days; the target of 85% was reached.",
    "zh": "未来 42 天请按 {total:.1f}00万 EUR 计划；达到了 85% 的目标，最差的提前期为第 6 期。",
}


def manifest(notebook: int, run: int) -> dict[str, Any]:
    """Return a manifest that is as long as those of real runs."""
    lang = "zh" if run % 2 else "en"
    total = 40 + notebook + 3 * (run % 7) / 7
    numbers = [
        {"name": name, "label": f"Label of {name}", "text": f"{total:.1f} m EUR",
         "interval": "80% interval 38 m EUR to 46 m EUR", "value": total * 1e6,
         "lo": total * 0.95e6, "hi": total * 1.05e6, "confidence": 0.8, "unit": "EUR"}
        for name in ("total", "error", "skill", "coverage")
    ]  # fmt: skip
    parameters = {f"parameter_{i}": i for i in range(20)} | {"lang": lang, "horizon": run % 5}
    digest = hashlib.sha256(f"{notebook} {run}".encode()).hexdigest()
    made: dict[str, Any] = {
        "notebook": f"notebook_{notebook}",
        "run": f"2026{1 + run // 25:02d}{1 + run % 25:02d}T120000Z-{digest[:8]}-{notebook:02d}00",
        "status": "failed" if run % 25 == 7 else "good",
        "key": digest,
        "parameters": parameters,
        "changed": {name: parameters[name] for name in ("lang", "horizon")},
        "data": [{"parameter": "data", "name": "panel", "nature": "real", "sha256": digest}],
        "code": {"commit": digest[:40], "dirty": False, "package_sha256": digest},
        "lock_sha256": "l", "python": "3.11.7", "nature": "real",
        "seconds": {"cells": [0.1] * 30},
        "finished": f"2026-{1 + run // 25:02d}-{1 + run % 25:02d}T12:00:00+00:00",
        "title": f"Question {notebook}: how much will we sell?",
        "files": {f"tables/table_{i}.parquet": digest for i in range(60)},
        "headline": {"cell": 4, "sentence": SENTENCES[lang].format(total=total), "kind": "headline",
                     "status": STATUSES[(notebook + run // 40) % 4], "numbers": numbers},
    }  # fmt: skip
    return made | ({"reason": "cell [4] raised KeyError"} if made["status"] == "failed" else {})


def results(made: dict[str, Any]) -> dict[str, Any]:
    """Return the results that belong to a manifest."""
    headline = made["headline"]
    return {
        "notebook": made["notebook"], "figures": {}, "tables": {},
        "headline": {name: headline[name] for name in ("sentence", "status")},
        "numbers": {each["name"]: each for each in headline["numbers"]},
    }  # fmt: skip


def lay(home: Home, notebooks: int, runs: int) -> None:
    """Write the runs as publishing leaves them."""
    for notebook in range(notebooks):
        good = ""
        for run in range(runs):
            made = manifest(notebook, run)
            failed = made["status"] == "failed"
            root = home.reports / "failed" if failed else home.reports
            folder = root / made["notebook"] / made["run"]
            folder.mkdir(parents=True)
            (folder / "manifest.json").write_text(json.dumps(made, indent=2), encoding="utf-8")
            (folder / "results.json").write_text(json.dumps(results(made)), encoding="utf-8")
            good = good if failed else made["run"]
        pointer = json.dumps({"run": good, "default": good})
        (home.reports / f"notebook_{notebook}" / "current.json").write_text(
            pointer, encoding="utf-8"
        )


def seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def opening(path: Path) -> float | None:
    """Return seconds until a browser has the page ready; None without one."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        return None
    from playwright.sync_api import sync_playwright

    timing = "performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_page()
        took = []
        for _ in range(3):
            tab.goto(path.as_uri())
            took.append(float(tab.evaluate(timing)))
        browser.close()
    return min(took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--notebooks", type=int, default=8)
    parser.add_argument("--runs", type=int, default=125)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        home = Home(Path(root))
        lay(home, wanted.notebooks, wanted.runs)
        first = seconds(lambda: index.rebuild(home))
        later = min(seconds(lambda: index.rebuild(home)) for _ in range(3))
        print(f"{wanted.notebooks} notebooks x {wanted.runs} runs")
        print(f"first rebuild    {first:6.2f} s  (cuts the fonts of two pages)")
        print(f"later rebuild    {later:6.2f} s  ({later / LIMIT:.2f} of the limit of {LIMIT:g} s)")
        for lang in ("en", "zh"):
            page = index.path(home, lang)
            ready = opening(page)
            took = "no Chromium" if ready is None else f"{ready:.2f} s"
            print(f"{page.name:<14}   {page.stat().st_size / 1024:6.0f} KiB, opens in {took}")


if __name__ == "__main__":
    main()
