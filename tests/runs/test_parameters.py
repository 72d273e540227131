from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.base.errors import InputError, InputProblems
from analysis.runs.parameters import bind, declared, from_assignments, from_file

CELL = """
data: str = "rossmann_daily"  # table to forecast
horizon: int = 42  # periods ahead {1..365}
share: float = 0.5  # of the sample {0..1}
lang: str = "en"  # report language {en|zh}
quick: bool = False  # small sample
as_of: str | None = None  # last known day
levels: list[int] = [80, 95]  # interval levels
"""


def bound(**given: Any) -> dict[str, Any]:
    return bind(declared(CELL, "nb"), given, "nb")


def test_declarations_carry_type_default_comment_and_limits() -> None:
    by_name = {each.name: each for each in declared(CELL, "nb")}
    assert by_name["horizon"].comment == "periods ahead"
    assert (by_name["horizon"].minimum, by_name["horizon"].maximum) == (1, 365)
    assert by_name["lang"].choices == ("en", "zh")
    assert by_name["as_of"].optional
    assert by_name["levels"].item == "int"


def test_text_is_converted_by_the_declared_type_and_never_guessed() -> None:
    values = bound(data="007", horizon="18", share="1", quick="TRUE", as_of="2015-06-19")
    assert values["data"] == "007"
    assert values["horizon"] == 18
    assert values["share"] == 1.0
    assert isinstance(values["share"], float)
    assert values["quick"] is True
    assert values["as_of"] == "2015-06-19"
    assert bound(as_of="none")["as_of"] is None
    assert bound(levels="[50, 90]")["levels"] == [50, 90]
    assert bound(levels=["50", "90"])["levels"] == [50, 90]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("horizon", "abc", "horizon='abc', expected horizon to be a whole number from 1 to 365"),
        ("horizon", "1.5", "a whole number"),
        ("horizon", "0", "from 1 to 365"),
        ("horizon", True, "a whole number"),
        ("share", "nan", "a number from 0 to 1"),
        ("share", "1e999", "a number from 0 to 1"),
        ("lang", "fr", "one of en, zh"),
        ("quick", "yes", "true or false"),
        ("levels", "[1, NaN]", "a JSON list"),
        ("levels", '["a"]', "a JSON list"),
        ("levels", "{}", "a JSON list"),
        ("horizn", "3", "did you mean 'horizon'?"),
        ("a\nimport os", "3", "unknown parameter"),
    ],
)
def test_a_wrong_value_is_refused_with_what_was_expected(name: str, value: Any, says: str) -> None:
    with pytest.raises(InputProblems) as caught:
        bound(**{name: value})
    assert says in str(caught.value)
    assert "\n" not in str(caught.value).split("\n", 1)[1]


def test_all_wrong_values_are_named_together() -> None:
    with pytest.raises(InputProblems, match="3 problems"):
        bound(horizn="3", share="x", lang="fr")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("horizon = 3", "name: type = literal"),
        ("horizon: int", "no default"),
        ("horizon: int = len('a')", ""),
        ("horizon: Decimal = 3", "type Decimal"),
        ("horizon: int = 'a'", "the default is not a whole number"),
        ("api_key: str = ''", "secret"),
        ("db_password: str = ''", "secret"),
        ("for x in []: pass", "name: type = literal"),
    ],
)
def test_a_cell_that_is_no_declaration_is_refused(line: str, says: str) -> None:
    with pytest.raises(InputProblems) as caught:
        declared(line, "nb")
    assert says in str(caught.value)
    assert "row 1" in str(caught.value)


@given(st.text())
def test_any_text_survives_a_text_parameter(text: str) -> None:
    assert bound(data=text)["data"] == text


@given(st.integers(min_value=1, max_value=365))
def test_integers_survive(value: int) -> None:
    assert bound(horizon=str(value))["horizon"] == value == bound(horizon=value)["horizon"]


def test_yaml_scalars_stay_text_until_their_type_is_known(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("data: 1.10\nas_of: 2015-06-19\nquick: true\nlevels: [80]\n", encoding="utf-8")
    values = bound(**from_file(path))
    assert values["data"] == "1.10"
    assert values["as_of"] == "2015-06-19"
    assert values["quick"] is True
    assert values["levels"] == [80]


def test_assignments_split_at_the_first_equals_sign() -> None:
    assert from_assignments(("a=b=c", "d=")) == {"a": "b=c", "d": ""}
    for wrong in (("a",), ("=1",), ("a=1", "a=2")):
        with pytest.raises(InputError):
            from_assignments(wrong)


def test_a_parameter_file_that_is_missing_or_not_yaml_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        from_file(tmp_path / "absent.yaml")
    bad = tmp_path / "bad.yaml"
    bad.write_text("a: [1\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as YAML"):
        from_file(bad)
    bad.write_text("a: 1\na: 2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.yaml: a is given twice"):
        from_file(bad)
    bad.write_text("- a\n", encoding="utf-8")
    with pytest.raises(InputError, match="found a list"):
        from_file(bad)
