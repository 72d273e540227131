"""The trust checks of a test, with whatever its table tells."""

from __future__ import annotations

import pandas as pd

from analysis.experiments.arms import Arms
from analysis.experiments.trust import Trust, trust
from analysis.experiments.verdict.settings import Settings

CAPPED = "_capped"
CUT = ["cut", "variant", "metric", "n", "mean", "variance"]


def trusted(arms: Arms, everything: Arms, settings: Settings) -> Trust:
    """Check a test.

    Args:
        arms: The test at its last look.
        everything: The test with all its looks.
        settings: With the planned weights.
    """
    users = arms.users()
    flagged = {flag.kind: flag.found for flag in arms.flags}
    rows = arms.shape == "rows"
    return trust(
        users,
        arms.control,
        weights=settings.weights,
        running=_running(everything),
        crossed=flagged.get("several_arms", 0) if rows else None,
        # The times of a table of rows are checked where it has them; what is early is flagged.
        early=flagged.get("before_assignment") if rows else None,
        strata=_strata(arms),
        days=arms.frame(("day",)) if "day" in arms.parts else None,
        covariates=_covariates(arms),
        cuts=_cuts(arms),
        confidence=settings.confidence,
    )


def _running(arms: Arms) -> pd.DataFrame | None:
    """Running totals of users by look or day, one column an arm; None with neither."""
    parts = arms.parts
    if "look" in parts:
        totals = parts.pivot_table(index="look", columns="variant", values="users", aggfunc="sum")
        return totals.dropna()
    if "day" in parts:
        daily = parts.pivot_table(index="day", columns="variant", values="users", aggfunc="sum")
        return daily.fillna(0).cumsum()
    return None


def _strata(arms: Arms) -> pd.DataFrame | None:
    """Users by stratum and arm; None without strata."""
    if "stratum" not in arms.parts:
        return None
    return arms.parts.pivot_table(
        index="stratum", columns="variant", values="users", aggfunc="sum", fill_value=0
    )


def _covariates(arms: Arms) -> pd.DataFrame | None:
    """Moments of all covariates by arm; None without any."""
    rows = []
    for name in arms.adjusted:
        for arm, moments in arms.moments(name, adjusted=True).items():
            for covariate in arms.metric(name).covariates:
                sample = moments.sample(covariate)
                rows.append((arm, covariate, sample.n, sample.mean, sample.variance))
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=["variant", "metric", "n", "mean", "variance"])
    return frame.drop_duplicates(["variant", "metric"], ignore_index=True)


def _cuts(arms: Arms) -> pd.DataFrame | None:
    """Moments with and without the largest values pulled in; None without such metrics."""
    frame = arms.frame()
    capped = frame["metric"].str.endswith(CAPPED)
    if not capped.any():
        return None
    pulled = frame[capped].assign(
        cut="capped", metric=lambda f: f["metric"].str.removesuffix(CAPPED)
    )
    whole = frame[frame["metric"].isin(pulled["metric"])].assign(cut="none")
    return pd.concat([whole, pulled], ignore_index=True)[CUT]
