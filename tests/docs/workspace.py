"""A project folder with small tables under the names that the documentation uses.

The tables are drawn from seeds and made anew by every session; notebooks and shipped data are
the project's own, by links, and reports go into the workspace.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
LINKED = ("data", "notebooks", "requirements.lock")


def build(folder: Path) -> Path:
    """Fill a folder with the links and the tables; return it."""
    folder.mkdir()
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    (folder / "reports").mkdir()
    _sales().to_excel(folder / "sales.xlsx", index=False)
    _events().to_parquet(folder / "events.parquet")
    _plan(folder / "my_plan")
    return folder


def _sales(days: int = 120) -> pd.DataFrame:
    """Daily sales of two shops with a weekly rhythm and promotions known ahead of the sales."""
    rng = np.random.default_rng(20260101)
    dates = pd.date_range("2026-01-05", periods=days, freq="D")
    promo = np.tile([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], days)[:days]
    parts = []
    for shop, level in (("North", 900.0), ("South", 400.0)):
        rhythm = 1 + 0.2 * np.isin(dates.day_of_week, (5, 6)) + 0.3 * promo
        sold = (level * rhythm * rng.lognormal(0, 0.08, days)).round()
        parts.append(pd.DataFrame({"shop": shop, "date": dates, "sales": sold, "promo": promo}))
    return pd.concat(parts, ignore_index=True)


def _events(users: int = 4000) -> pd.DataFrame:
    """One row a user of a test of two arms, B converting better."""
    rng = np.random.default_rng(7)
    arm = rng.permutation(np.repeat(["A", "B"], users // 2))
    bought = rng.random(users) < np.where(arm == "B", 0.16, 0.10)
    revenue = np.where(bought, rng.lognormal(4, 0.5, users), 0).round(2)
    return pd.DataFrame(
        {"user_id": np.arange(users), "variant": arm, "converted": bought * 1, "revenue": revenue}
    )


def _plan(folder: Path) -> None:
    """Three tables of a plan: the shipped ones, the first rows of each."""
    folder.mkdir()
    for name in ("claims", "targets_actuals", "phases"):
        with (ROOT / "data" / "raw" / "plan" / f"{name}.csv").open(encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))[:21]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
