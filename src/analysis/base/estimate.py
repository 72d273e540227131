"""An estimate: a number that never travels without its interval, or the reason why it has none."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """One headline number.

    Attributes:
        name: Stable snake_case name under which ``results.json`` keeps it.
        label: What a reader calls it, in the report's language.
        value: Point estimate.
        unit: Unit of value and bounds: ``"share"`` (of 1), ``"count"``, a currency, ``"days"`` …
        lo: Lower bound; None if there is no interval.
        hi: Upper bound; None if there is no interval.
        confidence: Level of the interval, as a share of 1.
        no_interval: Why there is no interval; must be given exactly when there is none.

    Raises:
        ValueError: If interval and reason are both there or both absent, or the value lies outside.
    """

    name: str
    label: str
    value: float
    unit: str
    lo: float | None = None
    hi: float | None = None
    confidence: float = 0.95
    no_interval: str = ""

    def __post_init__(self) -> None:
        bounded = self.lo is not None and self.hi is not None
        if bounded == bool(self.no_interval):
            raise ValueError(f"{self.name}: needs an interval or a reason why not, not both")
        if not math.isfinite(self.value) and bounded:
            raise ValueError(f"{self.name}: an interval around {self.value}")
        if self.lo is not None and self.hi is not None and not self.lo <= self.value <= self.hi:
            raise ValueError(f"{self.name}: {self.value} outside [{self.lo}, {self.hi}]")
