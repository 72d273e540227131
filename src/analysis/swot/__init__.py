"""SWOT scoring: what matters, whether raters agree, which strategy first, and what rivals do."""

from __future__ import annotations

from analysis.swot.agreement import Agreement, Concordance, agreement, kendall_w
from analysis.swot.ahp import Inconsistency, Priorities, ahp
from analysis.swot.bwm import BestWorst, bwm
from analysis.swot.competitors import CompetitorMap, competitor_map
from analysis.swot.group import Awot, GroupPriorities, awot, combined, group_ahp, hierarchy
from analysis.swot.interval import Interval
from analysis.swot.intraclass import Intraclass, icc
from analysis.swot.judgments import Judgments, from_matrix, from_pairs
from analysis.swot.krippendorff import krippendorff_alpha
from analysis.swot.matrices import InternalExternal, Qspm, internal_external, qspm
from analysis.swot.panel import Panel
from analysis.swot.partners import PartnerFit, partner_fit
from analysis.swot.random_index import random_index, simulated_random_index
from analysis.swot.tows import Tows, tows
from analysis.swot.watch import Watch, watch

__all__ = [
    "Agreement",
    "Awot",
    "BestWorst",
    "CompetitorMap",
    "Concordance",
    "GroupPriorities",
    "Inconsistency",
    "InternalExternal",
    "Interval",
    "Intraclass",
    "Judgments",
    "Panel",
    "PartnerFit",
    "Priorities",
    "Qspm",
    "Tows",
    "Watch",
    "agreement",
    "ahp",
    "awot",
    "bwm",
    "combined",
    "competitor_map",
    "from_matrix",
    "from_pairs",
    "group_ahp",
    "hierarchy",
    "icc",
    "internal_external",
    "kendall_w",
    "krippendorff_alpha",
    "partner_fit",
    "qspm",
    "random_index",
    "simulated_random_index",
    "tows",
    "watch",
]
