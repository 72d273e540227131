"""Market sizing: a declared model with ranges, two routes reconciled, and what drives it.

Also growth bridges, adoption curves, competitors' shares, targets, mixes and city tiers, and all of
them in one declared plan (:mod:`analysis.market.planned`).
"""

from __future__ import annotations

from analysis.market.adoption import Bass, Logistic
from analysis.market.adoption_fit import AdoptionFit, fit_adoption
from analysis.market.correlation import (
    gaussian_copula,
    iman_conover,
    nearest_correlation,
    normal_of,
    rank_correlation,
    spearman_of,
)
from analysis.market.declaration import read_model
from analysis.market.distributions import (
    Distribution,
    Fixed,
    LogNormal,
    Normal,
    Pert,
    Triangular,
    lognormal,
    lognormal_product,
    normal,
    pert,
    triangular,
)
from analysis.market.growth import Bridge, bridge, cagr, compound, shapley_product
from analysis.market.information import Information, value_of_information
from analysis.market.mix import Mix, mix
from analysis.market.model import GRADES, Formula, Input, SizingModel
from analysis.market.planned import (
    BUYERS,
    Captions,
    SizedPlan,
    SizingPlan,
    Told,
    agreement_rows,
    aim_rows,
    captions,
    counted_mix,
    driver_rows,
    headline,
    identity_rows,
    input_rows,
    mix_rows,
    path_rows,
    read_plan,
    research_rows,
    rival_rows,
    size_plan,
    size_rows,
    tier_rows,
)
from analysis.market.reconciliation import Reconciliation, overlap_coefficient, reconcile
from analysis.market.sampling import Draws, points, simulate
from analysis.market.sensitivity import (
    Sensitivity,
    SobolIndices,
    sensitivity,
    sobol_indices,
    tornado,
)
from analysis.market.shares import ShareTable, competitor_shares, concentration
from analysis.market.sizing import MarketSize, size_market
from analysis.market.target import TargetCheck, check_target
from analysis.market.tiers import Opportunity, opportunity

__all__ = [
    "BUYERS",
    "GRADES",
    "AdoptionFit",
    "Bass",
    "Bridge",
    "Captions",
    "Distribution",
    "Draws",
    "Fixed",
    "Formula",
    "Information",
    "Input",
    "LogNormal",
    "Logistic",
    "MarketSize",
    "Mix",
    "Normal",
    "Opportunity",
    "Pert",
    "Reconciliation",
    "Sensitivity",
    "ShareTable",
    "SizedPlan",
    "SizingModel",
    "SizingPlan",
    "SobolIndices",
    "TargetCheck",
    "Told",
    "Triangular",
    "agreement_rows",
    "aim_rows",
    "bridge",
    "cagr",
    "captions",
    "check_target",
    "competitor_shares",
    "compound",
    "concentration",
    "counted_mix",
    "driver_rows",
    "fit_adoption",
    "gaussian_copula",
    "headline",
    "identity_rows",
    "iman_conover",
    "input_rows",
    "lognormal",
    "lognormal_product",
    "mix",
    "mix_rows",
    "nearest_correlation",
    "normal",
    "normal_of",
    "opportunity",
    "overlap_coefficient",
    "path_rows",
    "pert",
    "points",
    "rank_correlation",
    "read_model",
    "read_plan",
    "reconcile",
    "research_rows",
    "rival_rows",
    "sensitivity",
    "shapley_product",
    "simulate",
    "size_market",
    "size_plan",
    "size_rows",
    "sobol_indices",
    "spearman_of",
    "tier_rows",
    "tornado",
    "triangular",
    "value_of_information",
]
