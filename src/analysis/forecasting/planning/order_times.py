"""The table of orders by time, checked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.errors import InputProblems, Problem, nearest
from analysis.base.schema import Column, TableSchema
from analysis.forecasting.arrays import Bools
from analysis.forecasting.planning.checks import shown

ORDERS = TableSchema(
    columns=(
        Column("ds", "datetime", description="time of the order, by the clock of the place"),
        Column("orders", "number", required=False, minimum=0,
               description="orders then; 1 a row without this column"),
        Column("sessions", "number", required=False, minimum=0, description="visits then"),
    ),
    name="orders",
)  # fmt: skip
"""The table of orders by time: one row an order, or counts by hour."""


def read_orders(frame: pd.DataFrame) -> pd.DataFrame:
    """Read the columns, or refuse the table with every problem."""
    source = "orders by hour"
    if "ds" not in frame.columns:
        names = [str(name) for name in frame.columns]
        problem = Problem("no such column", f"it to be there ({nearest('ds', names)})", column="ds")
        raise InputProblems(source, [problem])
    clean = pd.DataFrame({"ds": pd.to_datetime(frame["ds"], errors="coerce")})
    if getattr(clean["ds"].dtype, "tz", None) is not None:
        clean["ds"] = clean["ds"].dt.tz_localize(None)
    counts = [name for name in ("orders", "sessions") if name in frame.columns]
    for name in counts:
        clean[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    if "orders" not in counts:
        clean["orders"] = 1.0
    problems = []
    for name in ("ds", *counts):
        wrong: Bools = clean[name].isna().to_numpy()
        if name != "ds":
            wrong = wrong | ~np.isfinite(clean[name].to_numpy()) | (clean[name] < 0).to_numpy()
        expected = "a time" if name == "ds" else "a number of at least 0"
        problems += [
            Problem(shown(frame[name].iloc[row]), expected, row=int(row) + 2, column=name)
            for row in np.flatnonzero(wrong)
        ]
    if not len(clean):
        problems.append(Problem("no rows", "at least one"))
    elif not problems and (clean["ds"] == clean["ds"].dt.normalize()).all() and len(clean) > 1:
        problems.append(Problem("days without a time of day", "times", column="ds"))
    if problems:
        raise InputProblems(source, problems)
    return clean
