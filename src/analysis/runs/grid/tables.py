"""What the runs of a grid say, as tables: one row a cell, and their own tables put together.

``cells`` holds what equal inputs give again: values, status, sentence, numbers, key. Which run it
was and how long it took is in ``runs.csv``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.reports import tables
from analysis.runs.grid.cells import Cell
from analysis.runs.grid.workers import Done
from analysis.runs.published import RESULTS
from analysis.runs.store import MANIFEST

FIXED = ("status", "reason", "judgment", "sentence", "key")
CLASH = "grid_"
_CREATED = dt.datetime(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Result:
    """One cell after the grid has ended.

    Attributes:
        cell: What was asked for.
        done: What became of it.
        key: Content key of its run; None where data may change at any time.
        results: Its ``results.json``; empty if it failed.
        order: Names of the numbers of its headline, as the report shows them.
        lang: Language of its report; empty if it failed.
    """

    cell: Cell
    done: Done
    key: str | None
    results: Mapping[str, Any]
    order: tuple[str, ...] = ()
    lang: str = ""

    @property
    def numbers(self) -> Mapping[str, Mapping[str, Any]]:
        """Name → headline number, in the order of the report."""
        found = self.results.get("numbers", {})
        return {name: found[name] for name in dict.fromkeys([*self.order, *found])}

    @property
    def good(self) -> bool:
        """Whether its run was published."""
        return not self.done.reason

    @property
    def run_id(self) -> str:
        """Name of its run's folder; empty if there is none."""
        return Path(self.done.folder).name if self.done.folder else ""


@dataclass(frozen=True, slots=True)
class Combined:
    """A table of all runs together: its rows, from how many runs, or why it was left out."""

    name: str
    rows: int
    runs: int
    left_out: bool = False


def result_of(cell: Cell, done: Done, key: str | None) -> Result:
    """Return a cell with what its run says, if that was published."""
    if done.reason:
        return Result(cell, done, key, {})
    run = Path(done.folder)
    results = json.loads((run / RESULTS).read_text(encoding="utf-8"))
    manifest = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    headline = manifest["headline"] or {"numbers": []}
    order = tuple(number["name"] for number in headline["numbers"])
    lang = str(manifest["parameters"].get("lang", "en"))
    return Result(cell, done, key, results, order, lang)


def cells_frame(results: Sequence[Result]) -> pd.DataFrame:
    """Return one row a cell: what the grid set, how it went, every headline number.

    Returns:
        Frame of shape (cells, …): the grid's names; ``status`` (good or failed), ``reason``,
        ``judgment`` and ``sentence`` of the headline, ``key``; for each number ``name`` (value),
        ``name_lo``, ``name_hi``, ``name_unit``.
    """
    rows = []
    for each in results:
        headline = each.results.get("headline") or {}
        row = dict(each.cell.values) if not set(each.cell.values) & set(FIXED) else {
            _apart(name, FIXED): value for name, value in each.cell.values.items()
        }  # fmt: skip
        row |= {
            "status": "good" if each.good else "failed", "reason": each.done.reason,
            "judgment": headline.get("status", ""), "sentence": headline.get("sentence", ""),
            "key": each.key or "",
        }  # fmt: skip
        for name, number in each.numbers.items():
            row |= {name: number["value"], f"{name}_lo": number["lo"],
                    f"{name}_hi": number["hi"], f"{name}_unit": number["unit"]}  # fmt: skip
        rows.append(row)
    frame = pd.DataFrame(rows)
    texts = {*FIXED, *(_apart(name, FIXED) for name in results[0].cell.values)}
    for name in frame.columns:
        is_text = name in texts or name.endswith("_unit")
        frame[name] = frame[name].fillna("").astype("str") if is_text else (
            frame[name].astype("float64")
        )  # fmt: skip
    return frame


def runs_frame(results: Sequence[Result]) -> pd.DataFrame:
    """Return one row a cell: the grid's names, run, whether it was kept, and its seconds."""
    return pd.DataFrame([
        {
            **{_apart(name, ("run", "state", "seconds")): v for name, v in r.cell.values.items()},
            "run": r.run_id,
            "state": "failed" if not r.good else "up to date" if r.done.kept else "published",
            "seconds": round(r.done.seconds, 1),
        }
        for r in results
    ])  # fmt: skip


def _apart(name: str, taken: Sequence[str]) -> str:
    return f"{CLASH}{name}" if name in taken else name


def write(folder: Path, results: Sequence[Result]) -> list[Combined]:
    """Write ``cells.csv|parquet|xlsx``, ``runs.csv`` and the combined tables.

    Returns:
        The combined tables by name, also those that were left out because their columns differ.
    """
    cells, runs = cells_frame(results), runs_frame(results)
    tables.write(cells, folder, "cells")
    runs.to_csv(folder / "runs.csv", index=False, encoding="utf-8", lineterminator="\n")
    _workbook(folder / "cells.xlsx", {"cells": cells, "runs": runs})
    good = [each for each in results if each.good]
    names = sorted({
        path.stem for each in good for path in Path(each.done.folder).glob("tables/*.parquet")
    })  # fmt: skip
    return [_combine(folder / "tables", name, good) for name in names]


def _workbook(path: Path, sheets: Mapping[str, pd.DataFrame]) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        writer.book.set_properties({"created": _CREATED})
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False)
            sheet = writer.sheets[name]
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(frame), frame.shape[1] - 1)


def _combine(folder: Path, name: str, good: Sequence[Result]) -> Combined:
    """Put a table of all runs below each other, run by run, if their columns agree."""
    files = [(each, Path(each.done.folder) / "tables" / f"{name}.parquet") for each in good]
    there = [(each, path) for each, path in files if path.is_file()]
    schemas = [pq.read_schema(path).remove_metadata() for _, path in there]
    if any(schema.names != schemas[0].names for schema in schemas):
        return Combined(name, 0, len(there), left_out=True)
    try:
        schema = pa.unify_schemas(schemas, promote_options="permissive")
    except pa.ArrowTypeError:
        return Combined(name, 0, len(there), left_out=True)
    axes = [_apart(axis, schema.names) for axis in there[0][0].cell.values]
    whole = pa.schema([*(pa.field(axis, pa.string()) for axis in axes), *schema])
    folder.mkdir(exist_ok=True)
    rows = 0
    with pq.ParquetWriter(folder / f"{name}.parquet", whole) as writer:
        for each, path in there:
            table = pq.read_table(path).cast(schema)
            front = [pa.array([v] * len(table), pa.string()) for v in each.cell.values.values()]
            writer.write_table(pa.Table.from_arrays([*front, *table.columns], schema=whole))
            rows += len(table)
    _as_csv(folder, name)
    return Combined(name, rows, len(there))


def _as_csv(folder: Path, name: str) -> None:
    """Write the same as CSV, a piece at a time, guarded as all tables for spreadsheets."""
    target = folder / f"{name}.csv"
    with pq.ParquetFile(folder / f"{name}.parquet") as file, target.open("wb") as out:
        for place, batch in enumerate(file.iter_batches(batch_size=50_000)):
            frame = tables.guarded(batch.to_pandas())
            text = frame.to_csv(index=False, header=place == 0, lineterminator="\n")
            out.write(text.encode("utf-8"))
