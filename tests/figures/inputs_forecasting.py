"""Small fixed inputs for every figure of ``analysis.forecasting``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.forecasting import BacktestResult, ForecastResult, backtest, compare, forecast
from analysis.forecasting.overrides import OverrideValue, Plan, given, override_value, plan
from analysis.forecasting.planning import (
    annual_plan,
    consecutive,
    hour_profile,
    pacing,
    presale_forecast,
    presale_section,
)
from analysis.forecasting.planning.pacing import Pacing
from analysis.forecasting.promotions import check_phases, phase_aligned
from analysis.forecasting.promotions.aligned import PhaseAligned
from tests.figures.drawing import Pictures
from tests.forecasting.overrides.worlds import day, total
from tests.forecasting.overrides.worlds import made as three_shops
from tests.forecasting.panels import many, seasonal_walks
from tests.forecasting.planning.test_festival_profile import DATES, made
from tests.forecasting.planning.test_hours import orders
from tests.forecasting.planning.worlds import panel, presale_curves, seasonal, shops
from tests.forecasting.test_change import change
from tests.forecasting.test_promotions import sales

PLAN = Path(__file__).parents[2] / "data" / "raw" / "plan"
PHASES = {"warm-up": (15, 0.1), "burst": (13, None), "peak": (9, None), "extension": (9, None)}
PAST = pd.DataFrame(
    {"season": [2021, 2022, 2023], "presale": [20.0, 30.0, 25.0], "total": [80.0, 90.0, 100.0]}
)


@cache
def _tested() -> BacktestResult:
    return backtest(many(seasonal_walks(3, 90, 6)), horizon=6, origins=4)


@cache
def _ahead() -> ForecastResult:
    return forecast(many(seasonal_walks(3, 60, 9)), horizon=6)


@cache
def _paced() -> Pacing:
    ds, y = shops(3, 250, 1)
    ahead = forecast(panel(ds, y), horizon=40)
    start = pd.Timestamp(ahead.ends.max()) - pd.Timedelta(days=11)
    return pacing(ahead, consecutive(f"{start:%Y-%m-%d}", PHASES), target=135_000)


def _aligned() -> PhaseAligned:
    frame = sales("2020-10-01", "2021-11-30", {"2021-11-11": 3.0, "2020-11-11": 2.5})
    calendar = pd.read_csv(PLAN / "promo_calendar.csv", dtype={"event": str})
    return phase_aligned(frame, calendar, "double_11", (2020, 2021), "tmall")


@cache
def _plan() -> Plan:
    days = [day("b", 2, 420.0), day("a", 5, 90.0)]
    return plan(three_shops(), given(pd.DataFrame(days), pd.DataFrame([total("c", 480.0)])))


@cache
def _judged() -> OverrideValue:
    """Overrides of four weeks that have come: "Li" always puts too much on top, "Wang" less."""
    days = [
        day(name, -1 - step, 1.0 * round(level * (1.25 if step % 2 else 0.97)), mean=level,
            by="Li" if step % 2 else "Wang")
        for name, level in (("a", 108.0), ("b", 320.0), ("c", 54.0))
        for step in range(28)
    ]  # fmt: skip
    return override_value(plan(three_shops(), given(pd.DataFrame(days), None)).placed, seed=1)


def _phases() -> pd.DataFrame:
    return pd.read_csv(PLAN / "phases.csv").query("plan == 'new_year'")


def _year() -> pd.DataFrame:
    return seasonal(range(2019, 2022), 0.1, np.random.default_rng(1))[0]


def _rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


PICTURES: Pictures = {
    "BacktestResult.plot": lambda _: _tested().plot,
    "Comparison.plot": lambda _: compare(_tested()).plot,
    "ErrorChange.plot": lambda _: change(_rng(9), (6, 5, 6), 0.8, 0.7).plot,
    "FestivalProfile.plot": lambda _: made(DATES).plot,
    "ForecastResult.plot": lambda _: _ahead().plot,
    "HourProfile.plot": lambda _: hour_profile(orders(30, _rng(7)), rng=_rng(1)).plot,
    "OverrideValue.plot": lambda _: _judged().plot,
    "Pacing.plot": lambda _: _paced().plot,
    "PhaseAligned.plot": lambda _: _aligned().plot,
    "PhaseCheck.plot": lambda _: check_phases(_phases(), 2026).plot,
    "Plan.plot": lambda _: _plan().plot,
    "PresaleForecast.plot": lambda _: presale_forecast(PAST, 40.0).plot,
    "Section.plot": lambda lang: presale_section(presale_curves(), lang=lang).plot,
    "TargetPlan.plot": lambda _: annual_plan(_year(), target=1000, year=2022).plot,
}
