"""How many cells of a notebook nbval really compares.

nbval passes over a cell without an execution count and over pictures, so a notebook whose outputs
were stripped passes everything. The floors are committed in ``baselines/compared_cells.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FLOORS = "compared_cells.json"

# What nbval leaves out of an output (nbval.plugin, IPyNbFile.skip_compare).
UNSEEN = {"metadata", "traceback", "prompt_number", "output_type", "name", "execution_count",
          "application/vnd.jupyter.widget-view+json", "image/png", "image/jpeg"}  # fmt: skip


def compared(content: Mapping[str, Any]) -> int:
    """Return the number of cells that were run and have an output that nbval looks at."""
    return sum(
        cell["cell_type"] == "code"
        and cell["execution_count"] is not None
        and any(_seen(output) for output in cell["outputs"])
        for cell in content["cells"]
    )


def _seen(output: Mapping[str, Any]) -> bool:
    return bool((output.keys() | output.get("data", {}).keys()) - UNSEEN - {"data"})


def floors(baselines: Path) -> dict[str, int]:
    """Return notebook → number of cells that nbval must at least compare."""
    path = baselines / FLOORS
    found: dict[str, int] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found
