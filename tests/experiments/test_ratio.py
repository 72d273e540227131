from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analysis.experiments import contrast, means, ratio
from analysis.experiments.moments import Moments

COLUMNS = ["revenue", "orders"]


def arm(seed: int, n: int, lift: float = 0.0) -> pd.DataFrame:
    """Users with as many orders as they like; heavy users spend less an order."""
    rng = np.random.default_rng(seed)
    heavy = rng.gamma(1.0, 1.0, n)
    orders = rng.poisson(1.5 * heavy)
    revenue = orders * 20 * (1 + lift) / (1 + 0.3 * heavy) * rng.lognormal(0, 0.3, n)
    return pd.DataFrame({"revenue": revenue, "orders": orders})


def moments(frame: pd.DataFrame) -> Moments:
    return Moments.of_rows(frame, COLUMNS)


def test_it_is_the_mean_of_the_linear_column() -> None:
    one, other = arm(1, 300), arm(2, 250, 0.1)
    effect = ratio.compare(moments(one), moments(other), *COLUMNS)
    samples = []
    for frame in (one, other):
        value = frame["revenue"].sum() / frame["orders"].sum()
        linear = value + (frame["revenue"] - value * frame["orders"]) / frame["orders"].mean()
        samples.append(Moments.of_rows(linear.to_frame("y"), ["y"]).sample("y"))
        assert samples[-1].mean == pytest.approx(value, rel=1e-12)
    rows = means.compare(*samples)
    assert effect.p_value == pytest.approx(rows.p_value, rel=1e-10)
    assert (effect.lift.lo, effect.lift.hi) == pytest.approx(
        (rows.lift.lo, rows.lift.hi), rel=1e-10
    )


def test_a_denominator_of_one_is_the_mean() -> None:
    frames = [arm(3, 50).assign(orders=1.0), arm(4, 60).assign(orders=1.0)]
    effect = ratio.compare(moments(frames[0]), moments(frames[1]), *COLUMNS)
    plain = means.compare(*(moments(frame).sample("revenue") for frame in frames))
    assert effect.p_value == pytest.approx(plain.p_value, rel=1e-12)
    assert effect.se == pytest.approx(plain.se, rel=1e-12)


def test_no_orders_is_said() -> None:
    nothing = arm(5, 30).assign(revenue=0.0, orders=0)
    effect = ratio.compare(moments(nothing), moments(arm(6, 30)), *COLUMNS)
    assert effect.difference.why == effect.lift.why == contrast.NO_VALUE
    assert math.isnan(effect.p_value)
    single = ratio.compare(moments(arm(7, 1).assign(orders=1)), moments(arm(8, 30)), *COLUMNS)
    assert single.difference.why == contrast.ONE_USER


def test_a_fixed_price_has_no_variation() -> None:
    frames = [arm(seed, 30).assign(revenue=lambda f: 7 * f["orders"]) for seed in (9, 10)]
    effect = ratio.compare(moments(frames[0]), moments(frames[1]), *COLUMNS)
    assert effect.control_value == pytest.approx(7)
    assert effect.se == pytest.approx(0, abs=1e-7)


def many(rng: np.random.Generator, draws: int, users: int, lift: float = 0.0) -> list[Moments]:
    """Moments of many arms drawn at once."""
    heavy = rng.gamma(1.0, 1.0, (draws, users))
    orders = rng.poisson(1.5 * heavy)
    revenue = orders * 20 * (1 + lift) / (1 + 0.3 * heavy) * rng.lognormal(0, 0.3, (draws, users))
    both = np.stack([revenue, orders], axis=-1)
    mean = both.mean(axis=1)
    centred = both - mean[:, None]
    cov = np.einsum("dni,dnj->dij", centred, centred) / (users - 1)
    return [Moments(users, tuple(COLUMNS), m, c) for m, c in zip(mean, cov, strict=True)]


def test_coverage_where_orders_of_a_user_hang_together() -> None:
    truth, draws, users = 0.1, 3000, 300
    rng = np.random.default_rng(11)
    # Revenue an order from a million users: its Monte-Carlo error is 0.1 %.
    big = many(rng, 1, 1_000_000)[0].mean
    gap = truth * float(big[0] / big[1])
    held = []
    pairs = zip(many(rng, draws, users), many(rng, draws, users, truth), strict=True)
    for one, other in pairs:
        effect = ratio.compare(one, other, *COLUMNS)
        held.append((gap in effect.difference, truth in effect.lift))
    covered = np.mean(held, axis=0)
    assert np.all(np.abs(covered - 0.95) < 3.5 * math.sqrt(0.05 * 0.95 / draws)), covered
