"""Fitting an adoption curve to counts or levels, with what the data leave open.

Nonlinear least squares on consecutive periods: new adopters are ``m (F(t) - F(t-1))`` (Srinivasan
& Mason 1986, Marketing Science 5), levels are ``m F(t)``. The eventual market ``m`` enters
linearly and is solved for inside (variable projection, Golub & Pereyra 1973). Intervals are from a
parametric bootstrap of the residuals. Before the peak the data say little about ``m`` (Van den
Bulte & Lilien 1997, Marketing Science 16): its upper end is then unbounded, and said to be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from analysis.base.errors import InputError, nearest
from analysis.market.adoption import Bass, Logistic

Floats = NDArray[np.float64]

CURVES = ("bass", "logistic")
OBSERVED = ("new", "level")
UNBOUNDED = "the data do not bound it: they end before adoption slows"
_GRID = 41
_STEPS = 60


@dataclass(frozen=True)
class AdoptionFit:
    """A fitted adoption curve.

    Attributes:
        curve: At the estimates.
        kind: ``bass`` or ``logistic``.
        observed: What was fitted: ``new`` adopters of each period or ``level`` at its end.
        frame: One row a parameter or result (``p, q`` or ``k, t0``; ``m``, ``peak_time``,
            ``peak_rate``): ``name, value, lo, hi, why`` (why an end is infinite; else empty).
        data: ``period, observed, fitted``.
        sigma: Residual standard deviation.
        confidence: Level of the intervals.
        draws: Bootstrap parameters, shape (resamples, 3): the two of the curve and ``m``.
        open_ended: Whether the data leave the eventual market unbounded above.
        edge: Whether the estimate lies on the edge of the parameters searched: the curve does not
            describe these data.
    """

    curve: Bass | Logistic
    kind: str
    observed: str
    frame: pd.DataFrame
    data: pd.DataFrame
    sigma: float
    confidence: float
    draws: Floats
    open_ended: bool
    edge: bool

    def path(self, times: ArrayLike) -> pd.DataFrame:
        """Adopters by each time, with the interval that the parameters leave.

        Returns:
            ``time, adopters, lo, hi, share`` (of the eventual market).
        """
        at = np.atleast_1d(np.asarray(times, dtype=np.float64))
        levels = self.draws[:, 2:] * _shares(self.kind, self.draws[:, :2], at)
        tail = (1 - self.confidence) / 2
        middle = self.curve.m * self.curve.share(at)
        lo, hi = np.quantile(levels, (tail, 1 - tail), axis=0)
        return pd.DataFrame(
            {
                "time": at, "adopters": middle, "lo": np.minimum(lo, middle),
                "hi": np.maximum(hi, middle), "share": self.curve.share(at),
            }
        )  # fmt: skip

    def row(self, name: str) -> pd.Series:
        """The row of a parameter or result."""
        return self.frame[self.frame["name"] == name].iloc[0]

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Parameters under names for readers (``lang`` en or zh)."""
        from analysis.market.words_growth import adoption_table

        return adoption_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """The path with its interval, and what was observed."""
        from analysis.market.plots_growth import adoption_figure

        return adoption_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """When adoption peaks and how far it goes (``lang`` en or zh)."""
        from analysis.market.words_growth import adoption_sentence

        return adoption_sentence(self, lang)


def _shares(kind: str, theta: Floats, times: Floats) -> Floats:
    """Shares adopted for many parameters (b, 2) at times (n,): shape (b, n)."""
    one, other = theta[:, :1], theta[:, 1:]
    if kind == "logistic":
        return np.asarray(0.5 * (1 + np.tanh(one * (times - other) / 2)), dtype=np.float64)
    passed = np.maximum(times, 0.0) * (one + other)
    return np.asarray(-np.expm1(-passed) / (1 + other / one * np.exp(-passed)), dtype=np.float64)


def _basis(kind: str, theta: Floats, n: int, observed: str) -> Floats:
    """What one eventual adopter shows in each of n periods, shape (b, n)."""
    shares = _shares(kind, theta, np.arange(n + 1, dtype=np.float64))
    new: Floats = np.diff(shares, axis=1)
    return new if observed == "new" else shares[:, 1:]


def _natural(kind: str, free: Floats) -> Floats:
    """Parameters from those searched: logarithms of positive ones."""
    if kind == "bass":
        return np.asarray(np.exp(free), dtype=np.float64)
    return np.asarray(np.column_stack([np.exp(free[:, 0]), free[:, 1]]), dtype=np.float64)


def _box(kind: str, n: int) -> Floats:
    """Least and greatest value of the two searched parameters, shape (2, 2)."""
    if kind == "bass":
        return np.asarray(np.log([[1e-7 / n, 5.0], [1e-4 / n, 10.0]]), dtype=np.float64)
    return np.array([[math.log(0.05 / n), math.log(20.0)], [-2.0 * n, 5.0 * n]])


def falls(levels: ArrayLike) -> bool:
    """Whether levels fall: by their least-squares line, so that one low year is no fall."""
    y = np.asarray(levels, dtype=np.float64)
    centred = np.arange(y.size) - (y.size - 1) / 2
    return bool(centred @ y < -1e-12 * np.abs(y).sum())


def _market(y: Floats, basis: Floats, ceiling: float | None, most: float = math.inf) -> Floats:
    """Eventual market of at most ``most`` that fits best for each row, shape (b,)."""
    if ceiling is not None:
        return np.full(len(basis), ceiling)
    squares = (basis**2).sum(axis=1)
    products = (basis * y).sum(axis=1)
    found: Floats = np.clip(products / np.maximum(squares, 1e-300), 0.0, most)
    return found


def _residuals(
    y: Floats, kind: str, free: Floats, observed: str, ceiling: float | None, most: float
) -> tuple[Floats, Floats]:
    basis = _basis(kind, _natural(kind, free), y.shape[1], observed)
    market = _market(y, basis, ceiling, most)
    return y - market[:, None] * basis, market


def fit_many(
    y: Floats, kind: str, observed: str, ceiling: float | None, most: float = math.inf
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Fit many series at once: a grid for the start, then damped Gauss–Newton steps.

    Args:
        y: Series, shape (b, n).
        kind: Curve.
        observed: ``new`` or ``level``.
        ceiling: Eventual market if it is known.
        most: Upper bound of one that is estimated.

    Returns:
        Parameters (b, 2), eventual markets (b,), and whether a fit ended on the edge of the
        parameters searched.
    """
    n, box = y.shape[1], _box(kind, y.shape[1])
    axes = [np.linspace(lo, hi, _GRID) for lo, hi in box]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    basis = _basis(kind, _natural(kind, grid), n, observed)
    squares, products = (basis**2).sum(axis=1), y @ basis.T
    if ceiling is None:
        size = np.clip(products / np.maximum(squares, 1e-300), 0.0, most)
        losses = size**2 * squares - 2 * size * products
    else:
        losses = ceiling**2 * squares - 2 * ceiling * products
    free = grid[losses.argmin(axis=1)].copy()
    residual, market = _residuals(y, kind, free, observed, ceiling, most)
    loss, damping = (residual**2).sum(axis=1), np.full(len(y), 1e-2)
    step = 1e-6 * (box[:, 1] - box[:, 0])
    for _ in range(_STEPS):
        jacobian = np.stack(
            [
                (_residuals(y, kind, free + step * unit, observed, ceiling, most)[0]
                 - _residuals(y, kind, free - step * unit, observed, ceiling, most)[0])
                / (2 * step[i]) for i, unit in enumerate(np.eye(2))
            ], axis=-1,
        )  # fmt: skip
        normal = np.einsum("bni,bnj->bij", jacobian, jacobian)
        slope = np.einsum("bni,bn->bi", jacobian, residual)
        diagonal = np.einsum("bii->bi", normal)
        normal = normal + np.eye(2) * (damping[:, None] * diagonal + 1e-300)[:, None, :]
        # A flat direction (a curve at its edge) leaves nothing to step along.
        move = -np.einsum("bij,bj->bi", np.linalg.pinv(normal, hermitian=True), slope)
        tried = np.clip(free + move, box[:, 0], box[:, 1])
        new_residual, new_market = _residuals(y, kind, tried, observed, ceiling, most)
        new_loss = (new_residual**2).sum(axis=1)
        better = new_loss <= loss
        free = np.where(better[:, None], tried, free)
        residual = np.where(better[:, None], new_residual, residual)
        market, loss = np.where(better, new_market, market), np.where(better, new_loss, loss)
        damping = np.clip(np.where(better, damping / 5, damping * 5), 1e-12, 1e12)
        still = (np.abs(move) < 1e-10 * (box[:, 1] - box[:, 0])).all(axis=1)
        if still.all():
            break
    margin = 1e-3 * (box[:, 1] - box[:, 0])
    edge = ((free < box[:, 0] + margin) | (free > box[:, 1] - margin)).any(axis=1)
    return _natural(kind, free), market, edge


def fit_adoption(
    values: ArrayLike,
    *,
    rng: np.random.Generator,
    curve: str = "bass",
    observed: str = "new",
    market: float | None = None,
    most: float = math.inf,
    resamples: int = 400,
    confidence: float = 0.9,
) -> AdoptionFit:
    """Fit an adoption curve to consecutive periods 1, 2, …, n from the launch at 0.

    Args:
        values: Adopters of each period, or the level at its end; shape (n,), at least 4 (3 if the
            market is known).
        rng: Of the bootstrap.
        curve: ``bass`` or ``logistic``.
        observed: ``new`` or ``level``.
        market: Eventual market where it is known (1 for a share); estimated when None.
        most: Upper bound of an eventual market that is estimated: 1 for a share.
        resamples: Of the bootstrap.
        confidence: Level of the intervals.

    Raises:
        InputError: If there are too few periods, values are not numbers of at least 0, all are 0,
            levels fall, more was observed than the market holds, or a choice is unknown.
    """
    for name, choice, valid in (("curve", curve, CURVES), ("observed", observed, OBSERVED)):
        if choice not in valid:
            raise InputError(f"{name}: found {choice!r}; {nearest(choice, valid)}")
    y = np.asarray(values, dtype=np.float64)
    least = 4 if market is None else 3
    if y.ndim != 1 or y.size < least:
        raise InputError(f"found {y.size} periods, expected at least {least} for this curve")
    if not np.isfinite(y).all() or (y < 0).any() or not y.any():
        raise InputError("found a value that is missing or below 0, or all 0, expected adopters")
    if market is not None and not (math.isfinite(market) and market > 0):
        raise InputError(f"market: found {market:g}, expected above 0")
    if observed == "level" and falls(y):
        raise InputError(
            f"found levels that fall from {y[0]:g} to {y[-1]:g}, expected levels that rise: "
            f"an adoption curve cannot fall"
        )
    level_seen = float(y.sum() if observed == "new" else y.max())
    whole = most if market is None else market
    if level_seen > whole * (1 + 1e-9):
        raise InputError(f"market: found {whole:g}, expected at least the {level_seen:g} observed")
    scale = float(y.max())
    ceiling = None if market is None else market / scale
    unit = (y / scale)[None, :]
    theta, size, edge = fit_many(unit, curve, observed, ceiling, most / scale)
    fitted = size[0] * _basis(curve, theta, y.size, observed)[0]
    free = y.size - (3 if market is None else 2)
    sigma = math.sqrt(float(((unit[0] - fitted) ** 2).sum()) / free)
    # The residuals' spread is itself uncertain: drawn anew (scaled inverse chi-square), the few
    # degrees of freedom of a short series widen the intervals as Student's t does.
    spread = sigma * np.sqrt(free / rng.chisquare(free, resamples))
    again = fitted + spread[:, None] * rng.standard_normal((resamples, y.size))
    thetas, sizes, edges = fit_many(again, curve, observed, ceiling, most / scale)
    best = np.array([*theta[0], size[0] * scale])
    draws = np.column_stack([thetas, sizes * scale])
    tail = (1 - confidence) / 2
    far = edges | (draws[:, 2] > min(20 * level_seen, most * (1 - 1e-6)))
    is_open = market is None and (bool(edge[0]) or float(far.mean()) > tail)
    data = pd.DataFrame(
        {"period": np.arange(1, y.size + 1), "observed": y, "fitted": fitted * scale}
    )
    made = _curve(curve, best)
    frame = _results(curve, made, draws, tail, is_open)
    if is_open and math.isfinite(most):
        frame.loc[frame["name"] == "m", "hi"] = most
    return AdoptionFit(
        made, curve, observed, frame, data, sigma * scale, confidence, draws, is_open, bool(edge[0])
    )


def _curve(kind: str, parameters: Floats) -> Bass | Logistic:
    one, other, m = (float(value) for value in parameters)
    m = max(m, 1e-300)
    return Bass(one, other, m) if kind == "bass" else Logistic(one, other, m)


def _results(
    kind: str, made: Bass | Logistic, draws: Floats, tail: float, is_open: bool
) -> pd.DataFrame:
    """Parameters, eventual market and peak with their intervals."""
    curves = [_curve(kind, row) for row in draws]
    columns = {
        **dict(zip(("p", "q") if kind == "bass" else ("k", "t0"), draws.T[:2], strict=True)),
        "m": draws[:, 2],
        "peak_time": np.array([one.peak_time for one in curves]),
        "peak_rate": np.array([one.peak_rate for one in curves]),
    }
    rows = []
    for name, drawn in columns.items():
        value = float(getattr(made, name))
        lo, hi = (float(v) for v in np.quantile(drawn, (tail, 1 - tail)))
        # How far and how late is what data before the peak do not say.
        unbounded = is_open and name in ("m", "peak_time", "peak_rate", "t0")
        rows.append(
            {
                "name": name, "value": value, "lo": min(lo, value),
                "hi": math.inf if unbounded else max(hi, value),
                "why": UNBOUNDED if unbounded else "",
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
