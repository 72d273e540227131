"""The units of one column of numbers: what a plain cell and a cell with a unit stand for."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.data.values.written_numbers import Unit, unit_of

_SHARE_NAMES = frozenset({"share", "ratio", "fraction", "rate", "probability"})


@dataclass(frozen=True, slots=True)
class NumberRule:
    """How the numbers of one column are to be read.

    Attributes:
        unit: Unit of plain cells as the mapping names it (``"万元"``); empty: that of the target.
        target: Unit the checked column promises (``"CNY"``, ``"%"``, ``"share"``); empty if none.
        decimal: Decimal sign; ``"?"`` when a lone comma (``1,234``) could be one, and is refused.
    """

    unit: str = ""
    target: str = ""
    decimal: str = "."

    @property
    def promised(self) -> Unit:
        """The target's unit; without effect when the target names none that scales."""
        return unit_of(self.target) or Unit()

    @property
    def shift(self) -> int:
        """Power of ten for plain cells.

        Raises:
            ValueError: If the mapping's unit is unknown or contradicts the target's.
        """
        if not self.unit:
            return 0
        given = unit_of(self.unit)
        if given is None:
            raise ValueError(f"unit {self.unit!r} is not known; leave it out if it does not scale")
        self.fits(given)
        return given.exponent - self.promised.exponent

    def fits(self, unit: Unit) -> None:
        """Refuse a unit that measures something else than the target.

        Raises:
            ValueError: If a share, points or another currency stands for the target.
        """
        target = self.promised
        if unit.currency and target.currency and not unit.currency & target.currency:
            raise ValueError("another currency")
        of_shares = self.target.lower() in _SHARE_NAMES
        if unit.currency and (target.mark or of_shares):
            raise ValueError("an amount of money")
        if unit.mark and target.currency:
            raise ValueError("a share, not an amount of money")
        if unit.mark and target.mark and unit.mark != target.mark:
            raise ValueError("percent and percentage points are not the same")
        if unit.mark == "pp" and of_shares:
            raise ValueError("percentage points, not a share")

    def exponent(self, unit: Unit | None) -> int:
        """Power of ten for a cell that carries ``unit`` (None: a plain cell).

        Raises:
            ValueError: If the cell's unit contradicts the target's or the mapping's.
        """
        if unit is None:
            return self.shift
        self.fits(unit)
        given = unit_of(self.unit) if self.unit else None
        written = (unit.exponent, unit.mark)
        if given and (given.exponent or given.mark) and written != (0, ""):
            if written != (given.exponent, given.mark):
                raise ValueError(f"it has a unit of its own, but the column is in {self.unit}")
        elif given and given.exponent:
            return self.shift
        return unit.exponent - self.promised.exponent
