"""One column as found to the kind a schema promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analysis.base.schema import Column, Kind
from analysis.data.applying import MISSING, MISSING_TEXT
from analysis.data.header import split_unit
from analysis.data.reading.raw import RawTable
from analysis.data.values.arrays import Parsed, is_text
from analysis.data.values.parsing import NumberRule, to_booleans, to_dates, to_integers, to_numbers
from analysis.data.values.written_numbers import unit_of


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """A converted column.

    Attributes:
        values: Shape (n,): ``str``, int64 (Int64 if some are missing), float64, datetime64[us],
            or bool (boolean if some are missing).
        refused: Reason for each refused cell, by position.
        whole: Reason why the column as a whole cannot be read; empty if it can.
    """

    values: pd.Series[Any]
    refused: dict[int, str]
    whole: str = ""


def convert(raw: RawTable, column: Column) -> Converted:
    """Convert the column of ``raw`` that ``column`` promises."""
    cells = raw.frame[column.name]
    try:
        _heed_header(raw, column)
    except ValueError as error:
        return Converted(pd.Series([None] * len(cells), dtype="str"), {}, str(error))
    if not is_text(cells):
        ready = _typed(cells, column.kind, bool(raw.origin(column.name).unit))
        if ready is not None:
            return ready
        try:
            cells = _as_text(cells)
        except (pa.ArrowException, TypeError, ValueError):
            empty = pd.Series([None] * len(cells), dtype="str")
            return Converted(empty, {}, "it holds values that are no text, number or date")
    text = without_missing(cells, raw.missing, column.kind)
    try:
        parsed = _read(text, raw, column)
    except ValueError as error:
        return Converted(text, {}, str(error))
    return Converted(_plain(parsed.values, column.kind), parsed.refused)


def _heed_header(raw: RawTable, column: Column) -> None:
    """Refuse a renamed column whose header names a unit that nothing else does.

    Raises:
        ValueError: If 销售额(万元) would be read as if it were in 元.
    """
    origin = raw.origin(column.name)
    hinted = split_unit(origin.label)[1]
    unit = unit_of(hinted) if hinted else None
    renamed = origin.label != column.name and not origin.constant
    if unit is None or origin.unit or not renamed or column.kind not in ("number", "integer"):
        return
    rule = NumberRule(target=column.unit)
    rule.fits(unit)
    if unit.exponent != rule.promised.exponent:
        raise ValueError(f"its header is in {hinted}; say unit = {hinted!r} in the mapping")


def without_missing(
    cells: pd.Series[Any], words: tuple[str, ...] | None, kind: Kind
) -> pd.Series[Any]:
    """Return text cells trimmed, with NA where they are a word for a missing value."""
    if words is None:
        words = MISSING_TEXT if kind == "text" else MISSING
    text = cells.str.strip()
    return text.mask(text.isin([*words, ""]))


def _read(text: pd.Series[Any], raw: RawTable, column: Column) -> Parsed:
    origin = raw.origin(column.name)
    if column.kind in ("number", "integer"):
        rule = NumberRule(origin.unit, column.unit, raw.decimal)
        return to_numbers(text, rule) if column.kind == "number" else to_integers(text, rule)
    if column.kind in ("date", "datetime"):
        serial = raw.numeric.get(column.name)
        timed = column.kind == "datetime"
        return to_dates(text, format=origin.format, timed=timed, serial=serial)
    return to_booleans(text) if column.kind == "boolean" else Parsed(text, {})


def _plain(values: pd.Series[Any], kind: Kind) -> pd.Series[Any]:
    """Give up the nullable dtype where nothing is missing."""
    if kind in ("integer", "boolean") and not values.isna().any():
        return values.astype("int64" if kind == "integer" else "bool")
    return values


def _typed(cells: pd.Series[Any], kind: Kind, scaled: bool) -> Converted | None:
    """Convert a typed column without going through text; None if that is the safer way."""
    types = pd.api.types
    if types.is_bool_dtype(cells.dtype):
        return Converted(_plain(cells, kind), {}) if kind == "boolean" else None
    if types.is_datetime64_any_dtype(cells.dtype) and kind in ("date", "datetime"):
        return _moments(cells, kind)
    if types.is_integer_dtype(cells.dtype) and kind == "integer" and not scaled:
        return Converted(_plain(cells, kind), {})
    if types.is_numeric_dtype(cells.dtype) and kind == "number" and not scaled:
        values = cells.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
        return _finite(pd.Series(values))
    return None


def _finite(values: pd.Series[Any]) -> Converted:
    endless = np.isinf(values.to_numpy())
    return Converted(values.mask(endless), _reasons(endless, "infinite"))


def _moments(cells: pd.Series[Any], kind: Kind) -> Converted:
    values = cells.dt.as_unit("us")
    if kind == "datetime":
        return Converted(values, {})
    if values.dt.tz is not None:
        return Converted(values.dt.tz_localize(None), {}, "it holds times with a zone, not dates")
    timed = (values.notna() & (values != values.dt.normalize())).to_numpy()
    return Converted(values.mask(timed), _reasons(timed, "it has a time of day"))


def _reasons(mask: npt.NDArray[np.bool_], reason: str) -> dict[int, str]:
    return dict.fromkeys(np.flatnonzero(mask).tolist(), reason)


def _as_text(cells: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        whole = cells.dt.tz is None and (cells.isna() | (cells == cells.dt.normalize())).all()
        moments = [None if pd.isna(moment) else moment for moment in cells]
        texts = [moment and str(moment.date() if whole else moment) for moment in moments]
        return pd.Series(texts, index=cells.index, dtype="str")
    array = pa.array(cells, from_pandas=True)
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        raise TypeError(array.type)
    text: pd.Series[Any] = array.cast(pa.large_string()).to_pandas()
    text.index = cells.index
    return text
