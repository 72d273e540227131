"""Pairwise judgments as they are given, ``"x|y": value``, and the matrix that they make.

``"x|y": 3`` says that x matters three times as much as y. A judgment may be missing; the judgments
must tie all items together, or no weight of one part against the other follows from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.base.errors import InputError, InputProblems, Problem, nearest

Floats = NDArray[np.float64]
RECIPROCAL = 0.025
"""Gap up to which ``x|y`` times ``y|x`` counts as 1: a seventh is written 0.14, and two neighbours
on Saaty's scale are 12 % apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgments:
    """A reciprocal matrix of pairwise judgments.

    Attributes:
        names: Items, in the order of the matrix.
        matrix: ``(n, n)`` how many times as much the row matters as the column; NaN where missing.
    """

    names: tuple[str, ...]
    matrix: Floats

    @property
    def missing(self) -> list[tuple[int, int]]:
        """Places above the diagonal without a judgment."""
        rows, columns = np.nonzero(np.triu(np.isnan(self.matrix), 1))
        return list(zip(rows.tolist(), columns.tolist(), strict=True))

    def ordered(self, names: Sequence[str]) -> Judgments:
        """The same judgments with the items in another order.

        Raises:
            InputError: If the items are not the same.
        """
        for name in names:
            if name not in self.names:
                raise InputError(f"judgments: found none of {name!r}; {nearest(name, self.names)}")
        for name in self.names:
            if name not in names:
                raise InputError(f"judgments: found unknown {name!r}; {nearest(name, names)}")
        order = [self.names.index(name) for name in names]
        return Judgments(tuple(names), self.matrix[np.ix_(order, order)])


def from_pairs(pairs: Mapping[str, float], names: Sequence[str] | None = None) -> Judgments:
    """Read judgments ``"x|y": value``.

    Args:
        pairs: Judgment of x against y, above 0 (Saaty's scale goes from 1/9 to 9). One direction is
            enough; both are checked against each other.
        names: Items in their order; by first appearance when None.

    Raises:
        InputProblems: For values that are not above 0, pairs that are not ``x|y``, items unknown or
            compared with themselves as unequal, or two directions that are not reciprocal.
        InputError: If the judgments do not tie all items together.
    """
    problems: list[Problem] = []
    parsed: dict[tuple[str, str], float] = {}
    for key, value in pairs.items():
        parts = [part.strip() for part in str(key).split("|")]
        if len(parts) != 2 or not all(parts):
            problems.append(Problem(repr(key), "a pair 'x|y'"))
            continue
        left, right = parts
        if not _positive(value):
            problems.append(Problem(f"{key} = {value!r}", "a number above 0"))
            continue
        for name in parts:
            if names is not None and name not in names:
                problems.append(Problem(f"{key} names {name!r}", nearest(name, names)))
        if left == right and value != 1:
            problems.append(Problem(f"{key} = {value:g}", "1 of an item against itself"))
        back = parsed.get((right, left))
        if back is not None and abs(back * value - 1) > RECIPROCAL:
            problems.append(
                Problem(
                    f"{key} = {value:g} beside {right}|{left} = {back:g}",
                    f"{right}|{left} = {1 / value:.4g}, the reciprocal",
                )
            )
        parsed[left, right] = float(value)
    if problems:
        raise InputProblems("judgments", problems)
    items = list(names) if names is not None else list(dict.fromkeys(sum(parsed, ())))
    place = {name: i for i, name in enumerate(items)}
    matrix = np.full((len(items), len(items)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for (left, right), value in parsed.items():
        # Of two directions the one above 1 is the judgment, the other its reciprocal, rounded.
        if value >= 1 or parsed.get((right, left), 0.0) < 1:
            matrix[place[left], place[right]] = value
            matrix[place[right], place[left]] = 1 / value
    return _checked(items, matrix)


def from_matrix(names: Sequence[str], matrix: ArrayLike) -> Judgments:
    """Take judgments as a matrix; NaN where a judgment is missing.

    Raises:
        InputError: If it is not square, positive and reciprocal, or does not tie all items.
    """
    values = np.array(matrix, dtype=np.float64)
    n = len(names)
    if values.shape != (n, n) or len(set(names)) != n or not n:
        shape = " × ".join(map(str, values.shape))
        raise InputError(f"judgments: found {shape} of {n} items, expected n × n of distinct ones")
    bad = ~(np.isnan(values) | ((values > 0) & np.isfinite(values)))
    gap = np.abs(values * values.T - 1)
    one_way = np.isnan(values) != np.isnan(values.T)
    wrong = np.argwhere(bad | one_way | (gap > RECIPROCAL) | np.eye(n, dtype=bool) & (values != 1))
    problems = [
        Problem(
            f"{names[i]}|{names[j]} = {values[i, j]:g} beside {names[j]}|{names[i]} = "
            f"{values[j, i]:g}",
            "numbers above 0, each the other's reciprocal",
        )
        for i, j in wrong.tolist()
        if i <= j
    ]
    if problems:
        raise InputProblems("judgments", problems)
    return _checked(list(names), np.where(values < 1, 1 / values.T, values))


def _positive(value: object) -> bool:
    return isinstance(value, int | float | np.number) and 0 < float(value) < math.inf


def _checked(items: list[str], matrix: Floats) -> Judgments:
    """Judgments that tie all items together."""
    if not items:
        raise InputError("judgments: found none, expected at least one")
    reached = np.zeros(len(items), dtype=bool)
    reached[0] = True
    for _ in items:
        reached |= (~np.isnan(matrix[reached])).any(axis=0)
    if not reached.all():
        one = ", ".join(name for name, seen in zip(items, reached, strict=True) if seen)
        rest = ", ".join(name for name, seen in zip(items, reached, strict=True) if not seen)
        raise InputError(
            f"judgments: found none between {one} and {rest}, expected at least one to tie them"
        )
    return Judgments(tuple(items), matrix)
