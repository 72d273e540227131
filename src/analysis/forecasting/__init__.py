"""Forecasting: a panel in (``unique_id, ds, y`` and regressors known ahead), forecasts out.

:func:`forecast` gives means and calibrated intervals, :func:`backtest` says how good they would
have been. Both are pure functions of the frame: same input, same bytes, whatever its row order.
"""

from __future__ import annotations

from analysis.forecasting import metrics
from analysis.forecasting.backtest import BacktestResult, backtest
from analysis.forecasting.candidates import MODELS
from analysis.forecasting.captions import Captions, captions
from analysis.forecasting.forecast import ForecastResult, forecast
from analysis.forecasting.outcome import Outcome, outcome
from analysis.forecasting.panel import PANEL, Panel, read_panel
from analysis.forecasting.position import Position, position
from analysis.forecasting.tables import accuracy_table, options, plan_table, remarks
from analysis.forecasting.verdict import Verdict, verdict

__all__ = [
    "MODELS",
    "PANEL",
    "BacktestResult",
    "Captions",
    "ForecastResult",
    "Outcome",
    "Panel",
    "Position",
    "Verdict",
    "accuracy_table",
    "backtest",
    "captions",
    "forecast",
    "metrics",
    "options",
    "outcome",
    "plan_table",
    "position",
    "read_panel",
    "remarks",
    "verdict",
]
