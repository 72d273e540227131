from __future__ import annotations

import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from analysis.market import overlap_coefficient, points, read_model, reconcile, size_market
from tests.market.declared import two_routes

Floats = NDArray[np.float64]
SHIPPED = Path(__file__).parents[2] / "data" / "raw" / "plan" / "market_model.toml"


def _scores() -> tuple[Floats, Floats]:
    one, other = stats.norm.ppf(points(2**14, 2, np.random.default_rng(0))).T
    return one, other


@given(st.floats(-3, 3), st.floats(0.1, 2), st.floats(0.1, 2))
def test_reconciliation_is_symmetric(shift: float, sd: float, other_sd: float) -> None:
    a, b = _scores()
    one, other = np.exp(sd * a), np.exp(shift + other_sd * b)
    there, back = reconcile(one, other), reconcile(other, one)
    assert there.ratio * back.ratio == pytest.approx(1)
    assert there.ratio_lo * back.ratio_hi == pytest.approx(1, rel=1e-3)
    assert there.weight + back.weight == pytest.approx(1)
    assert (there.gap, there.disjoint, there.scale) == (back.gap, back.disjoint, back.scale)
    assert there.overlap == pytest.approx(back.overlap, abs=1e-12)
    for key in ("p10", "p50", "p90", "between"):
        assert getattr(there, key) == pytest.approx(getattr(back, key))


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.0, 2.0, 4.0])
def test_the_overlap_of_two_normals(shift: float) -> None:
    # 2 Φ(-d/2) for equal spreads (Inman & Bradley 1989).
    one, other = _scores()
    wanted = 2 * stats.norm.cdf(-shift / 2)
    assert overlap_coefficient(one, other + shift) == pytest.approx(wanted, abs=0.02)


def test_the_overlap_of_extremes() -> None:
    one, _ = _scores()
    assert overlap_coefficient(one, one) == pytest.approx(1)
    assert overlap_coefficient(one, one + 1e6) == 0
    assert overlap_coefficient(np.ones(9), np.ones(9)) == 1
    assert overlap_coefficient(np.ones(9), np.full(9, 2.0)) == 0


def test_agreeing_routes_are_pooled_by_their_precision() -> None:
    a, b = _scores()
    found = reconcile(np.exp(0.3 * a), np.exp(0.6 * b))
    # Variances .09 and .36: weight .8, variance .072.
    assert found.weight == pytest.approx(0.8, abs=0.005)
    assert found.p50 == pytest.approx(1, abs=0.005)
    assert math.log(found.p90) == pytest.approx(1.2816 * math.sqrt(0.072), abs=0.005)
    assert found.between == 0
    assert not found.disjoint


def test_a_disagreement_widens_the_pool() -> None:
    a, b = _scores()
    found = reconcile(np.exp(0.1 * a), np.exp(2 + 0.1 * b))
    assert found.disjoint
    assert found.overlap < 0.001
    assert found.gap == pytest.approx(math.exp(2), rel=0.01)
    assert found.p50 == pytest.approx(math.e, rel=0.01)
    # Var = (.01 + tau²)/2 with tau² = (4 - .02)/2.
    assert math.log(found.p90) == pytest.approx(1 + 1.2816 * math.sqrt(1.0), abs=0.01)


def test_common_inputs_are_not_counted_twice() -> None:
    a, _ = _scores()
    found = reconcile(np.exp(0.5 * a), np.exp(0.5 * a))
    assert math.log(found.p90) == pytest.approx(1.2816 * 0.5, abs=0.005)
    assert (found.ratio, found.ratio_lo, found.ratio_hi) == (1, 1, 1)


def test_estimates_that_may_be_negative_are_pooled_as_they_are() -> None:
    a, b = _scores()
    found = reconcile(a - 1, b + 1)
    assert found.scale == "linear"
    assert math.isinf(found.gap)
    assert math.isnan(found.ratio_lo)
    assert found.p50 == pytest.approx(0, abs=0.01)
    fixed = reconcile(np.full(5, 2.0), np.full(5, 2.0))
    assert (fixed.p10, fixed.p90) == pytest.approx((2, 2))
    with pytest.raises(ValueError, match="found shapes"):
        reconcile(a, b[:5])
    with pytest.raises(ValueError, match="not finite"):
        reconcile(a, b * math.inf)


def test_sizes_come_by_route_and_level() -> None:
    found = size_market(read_model(two_routes()), rng=np.random.default_rng(0))
    assert list(found.frame["level"]) == ["tam", "sam", "som", "som"]
    assert set(found.agreement) == {"som"}
    assert found.order == ()
    sold = found.row("bottom_up", "som")
    assert sold["p90"] == pytest.approx(12 * (9 + 1.281552), rel=1e-3)
    assert found.weak == 0


def test_a_part_larger_than_its_whole_is_reported() -> None:
    declared = two_routes()
    declared["formulas"]["sam"]["is"] = "tam * served * 1.9"
    found = size_market(read_model(declared), rng=np.random.default_rng(0), n=256)
    ((route, level, share),) = found.order
    assert (route, level) == ("top_down", "sam")
    assert 0.1 < share < 0.9
    assert "exceeds the level above it" in found.summary()


def test_the_shipped_model_is_sound() -> None:
    model = read_model(tomllib.loads(SHIPPED.read_text(encoding="utf-8")), SHIPPED.name)
    found = size_market(model, rng=np.random.default_rng(0))
    assert set(found.agreement) == {"tam", "sam", "som"}
    assert found.order == ()
    assert not found.agreement["tam"].disjoint
    assert (found.frame["p50_error"] < 0.005 * found.frame["p50"]).all()
    labelled = [one for one in model.inputs if "assumption" in one.source]
    assert labelled
    assert all("illustrative" in one.source and one.grade in "CD" for one in labelled)
    assert all({"en", "zh"} <= {*one.labels} for one in model.inputs)
    assert all({"en", "zh"} <= {*one.labels} for one in model.formulas)
