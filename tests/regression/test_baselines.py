"""Every notebook's published default run is what was accepted: numbers, tables, figure data.

`make report` publishes the runs and CI calls it before `make test`. At a desk a run that is older
than the code is not compared, visibly; in CI it is made first.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analysis.base.paths import Home
from analysis.runs import notebooks
from analysis.runs.run import execute_and_publish
from tests.regression.compare import differences, told
from tests.regression.current import BASELINES, default_run, unmatched, why_stale
from tests.regression.snapshot import WHOLE_BYTES, read_baseline

HOME = Home(Path(__file__).parents[2])
LARGEST = 400_000  # bytes, all baselines together


def test_every_notebook_has_a_baseline_and_every_baseline_its_notebook() -> None:
    found = unmatched(HOME, HOME.root / BASELINES)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", notebooks.names(HOME))
def test_the_default_run_is_the_accepted_one(name: str) -> None:
    folder = HOME.root / BASELINES / name
    if not folder.is_dir():
        pytest.fail("\n".join(line for line in unmatched(HOME, folder.parent) if name in line))
    stale = why_stale(HOME, name)
    if stale and os.environ.get("CI"):
        outcome = execute_and_publish(HOME, notebooks.find(HOME, name), {}, progress=False)
        assert not outcome.reason
    elif stale:
        pytest.skip(f"not compared: {stale}")
    found = differences(read_baseline(folder), default_run(HOME, name))
    assert not found, told(found)


def test_baselines_are_of_default_parameters_in_english() -> None:
    for name in notebooks.names(HOME):
        defaults = {each.name: each.default for each in notebooks.find(HOME, name).parameters}
        assert defaults["lang"] == "en"
        headline = read_baseline(HOME.root / BASELINES / name).results["headline"]
        assert headline
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in headline["sentence"])


def test_baselines_are_small() -> None:
    sizes = {p: p.stat().st_size for p in (HOME.root / BASELINES).rglob("*") if p.is_file()}
    assert sum(sizes.values()) <= LARGEST
    assert max(sizes.values()) <= 2 * WHOLE_BYTES
