"""Parameters of a notebook: what its parameters cell declares, and what a call may set.

A declaration is one line, ``name: type = default  # comment``. Allowed values stand in braces in
the comment: ``{en|zh}`` for a choice, ``{1..365}`` for an inclusive range. Values given as text
are converted by the declared type, never guessed, so ``007`` stays a string and ``1.10`` too.
Names are checked here because papermill escapes values but not names.
"""

from __future__ import annotations

import ast
import io
import json
import math
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, cast

from analysis.base.errors import InputError, InputProblems, Problem, nearest

Value = str | int | float | bool | None | list[Any] | dict[str, Any]

_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_LIMITS = re.compile(r"\{([^{}]*)\}")
_SECRET = re.compile(r"passw|secret|token|credential|api_?key|private_?key", re.IGNORECASE)
_SCALARS = ("str", "int", "float", "bool")
_CONTAINERS = ("list", "dict")
_NAMES = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false",
          "list": "a JSON list", "dict": "a JSON object"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter.

    Attributes:
        name: Its name.
        type: ``str``, ``int``, ``float``, ``bool``, ``list`` or ``dict``.
        item: Type of a list's items; empty if open.
        default: Value when the call does not set it.
        comment: What it means, without the limits.
        optional: Whether None is allowed (declared ``type | None``).
        choices: Allowed values as text; empty if open.
        minimum: Smallest allowed number.
        maximum: Largest allowed number.
    """

    name: str
    type: str
    default: Value
    comment: str = ""
    item: str = ""
    optional: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    @property
    def is_table(self) -> bool:
        """Whether it names a table to read: ``data`` or ``*_data``."""
        return self.name == "data" or self.name.endswith("_data")

    @property
    def is_file(self) -> bool:
        """Whether it names a mapping file: ``mapping`` or ``*_mapping``."""
        return self.name == "mapping" or self.name.endswith("_mapping")

    @property
    def expected(self) -> str:
        """What a value must be, in words."""
        text = _NAMES[self.type]
        if self.choices:
            text = f"one of {', '.join(self.choices)}"
        elif self.minimum is not None or self.maximum is not None:
            low = "…" if self.minimum is None else f"{self.minimum:g}"
            high = "…" if self.maximum is None else f"{self.maximum:g}"
            text += f" from {low} to {high}"
        return text + (" or none" if self.optional else "")

    def convert(self, given: Any) -> Value:
        """Turn a given value (text, or already typed) into the declared type.

        Raises:
            ValueError: If it cannot be, or lies outside the declared limits.
        """
        if self.optional and (given is None or given in ("none", "null", "")):
            return None
        value: Value = _convert(self.type, given)
        if self.type == "list" and self.item:
            value = [_convert(self.item, each) for each in cast("list[Any]", value)]
        if self.choices and str(value) not in self.choices:
            raise ValueError
        if self.type in ("int", "float"):
            low = -math.inf if self.minimum is None else self.minimum
            high = math.inf if self.maximum is None else self.maximum
            if not low <= cast("float", value) <= high:
                raise ValueError
        return value


def _convert(kind: str, given: Any) -> Any:
    return _from_text(kind, given) if isinstance(given, str) else _typed(kind, given)


def _from_text(kind: str, text: str) -> Any:
    if kind == "str":
        return text
    text = text.strip()
    if kind == "int" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "float" and _NUMBER.fullmatch(text):
        return _finite(float(text))
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind in _CONTAINERS:
        return _typed(kind, json.loads(text, parse_constant=_refuse))
    raise ValueError


def _typed(kind: str, value: Any) -> Any:
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value).__name__ != kind:
        raise ValueError
    if kind == "float":
        return _finite(value)
    if kind in _CONTAINERS:
        json.dumps(value, allow_nan=False)
    return value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def declared(source: str, where: str) -> tuple[Parameter, ...]:
    """Read the declarations of a parameters cell.

    Args:
        source: The cell's source text.
        where: Name of the notebook, for messages.

    Raises:
        InputProblems: For a line that is no typed, literal declaration.
    """
    comments = _comments(source)
    found: list[Parameter] = []
    problems: list[Problem] = []
    for node in ast.parse(source).body:
        try:
            found.append(_declaration(node, comments.get(node.end_lineno or node.lineno, "")))
        except ValueError as error:
            problems.append(
                Problem(
                    found=repr(ast.unparse(node)) + (f" ({error})" if str(error) else ""),
                    expected="`name: type = literal  # comment`",
                    row=node.lineno,
                )
            )
    if problems:
        raise InputProblems(f"{where}, parameters cell", problems)
    return tuple(found)


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}


def _declaration(node: ast.stmt, comment: str) -> Parameter:
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
        raise ValueError
    if node.value is None:
        raise ValueError("no default")
    name = node.target.id
    if _SECRET.search(name):
        raise ValueError("looks like a secret; secrets come from the environment only")
    kind = ast.unparse(node.annotation).replace(" ", "")
    optional = kind.endswith("|None")
    kind, _, item = kind.removesuffix("|None").partition("[")
    item = item.rstrip("]") if kind == "list" else ""
    if kind not in _SCALARS + _CONTAINERS:
        raise ValueError(f"type {kind} is not one of {', '.join(_SCALARS + _CONTAINERS)}")
    limits = _LIMITS.search(comment)
    choices, minimum, maximum = _limits(limits.group(1)) if limits else ((), None, None)
    parameter = Parameter(
        name=name,
        type=kind,
        default=ast.literal_eval(node.value),
        comment=re.sub(r"\s{2,}", " ", _LIMITS.sub("", comment)).strip(" ;,"),
        item=item,
        optional=optional,
        choices=choices,
        minimum=minimum,
        maximum=maximum,
    )
    if not (optional and parameter.default is None):
        try:
            parameter.convert(parameter.default)
        except ValueError:
            raise ValueError(f"the default is not {parameter.expected}") from None
    return parameter


def _limits(text: str) -> tuple[tuple[str, ...], float | None, float | None]:
    if ".." in text:
        low, high = (part.strip() for part in text.split("..", 1))
        return (), float(low) if low else None, float(high) if high else None
    return tuple(part.strip() for part in text.split("|")), None, None


def bind(
    parameters: tuple[Parameter, ...], given: Mapping[str, Any], where: str
) -> dict[str, Value]:
    """Check the given values against the declarations and fill in the defaults.

    Args:
        parameters: The declarations.
        given: Name → value, as text or typed.
        where: Name of the notebook, for messages.

    Returns:
        Every declared parameter with its value, in order of declaration.

    Raises:
        InputProblems: Naming every unknown name and every wrong value.
    """
    by_name = {parameter.name: parameter for parameter in parameters}
    values = {parameter.name: parameter.default for parameter in parameters}
    problems: list[Problem] = []
    for name, raw in given.items():
        parameter = by_name.get(name)
        if parameter is None:
            problems.append(
                Problem(f"unknown parameter {name!r}", f"a declared one; {nearest(name, by_name)}")
            )
            continue
        try:
            values[name] = parameter.convert(raw)
        except ValueError:
            problems.append(Problem(f"{name}={raw!r}", f"{name} to be {parameter.expected}"))
    if problems:
        raise InputProblems(f"parameters of {where}", problems)
    return values


def from_assignments(assignments: tuple[str, ...]) -> dict[str, str]:
    """Split ``name=value`` texts as given by ``-p``.

    Raises:
        InputError: If one has no ``=`` or a name is given twice.
    """
    given: dict[str, str] = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InputError(f"-p {text}: expected name=value")
        if name in given:
            raise InputError(f"-p {text}: {name} is given twice")
        given[name] = value
    return given


def _unique_keys() -> Any:
    """Return a YAML loader that reads text only and refuses a name given twice."""
    import yaml

    class Loader(yaml.BaseLoader):
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            names = [key.value for key, _ in node.value]
            twice = sorted({str(name) for name in names if names.count(name) > 1})
            if twice:
                raise InputError(f"{', '.join(twice)} is given twice")
            return super().construct_mapping(node, deep)

    return Loader


def from_file(path: Path) -> dict[str, Any]:
    """Read parameters from a YAML (or JSON) file; scalars stay text until their type is known.

    Raises:
        InputError: If the file is missing or is not a mapping of names to values.
    """
    import yaml

    try:
        with path.open(encoding="utf-8-sig") as file:
            content = yaml.load(file, Loader=_unique_keys())
    except FileNotFoundError:
        raise InputError(f"{path}: no such file (parameters)") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            f"{path}: cannot be read as YAML: {' '.join(str(error).split())}"
        ) from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    if content in (None, ""):
        return {}
    if not isinstance(content, dict):
        raise InputError(f"{path}: found a {type(content).__name__}, expected `name: value` lines")
    return {str(name): value for name, value in content.items()}
