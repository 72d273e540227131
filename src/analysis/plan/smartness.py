"""Which targets say all that a target must say: number, unit, start, date, direction (S29)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from analysis.base.language import translator
from analysis.plan.facts import Plan, read
from analysis.plan.findings import say as _say
from analysis.plan.tables import PLACEHOLDER, number
from analysis.plan.target_rows import last

FLAGS = {
    "metric": _say("metric"), "number": _say("number"), "unit": _say("unit"),
    "baseline": _say("baseline"), "date": _say("date"), "comparator": _say("comparator"),
    "owner": _say("owner"),
}  # fmt: skip
"""What a target states, in the order of the table."""
_OWNERS = ("owner_zh", "owner_en", "owner", "department_zh", "department_en", "department")


@dataclass(frozen=True)
class Smart:
    """Targets and what each states.

    Attributes:
        frame: One row a target: ``fact_id, name_en, name_zh`` and a boolean column a flag of
            ``flags``.
        flags: Flags asked for; ``owner`` only where the table has a column of owners.
    """

    frame: pd.DataFrame
    flags: tuple[str, ...]

    @property
    def complete(self) -> int:
        """Targets with every flag."""
        return int(self.frame[list(self.flags)].all(axis=1).sum()) if len(self.frame) else 0

    def table(self) -> pd.DataFrame:
        """Targets that leave something out, those that miss most first.

        Returns:
            The columns of ``frame``, ``missing`` (the number of flags left out), ``fact_id`` last.
        """
        missing = (~self.frame[list(self.flags)].astype(bool)).sum(axis=1)
        rows = self.frame.assign(missing=missing.astype("int64"))
        rows = rows[rows["missing"] > 0].sort_values("fact_id", kind="stable")
        rows = rows.sort_values("missing", ascending=False, kind="stable")
        return last(rows, "fact_id").reset_index(drop=True)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Targets that state each flag."""
        from analysis.plan.plots_targets import smart_bars

        return smart_bars(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """How many say everything and what is left out most often."""
        say, rows = translator(lang), self.frame
        if rows.empty:
            return say("The plan has no targets.")
        all_of = len(rows)
        lacks = {flag: int((~rows[flag]).sum()) for flag in self.flags}
        parts = [say("{complete} of {all} targets say all of: {flags}.", complete=self.complete,
                     all=all_of,
                     flags=say(", ").join(FLAGS[f].text(lang) for f in self.flags))]  # fmt: skip
        worst = max(lacks, key=lambda flag: lacks[flag])
        if lacks[worst]:
            parts.append(say("Most often left out: {flag} ({count}).", flag=FLAGS[worst].text(lang),
                             count=lacks[worst]))  # fmt: skip
        parts.append(say("Every target was counted, none was sampled: no interval."))
        return ("" if lang == "zh" else " ").join(parts)


def smart(tables: Mapping[str, pd.DataFrame]) -> Smart:
    """What each target of a plan states and leaves out.

    Args:
        tables: Name → table with the columns of the fact tables; ``targets_actuals`` is used: its
            rows with a target, and those without any number.

    Raises:
        InputProblems: If a table lacks what its figures need.
    """
    plan = read(tables)
    rows = [row for row in plan.rows("targets_actuals") if _is_target(row)]
    owned = any(row.get(column) for row in plan.rows("targets_actuals") for column in _OWNERS)
    flags = tuple(flag for flag in FLAGS if flag != "owner" or owned)
    found = [
        {"fact_id": row["fact_id"],
         "name_en": row.get("name_en") or row.get("name_zh") or row["fact_id"],
         "name_zh": row.get("name_zh") or row.get("name_en") or row["fact_id"],
         **{flag: _states(plan, row, flag) for flag in flags}}
        for row in rows
    ]  # fmt: skip
    return Smart(pd.DataFrame(found, columns=["fact_id", "name_en", "name_zh", *flags]), flags)


def _is_target(row: Mapping[str, str]) -> bool:
    numbers = [row.get(column) for column in ("baseline", "target", "actual", "delta", "value")]
    return bool(row.get("target")) or not any(numbers)


def _states(plan: Plan, row: Mapping[str, str], flag: str) -> bool:
    if flag == "metric":
        return bool(row.get("name_en") or row.get("name_zh"))
    if flag == "number":
        return number(row.get("target", "")) is not None
    if flag == "owner":
        return any(row.get(column) for column in _OWNERS)
    if flag == "baseline":
        # A change is measured from where things stand: its baseline is 0 by its name.
        fact = next((f for f in plan.of("targets_actuals") if f.id == row["fact_id"]), None)
        grows = fact is not None and fact.says("change")
        return number(row.get("baseline", "")) is not None or grows
    text = row.get({"date": "period", "unit": "unit", "comparator": "comparator"}[flag], "")
    return bool(text) and not PLACEHOLDER.search(text)
