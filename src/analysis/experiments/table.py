"""A test's table, in any of three shapes, as moments of its arms.

* rows: one row a user (``user_id, variant``, then metrics and covariates);
* counts: ``variant, users`` and how many users did something (``conversions`` and further ones);
* moments: ``variant, metric, n, mean, variance``, where ``metric`` may be left out.

Each may have ``day`` or ``date`` (the day on which the users entered the test), ``stratum``, and
``test`` (a table of many tests). Counts and moments may have ``look``: running totals, one set of
rows each time the test was looked at, in the order of its numbers. Columns tell the shapes apart;
files are read by ``analysis.data.load_experiment``, which hands over frames or moments.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.base.schema import Column, TableSchema
from analysis.experiments.arms import PRE, Groups, Kind, Shape, Stack

DAYS = ("day", "date")
PARTS = ("test", "look", "variant", "day", "stratum")
CONTROLS = ("control", "a", "baseline", "base", "对照组", "对照", "控制组", "基准组")
TIMES = ("assigned_at", "event_at", "covariate_at")
NAME = "experiment"
MOST_ARMS = 100
_SAYS = {
    "rows": "user_id, variant and metrics (one row a user)",
    "counts": "variant, users, conversions",
    "moments": "variant, metric, n, mean, variance",
}


def shape_of(columns: Collection[str]) -> Shape:
    """Tell a table's shape by the names of its columns.

    Raises:
        InputError: If it is none of the three.
    """
    if "variant" in columns:
        if "user_id" in columns:
            return "rows"
        if {"n", "mean", "variance"} <= set(columns):
            return "moments"
        if "users" in columns:
            return "counts"
    # The shape with the largest share of its columns there is the one that was meant.
    wanted = {"rows": ["user_id", "variant"], "counts": ["variant", "users"],
              "moments": ["variant", "n", "mean", "variance"]}  # fmt: skip
    meant = max(wanted, key=lambda s: sum(c in columns for c in wanted[s]) / len(wanted[s]))
    lost = [name for name in wanted[meant] if name not in columns]
    hints = [f"{name!r} ({nearest(name, columns)})" for name in lost]
    raise InputError(
        f"found columns {', '.join(columns)}, expected one of: {'; '.join(_SAYS.values())}; "
        f"there is no {' and no '.join(hints)}; mapping= can rename columns"
    )


def schema(
    shape: Shape, names: Collection[str], *, day: str = "", stratum: str = ""
) -> TableSchema:
    """Promise the columns of a shape; further ones are numbers, or words that stay as they are.

    Args:
        shape: Shape of the table.
        names: Columns that are there.
        day: Column of the day, if it is not called one of :data:`DAYS`.
        stratum: Column of the stratum, if it is called otherwise.
    """
    parts = [
        Column("test", "text", required=False),
        Column("variant", "text", description="Arm of the test"),
        Column(day_column(names, day), "datetime", required=False),
        Column(stratum or "stratum", "text", required=False),
    ]
    if shape == "rows":
        stamps = [name for name in names if name in TIMES or name.endswith(f"{PRE}_at")]
        columns = [Column("user_id", "text"), *parts]
        columns += [Column(name, "datetime", required=False, nullable=True) for name in stamps]
        return TableSchema(tuple(columns), name=NAME, extra="number")
    parts[1:1] = [Column("look", "number", required=False, description="Running totals so far")]
    parts.insert(3, Column("metric", "text", required=False))
    key = tuple(column.name for column in parts if column.name in names)
    if shape == "counts":
        parts += [
            Column("users", "integer", unit="users", minimum=1),
            Column("conversions", "integer", required=False, nullable=True, minimum=0),
        ]
    else:
        parts += [
            Column("n", "integer", unit="users", minimum=1),
            Column("mean", "number"),
            Column("variance", "number", nullable=True, minimum=0),
        ]
    return TableSchema(tuple(parts), key=key, name=NAME, extra="number")


def day_column(names: Collection[str], day: str = "") -> str:
    """Return the column of the day: the one given, else the first of :data:`DAYS` that is there."""
    return day or next((name for name in DAYS if name in names), DAYS[0])


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that contradicts other cells of its row.

    Attributes:
        place: Position of the row, from 0.
        column: Column.
        found: What stands there.
        expected: What should.
    """

    place: int
    column: str
    found: str
    expected: str


def contradictions(shape: Shape, frame: pd.DataFrame) -> list[Broken]:
    """Find rows of counts or moments that no users can have left behind."""
    if shape == "moments":
        lone = frame["variance"].isna() & (frame["n"] > 1)
        return [
            Broken(int(i), "variance", "nothing", "a number, since n is above 1")
            for i in np.flatnonzero(lone)
        ]
    found = []
    for name in counted(frame):
        values = frame[name].astype("float64")
        checks = [
            (values < 0, "at least 0"),
            (values > frame["users"], "at most users ({users})"),
            ((values >= 0) & (values % 1 > 0), "a whole number of users"),
        ]
        found += [
            Broken(int(i), name, f"{values[i]:g}", expected.format(users=frame["users"][i]))
            for wrong, expected in checks
            for i in np.flatnonzero(wrong)
        ]
    return found


def counted(frame: pd.DataFrame) -> list[str]:
    """Columns of a table of counts that count users who did something."""
    numbers = frame.select_dtypes("number").columns
    return [name for name in numbers if name not in ("users", *PARTS, *DAYS)]


def of_counts(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Stack]]:
    """Parts and moments of a checked table of counts."""
    names = counted(frame)
    if "metric" not in frame:
        parts = frame[[*_keys(frame), "users"]].astype({"users": "int64"})
        return parts, {name: _shares(name, frame[name], frame["users"]) for name in names}
    several = len(names) > 1
    long = [
        frame.assign(metric=frame["metric"] + (f" {name}" if several else ""), did=frame[name])
        for name in names
    ]
    table = pd.concat(long, ignore_index=True)
    parts, groups = _spread(table, table["users"])
    return parts, {
        str(metric): _placed(_shares(str(metric), rows["did"], rows["users"]), places, len(parts))
        for metric, rows, places in groups
    }


def of_moments(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Stack]]:
    """Parts and moments of a checked table of moments; without ``metric`` it is ``"value"``."""
    table = frame if "metric" in frame else frame.assign(metric="value")
    parts, groups = _spread(table, table["n"])
    stacks = {}
    for metric, rows, places in groups:
        n = rows["n"].to_numpy(np.int64)
        mean = rows["mean"].to_numpy(np.float64)[:, None]
        cov = np.where(n > 1, rows["variance"].to_numpy(np.float64), np.nan)[:, None, None]
        stacks[str(metric)] = _placed(Stack((str(metric),), n, mean, cov), places, len(parts))
    return parts, stacks


def kind_of(stack: Stack, *, declared: bool) -> Kind:
    """Tell a proportion by its moments: of zeros and ones the mean gives away the variance."""
    n, p = stack.n[stack.n > 0], stack.mean[stack.n > 0, 0]
    if declared:
        return "proportion"
    if ((p < 0) | (p > 1)).any():
        return "mean"
    variance = stack.cov[stack.n > 0, 0, 0]
    expected = p * (1 - p) * n / np.maximum(n - 1, 1)
    same = np.isclose(variance, expected, rtol=1e-9, atol=0) | (n == 1)
    whole = np.isclose(p * n, np.round(p * n), rtol=1e-9, atol=0)
    return "proportion" if bool((same & whole).all()) else "mean"


def unusable(
    parts: pd.DataFrame,
    stacks: Mapping[str, Stack],
    names: Collection[str],
    conversions: Collection[str],
) -> list[Problem]:
    """Find metrics without users in an arm, and conversions that are no proportions."""
    problems = []
    tests = parts["test"] if "test" in parts else pd.Series("", index=parts.index)
    for name in names:
        users = pd.Series(stacks[name].n).groupby([tests, parts["variant"]]).sum()
        # A test may do without a metric of other tests, but not have it in one arm only.
        had = users.groupby(level=0).transform("sum") > 0
        empty = users.index[(users == 0) & (had | (users.sum() == 0))]
        problems += [
            Problem(
                f"no value in the arm {arm!r}{f' of {test!r}' if test else ''}",
                "values in every arm", None, name,
            )
            for test, arm in empty
        ]  # fmt: skip
        mean = stacks[name].mean[stacks[name].n > 0, 0]
        if name in conversions and ((mean < 0) | (mean > 1)).any():
            odd = mean[(mean < 0) | (mean > 1)][0]
            expected = "between 0 and 1, since it is a conversion"
            problems.append(Problem(f"mean {odd:g}", expected, None, name))
    return problems


def _keys(frame: pd.DataFrame) -> list[str]:
    return [name for name in PARTS if name in frame]


def _shares(name: str, did: pd.Series, users: pd.Series) -> Stack:
    there = did.notna().to_numpy()
    n = np.where(there, users.to_numpy(np.int64), 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = did.to_numpy(np.float64, na_value=np.nan) / n
        cov = np.where(n > 1, p * (1 - p) * n / np.maximum(n - 1, 1), np.nan)
    return Stack((name,), n, p[:, None], cov[:, None, None])


def _spread(
    table: pd.DataFrame, users: pd.Series
) -> tuple[pd.DataFrame, list[tuple[str, pd.DataFrame, Groups]]]:
    """Parts of a long table, and by metric its rows and the place of each row's part."""
    keys = _keys(table)
    grouping = table.assign(users=users.astype("int64")).groupby(keys, sort=True)
    places = grouping.ngroup().to_numpy(np.intp)
    parts = grouping["users"].max().reset_index()
    return parts, [
        (str(metric), rows, places[rows.index.to_numpy()])
        for metric, rows in table.reset_index(drop=True).groupby("metric", sort=False)
    ]


def _placed(stack: Stack, places: Groups, size: int) -> Stack:
    """Put parts of one metric where they belong among all parts; others have no users."""
    n = np.zeros(size, dtype=np.int64)
    mean, cov = np.full((size, 1), np.nan), np.full((size, 1, 1), np.nan)
    n[places], mean[places], cov[places] = stack.n, stack.mean, stack.cov
    return Stack(stack.names, n, mean, cov)


def choose_control(control: str, arms: Collection[str], source: str = "control") -> str:
    """Return the control arm: the one named, or the one whose name says so.

    Raises:
        InputProblems: If there are fewer than two arms or far too many, names that only case or
            spaces tell apart, no arm of that name, or none that says so.
    """
    there = sorted(arms)
    listed = ", ".join(map(repr, there[:20])) + (" …" if len(there) > 20 else "")
    problem = _unlike_arms(there, listed)
    if problem is None and control in there:
        return control
    alike = [arm for arm in there if arm.strip().lower() in CONTROLS]
    if problem is None and not control and len(alike) == 1:
        return alike[0]
    if problem is None:
        found = f"control={control}" if control else "no control named"
        hint = nearest(control, there) if control else ""
        near = f"; {hint}" if hint.startswith("did") else ""
        problem = Problem(found, f"control= one of the arms {listed}{near}")
    raise InputProblems(source, [problem])


def _unlike_arms(there: list[str], listed: str) -> Problem | None:
    if len(there) < 2:
        found = f"only the arm {listed}" if there else "no arm"
        return Problem(found, "control and at least one more arm", None, "variant")
    if len(there) > MOST_ARMS:
        found = f"{len(there)} different values ({listed})"
        return Problem(found, f"names of at most {MOST_ARMS} arms", None, "variant")
    seen: dict[str, str] = {}
    for arm in there:
        twin = seen.setdefault(arm.strip().lower(), arm)
        if twin != arm:
            found = f"the arms {twin!r} and {arm!r}"
            return Problem(found, "one spelling of each arm", None, "variant")
    return None
