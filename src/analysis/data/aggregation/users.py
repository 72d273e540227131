"""Users who stand in the table more than once: a pass of its own, since it must remember users."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import duckdb

from analysis.base.errors import Problem
from analysis.data.aggregation import findings, source, statement
from analysis.data.aggregation.source import Rows
from analysis.data.aggregation.statement import column
from analysis.data.catalog.conform import ROW
from analysis.experiments.arms import Flag

MEMORY = 70  # MB in which a round is tried first
ROUND = 12_500_000  # users that one round groups within it
EXAMPLES = 5
REPEATED = "analysis_repeated_users"


def check_users(rows: Rows, count: int, tests: Sequence[str] = ()) -> Flag | None:
    """Find users in several arms; refuse users twice in one arm and rows without a user.

    Exact. DuckDB groups the users, spilling to disk beyond its memory limit; many users are grouped
    in rounds, each over those whose hash falls into it.

    Args:
        rows: The table.
        count: Its number of rows.
        tests: Columns of the test, where a table has many: a user may be in several tests.

    Returns:
        How many users are in more than one arm, with examples; None if nobody is.

    Raises:
        InputProblems: If a user has several rows in one arm, or none is named.
    """
    several, examples = 0, list[str]()
    by_test: Counter[str] = Counter()
    rounds = max(1, math.ceil(count / ROUND))
    user = column("user_id")
    for number in range(rounds):
        table = rows.table
        if rounds > 1:
            part = f"hash({user}) % {rounds} = {number}"
            # The hash of nothing is a number too, so no row falls between the rounds.
            table = f"(SELECT * FROM {rows.table} WHERE {part})"
        query = statement.repeated(table, user, [column(name) for name in tests])
        if not _repeated(rows, query):
            continue
        _refuse_nameless(rows)
        _refuse_twice(rows, tests)
        found, some, where = _in_several(rows, tests)
        several += found
        by_test.update(where)
        examples = sorted({*examples, *some})[:EXAMPLES]
    return Flag("several_arms", several, tuple(examples), by_test) if several else None


def _repeated(rows: Rows, query: str) -> int:
    """Put the repeated users of a round into a table and return how many they are.

    DuckDB cannot do with as little memory for every file (Parquet in very large row groups), so a
    round that fails gets twice as much.
    """
    memory = MEMORY
    while True:
        rows.con.execute(f"SET memory_limit = '{min(memory, source.MEMORY)}MB'")
        try:
            rows.con.execute(f"CREATE OR REPLACE TEMP TABLE {REPEATED} AS {query}")
            break
        except duckdb.OutOfMemoryException:
            if memory >= source.MEMORY:
                raise
            memory *= 2
    rows.con.execute(f"SET memory_limit = '{source.MEMORY}MB'")
    return findings.count_all(rows, REPEATED)


def _refuse_nameless(rows: Rows) -> None:
    user = column("user_id")
    problems = findings.offending(rows, "user_id", f"{user} IS NULL", "a user in every row")
    findings.refuse(rows, problems)


def _same(tests: Sequence[str]) -> str:
    pairs = [f"t.{column('user_id')} = r.u"]
    pairs += [f"t.{column(name)} IS NOT DISTINCT FROM r.g{i}" for i, name in enumerate(tests)]
    return " AND ".join(pairs)


def _refuse_twice(rows: Rows, tests: Sequence[str]) -> None:
    """Refuse users with several rows in one arm: their later rows, and where the first one is."""
    names = ["user_id", "variant", *tests]
    keys = ", ".join(f"t.{column(name)}" for name in names)
    windowed = (
        f"SELECT t.{ROW} AS place, min(t.{ROW}) OVER (PARTITION BY {keys}) AS first, {keys} "
        f"FROM {rows.numbered} AS t JOIN {REPEATED} AS r ON {_same(tests)}"
    )
    where = f"FROM ({windowed}) WHERE place > first"
    result = rows.con.execute(f"SELECT * {where} ORDER BY place LIMIT {findings.SHOWN}").fetchall()
    problems = []
    for place, first, *values in result:
        cells = [f"{rows.label(n)} {str(v)!r}" for n, v in zip(names, values, strict=True)]
        found = f"{', '.join(cells)} again, as in row {first}"
        problems.append(Problem(found, "one row for each user (add a user's rows up)", int(place)))
    if len(problems) == findings.SHOWN:
        total = rows.con.execute(f"SELECT count(*) {where}").fetchone() or (0,)
        more = int(total[0]) - findings.SHOWN
        if more:
            problems.append(Problem(f"{more} more such rows", "one row for each user"))
    findings.refuse(rows, problems)


def _in_several(rows: Rows, tests: Sequence[str]) -> tuple[int, list[str], dict[str, int]]:
    groups = ", ".join([f"t.{column('user_id')}", *(f"t.{column(name)}" for name in tests)])
    test = f"CAST(t.{column(tests[0])} AS VARCHAR)" if tests else "''"
    inner = (
        f"SELECT CAST(t.{column('user_id')} AS VARCHAR) AS u, {test} AS test "
        f"FROM {rows.table} AS t JOIN {REPEATED} AS r ON {_same(tests)} GROUP BY {groups} "
        f"HAVING min(t.{column('variant')}) <> max(t.{column('variant')})"
    )
    found = rows.con.execute(f"SELECT count(*) FROM ({inner})").fetchone() or (0,)
    query = f"SELECT DISTINCT u FROM ({inner}) ORDER BY u LIMIT {EXAMPLES}"
    some = [str(row[0]) for row in rows.con.execute(query).fetchall()]
    counts = rows.con.execute(f"SELECT test, count(*) FROM ({inner}) GROUP BY test").fetchall()
    where = {str(name): int(count) for name, count in counts} if tests else {}
    return int(found[0]), some, where
