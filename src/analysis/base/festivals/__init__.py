"""Calendar facts: when festivals fall, and which days a country has off or works instead.

Festivals are known for every year of a stated range; official holidays only as far as they are
published. Promotions of shopping platforms are neither: they are data.
"""

from __future__ import annotations

from analysis.base.festivals.dates import (
    FESTIVALS,
    FIRST_YEAR,
    LAST_YEAR,
    Festival,
    festival,
    festivals,
)
from analysis.base.festivals.official import OfficialDays, known_through, official_days

__all__ = [
    "FESTIVALS",
    "FIRST_YEAR",
    "LAST_YEAR",
    "Festival",
    "OfficialDays",
    "festival",
    "festivals",
    "known_through",
    "official_days",
]
