"""A grid as cells: which runs it asks for, checked completely before any of them starts.

``NAME=VALUES``: the name is a parameter of the notebook, else a column of its main table, each
value of which becomes a condition in ``where``. Values are ``a,b,c``, ``1..100``, or ``*`` for all
that there are.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.base.paths import Home
from analysis.data import subset
from analysis.data.distinct import combinations
from analysis.data.subset import Span
from analysis.runs.notebooks import Notebook
from analysis.runs.parameters import Parameter, bind

MOST = 10_000
ALL = "*"
_TABLE = ("data", "mapping", "where")


@dataclass(frozen=True, slots=True)
class Cell:
    """One run of a grid.

    Attributes:
        place: Its number, from 0, in the order of the grid.
        values: What the grid sets: name → value as written.
        given: Parameters of the run.
    """

    place: int
    values: Mapping[str, str]
    given: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it is called: ``store=3, horizon=7``."""
        return ", ".join(f"{name}={value}" for name, value in self.values.items())


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked grid.

    Attributes:
        axes: Name → values, in order.
        cells: The runs.
        empty: Combinations that no row of the table has, which are left out.
    """

    axes: Mapping[str, Sequence[str]]
    cells: Sequence[Cell]
    empty: int = 0


def from_options(options: Sequence[str]) -> dict[str, str]:
    """Split ``NAME=VALUES`` texts as given by ``--grid``.

    Raises:
        InputError: If one has no name or no values, or a name is given twice.
    """
    grid: dict[str, str] = {}
    for text in options:
        name, equals, values = text.partition("=")
        name = name.strip()
        if not equals or not name or not values.strip():
            raise InputError(f"--grid {text}: expected name=values, such as store=1..20")
        if name in grid:
            raise InputError(f"--grid {text}: {name} is given twice")
        grid[name] = values.strip()
    return grid


def check(
    home: Home,
    notebook: Notebook,
    given: Mapping[str, Any],
    grid: Mapping[str, str],
) -> list[Cell]:
    """Return the runs that a grid asks for; see :func:`plan`."""
    return list(plan(home, notebook, given, grid).cells)


def plan(
    home: Home,
    notebook: Notebook,
    given: Mapping[str, Any],
    grid: Mapping[str, str],
    *,
    later: bool = False,
) -> Plan:
    """Check a grid completely; nothing is started.

    Args:
        home: The project.
        notebook: What is to be run.
        given: Parameters that are the same in all runs.
        grid: Name → values.
        later: Whether the main table may still be missing; then grids over its columns are not
            looked into, and the plan has no cells for them.

    Raises:
        InputError: If the table cannot be read, or the runs are too many.
        InputProblems: If a name is neither parameter nor column, or a value fits neither.
    """
    where = f"grid of {notebook.name}"
    bound = bind(notebook.parameters, given, notebook.name)
    by_name = {parameter.name: parameter for parameter in notebook.parameters}
    axes: dict[str, list[str]] = {}
    problems: list[Problem] = []
    columns = [name for name in grid if name not in by_name]
    for name, text in grid.items():
        if name in by_name:
            axes[name], found = _options(by_name[name], text)
            problems += found
        if name in given:
            problems.append(Problem(f"{name} in the grid and as a parameter", "one of the two"))
    problems += _no_columns(columns, grid, by_name)
    if problems:
        raise InputProblems(where, problems)
    there: set[tuple[str, ...]] | None = None
    if columns and not (later and not _is_there(home, str(bound["data"]))):
        place = _found(home, str(bound["data"]))
        mapping = _found(home, str(bound.get("mapping", "")))
        rows = combinations(place, columns, mapping=mapping, where=str(bound["where"]))
        for number, name in enumerate(columns):
            values = {row[number] for row in rows}
            axes[name], found = _chosen(name, grid[name], subset.in_order(values))
            problems += found
        there = set(rows)
    if problems:
        raise InputProblems(where, problems)
    ordered = {name: axes[name] for name in grid if name in axes}
    made = _cells(notebook, given, bound, ordered, columns if there is not None else [], there)
    return Plan(ordered, *made)


def _no_columns(
    columns: Sequence[str], grid: Mapping[str, str], by_name: Mapping[str, Parameter]
) -> list[Problem]:
    """Find why a notebook cannot take rows of a column."""
    if not columns:
        return []
    lacking = [name for name in ("data", "where") if name not in by_name]
    if lacking:
        expected = f"one of its parameters (it has no `{lacking[0]}` to take rows by a column)"
        return [
            Problem(f"grid over {name!r}", f"{expected}; {nearest(name, by_name)}")
            for name in columns
        ]
    both = [name for name in _TABLE if name in grid]
    return [
        Problem(f"a grid over {name} and over columns ({', '.join(columns)})", "one of the two")
        for name in both
    ]


def _options(parameter: Parameter, text: str) -> tuple[list[str], list[Problem]]:
    """Return the values of a parameter, checked one by one."""
    name = parameter.name
    if parameter.type in ("list", "dict"):
        return [], [Problem(f"grid over {name}", "a parameter that holds one value")]
    if text == ALL:
        every = ["false", "true"] if parameter.type == "bool" else list(parameter.choices)
        if every:
            return every, []
        return [], [Problem(f"{name}=*", f"values: {name} is {parameter.expected}, not a choice")]
    values: list[str] = []
    for one in subset.listed(text, f"--grid {name}"):
        values += _expanded(one) if isinstance(one, Span) else [one]
    problems = []
    for value in values:
        try:
            parameter.convert(value)
        except ValueError:
            problems.append(Problem(f"{name}={value!r}", f"{name} to be {parameter.expected}"))
    return values, problems + _twice(name, values)


def _expanded(span: Span) -> list[str]:
    try:
        lo, hi = int(span.lo), int(span.hi)
    except ValueError:
        raise InputError(f"--grid: found {span}, expected whole numbers, such as 1..20") from None
    if lo > hi or hi - lo >= MOST:
        raise InputError(f"--grid: found {span}, expected a rising range of at most {MOST:,}")
    return [str(number) for number in range(lo, hi + 1)]


def _chosen(name: str, text: str, there: list[str]) -> tuple[list[str], list[Problem]]:
    """Return the values of a column that a grid names, of those that are there."""
    if text == ALL:
        return there, []
    values: list[str] = []
    problems: list[Problem] = []
    known = set(there)
    for one in subset.listed(text, f"--grid {name}"):
        found = [one] if one in known else []
        if isinstance(one, Span):
            try:
                found = _inside(one, there)
            except ValueError:
                problems.append(subset.wrong(name, "text", one))
                continue
        if not found:
            problems.append(subset.absent(name, one, there, len(there)))
        values += [str(value) for value in found]
    return values, problems + _twice(name, values)


def _inside(span: Span, there: Sequence[str]) -> list[str]:
    """Return the values inside a range: of numbers, if its ends are some, else of days."""
    try:
        lo, hi = float(span.lo), float(span.hi)
    except ValueError:
        _, first, last = subset.ends("day", span)
        return [value for value in there if str(first) <= value <= str(last)]
    numbers = {value: _number(value) for value in there}
    return [value for value, number in numbers.items() if number is not None and lo <= number <= hi]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _twice(name: str, values: Sequence[str]) -> list[Problem]:
    again = sorted({value for value in values if values.count(value) > 1})[:3]
    return [Problem(f"{name}={value} twice", "each value once") for value in again]


def _cells(
    notebook: Notebook, given: Mapping[str, Any], bound: Mapping[str, Any],
    axes: Mapping[str, Sequence[str]], columns: Sequence[str], there: set[tuple[str, ...]] | None,
) -> tuple[list[Cell], int]:  # fmt: skip
    cells: list[Cell] = []
    empty = 0
    for combination in itertools.product(*axes.values()):
        values = dict(zip(axes, combination, strict=True))
        if there is not None and tuple(values[name] for name in columns) not in there:
            empty += 1
            continue
        if len(cells) == MOST:
            raise InputError(f"grid of {notebook.name}: found more than {MOST:,} runs")
        own = {name: value for name, value in values.items() if name not in columns}
        if columns:
            conditions = [subset.condition(name, values[name]) for name in columns]
            own["where"] = ";".join(filter(None, [str(bound["where"]), *conditions]))
        bind(notebook.parameters, {**given, **own}, notebook.name)
        cells.append(Cell(len(cells), values, {**given, **own}))
    if not cells:
        raise InputError(f"grid of {notebook.name}: no combination of its values is in the table")
    return cells, empty


def _found(home: Home, name: str) -> str:
    """Return a path as it is found from here, or from the project's root."""
    inside = home.root / Path(name).expanduser()
    return str(inside) if name and not Path(name).exists() and inside.exists() else name


def _is_there(home: Home, source: str) -> bool:
    """Whether a table can be looked into now: a file, or a dataset that has been prepared."""
    from analysis.data.catalog.listing import read_catalog

    if Path(_found(home, source)).exists():
        return True
    dataset = read_catalog(home).datasets.get(source)
    return dataset is not None and (home.processed / dataset.processed).is_file()
