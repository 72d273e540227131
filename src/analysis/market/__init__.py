"""Market sizing: a declared model with ranges, two routes reconciled, and what drives it.

Also growth bridges, adoption curves, competitors' shares, targets, mixes and city tiers.
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
    "GRADES",
    "AdoptionFit",
    "Bass",
    "Bridge",
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
    "SizingModel",
    "SobolIndices",
    "TargetCheck",
    "Triangular",
    "bridge",
    "cagr",
    "check_target",
    "competitor_shares",
    "compound",
    "concentration",
    "fit_adoption",
    "gaussian_copula",
    "iman_conover",
    "lognormal",
    "lognormal_product",
    "mix",
    "nearest_correlation",
    "normal",
    "normal_of",
    "opportunity",
    "overlap_coefficient",
    "pert",
    "points",
    "rank_correlation",
    "read_model",
    "reconcile",
    "sensitivity",
    "shapley_product",
    "simulate",
    "size_market",
    "sobol_indices",
    "spearman_of",
    "tornado",
    "triangular",
    "value_of_information",
]
