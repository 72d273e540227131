"""From the arms of many tests to one row a comparison, all at once.

A test with a control compares each arm with it. A headline test has none: each arm is compared
with all others of its test together, which is what choosing it instead of any would bring; whether
the test shows a difference at all is one chi-square test over its arms, whose p-value does not
know which arm came out best and so needs no correction for that choice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from analysis.base.errors import InputError, nearest

Floats = NDArray[np.float64]


def _numbers(frame: pd.DataFrame, names: Sequence[str]) -> list[Floats]:
    for name in names:
        if name not in frame.columns:
            hint = nearest(name, [str(column) for column in frame.columns])
            raise InputError(f"tests: found no column {name!r}; {hint}")
    return [frame[name].to_numpy(np.float64) for name in names]


def against_control(frame: pd.DataFrame) -> pd.DataFrame:
    """Relative lift of each arm over its control, from moments.

    Args:
        frame: One row a comparison: ``test, n_control, mean_control, variance_control, n_arm,
            mean_arm, variance_arm`` and optionally ``arm, metric``; of a share p the variance is
            ``p (1 - p)``.

    Returns:
        ``test, arm, metric, lift, se, p_value, n``: lift ``mean_arm / mean_control - 1`` with its
        delta-method error, Welch's two-sided p-value of no difference, users of both. NaN where
        control's mean is not above 0, a variance is missing, or nobody differs.

    Raises:
        InputError: If a column is missing, or a variance or number of users is negative.
    """
    n0, m0, v0, n1, m1, v1 = _numbers(
        frame,
        ["n_control", "mean_control", "variance_control", "n_arm", "mean_arm", "variance_arm"],
    )
    for name, values in {"variance": np.minimum(v0, v1), "n": np.minimum(n0, n1)}.items():
        if (values < 0).any():
            row = int(np.flatnonzero(values < 0)[0])
            raise InputError(f"tests: row {row}: found a negative {name}, expected at least 0")
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = v0 / n0, v1 / n1
        total = a + b
        df = total**2 / (a**2 / (n0 - 1) + b**2 / (n1 - 1))
        p = 2 * special.stdtr(df, -np.abs(m1 - m0) / np.sqrt(total))
        error = np.sqrt(b / m0**2 + a * m1**2 / m0**4)
        usable = (m0 > 0) & (error > 0)
        lift = np.where(usable, m1 / m0 - 1, np.nan)
    return _labelled(frame).assign(
        lift=lift, se=np.where(usable, error, np.nan), p_value=np.where(total > 0, p, np.nan),
        n=n0 + n1,
    )  # fmt: skip


def against_rest(frame: pd.DataFrame) -> pd.DataFrame:
    """Relative lift of each arm of a test without control over all its other arms together.

    Args:
        frame: One row an arm: ``test, n, successes`` and optionally ``arm, metric``.

    Returns:
        ``test, arm, metric, lift, se, p_value, p_test, n``: lift of the arm's rate over that of the
        rest, on half a success and half a failure added to both (so that none is undefined) and
        with its delta-method error; the score test's p-value of no difference; the p-value of the
        chi-square test over all arms of the test, with ``k - 1`` degrees of freedom; users of the
        arm. p-values are NaN in tests with no success, or nothing else.

    Raises:
        InputError: If a column is missing, a count is not between 0 and its users, or a test has
            one arm only.
    """
    n, x = _numbers(frame, ["n", "successes"])
    wrong = np.flatnonzero(~((x >= 0) & (x <= n) & (n > 0)))
    if len(wrong):
        row = int(wrong[0])
        found = f"{x[row]:g} of {n[row]:g}"
        raise InputError(f"tests: row {row}: found {found}, expected successes between 0 and n")
    rows = _labelled(frame)
    key = rows.groupby(["test", "metric"], sort=False).ngroup().to_numpy()
    arms = np.bincount(key)
    if (arms < 2).any():
        name = rows["test"].iloc[int(np.flatnonzero(arms[key] < 2)[0])]
        raise InputError(f"tests: test {name!r}: found one arm, expected at least two")
    all_n, all_x = np.bincount(key, n)[key], np.bincount(key, x)[key]
    rest_n, rest_x = all_n - n, all_x - x
    p0 = all_x / all_n
    spread = p0 * (1 - p0)
    own, rest = (x + 0.5) / (n + 1), (rest_x + 0.5) / (rest_n + 1)
    lift = own / rest - 1
    relative = (1 - own) / (own * (n + 1)) + (1 - rest) / (rest * (rest_n + 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (x / n - rest_x / rest_n) / np.sqrt(spread * (1 / n + 1 / rest_n))
        chi2 = np.bincount(key, (x - n * p0) ** 2 / (n * spread))[key]
    known = spread > 0
    return rows.assign(
        lift=lift,
        se=(1 + lift) * np.sqrt(relative),
        p_value=np.where(known, 2 * special.ndtr(-np.abs(z)), np.nan),
        p_test=np.where(known, special.chdtrc(arms[key] - 1, chi2), np.nan),
        n=n,
    )


def _labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """``test, arm, metric`` as text; arms numbered within their test where they have no name."""
    if "test" not in frame.columns:
        hint = nearest("test", [str(column) for column in frame.columns])
        raise InputError(f"tests: found no column 'test'; {hint}")
    rows = pd.DataFrame({"test": frame["test"].astype("str").to_numpy()})
    rows["metric"] = frame["metric"].astype("str").to_numpy() if "metric" in frame else ""
    numbered = (rows.groupby(["test", "metric"]).cumcount() + 1).astype("str")
    rows.insert(1, "arm", frame["arm"].astype("str").to_numpy() if "arm" in frame else numbered)
    return rows.astype("str")
