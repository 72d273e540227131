"""Looking early: each arm under the rule that was planned for looking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.experiments.always_valid import AlwaysValid, always_valid
from analysis.experiments.always_valid.looks import LEAST_EVENTS
from analysis.experiments.arms import Metric
from analysis.experiments.sequential import SequentialTest, plan, sequential_test
from analysis.experiments.sequential.rules import Plan
from analysis.experiments.verdict.running import differences
from analysis.experiments.verdict.settings import ALWAYS_VALID, Settings

State = Literal["better", "worse", "open", "futile", "ended"]


@dataclass(frozen=True, slots=True)
class Watched:
    """An arm under its rule of looking.

    Attributes:
        state: ``"better"`` or ``"worse"`` than control, in the metric's good direction; ``"open"``
            while the test goes on; ``"futile"``; ``"ended"`` without a decision.
        result: The rule's own result, with its bounds.
    """

    state: State
    result: SequentialTest | AlwaysValid

    @property
    def p_value(self) -> float:
        """Of no difference, under the rule; always valid ones at the last look."""
        if isinstance(self.result, SequentialTest):
            return self.result.p_value
        return float(self.result.frame["p"].iloc[-1])


def unit_of(metric: Metric) -> str:
    """Unit of a metric, as the sentences of looks write it."""
    return "share" if metric.kind == "proportion" else ""


def planned_looks(settings: Settings, arms: int) -> Plan:
    """The plan of one arm: the error is shared out over the arms (Bonferroni)."""
    looks = settings.looks if isinstance(settings.looks, int) else tuple(settings.looks)
    return plan(looks, settings.rule, alpha=settings.alpha / arms, n_max=settings.planned_users)


def watch(
    looks: pd.DataFrame, metric: Metric, control: str, others: tuple[str, ...], settings: Settings
) -> dict[str, Watched]:
    """Judge each arm under the rule of looking; arms without two users on each side are left out.

    Args:
        looks: Running totals of all metrics, as from :func:`running.by_look`.
        metric: The one that decides.
        control: Name of control.
        others: The other arms.
        settings: The plan; its rule is not ``"fixed"``.
    """
    mine = looks[looks["metric"] == metric.name]
    sign = settings.sign(metric.name)
    out: dict[str, Watched] = {}
    for arm in others:
        rows = differences(mine, control, arm)
        if rows.empty:
            continue
        if settings.rule == ALWAYS_VALID:
            out[arm] = _any_time(mine, metric, control, arm, settings, sign, len(others))
        else:
            out[arm] = _planned(rows, metric, settings, sign, len(others))
    return out


def _any_time(
    looks: pd.DataFrame, metric: Metric, control: str, arm: str,
    settings: Settings, sign: int, arms: int,
) -> Watched:  # fmt: skip
    planned = settings.planned_users * 2 / (arms + 1) if settings.planned_users else None
    made = always_valid(
        looks.drop(columns="metric"),
        control=control, arm=arm, planned=planned, unit=unit_of(metric),
        confidence=1 - settings.alpha / arms,
        least_events=0 if metric.kind == "ratio" else LEAST_EVENTS,
    )  # fmt: skip
    # The last look decides, not the first that ever did: an effect that has gone is none to ship.
    last = made.frame.iloc[-1]
    if last["lo"] <= 0 <= last["hi"]:
        return Watched("open", made)
    return Watched("better" if np.sign(last["estimate"]) == sign else "worse", made)


def _planned(
    rows: pd.DataFrame, metric: Metric, settings: Settings, sign: int, arms: int
) -> Watched:
    design = planned_looks(settings, arms)
    taken = rows.iloc[_taken(rows["n"].to_numpy(np.float64), design)]
    if taken.empty:
        # Nobody was to look yet; what there is counts as the first look of the plan.
        taken = rows.iloc[[-1]]
    made = sequential_test(
        taken["estimate"].tolist(), taken["se"].tolist(), design,
        n=taken["n"].tolist(), unit=unit_of(metric),
    )  # fmt: skip
    if made.decision == "effect":
        good = np.sign(made.looks[made.decided - 1].effect) == sign
        return Watched("better" if good else "worse", made)
    states: dict[str, State] = {"futility": "futile", "continue": "open", "no decision": "ended"}
    return Watched(states[made.decision], made)


def _taken(users: np.ndarray, design: Plan) -> list[int]:
    """Rows at which planned looks were due: the first with that many users, each row once."""
    due = [int(np.searchsorted(users, share * design.n_max * (1 - 1e-9))) for share in design.looks]
    return sorted({at for at in due if at < len(users)})
