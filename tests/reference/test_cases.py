from __future__ import annotations

import pytest

from tests.reference.adapters import ADAPTERS
from tests.reference.case_files import Case


def test_case(case: Case) -> None:
    adapter = ADAPTERS.get(case.method)
    if adapter is None:
        pytest.fail(f"no adapter for {case.method}; to pass over it: --not-yet {case.theme}")
    differences = case.differences(adapter(case.inputs, case.folder))
    assert not differences, f"{case.source}: " + "; ".join(differences)


def test_enough_cases_ran(case_counts: dict[str, int], floor: int) -> None:
    assert case_counts["run"] >= floor
