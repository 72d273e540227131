"""A test as it stood at each look: running totals from days, or as the table has them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.errors import InputError
from analysis.experiments.arms import Arms

COLUMNS = ["look", "variant", "metric", "n", "mean", "variance"]


def latest(arms: Arms) -> Arms:
    """The test at its last look with every arm; all of it where the table has no running totals.

    Raises:
        InputError: If no look has every arm.
    """
    if "look" not in arms.parts:
        return arms
    there = arms.parts.groupby("look")["variant"].nunique()
    whole = there.index[there == len(arms.names)]
    if whole.empty:
        raise InputError("look: found no look with every arm, expected running totals of all")
    return arms.where(look=whole.max())


def at_look(arms: Arms, look: object) -> Arms:
    """The test as it stood at one look of :func:`by_look`."""
    if "look" in arms.parts:
        return arms.where(look=look)
    return arms.until("day", look) if "day" in arms.parts else arms


def looks_of(arms: Arms) -> int:
    """Number of looks or days in the table; 1 without either."""
    column = next((name for name in ("look", "day") if name in arms.parts), "")
    return int(arms.parts[column].nunique()) if column else 1


def by_look(arms: Arms) -> pd.DataFrame:
    """Running totals of every metric, unadjusted, at each look or each day.

    Args:
        arms: Of one test.

    Returns:
        ``look, variant, metric, n, mean, variance``, one look only where the table has neither
        looks nor days. Of a ratio the mean is the ratio and the variance that of its linear column.
    """
    if "look" in arms.parts:
        looks = arms.frame(("look",))[COLUMNS].sort_values(["look", "variant", "metric"])
        whole = bool((looks["look"] % 1 == 0).all())
        return looks.astype({"look": "int64"}) if whole else looks
    if "day" not in arms.parts:
        return arms.frame().assign(look=1)[COLUMNS]
    days = np.sort(arms.parts["day"].unique())
    totals = [arms.until("day", day).frame().assign(look=day) for day in days]
    return pd.concat(totals, ignore_index=True)[COLUMNS]


def differences(looks: pd.DataFrame, control: str, arm: str) -> pd.DataFrame:
    """Difference of an arm from control at every look with its unpooled standard error.

    Args:
        looks: Of one metric, as from :func:`by_look`.
        control: Name of control.
        arm: Name of the arm.

    Returns:
        ``look, n, estimate, se``, ``n`` the users of all arms; looks without a user or a variance
        on either side are left out.
    """
    base, other = (
        looks[looks["variant"] == name].set_index("look")[["n", "mean", "variance"]]
        for name in (control, arm)
    )
    both = base.index.intersection(other.index).sort_values()
    base, other = base.loc[both], other.loc[both]
    error = base["variance"] / base["n"] + other["variance"] / other["n"]
    made = pd.DataFrame(
        {
            "n": looks.groupby("look")["n"].sum().reindex(both),
            "estimate": other["mean"] - base["mean"],
            "se": np.sqrt(error),
        }
    ).reset_index()
    return made[made["se"] > 0].reset_index(drop=True)
