"""Promotions as data: phases of an event, years compared phase by phase, a plan's phases checked.

The phases of these events last weeks and move from year to year, so that a comparison of the
same dates compares a presale with a wave. Years that the calendar does not have are unknown.
"""

from __future__ import annotations

from analysis.forecasting.promotions.aligned import LEAST_DAYS, PhaseAligned, phase_aligned
from analysis.forecasting.promotions.calendar import (
    PROMO_CALENDAR,
    phase_days,
    phases,
    years_known,
)
from analysis.forecasting.promotions.check import PhaseCheck, check_phases

__all__ = [
    "LEAST_DAYS",
    "PROMO_CALENDAR",
    "PhaseAligned",
    "PhaseCheck",
    "check_phases",
    "phase_aligned",
    "phase_days",
    "phases",
    "years_known",
]
