"""Weights from pairwise judgments: the analytic hierarchy process of one rater.

Weights are the eigenvector of the matrix of judgments or the geometric means of its rows; the
consistency ratio says how far the judgments contradict each other (Saaty 1980, The Analytic
Hierarchy Process). Missing judgments take the values that make the largest eigenvalue least
(Bozóki, Fülöp & Rónyai 2010, Mathematical and Computer Modelling 52).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.swot.eigen import complete, logarithmic_least_squares, perron
from analysis.swot.judgments import Judgments, from_pairs
from analysis.swot.random_index import TABLES, Table, random_index

Floats = NDArray[np.float64]
Method = Literal["eigenvector", "geometric mean"]
LIMIT = 0.1
"""Consistency ratio above which Saaty would have the judgments looked at again."""
SCALE = np.concatenate([1 / np.arange(9.0, 1.0, -1.0), np.arange(1.0, 10.0)])


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """The judgment whose change lowers the consistency ratio most.

    Attributes:
        pair: ``"x|y"``, in the direction in which the judgment is at least 1.
        value: The judgment as given.
        mended: The value from 1/9 to 9 that makes the ratio least, the others as they are.
        on_scale: The nearest value of Saaty's scale.
        ratio_after: Consistency ratio with ``mended``.
        ratio_on_scale: Consistency ratio with ``on_scale``.
        tied: Whether other judgments would do as well: of three items, any of the three.
    """

    pair: str
    value: float
    mended: float
    on_scale: float
    ratio_after: float
    ratio_on_scale: float
    tied: bool


@dataclass(frozen=True)
class Priorities:
    """Weights of one set of judgments.

    Attributes:
        frame: One row an item: ``item, weight``, in the order given. No intervals: one rater's
            judgments say how they contradict each other, not how another would judge.
        method: ``"eigenvector"`` or ``"geometric mean"``.
        matrix: ``(n, n)`` judgments with missing ones filled.
        missing: ``"x|y"`` → value filled in.
        lambda_max: Largest eigenvalue.
        ci: Consistency index, ``(lambda_max - n) / (n - 1)``.
        cr: Consistency ratio, the index over the random one.
        index_table: Name of the random-index table.
        random_index: Its value, lowered for missing judgments.
        ratios: Table → consistency ratio, all tables.
        worst: The most inconsistent judgment; None if there is no contradiction.
        limit: Ratio above which a warning is given.
    """

    frame: pd.DataFrame
    method: Method
    matrix: Floats
    missing: dict[str, float]
    lambda_max: float
    ci: float
    cr: float
    index_table: str
    random_index: float
    ratios: dict[str, float]
    worst: Inconsistency | None
    limit: float

    @property
    def weights(self) -> dict[str, float]:
        """Item → weight."""
        return dict(zip(self.frame["item"], self.frame["weight"].tolist(), strict=True))

    @property
    def consistent(self) -> bool:
        """Whether the ratio is within the limit."""
        return self.cr <= self.limit

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Weights, largest first (``lang`` en or zh)."""
        from analysis.swot.words_weights import weights_table

        return weights_table(self, lang)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Weights as bars."""
        from analysis.swot.plots import weight_bars

        return weight_bars(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The heaviest item, and whether the judgments agree with each other."""
        from analysis.swot.words_weights import priorities_sentence

        return priorities_sentence(self, lang)


def ahp(
    judgments: Judgments | Mapping[str, float],
    *,
    method: Method = "eigenvector",
    index_table: Table = "Alonso & Lamata 2006",
    limit: float = LIMIT,
) -> Priorities:
    """Weights and consistency of one set of judgments.

    Args:
        judgments: Of one rater, or of a group once combined; ``"x|y": value`` or read already.
        method: How weights come from the matrix.
        index_table: Random-index table by which consistency is judged.
        limit: Ratio above which :meth:`Priorities.summary` warns.

    Raises:
        InputError: If the judgments are not positive, reciprocal, and tied together.
    """
    given = judgments if isinstance(judgments, Judgments) else from_pairs(judgments)
    n, missing = len(given.names), given.missing
    logs = np.log(given.matrix)
    least = logarithmic_least_squares(logs)
    free = np.array(missing, dtype=np.int64).reshape(-1, 2)
    start = np.where(np.isnan(logs), np.log(least)[:, None] - np.log(least)[None, :], logs)
    filled, value = complete(start[None], free[None, :, 0], free[None, :, 1])
    weights = perron(filled[0])[1] if method == "eigenvector" else least
    lambda_max = max(float(value[0]), float(n))
    ci = (lambda_max - n) / (n - 1) if n > 1 else 0.0

    def ratio(index: float, name: Table) -> float:
        reference = random_index(n, name, len(missing))
        return index / reference if reference else 0.0

    ratios = {name: ratio(ci, name) for name in TABLES}  # type: ignore[arg-type]
    matrix = np.exp(filled[0])
    reference = random_index(n, index_table, len(missing))
    return Priorities(
        frame=pd.DataFrame({"item": list(given.names), "weight": weights}),
        method=method,
        matrix=matrix,
        missing={
            f"{given.names[i]}|{given.names[j]}": float(matrix[i, j]) for i, j in missing
        },
        lambda_max=lambda_max,
        ci=ci,
        cr=ratio(ci, index_table),
        index_table=index_table,
        random_index=reference,
        ratios=ratios,
        worst=_worst(given, filled[0], free, lambda_max, reference),
        limit=limit,
    )  # fmt: skip


def _worst(
    given: Judgments, filled: Floats, free: NDArray[np.int64], value: float, reference: float
) -> Inconsistency | None:
    """Free each judgment in turn: whose own best value lowers the eigenvalue most."""
    n = len(given.names)
    if value - n < 1e-9 or not reference:
        return None
    rows, columns = np.nonzero(np.triu(~np.isnan(given.matrix), 1))
    own = np.stack([rows, columns], axis=1)[:, None, :]
    both = np.concatenate([own, np.broadcast_to(free, (len(own), *free.shape))], axis=1)
    tied_together = np.array([_connected(given.matrix, i, j) for i, j in own[:, 0].tolist()])
    own, both = own[tied_together], both[tied_together]
    if not len(own):
        return None
    start = np.broadcast_to(filled, (len(own), n, n)).copy()
    best, _ = complete(start, both[..., 0], both[..., 1])
    # A value off Saaty's scale cannot be given: the eigenvalue is convex, so the end is the best.
    case, i, j = np.arange(len(own)), own[:, 0, 0], own[:, 0, 1]
    best[case, i, j] = np.clip(best[case, i, j], -np.log(9.0), np.log(9.0))
    best[case, j, i] = -best[case, i, j]
    best, values = complete(best, both[:, 1:, 0], both[:, 1:, 1])
    order = np.lexsort((np.arange(len(values)), np.round(values, 10)))
    k = int(order[0])
    if values[k] > value - 1e-9:
        return None
    one, other = own[k, 0].tolist()
    if filled[one, other] < 0:
        one, other = other, one
    mended = float(np.exp(best[k, one, other]))
    on_scale = float(SCALE[int(np.argmin(np.abs(np.log(SCALE / mended))))])
    near = best[[k]]
    near[0, one, other], near[0, other, one] = np.log(on_scale), -np.log(on_scale)
    _, reached = complete(near, both[[k], 1:, 0], both[[k], 1:, 1])

    def ratio(found: float) -> float:
        return max(found - n, 0.0) / (n - 1) / reference

    return Inconsistency(
        pair=f"{given.names[one]}|{given.names[other]}",
        value=float(given.matrix[one, other]),
        mended=mended,
        on_scale=on_scale,
        ratio_after=ratio(float(values[k])),
        ratio_on_scale=ratio(float(reached[0])),
        tied=bool((values < values[k] + 1e-9).sum() > 1),
    )


def _connected(matrix: Floats, i: int, j: int) -> bool:
    """Whether the judgments still tie all items together without the one of ``i`` and ``j``."""
    given = ~np.isnan(matrix)
    given[i, j] = given[j, i] = False
    reached = np.zeros(len(matrix), dtype=bool)
    reached[i] = True
    for _ in range(len(matrix)):
        reached |= given[reached].any(axis=0)
    return bool(reached[j])
