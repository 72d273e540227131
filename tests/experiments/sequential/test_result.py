"""The result a planner reads: decisions, tables, figures, sentences, refusals."""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.base.theme import house_style
from analysis.experiments.sequential import (
    RULES,
    Futility,
    SequentialTest,
    information_from_errors,
    information_from_users,
    plan,
    sequential_test,
)
from analysis.experiments.sequential.words import state_names

mpl.use("agg")

USERS = [20_000, 40_000, 60_000, 80_000, 100_000]
ERRORS = [0.003 / math.sqrt(k / 5) for k in range(1, 6)]


def judged(z: list[float], rule: str = "spending_obrien_fleming", **options: Any) -> SequentialTest:
    """A test with five planned looks and these z-values."""
    given = {key: options.pop(key) for key in ("ended", "unit") if key in options}
    effects = [value * error for value, error in zip(z, ERRORS, strict=False)]
    planned = plan(5, rule, n_max=100_000, **options)
    return sequential_test(
        effects, ERRORS[: len(z)], planned, n=USERS[: len(z)], unit="pp", **given
    )


@pytest.mark.parametrize(
    ("z", "options", "decision", "decided"),
    [
        ([0.5], {}, "continue", 1),
        ([0.5, 3.5], {}, "effect", 2),
        ([0.5, -3.5], {}, "effect", 2),
        ([0.5, -3.5], {"sided": 1}, "continue", 2),
        ([0.5, 3.5, 0.1], {}, "effect", 2),
        ([0.5, 1, 1, 1, 1], {}, "no decision", 5),
        ([0.5, 1], {"ended": True}, "no decision", 2),
        ([0.5, 2.1], {"ended": True}, "effect", 2),
        ([1, 0.1], {"futility": Futility()}, "futility", 2),
        ([1, 0.1, 1.5], {"futility": Futility()}, "continue", 3),
        ([1, 0.1, 1.5, 2.5], {"futility": Futility()}, "effect", 4),
        ([1, -1, 1.5, 2.5], {"futility": Futility(binding=True), "sided": 1}, "futility", 2),
        ([1, 1, 1, 1.5, 1.9], {"futility": Futility(binding=True), "sided": 1}, "effect", 5),
    ],
)
def test_decisions(z: list[float], options: dict[str, Any], decision: str, decided: int) -> None:
    found = judged(z, **options)
    assert (found.decision, found.decided) == (decision, decided)
    assert found.stopped == (decision != "continue")
    assert (found.following is None) == found.stopped
    assert found.estimate.shape == "bounded"
    assert math.isfinite(found.bias_adjusted) == found.stopped
    assert 0 < found.p_value <= 1
    if decision == "effect":
        assert 0.0 not in found.estimate
        assert found.p_value <= 0.05 + 1e-9


def test_a_decision_does_not_change_when_later_looks_come() -> None:
    early, late = judged([1.0, 3.6]), judged([1.0, 3.6, 2.0, 1.0])
    assert early.estimate == late.estimate
    assert early.p_value == late.p_value
    assert early.bias_adjusted == pytest.approx(late.bias_adjusted, rel=1e-9)


def test_what_comes_next() -> None:
    found = judged([0.5, 1.0])
    assert found.following is not None
    then = found.following
    assert (then.number, then.information, then.n) == (3, 0.6, 60_000)
    assert then.bound == found.bounds.upper[2]
    assert then.effect == pytest.approx(then.bound * ERRORS[2])
    assert found.outlook is not None
    assert 0 < found.outlook.trend < found.outlook.predictive < found.outlook.planned < 1


def test_users_and_shares_and_units_give_the_same() -> None:
    one = judged([0.5, 3.6])
    effects = [0.5 * ERRORS[0], 3.6 * ERRORS[1]]
    two = sequential_test(
        [100 * e for e in effects], [100 * s for s in ERRORS[:2]], plan(5), information=[0.2, 0.4]
    )
    assert two.estimate.value == pytest.approx(100 * one.estimate.value)
    assert two.estimate.lo == pytest.approx(100 * one.estimate.lo)
    assert two.p_value == pytest.approx(one.p_value)
    assert math.isnan(two.table()["n"].iloc[0])


def in_every_state(rule: str) -> list[SequentialTest]:
    return [
        judged([0.5, 1.0], rule),
        judged([0.5, 5.0], rule, futility=Futility()),
        judged([0.5, -5.0, 1.0], rule),
        judged([0.5, 0.0], rule, futility=Futility()),
        judged([0.5, 1.0], rule, sided=1, futility=Futility(binding=True)),
        judged([0.5, 0.0], rule, ended=True),
    ]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_and_state_is_said(rule: str) -> None:
    for case in in_every_state(rule):
        for lang in ("en", "zh"):
            text = case.summary(lang)
            assert "nan" not in text
            assert "{" not in text
        states = set(case.table()["state"])
        assert len(case.table()) == len(case.bounds.information)
        assert states <= set(state_names(translator("zh")))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_state_is_drawn(lang: str) -> None:
    with house_style():
        for case in in_every_state("spending_obrien_fleming"):
            axes = case.plot(lang=lang)
            shown = [text.get_text() for text in axes.texts]
            assert ("stop: arm better" if lang == "en" else "停止：实验组更好") in shown
            assert f"z = {case.looks[case.decided - 1].z:.2f}".replace("-", "−") in shown
            axes.figure.canvas.draw()
            plt.close("all")


def test_the_summary_says_what_to_do_and_what_it_costs() -> None:
    text = judged([0.9, 2.0, 2.89]).summary()
    assert "Stop: at look 3 of 5 the arm is better (z = 2.89, bound 2.68)." in text
    assert "power is 79.0% where a fixed test has 80.0%" in text
    text = judged([0.9]).summary("zh")
    assert text.startswith("继续到第 2/5 次查看（共 4万名用户）")


def test_a_look_too_early_for_any_error_has_no_interval() -> None:
    planned = plan([0.001, 1.0], "obrien_fleming")
    found = sequential_test([0.1], [0.5], planned, information=[0.001])
    assert found.decision == "continue"
    assert found.bounds.upper[0] == math.inf
    assert found.estimate.shape == "unbounded"
    assert "no interval: no error may be used yet" in found.summary()
    assert "没有区间" in found.summary("zh")


def test_extreme_z_values_are_answered() -> None:
    for z in ([400.0], [0.0, 60.0], [0.0, -1e6], [1e-300]):
        found = judged(z)
        assert math.isfinite(found.estimate.value)
        assert found.estimate.lo <= found.estimate.value <= found.estimate.hi
        assert 0 <= found.p_value <= 1
        assert "nan" not in found.summary()


def test_shares_of_information() -> None:
    assert information_from_users([250, 500], 1000) == (0.25, 0.5)
    assert information_from_errors([2.0, 1.0], 0.5) == pytest.approx((1 / 16, 1 / 4))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: information_from_users([500, 400], 1000), "n: found 400 at look 2"),
        (lambda: information_from_users([500], 0), "n_max: found 0"),
        (lambda: information_from_errors([1.0, 1.2], 0.5), "at look 2"),
        (lambda: information_from_errors([1.0, 0.0], 0.5), "found 0.0 at look 2"),
        (lambda: information_from_errors([1.0], math.nan), "found nan planned"),
        (lambda: sequential_test([], [], plan(3), information=[]), "looks: found none taken"),
        (lambda: sequential_test([1], [1], plan(3)), "expected either users"),
        (lambda: sequential_test([1], [1], plan(3), n=[10]), "the plan has no n_max"),
        (
            lambda: sequential_test([1, 2], [1], plan(3), information=[0.3]),
            "found 2 effects, 1 standard errors and 1 looks",
        ),
        (
            lambda: sequential_test([1], [0], plan(3), information=[0.3]),
            "look 1: found effect 1 with standard error 0",
        ),
        (
            lambda: sequential_test([math.nan], [1], plan(3), information=[0.3]),
            "look 1: found effect nan",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=message):
        call()


def test_the_table_has_every_look() -> None:
    table = judged([0.5, 5.0, 1.0]).table()
    assert table["state"].tolist() == [
        "inside", "effect", "after", "not_needed", "not_needed",
    ]  # fmt: skip
    np.testing.assert_allclose(table["n"], USERS)
    np.testing.assert_allclose(
        table["lo"][:3], table["effect"][:3] - table["upper"][:3] * ERRORS[:3]
    )
    assert table["futility"].isna().all()
