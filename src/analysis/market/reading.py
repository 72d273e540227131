"""Reading a declaration: every problem noted with its key, all of them told in one message."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.market import distributions
from analysis.market.distributions import Distribution, Fixed, Normal
from analysis.market.units import parse_unit

Found = Mapping[str, Any]

NEEDS = {
    "lognormal": ("p5", "p95"),
    "normal": ("p5", "p95"),
    "pert": ("min", "mode", "max"),
    "triangular": ("min", "mode", "max"),
    "fixed": ("value",),
}
_MAY = {"pert": ("lambda", "variance"), "normal": ("mean", "sd"), "lognormal": (), "fixed": ()}

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class KeyProblem(Problem):
    """A problem whose place is a key of a declaration, not a column of a table."""

    def __str__(self) -> str:
        return f"{self.column}: found {self.found}, expected {self.expected}"


class Reader:
    """The problems found so far, and how to note one."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def note(self, place: str, found: str, expected: str) -> None:
        """Note that something else stands at a key than should."""
        self.problems.append(KeyProblem(found, expected, column=place))

    def stop(self, source: str) -> None:
        """Raise all problems noted so far.

        Raises:
            InputProblems: If there are any.
        """
        if self.problems:
            raise InputProblems(source, self.problems)

    def keys(self, place: str, found: Found, known: Iterable[str]) -> None:
        """Note keys that nobody reads, with the nearest one that is read."""
        valid = {*known}
        for key in found:
            if key not in valid:
                where = f"{place}.{key}" if place else key
                self.note(where, f"the key {key!r}", f"a known one; {nearest(key, valid)}")

    def number(
        self, place: str, found: Found, key: str, *, least: float | None = None,
        above: float | None = None, most: float | None = None, needed: bool = True,
    ) -> float:  # fmt: skip
        """A finite number within limits; NaN where it is missing or wrong (and then noted)."""
        if key not in found and not needed:
            return math.nan
        value = found.get(key)
        limits = [f"above {above:g}"] if above is not None else []
        limits += [f"at least {least:g}"] if least is not None else []
        limits += [f"at most {most:g}"] if most is not None else []
        said = " ".join(["a number", *" and ".join(limits).split()])
        if not is_number(value):
            self.note(f"{place}.{key}", "nothing" if value is None else repr(value), said)
            return math.nan
        number = float(value)  # type: ignore[arg-type]
        low = (least is not None and number < least) or (above is not None and number <= above)
        if low or (most is not None and number > most):
            self.note(f"{place}.{key}", f"{number:g}", said)
            return math.nan
        return number

    def whole(self, place: str, found: Found, key: str, *, needed: bool = True) -> int | None:
        """A whole number, such as a year."""
        if key not in found and not needed:
            return None
        value = found.get(key)
        if not is_whole(value):
            self.note(f"{place}.{key}", "nothing" if value is None else repr(value), "whole number")
            return None
        return int(value)  # type: ignore[arg-type]

    def once(self, place: str, names: Iterable[str]) -> None:
        """Note names that stand twice where each names a row."""
        for name, times in Counter(names).items():
            if name and times > 1:
                self.note(place, f"{name!r} twice", "every label once")

    def choice(self, place: str, found: Found, key: str, valid: tuple[str, ...], usual: str) -> str:
        """One of a few words; ``usual`` where the key is absent."""
        value = found.get(key, usual)
        if value not in valid:
            self.note(f"{place}.{key}", repr(value),
                      f"one of {', '.join(valid)}; {nearest(str(value), valid)}")  # fmt: skip
            return usual
        return str(value)

    def sources(self, place: str, found: Found) -> dict[str, str]:
        """Where a number is from, by language; noted if nothing is said."""
        return self.texts(place, found, "source", "where the number is from, or 'assumption'")

    def labels(self, place: str, found: Found, name: str) -> dict[str, str]:
        """What readers call it, by language; its name where nothing is said."""
        if "label" not in found:
            return dict.fromkeys(LANGUAGES, name)
        return self.texts(place, found, "label", "a name for readers")

    def texts(self, place: str, found: Found, key: str, expected: str) -> dict[str, str]:
        """A text, or one a language (``{ en = "…", zh = "…" }``), under both languages."""
        value = found.get(key)
        if isinstance(value, str) and value.strip():
            return dict.fromkeys(LANGUAGES, value)
        if isinstance(value, Mapping) and value:
            self.keys(f"{place}.{key}", value, LANGUAGES)
            if all(isinstance(text, str) and text.strip() for text in value.values()):
                first = str(next(iter(value.values())))
                return {lang: str(value.get(lang, first)) for lang in LANGUAGES}
        said = f"no {key}" if value is None or not str(value).strip() else repr(value)
        self.note(place, said, expected)
        return dict.fromkeys(LANGUAGES, "")


def is_whole(value: object) -> bool:
    """Whether a value is a whole number, and no yes or no."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether a value is a finite number, and no yes or no."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def read_unit(reader: Reader, place: str, found: Found) -> str:
    """The unit, noted if it is missing or none."""
    text = found.get("unit")
    if not isinstance(text, str) or not text.strip():
        reader.note(place, "no unit", "one such as CNY/household/year, or share")
        return ""
    try:
        parse_unit(text)
    except ValueError as error:
        wrong, _, expected = str(error).removeprefix("found ").partition(", expected ")
        reader.note(place, wrong, f"{expected}; a percentage is a share (0.05) or a ratio")
    return text


def check_share(reader: Reader, place: str, distribution: Distribution) -> None:
    """A share beyond 0 or 1 in one draw of a thousand is a distribution chosen wrongly."""
    low, high = distribution.quantile(np.array([0.001, 0.999]))
    if low < 0 or high > 1:
        reader.note(
            place, f"a share from {low:.3g} to {high:.3g} (0.1% and 99.9% points)",
            "between 0 and 1: take 'pert' with min and max inside; or unit = \"ratio\" for a "
            "growth rate, which may be below 0",
        )  # fmt: skip


def read_distribution(
    reader: Reader, place: str, found: Found, others: frozenset[str] = frozenset()
) -> Distribution | None:
    """The distribution that a table declares; None where it declares none (and then noted).

    Args:
        reader: Takes the problems.
        place: Key of the table.
        found: The table: ``distribution`` and that distribution's own numbers.
        others: Keys of the table that are not the distribution's.
    """
    kind = found.get("distribution")
    if not isinstance(kind, str) or kind not in NEEDS:
        hint = nearest(str(kind), NEEDS)
        reader.note(place, f"distribution {kind!r}", f"one of {', '.join(NEEDS)}; {hint}")
        return None
    needs: tuple[str, ...] = NEEDS[kind]
    if kind == "normal" and ("mean" in found or "sd" in found):
        needs = ("mean", "sd")
    extra = {*found} - {"distribution"} - others - {*needs} - {*_MAY.get(kind, ())}
    for key in sorted(extra):
        reader.note(place, f"{key!r}", f"what {kind} takes: {', '.join(needs)}")
    missing = [key for key in needs if not is_number(found.get(key))]
    for key in missing:
        said = f"{key} = {found[key]!r}" if key in found else f"no {key}"
        reader.note(place, said, f"a finite number, for {kind}")
    if "lambda" in found and not is_number(found["lambda"]):
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
        # A message of two halves has its expectation after a semicolon.
        head, _, tail = wrong.partition("; expected ")
        reader.note(place, head, expected or tail or "a distribution")
        return None


def read_belief(reader: Reader, place: str, found: Found, key: str) -> Distribution | None:
    """A number, taken as known, or a table with a distribution."""
    value, where = found.get(key), f"{place}.{key}"
    if is_number(value):
        return Fixed(float(value))  # type: ignore[arg-type]
    if isinstance(value, Mapping):
        return read_distribution(reader, where, value, frozenset({"source", "note"}))
    said = "nothing" if value is None else repr(value)
    reader.note(where, said, 'a number, or { distribution = "pert", … }')
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
