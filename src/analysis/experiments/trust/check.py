"""One check of a test, and what it takes to fail it.

A failed check means that the comparison itself is in doubt: it heads the report and blocks the
verdict. A warning asks for a look and blocks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.base.errors import InputError, nearest

Floats = NDArray[np.float64]
Status = Literal["passed", "warning", "failed", "not checked"]

FAIL = 0.001
"""p-value below which a check of the assignment fails: at hundreds of tests a year a laxer one
would stop sound tests (Kohavi, Tang & Xu 2020, chapter 21; Fabijan et al. 2019 use 0.0005)."""

WARN = 0.01
"""p-value below which a check warns: with ten tests a week one false warning in ten weeks a check
(Statsig's health checks use the same two thresholds)."""

METRIC_COLUMNS = ("variant", "metric", "n", "mean", "variance")
DAY_COLUMNS = ("day", *METRIC_COLUMNS)


@dataclass(frozen=True)
class Check:
    """What one check found.

    Attributes:
        name: ``"sample ratio"``, ``"several arms"``, ``"event times"``, ``"strata"``,
            ``"missing days"``, ``"pre-period balance"``, ``"outliers"``, ``"novelty"`` or
            ``"day-to-day variance"``.
        status: ``"passed"``, ``"warning"``, ``"failed"`` or ``"not checked"``.
        why: What was found, an English id; the sentence is that of :meth:`summary`.
        detail: The rows it was found in.
        facts: Names and numbers of the sentence.
    """

    name: str
    status: Status
    why: str
    detail: pd.DataFrame
    facts: Mapping[str, str | float] = field(default_factory=dict)

    def summary(self, lang: str = "en") -> str:
        """One sentence: what was found (``lang`` en or zh)."""
        from analysis.experiments.trust.words import check_sentence

        return check_sentence(self, lang)


def not_checked(name: str, why: str, detail: pd.DataFrame | None = None) -> Check:
    """A check for which the data do not suffice."""
    return Check(name, "not checked", why, pd.DataFrame() if detail is None else detail)


def status_of(p: float) -> Status:
    """Status by the two thresholds."""
    return "failed" if p < FAIL else "warning" if p < WARN else "passed"


def checked_frame(
    frame: pd.DataFrame, name: str, columns: Sequence[str], key: Sequence[str], control: str = ""
) -> pd.DataFrame:
    """The frame with names as text, if it is what a check expects.

    Raises:
        InputError: If a column is missing, a key is there twice, ``n`` or a variance is negative
            or the control is not among the variants.
    """
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise InputError(f"{name}: found no column {absent[0]!r}, expected {', '.join(columns)}")
    texts = [column for column in ("variant", "metric", "cut") if column in columns]
    rows = frame.astype(dict.fromkeys(texts, "str"))
    twice = rows[rows.duplicated(list(key))]
    if len(twice):
        found = ", ".join(str(value) for value in twice.iloc[0][list(key)])
        raise InputError(f"{name}: found {found} twice, expected one row each")
    for column in {"n", "variance"} & set(columns):
        if (rows[column] < 0).any():
            raise InputError(f"{name}: found a negative {column}")
    variants = set(rows["variant"])
    if control and control not in variants:
        raise InputError(f"{name}: control: found {control!r}; {nearest(control, variants)}")
    return rows
