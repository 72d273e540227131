"""The latest grid of a notebook, for the index."""

from __future__ import annotations

import json

from analysis.base.language import translator
from analysis.base.paths import Home
from analysis.reports.boards import file_of
from analysis.runs.store import GRIDS, MANIFEST


def latest(home: Home, notebook: str, lang: str) -> tuple[str, str] | None:
    """Return the page of a notebook's latest grid below ``reports``, and how it went, in words."""
    say = translator(lang)
    for path in sorted((home.reports / GRIDS / notebook).glob(f"*/{MANIFEST}"), reverse=True):
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            cells, failed = int(manifest["cells"]), len(manifest["failed"])
            over = ", ".join(manifest["axes"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # the index is rebuilt whatever somebody has done to a grid's folder
        words = say("{good} of {cells} runs good", good=cells - failed, cells=cells)
        page = path.parent.relative_to(home.reports) / file_of(lang)
        return page.as_posix(), f"{over} ({words})"
    return None
