"""Small fixed inputs for every figure of ``analysis.plan``."""

from __future__ import annotations

import numpy as np

from analysis.plan import PlanCheck, attainment, check_plan, feasibility, smart, systems
from tests.figures.drawing import Pictures
from tests.plan.injections import KINDS
from tests.plan.test_target_reports import Tables, daily, drivers, grown, tables
from tests.plan.test_targets import row
from tests.plan.twin import plan_of


def _checked() -> PlanCheck:
    """A twin with one error of every rule type that can stand beside the others."""
    given = plan_of(3)
    for name in ("repeated metric", "shares to 100", "polarity", "causes", "thresholds", "SWOT"):
        KINDS[name][0](given, np.random.default_rng(0))
    return check_plan(given)


def _reached() -> Tables:
    return tables(
        row("t1", target=10, actual=12),
        row("t2", name_en="Repurchase rate", unit="pct", target=40, actual=34),
        row("t3", name_en="Complaint cost", target=10, actual=9, comparator="<="),
    )


def _asked() -> Tables:
    return drivers() | {"market": grown(10, 14, 18)["market"]}


PICTURES: Pictures = {
    "Attainment.plot": lambda _: attainment(_reached()).plot,
    "Feasibility.plot": lambda _: feasibility(_asked(), np.random.default_rng(1)).plot,
    "PlanCheck.plot": lambda _: _checked().plot,
    "Smart.plot": lambda _: smart(_asked()).plot,
    "Systems.plot": lambda _: systems(daily(), 0.02).plot,
}
