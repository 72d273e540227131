"""From a declaration (a mapping, as a TOML file gives it) to a checked sizing model.

Every problem is named at once: input or formula, what was found, what was expected.
"""

from __future__ import annotations

import graphlib
import keyword
import math
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.market import distributions
from analysis.market.correlation import nearest_correlation, normal_of, positive_definite
from analysis.market.distributions import Distribution, Fixed, Normal
from analysis.market.expressions import parse
from analysis.market.model import GRADES, LEVELS, ROUTES, Formula, Input, SizingModel
from analysis.market.units import parse_unit

Floats = NDArray[np.float64]
Found = Mapping[str, Any]

_INPUT = {"unit", "distribution", "source", "base_year", "grade", "label", "note"}
_NEEDS = {
    "lognormal": ("p5", "p95"),
    "normal": ("p5", "p95"),
    "pert": ("min", "mode", "max"),
    "triangular": ("min", "mode", "max"),
    "fixed": ("value",),
}
_MAY = {"pert": ("lambda", "variance"), "normal": ("mean", "sd"), "lognormal": (), "fixed": ()}


class _Reader:
    """The problems found so far, and how to note one."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def note(self, place: str, found: str, expected: str) -> None:
        self.problems.append(Problem(found, expected, column=place))

    def stop(self, source: str) -> None:
        if self.problems:
            raise InputProblems(source, self.problems)


def read_model(declared: Found, source: str = "model") -> SizingModel:
    """Read and check a declared sizing model.

    Args:
        declared: ``model.year``; ``inputs.NAME`` with ``unit, distribution, source, base_year,
            grade`` and the distribution's own numbers (``p5, p95``; ``mean, sd``; ``min, mode,
            max`` with ``lambda`` and ``variance``; ``value``); ``formulas.NAME`` with ``is`` and
            ``unit``; ``routes.top_down`` and ``routes.bottom_up`` with ``tam, sam, som``;
            optional ``correlations`` with ``between`` and ``rank`` (Spearman) or ``normal``
            (of the normal scores: of the logarithms of two lognormals).
        source: File or name that an error begins with.

    Raises:
        InputProblems: If anything is wrong: all of it in one message.
    """
    reader = _Reader()
    for section in ("inputs", "formulas", "routes"):
        if not isinstance(declared.get(section), Mapping) or not declared[section]:
            reader.note(section, "none", "a table of at least one")
    reader.stop(source)
    year = declared.get("model", {}).get("year")
    if not _whole(year):
        reader.note("model.year", repr(year), "the year that the outcome describes")
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
    routes = _routes(reader, declared["routes"], names)
    reader.stop(source)
    _check_route_units(reader, routes, _units(known, ordered))
    correlation = _correlation(reader, declared.get("correlations", []), known)
    reader.stop(source)
    assert isinstance(year, int)
    return SizingModel(source, year, tuple(known), tuple(ordered), correlation, routes)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check_name(reader: _Reader, name: str, names: list[str]) -> None:
    # Python reads ｘ as x: a name that changes on reading would never be found.
    plain = unicodedata.normalize("NFKC", name) == name
    if not (name.isidentifier() and plain) or keyword.iskeyword(name) or name in ("min", "max"):
        reader.note(name, f"the name {name!r}", "letters, digits and _, not beginning with a digit")
    if names.count(name) > 1:
        reader.note(name, f"{name!r} as an input and as a formula", "every name once")


def _labels(found: Found, name: str) -> dict[str, str]:
    label = found.get("label", name)
    if isinstance(label, Mapping):
        return {lang: str(text) for lang, text in label.items()}
    return {"en": str(label), "zh": str(label)}


def _unit(reader: _Reader, place: str, found: Found) -> str:
    text = found.get("unit")
    if not isinstance(text, str) or not text.strip():
        reader.note(place, "no unit", "one such as CNY/household/year, or share")
        return ""
    try:
        parse_unit(text)
    except ValueError as error:
        reader.note(place, str(error).removeprefix("found "), "a unit")
    return text


def _input(reader: _Reader, name: str, found: object) -> Input | None:
    place = f"inputs.{name}"
    if not isinstance(found, Mapping):
        reader.note(place, repr(found), "a table with unit, distribution, source, base_year, grade")
        return None
    unit = _unit(reader, place, found)
    source, base_year, grade = (found.get(key) for key in ("source", "base_year", "grade"))
    if not isinstance(source, str) or not source.strip():
        reader.note(place, "no source", "where the number is from, or 'assumption'")
    if not _whole(base_year):
        reader.note(place, f"base_year {base_year!r}", "the year that the number describes")
    if grade not in GRADES:
        choice = "; ".join(f"{key} ({words})" for key, words in GRADES.items())
        reader.note(place, f"grade {grade!r}", f"one of {choice}")
    distribution = _distribution(reader, name, found)
    if distribution is None or not _whole(base_year):
        return None
    if unit.strip() == "share":
        _check_share(reader, place, distribution)
    labels = _labels(found, name)
    return Input(name, labels, unit, distribution, str(source), int(str(base_year)), str(grade))


def _check_share(reader: _Reader, place: str, distribution: Distribution) -> None:
    """A share beyond 0 or 1 in one draw of a thousand is a distribution chosen wrongly."""
    low, high = distribution.quantile(np.array([0.001, 0.999]))
    if low < 0 or high > 1:
        reader.note(
            place, f"a share from {low:.3g} to {high:.3g} (0.1% and 99.9% points)",
            "between 0 and 1: take 'pert' with min and max inside",
        )  # fmt: skip


def _distribution(reader: _Reader, name: str, found: Found) -> Distribution | None:
    place = f"inputs.{name}"
    kind = found.get("distribution")
    if kind not in _NEEDS:
        hint = nearest(str(kind), _NEEDS)
        reader.note(place, f"distribution {kind!r}", f"one of {', '.join(_NEEDS)}; {hint}")
        return None
    needs: tuple[str, ...] = _NEEDS[kind]
    if kind == "normal" and ("mean" in found or "sd" in found):
        needs = ("mean", "sd")
    extra = {*found} - _INPUT - {*needs} - {*_MAY.get(kind, ())}
    for key in sorted(extra):
        reader.note(place, f"{key!r}", f"what {kind} takes: {', '.join(needs)}")
    missing = [key for key in needs if not _number(found.get(key))]
    for key in missing:
        reader.note(place, f"{key} = {found.get(key)!r}", f"a finite number, for {kind}")
    if "lambda" in found and not _number(found["lambda"]):
        reader.note(place, f"lambda = {found['lambda']!r}", "a number above 0")
        return None
    if missing or extra:
        return None
    values = [float(found[key]) for key in needs]
    try:
        return _built(kind, values, found, place)
    except InputError as error:
        said = str(error).removeprefix(f"{place}: found ")
        wrong, _, expected = said.partition(", expected ")
        reader.note(place, wrong, expected or "a distribution")
        return None


def _built(kind: str, values: list[float], found: Found, place: str) -> Distribution:
    if kind == "fixed":
        return Fixed(values[0])
    if kind == "pert":
        weight, convention = float(found.get("lambda", 4.0)), str(found.get("variance", "vose"))
        low, mode, high = values
        return distributions.pert(low, mode, high, weight=weight, convention=convention, name=place)
    if kind == "triangular":
        return distributions.triangular(values[0], values[1], values[2], name=place)
    if kind == "normal" and "mean" in found:
        if values[1] <= 0:
            raise InputError(f"{place}: found sd {values[1]:g}, expected above 0, or 'fixed'")
        return Normal(values[0], values[1])
    build: Callable[..., Distribution] = (
        distributions.lognormal if kind == "lognormal" else distributions.normal
    )
    return build(*values, name=place)


def _formula(reader: _Reader, name: str, found: object) -> Formula | None:
    place = f"formulas.{name}"
    if not isinstance(found, Mapping) or not isinstance(found.get("is"), str):
        reader.note(place, repr(found), 'a table with is = "a * b" and unit')
        return None
    unit = _unit(reader, place, found)
    try:
        return Formula(name, _labels(found, name), unit, parse(found["is"]))
    except ValueError as error:
        wrong, _, expected = str(error).rpartition(", expected ")
        reader.note(place, wrong, expected)
        return None


def _order(reader: _Reader, formulas: list[Formula], names: list[str]) -> list[Formula]:
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


def _check_units(reader: _Reader, inputs: list[Input], formulas: list[Formula]) -> None:
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


def _check_used(reader: _Reader, inputs: list[Input], formulas: list[Formula]) -> None:
    used = {name for one in formulas for name in one.expression.names}
    for one in inputs:
        if one.name not in used:
            reader.note(f"inputs.{one.name}", "an input that no formula uses", "every input used")


def _routes(reader: _Reader, found: Found, names: list[str]) -> dict[str, dict[str, str]]:
    routes: dict[str, dict[str, str]] = {}
    for route, levels in found.items():
        place = f"routes.{route}"
        if route not in ROUTES or not isinstance(levels, Mapping):
            reader.note(place, f"{route!r}", f"tables {' and '.join(ROUTES)}")
            continue
        for level, name in levels.items():
            if level not in LEVELS:
                reader.note(place, f"level {level!r}", f"one of {', '.join(LEVELS)}")
            elif name not in names:
                hint = nearest(str(name), names)
                reader.note(
                    place, f"{level} = {name!r}", f"the name of an input or formula; {hint}"
                )
        routes[route] = {level: str(levels[level]) for level in LEVELS if level in levels}
        if "som" not in routes[route]:
            reader.note(place, "no som", "at least som, the market that we can win")
    return routes


def _check_route_units(
    reader: _Reader, routes: Mapping[str, Mapping[str, str]], units: Mapping[str, str]
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


def _correlation(reader: _Reader, found: object, inputs: list[Input]) -> Floats:
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
    reader: _Reader, place: str, entry: object, inputs: list[Input]
) -> tuple[int, int, float] | None:
    names = [one.name for one in inputs]
    kinds = ("rank", "normal")
    pair = entry.get("between") if isinstance(entry, Mapping) else None
    if not isinstance(entry, Mapping) or not isinstance(pair, list) or len(set(pair)) != 2:
        reader.note(place, repr(entry), 'between = ["a", "b"] and rank = 0.5')
        return None
    given = [kind for kind in kinds if kind in entry]
    if len(given) != 1 or not _number(entry[given[0]]) or not -1 < entry[given[0]] < 1:
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
