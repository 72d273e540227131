"""Does the effect change with the days, and do days scatter as their users do?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.experiments.trust.by_day import EffectByDay
from analysis.experiments.trust.check import FAIL, WARN, Check, not_checked
from analysis.experiments.trust.trend import LEAST_EVENTS
from analysis.stats.multiplicity import holm


def _rows(effects: Sequence[EffectByDay]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "metric": [effect.metric for effect in effects],
            "arm": [effect.arm for effect in effects],
            "scale": [effect.scale for effect in effects],
            "overall": [effect.overall for effect in effects],
            "trend": [effect.trend.value for effect in effects],
            "lo": [effect.trend.lo for effect in effects],
            "hi": [effect.trend.hi for effect in effects],
            "trend_p": [effect.trend_p for effect in effects],
            "early": [effect.early for effect in effects],
            "late": [effect.late for effect in effects],
            "thirds_p": [effect.thirds_p for effect in effects],
            "scatter_p": [effect.scatter_p for effect in effects],
            "events_a_day": [effect.daily for effect in effects],
            "reason": [effect.reason for effect in effects],
        }
    )


def novelty(effects: Sequence[EffectByDay]) -> Check:
    """Whether an effect fades (novelty) or grows (learning) over the days.

    A warning if the least Holm-adjusted p-value of all trends and of all comparisons of the first
    with the last third is below 0.01; never a failure: the comparison stands, but the effect of
    all days is not the one that will last, and the test should run on.

    Args:
        effects: Of :func:`analysis.experiments.trust.effect_by_day`, one an arm and metric.
    """
    detail = _rows(effects)
    tested = detail[detail["reason"] == ""]
    if tested.empty:
        why = str(detail["reason"].iloc[0]) if len(detail) else "no data"
        return not_checked("novelty", why, detail)
    p = tested[["trend_p", "thirds_p"]].to_numpy(np.float64)
    adjusted = holm(p.ravel()).reshape(p.shape).min(axis=1)
    row, least = tested.iloc[int(np.argmin(adjusted))], float(adjusted.min())
    facts: dict[str, str | float] = {
        name: str(row[name]) for name in ("metric", "arm", "scale")
    } | {name: float(row[name]) for name in ("overall", "trend", "early", "late")}
    facts |= {"p": least, "tests": float(p.size)}
    if least >= WARN:
        return Check("novelty", "passed", "steady", detail, facts)
    early, late = float(row["early"]), float(row["late"])
    crossed = early * late < 0
    why = "turns" if crossed else "fades" if abs(late) < abs(early) else "grows"
    return Check("novelty", "warning", why, detail, facts)


def day_variance(effects: Sequence[EffectByDay]) -> Check:
    """Whether the differences of days scatter no more than the variances of users explain.

    They scatter more where users are not the independent units they are taken for: assigned by
    session or store, counted again, hit by bots. The intervals are then too narrow, the error that
    A/A tests show (Kohavi, Tang & Xu 2020, chapters 18 and 19). A warning below p = 0.001
    (Holm over metrics and arms): an effect that itself moves by weekday has the same look.

    Args:
        effects: Of :func:`analysis.experiments.trust.effect_by_day`, one an arm and metric.
    """
    detail = _rows(effects)
    # The chi-square of the days needs days whose differences are about normal.
    enough = (detail["scale"] == "difference") | (detail["events_a_day"] >= LEAST_EVENTS)
    tested = detail[(detail["reason"] == "") & enough]
    if tested.empty:
        return not_checked("day-to-day variance", "too few events a day", detail)
    adjusted = holm(tested["scatter_p"].to_numpy(np.float64))
    at = int(np.argmin(adjusted))
    row = tested.iloc[at]
    effect = effects[int(row.name)]  # type: ignore[call-overload]
    facts: dict[str, str | float] = {
        "metric": str(row["metric"]),
        "arm": str(row["arm"]),
        "times": float(np.sqrt(effect.scatter / effect.scatter_df)),
        "p": float(adjusted[at]),
    }
    if adjusted[at] < FAIL:
        return Check("day-to-day variance", "warning", "days scatter", detail, facts)
    return Check("day-to-day variance", "passed", "as users do", detail, facts)
