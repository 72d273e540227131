"""The plan check: every rule over every table, the worst findings first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.axes import Axes

from analysis.base.language import translator
from analysis.plan.facts import Plan, read
from analysis.plan.findings import SEVERITIES, Finding
from analysis.plan.rules import RULES
from analysis.plan.spoken import spoken

COLUMNS = ("kind", "severity", "fact_ids", "arithmetic", "smallest_change")


@dataclass(frozen=True)
class PlanCheck:
    """Contradictions found in a plan's tables.

    Attributes:
        findings: The worst first, then in the order of the rules.
        plan: What was read.
    """

    findings: tuple[Finding, ...]
    plan: Plan = field(repr=False)

    @property
    def figures(self) -> int:
        """Numbers read."""
        return len(self.plan.facts)

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables read, by name."""
        return tuple(sorted(self.plan.tables))

    @property
    def touched(self) -> frozenset[str]:
        """Ids of the rows that any finding names."""
        return frozenset(id for finding in self.findings for id in finding.facts)

    def count(self, severity: str) -> int:
        """Findings of a severity: H, M or L."""
        return sum(finding.severity == severity for finding in self.findings)

    def table(self, lang: str = "en") -> pd.DataFrame:
        """``kind, severity, fact_ids, arithmetic, smallest_change``, one row a finding.

        ``kind`` is the rule's id in every language, since other tools read it.
        """
        rows = [
            (
                finding.kind,
                finding.severity,
                "; ".join(finding.facts),
                spoken(finding.arithmetic.text(lang), lang),
                spoken(finding.change.text(lang), lang),
            )
            for finding in self.findings
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def places(self) -> pd.DataFrame:
        """Where the figures of the findings stand.

        Returns:
            ``fact_id, name_en, name_zh, role, value, unit, document, place, findings``: one row a
            figure (``role`` is its column, ``value`` NaN for a row without figures); ``findings``
            numbers the findings that name it, from 1, joined by ``; ``.
        """
        named: dict[str, list[str]] = {}
        for number, finding in enumerate(self.findings, start=1):
            for id in finding.facts:
                named.setdefault(id, []).append(str(number))
        figures: dict[str, list[tuple[str, float, str]]] = {}
        for fact in self.plan.facts:
            figures.setdefault(fact.id, []).append((fact.role, float(fact.value), fact.unit))
        cells = {row["fact_id"]: row for rows in self.plan.tables.values() for row in rows}
        rows = [
            (
                id, cells[id].get("name_en") or cells[id].get("name_zh", ""),
                cells[id].get("name_zh") or cells[id].get("name_en", ""), *figure,
                cells[id]["document"], cells[id].get("section") or cells[id]["ref"],
                "; ".join(numbers),
            )
            for id, numbers in named.items() for figure in figures.get(id, [("", math.nan, "")])
        ]  # fmt: skip
        columns = ["fact_id", "name_en", "name_zh", "role", "value", "unit", "document", "place",
                   "findings"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Findings by rule and severity."""
        from analysis.plan.plots import findings_figure

        return findings_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """How many findings of which severity, and the first one."""
        say = translator(lang)
        if not self.findings:
            return say(
                "No contradiction found among {figures} figures of {tables} tables.",
                figures=self.figures, tables=len(self.tables),
            )  # fmt: skip
        first = self.findings[0]
        return say(
            "{count} findings among {figures} figures of {tables} tables: {high} severe, "
            "{medium} of medium weight, {low} minor. First: {first} ({facts}).",
            count=len(self.findings), figures=self.figures, tables=len(self.tables),
            high=self.count("H"), medium=self.count("M"), low=self.count("L"),
            first=spoken(first.arithmetic.text(lang), lang), facts="; ".join(first.facts[:2]),
        )  # fmt: skip


def check_plan(tables: Mapping[str, pd.DataFrame]) -> PlanCheck:
    """Look for contradictions in a plan's tables.

    Args:
        tables: Name → table with the columns of the fact tables (``claims``, ``targets_actuals``,
            ``phases``, …); any may be missing. ``metric_type``, ``scope``, ``period``,
            ``polarity``, ``definition`` and ``subject`` are used where present; ``note`` columns
            and a table ``derived_checks`` never.

    Raises:
        InputProblems: If a table lacks what its figures need, see
            :func:`analysis.plan.tables.problems_of`.
    """
    plan = read(tables)
    found = [finding for rule in RULES for finding in rule.find(plan)]
    kept: dict[tuple[str, frozenset[str]], Finding] = {}
    for finding in found:
        kept.setdefault((finding.kind, frozenset(finding.facts)), finding)
    ranked = sorted(kept.values(), key=lambda finding: SEVERITIES.index(finding.severity))
    return PlanCheck(tuple(ranked), plan)
