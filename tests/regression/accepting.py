"""``make accept``: take the present default runs as the accepted state, and say what changed.

Nothing is replaced until everything has been read and compared; each notebook's folder is then
swapped by renames.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from analysis.base.errors import InputError
from analysis.base.files import write_atomically
from analysis.base.paths import Home
from analysis.runs import notebooks
from analysis.runs.changes import compare
from analysis.runs.changes_told import change
from analysis.runs.report import run_all
from tests.regression.cells import FLOORS, compared, floors
from tests.regression.compare import Difference, differences, told
from tests.regression.current import BASELINES, default_run, unmatched
from tests.regression.snapshot import Baseline, Run, read_baseline, write_baseline

UNRELEASED = "## Unreleased"
NUMBERS = "### Numbers that changed"


def accept(home: Home, *, why: str = "", say: Callable[[str], Any] = print) -> None:
    """Run what is stale, show what would change, replace the baselines, write the changelog.

    Args:
        home: The project.
        why: The reason, for the changelog.
        say: Takes one line or paragraph for the caller.

    Raises:
        InputError: If a baseline has no notebook, a notebook failed, or a run cannot be trusted;
            then nothing is replaced.
    """
    baselines = home.root / BASELINES
    orphans = [line for line in unmatched(home, baselines) if "without its notebook" in line]
    if orphans:
        raise InputError("\n".join(orphans))
    counts = _counts(home, baselines, say)
    failed = [each.reason for each in run_all(home, say=say) if each.reason]
    if failed:
        raise InputError("\n".join(["nothing accepted:", *failed]))
    runs = [default_run(home, name) for name in notebooks.names(home)]
    earlier = {run.notebook: _earlier(baselines / run.notebook) for run in runs}
    lines: list[str] = []
    replaced: list[Run] = []
    for run in runs:
        before = earlier[run.notebook]
        if before is None:
            say(f"{run.notebook}: first baseline")
            replaced.append(run)
        elif found := differences(before, run):
            say(told(found))
            lines += changelog_lines(before, run, found)
            replaced.append(run)
    changelog = with_lines(home.root / "CHANGELOG.md", lines, why) if lines else ""
    for run in replaced:
        _swap(run, baselines / run.notebook)
    write_atomically(baselines / FLOORS, counts.encode())
    if changelog:
        write_atomically(home.root / "CHANGELOG.md", changelog.encode())
        say(f"CHANGELOG.md: {len(lines)} lines under {NUMBERS!r}")
        if not why:
            say('CHANGELOG.md: say there why they changed (`make accept WHY="…"` writes it)')
    say(f"baselines: {len(replaced)} replaced, {len(runs) - len(replaced)} as they were")


def _earlier(folder: Path) -> Baseline | None:
    return read_baseline(folder) if folder.exists() else None


def _swap(run: Run, folder: Path) -> None:
    """Replace a baseline by renames; a rename does not go onto a folder with files in it."""
    new, old = (folder.with_name(f".{folder.name}.{word}") for word in ("new", "old"))
    shutil.rmtree(old, ignore_errors=True)
    write_baseline(run, new)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _counts(home: Home, baselines: Path, say: Callable[[str], Any]) -> str:
    """Return the new floors of compared cells; a lower one is said aloud."""
    before = floors(baselines)
    found: dict[str, int] = {}
    for name in notebooks.names(home):
        found[name] = compared(notebooks.find(home, name).content)
        if not found[name]:
            raise InputError(f"notebooks/{name}.ipynb: has no outputs; run `make outputs`")
        if found[name] < before.get(name, 0):
            say(f"{name}: nbval compares {found[name]} cells, before {before[name]}; floor lowered")
    return json.dumps(found, indent=1) + "\n"


def changelog_lines(before: Baseline, run: Run, found: Sequence[Difference]) -> list[str]:
    """Return the lines for the changelog: a number each, then tables and figures by count.

    A sentence that is worded anew with the same numbers and status is no changed number.
    """
    changes = compare(_manifest(run), before.results, _manifest(run), run.results)
    lines = []
    if changes.status[0] != changes.status[1]:
        lines.append(f"- `{run.notebook}` status: {' → '.join(map(str, changes.status))}.")
    for number in changes.beyond:
        parts = [change(number, "en")]
        if number.old is not None and number.new is not None and number.old_lo is not None:
            outside = "outside" if number.outside else "inside"
            parts.append(f"{outside} the earlier interval")
        lines.append(f"- `{run.notebook}` {number.label}: {', '.join(parts)}.")
    counts = Counter(kind for kind, _ in {(each.kind, each.name) for each in found})
    parts = [
        f"{counts[kind]} {kind}{'s' if counts[kind] > 1 else ''}"
        for kind in ("table", "figure")
        if counts[kind]
    ]
    if parts:
        lines.append(f"- `{run.notebook}`: {' and '.join(parts)} changed.")
    return lines


def _manifest(run: Run) -> dict[str, Any]:
    """What the comparison of two runs asks of a manifest; a baseline keeps only its results."""
    return {"notebook": run.notebook, "run": "", "parameters": {}, "data": [], "code": {}}


def with_lines(changelog: Path, lines: Sequence[str], why: str) -> str:
    """Return the changelog with these lines at the end of its unreleased "Numbers that changed".

    The heading is "Unreleased" and not a date: the same change gives the same text on any day.

    Raises:
        InputError: If the changelog has no such section.
    """
    text = changelog.read_text(encoding="utf-8") if changelog.is_file() else ""
    rows = text.splitlines()
    try:
        start = rows.index(NUMBERS, rows.index(UNRELEASED))
    except ValueError:
        raise InputError(
            f"{changelog}: found no {NUMBERS!r} under {UNRELEASED!r}, expected these two headings"
        ) from None
    end = next((i for i in range(start + 1, len(rows)) if rows[i].startswith("#")), len(rows))
    while not rows[end - 1].strip():
        end -= 1
    given = [f"- {why.strip().rstrip('.')}:"] if why.strip() else []
    indent = "  " if given else ""
    body = ["", *given, *(f"{indent}{line}" for line in lines)]
    if end - 1 > start:
        body = body[1:]
    return "\n".join([*rows[:end], *body, *rows[end:]]) + "\n"
