"""From a declaration (a mapping, as a TOML file gives it) to a checked sizing model.

Every problem is named at once: input or formula, what was found, what was expected.
"""

from __future__ import annotations

import graphlib
import keyword
import unicodedata
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analysis.base.errors import nearest
from analysis.market.correlation import nearest_correlation, normal_of, positive_definite
from analysis.market.expressions import parse
from analysis.market.model import GRADES, LEVELS, ROUTES, Formula, Input, SizingModel
from analysis.market.reading import (
    Found,
    Reader,
    check_share,
    is_number,
    is_whole,
    read_distribution,
    read_unit,
)
from analysis.market.units import parse_unit

Floats = NDArray[np.float64]

SECTIONS = ("model", "inputs", "formulas", "routes", "correlations")

EARLIEST, LATEST = 1900, 2200

AHEAD = 5
"""Years that an input (a forecast) may lie after the year of the model."""

_INPUT = frozenset(
    {"unit", "source", "base_year", "grade", "label", "note", "brings_forward"}
)  # fmt: skip


def read_model(declared: Found, source: str = "model") -> SizingModel:
    """Read and check a declared sizing model.

    Args:
        declared: ``model.year``; ``inputs.NAME`` with ``unit, distribution, source, base_year,
            grade``, optional ``brings_forward`` (inputs that this growth rate carries to
            the model's year), and the distribution's own numbers (``p5, p95``; ``mean, sd``;
            ``min, mode, max`` with ``lambda`` and ``variance``; ``value``); ``formulas.NAME`` with
            ``is`` and ``unit``; ``routes.top_down`` and ``routes.bottom_up`` with ``tam, sam,
            som``;
            optional ``correlations`` with ``between`` and ``rank`` (Spearman) or ``normal``
            (of the normal scores: of the logarithms of two lognormals).
        source: File or name that an error begins with.

    Raises:
        InputProblems: If anything is wrong: all of it in one message.
    """
    reader = Reader()
    for section in ("inputs", "formulas", "routes"):
        if not isinstance(declared.get(section), Mapping) or not declared[section]:
            reader.note(section, "none", "a table of at least one")
    reader.stop(source)
    about = declared.get("model")
    year = about.get("year") if isinstance(about, Mapping) else None
    if isinstance(about, Mapping):
        reader.keys("model", about, ("year", "note"))
        if not (is_whole(year) and EARLIEST <= int(str(year)) <= LATEST):
            reader.note("model.year", "nothing" if year is None else repr(year),
                        f"the year that the outcome describes, {EARLIEST} to {LATEST}")  # fmt: skip
    else:
        reader.note("model", "nothing" if about is None else repr(about), "a table with model.year")
    names = [*declared["inputs"], *declared["formulas"]]
    for name in names:
        _check_name(reader, name, names)
    inputs = [_input(reader, name, found) for name, found in declared["inputs"].items()]
    formulas = [_formula(reader, name, found) for name, found in declared["formulas"].items()]
    reader.stop(source)
    known = [one for one in inputs if one is not None]
    ordered = _order(reader, [one for one in formulas if one is not None], names)
    reader.stop(source)
    _check_units(reader, known, ordered)
    _check_used(reader, known, ordered)
    if not reader.problems:
        _check_brought(reader, known, ordered)
    routes = _routes(reader, declared["routes"], names)
    reader.stop(source)
    _check_years(reader, known, int(str(year)))
    _check_route_units(reader, routes, _units(known, ordered))
    correlation = _correlation(reader, declared.get("correlations", []), known)
    reader.stop(source)
    assert isinstance(year, int)
    # In one order, whichever the file has: no answer may depend on what is written first.
    routes = {route: routes[route] for route in ROUTES if route in routes}
    return SizingModel(source, year, tuple(known), tuple(ordered), correlation, routes)


def _check_years(reader: Reader, inputs: list[Input], year: int) -> None:
    for one in inputs:
        if not EARLIEST <= one.base_year <= year + AHEAD:
            reader.note(f"inputs.{one.name}", f"base_year {one.base_year}",
                        f"a year from {EARLIEST} to {year + AHEAD}, at most {AHEAD} after that of "
                        "the model")  # fmt: skip


def _check_name(reader: Reader, name: str, names: list[str]) -> None:
    # Python reads ｘ as x: a name that changes on reading would never be found.
    plain = unicodedata.normalize("NFKC", name) == name
    if not (name.isidentifier() and plain) or keyword.iskeyword(name) or name in ("min", "max"):
        reader.note(name, f"the name {name!r}", "letters, digits and _, not beginning with a digit")
    if names.count(name) > 1:
        reader.note(name, f"{name!r} as an input and as a formula", "every name once")


def _input(reader: Reader, name: str, found: object) -> Input | None:
    place = f"inputs.{name}"
    if not isinstance(found, Mapping):
        reader.note(place, repr(found), "a table with unit, distribution, source, base_year, grade")
        return None
    unit = read_unit(reader, place, found)
    sources = reader.sources(place, found)
    base_year, grade = found.get("base_year"), found.get("grade")
    if not is_whole(base_year):
        reader.note(place, f"base_year {base_year!r}", "the year that the number describes")
    if not isinstance(grade, str) or grade not in GRADES:
        choice = "; ".join(f"{key} ({words})" for key, words in GRADES.items())
        reader.note(place, f"grade {grade!r}", f"one of {choice}")
    brings = found.get("brings_forward", [])
    if not isinstance(brings, list) or not all(isinstance(one, str) for one in brings):
        reader.note(f"{place}.brings_forward", repr(brings), 'names of inputs: ["a", "b"]')
        brings = []
    distribution = read_distribution(reader, place, found, _INPUT)
    if distribution is None or not is_whole(base_year):
        return None
    if unit.strip() == "share" and not brings:
        check_share(reader, place, distribution)
    return Input(name, reader.labels(place, found, name), unit, distribution, sources,
                 int(str(base_year)), str(grade), tuple(brings))  # fmt: skip


def _formula(reader: Reader, name: str, found: object) -> Formula | None:
    place = f"formulas.{name}"
    if not isinstance(found, Mapping) or not isinstance(found.get("is"), str):
        reader.note(place, repr(found), 'a table with is = "a * b" and unit')
        return None
    reader.keys(place, found, ("is", "unit", "label", "note"))
    unit = read_unit(reader, place, found)
    try:
        return Formula(name, reader.labels(place, found, name), unit, parse(found["is"]))
    except ValueError as error:
        wrong, _, expected = str(error).rpartition(", expected ")
        reader.note(place, wrong, expected)
        return None


def _order(reader: Reader, formulas: list[Formula], names: list[str]) -> list[Formula]:
    """Formulas such that each comes after those it uses; unknown names and cycles are noted."""
    by_name = {one.name: one for one in formulas}
    graph: dict[str, list[str]] = {}
    for one in formulas:
        for used in one.expression.names:
            if used not in names:
                hint = nearest(used, names)
                reader.note(f"formulas.{one.name}", f"the name {used!r}", f"a known one; {hint}")
        graph[one.name] = [used for used in one.expression.names if used in by_name]
    try:
        return [by_name[name] for name in graphlib.TopologicalSorter(graph).static_order()]
    except graphlib.CycleError as error:
        # graphlib lists each node before the one that uses it.
        cycle = " → ".join(reversed(error.args[1]))
        reader.note("formulas", f"the cycle {cycle}", "no formula that leads back to itself")
        return []


def _units(inputs: list[Input], formulas: list[Formula]) -> dict[str, str]:
    """Declared unit of every name."""
    return {one.name: one.unit for one in inputs} | {one.name: one.unit for one in formulas}


def _check_units(reader: Reader, inputs: list[Input], formulas: list[Formula]) -> None:
    units = {name: parse_unit(text) for name, text in _units(inputs, formulas).items()}
    for one in formulas:
        try:
            own = one.expression.unit(units)
        except ValueError as error:
            wrong, _, expected = str(error).partition(", expected ")
            reader.note(f"formulas.{one.name}", wrong, expected or "the same unit on both sides")
            continue
        if own != units[one.name]:
            reader.note(
                f"formulas.{one.name}", f"{one.expression.text} in {own}",
                f"{units[one.name]}, the unit that it declares",
            )  # fmt: skip


def _check_used(reader: Reader, inputs: list[Input], formulas: list[Formula]) -> None:
    used = {name for one in formulas for name in one.expression.names}
    for one in inputs:
        if one.name not in used:
            reader.note(f"inputs.{one.name}", "an input that no formula uses", "every input used")


def _check_brought(reader: Reader, inputs: list[Input], formulas: list[Formula]) -> None:
    """A growth rate carries an input only where one formula's path has both."""
    names = [one.name for one in inputs]
    below: dict[str, set[str]] = {name: {name} for name in names}
    for step in formulas:
        below[step.name] = set().union(*(below[used] for used in step.expression.names))
    for one in inputs:
        place = f"inputs.{one.name}.brings_forward"
        for other in one.brings_forward:
            if other not in names or other == one.name:
                reader.note(place, f"{other!r}", f"another input; {nearest(other, names)}")
            elif not any({one.name, other} <= below[step.name] for step in formulas):
                reader.note(place, f"{other!r}, in no formula with it",
                            "an input that a formula multiplies by this growth")  # fmt: skip


def _routes(reader: Reader, found: Found, names: list[str]) -> dict[str, dict[str, str]]:
    routes: dict[str, dict[str, str]] = {}
    for route, levels in found.items():
        place = f"routes.{route}"
        if route not in ROUTES or not isinstance(levels, Mapping):
            reader.note(place, f"{route!r}", f"tables {' and '.join(ROUTES)}")
            continue
        for level, name in levels.items():
            if level not in LEVELS:
                reader.note(place, f"level {level!r}", f"one of {', '.join(LEVELS)}")
            elif not isinstance(name, str) or name not in names:
                hint = nearest(str(name), names)
                reader.note(
                    place, f"{level} = {name!r}", f"the name of an input or formula; {hint}"
                )
        routes[route] = {level: str(levels[level]) for level in LEVELS if level in levels}
        if "som" not in routes[route]:
            reader.note(place, "no som", "at least som, the market that we can win")
    return routes


def _check_route_units(
    reader: Reader, routes: Mapping[str, Mapping[str, str]], units: Mapping[str, str]
) -> None:
    """All levels of all routes are the same kind of number, or none could be compared."""
    places = [(f"routes.{route}.{level}", name) for route, levels in routes.items()
              for level, name in levels.items()]  # fmt: skip
    first_place, first = places[0]
    wanted = parse_unit(units[first])
    for place, name in places[1:]:
        own = parse_unit(units[name])
        if own != wanted:
            reader.note(place, f"{name!r} in {own}", f"{wanted}, as {first_place}")


def _correlation(reader: Reader, found: object, inputs: list[Input]) -> Floats:
    """Matrix of the normal scores' correlations."""
    names = [one.name for one in inputs]
    matrix = np.eye(len(names))
    for i, entry in enumerate(found if isinstance(found, list) else [found]):
        pair = _pair(reader, f"correlations.{i + 1}", entry, inputs)
        if pair is not None:
            one, other, value = pair
            if matrix[one, other] != 0:
                reader.note(
                    f"correlations.{i + 1}", f"{names[one]} and {names[other]} again", "a pair once"
                )
            matrix[one, other] = matrix[other, one] = value
    if not reader.problems and not positive_definite(matrix):
        near = nearest_correlation(matrix)
        pairs = [
            f"{names[i]}–{names[j]} {near[i, j]:.3f} for {matrix[i, j]:.3f}"
            for i in range(len(names)) for j in range(i)
            if abs(near[i, j] - matrix[i, j]) > 5e-4
        ]  # fmt: skip
        reader.note(
            "correlations",
            f"a matrix that is not positive definite (least eigenvalue "
            f"{np.linalg.eigvalsh(matrix).min():.3g}): these correlations contradict each other",
            f"one that is; the nearest (of the normal scores): "
            f"{', '.join(pairs) or 'the same, a little nearer 0'}",
        )
    return matrix


def _pair(
    reader: Reader, place: str, entry: object, inputs: list[Input]
) -> tuple[int, int, float] | None:
    names = [one.name for one in inputs]
    kinds = ("rank", "normal")
    found = entry.get("between") if isinstance(entry, Mapping) else None
    pair = [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
    if not isinstance(entry, Mapping) or pair != found or len({*pair}) != 2 or len(pair) != 2:
        reader.note(place, repr(entry), 'between = ["a", "b"] and rank = 0.5')
        return None
    reader.keys(place, entry, ("between", *kinds, "note"))
    given = [kind for kind in kinds if kind in entry]
    if len(given) != 1 or not is_number(entry[given[0]]) or not -1 < entry[given[0]] < 1:
        reader.note(place, repr(dict(entry)), "one of rank or normal, between -1 and 1")
        return None
    unknown = [name for name in pair if name not in names]
    for name in unknown:
        reader.note(place, f"{name!r}", f"the name of an input; {nearest(str(name), names)}")
    if unknown:
        return None
    one, other = (names.index(name) for name in pair)
    for i in (one, other):
        if inputs[i].fixed:
            reader.note(place, f"{names[i]!r}, which is fixed", "two inputs that vary")
    value = float(entry[given[0]])
    return one, other, normal_of(value) if given[0] == "rank" else value
