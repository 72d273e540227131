"""SWOT scoring: what matters, whether raters agree, which strategy first, and what rivals do."""

from __future__ import annotations

from analysis.swot.agreement import Agreement, Concordance, agreement, kendall_w
from analysis.swot.ahp import Inconsistency, Priorities, ahp
from analysis.swot.answers import Answers
from analysis.swot.bwm import BestWorst, bwm
from analysis.swot.captions import (
    Headline,
    agreement_caption,
    agreement_frame,
    agreement_table_caption,
    checks,
    checks_caption,
    groups_caption,
    headline,
    weights_caption,
    weights_frame,
    weights_table_caption,
)
from analysis.swot.captions_market import (
    competitor_scores,
    competitor_scores_caption,
    competitors_caption,
    exposed,
    exposed_caption,
    partners_caption,
    partners_frame,
    partners_table_caption,
    reviews_caption,
    watch_caption,
)
from analysis.swot.captions_strategy import (
    factors_caption,
    map_caption,
    matrix_caption,
    orphans_caption,
    qspm_caption,
    qspm_table_caption,
    tows_caption,
    tows_table_caption,
    turns_caption,
    turns_frame,
    turns_table_caption,
)
from analysis.swot.competitors import CompetitorMap, competitor_map
from analysis.swot.daily import DailyWatch, daily_watch
from analysis.swot.group import Awot, GroupPriorities, awot, combined, group_ahp, hierarchy
from analysis.swot.interval import Interval
from analysis.swot.intraclass import Intraclass, icc
from analysis.swot.judgments import Judgments, from_matrix, from_pairs
from analysis.swot.krippendorff import krippendorff_alpha
from analysis.swot.lacking import missing, why_missing
from analysis.swot.matrices import InternalExternal, Qspm, internal_external, qspm
from analysis.swot.naming import Name, Names
from analysis.swot.panel import Panel
from analysis.swot.partners import PartnerFit, partner_fit
from analysis.swot.random_index import random_index, simulated_random_index
from analysis.swot.scoring import Scored, Settings, score
from analysis.swot.tows import Tows, tows
from analysis.swot.watch import Watch, watch
from analysis.swot.weighing import Weighed, weigh

__all__ = [
    "Agreement",
    "Answers",
    "Awot",
    "BestWorst",
    "CompetitorMap",
    "Concordance",
    "DailyWatch",
    "GroupPriorities",
    "Headline",
    "Inconsistency",
    "InternalExternal",
    "Interval",
    "Intraclass",
    "Judgments",
    "Name",
    "Names",
    "Panel",
    "PartnerFit",
    "Priorities",
    "Qspm",
    "Scored",
    "Settings",
    "Tows",
    "Watch",
    "Weighed",
    "agreement",
    "agreement_caption",
    "agreement_frame",
    "agreement_table_caption",
    "ahp",
    "awot",
    "bwm",
    "checks",
    "checks_caption",
    "combined",
    "competitor_map",
    "competitor_scores",
    "competitor_scores_caption",
    "competitors_caption",
    "daily_watch",
    "exposed",
    "exposed_caption",
    "factors_caption",
    "from_matrix",
    "from_pairs",
    "group_ahp",
    "groups_caption",
    "headline",
    "hierarchy",
    "icc",
    "internal_external",
    "kendall_w",
    "krippendorff_alpha",
    "map_caption",
    "matrix_caption",
    "missing",
    "orphans_caption",
    "partner_fit",
    "partners_caption",
    "partners_frame",
    "partners_table_caption",
    "qspm",
    "qspm_caption",
    "qspm_table_caption",
    "random_index",
    "reviews_caption",
    "score",
    "simulated_random_index",
    "tows",
    "tows_caption",
    "tows_table_caption",
    "turns_caption",
    "turns_frame",
    "turns_table_caption",
    "watch",
    "watch_caption",
    "weigh",
    "weights_caption",
    "weights_frame",
    "weights_table_caption",
    "why_missing",
]
