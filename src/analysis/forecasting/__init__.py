"""Forecasting: a panel in (``unique_id, ds, y`` and regressors known ahead), forecasts out.

:func:`forecast` gives means and calibrated intervals, :func:`backtest` says how good they would
have been. Both are pure functions of the frame: same input, same bytes, whatever its row order.
"""

from __future__ import annotations

from analysis.forecasting import metrics
from analysis.forecasting.backtest import BacktestResult, backtest
from analysis.forecasting.candidates import MODELS
from analysis.forecasting.captions import Captions, captions
from analysis.forecasting.captions_judgement import (
    change_caption,
    comparison_caption,
    comparison_figure,
    days_caption,
    target_caption,
    thirds_caption,
)
from analysis.forecasting.change import ErrorChange, beside_naive, error_change
from analysis.forecasting.comparison import EARLIER_FORECASTS, Comparison, compare
from analysis.forecasting.forecast import ForecastResult, forecast
from analysis.forecasting.outcome import Outcome, outcome
from analysis.forecasting.panel import PANEL, Panel, read_panel
from analysis.forecasting.parts import event_days, events_from
from analysis.forecasting.position import Position, position
from analysis.forecasting.tables import (
    accuracy_table,
    days_table,
    options,
    plan_table,
    remarks,
    target_table,
    thirds_table,
)
from analysis.forecasting.target import Shortfall, shortfall
from analysis.forecasting.verdict import Verdict, verdict

__all__ = [
    "EARLIER_FORECASTS",
    "MODELS",
    "PANEL",
    "BacktestResult",
    "Captions",
    "Comparison",
    "ErrorChange",
    "ForecastResult",
    "Outcome",
    "Panel",
    "Position",
    "Shortfall",
    "Verdict",
    "accuracy_table",
    "backtest",
    "beside_naive",
    "captions",
    "change_caption",
    "compare",
    "comparison_caption",
    "comparison_figure",
    "days_caption",
    "days_table",
    "error_change",
    "event_days",
    "events_from",
    "forecast",
    "metrics",
    "options",
    "outcome",
    "plan_table",
    "position",
    "read_panel",
    "remarks",
    "shortfall",
    "target_caption",
    "target_table",
    "thirds_caption",
    "thirds_table",
    "verdict",
]
