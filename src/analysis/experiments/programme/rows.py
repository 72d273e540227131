"""The table of a programme, checked."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from analysis.base.errors import InputError, nearest

COLUMNS = ["test", "arm", "metric"]


def checked_rows(tests: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Return the rows ready to work on, and whether effects are lifts.

    Lifts are worked on as ``log(1 + lift)``: the error of a lift grows with the lift itself, which
    would weigh small lifts too much; that of its logarithm does not.

    Args:
        tests: As for :func:`analysis.experiments.programme.weekly.programme`.

    Returns:
        ``test, arm, metric, effect, se, p_value, p_test, work, work_se``.

    Raises:
        InputError: As stated there.
    """
    names = [str(name) for name in tests.columns]
    lifts = "lift" in names
    for name in ("test", "lift" if lifts else "effect", "se"):
        if name not in names:
            wanted = "lift or effect" if name == "effect" else repr(name)
            raise InputError(f"tests: found no column {wanted}; {nearest(name, names)}")
    if tests.empty:
        raise InputError("tests: found no row, expected one a comparison")
    rows = pd.DataFrame({"test": tests["test"].astype("str").to_numpy()})
    for name in COLUMNS[1:]:
        rows[name] = tests[name].astype("str").to_numpy() if name in names else ""
    rows = rows.astype("str")
    twice = rows.duplicated(COLUMNS)
    if twice.any():
        found = " / ".join(part for part in rows[twice].iloc[0] if part)
        raise InputError(f"tests: found {found!r} twice, expected one row a test, arm and metric")
    effect = tests["lift" if lifts else "effect"].to_numpy(np.float64)
    se = tests["se"].to_numpy(np.float64)
    if (se < 0).any():
        raise InputError(f"tests: column 'se': found {se[se < 0][0]:g}, expected at least 0")
    with np.errstate(divide="ignore", invalid="ignore"):
        usable = (effect > -1) if lifts else np.isfinite(effect)
        work = np.where(usable, np.log1p(effect) if lifts else effect, np.nan)
        work_se = se / (1 + effect) if lifts else se
        implied = np.where(se > 0, 2 * special.ndtr(-np.abs(effect / se)), np.nan)
    rows = rows.assign(effect=effect, se=se, p_value=implied, p_test=np.nan)
    for name in ("p_value", "p_test"):
        if name in names:
            rows[name] = tests[name].to_numpy(np.float64)
            outside = rows[name][(rows[name] < 0) | (rows[name] > 1)]
            if len(outside):
                found = f"{outside.iloc[0]:g}"
                raise InputError(f"tests: column {name!r}: found {found}, expected 0 to 1")
    whole = rows.groupby(["test", "metric"], sort=False)["p_test"].nunique()
    if (whole > 1).any():
        name = whole.index[whole > 1][0][0]
        raise InputError(f"tests: test {name!r}: found two values of 'p_test', expected one")
    return rows.assign(work=work, work_se=work_se), lifts
