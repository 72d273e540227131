"""Looking early: each arm under the rule that was planned for looking.

A rule's intervals hold at all its looks together (Jennison & Turnbull 1989, JRSS B 51), so the last
look taken decides by its own: an effect that was there once and has gone is not shipped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.experiments.always_valid import AlwaysValid, always_valid
from analysis.experiments.always_valid.looks import LEAST_EVENTS
from analysis.experiments.arms import Metric
from analysis.experiments.sequential import SequentialTest, plan, repeated_p, sequential_test
from analysis.experiments.sequential.rules import FULL, Plan
from analysis.experiments.verdict.running import differences
from analysis.experiments.verdict.settings import ALWAYS_VALID, Settings

State = Literal["better", "worse", "open", "futile", "ended", "unknown"]


@dataclass(frozen=True, slots=True)
class Watched:
    """An arm under its rule of looking, at the last look taken.

    Attributes:
        state: ``"better"`` or ``"worse"`` than control, in the metric's good direction; ``"open"``
            while the test goes on; ``"futile"``; ``"ended"`` without a decision.
        result: The rule's own result; None before the first look that was planned.
        look: The last look taken, as the table names it; None before the first.
        z: Standard errors on each side of an estimate that the rule's interval takes there;
            ``inf`` where it has no bounds yet.
        p_value: Of no difference, valid at all looks together.
        until: Users of all arms at the next planned look; NaN without one.
    """

    state: State
    result: SequentialTest | AlwaysValid | None
    look: Any
    z: float
    p_value: float
    until: float = math.nan


def unit_of(metric: Metric) -> str:
    """Unit of a metric, as the sentences of looks write it."""
    return "share" if metric.kind == "proportion" else ""


def planned_looks(settings: Settings, arms: int) -> Plan:
    """The plan of one arm: the error is shared out over the arms (Bonferroni)."""
    most = settings.planned_users
    looks = settings.looks
    at = looks if isinstance(looks, int) else tuple(share * most for share in looks)
    return plan(at, settings.rule, alpha=settings.alpha / arms, n_max=most)


def watch(
    looks: pd.DataFrame, metric: Metric, control: str, others: tuple[str, ...], settings: Settings
) -> dict[str, Watched]:
    """Judge each arm under the rule of looking; arms without a spread at any look are left out.

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
            both = mine[mine["look"].isin(rows["look"]) & mine["variant"].isin([control, arm])]
            out[arm] = _any_time(both, metric, control, arm, settings, sign, len(others))
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
    last = made.frame.iloc[-1]
    z = float((last["hi"] - last["estimate"]) / last["se"])
    state: State = "open"
    if not last["lo"] <= 0 <= last["hi"]:
        state = "better" if np.sign(last["estimate"]) == sign else "worse"
    return Watched(state, made, last["look"], z, float(last["p"]))


def _planned(
    rows: pd.DataFrame, metric: Metric, settings: Settings, sign: int, arms: int
) -> Watched:
    design = planned_looks(settings, arms)
    taken = rows.iloc[_taken(rows["n"].to_numpy(np.float64), design)]
    if taken.empty:
        return Watched("open", None, None, math.inf, 1.0, design.looks[0] * design.n_max)
    made = sequential_test(
        taken["estimate"].tolist(), taken["se"].tolist(), design,
        n=taken["n"].tolist(), unit=unit_of(metric),
    )  # fmt: skip
    at = len(made.looks) - 1
    last, bound = made.looks[at], float(made.bounds.upper[at])
    over = last.information >= FULL or at + 1 == len(design.looks)
    state: State = "ended" if over else "open"
    if abs(last.z) >= bound:
        state = "better" if np.sign(last.z) == sign else "worse"
    elif made.decision == "futility":
        state = "futile"
    p = made.p_value
    if made.decision == "effect" and made.decided != at + 1:
        # Crossed before, and looked at again since: only the repeated p-value speaks of now.
        p = repeated_p(design, [look.information for look in made.looks], last.z)
    later = [share * design.n_max for share in design.looks if share > last.information + 1e-9]
    return Watched(state, made, taken["look"].iloc[-1], bound, p, later[0] if later else math.nan)


def _taken(users: np.ndarray, design: Plan) -> list[int]:
    """Rows at which planned looks were due: the first with that many users, until all are in."""
    due = [int(np.searchsorted(users, share * design.n_max * (1 - 1e-9))) for share in design.looks]
    full = int(np.searchsorted(users, FULL * design.n_max))
    return sorted({min(at, full) for at in due if at < len(users)})
