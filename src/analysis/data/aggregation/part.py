"""``where`` and ``sample`` for tables that SQL reads: the same conditions, nothing read twice.

Values reach the engine as bound parameters, in small tables of their own that the conditions look
into; no value ever becomes part of a query's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.base.errors import InputError, Problem
from analysis.data import subset
from analysis.data.aggregation import findings
from analysis.data.aggregation.source import Rows
from analysis.data.aggregation.statement import column
from analysis.data.subset import Clause, Kind, Part, Span

MOST = 1000  # values that a message chooses the nearest one from
LEAST = 100  # users below which a sample says nothing
_TYPES = {"number": "DOUBLE", "whole": "HUGEINT", "day": "DATE", "truth": "BOOLEAN",
          "text": "VARCHAR"}  # fmt: skip
_HASHES = 2**64


def part_of(rows: Rows, clauses: Sequence[Clause], where: str, share: float) -> tuple[Rows, Part]:
    """Return the rows that a condition asks for, or of a sample of their users.

    Args:
        rows: The table, one row a user.
        clauses: The condition.
        where: The same as written.
        share: Share of the users to keep; 1 for all. Users are taken by the MD5 of their names, so
            the share that is found is near the one asked for.

    Raises:
        InputError: If a sample leaves too few users.
        InputProblems: If the condition does not fit the table, or no row is left.
    """
    part = Part(unit="users")
    if clauses:
        before = findings.count_all(rows, rows.table)
        rows, part = _where(rows, clauses, before), replace(part, where=where)
    if share < 1:
        user = f"CAST({column('user_id')} AS VARCHAR)"
        # A row without a user stays, to be refused as in the whole table.
        kept = f"({user} IS NULL OR md5_number_lower({user}) < {int(share * _HASHES)})"
        count = f"SELECT count(*), count(*) FILTER ({kept}) FROM {rows.table}"
        units, taken = rows.con.execute(count).fetchone() or (0, 0)
        if taken < min(LEAST, units):
            raise InputError(
                f"{rows.source}: sample={share:g} leaves {taken:,} of {units:,} users, expected at "
                f"least {LEAST}; take a larger share"
            )
        rows = _kept(rows, kept, "sample", units - taken)
        part = replace(part, share=share, taken=taken, units=units)
    return rows, part


def _where(rows: Rows, clauses: Sequence[Clause], before: int) -> Rows:
    labels = {label: name for name, label in rows.labels.items()}
    there = [name for name in rows.types if not name.startswith("analysis_")]
    problems: list[Problem] = []
    conditions = []
    for place, clause in enumerate(clauses):
        name = subset.column_of(clause.column, there, labels)
        if name is None:
            problems.append(subset.unknown(clause.column, [*there, *labels]))
            continue
        made, found = _condition(rows, clause, name, f"analysis_where_{place}")
        conditions += made
        problems += found
    findings.refuse(rows, problems)
    condition = " AND ".join(conditions)
    left = findings.count_where(rows, condition)
    if not left:
        nothing = "no row with all of these together (where)"
        findings.refuse(rows, [Problem(nothing, "a combination that is there")])
    return _kept(rows, condition, "where", before - left)


def _kept(rows: Rows, condition: str, why: str, gone: int) -> Rows:
    return replace(
        rows,
        table=f"(SELECT * FROM {rows.table} WHERE {condition})",
        numbered=f"(SELECT * FROM {rows.numbered} WHERE {condition})",
        reading=replace(rows.reading, dropped=(*rows.reading.dropped, (why, gone))),
    )


def _condition(
    rows: Rows, clause: Clause, name: str, table: str
) -> tuple[list[str], list[Problem]]:
    """Return a clause as SQL over a table of its values, and what is wrong with them."""
    kind, problems, one_of = _kind(rows, name), list[Problem](), list[str]()
    for number, value in enumerate(clause.values):
        try:
            made = _bound(rows, kind, name, value, f"{table}_{number}")
        except ValueError:
            problems.append(subset.wrong(clause.column, kind, value))
            continue
        if not findings.count_all(rows, f"(SELECT 1 FROM {rows.table} WHERE {made} LIMIT 1)"):
            some, count = _some(rows, kind, name)
            problems.append(subset.absent(clause.column, value, some, count))
        one_of.append(made)
    return ([f"({' OR '.join(one_of)})"] if one_of else []), problems


def _bound(rows: Rows, kind: Kind, name: str, value: str | Span, table: str) -> str:
    """Put a value into a table of its own and return the condition that looks into it.

    Raises:
        ValueError: If the value is not of the column's kind.
    """
    if isinstance(value, Span):
        as_kind, lo, hi = subset.ends(kind, value)
    else:
        as_kind, lo = kind, subset.read(kind, value)
        hi = lo
    as_type = _TYPES["whole" if as_kind == "number" and _whole(rows, name, lo, hi) else as_kind]
    rows.con.execute(f"CREATE TEMP TABLE {table} (lo {as_type}, hi {as_type})")
    rows.con.execute(f"INSERT INTO {table} VALUES (?, ?)", [lo, hi])
    cell = _cell(kind, name)
    if as_kind != kind:
        cell = f"TRY_CAST({cell} AS {as_type})"
    elif kind == "number":
        cell = f"CAST({column(name)} AS {as_type})"
    inside = f"BETWEEN (SELECT lo FROM {table}) AND (SELECT hi FROM {table})"
    return f"coalesce({cell} {inside}, false)"


def _whole(rows: Rows, name: str, lo: object, hi: object) -> bool:
    """Whether numbers can be compared exactly, as whole ones; identifiers may be beyond 2^53."""
    ends = isinstance(lo, int) and isinstance(hi, int)
    return ends and (not rows.is_number(name) or rows.is_whole(name))


def _kind(rows: Rows, name: str) -> Kind:
    if rows.types[name].startswith("BOOLEAN"):
        return "truth"
    if rows.is_number(name):
        return "number"
    return "day" if rows.is_time(name) else "text"


def _cell(kind: Kind, name: str) -> str:
    if kind == "day":
        return f"CAST({column(name)} AS DATE)"
    return column(name) if kind == "truth" else f"trim(CAST({column(name)} AS VARCHAR))"


def _some(rows: Rows, kind: Kind, name: str) -> tuple[list[str], int]:
    """Return the first values of a column, and how many different ones there are."""
    cell = column(name) if kind == "number" else _cell(kind, name)
    there = f"SELECT DISTINCT {cell} AS v FROM {rows.table} WHERE {column(name)} IS NOT NULL"
    few = rows.con.execute(f"SELECT v FROM ({there}) ORDER BY v LIMIT {MOST}").df()
    return subset.in_order(subset.texts(few["v"])), findings.count_all(rows, f"({there})")
