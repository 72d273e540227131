"""The contradictions of the shared list that tables can show: rule and two places of each."""

from __future__ import annotations

T, C = "targets_actuals.", "claims."

DECIDABLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "I01": ("identity", (C + "033", C + "034")),
    "I02": ("repeated_metric", (C + "016", C + "020")),
    "I03": ("polarity", (C + "029", C + "030")),
    "I04": ("identity", (T + "029", "budget_split.009")),
    "I05": ("repeated_metric", (C + "012", C + "014")),
    "I06": ("row_arithmetic", (C + "008", C + "010")),
    "I10": ("total_single", (T + "033", T + "034")),
    "I11": ("causes", ("effects.001", "effects.002")),
    "I12": ("repeated_metric", (C + "006", C + "007")),
    "I13": ("subject", ("market.008", "survey.006")),
    "I14": ("subject", (C + "053", "competitors.007")),
    "I15": ("percent_points", (T + "004",)),
    "I16": ("repeated_metric", (C + "021", C + "023")),
    "I17": ("repeated_metric", (C + "060", C + "061")),
    "I18": ("bands", ("supplier_tiers.001", "supplier_tiers.004")),
    "I19": ("repeated_metric", (C + "067", C + "068")),
    "I20": ("thresholds", ("thresholds.010", "budget_split.016")),
    "I21": ("calendar", (T + "030", T + "009")),
    "I22": ("flow_stock", (T + "012", T + "062")),
    "I23": ("repeated_metric", (C + "045", C + "048")),
    "I25": ("bands", ("personas.007", "personas.008")),
    "I26": ("repeated_metric", ("risk_register.005", "risk_register.006")),
    "I28": ("total_single", (T + "043", T + "041")),
    "I30": ("identity", ("channels_content.011", T + "090")),
    "I31": ("calendar", ("price_tiers.011", "extra_facts.005")),
    "I32": ("repeated_metric", (C + "070", C + "071")),
    "I33": ("feasibility", (T + "083", T + "074")),
    "I35": ("price_steps", ("price_tiers.001", "price_tiers.003")),
    "I36": ("identity", ("price_tiers.021", "milestones.026")),
    "I37": ("repeated_metric", (C + "074", C + "075")),
    "I38": ("swot", ("swot_factors.002", "swot_factors.012")),
    "I39": ("bands", ("personas.001", "personas.002")),
    "I41": ("repeated_metric", (C + "078", C + "079")),
    "I42": ("coverage", ("competitors.003",)),
    "I43": ("identity", ("kpi_table.001", T + "101")),
    "I44": ("flow_stock", (T + "099", T + "093")),
    "I45": ("repeated_metric", (C + "080", C + "081")),
    "I46": ("identity", (T + "098", T + "099")),
    "I47": ("two_names", (C + "082", C + "083")),
    "I48": ("repeated_metric", (C + "084", C + "085")),
    "I49": ("coverage", (T + "103", T + "104")),
    "I50": ("percent_points", (T + "103",)),
    "I51": ("smart", (T + "092",)),
}
"""Item → kind of finding, and facts that one finding must name."""

ALSO: dict[str, tuple[str, tuple[str, ...]]] = {
    "I02 loss": ("repeated_metric", (C + "025", C + "028")),
    "I02 register": ("repeated_metric", ("risk_register.003", "risk_register.004")),
    "I02 name": ("two_names", (C + "025", C + "026")),
    "I01 presale": ("two_names", (C + "035", C + "036")),
    "I05 row": ("repeated_metric", (T + "026", T + "027")),
    "I06 row": ("row_arithmetic", (T + "023", T + "024")),
    "I12 target": ("percent_points", (T + "001",)),
    "I14 county": ("subject", (C + "055", "competitors.006")),
    "I16 name": ("two_names", (C + "021", C + "022")),
    "I17 effect": ("repeated_metric", ("effects.012", "effects.013")),
    "I19 name": ("two_names", (C + "067", C + "069")),
    "I23 name": ("two_names", (C + "046", C + "047")),
    "I26 turnover": ("two_names", (C + "062", C + "063")),
    "I32 online": ("repeated_metric", (C + "072", C + "073")),
    "I39 gap": ("bands", ("personas.002", "personas.003")),
    "I39 day 7": ("bands", ("phases.006", "phases.007")),
    "I39 days 2-0": ("bands", ("phases.007",)),
    "I42 no figures": ("coverage", ("competitors.004",)),
    "I50 bounce": ("percent_points", (T + "104",)),
    "I50 landing page": ("percent_points", (T + "111",)),
    "I51 budget": ("smart", ("budget_split.001",)),
}
"""Other findings that say a part of a listed item."""

UNLISTED = 5
"""Findings on the documents that are on no list: see docs/plan-check.md."""
