from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from analysis.base.errors import InputError
from analysis.experiments.always_valid import (
    AlwaysValid,
    AnytimeTest,
    always_valid,
    confidence_sequence,
    critical_value,
    log_evalue,
    mean_sequence,
    mixing_sd,
    msprt,
    power_kept,
    sequential_lift,
    tuned_rho2,
)
from analysis.experiments.always_valid.bounds import Floats, Rule, bounds_of
from analysis.experiments.moments import Counts, Sample

Ints = NDArray[np.int64]

REPEATS = 4000
# Monte-Carlo error (one standard error) of a share of 0.05 over 4,000 tests: 0.0034.


def looks_of(
    control: Ints, arm: Ints, step: int, names: tuple[str, str] = ("A", "B")
) -> pd.DataFrame:
    """Running totals of successes, ``(looks,)`` of each arm, ``step`` users an arm and look."""
    rows = []
    for at, successes in enumerate(zip(control, arm, strict=True)):
        n = step * (at + 1)
        for name, x in zip(names, successes, strict=True):
            p = x / n
            rows.append((at + 1, name, n, p, p * (1 - p) * n / (n - 1)))
    return pd.DataFrame(rows, columns=["look", "variant", "n", "mean", "variance"])


def simulated(
    rng: np.random.Generator, users: tuple[int, int], looks: int, rate: float, sigma: float
) -> tuple[Floats, Floats, Floats]:
    """``(REPEATS, looks, 2)`` users, means and variances; revenue of buyers if ``sigma`` > 0."""
    shape = (REPEATS, looks)
    parts = []
    for most in users:
        n = np.linspace(0, most, looks + 1)[1:].astype(np.int64)
        buyers = rng.binomial(np.diff(n, prepend=0), rate, size=shape)
        if sigma:
            spent = np.exp(sigma * rng.standard_normal(int(buyers.sum())))
            cell = np.repeat(np.arange(buyers.size), buyers.ravel())
            sums = np.bincount(cell, spent, buyers.size).reshape(shape).cumsum(axis=1)
            squares = np.bincount(cell, spent**2, buyers.size).reshape(shape).cumsum(axis=1)
        else:
            sums = squares = buyers.cumsum(axis=1).astype(np.float64)
        mean = sums / n
        parts.append((np.broadcast_to(n, shape), mean, (squares - n * mean**2) / (n - 1)))
    stacked = [np.stack(pair, axis=-1).astype(np.float64) for pair in zip(*parts, strict=True)]
    return stacked[0], stacked[1], stacked[2]


def ever_left_out(
    moments: tuple[Floats, Floats, Floats], rule: Rule, tuning: float, truth: float = 0
) -> float:
    """Share of tests whose bounds leave out the truth at any look."""
    flat = [values.reshape(-1, 2) for values in moments]
    bounds = bounds_of(*flat, rule=rule, tuning=tuning, alpha=0.05, least_events=10.0)
    out = np.abs(bounds.estimate - truth) > bounds.half
    return float(out.reshape(REPEATS, -1).any(axis=1).mean())


@pytest.mark.parametrize("looks", [10, 20])
@pytest.mark.parametrize(("rate", "sigma"), [(0.05, 0.0), (0.02, 1.0)])
@pytest.mark.parametrize("share", [0.5, 0.1])
def test_looking_early_calls_no_more_tests_than_promised(
    looks: int, rate: float, sigma: float, share: float
) -> None:
    users = (round(20_000 * (1 - share)), round(20_000 * share))
    moments = simulated(np.random.default_rng(looks), users, looks, rate, sigma)
    assert ever_left_out(moments, "confidence sequence", 20_000) <= 0.055
    assert ever_left_out(moments, "confidence sequence", 5_000) <= 0.055
    spread = rate * math.exp(2 * sigma**2) * (1 / users[0] + 1 / users[1])
    assert ever_left_out(moments, "msprt", mixing_sd(math.sqrt(spread))) <= 0.055


def test_peeking_at_fixed_intervals_would_call_far_more() -> None:
    n, mean, variance = simulated(np.random.default_rng(1), (10_000, 10_000), 20, 0.05, 0.0)
    z = (mean[..., 1] - mean[..., 0]) / np.sqrt((variance / n).sum(axis=-1))
    assert (np.abs(z) > 1.96).any(axis=1).mean() > 0.2


def test_without_the_larger_variance_unequal_arms_break_the_promise() -> None:
    n, mean, variance = simulated(np.random.default_rng(2), (18_000, 2_000), 20, 0.02, 1.0)
    se = np.sqrt((variance / n).sum(axis=-1))
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (mean[..., 1] - mean[..., 0]) / se
    out = np.abs(z) > critical_value(tuned_rho2(20_000) * n.sum(axis=-1))
    assert out.any(axis=1).mean() > 0.08


def test_the_sequence_holds_a_true_effect_at_all_looks() -> None:
    rng = np.random.default_rng(3)
    control = simulated(rng, (10_000, 10_000), 20, 0.05, 0.0)
    arm = simulated(rng, (10_000, 10_000), 20, 0.06, 0.0)
    both = tuple(
        np.stack([c[..., 0], a[..., 1]], axis=-1) for c, a in zip(control, arm, strict=True)
    )
    n, mean, variance = both
    missed = ever_left_out((n, mean, variance), "confidence sequence", 20_000, truth=0.01)
    assert missed <= 0.055


@pytest.mark.parametrize("tuning", [500.0, 20_000.0])
@pytest.mark.parametrize("looks", [1, 10, 20])
def test_power_is_that_of_simulated_tests(looks: int, tuning: float) -> None:
    information = np.linspace(0, 20_000, looks + 1)[1:]
    critical = critical_value(tuned_rho2(tuning) * information)
    rng = np.random.default_rng(looks)
    steps = rng.standard_normal((40_000, looks)) * math.sqrt(1 / looks)
    times = information / information[-1]
    drift = stats.norm.isf(0.025) + stats.norm.ppf(0.8)
    z = (steps.cumsum(axis=1) + drift * times) / np.sqrt(times)
    simulation = (np.abs(z) > critical).any(axis=1).mean()
    # Monte-Carlo error of a share of 0.5 over 40,000 tests: 0.0025.
    assert power_kept(information, critical, 0.05) == pytest.approx(simulation, abs=0.0075)


def test_one_look_at_the_fixed_bound_keeps_all_power() -> None:
    power = power_kept(np.array([7.0]), np.array([stats.norm.isf(0.025)]), 0.05)
    assert power == pytest.approx(0.8, abs=1e-5)  # and 2e-6 on the wrong side


def test_a_look_right_after_another_changes_nothing() -> None:
    information = np.array([1.0, 2.0, 2.0 + 1e-9, 4.0])
    critical = critical_value(information * 2)
    few = power_kept(information[[0, 1, 3]], critical[[0, 1, 3]], 0.05)
    assert power_kept(information, critical, 0.05) == pytest.approx(few, abs=1e-6)


@given(z=st.floats(-8, 8), ratio=st.floats(1e-3, 1e3))
def test_evidence_is_the_likelihood_ratio_mixed_over_effects(z: float, ratio: float) -> None:
    # In units of the standard error: z given effect d is N(d, 1), and d is drawn from N(0, ratio).
    centre, sd = z * ratio / (1 + ratio), math.sqrt(ratio / (1 + ratio))
    # The trapezoid rule is exact to machine precision for a normal curve this well covered.
    d = np.linspace(centre - 12 * sd, centre + 12 * sd, 2001)
    logs = -((z - d) ** 2 + d * d / ratio - z * z) / 2
    mixed = np.exp(logs).sum() * (d[1] - d[0]) / math.sqrt(2 * math.pi * ratio)
    assert math.exp(float(log_evalue(z, ratio))) == pytest.approx(mixed, rel=1e-9)


@given(
    x=st.tuples(st.integers(0, 400), st.integers(0, 90)), tuning=st.floats(1, 1e7),
    confidence=st.floats(0.5, 0.999),
)  # fmt: skip
def test_interval_and_p_value_say_the_same(
    x: tuple[int, int], tuning: float, confidence: float
) -> None:
    control, arm = Counts(x[0], 400), Counts(x[1], 90)
    test = confidence_sequence(control, arm, tuning=tuning, confidence=confidence)
    if test.interval.shape == "undefined":
        assert math.isnan(test.p_value)
        assert x in ((0, 0), (400, 90), (0, 90), (400, 0))
        return
    alpha = 1 - confidence
    if abs(test.p_value - alpha) > 1e-9:
        assert (0 in test.interval) == (test.p_value > alpha)
    fieller = sequential_lift(control, arm, tuning=tuning, confidence=confidence)
    if fieller.interval.shape == "bounded" and abs(test.p_value - alpha) > 1e-6:
        assert (0 in fieller.interval) == (0 in test.interval)


def test_formulas_as_the_papers_write_them() -> None:
    n, sigma, tau, gap, alpha = 800, 2.0, 0.3, 0.25, 0.05
    arms = Sample(n, 1.0, 9.9), Sample(n, 1.0 + gap, 9.9)
    test = msprt(*arms, tau=tau, sigma=sigma)
    v = 2 * sigma**2
    johari = math.sqrt(v / (v + n * tau**2)) * math.exp(
        n**2 * tau**2 * gap**2 / (2 * v * (v + n * tau**2))
    )
    assert math.exp(test.log_e) == pytest.approx(johari, rel=1e-12)
    assert test.p_value == pytest.approx(min(1, 1 / johari), rel=1e-12)
    rho2 = tuned_rho2(3000)
    half = 2.0 * math.sqrt(
        2 * (n * rho2 + 1) / (n**2 * rho2) * math.log(math.sqrt(n * rho2 + 1) / alpha)
    )
    assert mean_sequence(Sample(n, 7.0, 4.0), tuning=3000).half_width == pytest.approx(
        half, rel=1e-12
    )


def test_plugged_in_sigma_is_the_sample_one_and_arms_may_differ() -> None:
    control, arm = Sample(900, 1.0, 4.0), Sample(100, 1.3, 2.25)
    assert msprt(control, arm, tau=0.2) == msprt(control, arm, tau=0.2, sigma=(2.0, 1.5))
    assert msprt(control, arm, tau=0.2).se == pytest.approx(math.sqrt(4 / 900 + 2.25 / 100))


def test_bounds_are_tightest_at_the_tuning() -> None:
    at = {t: mean_sequence(Sample(1000, 0.0, 1.0), tuning=t).half_width for t in (250, 1000, 4000)}
    assert at[1000] < min(at[250], at[4000])
    same_n = [float(critical_value(tuned_rho2(1000) * n)) for n in (900, 1000, 1100)]
    assert max(same_n) - min(same_n) < 0.02  # flat around the optimum


def test_extremes_are_stated_outcomes() -> None:
    nothing = confidence_sequence(Counts(0, 50), Counts(0, 70), tuning=100)
    assert (nothing.interval.shape, nothing.interval.value) == ("undefined", 0.0)
    assert nothing.interval.why
    assert confidence_sequence(Counts(0, 0), Counts(3, 9), tuning=100).interval.shape == "undefined"
    single = confidence_sequence(Sample(1, 2.0, math.nan), Sample(9, 1.0, 1.0), tuning=100)
    assert single.interval.shape == "undefined"
    assert sequential_lift(Counts(0, 50), Counts(3, 50), tuning=9, method="delta").interval.why
    few = sequential_lift(Counts(1, 50), Counts(3, 50), tuning=100)
    assert few.interval.shape in ("unbounded", "outside")
    assert few.interval.value == pytest.approx(2.0)
    huge = confidence_sequence(Counts(5e8, 1e9), Counts(5.02e8, 1e9), tuning=1e6)
    assert 0 < huge.p_value < 1e-300 or huge.p_value == 0
    assert huge.log_e > 700
    clear = confidence_sequence(Counts(500, 1000), Counts(980, 1000), tuning=1000)
    assert clear.p_value == pytest.approx(math.exp(-clear.log_e), rel=1e-12)
    assert 0 < clear.p_value < 1e-80


@pytest.mark.parametrize(
    "call",
    [
        lambda a, b: msprt(a, b, tau=0.0),
        lambda a, b: msprt(a, b, tau=1.0, sigma=0.0),
        lambda a, b: confidence_sequence(a, b, tuning=0),
        lambda a, b: confidence_sequence(a, b, tuning=10, confidence=1.0),
        lambda a, b: sequential_lift(a, b, tuning=10, method="log"),  # type: ignore[arg-type]
    ],
)
def test_wrong_numbers_are_refused(call: object) -> None:
    with pytest.raises(ValueError, match="found"):
        call(Counts(3, 10), Counts(4, 10))  # type: ignore[operator]


@pytest.fixture(scope="module")
def run() -> AlwaysValid:
    rng = np.random.default_rng(3)
    control, arm = (rng.binomial(500, p, 20).cumsum() for p in (0.05, 0.065))
    return always_valid(looks_of(control, arm, 500), control="A", planned=20_000, unit="share")


def test_looks_are_those_of_one_look_each(run: AlwaysValid) -> None:
    for _, row in run.frame.iterrows():
        n = int(row["n_control"])
        assert row["begun"] == (row["events"] >= 10)
        assert row["hi"] - row["estimate"] == pytest.approx(
            float(critical_value(tuned_rho2(20_000) * 2 * n)) * row["se"]
        )
    assert (run.frame["lo_all"].diff().dropna() >= 0).all()
    assert (run.frame["p_all"].diff().dropna() <= 0).all()
    assert run.p_value == run.frame["p"].min()
    assert run.direction == 1
    at = run.decided
    assert at is not None
    assert run.frame["lo"].iloc[at] > 0
    assert (run.frame["lo"].iloc[:at] <= 0).all()
    assert run.interval(at).lo == run.frame["lo"].iloc[at]


def test_equal_arms_give_the_interval_of_the_last_look() -> None:
    frame = looks_of(np.array([30, 55]), np.array([41, 80]), 500)
    last = frame[frame["look"] == 2].set_index("variant")
    moments = last[["mean", "variance"]].to_numpy(np.float64)
    samples = [Sample(1000, float(mean), float(variance)) for mean, variance in moments]
    expected: tuple[tuple[Rule, AnytimeTest], ...] = (
        ("confidence sequence", confidence_sequence(*samples, tuning=5000)),
        ("msprt", msprt(*samples, tau=0.02)),
    )
    for rule, test in expected:
        tau = 0.02 if rule == "msprt" else None
        result = always_valid(frame, control="A", rule=rule, tau=tau)
        assert result.interval().lo == pytest.approx(test.interval.lo, rel=1e-9)
        assert result.frame["p"].iloc[-1] == pytest.approx(test.p_value, rel=1e-9)


def test_the_price_is_told(run: AlwaysValid) -> None:
    cost = run.cost()
    assert cost is not None
    assert cost.width == pytest.approx(1.5486, abs=1e-4)
    assert 0.4 < cost.power < cost.fixed == 0.8


def test_it_does_not_begin_with_few_events_but_does_with_one_dead_arm() -> None:
    early = always_valid(looks_of(np.array([2]), np.array([5]), 100), control="A")
    assert not early.begun
    assert early.p_value == 1
    assert early.interval().shape == "unbounded"
    assert early.cost() is None
    assert "7 events so far" in early.summary()
    dead = always_valid(looks_of(np.array([120]), np.array([0]), 2000), control="A")
    assert dead.direction == -1


def test_cookie_cats_without_a_plan_stay_undecided_where_a_fixed_test_decides() -> None:
    rows = [(1, "gate_30", 44_700, 8502), (1, "gate_40", 45_489, 8279)]
    frame = pd.DataFrame(rows, columns=["look", "variant", "n", "x"])
    frame["mean"] = frame["x"] / frame["n"]
    frame["variance"] = frame["mean"] * (1 - frame["mean"]) * frame["n"] / (frame["n"] - 1)
    result = always_valid(frame, control="gate_30", unit="share")
    assert result.decided is None
    assert result.frame["fixed_hi"].iloc[0] < 0
    assert result.p_value == pytest.approx(0.0833, abs=1e-3)
    assert "no planned size known" in result.summary()


def test_the_table_names_bounds_of_the_rule_and_of_one_look(run: AlwaysValid) -> None:
    table = run.table()
    assert table.columns.tolist() == [
        "look", "n_control", "n_arm", "difference", "lo", "hi", "p_value", "p_all", "once_lo",
        "once_hi",
    ]  # fmt: skip
    assert len(table) == 20
    begun = table[run.frame["begun"]]
    assert (begun["hi"] - begun["lo"] > begun["once_hi"] - begun["once_lo"]).all()
    assert table["p_all"].tolist() == table["p_value"].cummin().tolist()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_words_and_figures(run: AlwaysValid, lang: str) -> None:
    assert ("decided at look" if lang == "en" else "得出结论") in run.summary(lang)
    assert run.plot(lang=lang).get_xlabel()
    rng = np.random.default_rng(5)
    steps = rng.binomial(500, 0.05, (2, 3)).cumsum(axis=1)
    undecided = always_valid(
        looks_of(steps[0], steps[1], 500), control="A", rule="msprt", tau=0.01, unit="share"
    )
    assert ("Not decided" if lang == "en" else "仍无结论") in undecided.summary(lang)
    early = always_valid(looks_of(np.array([2]), np.array([5]), 100), control="A")
    assert early.plot(lang=lang).texts
    assert early.summary(lang)


def test_looks_that_contradict_each_other_are_told() -> None:
    frame = looks_of(np.array([100, 900]), np.array([300, 500]), 2000)
    result = always_valid(frame, control="A")
    assert result.frame["lo_all"].iloc[-1] > result.frame["hi_all"].iloc[-1]
    assert "contradict" in result.summary()


@pytest.mark.parametrize("change", [{"control": "a"}, {"arm": "b"}])
def test_names_that_do_not_exist(change: dict[str, str]) -> None:
    frame = looks_of(np.array([20, 45]), np.array([30, 60]), 500, ("A", "B"))
    frame = pd.concat([frame, frame[frame["variant"] == "B"].assign(variant="C")])
    with pytest.raises(InputError, match=r"valid: |did you mean"):
        always_valid(frame, control=change.get("control", "A"), arm=change.get("arm", "B"))
    with pytest.raises(InputError, match="expected the name of one"):
        always_valid(frame, control="A")


def test_tables_that_cannot_be_looks() -> None:
    frame = looks_of(np.array([20, 45]), np.array([30, 60]), 500)
    for broken, message in (
        (frame.drop(columns="n"), "no column 'n'"),
        (frame.iloc[:3], "one arm only"),
        (pd.concat([frame, frame.iloc[:1]]), "twice"),
        (frame.assign(n=[500, 1000, 1000, 600]), "running totals"),
        (frame.assign(n=[500, 500, np.nan, 900]), "running totals"),
        (frame.assign(variance=-1.0), "negative variance"),
    ):
        with pytest.raises(InputError, match=message):
            always_valid(broken, control="A")
    with pytest.raises(ValueError, match="tau"):
        always_valid(frame, control="A", rule="msprt")
    with pytest.raises(ValueError, match="tau"):
        always_valid(frame, control="A", tau=1.0)


def test_a_source_that_was_revised_is_followed_in_the_order_of_time() -> None:
    frame = looks_of(np.array([200, 240, 260]), np.array([220, 250, 300]), 2000)
    revised = frame.assign(n=[2000, 2000, 4000, 4000, 3990, 3990])
    result = always_valid(revised.iloc[::-1], control="A")
    assert result.frame["look"].tolist() == [1, 2, 3]
    assert result.frame["n_arm"].tolist() == [2000, 4000, 3990]
    named = always_valid(frame.assign(look=["c", "c", "b", "b", "a", "a"]), control="A")
    assert named.frame["look"].tolist() == ["c", "b", "a"]
    assert result.cost() is not None
