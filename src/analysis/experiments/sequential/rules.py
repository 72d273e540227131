"""The rule by which planned looks share out the error, and how often a plan looks.

The classical rules (Pocock 1977, Biometrika 64; O'Brien & Fleming 1979, Biometrics 35; Wang &
Tsiatis 1987, Biometrics 43; Haybittle 1971, British Journal of Radiology 44, and Peto et al. 1976)
are written for looks planned beforehand; those that spend (:mod:`.spending`) for any.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.base.errors import InputError, nearest
from analysis.experiments.sequential.integration import CLOSEST
from analysis.experiments.sequential.spending import PARAMETERS, SPENDING

FULL = 0.999
"""Share of the planned maximum from which a look is the last: plans are not met to the user."""

SPENDS = "spending_"
CLASSICAL = ("pocock", "obrien_fleming", "wang_tsiatis", "haybittle_peto")
RULES = (*CLASSICAL, *(SPENDS + name for name in SPENDING))

_DEFAULTS = {
    "wang_tsiatis": 0.25,
    "haybittle_peto": 3.0,
    **{SPENDS + name: value for name, value in PARAMETERS.items()},
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of stopping.

    Attributes:
        name: One of :data:`RULES`.
        parameter: Δ of Wang & Tsiatis (0.5 is Pocock, 0 O'Brien–Fleming), the z-value before the
            last look of Haybittle & Peto, γ of Hwang, Shih & DeCani, ρ of Kim & DeMets; NaN for
            the others.
    """

    name: str
    parameter: float = math.nan

    @property
    def spends(self) -> bool:
        """Whether looks may be any, not only those planned."""
        return self.name.startswith(SPENDS)

    @property
    def spending(self) -> str:
        """Name of the spending function."""
        return self.name.removeprefix(SPENDS)


def rule(name: str, parameter: float | None = None) -> Rule:
    """Return a rule with its parameter filled in.

    Raises:
        InputError: If there is no such rule, or the parameter is not one of it.
    """
    if name not in RULES:
        raise InputError(f"rule: found {name!r}; {nearest(name, RULES)}")
    if name not in _DEFAULTS:
        if parameter is not None:
            raise InputError(f"parameter: found {parameter}, but rule {name!r} has none")
        return Rule(name)
    value = _DEFAULTS[name] if parameter is None else float(parameter)
    low, high = {
        "wang_tsiatis": (-1.0, 1.0),
        "haybittle_peto": (0.0, math.inf),
        SPENDS + "hwang_shih_decani": (-40.0, 40.0),
        SPENDS + "kim_demets": (0.0, math.inf),
    }[name]
    outside = not low <= value <= high or not math.isfinite(value)
    if outside or (low == 0 and value == 0):
        wanted = f"above {low:g}" if low == 0 else f"{low:g} to {high:g}"
        raise InputError(f"parameter of {name!r}: found {value:g}, expected {wanted}")
    return Rule(name, value)


@dataclass(frozen=True, slots=True)
class Futility:
    """When a test is stopped because it will hardly show anything any more.

    Attributes:
        spending: Spending function of the chance to miss the effect planned for.
        parameter: Its parameter; NaN without one.
        binding: Whether stopping is a duty. Only then may the bounds of the effect be nearer.
    """

    spending: str = "hwang_shih_decani"
    parameter: float = -2.0
    binding: bool = False

    def __post_init__(self) -> None:
        if self.spending not in SPENDING:
            raise InputError(f"futility: found {self.spending!r}; {nearest(self.spending, RULES)}")


@dataclass(frozen=True, slots=True)
class Plan:
    """When a test is looked at, and by which rule it may be stopped.

    Made by :func:`plan`, which checks it.

    Attributes:
        looks: ``(K,)`` planned looks as shares of the maximum of information; the last is 1.
        rule: The rule of stopping.
        alpha: Error of the whole test, both sides together.
        sided: 2, or 1 for a test that the arm is better.
        power: Of a fixed test with the planned maximum, for the effect that was planned for.
        n_max: Planned maximum of users, all arms together; NaN if information is planned.
        futility: When to stop without an effect; None for never.
    """

    looks: tuple[float, ...]
    rule: Rule
    alpha: float = 0.05
    sided: int = 2
    power: float = 0.8
    n_max: float = math.nan
    futility: Futility | None = None

    @property
    def side(self) -> float:
        """Error of one side."""
        return self.alpha / self.sided


def plan(
    looks: int | Sequence[float],
    rule_name: str = "spending_obrien_fleming",
    *,
    parameter: float | None = None,
    alpha: float = 0.05,
    sided: int = 2,
    power: float = 0.8,
    n_max: float | None = None,
    futility: Futility | None = None,
) -> Plan:
    """Plan the looks of a test.

    Args:
        looks: How many, evenly spread; or each as a share of the maximum; or, with ``n_max``, as
            users so far. The last one is at the maximum.
        rule_name: One of :data:`RULES`.
        parameter: Of the rule; see :class:`Rule`.
        alpha: Error of the whole test, both sides together.
        sided: 2, or 1 for a test that the arm is better.
        power: What a fixed test with the same maximum would have.
        n_max: Planned maximum of users, all arms together.
        futility: When to stop without an effect.

    Raises:
        InputError: If something of it cannot be.
    """
    _within("alpha", alpha, 0.0, 0.5)
    _within("power", power, alpha / 2, 1.0)
    if sided not in (1, 2):
        raise InputError(f"sided: found {sided!r}, expected 1 or 2")
    if n_max is not None and not (math.isfinite(n_max) and n_max > 0):
        raise InputError(f"n_max: found {n_max}, expected a number of users above 0")
    if futility is not None and futility.binding and sided == 2:
        raise InputError(
            "futility: found binding bounds in a two-sided test, expected binding=False or sided=1"
        )
    total = math.nan if n_max is None else float(n_max)
    shares = _shares(looks, total)
    return Plan(shares, rule(rule_name, parameter), alpha, sided, power, total, futility)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low < value < high:
        raise InputError(f"{name}: found {value}, expected between {low:g} and {high:g}")


def _shares(looks: int | Sequence[float], n_max: float) -> tuple[float, ...]:
    """Planned looks as shares of the maximum, checked."""
    if isinstance(looks, int):
        if looks < 1:
            raise InputError(f"looks: found {looks}, expected at least 1")
        return tuple((k + 1) / looks for k in range(looks))
    given = [float(look) for look in looks]
    if not given:
        raise InputError("looks: found none, expected at least 1")
    unit = 1.0 if math.isnan(n_max) else n_max
    check_increasing("looks", given)
    if abs(given[-1] / unit - 1) > 1e-9:
        raise InputError(f"looks: found the last at {given[-1]:g}, expected the maximum, {unit:g}")
    return (*(look / unit for look in given[:-1]), 1.0)


def check_increasing(name: str, values: Sequence[float]) -> None:
    """Refuse looks that do not come one after the other.

    Raises:
        InputError: Naming the first look that does not.
    """
    before = 0.0
    for k, value in enumerate(values, start=1):
        if not (math.isfinite(value) and value > before * (1 + CLOSEST)):
            wanted = "above 0" if k == 1 else f"more than {before:g}, that of look {k - 1}"
            raise InputError(f"{name}: found {value:g} at look {k}, expected {wanted}")
        before = value
