"""Which rows are wrong: asked only once a sum has shown that some are."""

from __future__ import annotations

from typing import Any

from analysis.base.errors import InputProblems, Problem
from analysis.data.aggregation.source import Rows
from analysis.data.aggregation.statement import column
from analysis.data.catalog.conform import ROW

SHOWN = 20


def rows_where(rows: Rows, condition: str, shown: str, limit: int = SHOWN) -> list[tuple[int, Any]]:
    """Return row number and a value of the first rows for which a condition holds."""
    query = (
        f"SELECT {ROW}, {shown} FROM {rows.numbered} WHERE {condition} ORDER BY {ROW} LIMIT {limit}"
    )
    return [(int(row), value) for row, value in rows.con.execute(query).fetchall()]


def count_where(rows: Rows, condition: str) -> int:
    """Return the number of rows for which a condition holds."""
    found = rows.con.execute(f"SELECT count(*) FROM {rows.table} WHERE {condition}").fetchone()
    return int(found[0]) if found else 0


def offending(rows: Rows, name: str, condition: str, expected: str) -> list[Problem]:
    """Return a problem for each of the first rows whose cell of a column is wrong."""
    cells = rows_where(rows, condition, f"CAST({column(name)} AS VARCHAR)", SHOWN + 1)
    problems = []
    for row, cell in cells[:SHOWN]:
        found = "nothing" if cell is None or not str(cell).strip() else repr(str(cell))
        problems.append(Problem(found, expected, row, rows.label(name)))
    if len(cells) > SHOWN:
        more = count_where(rows, condition) - SHOWN
        problems.append(Problem(f"{more} more such rows", expected, None, rows.label(name)))
    return problems


def refuse(rows: Rows, problems: list[Problem]) -> None:
    """Raise the problems, if there are any."""
    if problems:
        raise InputProblems(rows.source, problems)


def count_all(rows: Rows, table: str) -> int:
    """Return the number of rows of a table beside the one that is read."""
    found = rows.con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
