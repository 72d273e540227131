"""Panels of the benchmark: shipped ones, shared ones where they are there, any file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
PROCESSED = ROOT / "data" / "processed"
SHARED = Path(os.environ.get("ANALYSIS_SHARED_DATA", ROOT.parent / "shared" / "data"))
KEY = ["unique_id", "ds"]
SEASONS = {"h": 24, "D": 7, "B": 5, "W": 52, "M": 12, "Q": 4, "Y": 1}


@dataclass(frozen=True)
class Case:
    """A panel to forecast.

    Attributes:
        name: Of the panel.
        frame: ``unique_id, ds, y`` and columns known ahead.
        horizon: Periods held out at the end of each window.
        backs: Periods cut off the end of every series before a window begins, one a window.
    """

    name: str
    frame: pd.DataFrame
    horizon: int
    backs: tuple[int, ...] = (0,)

    @property
    def freq(self) -> str:
        """Frequency as pandas writes it, of the first series that shows one."""
        for _, dates in self.frame.sort_values(KEY).groupby("unique_id")["ds"]:
            if len(dates) > 2 and (found := pd.infer_freq(pd.DatetimeIndex(dates))):
                return found
        raise SystemExit(f"{self.name}: found no regular dates in any series")

    @property
    def season(self) -> int:
        """Season in periods."""
        return SEASONS.get(self.freq.lstrip("0123456789")[0], 1)

    def windows(self) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        """History and held-out periods of each window; series too short for it are left out."""
        frame = self.frame.sort_values(KEY, ignore_index=True)
        size = frame.groupby("unique_id")["ds"].transform("size")
        left = size - frame.groupby("unique_id").cumcount() - 1
        for back in self.backs:
            enough = size >= back + 2 * self.horizon
            held = enough & (left >= back) & (left < back + self.horizon)
            yield frame[enough & (left >= back + self.horizon)], frame[held]


def sampled(frame: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """At most ``count`` series, drawn by seed."""
    names = np.sort(frame["unique_id"].unique().astype(str))
    if len(names) <= count:
        return frame
    chosen = np.random.default_rng(seed).choice(names, count, replace=False)
    return frame[frame["unique_id"].isin(chosen)]


def _stores() -> pd.DataFrame:
    """Stores without a gap: peers that count steps would take the weekdays after it for others."""
    frame = pd.read_parquet(PROCESSED / "rossmann_daily.parquet")
    frame = frame.rename(columns={"store": "unique_id", "date": "ds", "sales": "y"})
    numbers = ["y", "open", "promo", "school_holiday"]
    kept: pd.DataFrame = frame[[*KEY, *numbers]].astype(dict.fromkeys(numbers, "float64"))
    kept = kept.assign(unique_id=frame["unique_id"].astype("str"), ds=pd.to_datetime(frame["ds"]))
    days = kept.groupby("unique_id")["ds"].agg(["min", "max", "size"])
    whole = days.index[(days["max"] - days["min"]).dt.days + 1 == days["size"]]
    return kept[kept["unique_id"].isin(whole)]


def _weekly(frame: pd.DataFrame) -> pd.DataFrame:
    """Weekly totals, weeks ending on Sunday; the first and last may be cut and are left out."""
    weeks = frame.assign(ds=frame["ds"].dt.to_period("W-SUN").dt.start_time)
    total = weeks.groupby(KEY)["y"].sum().reset_index()
    whole: pd.DataFrame = total[
        total["ds"].between(total["ds"].min(), total["ds"].max(), "neither")
    ]
    return whole


def _categories() -> pd.DataFrame:
    """Weekly sales of the 60 largest product categories of the Complete Journey."""
    sales = pd.read_parquet(
        PROCESSED / "cj_transactions.parquet", columns=["product_id", "local_date", "sales_value"]
    )
    products = pd.read_parquet(
        PROCESSED / "cj_products.parquet", columns=["product_id", "product_category"]
    )
    rows = sales.merge(products, on="product_id").dropna().astype({"sales_value": "float64"})
    largest = rows.groupby("product_category")["sales_value"].sum().nlargest(60).index
    rows = rows[rows["product_category"].isin(largest)]
    frame = pd.DataFrame(
        {
            "unique_id": rows["product_category"].astype("str"),
            "ds": pd.to_datetime(rows["local_date"]),
            "y": rows["sales_value"],
        }
    )
    weekly = _weekly(frame)
    every = pd.MultiIndex.from_product([weekly["unique_id"].unique(), weekly["ds"].unique()])
    # A week without a sale is a sale of nothing.
    return weekly.set_index(KEY)["y"].reindex(every.set_names(KEY), fill_value=0.0).reset_index()


def _australia() -> pd.DataFrame:
    frame = pd.read_csv(SHARED / "aus_retail.csv.gz", parse_dates=["Month"])
    names = {"Series ID": "unique_id", "Month": "ds", "Turnover": "y"}
    return frame.rename(columns=names)[[*KEY, "y"]]


def _america() -> pd.DataFrame:
    frame = pd.read_csv(SHARED / "us_retail_sales_monthly.csv", parse_dates=["ds"])
    return frame.assign(unique_id="us")[[*KEY, "y"]]


def _grocer() -> pd.DataFrame:
    frame = pd.read_csv(SHARED / "m5_total_daily.csv", parse_dates=["date"])
    frame = frame.rename(columns={"date": "ds", "sales": "y"}).assign(unique_id="m5")
    known = [c for c in frame.columns if c not in (*KEY, "y")]
    return frame[[*KEY, "y", *known]]


def _china() -> pd.DataFrame:
    parts = [
        pd.read_csv(SHARED / f"china_{what}.csv", parse_dates=["date"]).assign(unique_id=what)
        for what in ("imp", "exp")
    ]
    return pd.concat(parts).rename(columns={"date": "ds", "value": "y"})[[*KEY, "y"]]


@dataclass(frozen=True)
class Source:
    """Where a panel comes from, its file, horizon and windows."""

    read: Callable[[], pd.DataFrame]
    file: Path
    horizon: int
    backs: tuple[int, ...] = (0,)


SOURCES: dict[str, Source] = {
    "aus_retail": Source(_australia, SHARED / "aus_retail.csv.gz", 18, (0, 36, 72)),
    "us_retail": Source(_america, SHARED / "us_retail_sales_monthly.csv", 18, (0, 36, 72)),
    "china_trade": Source(_china, SHARED / "china_imp.csv", 12, (0, 12, 24)),
    "m5_total": Source(_grocer, SHARED / "m5_total_daily.csv", 28, (0, 28, 56)),
    "rossmann_daily": Source(_stores, PROCESSED / "rossmann_daily.parquet", 42),
    "rossmann_weekly": Source(
        lambda: _weekly(_stores()), PROCESSED / "rossmann_daily.parquet", 8, (0, 8)
    ),
    "complete_journey": Source(_categories, PROCESSED / "cj_transactions.parquet", 4, (0, 4, 8)),
}


def from_file(path: Path) -> pd.DataFrame:
    """Read ``unique_id, ds, y`` from CSV or Parquet; further number columns count as known."""
    frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    absent = [name for name in (*KEY, "y") if name not in frame.columns]
    if absent:
        raise SystemExit(f"{path.name}: found no column {absent[0]!r}, expected unique_id, ds, y")
    numbers = frame.select_dtypes(["number"]).columns
    extra = [c for c in numbers if c not in (*KEY, "y")]
    return frame[[*KEY, "y", *extra]].assign(
        unique_id=frame["unique_id"].astype("str"), ds=pd.to_datetime(frame["ds"])
    )


def cases(data: str, horizon: int | None, series: int | None, seed: int) -> Iterator[Case]:
    """Panels that were asked for, or all that are there; one that is not is said to be absent."""
    if data and data not in SOURCES:
        frame = from_file(Path(data))
        if horizon is None:
            raise SystemExit(f"{data}: --horizon is needed: the last periods that are held out")
        yield Case(Path(data).stem, sampled(frame, series or len(frame), seed), horizon)
        return
    for name in [data] if data else list(SOURCES):
        source = SOURCES[name]
        if not source.file.is_file():
            print(f"{name}: left out, {source.file.name} is not there")
            continue
        frame = sampled(source.read(), series or 10**9, seed)
        yield Case(name, frame, horizon or source.horizon, source.backs)
