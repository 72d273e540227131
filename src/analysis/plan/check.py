"""The plan check: every rule over every table, the worst findings first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from analysis.base.language import translator
from analysis.plan.facts import read
from analysis.plan.findings import KINDS, SEVERITIES, Finding
from analysis.plan.rules import RULES

COLUMNS = ("kind", "severity", "fact_ids", "arithmetic", "smallest_change")


@dataclass(frozen=True)
class PlanCheck:
    """Contradictions found in a plan's tables.

    Attributes:
        findings: The worst first, then in the order of the rules.
        figures: Numbers read.
        tables: Tables read, by name.
    """

    findings: tuple[Finding, ...]
    figures: int
    tables: tuple[str, ...]

    def count(self, severity: str) -> int:
        """Findings of a severity: H, M or L."""
        return sum(finding.severity == severity for finding in self.findings)

    def table(self, lang: str = "en") -> pd.DataFrame:
        """``kind, severity, fact_ids, arithmetic, smallest_change``.

        ``kind`` is the rule's id in English and its name in Chinese.
        """
        rows = [
            (
                finding.kind if lang == "en" else KINDS[finding.kind].text(lang),
                finding.severity,
                "; ".join(finding.facts),
                finding.arithmetic.text(lang),
                finding.change.text(lang),
            )
            for finding in self.findings
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

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
            first=first.arithmetic.text(lang), facts="; ".join(first.facts[:2]),
        )  # fmt: skip


def check_plan(tables: Mapping[str, pd.DataFrame]) -> PlanCheck:
    """Look for contradictions in a plan's tables.

    Args:
        tables: Name → table with the columns of the fact tables (``claims``, ``targets_actuals``,
            ``phases``, …); any may be missing. ``metric_type``, ``scope``, ``period``,
            ``polarity``, ``definition`` and ``subject`` are used where present; ``note`` columns
            and a table ``derived_checks`` never.

    Raises:
        InputProblems: If a table has no ``fact_id``, or an id stands twice.
    """
    plan = read(tables)
    found = [finding for rule in RULES for finding in rule.find(plan)]
    kept: dict[tuple[str, frozenset[str]], Finding] = {}
    for finding in found:
        kept.setdefault((finding.kind, frozenset(finding.facts)), finding)
    ranked = sorted(kept.values(), key=lambda finding: SEVERITIES.index(finding.severity))
    return PlanCheck(tuple(ranked), len(plan.facts), tuple(sorted(plan.tables)))
