"""What was planned for a test, before anybody looked at it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.base.errors import InputError, nearest
from analysis.experiments.sequential import RULES

FIXED, ALWAYS_VALID = "fixed", "always_valid"
NOT_BEGUN = "the rule of looking has no bounds yet"
LOOKING = (FIXED, ALWAYS_VALID, *RULES)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a test is judged.

    Attributes:
        primary: Metric that decides; empty for the first one.
        confidence: Of the decision: one minus its error rate over all arms and looks.
        rule: ``"fixed"`` (one look, at the end), ``"always_valid"`` (any number of looks), or a
            rule of planned looks, one of :data:`analysis.experiments.sequential.RULES`.
        looks: Planned looks: how many, evenly spread, or each as a share of the planned users.
        planned_users: Planned users of all arms together; 0 if nobody said. Needed for a rule of
            planned looks.
        relevant_lift: Smallest lift that is worth shipping; 0 for any.
        guardrails: Metric → largest relative harm that is tolerated (0.02 for two per cent).
        lower_is_better: Metrics of which less is better.
        weights: Arm → planned share of the traffic; None for equal shares.

    Raises:
        InputError: If a rule is unknown, a number impossible, or a plan lacks its users.
    """

    primary: str = ""
    confidence: float = 0.95
    rule: str = FIXED
    looks: int | Sequence[float] = 5
    planned_users: float = 0.0
    relevant_lift: float = 0.0
    guardrails: Mapping[str, float] = field(default_factory=dict)
    lower_is_better: Collection[str] = ()
    weights: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        if self.rule not in LOOKING:
            raise InputError(f"rule: found {self.rule!r}, {nearest(self.rule, LOOKING)}")
        if not 0.5 < self.confidence < 1:
            raise InputError(f"confidence: found {self.confidence}, expected above 0.5, below 1")
        if not (math.isfinite(self.planned_users) and self.planned_users >= 0):
            raise InputError(
                f"planned_users: found {self.planned_users}, expected at least 0 (0 if unknown)"
            )
        if self.planned and not self.planned_users:
            expected = f"the planned users of all arms, for rule={self.rule}"
            raise InputError(f"planned_users: found 0, expected {expected}")
        if not 0 <= self.relevant_lift < math.inf:
            raise InputError(f"relevant_lift: found {self.relevant_lift}, expected at least 0")
        for name, margin in self.guardrails.items():
            if not 0 <= margin < 1:
                found = f"{name}: found {margin}"
                raise InputError(f"guardrails: {found}, expected a share from 0 to below 1")

    @property
    def alpha(self) -> float:
        """Error rate of the decision."""
        return 1 - self.confidence

    @property
    def planned(self) -> bool:
        """Whether looks were planned."""
        return self.rule not in (FIXED, ALWAYS_VALID)

    def sign(self, metric: str) -> int:
        """1 if more of a metric is better, else -1."""
        return -1 if metric in self.lower_is_better else 1


def check_names(settings: Settings, metrics: Collection[str], arms: Collection[str]) -> None:
    """Refuse settings that name a metric or arm which the test does not have.

    Raises:
        InputError: With the nearest name.
    """
    named = {
        "primary": [settings.primary] if settings.primary else [],
        "guardrails": list(settings.guardrails),
        "lower_is_better": list(settings.lower_is_better),
    }
    for what, names in named.items():
        for name in names:
            if name not in metrics:
                raise InputError(f"{what}: found no metric {name!r}; {nearest(name, metrics)}")
    if settings.weights is not None:
        for name in settings.weights:
            if name not in arms:
                raise InputError(f"weights: found no arm {name!r}; {nearest(name, arms)}")
        absent = [arm for arm in arms if arm not in settings.weights]
        if absent:
            raise InputError(f"weights: found none of the arm {absent[0]!r}, expected one of each")
