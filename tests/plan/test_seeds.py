"""The three planning documents: the listed contradictions are found, little else is."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from analysis.plan import Finding, PlanCheck, check_plan
from tests.plan.items import ALSO, DECIDABLE, UNLISTED

ROOT = Path(__file__).parents[2]
BESIDE = Path(os.environ.get("ANALYSIS_SHARED_SEEDS", ROOT.parent / "shared" / "seeds"))
FOLDERS = {"seeds": BESIDE / "facts", "shipped": ROOT / "data" / "raw" / "plan"}


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of facts of a folder; the test is skipped, visibly, where it is not there."""
    if not folder.is_dir():
        pytest.skip(f"{folder.name} is not on this machine (ANALYSIS_SHARED_SEEDS)")
    frames = {path.stem: pd.read_csv(path) for path in sorted(folder.glob("*.csv"))}
    return {name: f for name, f in frames.items() if "fact_id" in f.columns or name == "units"}


@pytest.fixture(scope="module", params=FOLDERS)
def check(request: pytest.FixtureRequest) -> PlanCheck:
    return check_plan(tables(FOLDERS[request.param]))


def explains(finding: Finding, kind: str, facts: tuple[str, ...]) -> bool:
    return finding.kind == kind and set(facts) <= set(finding.facts)


def test_every_decidable_item_is_found(check: PlanCheck) -> None:
    missed = {
        item
        for item, (kind, facts) in DECIDABLE.items()
        if not any(explains(finding, kind, facts) for finding in check.findings)
    }
    assert not missed
    assert len(DECIDABLE) >= 43


def test_few_findings_are_on_no_list(check: PlanCheck) -> None:
    listed = [*DECIDABLE.values(), *ALSO.values()]
    beside = [f for f in check.findings if not any(explains(f, k, ids) for k, ids in listed)]
    assert len(beside) <= UNLISTED, [(f.kind, f.facts) for f in beside]


def test_notes_and_derived_checks_are_never_read() -> None:
    given = tables(FOLDERS["shipped"])
    told = {
        name: frame.assign(note="conflicts with 30; avoided; 99 pct") if name != "units" else frame
        for name, frame in given.items()
    }
    told["derived_checks"] = pd.DataFrame({"check_id": ["D1"], "value": [1.0]})
    assert check_plan(told).table().equals(check_plan(given).table())


def test_a_metric_type_decides_what_a_name_cannot() -> None:
    given = tables(FOLDERS["shipped"])
    claims = given["claims"].assign(metric_type="")
    rate = claims["fact_id"] == "claims.057"
    given["claims"] = claims.assign(metric_type=claims["metric_type"].mask(rate, "rate"))
    found = [f for f in check_plan(given).findings if f.facts == ("claims.057",)]
    assert [f.kind for f in found] == ["unit_type"]


@pytest.mark.parametrize("absent", ["claims", "targets_actuals", "kpi_table", "units", "phases"])
def test_any_table_may_be_missing(absent: str) -> None:
    given = tables(FOLDERS["shipped"])
    del given[absent]
    assert check_plan(given).findings
