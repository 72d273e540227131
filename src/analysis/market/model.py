"""A sizing model: inputs with their beliefs, formulas in order, routes from TAM to SOM.

It is read from a declaration by :func:`analysis.market.declaration.read_model`, which checks it;
here it is evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.base.errors import InputError, nearest
from analysis.market.distributions import Distribution, Fixed
from analysis.market.expressions import Expression

Floats = NDArray[np.float64]

LEVELS = ("tam", "sam", "som")

ROUTES = ("top_down", "bottom_up")

GRADES = {
    "A": "counted: official statistics, own books",
    "B": "measured on a sample: a survey, a panel",
    "C": "reported by others: press, competitors",
    "D": "judged: an assumption",
}
"""What a confidence grade says of an input."""


def is_assumption(sources: Mapping[str, str]) -> bool:
    """Whether a source says that there is none."""
    return any(text.strip().lower().startswith(("assum", "假设")) for text in sources.values())


@dataclass(frozen=True)
class Input:
    """One uncertain number and where it is from.

    Attributes:
        name: As formulas call it.
        labels: Language → what a reader calls it.
        unit: As declared, such as ``CNY/household/year``.
        distribution: What is believed about it.
        sources: Language → where it is from; "assumption …" if nowhere.
        base_year: Year that it describes.
        grade: Confidence, one of :data:`GRADES`.
        brings_forward: Names of the inputs that this one, a growth rate, carries a year on.
    """

    name: str
    labels: Mapping[str, str]
    unit: str
    distribution: Distribution
    sources: Mapping[str, str]
    base_year: int
    grade: str
    brings_forward: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where it is from, in English if that is given."""
        return self.sources.get("en", next(iter(self.sources.values())))

    @property
    def assumed(self) -> bool:
        """Whether it is in no source, but an assumption."""
        return is_assumption(self.sources)

    @property
    def fixed(self) -> bool:
        """Whether it is taken as known."""
        return isinstance(self.distribution, Fixed)


@dataclass(frozen=True)
class Formula:
    """One step of the graph."""

    name: str
    labels: Mapping[str, str]
    unit: str
    expression: Expression


@dataclass(frozen=True)
class SizingModel:
    """Inputs, formulas in an order in which they can be computed, and routes.

    Attributes:
        name: What an error calls it.
        year: Year that the outcome describes.
        inputs: In the declared order.
        formulas: Sorted so that each comes after those it uses.
        correlation: Correlation of the inputs' normal scores (Gaussian copula), shape (k, k).
        routes: Route (``top_down``, ``bottom_up``) → level (``tam``, ``sam``, ``som``) → name of
            an input or a formula.
    """

    name: str
    year: int
    inputs: tuple[Input, ...]
    formulas: tuple[Formula, ...]
    correlation: Floats
    routes: Mapping[str, Mapping[str, str]]

    @property
    def correlated(self) -> bool:
        """Whether any two inputs are."""
        return bool((self.correlation != np.eye(len(self.inputs))).any())

    def label(self, name: str, lang: str = "en") -> str:
        """What a reader calls an input or a formula."""
        labels = {one.name: one.labels for one in self.inputs}
        labels |= {one.name: one.labels for one in self.formulas}
        return labels[name].get(lang, name)

    def unit(self, name: str) -> str:
        """Declared unit of an input or a formula.

        Raises:
            InputError: If there is none of that name.
        """
        units = {one.name: one.unit for one in self.inputs}
        units |= {one.name: one.unit for one in self.formulas}
        if name not in units:
            raise InputError(f"{self.name}: found no {name!r}; {nearest(name, units)}")
        return units[name]

    def medians(self) -> Floats:
        """Median of every input, shape (k,)."""
        return np.array([float(one.distribution.quantile(0.5)) for one in self.inputs])

    def quantiles(self, uniforms: Floats) -> Floats:
        """Inputs at uniform points, both of shape (n, k)."""
        columns = [one.distribution.quantile(uniforms[:, i]) for i, one in enumerate(self.inputs)]
        return np.column_stack(columns)

    def evaluate(self, values: Floats) -> dict[str, Floats]:
        """All inputs and formulas for rows of inputs.

        Args:
            values: Inputs in declared order, shape (n, k).

        Returns:
            Name → values, shape (n,).

        Raises:
            InputError: If a formula gives values that are not finite, naming the formula.
        """
        found = {one.name: values[:, i] for i, one in enumerate(self.inputs)}
        for step in self.formulas:
            result = np.broadcast_to(step.expression.evaluate(found), (len(values),))
            finite = np.isfinite(result)
            if not finite.all():
                raise InputError(
                    f"{self.name}: formula {step.name!r} ({step.expression.text}) is not finite "
                    f"in {1 - finite.mean():.2%} of draws, expected in none: "
                    f"a division by 0, a root of a negative number, or one too large to compute?"
                )
            found[step.name] = result
        return found

    def outcome(self, name: str, values: Floats) -> Floats:
        """One input or formula for rows of inputs (n, k): shape (n,)."""
        self.unit(name)
        return self.evaluate(values)[name]

    def older(self) -> tuple[Input, ...]:
        """Inputs that describe a year before the model's, and that no growth carries on.

        A growth rate carries an input by one year: one that is older still is older after it.
        """
        carried = {name for one in self.inputs for name in one.brings_forward}
        return tuple(
            one for one in self.inputs if self.year - one.base_year > (one.name in carried)
        )

    def used_by(self, name: str) -> set[str]:
        """Names of the inputs that an input or a formula depends on."""
        steps = {step.name: step.expression.names for step in self.formulas}
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting.extend(steps.get(one, ()))
        return {one.name for one in self.inputs} & seen
