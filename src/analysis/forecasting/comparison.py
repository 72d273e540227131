"""Did the model beat another one on the same past dates? Paired comparison of errors.

Losses are absolute errors as shares of what came, so that differences are differences of WAPE;
per series they are averaged over the path from an origin, for the panel over its series too, so
that errors which series share at an origin count once. Tests: :mod:`analysis.forecasting.paired`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.base.schema import Column, TableSchema
from analysis.forecasting import scoring
from analysis.forecasting.backtest import BacktestResult
from analysis.forecasting.paired import Floats, PairedTest, diebold_mariano, overlap_of
from analysis.forecasting.words_comparison import comparison_sentence, reasons
from analysis.stats.multiplicity import holm

EARLIER = "earlier"
KEY = ["unique_id", "cutoff", "ds"]


@dataclass(frozen=True)
class Comparison:
    """A model against another one, on the same dates.

    Attributes:
        frame: One row a series: ``unique_id``, WAPE of both, the fields of :class:`PairedTest`,
            and ``p_holm``, adjusted for the number of series.
        panel: Over all series: errors averaged within an origin, tested over origins.
        losses: ``cutoff, difference``: what the panel's test is made of.
        model: Name of the model judged.
        rival: Name of the other; ``earlier`` for forecasts that were given.
        step: Step ahead that is compared; None for the whole path.
        wape: WAPE of both over all series.
    """

    frame: pd.DataFrame
    panel: PairedTest
    losses: pd.DataFrame
    model: str
    rival: str
    step: int | None
    wape: tuple[float, float]

    def counts(self) -> tuple[int, int, int]:
        """Series judged; clearly better; clearly worse (Holm's p below 5 %)."""
        clear = self.frame["p_holm"] < 0.05
        better = int((clear & (self.frame["difference"] < 0)).sum())
        judged = int(self.frame["p"].notna().sum())
        return judged, better, int(clear.sum()) - better

    def table(self, lang: str = "en") -> pd.DataFrame:
        """All series first, then each, the least gained first; the reason in words."""
        first = {"WAPE": self.wape[0], "rival WAPE": self.wape[1], **asdict(self.panel)}
        whole = pd.DataFrame([{"unique_id": "", **first, "p_holm": np.nan}])
        each = self.frame.sort_values("difference", ascending=False, kind="stable")
        frame = pd.concat([whole, each], ignore_index=True)
        say = translator(lang)
        frame.loc[0, "unique_id"] = say("all series")
        frame["reason"] = frame["reason"].map(reasons(say))
        return frame.astype({"unique_id": "str", "reason": "str"})

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Difference of errors by past date, with the mean and its interval."""
        from analysis.forecasting.plots_comparison import differences

        return differences(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """One sentence: whether the error is lower, and how sure that is (``lang`` en or zh)."""
        return comparison_sentence(self, lang)


EARLIER_FORECASTS = TableSchema(
    columns=(
        Column("unique_id", "text", description="name of the series"),
        Column("ds", "datetime", description="date that was forecast"),
        Column("mean", "number", description="the forecast"),
    ),
    key=("unique_id", "ds"),
    name="earlier forecasts",
)
"""Forecasts of the last process, made no later than the past dates they are judged at."""


def earlier_rows(result: BacktestResult, earlier: pd.DataFrame) -> pd.DataFrame:
    """Forecasts made earlier by another process, beside the dates of a backtest.

    Args:
        result: The backtest.
        earlier: ``unique_id, ds, mean`` and optionally ``cutoff``. Without it the one forecast of
            a date stands for every origin: compare it only if it was made no later than they were.

    Returns:
        ``unique_id, cutoff, ds, mean``, on dates that both have.

    Raises:
        InputError: If a column is missing or twice filled, or no date is shared.
    """
    absent = [name for name in ("unique_id", "ds", "mean") if name not in earlier.columns]
    if absent:
        raise InputError(
            f"earlier: found no column {absent[0]!r}, expected unique_id, ds, mean[, cutoff]"
        )
    on = [name for name in KEY if name in earlier.columns]
    given = earlier[[*on, "mean"]].dropna()
    clean = given.assign(mean=pd.to_numeric(given["mean"], errors="coerce"))
    for name in on[1:]:
        dates = pd.to_datetime(given[name], errors="coerce", format="mixed")
        clean[name] = dates.astype(result.frame[name].dtype)
    for name, wanted in (("mean", "a number"), *((name, "a date") for name in on[1:])):
        wrong = given.loc[clean[name].isna(), name]
        if len(wrong):
            found = repr(wrong.iloc[0])
            raise InputError(f"earlier: column {name!r}: found {found}, expected {wanted}")
    given = clean.astype({"unique_id": "str", "mean": "float64"})
    twice = given[given.duplicated(on)]
    if len(twice):
        found = ", ".join(str(value) for value in twice.iloc[0][on])
        raise InputError(f"earlier: found {found} twice, expected one forecast each")
    own = result.frame.loc[result.frame["model"] == result.model, KEY]
    rows = own.merge(given, on=on, how="inner")
    if rows.empty:
        raise InputError("earlier: found no series and date in common with the test")
    return rows[[*KEY, "mean"]]


def _losses(
    result: BacktestResult, rival: str, step: int | None, earlier: pd.DataFrame | None
) -> pd.DataFrame:
    """``unique_id, cutoff, ds, own, other, size``: absolute errors of both and ``|y|``."""
    frame = result.frame.assign(step=scoring.steps_ahead(result.frame))
    if step is not None:
        frame = frame[frame["step"] == step]
    own = frame[frame["model"] == result.model]
    if earlier is not None:
        other = earlier_rows(result, earlier)
    else:
        other = frame.loc[frame["model"] == rival, [*KEY, "mean"]]
    both = own[[*KEY, "y", "mean"]].merge(other, on=KEY, suffixes=("", "_other"))
    return both[KEY].assign(
        own=(both["y"] - both["mean"]).abs(),
        other=(both["y"] - both["mean_other"]).abs(),
        size=both["y"].abs(),
    )


def _by_origin(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Mean difference, last date, and sums of both errors and of sizes, by origin, in order."""
    return (
        rows.assign(difference=rows["own"] - rows["other"])
        .groupby(by)
        .agg(
            difference=("difference", "mean"), last=("ds", "max"), n=("ds", "size"),
            own=("own", "sum"), other=("other", "sum"), size=("size", "sum"),
        )
        .reset_index()
    )  # fmt: skip


def _tested(origins: pd.DataFrame) -> tuple[PairedTest, Floats, tuple[float, float]]:
    """Test the origins of one series or of the panel; the losses and both WAPE."""
    cutoffs, last = origins["cutoff"].to_numpy(), origins["last"].to_numpy()
    overlap, total = overlap_of(cutoffs, last), float(origins["size"].sum())
    if len(origins) and not total > 0:
        nothing = (np.nan,) * 5
        test = PairedTest(*nothing, len(origins), overlap, 0, "", "nothing came")
        return test, np.full(len(origins), np.nan), (np.nan, np.nan)
    unit = total / max(float(origins["n"].sum()), 1.0) or np.nan
    losses = origins["difference"].to_numpy(np.float64) / unit
    shares = (float(origins[name].sum()) / (total or np.nan) for name in ("own", "other"))
    one, other = shares
    return diebold_mariano(losses, overlap), losses, (one, other)


def _by_series(rows: pd.DataFrame) -> Iterator[dict[str, object]]:
    origins = _by_origin(rows, ["unique_id", "cutoff"])
    for name, mine in origins.groupby("unique_id"):
        test, _, (own, other) = _tested(mine)
        fields = {field: getattr(test, field) for field in PairedTest.__dataclass_fields__}
        yield {"unique_id": name, "WAPE": own, "rival WAPE": other, **fields}


def compare(
    result: BacktestResult,
    rival: str = scoring.NAIVE,
    *,
    step: int | None = None,
    earlier: pd.DataFrame | None = None,
) -> Comparison:
    """Compare the model of a backtest with another one, on the same origins and dates.

    Args:
        result: The backtest.
        rival: A benchmark of it; not looked at if ``earlier`` is given.
        step: One step ahead; the mean over the whole path when None.
        earlier: Forecasts of the last process; see :func:`earlier_rows`.

    Raises:
        InputError: If the rival or the step is not in the backtest, or ``earlier`` does not fit.
    """
    known = set(result.frame["model"])
    if result.tested and earlier is None and rival not in known:
        raise InputError(f"rival: found {rival!r}, expected one of {', '.join(sorted(known))}")
    rows = _losses(result, rival, step, earlier)
    if rows.empty and result.tested:
        raise InputError(f"step: found {step}, expected a step of the horizon, 1 the first")
    origins = _by_origin(rows, ["cutoff"])
    panel, losses, wape = _tested(origins)
    names = ["unique_id", "WAPE", "rival WAPE", *PairedTest.__dataclass_fields__]
    frame = pd.DataFrame(list(_by_series(rows)), columns=names).astype({"unique_id": "str"})
    frame["p_holm"] = holm(frame["p"].to_numpy(np.float64))
    name = rival if earlier is None else EARLIER
    shown = origins[["cutoff"]].assign(difference=losses)
    return Comparison(frame, panel, shown, result.model, name, step, wape)
