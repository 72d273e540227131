"""Shapes told by columns, and parts that add up exactly to their whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputError, InputProblems
from analysis.experiments import table as tables
from analysis.experiments.arms import Arms, Metric, Stack
from analysis.experiments.moments import Counts, Moments, total


@pytest.mark.parametrize(
    ("columns", "shape"),
    [
        ("user_id variant y", "rows"),
        ("variant users conversions", "counts"),
        ("metric variant users conversions day", "counts"),
        ("users variant n mean variance", "moments"),
        ("variant n mean variance", "moments"),
        ("user_id variant users", "rows"),
    ],
)
def test_shapes(columns: str, shape: str) -> None:
    assert tables.shape_of(columns.split()) == shape


@pytest.mark.parametrize(
    ("columns", "hint"),
    [
        ("userid variant y", "there is no 'user_id' (did you mean 'userid'?)"),
        ("variant n mean var", "there is no 'variance'"),
        ("arm users conversions", "there is no 'variant'"),
    ],
)
def test_no_shape(columns: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        tables.shape_of(columns.split())
    assert hint in str(caught.value)


def counts() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "variant": ["b", "a", "a", "b"],
            "day": pd.to_datetime(["2026-11-01", "2026-11-01", "2026-11-02", "2026-11-02"]),
            "users": [100, 110, 90, 95],
            "conversions": [10, 11, 0, 95],
            "carts": pd.array([20, None, 5, 6], dtype="Int64"),
        }
    )


def made(frame: pd.DataFrame) -> Arms:
    parts, stacks = tables.of_counts(frame)
    metrics = tuple(
        Metric(n, tables.kind_of(stack, declared=False), (n,)) for n, stack in stacks.items()
    )
    return Arms("counts", "b", metrics, parts, stacks)


def test_counts_by_day_add_up() -> None:
    arms = made(counts())
    assert arms.names == ("b", "a")
    assert arms.users() == {"b": 195, "a": 200}
    assert arms.counts("conversions") == {"b": Counts(105, 195), "a": Counts(11, 200)}
    assert arms.counts("carts") == {"b": Counts(26, 195), "a": Counts(5, 90)}
    sample = arms.samples("conversions")["b"]
    expected = Counts(105, 195).sample()
    assert sample.variance == pytest.approx(expected.variance, rel=1e-13)
    days = arms.frame(["day"])
    assert list(days.columns) == ["variant", "day", "metric", "n", "mean", "variance"]
    assert len(days) == 7


def test_counts_by_metric() -> None:
    frame = pd.DataFrame(
        {
            "variant": ["a", "b", "a", "b"], "metric": ["x", "x", "y", "y"],
            "users": [10, 20, 10, 20], "conversions": [1, 2, 3, 4],
        }
    )  # fmt: skip
    arms = made(frame)
    assert arms.counts("y") == {"b": Counts(4, 20), "a": Counts(3, 10)}
    assert arms.users() == {"b": 20, "a": 10}


def test_moments_without_a_metric() -> None:
    frame = pd.DataFrame(
        {"variant": ["a", "b"], "n": [5, 1], "mean": [1.0, 2.0], "variance": [3.0, 9]}
    )
    parts, stacks = tables.of_moments(frame)
    arms = Arms("moments", "a", (Metric("value", "mean", ("value",)),), parts, stacks)
    assert arms.samples("value")["a"].variance == 3.0
    # One user has no variance, whatever the table says.
    assert np.isnan(arms.samples("value")["b"].variance)


@pytest.mark.parametrize("p", [0.0, 0.013, 0.5, 1.0])
@pytest.mark.parametrize("n", [1, 2, 1000, 10**9])
def test_a_proportion_is_known_by_its_moments(p: float, n: int) -> None:
    did = round(p * n)
    parts, stacks = tables.of_counts(
        pd.DataFrame({"variant": ["a", "b"], "users": [n, n], "conversions": [did, did]})
    )
    stack = stacks["conversions"]
    assert tables.kind_of(stack, declared=False) == "proportion"
    other = Stack(stack.names, stack.n, stack.mean, stack.cov * 1.001 + 1e-6)
    if n > 1:
        assert tables.kind_of(other, declared=False) == "mean"
    arms = Arms(
        "counts", "a", (Metric("conversions", "proportion", ("conversions",)),), parts, stacks
    )
    assert arms.counts("conversions")["b"] == Counts(did, n)


@given(
    st.lists(st.integers(0, 5), min_size=2, max_size=8),
    st.lists(st.integers(0, 2), min_size=8, max_size=8),
    st.sampled_from([0.0, 1e6, -1e9]),
    st.integers(0, 2**32),
)
@settings(max_examples=40, deadline=None)
def test_parts_add_up_to_the_whole(
    sizes: list[int], owners: list[int], level: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    names = ("x", "y")
    frames = [pd.DataFrame(level + rng.normal(size=(n, 2)), columns=list(names)) for n in sizes]
    moments = [Moments.of_rows(f, names) if len(f) else None for f in frames]
    nothing = np.full(2, np.nan), np.full((2, 2), np.nan)
    stack = Stack(
        names,
        np.array(sizes),
        np.array([m.mean if m else nothing[0] for m in moments]),
        np.array([m.cov if m else nothing[1] for m in moments]),
    )
    groups = np.array(owners[: len(sizes)])
    pooled = stack.pooled(groups, 3)
    for group in range(3):
        chosen = [m for m, owner in zip(moments, groups, strict=True) if owner == group and m]
        if not chosen:
            assert pooled.n[group] == 0
            continue
        expected, found = total(chosen), pooled.moments(group)
        assert found.n == expected.n
        np.testing.assert_allclose(found.mean, expected.mean, rtol=1e-14, atol=1e-15)
        scale = max(1.0, float(np.nanmax(np.abs(expected.cov)))) if found.n > 1 else 1.0
        floor = 1e-12 * scale + 4e-16 * abs(level)
        np.testing.assert_allclose(found.cov, expected.cov, rtol=1e-9, atol=floor)


def test_a_ratio_has_the_variance_of_its_linear_column() -> None:
    rng = np.random.default_rng(20260104)
    rows = pd.DataFrame({"revenue": rng.gamma(2, 50, 400), "orders": rng.integers(1, 5, 400)})
    moments = Moments.of_rows(rows, ["revenue", "orders"])
    stack = Stack(moments.names, np.array([400]), moments.mean[None], moments.cov[None])
    parts = pd.DataFrame({"variant": ["a"], "users": [400]})
    metric = Metric("revenue/orders", "ratio", ("revenue", "orders"))
    arms = Arms("rows", "a", (metric,), parts, {metric.name: stack})
    ratio = rows["revenue"].sum() / rows["orders"].sum()
    linear = (rows["revenue"] - ratio * rows["orders"]) / rows["orders"].mean()
    found = arms.frame().iloc[0]
    assert found["mean"] == pytest.approx(ratio, rel=1e-13)
    assert found["variance"] == pytest.approx(linear.var(), rel=1e-12)
    with pytest.raises(ValueError, match="is a ratio"):
        arms.samples(metric.name)


def test_names_of_metrics() -> None:
    arms = made(counts())
    with pytest.raises(InputError, match="did you mean 'conversions'"):
        arms.metric("conversion")
    with pytest.raises(InputError, match="found no covariates, expected a column carts_pre"):
        arms.moments("carts", adjusted=True)


@pytest.mark.parametrize(
    ("arms", "control", "chosen"),
    [(["b", "A"], "", "A"), (["对照组", "新版"], "", "对照组"), (["x", "Control"], "x", "x")],
)
def test_control_by_name(arms: list[str], control: str, chosen: str) -> None:
    assert tables.choose_control(control, arms) == chosen


@pytest.mark.parametrize("arms", [["a", "control"], ["x", "y"], ["x"], []])
def test_control_that_is_not_clear(arms: list[str]) -> None:
    with pytest.raises(InputProblems):
        tables.choose_control("", arms)


def test_contradictions() -> None:
    frame = counts()
    frame.loc[1, "conversions"] = 111
    (found,) = tables.contradictions("counts", frame)
    assert (found.place, found.column, found.found) == (1, "conversions", "111")
