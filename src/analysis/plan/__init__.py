"""Plan check: contradictions among the figures of a plan.

:func:`check_plan` reads tables of figures and returns every finding with its severity, the places,
the arithmetic and the smallest change that would reconcile them.
"""

from __future__ import annotations

from analysis.plan.attained import Attainment, attainment
from analysis.plan.captions import figure_caption, findings_caption, headline, places_caption
from analysis.plan.captions_targets import (
    attainment_captions,
    feasibility_captions,
    smart_captions,
    systems_captions,
)
from analysis.plan.check import PlanCheck, check_plan
from analysis.plan.drivers import Driver
from analysis.plan.feasible import Feasibility, feasibility
from analysis.plan.findings import Finding
from analysis.plan.reconciled import SYSTEMS, Systems, systems
from analysis.plan.smartness import Smart, smart

__all__ = [
    "SYSTEMS",
    "Attainment",
    "Driver",
    "Feasibility",
    "Finding",
    "PlanCheck",
    "Smart",
    "Systems",
    "attainment",
    "attainment_captions",
    "check_plan",
    "feasibility",
    "feasibility_captions",
    "figure_caption",
    "findings_caption",
    "headline",
    "places_caption",
    "smart",
    "smart_captions",
    "systems",
    "systems_captions",
]
