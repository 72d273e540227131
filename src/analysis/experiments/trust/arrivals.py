"""Did users arrive as planned: in the planned shares, in one arm each, on every day?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from analysis.base.errors import InputError
from analysis.experiments.dirichlet import shares_of
from analysis.experiments.srm import SampleRatio, decisive_p
from analysis.experiments.trust.check import (
    WARN,
    Check,
    Status,
    checked_frame,
    not_checked,
    status_of,
)

CROSSED = 0.01
"""Share of users in several arms above which a test is broken (the default of GrowthBook's health
check); they dilute the effect and, taken out, may unbalance the arms (Fabijan et al. 2019)."""


def sample_ratio(result: SampleRatio) -> Check:
    """Whether users arrived in the planned shares.

    Failed below p = 0.001, by the chi-square or, where looks were given, by the anytime-valid test
    at any of them; a warning below 0.01.

    Args:
        result: Of :func:`analysis.experiments.srm.srm`.
    """
    row = result.furthest
    facts: dict[str, str | float] = {
        "arm": str(row["arm"]),
        "deviation": float(row["deviation"]),
        "share": float(row["share"]),
        "planned": float(row["planned"]),
        "p": result.p_value,
    }
    status = "failed" if result.mismatch else status_of(result.p_value)
    why = {"failed": "mismatch", "warning": "near mismatch", "passed": "as planned"}[status]
    running = result.running
    if status == "failed" and not result.p_value < result.threshold and running is not None:
        why, facts["p"] = "mismatch at a look", running.p
    return Check("sample ratio", status, why, result.frame, facts)


def several_arms(total: int, crossed: int, pairs: pd.DataFrame | None = None) -> Check:
    """Whether users were counted in more than one arm.

    Failed from 1 % of users on, a warning below: they should be left out of all arms, and the
    sample ratio tested without them.

    Args:
        total: Different users.
        crossed: Those in more than one arm.
        pairs: ``arm, other, users``: by pair of arms; a user in three arms is in three pairs.

    Raises:
        InputError: If there are more users in several arms than users.
    """
    if not 0 <= crossed <= total or not total:
        raise InputError(f"users in several arms: found {crossed} of {total} users")
    columns = ["arm", "other", "users"]
    if pairs is not None and not set(columns) <= set(pairs.columns):
        raise InputError(f"pairs: found {', '.join(pairs.columns)}, expected {', '.join(columns)}")
    detail = pd.DataFrame(columns=columns) if pairs is None else pairs[columns].copy()
    detail["share"] = detail["users"].astype(np.float64) / total
    share = crossed / total
    facts = {"users": float(crossed), "share": share}
    if not crossed:
        return Check("several arms", "passed", "one arm each", detail, facts)
    failed = share >= CROSSED
    why = "many crossed" if failed else "some crossed"
    return Check("several arms", "failed" if failed else "warning", why, detail, facts)


def strata_balance(users: pd.DataFrame) -> Check:
    """Whether the arms have the strata in the same shares.

    Strata are known before the assignment, so arms differ in them by chance only; otherwise the
    assignment depends on them. Failed below p = 0.001 of the chi-square test, a warning below 0.01.

    Args:
        users: One row a stratum, one column an arm: users. Empty strata are left out.
    """
    counts = users.fillna(0).to_numpy(np.float64)
    counts = counts[counts.sum(axis=1) > 0]
    if len(counts) < 2 or (counts.sum(axis=0) == 0).any():
        return not_checked("strata", "no data")
    p = float(stats.chi2_contingency(counts, correction=False).pvalue)
    status = status_of(p)
    why = {"failed": "unlike", "warning": "hardly alike", "passed": "alike"}[status]
    return Check("strata", status, why, users.reset_index(), {"p": p})


def event_times(total: int, early: int) -> Check:
    """Whether every event lies after the assignment of its user.

    Failed from 1 % of rows on, a warning below: what happened before cannot be an effect, and says
    that assignments were recorded late.

    Args:
        total: Rows with both times.
        early: Those whose event is older than the assignment.

    Raises:
        InputError: If there are more early rows than rows.
    """
    if not 0 <= early <= total or not total:
        raise InputError(f"events before their assignment: found {early} of {total} rows")
    share = early / total
    status: Status = "failed" if share >= CROSSED else "warning" if early else "passed"
    why = {"failed": "many early", "warning": "some early", "passed": "none early"}[status]
    facts = {"rows": float(early), "share": share}
    return Check("event times", status, why, pd.DataFrame(), facts)


def missing_days(days: pd.DataFrame, weights: Mapping[str, float] | None = None) -> Check:
    """Whether users arrived on every day, in the planned shares.

    Every day's shares are tested as the sample ratio is, and the p-values adjusted for the number
    of days (Benjamini & Hochberg 1995). Failed if a day's is below 0.001: an arm was off, or lost
    its log, on that day. A warning below 0.01, and for days without any user between the first
    and the last: they are missing alike in all arms, which biases nothing but may hide a failure.

    Args:
        days: ``day, variant, n``: new users; also with ``metric`` (the largest ``n`` of a day and
            variant counts). A variant without a row on a day has no user on it.
        weights: Arm → planned weight; equal when None.

    Raises:
        InputError: If a column is missing or weights do not fit the arms.
    """
    by_metric = ["metric"] if "metric" in days.columns else []
    rows = checked_frame(
        days, "days", ("day", "variant", *by_metric, "n"), ("day", "variant", *by_metric)
    )
    rows = rows.assign(day=pd.to_datetime(rows["day"]).dt.normalize())
    counts = rows.groupby(["day", "variant"])["n"].max().unstack(fill_value=0)
    if counts.empty or len(counts.columns) < 2:
        return not_checked("missing days", "one arm")
    arms = [str(name) for name in counts.columns]
    if weights is not None and set(weights) != set(arms):
        found = ", ".join(sorted(set(weights) ^ set(arms)))
        raise InputError(f"weights: found {found} without a match, expected one of every arm")
    shares = shares_of([1.0 if weights is None else weights[name] for name in arms])
    counts = counts.reindex(pd.date_range(counts.index[0], counts.index[-1], name="day"))
    n = counts.fillna(0).to_numpy(np.float64)
    total = n.sum(axis=1)
    p = np.array([decisive_p(row, shares) for row in n])
    adjusted = np.ones(len(p))
    adjusted[total > 0] = stats.false_discovery_control(p[total > 0])
    with np.errstate(invalid="ignore"):
        gap = n / total[:, None] / shares - 1
    # Of two arms that are as far off, the one with too few users is the one to look at.
    worst = np.argmax(np.nan_to_num(np.abs(gap) + 1e-9 * (gap < 0)), axis=1)
    detail = pd.DataFrame(n.astype(np.int64), columns=arms)
    detail.insert(0, "day", counts.index)
    detail = detail.assign(
        furthest=np.array(arms, dtype=object)[worst],
        deviation=gap[np.arange(len(gap)), worst],
        p=p,
        p_adjusted=adjusted,
        missing=total == 0,
    )
    bad, none = adjusted < WARN, int((total == 0).sum())
    facts: dict[str, str | float] = {
        "days": float(len(n)), "missing": float(none), "odd": float(bad.sum())
    }  # fmt: skip
    if bad.any():
        at = int(np.argmin(adjusted))
        day = detail["day"].iloc[at]
        facts |= {"day": day.date().isoformat(), "arm": str(detail["furthest"].iloc[at])}
        facts |= {"deviation": float(detail["deviation"].iloc[at]), "p": float(adjusted[at])}
        return Check("missing days", status_of(float(adjusted[at])), "odd days", detail, facts)
    if none:
        facts["day"] = detail.loc[detail["missing"], "day"].iloc[0].date().isoformat()
        return Check("missing days", "warning", "empty days", detail, facts)
    return Check("missing days", "passed", "every day", detail, facts)
