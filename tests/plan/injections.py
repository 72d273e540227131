"""Single errors put into the consistent twin, by the kind of finding they must raise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.plan.twin import Rng

Tables = dict[str, Any]
Injection = Callable[[Tables, Rng], set[str]]


def _row(tables: Tables, table: str, **cells: object) -> int:
    """Index of the row whose cells are these."""
    frame = tables[table]
    mask = np.logical_and.reduce([frame[column] == value for column, value in cells.items()])
    return int(np.flatnonzero(mask)[0])


def _set(tables: Tables, table: str, row: int, column: str, value: object) -> str:
    """Change one cell; the fact's id."""
    frame = tables[table]
    frame.loc[row, column] = value
    return str(frame.loc[row, "fact_id"])


def _cell(tables: Tables, table: str, row: int, column: str) -> Any:
    """One cell: whatever a spreadsheet holds."""
    return tables[table].loc[row, column]


def _times(rng: Rng) -> float:
    """A factor that no rounding explains: 15 to 60 % off, up or down."""
    factor = 1 + float(rng.uniform(0.15, 0.6))
    return factor if rng.random() < 0.5 else 1 / factor


def repeated_metric(tables: Tables, rng: Rng) -> set[str]:
    frame = tables["claims"]
    key = rng.choice(["mobile_share", "turnover", "delivery"])
    rows = np.flatnonzero(frame["metric_key"] == key)[:2]
    row = int(rng.choice(rows))
    # Two days are printed to half a day: a smaller error than that is none.
    factor = 2.0 if key == "delivery" else _times(rng)
    value = float(frame.loc[row, "value"]) * factor
    return {_set(tables, "claims", row, "value", round(value, 2))}


def repeated_kpi(tables: Tables, rng: Rng) -> set[str]:
    row = int(rng.choice(len(tables["kpi_table"])))
    value, factor = float(_cell(tables, "kpi_table", row, "target")), _times(rng)
    return {
        _set(tables, "kpi_table", row, "target", round(value * factor + np.sign(factor - 1), 1))
    }


def shares(tables: Tables, rng: Rng) -> set[str]:
    frame = tables["thresholds"]
    row = int(rng.choice(np.flatnonzero(frame["level"] == "mix")))
    more = int(rng.integers(3, 12))
    return {_set(tables, "thresholds", row, "value", frame.loc[row, "value"] + more)}


def totals(tables: Tables, rng: Rng) -> set[str]:
    row = int(rng.choice(len(tables["team"])))
    value = _cell(tables, "team", row, "headcount") + int(rng.integers(1, 9))
    return {_set(tables, "team", row, "headcount", value)}


def price_volume(tables: Tables, rng: Rng) -> set[str]:
    frame = tables["targets_actuals"]
    rows = [i for i, n in enumerate(frame["name_en"]) if n.endswith("sales volume")]
    value = round(float(frame.loc[rows[0], "actual"]) * _times(rng), 2)
    return {_set(tables, "targets_actuals", rows[0], "actual", value)}


def users_arpu(tables: Tables, rng: Rng) -> set[str]:
    row = _row(tables, "targets_actuals", name_en="GMV growth")
    up = int(rng.integers(4, 20))
    growth = float(_cell(tables, "targets_actuals", row, "target")) + up
    _set(tables, "targets_actuals", row, "actual", growth - 1)
    return {_set(tables, "targets_actuals", row, "target", growth)}


def return_on_spend(tables: Tables, rng: Rng) -> set[str]:
    frame = tables["targets_actuals"]
    rows = [i for i, n in enumerate(frame["name_en"]) if n.endswith("ROI")]
    row = int(rng.choice(rows))
    value = round(float(frame.loc[row, "actual"]) * _times(rng), 2)
    return {_set(tables, "targets_actuals", row, "actual", value)}


def change(tables: Tables, rng: Rng) -> set[str]:
    frame = tables["targets_actuals"]
    known = frame["delta"].notna() & frame["baseline"].notna()
    row = int(rng.choice(np.flatnonzero(known)))
    value = float(frame.loc[row, "delta"])
    wrong = round(value * 3 + float(np.sign(value)) * int(rng.integers(2, 9)), 1)
    return {_set(tables, "targets_actuals", row, "delta", wrong)}


def change_of_claims(tables: Tables, rng: Rng) -> set[str]:
    row = _row(tables, "claims", metric_key="review_cycle_reduction_pct")
    value = int(_cell(tables, "claims", row, "value")) + int(rng.integers(3, 20))
    return {_set(tables, "claims", row, "value", value)}


def percent_points(tables: Tables, rng: Rng) -> set[str]:
    frame = tables["targets_actuals"]
    rows = [i for i, (unit, d) in enumerate(zip(frame["unit"], frame["delta_unit"], strict=True))
            if unit == "pct" and d == "pp" and frame.loc[i, "baseline"]]  # fmt: skip
    return {_set(tables, "targets_actuals", int(rng.choice(rows)), "delta_unit", "pct")}


def unit_type(tables: Tables, rng: Rng) -> set[str]:
    choice = int(rng.integers(4))
    if choice == 0:
        row = _row(tables, "targets_actuals", name_en="NPS")
        return {_set(tables, "targets_actuals", row, "unit", "pct")}
    if choice == 1:
        row = _row(tables, "targets_actuals", name_en="Churn rate")
        return {_set(tables, "targets_actuals", row, "unit", "cny_10k")}
    if choice == 2:
        row = _row(tables, "targets_actuals", name_en="Return share of orders")
        return {_set(tables, "targets_actuals", row, "target", 100 + int(rng.integers(1, 50)))}
    row = _row(tables, "thresholds", name_en="Defect rate")
    return {_set(tables, "thresholds", row, "unit", "hours")}


def flow_stock(tables: Tables, rng: Rng) -> set[str]:
    row = _row(tables, "targets_actuals", name_en="New app users")
    base = _row(tables, "targets_actuals", name_en="App user base")
    frame = tables["targets_actuals"]
    if rng.random() < 0.5:
        return {_set(tables, "targets_actuals", base, "baseline", frame.loc[row, "target"])}
    new = int(rng.integers(5, 30)) * 10
    _set(tables, "targets_actuals", row, "target", new)
    kpi = _row(tables, "kpi_table", name_en="New app users")
    _set(tables, "kpi_table", kpi, "target", new)
    ratio = round(100 * new / float(frame.loc[base, "baseline"]), 2)
    return {_set(tables, "targets_actuals", row, "delta", ratio)}


def total_single(tables: Tables, rng: Rng) -> set[str]:
    frame = tables["targets_actuals"]
    row = next(i for i, n in enumerate(frame["name_en"]) if "maximum" in n)
    return {_set(tables, "targets_actuals", row, "actual", 510 + int(rng.integers(2)) * 40)}


def polarity(tables: Tables, rng: Rng) -> set[str]:
    rows = np.flatnonzero(tables["claims"]["metric_key"] == "waste")
    return {_set(tables, "claims", int(rng.choice(rows)), "polarity", "avoided")}


def causes(tables: Tables, rng: Rng) -> set[str]:
    row = _row(tables, "effects", name_en="Basket gain in stores")
    return {_set(tables, "effects", row, "scope", "web")}


def subject(tables: Tables, rng: Rng) -> set[str]:
    rows = np.flatnonzero(tables["claims"]["metric_key"] == "rating")
    if rng.random() < 0.5:
        value = _cell(tables, "claims", int(rows[1]), "value")
        return {_set(tables, "claims", int(rows[0]), "value", value)}
    row = _row(tables, "survey", name_en="Core users who read reviews")
    market = _row(tables, "market", name_en="Users who read reviews")
    _set(tables, "market", market, "scope", "")
    return {_set(tables, "survey", row, "value", 64)}


def bands(tables: Tables, rng: Rng) -> set[str]:
    if rng.random() < 0.5:
        row = int(rng.integers(3))
        frame, column = tables["personas"], "age_max"
    else:
        row, frame, column = int(rng.integers(2)), tables["phases"], "value_max"
    by = int(rng.choice([-3, -2, 2, 3]))
    table = "personas" if frame is tables["personas"] else "phases"
    return {_set(tables, table, row, column, frame.loc[row, column] + by)}


def thresholds(tables: Tables, rng: Rng) -> set[str]:
    choice = int(rng.integers(3))
    if choice == 0:
        row = _row(tables, "thresholds", name_en="Answer time", level="red")
        return {_set(tables, "thresholds", row, "value", int(rng.integers(1, 3)))}
    if choice == 1:
        row = _row(tables, "thresholds", name_en="Stock cover", level="red")
        return {_set(tables, "thresholds", row, "value", int(rng.integers(10, 20)))}
    row = _row(tables, "extra_facts", name_en="Spring budget overrun")
    return {_set(tables, "extra_facts", row, "value", int(rng.integers(6, 20)))}


def price_steps(tables: Tables, rng: Rng) -> set[str]:
    if rng.random() < 0.5:
        row = int(rng.integers(1, 3))
        value = 9.5 + 0.5 * int(rng.integers(2))
        return {_set(tables, "member_tiers", row, "value", value)}
    row = _row(tables, "price_tiers", name_en="Step 2")
    return {_set(tables, "price_tiers", row, "value", int(rng.choice([10, 20, 130, 150])))}


def calendar(tables: Tables, rng: Rng) -> set[str]:
    frame, choice = tables["phases"], int(rng.integers(6))
    if choice == 0:
        row = _row(tables, "phases", name_en="Mid-Autumn days")
        _set(tables, "phases", row, "start", "2025-10-09")
        return {_set(tables, "phases", row, "end", "2025-10-11")}
    if choice == 1:
        row = _row(tables, "phases", name_en="Push")
        return {_set(tables, "phases", row, "start",
                     frame.loc[_row(tables, "phases", name_en="Start"), "end"])}  # fmt: skip
    if choice == 2:
        row = _row(tables, "phases", name_en="Dragon Boat sale")
        _set(tables, "phases", row, "start", "07-10")
        return {_set(tables, "phases", row, "end", "07-15")}
    if choice == 3:
        row = _row(tables, "phases", name_en="Qixi sale")
        return {_set(tables, "phases", row, "end", "2025-02-30")}
    if choice == 4:
        row = _row(tables, "phases", name_en="Push")
        return {_set(tables, "phases", row, "value",
                     frame.loc[row, "value"] + int(rng.integers(2, 9)))}  # fmt: skip
    row = _row(tables, "phases", name_en="Team holiday")  # 11 October 2025 is worked instead
    _set(tables, "phases", row, "start", "2025-10-11")
    _set(tables, "phases", row, "value", 1)
    return {_set(tables, "phases", row, "end", "2025-10-11")}


def feasibility(tables: Tables, rng: Rng) -> set[str]:
    frame, choice = tables["targets_actuals"], int(rng.integers(3))
    if choice == 0:
        row = _row(tables, "targets_actuals", name_en="GMV growth")
        best = max(14.0, float(frame.loc[row, "actual"]))
        return {_set(tables, "targets_actuals", row, "target", best * 2 + int(rng.integers(2, 30)))}
    if choice == 1:
        row = _row(tables, "targets_actuals", name_en="Churn rate")
        return {_set(tables, "targets_actuals", row, "target", 12 + int(rng.integers(1, 9)))}
    row = _row(tables, "targets_actuals", scope="new users")
    factor = 1.6 * (1 + float(frame.loc[_row(tables, "targets_actuals", name_en="GMV growth"),
                                        "target"]) / 100)  # fmt: skip
    value = round(float(frame.loc[row, "baseline"]) * factor + 1)
    kpi = _row(tables, "kpi_table", name_en="New-user conversion rate")
    _set(tables, "kpi_table", kpi, "target", value)
    return {_set(tables, "targets_actuals", row, "target", value)}


def smart(tables: Tables, rng: Rng) -> set[str]:
    frame, choice = tables["targets_actuals"], int(rng.integers(4))
    row = int(rng.choice(np.flatnonzero(frame["target"].notna())))
    if choice == 0:
        return {_set(tables, "targets_actuals", row, "unit", "")}
    if choice == 1:
        return {_set(tables, "targets_actuals", row, "period", "")}
    if choice == 2:
        return {_set(tables, "targets_actuals", row, "period", "202X")}
    row = int(rng.choice(len(tables["kpi_table"])))
    # Its target is then measured by no KPI: that is one error, not two.
    measured = frame.loc[frame["name_en"] == tables["kpi_table"].loc[row, "name_en"], "fact_id"]
    return {_set(tables, "kpi_table", row, "target", None), *measured}


def coverage(tables: Tables, rng: Rng) -> set[str]:
    if rng.random() < 0.5:
        frame = tables["kpi_table"]
        row = int(rng.choice(np.flatnonzero(frame["name_en"].isin(["NPS", "Churn rate"]))))
        name = frame.loc[row, "name_en"]
        tables["kpi_table"] = frame.drop(index=row).reset_index(drop=True)
        place = _row(tables, "targets_actuals", name_en=name)
        return {str(_cell(tables, "targets_actuals", place, "fact_id"))}
    frame = tables["competitors"]
    frame.loc[2] = frame.loc[1]
    frame.loc[2, ["fact_id", "name_en", "growth"]] = ["competitors.003", "East", 5]
    return {_set(tables, "competitors", 2, "sales", None)}


def swot(tables: Tables, rng: Rng) -> set[str]:
    row = int(rng.choice([1, 3, 5]))
    thing = rng.choice(["design", "service quality"])
    return {_set(tables, "swot_factors", row, "name_en", f"{thing.capitalize()} declining")}


def two_names(tables: Tables, rng: Rng) -> set[str]:
    rows = np.flatnonzero(tables["claims"]["metric_key"] == "delivery")
    word = rng.choice(["Courier", "Parcel", "Shipping"])
    return {_set(tables, "claims", int(rng.choice(rows)), "name_en", f"{word} time")}


KINDS: dict[str, tuple[Injection, tuple[str, ...]]] = {
    "repeated metric": (repeated_metric, ("repeated_metric",)),
    "KPI against target": (repeated_kpi, ("repeated_metric",)),
    "shares to 100": (shares, ("sum",)),
    "parts and total": (totals, ("sum",)),
    "price × volume": (price_volume, ("identity",)),
    "users × ARPU": (users_arpu, ("identity",)),
    "ROI": (return_on_spend, ("identity",)),
    "change in a row": (change, ("row_arithmetic", "percent_points")),
    "change among claims": (change_of_claims, ("row_arithmetic",)),
    "% and points": (percent_points, ("percent_points",)),
    "unit and type": (unit_type, ("unit_type",)),
    "flow and stock": (flow_stock, ("flow_stock",)),
    "total and single": (total_single, ("total_single",)),
    "polarity": (polarity, ("polarity",)),
    "causes": (causes, ("causes",)),
    "subject": (subject, ("subject",)),
    "bands": (bands, ("bands",)),
    "thresholds": (thresholds, ("thresholds",)),
    "price steps": (price_steps, ("price_steps",)),
    "calendar": (calendar, ("calendar",)),
    "feasibility": (feasibility, ("feasibility",)),
    "incomplete": (smart, ("smart",)),
    "coverage": (coverage, ("coverage",)),
    "SWOT": (swot, ("swot",)),
    "two names": (two_names, ("two_names",)),
}
"""Rule type → its injection and the kinds of finding that count as found."""
