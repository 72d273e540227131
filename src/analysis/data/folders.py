"""A folder of files as one table: the parts of an export, one below the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.base.schema import TableSchema
from analysis.data.reading.reader import PARQUETS, TEXTS, WORKBOOKS

if TYPE_CHECKING:
    from analysis.data.loading import Loaded

SUFFIXES = (*TEXTS, *WORKBOOKS, *PARQUETS, ".gz")


def load_folder(
    folder: Path, schema: TableSchema, load: Callable[[Path, TableSchema], Loaded]
) -> Loaded:
    """Read every table file of a folder and put them below each other, in order of their names.

    Args:
        folder: The folder; files of other kinds and hidden ones are passed over.
        schema: What the whole must be; its key is checked over all files.
        load: Reads one file against a schema.

    Raises:
        InputError: If there is no table file in it, or the files differ in their columns.
        InputProblems: If a file is wrong, or a key is in two of them.
    """
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    ]
    if not paths:
        raise InputError(f"{folder}: found no table in this folder, expected files such as a.csv")
    parts = [load(path, replace(schema, key=())) for path in paths]
    columns = list(parts[0].frame.columns)
    for path, part in zip(paths, parts, strict=True):
        if list(part.frame.columns) != columns:
            raise InputError(
                f"{path}: found columns {', '.join(map(str, part.frame.columns))}, expected those "
                f"of {paths[0].name}: {', '.join(map(str, columns))}"
            )
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    names = [path.relative_to(folder).as_posix() for path in paths]
    files = np.repeat(names, [len(part.frame) for part in parts]).tolist()
    _check_key(folder, frame, schema.key, files)
    digest = hashlib.sha256("".join(str(part.facts.sha256) for part in parts).encode())
    facts = replace(
        parts[0].facts,
        source=str(folder),
        rows_read=sum(part.facts.rows_read for part in parts),
        rows_kept=len(frame),
        dropped=_together([part.facts.dropped for part in parts]),
        sha256=digest.hexdigest(),
    )
    return replace(parts[0], frame=frame, facts=facts)


def _check_key(folder: Path, frame: pd.DataFrame, key: tuple[str, ...], files: list[str]) -> None:
    if not key:
        return
    names = list(key)
    again = frame.duplicated(names, keep="first") & frame[names].notna().all(axis=1)
    problems = [
        Problem(
            f"{', '.join(f'{name} {str(frame[name].iloc[row])!r}' for name in names)} again "
            f"in {files[row]}",
            f"one row for each {' and '.join(names)} in the whole folder",
        )
        for row in frame.index[again].tolist()
    ]
    if problems:
        raise InputProblems(str(folder), problems)


def _together(dropped: list[tuple[tuple[str, int], ...]]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for why, rows in (pair for pairs in dropped for pair in pairs):
        counts[why] = counts.get(why, 0) + rows
    return tuple(counts.items())
