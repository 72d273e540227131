"""Targets against outcomes: attainment, gap, and whether both are of one kind (S28)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from analysis.base.language import translator
from analysis.plan.facts import read
from analysis.plan.findings import say as _say
from analysis.plan.rules import labels, rows
from analysis.plan.target_rows import Target, last, printed, targets_of

ABOUT = 0.025
"""Share by which a target that is "about" a number may be missed."""
WHY = {
    "units": _say("outcome in another unit"),
    "points": _say("% or percentage points? the row does not fit"),
    "periods": _say("outcome of an earlier period"),
    "no ratio": _say("a target of 0 or below has no ratio"),
}
"""Why a row cannot be judged as it stands."""
RESULTS = {False: "missed", None: "unclear", True: "reached"}
"""Whether a target was reached → how files call it, what needs attention first."""


@dataclass(frozen=True)
class Attainment:
    """Targets that have an outcome.

    Attributes:
        frame: One row a target, in the order of the plan: ``fact_id, name_en, name_zh, sign`` (≥ or
            ≤), ``target, actual`` (as printed), ``unit, actual_unit, ratio`` (outcome over target;
            NaN where units differ or the target is not above 0), ``gap`` (outcome less target;
            percentage points for a rate), ``reached`` (None where it cannot be said), ``why``
            (keys of :data:`WHY`).
        targets: Rows with a target, those without an outcome too.
    """

    frame: pd.DataFrame
    targets: int

    @property
    def known(self) -> int:
        """Targets with a ratio: those that a figure can show."""
        return int((self.frame["ratio"] >= 0).sum())

    def table(self) -> pd.DataFrame:
        """The same for files: what was missed first, the furthest off first, then what is unclear.

        Returns:
            ``name_en, name_zh, sign, target, actual, unit, actual_unit, ratio, gap, gap_unit,
            result`` (``missed``, ``unclear`` or ``reached``), ``why`` (keys of :data:`WHY`,
            joined by ``; ``), ``fact_id``.
        """
        rows = self.frame.drop(columns=["reached", "why"])
        rows["gap_unit"] = rows["unit"].where(rows["unit"] != "pct", "pp")
        rows["result"] = pd.Series([RESULTS[flag] for flag in self.frame["reached"]], dtype="str")
        rows["why"] = pd.Series(["; ".join(why) for why in self.frame["why"]], dtype="str")
        off = (rows["ratio"] - 1).abs().fillna(-1.0)
        order = rows.assign(first=rows["result"].map(list(RESULTS.values()).index), off=-off)
        kept = order.sort_values(["first", "off"], kind="stable").index
        return last(rows.loc[kept], "fact_id").reset_index(drop=True)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Outcome over target, the reached ones apart from the missed."""
        from analysis.plan.plots_targets import attainment_dots

        return attainment_dots(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """How many were reached, the worst miss, and why there is no interval."""
        say, rows = translator(lang), self.frame
        if rows.empty:
            return say("None of the {targets} targets has an outcome yet.", targets=self.targets)
        judged = [flag for flag in rows["reached"] if flag is not None]
        parts = [say("{reached} of {judged} targets with an outcome were reached.",
                     reached=sum(judged), judged=len(judged))]  # fmt: skip
        missed = rows[[flag is False for flag in rows["reached"]]]
        known = missed[missed["ratio"].notna()]
        if len(known):
            worst = known.iloc[int((known["ratio"] - 1).abs().to_numpy().argmax())]
            parts.append(say("Furthest off: {name}, {actual} against {target}.",
                             name=worst["name_zh" if lang == "zh" else "name_en"],
                             actual=printed(worst["actual"], worst["actual_unit"], lang),
                             target=printed(worst["target"], worst["unit"], lang)))  # fmt: skip
        unclear = sum("units" in why or "points" in why for why in rows["why"])
        if unclear:
            parts.append(say("Rows that mix units, or % and percentage points: {count}; mend "
                             "them first.", count=unclear))  # fmt: skip
        parts.append(say("No interval: each outcome is a single published figure, without sample "
                         "size or repeats."))  # fmt: skip
        gap = "" if lang == "zh" else " "
        return gap.join(parts)


def attainment(tables: Mapping[str, pd.DataFrame]) -> Attainment:
    """Every target that has an outcome: how much of it was reached.

    Args:
        tables: Name → table with the columns of the fact tables; ``targets_actuals`` is used, and
            the directions of ``kpi_table`` where a target has no comparator.

    Raises:
        InputProblems: If a table lacks what its figures need.
    """
    plan = read(tables)
    mixed = {
        id for rule in (rows, labels) for finding in rule.find(plan)
        if finding.kind == "percent_points" and finding.severity != "L" for id in finding.facts
    }  # fmt: skip
    targets = targets_of(plan)
    found = [row for target in targets if (row := _row(target, target.id in mixed)) is not None]
    columns = ["fact_id", "name_en", "name_zh", "sign", "target", "actual", "unit", "actual_unit",
               "ratio", "gap", "reached", "why"]  # fmt: skip
    return Attainment(pd.DataFrame(found, columns=columns).astype({"reached": object}),
                      len(targets))  # fmt: skip


def _row(target: Target, mixed: bool) -> dict[str, object] | None:
    goal, actual = target.goal, target.cells.get("actual")
    # An improvement without levels states its outcome as the change it brought.
    if actual is None and "baseline" not in target.cells and goal.says("change"):
        actual = target.cells.get("delta")
    if actual is None:
        return None
    same = goal.unit == actual.unit
    why = ["points"] if mixed and {goal.unit, actual.unit} <= {"pct", "pp"} else []
    if not same and not why:
        why.append("units")
    due = not _two_periods(goal.of("period"))
    if not due:
        why.append("periods")
    ratio = actual.value / goal.value if same and goal.value > 0 else math.nan
    if same and goal.value <= 0:
        why.append("no ratio")
    return {
        "fact_id": target.id, "name_en": target.name("en"), "name_zh": target.name("zh"),
        "sign": "≈" if goal.of("comparator") == "~" else target.sign,
        "target": goal.value, "actual": actual.value, "unit": goal.unit,
        "actual_unit": actual.unit, "ratio": ratio,
        "gap": round(actual.value - goal.value, 10) if same else math.nan,
        "reached": _reached(target, goal.value, actual.value) if same and due else None,
        "why": tuple(why),
    }  # fmt: skip


def _two_periods(period: str) -> bool:
    """Whether a period names two moments, "quarter; next year": that of outcome and of target."""
    parts = [part.strip() for part in re.split(r"[;；]", period)]
    return len(parts) == 2 and all(parts) and parts[0] != parts[1]


def _reached(target: Target, goal: float, actual: float) -> bool:
    sign = target.goal.of("comparator")
    if sign == "~":
        return abs(actual - goal) <= ABOUT * abs(goal)
    if sign in ("<", ">"):
        return actual < goal if sign == "<" else actual > goal
    return actual <= goal if target.lower else actual >= goal
