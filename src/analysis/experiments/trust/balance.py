"""Were the arms alike before the test began?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import special

from analysis.base.errors import InputError
from analysis.experiments.moments import Moments
from analysis.experiments.trust.check import (
    METRIC_COLUMNS,
    WARN,
    Check,
    Floats,
    checked_frame,
    not_checked,
    status_of,
)
from analysis.stats.multiplicity import holm

NAME = "pre-period balance"
LEAST_USERS = 30


def joint_test(joint: Mapping[str, Moments], control: str) -> tuple[float, int, float]:
    """Wald statistic, degrees of freedom and p-value of no difference of any mean in any arm.

    The differences of all arms share control, so its covariance stands in every block; columns
    that follow from others add no degree of freedom.
    """
    base, others = joint[control], [m for arm, m in joint.items() if arm != control]
    size, arms = len(base.names), len(others)
    # In units of control's spread: whether a column repeats others does not depend on its units.
    scale = np.sqrt(np.diag(base.cov))
    scale = np.where(scale > 0, scale, 1.0)
    gaps = np.concatenate([(m.pick(base.names).mean - base.mean) / scale for m in others])
    units = np.outer(scale, scale)
    cov = np.kron(np.ones((arms, arms)), base.cov / units / base.n)
    for at, moments in enumerate(others):
        block = slice(at * size, (at + 1) * size)
        cov[block, block] += moments.pick(base.names).cov / units / moments.n
    values, vectors = np.linalg.eigh(cov)
    kept = values > values.max() * 1e-10
    statistic = float(((vectors.T @ gaps)[kept] ** 2 / values[kept]).sum())
    df = int(kept.sum())
    return statistic, df, float(special.chdtrc(df, statistic))


def _differences(rows: pd.DataFrame, control: str) -> pd.DataFrame:
    """One row a covariate and arm: standardised difference, z and p-value."""
    base = rows[rows["variant"] == control].drop(columns="variant")
    both = rows[rows["variant"] != control].merge(base, on="metric", suffixes=("", "_control"))
    n, n_control = (both[name].to_numpy(np.float64) for name in ("n", "n_control"))
    var, var_control = (
        both[name].to_numpy(np.float64) for name in ("variance", "variance_control")
    )
    gap: Floats = (both["mean"] - both["mean_control"]).to_numpy(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Austin (2009), Statistics in Medicine 28: does not grow with the number of users.
        standardised = gap / np.sqrt((var + var_control) / 2)
        z = gap / np.sqrt(var / n + var_control / n_control)
    return pd.DataFrame(
        {
            "covariate": both["metric"],
            "arm": both["variant"],
            "mean_control": both["mean_control"],
            "mean": both["mean"],
            "standardised": standardised,
            "z": z,
            "p": 2 * special.ndtr(-np.abs(z)),
            "enough": (np.minimum(n, n_control) >= LEAST_USERS) & np.isfinite(z),
        }
    )


def pre_period_balance(
    covariates: pd.DataFrame, control: str, *, joint: Mapping[str, Moments] | None = None
) -> Check:
    """Whether covariates measured before the test have the same means in all arms.

    By chance they have, so a difference says that the assignment depends on users or that an
    earlier test carries over (Kohavi, Tang & Xu 2020, chapters 3 and 19). Failed below
    p = 0.001, a warning below 0.01: of the joint Wald test of all covariates and arms where their
    covariances are known, and of the least Holm-adjusted single one.

    Args:
        covariates: ``variant, metric, n, mean, variance``, the metric a covariate.
        control: Name of control.
        joint: Arm → moments of the covariates with their covariances.

    Returns:
        The check; ``detail`` has one row a covariate and arm with its standardised difference. Not
        checked with fewer than 30 users in an arm, or covariates that do not vary.

    Raises:
        InputError: If a column or the control is missing.
    """
    rows = checked_frame(covariates, "covariates", METRIC_COLUMNS, ("variant", "metric"), control)
    if joint is not None and control not in joint:
        raise InputError(f"joint: found {', '.join(joint)}, expected {control!r} among them")
    detail = _differences(rows, control)
    judged = detail["enough"].to_numpy(bool)
    detail["p_holm"] = np.nan
    if not judged.any():
        return not_checked(NAME, "too few users", detail)
    adjusted = holm(detail.loc[judged, "p"].to_numpy(np.float64))
    detail.loc[judged, "p_holm"] = adjusted
    worst = detail[judged].iloc[int(np.argmin(adjusted))]
    facts: dict[str, str | float] = {
        "covariate": str(worst["covariate"]),
        "arm": str(worst["arm"]),
        "standardised": float(worst["standardised"]),
        "p": float(adjusted.min()),
        "tests": float(judged.sum()),
    }
    if joint is not None and min(moments.n for moments in joint.values()) >= LEAST_USERS:
        chi2, df, p = joint_test(joint, control)
        facts |= {"joint_chi2": chi2, "joint_df": float(df), "joint_p": p}
    single, all_of_them = float(facts["p"]), float(facts.get("joint_p", 1.0))
    status = status_of(min(single, all_of_them))
    why = "alike"
    if status != "passed":
        why = "covariate differs" if single < WARN else "covariates differ together"
    return Check(NAME, status, why, detail, facts)
