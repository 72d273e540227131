"""Units of a sizing model: products of powers of names, such as ``CNY/household/year``.

Every name is a dimension of its own (no conversion: 万元 and 元 are different names, and a clash
says so). ``share``, ``ratio``, ``times`` and ``1`` are plain numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

PLAIN = frozenset({"", "1", "share", "ratio", "times"})
_PART = re.compile(r"([^\W\d]\w*|1)(?:\^(-?\d+))?$")


@dataclass(frozen=True)
class Unit:
    """A product of powers of names; none for a plain number."""

    powers: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def plain(self) -> bool:
        """Whether it is a plain number."""
        return not self.powers

    def times(self, other: Unit, sign: int = 1) -> Unit:
        """Unit of the product; of the quotient where ``sign`` is -1."""
        total: dict[str, Fraction] = dict(self.powers)
        for name, power in other.powers.items():
            total[name] = total.get(name, Fraction(0)) + sign * power
        return Unit({name: power for name, power in total.items() if power})

    def to(self, power: Fraction) -> Unit:
        """Unit of a power."""
        return Unit({name: own * power for name, own in self.powers.items() if own * power})

    def __str__(self) -> str:
        """As a reader writes it: ``CNY/household/year``."""
        over = "*".join(_power(name, p) for name, p in sorted(self.powers.items()) if p > 0)
        under = "".join(f"/{_power(name, -p)}" for name, p in sorted(self.powers.items()) if p < 0)
        return f"{over or '1'}{under}" if self.powers else "a plain number"


def _power(name: str, power: Fraction) -> str:
    return name if power == 1 else f"{name}^{power}"


def parse_unit(text: str) -> Unit:
    """Read a unit: names joined by ``*`` and ``/``, each with an optional power ``^2``.

    Raises:
        ValueError: If the text is not of that form.
    """
    powers: Counter[str] = Counter()
    stripped = text.replace(" ", "")
    if stripped in PLAIN:
        return Unit()
    sign = 1
    for part in re.split(r"([*/])", stripped):
        if part in ("*", "/"):
            sign = 1 if part == "*" else -1
            continue
        found = _PART.match(part)
        if found is None:
            raise ValueError(f"found unit {text!r}, expected names such as CNY/household/year")
        if found[1] not in PLAIN:
            powers[found[1]] += sign * int(found[2] or 1)
    return Unit({name: Fraction(power) for name, power in powers.items() if power})
