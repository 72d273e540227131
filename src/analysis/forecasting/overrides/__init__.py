"""Overrides: what planners decide instead of the forecast, and whether that helped.

:func:`plan` lays overrides of dates and of totals over a forecast; :func:`override_value` judges
those whose dates have come against the forecast that their planners saw.
"""

from __future__ import annotations

from analysis.forecasting.overrides.captions import (
    decisions_caption,
    fan_caption,
    plan_caption,
    section,
    series_caption,
    series_table,
    value_captions,
    with_plan,
)
from analysis.forecasting.overrides.given import DAYS, TOTALS, Given, Sheet, given, sheet
from analysis.forecasting.overrides.placing import Placed
from analysis.forecasting.overrides.plan import Plan, plan
from analysis.forecasting.overrides.value import OverrideValue, Value, override_value

__all__ = [
    "DAYS",
    "TOTALS",
    "Given",
    "OverrideValue",
    "Placed",
    "Plan",
    "Sheet",
    "Value",
    "decisions_caption",
    "fan_caption",
    "given",
    "override_value",
    "plan",
    "plan_caption",
    "section",
    "series_caption",
    "series_table",
    "sheet",
    "value_captions",
    "with_plan",
]
