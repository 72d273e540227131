"""A checked table to a file of its own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pandas as pd

from analysis.base.errors import InputError


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or Parquet, by the file's name; complete before it appears.

    Raises:
        InputError: If the name ends otherwise, or its folder is not there.
    """
    if path.suffix not in (".csv", ".parquet"):
        raise InputError(f"{path}: expected a name that ends in .csv or .parquet")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")
    handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    try:
        if path.suffix == ".csv":
            frame.to_csv(name, index=False, lineterminator="\n")
        else:
            frame.to_parquet(name, index=False)
        os.chmod(name, 0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
