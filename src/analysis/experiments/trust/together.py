"""All checks of a test, in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.errors import InputError, nearest
from analysis.experiments.moments import Moments
from analysis.experiments.srm import srm
from analysis.experiments.trust.arrivals import (
    event_times,
    missing_days,
    sample_ratio,
    several_arms,
    strata_balance,
)
from analysis.experiments.trust.balance import pre_period_balance
from analysis.experiments.trust.by_day import EffectByDay, effect_by_day
from analysis.experiments.trust.check import DAY_COLUMNS, Check, Status, checked_frame, not_checked
from analysis.experiments.trust.novelty import day_variance, novelty
from analysis.experiments.trust.outliers import outlier_influence

ORDER: tuple[Status, ...] = ("failed", "warning", "passed", "not checked")


@dataclass(frozen=True)
class Trust:
    """All checks of a test, the worst first.

    Attributes:
        checks: The checks: failed, warnings, passed, not checked.
        by_day: Effects by day of all arms and metrics, for their figures; empty without days.
    """

    checks: tuple[Check, ...]
    by_day: tuple[EffectByDay, ...]

    @property
    def blocked(self) -> bool:
        """Whether a failed check forbids a verdict."""
        return any(check.status == "failed" for check in self.checks)

    def having(self, status: Status) -> tuple[Check, ...]:
        """Checks with a status."""
        return tuple(check for check in self.checks if check.status == status)

    def __getitem__(self, name: str) -> Check:
        for check in self.checks:
            if check.name == name:
                return check
        raise KeyError(name)

    def table(self) -> pd.DataFrame:
        """``check, status, why``: one row a check, by its name and in codes of :class:`Check`."""
        rows = [(check.name, check.status, check.why) for check in self.checks]
        return pd.DataFrame(rows, columns=["check", "status", "why"]).astype("str")

    def summary(self, lang: str = "en") -> str:
        """Whether a verdict is allowed, and what stands against it (``lang`` en or zh)."""
        from analysis.experiments.trust.words_results import trust_sentence

        return trust_sentence(self, lang)


def trust(
    users: Mapping[str, int],
    control: str,
    *,
    weights: Mapping[str, float] | None = None,
    running: pd.DataFrame | None = None,
    total: int | None = None,
    crossed: int | None = None,
    early: int | None = None,
    strata: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
    days: pd.DataFrame | None = None,
    covariates: pd.DataFrame | None = None,
    joint: Mapping[str, Moments] | None = None,
    cuts: pd.DataFrame | None = None,
    confidence: float = 0.95,
) -> Trust:
    """Check whether a test can be trusted, with what is known of it.

    What is not given is not checked, and says so.

    Args:
        users: Arm → users.
        control: Name of control.
        weights: Arm → planned weight; equal when None.
        running: Running totals of users by look; see :func:`analysis.experiments.srm.srm`.
        total: Different users; the sum of ``users`` when None.
        crossed: Users in more than one arm; see :func:`several_arms`.
        pairs: The same by pair of arms.
        strata: Users by stratum (rows) and arm (columns); see :func:`strata_balance`.
        early: Events older than the assignment of their user; see :func:`event_times`.
        days: ``day, variant, metric, n, mean, variance`` of the users who joined on each day;
            see :func:`missing_days` and :func:`effect_by_day`.
        covariates: ``variant, metric, n, mean, variance``; see :func:`pre_period_balance`.
        joint: Arm → moments of the covariates with their covariances.
        cuts: ``cut, variant, metric, n, mean, variance``; see :func:`outlier_influence`.
        confidence: Level of the intervals.

    Raises:
        InputError: If an input is not what its check expects.
    """
    if control not in users:
        raise InputError(f"control: found {control!r}; {nearest(control, users)}")
    checks = [sample_ratio(srm(users, weights, running=running))]
    if crossed is None:
        checks.append(not_checked("several arms", "no data"))
    else:
        counted = sum(users.values()) if total is None else total
        checks.append(several_arms(counted, crossed, pairs))
    if early is None:
        checks.append(not_checked("event times", "no data"))
    else:
        checks.append(event_times(max(sum(users.values()), early), early))
    if strata is None:
        checks.append(not_checked("strata", "no data"))
    else:
        checks.append(strata_balance(strata))
    effects: tuple[EffectByDay, ...] = ()
    if days is None:
        names = ("missing days", "novelty", "day-to-day variance")
        checks += [not_checked(name, "no data") for name in names]
    else:
        effects = _effects(days, control, confidence)
        checks += [missing_days(days, weights), novelty(effects), day_variance(effects)]
    if covariates is None:
        checks.append(not_checked("pre-period balance", "no data"))
    else:
        checks.append(pre_period_balance(covariates, control, joint=joint))
    if cuts is None:
        checks.append(not_checked("outliers", "no data"))
    else:
        checks.append(outlier_influence(cuts, control, confidence=confidence))
    worst_first = np.argsort([ORDER.index(check.status) for check in checks], kind="stable")
    return Trust(tuple(checks[at] for at in worst_first), effects)


def _effects(days: pd.DataFrame, control: str, confidence: float) -> tuple[EffectByDay, ...]:
    """Effects by day of all metrics and arms that have days beside control."""
    rows = checked_frame(days, "days", DAY_COLUMNS, ("day", "variant", "metric"), control)
    return tuple(
        effect_by_day(rows, control, arm=str(arm), metric=str(metric), confidence=confidence)
        for metric, mine in rows.groupby("metric", sort=False)
        for arm in dict.fromkeys(mine["variant"])
        if arm != control
    )
