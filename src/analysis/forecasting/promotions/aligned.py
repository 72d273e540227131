"""Two years of an event compared, day of phase beside day of phase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.base import formats
from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, MUTED, label_ends
from analysis.forecasting.plots import new_axes, quantities
from analysis.forecasting.promotions.calendar import phase_days, phases
from analysis.forecasting.promotions.charts import phase_words
from analysis.stats import moving_block_indices, percentile

LEAST_DAYS = 5
"""Days in both years below which a ratio of sums gets no interval."""


@dataclass(frozen=True)
class PhaseAligned:
    """Sales of two years of an event, day of phase beside day of phase.

    Attributes:
        event: Event.
        platform: Platform.
        years: Last year and this year.
        days: ``phase, day`` (1-based), dates and sales of both years, ``change`` as a share; NaN
            where a year has no such day or no value.
        changes: Per phase and for all of them (``phase`` is ``all``): ``days`` compared, sales of
            both years on those days, ``change, lo, hi`` (95 % moving-block bootstrap over days,
            blocks of ``n^(1/3)``), ``no_interval`` the reason where there is none.
        alone: Phases that only one of the years has, and so not compared.
    """

    event: str
    platform: str
    years: tuple[int, int]
    days: pd.DataFrame
    changes: pd.DataFrame
    alone: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Changes by phase, the whole event last."""
        return self.changes

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Both years on one axis of phase days, phases named above it."""
        axes = new_axes(ax)
        last, this = self.years
        place = np.arange(1, len(self.days) + 1)
        ends = []
        for column, year, color in (("last_year", last, CONTEXT), ("this_year", this, ACCENT)):
            values = self.days[column].to_numpy(dtype=float)
            for _, rows in self.days.groupby("phase", sort=False):
                axes.plot(
                    place[rows.index], values[rows.index], color=color, marker="o", markersize=3
                )
            known = np.flatnonzero(~np.isnan(values))
            ink = MUTED if color == CONTEXT else color
            ends.append((float(place[-1]), float(values[known[-1]]), str(year), ink))
        axes.set_ylim(bottom=0)
        say = translator(lang)
        words = phase_words(lang)
        for row, (name, rows) in enumerate(self.days.groupby("phase", sort=False)):
            first = float(rows.index[0]) + 0.5
            # Names of short phases stand in two rows, the last ones before their line.
            late = first > 0.75 * len(self.days)
            axes.axvline(first, color=CONTEXT, linewidth=0.7, linestyle=(0, (4, 3)))
            axes.annotate(
                words.get(str(name), str(name)), (first, 1.0),
                (-3 if late else 3, 3 + 13 * (row % 2)),
                xycoords=("data", "axes fraction"), textcoords="offset points",
                color=MUTED, fontsize=9.5, ha="right" if late else "left",
                va="bottom", annotation_clip=False,
            )  # fmt: skip
        axes.set_xlabel(say("day of the event, phases aligned"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        quantities(axes, lang)
        label_ends(axes, ends)
        return axes

    def summary(self, lang: str = "en") -> str:
        """One sentence: change on the days that both years have."""
        say = translator(lang)
        row = self.changes.iloc[-1]
        last, this = self.years
        if row["no_interval"]:
            sentence = say(
                "{this} against {last}, phases aligned: {change} on {days} days; too few for an "
                "interval.",
                this=this, last=last, change=formats.signed_percent(row["change"]),
                days=int(row["days"]),
            )  # fmt: skip
        else:
            sentence = say(
                "{this} against {last}, phases aligned: {change} ({lo} to {hi}) on {days} days.",
                this=this, last=last, change=formats.signed_percent(row["change"]),
                lo=formats.signed_percent(row["lo"]), hi=formats.signed_percent(row["hi"]),
                days=int(row["days"]),
            )  # fmt: skip
        if not self.alone:
            return sentence
        words = phase_words(lang)
        names = ("、" if lang == "zh" else ", ").join(words.get(a, a) for a in self.alone)
        other = say("Not compared, as only one year has it: {names}.", names=names)
        return say("{one} {other}", one=sentence, other=other)


def phase_aligned(
    frame: pd.DataFrame,
    calendar: pd.DataFrame,
    event: str,
    years: tuple[int, int],
    platform: str,
    *,
    seed: int = 0,
    draws: int = 2000,
) -> PhaseAligned:
    """Compare daily sales of two years by day of phase instead of by date.

    Days that one year's phase has and the other's has not are shown but not compared.

    Args:
        frame: ``ds, y`` daily; several series (``unique_id``) are added up.
        calendar: As :data:`PROMO_CALENDAR` promises.
        event: Event.
        years: Last year and this year.
        platform: Platform.
        seed: Of the bootstrap.
        draws: Bootstrap samples.

    Raises:
        InputError: If a year is unknown, the frame has no sales in one of the years' phases, or
            the years have no phase in common.
    """
    absent = [name for name in ("ds", "y") if name not in frame.columns]
    if absent:
        raise InputError(f"sales: found no column {', '.join(absent)}, expected ds and y")
    last, this = (phase_days(phases(calendar, event, year, platform)) for year in years)
    common = [name for name in this if name in last]
    if not common:
        raise InputError(
            f"{event} on {platform}: found phases {', '.join(last)} in {years[0]} and "
            f"{', '.join(this)} in {years[1]}, expected one in common"
        )
    by_day = frame.assign(ds=pd.to_datetime(frame["ds"]).dt.normalize())
    sales = by_day.groupby("ds")["y"].sum(min_count=1).astype("float64")
    parts = []
    for name in common:
        length = max(len(last[name]), len(this[name]))
        both = [days[name].to_series().reset_index(drop=True) for days in (last, this)]
        stamps = [one.reindex(range(length)) for one in both]
        values = [one.map(sales).astype("float64") for one in stamps]
        parts.append(
            pd.DataFrame(
                {
                    "phase": name, "day": range(1, length + 1),
                    "last_date": stamps[0], "this_date": stamps[1],
                    "last_year": values[0], "this_year": values[1],
                }
            )
        )  # fmt: skip
    days = pd.concat(parts, ignore_index=True)
    for column, year in (("last_year", years[0]), ("this_year", years[1])):
        if days[column].isna().all():
            raise InputError(
                f"sales: found none in the phases of {event} {year} on {platform}, expected days "
                f"between {days['last_date'].min():%Y-%m-%d} and {days['this_date'].max():%Y-%m-%d}"
            )
    days["change"] = days["this_year"] / days["last_year"].where(days["last_year"] > 0) - 1
    rng = np.random.default_rng(seed)
    groups = [(name, days[days["phase"] == name]) for name in common]
    changes = pd.DataFrame([_change(name, rows, rng, draws) for name, rows in groups])
    whole = pd.DataFrame([_change("all", days, rng, draws)])
    alone = tuple(dict.fromkeys(n for n in (*last, *this) if n not in common))
    table = pd.concat([changes, whole], ignore_index=True)
    return PhaseAligned(event, platform, years, days, table, alone)


def _change(
    name: str, rows: pd.DataFrame, rng: np.random.Generator, draws: int
) -> dict[str, object]:
    """Ratio of sums less 1, over days known in both years, with a moving-block interval."""
    pairs = rows[["last_year", "this_year"]].dropna().to_numpy(dtype=np.float64)
    total = pairs.sum(axis=0)
    change = total[1] / total[0] - 1 if len(pairs) and total[0] > 0 else np.nan
    out: dict[str, object] = {
        "phase": name,
        "days": len(pairs),
        "last_year": total[0],
        "this_year": total[1],
    }
    if len(pairs) < LEAST_DAYS or np.isnan(change):
        reason = f"fewer than {LEAST_DAYS} days in both years"
        return {**out, "change": change, "lo": np.nan, "hi": np.nan, "no_interval": reason}
    drawn = moving_block_indices(len(pairs), round(len(pairs) ** (1 / 3)), draws, rng)
    sums = pairs[drawn].sum(axis=1)
    lo, hi = percentile(sums[:, 1] / np.where(sums[:, 0] > 0, sums[:, 0], np.nan) - 1)
    return {**out, "change": change, "lo": lo, "hi": hi, "no_interval": ""}
