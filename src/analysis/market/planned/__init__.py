"""A whole sizing plan in one declaration: read, computed, told."""

from __future__ import annotations

from analysis.market.planned.captions_model import Captions, captions
from analysis.market.planned.declared import read_plan
from analysis.market.planned.groups import BUYERS, counted_mix
from analysis.market.planned.parts import SizingPlan
from analysis.market.planned.sized import SizedPlan, size_plan
from analysis.market.planned.tables import (
    agreement_rows,
    aim_rows,
    driver_rows,
    identity_rows,
    input_rows,
    mix_rows,
    path_rows,
    research_rows,
    rival_rows,
    size_rows,
    tier_rows,
)
from analysis.market.planned.verdict import Told, headline

__all__ = [
    "BUYERS",
    "Captions",
    "SizedPlan",
    "SizingPlan",
    "Told",
    "agreement_rows",
    "aim_rows",
    "captions",
    "counted_mix",
    "driver_rows",
    "headline",
    "identity_rows",
    "input_rows",
    "mix_rows",
    "path_rows",
    "read_plan",
    "research_rows",
    "rival_rows",
    "size_plan",
    "size_rows",
    "tier_rows",
]
