"""Columns of planner-written numbers to float64 and Int64.

Three ways, each exact and refusing the same things: plain cells at once; cells that share a
dress (``¥1,299.00``, ``32万``) by reading the dress once and the digits at once; the rest one
distinct cell after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.values.arrays import Distinct, Parsed, arrow, groups, matches, nulls
from analysis.data.values.number_rule import NumberRule
from analysis.data.values.written_numbers import Unit, narrow, read_number

Places = npt.NDArray[np.int64]
_GROUPS = "[1-9][0-9]{0,2}(?:,[0-9]{3}){1,3}"
_SIGN_MISSING = "other cells of the column carry a % sign; add it, or name the unit in a mapping"


def to_numbers(cells: pd.Series[Any], rule: NumberRule | None = None) -> Parsed:
    """Read a column of numbers as float64.

    A column in which some cells carry ``%`` and others are plain is ambiguous (is 85 a share of
    85 or of 0.85?): its plain cells other than 0 are refused, unless the rule names a unit.
    Cells in another currency than most are refused as well.

    Args:
        cells: Text of shape (n,), NA where missing.
        rule: Units and decimal sign; plain numbers with a decimal point when None.

    Raises:
        ValueError: If the rule's units are unknown or contradict each other.
    """
    reader = _Reader(arrow(cells), rule or NumberRule(), whole=False)
    values = reader.values
    values[reader.missing] = np.nan
    return Parsed(pd.Series(values, index=cells.index, name=cells.name), reader.refused)


def to_integers(cells: pd.Series[Any], rule: NumberRule | None = None) -> Parsed:
    """Read a column of whole numbers as Int64, exact over 64 bits.

    Args:
        cells: Text of shape (n,), NA where missing.
        rule: Units and decimal sign; plain numbers with a decimal point when None.

    Raises:
        ValueError: If the rule's units are unknown or contradict each other.
    """
    reader = _Reader(arrow(cells), rule or NumberRule(), whole=True)
    array = pd.arrays.IntegerArray(reader.values, reader.missing)
    return Parsed(pd.Series(array, index=cells.index, name=cells.name), reader.refused)


class _Reader:
    """One column being read.

    ``values`` holds float64 or int64 numbers, ``refused`` reasons by position, ``units`` the
    places of each unit met (None: plain cells).
    """

    def __init__(self, text: pa.Array, rule: NumberRule, *, whole: bool) -> None:
        self.text, self.rule, self.whole = text, rule, whole
        self.values: npt.NDArray[Any] = np.zeros(len(text), np.int64 if whole else np.float64)
        self.refused: dict[int, str] = {}
        self.units: list[tuple[Unit | None, Places]] = []
        open_cells = ~nulls(text)
        rule.shift  # noqa: B018 - refuses a wrong unit even if no cell needs it
        open_cells &= ~self._plain()
        open_cells &= ~self._dressed(open_cells)
        self._single(open_cells)
        for places, reason in self._doubtful():
            self.refused.update(dict.fromkeys(places.tolist(), reason))
        self.missing = nulls(text)
        self.missing[list(self.refused)] = True

    @property
    def _body(self) -> str:
        """Pattern of digits that the two fast ways read; what it leaves out is read singly."""
        groups = f"{_GROUPS}|" if self.rule.decimal == "." else ""
        fraction = "" if self.whole or self.rule.decimal == "," else r"(?:\.[0-9]{1,15})?"
        return f"(?:{groups}[0-9]{{1,12}}){fraction}"

    def _plain(self) -> npt.NDArray[np.bool_]:
        mask = matches(self.text, f"^-?{self._body}$")
        places = np.flatnonzero(mask)
        if not self._cast(self.text.filter(pa.array(mask)), places, self.rule.shift):
            return np.zeros_like(mask)
        self.units.append((None, places))
        return mask

    def _dressed(self, open_cells: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        done = np.zeros(len(self.text), dtype=bool)
        parts = f"^([^0-9.,]*)({self._body})([^0-9.,]*)$"
        places = np.flatnonzero(open_cells & matches(self.text, parts))
        cells = self.text.take(pa.array(places))
        dresses = pc.replace_substring_regex(cells, parts, r"\1#\3")
        digits = pc.replace_substring_regex(cells, parts, r"\2")
        for dress, chosen in groups(dresses):
            if self._wear(dress, digits.take(pa.array(chosen)), places[chosen]):
                done[places[chosen]] = True
        return done

    def _wear(self, dress: str, digits: pa.Array, places: Places) -> bool:
        """Read all cells of one dress; False leaves them to be read (or refused) singly."""
        try:
            written = read_number(dress.replace("#", "1"))
            exponent = self.rule.exponent(written.unit)
        except ValueError:
            return False
        if written.power or written.digits not in ("1", "-1"):
            return False
        if not self._cast(digits, places, exponent):
            return False
        if written.digits == "-1":
            self.values[places] *= -1
        self.units.append((written.unit, places))
        return True

    def _cast(self, digits: pa.Array, places: Places, exponent: int) -> bool:
        if self.whole and not 0 <= exponent <= 6:
            return False
        # Arrow rounds "0.07e2" once, where float("0.07") * 100 rounds twice and misses 7.
        tail = "0" * exponent if self.whole else f"e{exponent}"
        ends = [pa.scalar(part, digits.type) for part in (tail, "")]
        bare = pc.replace_substring(digits, ",", "")
        exact = pc.binary_join_element_wise(bare, *ends) if exponent else bare
        kind = pa.int64() if self.whole else pa.float64()
        self.values[places] = exact.cast(kind).to_numpy(zero_copy_only=False)
        return True

    def _single(self, open_cells: npt.NDArray[np.bool_]) -> None:
        rest = Distinct(self.text, open_cells, self._read)
        self.refused.update(rest.refused)
        for (unit, value), places in rest.found:
            self.values[places] = value
            self.units.append((unit, places))

    def _read(self, cell: str) -> tuple[Unit | None, float | int]:
        number = narrow(cell)
        if self.rule.decimal == "?" and number.count(",") == 1 and "." not in number:
            raise ValueError("its comma may be a decimal sign; set decimal in a mapping")
        written = read_number(cell, decimal="," if self.rule.decimal == "," else ".")
        exponent = self.rule.exponent(written.unit)
        value = written.whole(exponent) if self.whole else written.value(exponent)
        return written.unit, value

    def _doubtful(self) -> Iterator[tuple[Places, str]]:
        """Yield the cells whose unit the other cells of the column put in doubt."""
        shares, points = self._marked("%"), self._marked("pp")
        if shares and points:
            yield np.concatenate(points), "other cells of the column carry a % sign"
        if (shares or points) and not self.rule.unit:
            bare = [places[self.values[places] != 0] for unit, places in self.units if not unit]
            yield np.concatenate([*bare, np.array([], np.int64)]), _SIGN_MISSING
        counts: dict[frozenset[str], int] = {}
        money = [(u.currency, places) for u, places in self.units if u and u.currency]
        for currency, places in money:
            counts[currency] = counts.get(currency, 0) + len(places)
        usual = max(counts, key=lambda currency: counts[currency], default=frozenset[str]())
        for currency, places in money:
            if not currency & usual:
                yield places, "another currency than in most cells of the column"

    def _marked(self, mark: str) -> list[Places]:
        return [places for unit, places in self.units if unit and unit.mark == mark]
