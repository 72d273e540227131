"""Intraclass correlations of ratings: six forms with their intervals.

Shrout & Fleiss (1979), Psychological Bulletin 86:420–428.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from analysis.base.errors import InputError
from analysis.swot.interval import (
    LEVEL,
    NO_SPREAD,
    ONE_ITEM,
    ONE_RATER,
    OPEN,
    PERFECT,
    Interval,
    undefined,
)

Floats = NDArray[np.float64]
FORMS = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")
FISHER = "F"
DUST = 1e-14
"""Share of all variance below which a mean square is rounding."""
Row = tuple[str, float, float, float, float, float, float, float, str]


def complete_table(ratings: ArrayLike, what: str) -> Floats:
    """Raters by items; refused where ratings are missing."""
    values = np.asarray(ratings, dtype=np.float64)
    if values.ndim != 2:
        raise ValueError(f"ratings: found {values.ndim} dimensions, expected raters by items")
    if not np.isfinite(values).all():
        missing = int((~np.isfinite(values)).sum())
        raise InputError(
            f"{what}: found {missing} missing ratings, expected every rater to rate every item; "
            "Krippendorff's alpha takes missing ones"
        )
    return values


def f_bounds(f: float, df1: float, df2: float, confidence: float) -> tuple[float, float]:
    """Bounds of the ratio of mean squares in the population."""
    upper = 0.5 + confidence / 2
    return f / stats.f.ppf(upper, df1, df2), f * stats.f.ppf(upper, df2, df1)


@dataclass(frozen=True)
class Intraclass:
    """Six intraclass correlations.

    Attributes:
        frame: One row a form: ``form, value, lo, hi, f, df1, df2, p_value, why``. ICC1: every item
            by other raters; ICC2: raters are a sample, their levels count (absolute agreement);
            ICC3: these raters only (consistency); with ``k`` of the mean of the raters.
        raters: Number of raters.
        items: Number of items.
        confidence: Of the intervals.
    """

    frame: pd.DataFrame
    raters: int
    items: int
    confidence: float

    def interval(self, form: str) -> Interval:
        """Estimate and interval of one form."""
        row = self.frame.to_dict("records")[FORMS.index(form)]
        if row["why"]:
            return undefined(float(row["value"]), self.confidence, FISHER, str(row["why"]))
        return Interval(
            float(row["value"]), float(row["lo"]), float(row["hi"]), self.confidence, FISHER
        )


def icc(ratings: ArrayLike, *, confidence: float = 0.95) -> Intraclass:
    """Intraclass correlations of ratings, all six forms.

    Args:
        ratings: ``(raters, items)``, complete.
        confidence: Of the intervals.

    Raises:
        InputError: If ratings are missing.
    """
    x = complete_table(ratings, "intraclass correlation").T
    n, k = x.shape
    if n < 2 or k < 2:
        why = ONE_RATER if k < 2 else ONE_ITEM
        nan = math.nan
        rows: list[Row] = [(form, nan, nan, nan, nan, nan, nan, nan, why) for form in FORMS]
        return Intraclass(_icc_frame(rows), k, n, confidence)
    items, raters = x.mean(axis=1), x.mean(axis=0)
    grand = x.mean()
    rest = x - items[:, None] - raters[None, :] + grand
    bms = k * float(((items - grand) ** 2).sum()) / (n - 1)
    jms = n * float(((raters - grand) ** 2).sum()) / (k - 1)
    ems = float((rest**2).sum()) / ((n - 1) * (k - 1))
    dust = DUST * (bms + jms + ems) + float(np.finfo(float).tiny)
    bms, jms, ems = (0.0 if ms < dust else ms for ms in (bms, jms, ems))
    wms = (jms * (k - 1) + ems * (n - 1) * (k - 1)) / (n * (k - 1))
    within, left = n * (k - 1), (n - 1) * (k - 1)
    rows = []
    for form, ms, df2 in (("ICC1", wms, within), ("ICC3", ems, left)):
        value = _ratio(bms - ms, bms + (k - 1) * ms)
        lower, upper = f_bounds(_ratio(bms, ms), n - 1, df2, confidence)
        one, two = (_ratio(f - 1, f + k - 1) for f in (lower, upper))
        rows.append(_icc_row(form, value, one, two, bms, ms, n - 1, df2))
        one, two = (_ratio(f - 1, f) for f in (lower, upper))
        rows.append(_icc_row(f"{form}k", _ratio(bms - ms, bms), one, two, bms, ms, n - 1, df2))
    value = _ratio(bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n)
    lo, hi = _icc2_bounds(value, bms, jms, ems, n, k, confidence)
    total = bms + (jms - ems) / n
    # Less than nothing is left to explain: the mean's formula has a pole there.
    average = _ratio(bms - ems, total) if total > DUST * (bms + jms + ems) else math.nan
    rows.append(_icc_row("ICC2", value, lo, hi, bms, ems, n - 1, left))
    if bms > 0 and (min(lo, hi) <= -1 / (k - 1) or (total <= 0 < ems)):
        # So do its bounds: beyond it they would jump to values above 1.
        f, p = _ratio(bms, ems), rows[-1][7]
        open_below = ("ICC2k", average, math.nan, math.nan, f, n - 1, left, p, OPEN)
        rows.append(open_below)
    else:
        lo, hi = (_ratio(k * bound, 1 + (k - 1) * bound) for bound in (lo, hi))
        rows.append(_icc_row("ICC2k", average, lo, hi, bms, ems, n - 1, left))
    rows.sort(key=lambda row: FORMS.index(row[0]))
    return Intraclass(_icc_frame(rows), k, n, confidence)


def _icc2_bounds(
    rho: float, bms: float, jms: float, ems: float, n: int, k: int, confidence: float
) -> tuple[float, float]:
    """Bounds of ICC2 with Satterthwaite's degrees of freedom."""
    f = _ratio(jms, ems)
    if math.isnan(rho) or (math.isnan(f) and not ems):
        return math.nan, math.nan
    if math.isinf(f):
        df = float(k - 1)
    else:
        a, b = k * rho * f, n * (1 + (k - 1) * rho) - k * rho
        df = _ratio((k - 1) * (n - 1) * (a + b) ** 2, (n - 1) * a**2 + b**2)
    upper = 0.5 + confidence / 2
    one, other = stats.f.ppf(upper, n - 1, df), stats.f.ppf(upper, df, n - 1)
    rest = k * jms + (k * n - k - n) * ems
    lo = _ratio(n * (bms - one * ems), one * rest + n * bms)
    hi = _ratio(n * (other * bms - ems), rest + n * other * bms)
    return lo, hi


def _ratio(a: float, b: float) -> float:
    if math.isinf(a) and math.isinf(b):
        return math.nan
    if b == 0:
        return math.nan if a == 0 else math.copysign(math.inf, a)
    return a / b


def _icc_row(
    form: str, value: float, lo: float, hi: float, ms: float, error: float, df1: int, df2: int
) -> Row:
    f, nan = _ratio(ms, error), math.nan
    p = float(special.fdtrc(df1, df2, f)) if math.isfinite(f) else (0.0 if f > 0 else nan)
    if not math.isfinite(value):
        return form, nan, nan, nan, f, df1, df2, p, NO_SPREAD
    if ms == 0:
        return form, value, nan, nan, f, df1, df2, p, LEVEL
    if not (math.isfinite(lo) and math.isfinite(hi)):
        return form, value, nan, nan, f, df1, df2, p, PERFECT if value >= 1 else NO_SPREAD
    return form, value, min(lo, value), max(hi, value), f, df1, df2, p, ""


def _icc_frame(
    rows: list[Row],
) -> pd.DataFrame:
    names = ["form", "value", "lo", "hi", "f", "df1", "df2", "p_value", "why"]
    return pd.DataFrame(rows, columns=names)
