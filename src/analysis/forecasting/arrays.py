"""Rows: many histories of unequal length as one array, the shape every model here works on.

A *row* is one history cut at one origin; a panel at seven origins is seven rows a series. Values
stand time first, ``(T, R)``, left-aligned: row ``r`` holds ``values[: n[r], r]`` and zeros below.
Rows are sorted by falling length, so that those still running at time ``t`` are a prefix.

Time is the first axis for a second reason: numpy then adds along time in order, whatever the
padding, so that no row's result can depend, to the last bit, on which other rows are present.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CHUNK = 512
"""Rows worked on together: grid × chunk stays inside a core's cache."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Histories without gaps, longest first.

    Attributes:
        values: ``(T, R)`` histories in the unit of ``y``, zero below each row's end.
        n: ``(R,)`` lengths, falling; at least 1.
    """

    values: Floats
    n: Ints

    @property
    def mask(self) -> Bools:
        """``(T, R)``, true where a row has a value."""
        inside: Bools = np.arange(len(self.values))[:, None] < self.n
        return inside

    @property
    def running(self) -> Ints:
        """``(T,)`` number of rows that have a value at each time."""
        counts: Ints = np.count_nonzero(self.mask, axis=1).astype(np.int64)
        return counts

    def with_values(self, values: Floats) -> Rows:
        """Same rows on another scale, zero below their ends."""
        return Rows(np.where(self.mask, values, 0.0), self.n)

    def last(self) -> Floats:
        """``(R,)`` last value of each row."""
        ends: Floats = self.values[self.n - 1, np.arange(len(self.n))]
        return ends


def stack(histories: Sequence[Floats]) -> tuple[Rows, Ints]:
    """Put histories into rows.

    Args:
        histories: Arrays of length at least 1, without gaps.

    Returns:
        The rows, and the position in ``histories`` of each row.
    """
    lengths = np.array([len(history) for history in histories], dtype=np.int64)
    order: Ints = np.argsort(-lengths, kind="stable").astype(np.int64)
    values = np.zeros((int(lengths.max(initial=1)), len(histories)))
    for row, position in enumerate(order):
        values[: lengths[position], row] = histories[position]
    return Rows(values, lengths[order]), order


def by_chunk(
    histories: Sequence[Floats], horizon: int, model: Callable[[Rows], Floats], size: int = CHUNK
) -> Floats:
    """Run a model over histories, a cache-sized chunk of similar lengths at a time.

    Args:
        histories: ``N`` arrays of length at least 1, without gaps.
        horizon: Steps ahead the model gives.
        model: From ``R`` rows to forecasts ``(..., horizon, R)``.
        size: Rows in a chunk.

    Returns:
        ``(..., horizon, N)`` in the order of ``histories``.
    """
    order = np.argsort([-len(history) for history in histories], kind="stable")
    parts: list[tuple[Ints, Floats]] = []
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        # numpy adds a lone column pairwise but several in order: keep to one order of addition.
        members = np.concatenate([chosen, chosen]) if len(chosen) == 1 else chosen
        rows, position = stack([histories[i] for i in members])
        parts.append((members[position], model(rows)))
    shape = parts[0][1].shape[:-1] if parts else (horizon,)
    out = np.full((*shape, len(histories)), np.nan)
    for members, forecast in parts:
        out[..., members] = forecast
    return out
