"""Run notebooks in place, clean from top to bottom, and keep outputs without timings."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def refresh(path: Path) -> None:
    """Execute one notebook with its default parameters and write it back."""
    node = nbformat.read(path, as_version=4)
    client = NotebookClient(
        node,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    node.metadata["language_info"] = {"name": "python"}
    path.write_text(nbformat.writes(node) + "\n", encoding="utf-8")
    print(f"{path}: {sum(c.cell_type == 'code' for c in node.cells)} code cells run")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        refresh(Path(name))
