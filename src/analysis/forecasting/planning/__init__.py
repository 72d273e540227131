"""Planning uses of a forecast: annual targets, pacing, festival and hour profiles, pre-sale.

Each function takes frames (or a :class:`~analysis.forecasting.forecast.ForecastResult`) and
returns a frozen result with ``.table()``, ``.plot(ax=None)`` and ``.summary(lang)``.
"""

from __future__ import annotations

from analysis.forecasting.planning.captions import (
    PacingCaptions,
    pacing_captions,
    phase_table,
)
from analysis.forecasting.planning.festival_profile import FestivalProfile, festival_profile
from analysis.forecasting.planning.hours import HourProfile, hour_profile
from analysis.forecasting.planning.order_times import ORDERS
from analysis.forecasting.planning.pacing import Pacing, pacing
from analysis.forecasting.planning.phases import PhasePlan, consecutive, phase_plan
from analysis.forecasting.planning.predictive import Predictive
from analysis.forecasting.planning.presale import (
    PresaleForecast,
    presale_by_day,
    presale_forecast,
)
from analysis.forecasting.planning.presale_curves import PRESALE, presale_by_event
from analysis.forecasting.planning.push_slot import PushSlot
from analysis.forecasting.planning.section import Section, left_out
from analysis.forecasting.planning.section_forecast import (
    PHASES,
    festival_section,
    pacing_section,
    year_section,
)
from analysis.forecasting.planning.section_orders import hours_section, presale_section
from analysis.forecasting.planning.targets import TargetPlan, annual_plan

__all__ = [
    "ORDERS",
    "PHASES",
    "PRESALE",
    "FestivalProfile",
    "HourProfile",
    "Pacing",
    "PacingCaptions",
    "PhasePlan",
    "Predictive",
    "PresaleForecast",
    "PushSlot",
    "Section",
    "TargetPlan",
    "annual_plan",
    "consecutive",
    "festival_profile",
    "festival_section",
    "hour_profile",
    "hours_section",
    "left_out",
    "pacing",
    "pacing_captions",
    "pacing_section",
    "phase_plan",
    "phase_table",
    "presale_by_day",
    "presale_by_event",
    "presale_forecast",
    "presale_section",
    "year_section",
]
