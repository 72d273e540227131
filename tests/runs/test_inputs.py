"""What a run reads is found by name: datasets, groups of them, documents, files and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.base.errors import InputError
from analysis.base.paths import home
from analysis.runs.inputs import Input, resolve
from analysis.runs.parameters import Parameter

DATA = Parameter("data", "str", "plan.claims")


def found(value: str) -> Input:
    [one] = resolve(home(), [DATA], {"data": value})
    return one


def test_a_group_is_one_input_of_what_most_of_it_is() -> None:
    group, single = found("plan"), found("plan.claims")
    assert (group.name, group.nature) == ("plan", "illustrative")
    assert group.sha256 == found("plan").sha256 != single.sha256


def test_a_document_is_read_as_it_stands() -> None:
    model = found("plan.market_model")
    assert model.nature == "illustrative"
    assert model.sha256


def test_a_folder_changes_with_any_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("x\n1\n", encoding="utf-8")
    before = found(str(tmp_path))
    assert before.nature == "own"
    (tmp_path / "b.csv").write_text("x\n2\n", encoding="utf-8")
    assert found(str(tmp_path)).sha256 != before.sha256


def test_a_name_that_leads_nowhere_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"did you mean 'plan\.market_model'"):
        found("plan.market_modl")
