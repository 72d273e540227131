"""What is kept of a notebook's default run, to compare later runs with.

A baseline is a folder ``baselines/<notebook>/``: ``results.json`` as the run wrote it, and one
file per table. Small tables are kept whole, one row a line. A large one is kept as a summary:
counts, quantiles, sums over the whole and over blocks of rows (weighted by place), checksums of
texts, the first and last rows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.base.errors import InputError

RESULTS = "results.json"
TABLES = "tables"
WHOLE_BYTES = 40_000  # a table longer than this is kept as a summary
ENDS = 5  # first and last rows kept beside a summary
BLOCKS = 40  # sums of so many stretches of rows: one changed cell is not lost among thousands
DIGITS = 12  # as in results.json: all of a change, nothing of a float's last bit
QUANTILES = {"min": 0.0, "q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95,
             "max": 1.0}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is published.

    Attributes:
        notebook: Name of the notebook.
        results: What ``results.json`` says.
        tables: Name → all rows.
    """

    notebook: str
    results: dict[str, Any]
    tables: dict[str, pa.Table]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is committed of an accepted run.

    Attributes:
        notebook: Name of the notebook.
        results: Its ``results.json``.
        tables: Name → what :func:`described` gave.
    """

    notebook: str
    results: dict[str, Any]
    tables: dict[str, dict[str, Any]]


def read_run(notebook: str, folder: Path) -> Run:
    """Read a published run folder."""
    results = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    paths = sorted((folder / TABLES).glob("*.parquet"))
    return Run(notebook, results, {path.stem: pq.read_table(path) for path in paths})


def read_baseline(folder: Path) -> Baseline:
    """Read a committed baseline.

    Raises:
        InputError: If a file is missing or is not what :func:`write_baseline` writes.
    """
    remedy = "restore it from version control, or delete the folder and run `make accept`"
    try:
        results = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
        results["headline"], results["numbers"], results["figures"], results["tables"]
        tables = {
            path.stem: json.loads(path.read_text(encoding="utf-8"))
            for path in sorted((folder / TABLES).glob("*.json"))
        }
        for name, table in tables.items():
            if "columns" not in table or not {"rows", "summary"} & table.keys():
                raise InputError(f"{folder / TABLES / name}.json: is not a baseline; {remedy}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise InputError(f"{folder}: is not a complete baseline ({what}); {remedy}") from None
    return Baseline(folder.name, results, tables)


def write_baseline(run: Run, folder: Path) -> None:
    """Write the baseline of a run into a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / TABLES).mkdir(parents=True)
    text = json.dumps(run.results, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / RESULTS).write_text(f"{text}\n", encoding="utf-8", newline="\n")
    for name, table in sorted(run.tables.items()):
        text = _written(described(table, whole=True))
        if len(text.encode()) > WHOLE_BYTES:
            text = _written(described(table, whole=False))
        (folder / TABLES / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")


def described(table: pa.Table, *, whole: bool) -> dict[str, Any]:
    """Return a table as plain JSON values.

    Args:
        table: The table.
        whole: Whether to keep every row, or a summary with the first and last rows.

    Returns:
        ``columns`` (name → type) and either ``rows`` or ``summary``: ``count``, ``first``,
        ``last``, ``numbers`` (column → statistics) and ``texts`` (column → ``distinct``,
        ``missing``, ``sha256``).
    """
    columns = {
        field.name: str(field.type).replace("large_string", "string") for field in table.schema
    }
    if whole:
        return {"columns": columns, "rows": _rows(table)}
    numeric = {field.name for field in table.schema if _is_number(field.type)}
    return {
        "columns": columns,
        "summary": {
            "count": table.num_rows,
            "first": _rows(table.slice(0, ENDS)),
            "last": _rows(table.slice(max(table.num_rows - ENDS, 0))),
            "numbers": {n: _statistics(table[n]) for n in columns if n in numeric},
            "texts": {n: _checksum(table[n]) for n in columns if n not in numeric},
        },
    }


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _rows(table: pa.Table) -> list[list[Any]]:
    columns = [[plain(value) for value in column.to_pylist()] for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def plain(value: Any) -> Any:
    """Return a cell as a JSON value; a number that JSON has no word for as text."""
    if isinstance(value, bool) or value is None or isinstance(value, int | str):
        return value
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else str(value)
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else str(value)


def _statistics(column: pa.ChunkedArray) -> dict[str, Any]:
    """Sums and quantiles; a block's sum weighs a value by its place, and so sees the order."""
    values = np.array([np.nan if v is None else v for v in column.to_pylist()], dtype=float)
    finite = np.isfinite(values)
    found: dict[str, Any] = {"missing": int(values.size - finite.sum())}
    if finite.any():
        kept = values[finite]
        found["sum"] = math.fsum(kept)
        found["mean_size"] = math.fsum(np.abs(kept)) / kept.size
        found |= {name: float(np.quantile(kept, q)) for name, q in QUANTILES.items()}
        blocks = np.array_split(np.where(finite, values, 0.0), min(BLOCKS, values.size))
        for number, block in enumerate(blocks, 1):
            found[f"block {number}"] = math.fsum(block * (1 + np.arange(block.size) / block.size))
    return {name: plain(value) for name, value in found.items()}


def _checksum(column: pa.ChunkedArray) -> dict[str, Any]:
    values = [plain(value) for value in column.to_pylist()]
    text = json.dumps(values, ensure_ascii=False)
    return {
        "distinct": len(set(values)),
        "missing": sum(value is None for value in values),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def _written(table: dict[str, Any]) -> str:
    """One row a line, so that a change of a baseline can be read in version control."""
    if "rows" not in table:
        return json.dumps(table, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    head = json.dumps(table["columns"], ensure_ascii=False)
    rows = ",\n".join(json.dumps(r, ensure_ascii=False, allow_nan=False) for r in table["rows"])
    return f'{{"columns": {head},\n"rows": [\n{rows}\n]}}\n'
