"""Formulas as a planner writes them: ``+ - * / **``, parentheses, ``min`` and ``max`` of names.

A formula is parsed, never run as Python: anything but these is refused with its place.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from analysis.market.units import Unit

Floats = NDArray[np.float64]

LONGEST = 2000
"""Characters of a formula: a longer one is to be split into named steps."""

DEEPEST = 60
"""Nesting of a formula, for the same reason."""

ALLOWED = "+ - * / **, parentheses, min(), max(), numbers and names"

_OPERATORS: dict[type[ast.operator], Callable[[Floats, Floats], Floats]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_FUNCTIONS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "min": np.minimum, "max": np.maximum,
}  # fmt: skip


@dataclass(frozen=True)
class Expression:
    """A parsed formula.

    Attributes:
        text: As written.
        root: Its syntax tree, of allowed nodes only.
        names: Names that it uses, in order of first use.
    """

    text: str
    root: ast.expr
    names: tuple[str, ...]

    def evaluate(self, values: Mapping[str, Floats]) -> Floats:
        """Value of the formula for every row of the named arrays (one shape).

        Division by 0 and overflow give what IEEE arithmetic gives; the caller looks at them.
        """
        with np.errstate(all="ignore"):
            return _value(self.root, values)

    def unit(self, units: Mapping[str, Unit]) -> Unit:
        """Unit of the formula.

        Raises:
            ValueError: If units clash, naming the two sides.
        """
        return _unit(self.root, units)


def parse(text: str) -> Expression:
    """Parse a formula.

    Raises:
        ValueError: If it is not a formula of the allowed kind; the message says what was found.
    """
    if len(text) > LONGEST:
        raise ValueError(f"{len(text)} characters, expected at most {LONGEST}: split it into steps")
    try:
        root = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "not readable"
        raise ValueError(f"{text!r} ({reason}), expected a formula of {ALLOWED}") from None
    names: dict[str, None] = {}
    _check(root, names, 0)
    return Expression(text, root, tuple(names))


def _check(node: ast.expr, names: dict[str, None], depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError(f"nesting deeper than {DEEPEST}, expected less: split it into steps")
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        _check(node.left, names, depth + 1)
        _check(node.right, names, depth + 1)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        _check(node.operand, names, depth + 1)
    elif isinstance(node, ast.Name):
        names[node.id] = None
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        _number(node)
    elif _is_call(node):
        for argument in node.args:  # type: ignore[attr-defined]
            _check(argument, names, depth + 1)
    else:
        raise ValueError(f"{ast.unparse(node)!r}, expected {ALLOWED}")


def _is_call(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _FUNCTIONS
        and len(node.args) >= 2
        and not node.keywords
    )


def _number(node: ast.Constant) -> float:
    try:
        value = float(node.value)  # type: ignore[arg-type]
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise ValueError("a number too large to compute with, expected a finite one")
    return value


def _value(node: ast.expr, values: Mapping[str, Floats]) -> Floats:
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, values), _value(node.right, values)
        return _OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp):
        operand = _value(node.operand, values)
        return np.negative(operand) if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        parts = [_value(argument, values) for argument in node.args]
        return reduce(_FUNCTIONS[node.func.id], parts)
    assert isinstance(node, ast.Constant)
    return np.asarray(_number(node))


def _unit(node: ast.expr, units: Mapping[str, Unit]) -> Unit:
    if isinstance(node, ast.Name):
        return units[node.id]
    if isinstance(node, ast.Constant):
        return Unit()
    if isinstance(node, ast.UnaryOp):
        return _unit(node.operand, units)
    if isinstance(node, ast.Call):
        return _same([(argument, _unit(argument, units)) for argument in node.args], "compares")
    assert isinstance(node, ast.BinOp)
    left, right = _unit(node.left, units), _unit(node.right, units)
    if isinstance(node.op, ast.Mult | ast.Div):
        return left.times(right, 1 if isinstance(node.op, ast.Mult) else -1)
    if isinstance(node.op, ast.Pow):
        return _powered(node, left, right)
    verb = "adds" if isinstance(node.op, ast.Add) else "subtracts"
    return _same([(node.left, left), (node.right, right)], verb)


def _powered(node: ast.BinOp, base: Unit, exponent: Unit) -> Unit:
    if not exponent.plain:
        raise ValueError(f"an exponent in {exponent} ({ast.unparse(node)}), expected a plain one")
    if base.plain:
        return base
    try:
        power = float(_constant(node.right))
    except KeyError:
        raise ValueError(
            f"{base} to a power that varies ({ast.unparse(node)}), expected a number as exponent"
        ) from None
    return base.to(Fraction(power).limit_denominator(1000))


def _constant(node: ast.expr) -> float:
    """Value of a formula without names.

    Raises:
        KeyError: If it has a name.
    """
    with np.errstate(all="ignore"):
        value = float(_value(node, {}))
    if not math.isfinite(value):
        raise ValueError(f"an exponent that is not finite ({ast.unparse(node)})")
    return value


def _same(parts: list[tuple[ast.expr, Unit]], verb: str) -> Unit:
    first, unit = parts[0]
    for other, own in parts[1:]:
        if own != unit:
            raise ValueError(
                f"a unit clash: it {verb} {ast.unparse(first)} in {unit} and "
                f"{ast.unparse(other)} in {own}"
            )
    return unit
