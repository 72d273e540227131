"""The checker on a consistent twin with near misses, and on 50 errors of every rule type."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.plan import check_plan
from tests.plan.injections import KINDS
from tests.plan.twin import plan_of

SEEDS = 50
RECALL = 0.95


def test_no_alarm_on_the_untouched_twin() -> None:
    alarms = {seed: check_plan(plan_of(seed)).findings for seed in range(SEEDS)}
    assert not {seed: found for seed, found in alarms.items() if found}


@pytest.mark.parametrize("name", KINDS)
def test_injected_errors_are_found(name: str) -> None:
    inject, kinds = KINDS[name]
    found, beside = 0, 0
    for seed in range(SEEDS):
        tables = plan_of(seed)
        places = inject(tables, np.random.default_rng(1000 + seed))
        findings = check_plan(tables).findings
        found += any(f.kind in kinds and places & set(f.facts) for f in findings)
        beside += sum(not places & set(f.facts) for f in findings)
    assert found >= RECALL * SEEDS
    assert beside == 0
