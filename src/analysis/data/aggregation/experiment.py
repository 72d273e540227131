"""``data.load_experiment``: any team's table of a test, recognised, checked and added up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.base.errors import InputProblems, Problem, nearest
from analysis.base.schema import Column, Kind, TableSchema
from analysis.data import subset
from analysis.data.aggregation import findings
from analysis.data.aggregation.choice import Choice, choose, spec_of
from analysis.data.aggregation.moments import CAPPED, Aggregates, add_up
from analysis.data.aggregation.part import part_of
from analysis.data.aggregation.source import Found, Reading, Rows, opened
from analysis.data.aggregation.staging import checked_frame
from analysis.data.aggregation.statement import column
from analysis.data.aggregation.timing import check_times
from analysis.data.aggregation.users import check_users
from analysis.data.loading import Facts
from analysis.data.opening import Opened
from analysis.data.reading.reader import checksum
from analysis.experiments import table as tables
from analysis.experiments.arms import Arms, Metric, Shape


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows the caller wants: a condition as written and as read, and a share of users."""

    where: str
    clauses: tuple[subset.Clause, ...]
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """A test's arms, and where they come from.

    Attributes:
        arms: Moments of the arms, ready for every estimate and check.
        opened: The parts as a table, with the facts for a data card.
    """

    arms: Arms
    opened: Opened

    def describe(self, lang: str) -> tuple[str, str, str, Sequence[tuple[str, str]]]:
        """Return what a data card shows; see :meth:`analysis.data.Opened.describe`."""
        return self.opened.describe(lang)

    def caveat(self, lang: str) -> str:
        """Return what must stand before every headline; empty if nothing need be said."""
        return self.opened.caveat(lang)


def load_experiment(
    source: str | Path,
    *,
    mapping: str | Path = "",
    control: str = "",
    metrics: Sequence[str] = (),
    conversions: Collection[str] = (),
    covariates: Mapping[str, str] | None = None,
    caps: Mapping[str, float] | None = None,
    day: str = "",
    strata: str = "",
    where: str = "",
    sample: float = 1.0,
) -> Experiment:
    """Open a test's table, tell its shape by its columns, check it and add it up.

    Args:
        source: File (CSV, XLSX, Parquet), folder, id of the catalog, database URL or
            ``connection:table``; see :mod:`analysis.experiments.table` for its columns. Rows may
            be hundreds of millions: they are streamed.
        mapping: Path of a ``mapping.toml``; empty for none. Columns it does not name stay.
        control: Name of the control arm; may be empty if one arm is called control, A, 对照组 …
        metrics: Columns to compare, ``"revenue/orders"`` for a ratio of sums; empty for every
            column of numbers that is no covariate.
        conversions: Those that must be 0 or 1. Other metrics of 0 and 1 only count as such, too.
        covariates: Metric → its column from before the assignment; without an entry a column
            ``<metric>_pre`` is one, if there is any.
        caps: Metric → where to pull large values in: a share of users below 1 (pooled quantile)
            or an amount. Adds a metric ``<metric>_capped``.
        day: Column of the day on which a user entered; ``day`` or ``date`` if there is one.
        strata: Column of strata; ``stratum`` if there is one.
        where: Rows to keep; see :mod:`analysis.data.subset`. Empty for all.
        sample: Share of the users to keep, for a quick look; only of a table of rows.

    Returns:
        The arms and the facts about the table. ``arms.flags`` names users in several arms and
        events before their assignment: they do not stop the reading, but the trust checks.

    Raises:
        InputError: If the table cannot be read, or is none of the three shapes.
        InputProblems: If anything in it is wrong, with rows.
    """
    asked = Choice(tuple(metrics), frozenset(conversions), dict(covariates or {}), dict(caps or {}))
    wanted = Wanted(where, subset.parse(where), sample)
    subset.check_share(sample)
    with opened(source, mapping) as found:
        shape = tables.shape_of(found.names)
        parts = _part_columns(found, shape, day, strata)
        read = _of_rows if shape == "rows" else _of_aggregates
        arms, facts, part = read(found, shape, parts, control, asked, wanted)
        schema, units = _shown(arms.parts), {"users": "users"}
        return Experiment(arms, Opened(arms.parts, schema, facts, found.dataset, "", units, part))


def _shown(parts: pd.DataFrame) -> TableSchema:
    """Return the promise that the parts keep, for the data card."""
    kinds: dict[str, Kind] = {"day": "date", "users": "integer"}
    columns = tuple(Column(name, kinds.get(name, "text")) for name in parts.columns)
    return TableSchema(columns, name=tables.NAME)


def _part_columns(found: Found, shape: Shape, day: str, strata: str) -> dict[str, str]:
    """Return the table's column of each part that it has: test, look, variant, day, stratum."""
    lost = [name for name in (day, strata) if name and name not in found.names]
    problems = [
        Problem(f"no column {name!r}", f"one of its columns; {nearest(name, found.names)}")
        for name in lost
    ]
    if problems:
        raise InputProblems(found.source, problems)
    wanted = {
        "test": "test", "variant": "variant",
        "day": tables.day_column(found.names, day), "stratum": strata or "stratum",
    }  # fmt: skip
    if shape != "rows":
        wanted["look"] = "look"
    return {part: name for part, name in wanted.items() if name in found.names}


def _promise(found: Found, shape: Shape, parts: Mapping[str, str]) -> TableSchema:
    return tables.schema(
        shape, found.names, day=parts.get("day", ""), stratum=parts.get("stratum", "")
    )


def _of_rows(
    found: Found, shape: Shape, parts: Mapping[str, str], control: str, asked: Choice,
    wanted: Wanted,
) -> tuple[Arms, Facts, subset.Part]:  # fmt: skip
    problems = asked.unknown(found.names)
    if problems:
        raise InputProblems(found.source, problems)
    rows = found.rows(_promise(found, shape, parts), asked.columns())
    rows, part = part_of(rows, wanted.clauses, wanted.where, wanted.share)
    metrics, problems = choose(rows, asked, parts.values())
    findings.refuse(rows, problems)
    by = tuple(name for _, name in sorted(parts.items(), key=lambda p: tables.PARTS.index(p[0])))
    made = add_up(rows, spec_of(metrics, by, asked.caps))
    names = {name: part for part, name in parts.items()}
    table = made.parts.rename(columns=names)
    chosen = _control(control, table, found.source)
    findings.refuse(rows, _unusable(rows, made, metrics, asked, by))
    users = int(table["users"].sum())
    checked = [
        check_users(rows, users, [parts["test"]] if "test" in parts else []),
        check_times(rows, parts.get("day", ""), metrics),
    ]
    metrics = [_settled(metric, made) for metric in metrics]
    arms = Arms(
        shape,
        chosen,
        tuple(metrics),
        table,
        {m.name: made.stacks[m.columns] for m in metrics},
        {m.name: made.stacks[m.columns + m.covariates] for m in metrics if m.covariates},
        made.extremes.rename(columns=names),
        tuple(flag for flag in checked if flag is not None),
    )
    whole = replace(arms, metrics=tuple(_with_marks(m, arms) for m in metrics))
    return whole, _facts(found, users, rows.reading, tuple(rows.types)), part


def _control(control: str, table: pd.DataFrame, source: str) -> str:
    chosen = tables.choose_control(control, table["variant"].unique(), source)
    if "test" in table:
        arms = table.groupby("test")["variant"].agg(set)
        problems = [
            Problem(f"test {test!r} with the arms {', '.join(sorted(names))}",
                    f"{chosen!r} and at least one more in every test", None, "variant")
            for test, names in arms.items()
            if chosen not in names or len(names) < 2
        ]  # fmt: skip
        if problems:
            raise InputProblems(source, problems)
    return chosen


def _unusable(
    rows: Rows, made: Aggregates, metrics: Sequence[Metric], asked: Choice, by: Sequence[str]
) -> list[Problem]:
    """Find metrics and covariates without values in an arm, and conversions beyond 0 and 1."""
    problems = []
    columns = dict.fromkeys(c for m in metrics for c in (*m.columns, *m.covariates))
    users = made.parts.groupby("variant")["users"].sum()
    missing = made.extremes.groupby(["metric", "variant"])["missing"].sum()
    for name in columns:
        empty = [arm for arm in users.index if missing[name, arm] == users[arm]]
        if empty:
            where = "" if len(empty) == len(users) else f" in the arm {empty[0]!r}"
            found = f"no value{where}"
            problems.append(Problem(found, "values in every arm", None, rows.label(name)))
    for name in sorted(asked.conversions - made.binary):
        value = f"CAST({column(name)} AS DOUBLE)"
        condition = f"{value} NOT IN (0, 1) AND NOT isnan({value})"
        problems += findings.offending(rows, name, condition, "0 or 1, since it is a conversion")
    return problems


def _settled(metric: Metric, made: Aggregates) -> Metric:
    """Say which metrics are proportions, and what the caps are."""
    binary = metric.kind == "mean" and metric.columns[0] in made.binary
    cap = made.thresholds.get(metric.columns[0].removesuffix(CAPPED))
    capped = metric.columns[0].endswith(CAPPED)
    return replace(
        metric, kind="proportion" if binary else metric.kind, cap=cap if capped else None
    )


def _with_marks(metric: Metric, arms: Arms) -> Metric:
    """Name the covariates as the moments do: with marks of users without a past."""
    if not metric.covariates:
        return metric
    names = arms.adjusted[metric.name].names
    return replace(metric, covariates=names[len(metric.columns) :])


def _of_aggregates(
    found: Found, shape: Shape, parts: Mapping[str, str], control: str, asked: Choice,
    wanted: Wanted,
) -> tuple[Arms, Facts, subset.Part]:  # fmt: skip
    for what, given in (("caps", asked.caps), ("covariates", asked.covariates)):
        if given:
            problem = Problem(f"{what} with a table of {shape}", "a table of rows, one a user")
            raise InputProblems(found.source, [problem])
    if wanted.share < 1:
        problem = Problem(f"sample={wanted.share:g} with a table of {shape}",
                          "a table of rows, one a user")  # fmt: skip
        raise InputProblems(found.source, [problem])
    frame, reading = checked_frame(found, _promise(found, shape, parts), shape)
    if wanted.clauses:
        there = [str(name) for name in frame.columns]
        mask = subset.rows_of(frame, wanted.clauses, found.source, {}, there)
        gone = ("where", int((~mask).sum()))
        reading = replace(reading, dropped=(*reading.dropped, gone))
        frame = frame[mask].reset_index(drop=True)
    frame = frame.rename(columns={name: part for part, name in parts.items()})
    if "day" in frame:
        frame["day"] = frame["day"].dt.normalize()
    chosen = _control(control, frame, found.source)
    table, stacks = (tables.of_counts if shape == "counts" else tables.of_moments)(frame)
    names = list(asked.metrics) or list(stacks)
    names += [name for name in sorted(asked.conversions) if name not in names]
    problems = [
        Problem(f"no metric {name!r}", f"one of its metrics; {nearest(name, stacks)}")
        for name in names
        if name not in stacks
    ]
    problems = problems or tables.unusable(table, stacks, names, asked.conversions)
    if problems:
        raise InputProblems(found.source, problems)
    metrics = tuple(
        Metric(name, tables.kind_of(stacks[name], declared=name in asked.conversions), (name,))
        for name in names
    )
    arms = Arms(shape, chosen, metrics, table, {name: stacks[name] for name in names})
    facts = _facts(found, len(frame), reading, tuple(map(str, frame.columns)))
    return arms, facts, subset.Part(wanted.where, unit="users")


def _facts(found: Found, kept: int, reading: Reading, columns: tuple[str, ...]) -> Facts:
    path = found.path
    return Facts(
        source=found.source,
        format=found.format,
        rows_read=kept + sum(count for _, count in reading.dropped),
        rows_kept=kept,
        dropped=reading.dropped,
        columns=columns,
        sha256=checksum(path) if path is not None and path.is_file() else None,
        encoding=reading.encoding,
        sheet=reading.sheet,
    )
