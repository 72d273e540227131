from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.base.errors import InputError, InputProblems
from analysis.market import nearest_correlation, read_model
from analysis.market.expressions import parse
from analysis.market.units import parse_unit
from tests.market.declared import two_routes


def test_formulas_are_put_in_order_and_evaluated() -> None:
    model = read_model(two_routes())
    assert [one.name for one in model.formulas].index("tam") < 2
    found = model.evaluate(np.array([[100.0, 10.0, 0.5, 0.2, 12.0, 9.0]]))
    assert {name: float(found[name][0]) for name in ("tam", "sam", "som", "sold")} == {
        "tam": 1000.0, "sam": 500.0, "som": 100.0, "sold": 108.0,
    }  # fmt: skip
    assert model.used_by("sam") == {"homes", "spend", "served"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b * c", 14.0),
        ("(a + b) * -c", -20.0),
        ("a ** 2 / c", 1.0),
        ("min(a, b, c) + max(a, b)", 5.0),
        ("2 ** -1", 0.5),
    ],
)
def test_arithmetic(text: str, value: float) -> None:
    values = {name: np.array([float(i)]) for i, name in enumerate("abc", start=2)}
    assert float(np.ravel(parse(text).evaluate(values))[0]) == value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "a.b", "a[0]", "a if b else c", "lambda: 1", "a < b", "f(a, b)",
        "min(a)", "min(a, key=b)", "'a'", "True", "a // b", "a @ b", "~a", "1j", "[a]", "a +",
        "", "a = 1", "1e999", "9" * 400, "(" * 300 + "a" + ")" * 300, "-" * 100 + "a",
        "a" + " + a" * 1000,
    ],
)  # fmt: skip
def test_anything_but_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse(text)


def test_a_tower_of_powers_ends_at_once() -> None:
    assert np.isinf(parse("9 ** 9 ** 9 ** 9").evaluate({}))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("CNY/household/year", "CNY/household/year"),
        ("year^2*CNY/year", "CNY*year"),
        ("CNY/CNY", "a plain number"),
        ("share", "a plain number"),
        ("1/year", "1/year"),
        ("万元/户", "万元/户"),
    ],
)
def test_units(text: str, wanted: str) -> None:
    assert str(parse_unit(text)) == wanted


@pytest.mark.parametrize("text", ["CNY//year", "CNY per year!", "^2", "CNY*", "3CNY"])
def test_what_is_no_unit(text: str) -> None:
    with pytest.raises(ValueError, match="found unit"):
        parse_unit(text)


def _changed(path: str, value: Any) -> dict[str, Any]:
    declared = two_routes()
    *way, last = path.split(".")
    place = declared
    for name in way:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return declared


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("formulas.tam.is", "homes * spnd", "'spnd', expected a known one; did you mean 'spend'"),
        ("formulas.tam.is", "homes + spend", "it adds homes in home and spend in CNY/home"),
        ("formulas.tam.is", "homes * som / som * spend", "the cycle"),
        ("formulas.tam.is", "tam * 1", "the cycle tam → tam"),
        ("formulas.tam.is", "homes * served", "homes \\* served in home, expected CNY"),
        ("formulas.tam.is", "homes ** served", "to a power that varies"),
        ("formulas.tam.is", "2 ** homes", "an exponent in home"),
        ("formulas.tam.is", "max(homes, spend)", "it compares homes in home and spend in CNY/home"),
        ("formulas.sold.is", "12 * turnover", "an input that no formula uses"),
        ("formulas.sold.unit", "shop", "in CNY, expected shop"),
        ("formulas.sold.unit", None, "no unit"),
        ("inputs.homes.unit", None, "no unit, expected one such as CNY/household/year"),
        ("inputs.homes.source", " ", "no source"),
        ("inputs.homes.base_year", None, "base_year None"),
        ("inputs.homes.grade", "E", "grade 'E', expected one of A "),
        ("inputs.homes.p5", 200.0, "p5 200 above p95 110"),
        ("inputs.homes.p5", 110, "an interval of no width"),
        ("inputs.homes.p5", "90", "p5 = '90', expected a finite number"),
        ("inputs.homes.p5", None, "found no p5, expected a finite number"),
        ("inputs.homes.distribution", "lognorm", "did you mean 'lognormal'"),
        ("inputs.homes.p50", 3.0, "'p50', expected what lognormal takes: p5, p95"),
        ("inputs.served.max", 1.2, "between 0 and 1"),
        ("inputs.turnover.sd", 0.0, "sd 0, expected above 0"),
        ("inputs.max", {}, "the name 'max'"),
        ("routes.top_down.som", "smo", "did you mean 'som'"),
        ("routes.top_down.som", None, "no som"),
        ("routes.top_down.som", "homes", "'homes' in home, expected CNY"),
        ("routes.sideways", {"som": "som"}, "'sideways'"),
        ("routes", {}, "routes.*found none"),
        ("model.year", "2025", "model.year"),
        ("correlations", [{"between": ["homes", "spend"]}], "one of rank or normal"),
        ("correlations", [{"between": ["homes", "spnd"], "rank": 0.1}], "did you mean 'spend'"),
        ("correlations", [{"between": ["homes", "shops"], "rank": 0.1}], "'shops', which is fixed"),
        ("correlations", [{"between": ["homes", "homes"], "rank": 0.1}], "between = "),
    ],
)  # fmt: skip
def test_a_faulty_declaration_names_its_fault(path: str, value: Any, message: str) -> None:
    with pytest.raises(InputProblems, match=message):
        read_model(_changed(path, value), "market_model.toml")


def test_all_faults_are_said_at_once() -> None:
    declared = _changed("inputs.homes.p5", 200.0)
    declared["inputs"]["spend"]["grade"] = "E"
    with pytest.raises(InputProblems, match="2 problems"):
        read_model(declared)


def test_a_matrix_that_is_none_names_the_nearest() -> None:
    pairs = [("homes", "spend", 0.9), ("spend", "served", 0.9), ("homes", "served", -0.9)]
    declared = two_routes()
    declared["correlations"] = [{"between": [a, b], "normal": r} for a, b, r in pairs]
    with pytest.raises(InputProblems, match=r"not positive definite.*spend–homes 0\.\d+ for 0.900"):
        read_model(declared)


def test_the_nearest_correlation_matrix_is_highams() -> None:
    # Higham (2002), section 4: the matrix with unit diagonal, 1 next to it and 0 in the corner.
    near = nearest_correlation(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]]), least=0.0)
    wanted = np.array([[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]])
    assert near == pytest.approx(wanted, abs=6e-5)


@given(st.lists(st.floats(-1, 1), min_size=6, max_size=6))
def test_the_nearest_matrix_can_be_factored(entries: list[float]) -> None:
    matrix = np.eye(4)
    matrix[np.triu_indices(4, 1)] = entries
    matrix = np.triu(matrix) + np.triu(matrix, 1).T
    near = nearest_correlation(matrix, steps=50)
    np.linalg.cholesky(near)
    assert np.diag(near) == pytest.approx(np.ones(4))


def test_a_division_by_zero_names_its_formula() -> None:
    declared = two_routes()
    declared["formulas"]["sold"]["is"] = "shops * turnover / (served - served)"
    model = read_model(declared)
    with pytest.raises(InputError, match=r"formula 'sold' .* is not finite in 100\.00% of draws"):
        model.evaluate(np.ones((4, 6)))
