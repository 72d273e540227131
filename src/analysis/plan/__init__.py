"""Plan check: contradictions among the figures of a plan.

:func:`check_plan` reads tables of figures and returns every finding with its severity, the places,
the arithmetic and the smallest change that would reconcile them.
"""

from __future__ import annotations

from analysis.plan.check import PlanCheck, check_plan
from analysis.plan.findings import Finding

__all__ = ["Finding", "PlanCheck", "check_plan"]
