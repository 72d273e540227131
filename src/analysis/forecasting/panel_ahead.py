"""What a horizon needs of a panel: values of its regressors ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.base.errors import InputProblems, Problem
from analysis.forecasting.panel import SOURCE, Panel, Series
from analysis.forecasting.words_remarks import Remark, joined


def covered(panel: Panel, horizon: int) -> Panel:
    """The panel without the series whose regressors are unknown ahead; they are named as left out.

    Raises:
        InputProblems: If that is every one.
    """
    lacking = {s.unique_id: list(_missing_ahead(panel, s, horizon)) for s in panel.series}
    if all(lacking.values()):
        expected = (
            f"known values for the {horizon} periods ahead (rows with y missing), or the column "
            "left out of regressors"
        )
        raise InputProblems(
            SOURCE,
            [
                Problem(f"series {name!r}: {what}", expected, column=column)
                for name, all_of_it in lacking.items()
                for column, what in all_of_it
            ],
        )
    why = {
        name: joined(
            [Remark.say("column {name}: {why}", name=repr(column), why=what)
             for column, what in found]
        )
        for name, found in lacking.items()
        if found
    }  # fmt: skip
    kept = tuple(s for s in panel.series if s.unique_id not in why)
    return replace(panel, series=kept, skipped={**panel.skipped, **why})


def _missing_ahead(panel: Panel, series: Series, horizon: int) -> Iterator[tuple[str, Remark]]:
    """Column and what it lacks: regressor values that the horizon needs and a series has not."""
    n = len(series.y)
    ahead = np.full((horizon, series.x.shape[1]), np.nan)
    given = series.x[n : n + horizon]
    ahead[: len(given)] = given
    for j, name in enumerate(panel.regressors):
        absent = np.flatnonzero(np.isnan(ahead[:, j]))
        if not len(absent):
            continue
        first = f"{pd.Timestamp(series.calendar.stamps(absent[:1] + n)[0]):%Y-%m-%d}"
        if len(absent) == 1:
            yield name, Remark.say("no value at {date}", date=first)
        else:
            yield (
                name,
                Remark.say(
                    "no value at {date} and {count} later dates", date=first, count=len(absent) - 1
                ),
            )
