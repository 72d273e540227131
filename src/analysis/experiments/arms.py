"""The arms of a test as moments: what every estimate, check and figure of a test starts from.

A test may come in parts (days, strata, several tests in one table). Moments of the parts add up
exactly to those of the whole, so rows, counts and moments of the same users give the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.base.errors import InputError, nearest
from analysis.experiments.moments import Counts, Moments, Sample

Shape = Literal["rows", "counts", "moments"]
Kind = Literal["proportion", "mean", "ratio"]
Floats = NDArray[np.float64]
Groups = NDArray[np.integer[Any]]

PRE = "_pre"


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Moments of several parts at once.

    Attributes:
        names: ``(k,)`` column names.
        n: ``(p,)`` users with a value; may be 0.
        mean: ``(p, k)`` means.
        cov: ``(p, k, k)`` sample covariances, NaN where ``n`` is below 2.
    """

    names: tuple[str, ...]
    n: NDArray[np.int64]
    mean: Floats
    cov: Floats

    def pooled(self, groups: Groups, size: int) -> Stack:
        """Moments of groups of parts, added up exactly (Chan, Golub & LeVeque 1983).

        Args:
            groups: ``(p,)`` group of each part, from 0.
            size: Number of groups.
        """
        if len(groups) == size and (groups == np.arange(size)).all():
            return self
        k = len(self.names)
        n = np.zeros(size, dtype=np.int64)
        np.add.at(n, groups, self.n)
        filled = np.where(self.n[:, None] > 0, self.mean, 0.0)
        # Means are added as distances from one of them: sums of large means would lose digits.
        origin = np.zeros((size, k))
        used = self.n > 0
        origin[groups[used]] = filled[used]
        sums = np.zeros((size, k))
        np.add.at(sums, groups, (filled - origin[groups]) * self.n[:, None])
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = origin + sums / n[:, None]
            gap = np.where(used[:, None], filled - mean[groups], 0.0)
            inner = np.where(self.n[:, None, None] > 1, self.cov, 0.0)
            within = inner * np.maximum(self.n - 1, 0)[:, None, None]
            between = gap[:, :, None] * gap[:, None, :] * self.n[:, None, None]
            squares = np.zeros((size, k, k))
            np.add.at(squares, groups, within + between)
            below = np.where(n > 1, n - 1, np.nan)
            return Stack(self.names, n, mean, squares / below[:, None, None])

    def pick(self, places: Groups) -> Stack:
        """Moments of some parts."""
        return Stack(self.names, self.n[places], self.mean[places], self.cov[places])

    def moments(self, place: int) -> Moments:
        """Moments of one part."""
        return Moments(int(self.n[place]), self.names, self.mean[place], self.cov[place])


@dataclass(frozen=True, slots=True)
class Metric:
    """What is compared between arms.

    Attributes:
        name: Name in results; ``"revenue/orders"`` of a ratio.
        kind: ``"proportion"`` of users (0 or 1 each), ``"mean"`` per user, or ``"ratio"`` of sums.
        columns: The column, or numerator and denominator.
        covariates: Columns from before the assignment that explain it; an own ``…_missing`` column
            marks users without a past.
        cap: Amount that larger values are pulled in to; None for none.
    """

    name: str
    kind: Kind
    columns: tuple[str, ...]
    covariates: tuple[str, ...] = ()
    cap: float | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """What is wrong with some rows, though they can be read; trust in the test hangs on it.

    Attributes:
        kind: ``"several_arms"``: users in more than one arm; ``"before_assignment"``: events older
            than the assignment of their user.
        found: Number of users or rows.
        examples: Some of the users, or the rows as a spreadsheet numbers them.
        by_test: Number in each test that has some; empty for a table of one test.
    """

    kind: Literal["several_arms", "before_assignment"]
    found: int
    examples: tuple[str, ...]
    by_test: Mapping[str, int] = field(default_factory=dict)

    def of(self, test: str) -> Flag | None:
        """What of it is in one test; all of it in a table without tests."""
        if not self.by_test:
            return self
        found = self.by_test.get(test, 0)
        return replace(self, found=found) if found else None


@dataclass(frozen=True, slots=True, eq=False)
class Arms:
    """A test, or several, as moments of its arms.

    Attributes:
        shape: What the table was.
        control: Name of the control arm.
        metrics: What can be compared.
        parts: ``(p, …)`` one row an arm, or an arm of a test, day and stratum where the table has
            them: ``variant``, perhaps ``test``, ``day``, ``stratum``; and ``users``.
        raw: Moments of the parts by metric; a ratio's have two columns.
        adjusted: The same with the covariates beside, of the metrics that have some.
        extremes: Smallest and largest value and number of users without one, by part and metric:
            ``variant, …, metric, low, high, missing``; without rows where the table has none.
        flags: What casts doubt on the rows.
    """

    shape: Shape
    control: str
    metrics: tuple[Metric, ...]
    parts: pd.DataFrame
    raw: Mapping[str, Stack] = field(repr=False)
    adjusted: Mapping[str, Stack] = field(repr=False, default_factory=dict)
    extremes: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)
    flags: tuple[Flag, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the arms, control first, the others in order."""
        others = sorted(set(self.parts["variant"]) - {self.control})
        return (self.control, *others)

    def metric(self, name: str) -> Metric:
        """Return a metric by its name.

        Raises:
            InputError: If there is none; the nearest is offered.
        """
        for metric in self.metrics:
            if metric.name == name:
                return metric
        raise InputError(f"metric {name!r}: {nearest(name, [m.name for m in self.metrics])}")

    def users(self) -> dict[str, int]:
        """Users assigned to each arm, with or without a value of a metric."""
        sums = self.parts.groupby("variant")["users"].sum()
        return {name: int(sums.get(name, 0)) for name in self.names}

    def moments(self, name: str, *, adjusted: bool = False) -> dict[str, Moments]:
        """Joint moments of a metric's columns in each arm that has users with a value.

        Args:
            name: Metric.
            adjusted: With its covariates.

        Raises:
            InputError: If there is no such metric, or it has no covariates.
        """
        self.metric(name)
        if adjusted and name not in self.adjusted:
            raise InputError(f"metric {name!r}: found no covariates, expected a column {name}{PRE}")
        stack, names = self._by_arm(self.adjusted[name] if adjusted else self.raw[name])
        return {arm: stack.moments(i) for i, arm in enumerate(names) if stack.n[i]}

    def samples(self, name: str) -> dict[str, Sample]:
        """Users, mean and variance of a metric in each arm; a ratio has :meth:`moments` only."""
        metric = self.metric(name)
        if metric.kind == "ratio":
            raise ValueError(f"{name!r} is a ratio of sums, expected a mean or a proportion")
        found = self.moments(name)
        return {arm: moments.sample(metric.columns[0]) for arm, moments in found.items()}

    def counts(self, name: str) -> dict[str, Counts]:
        """Users who did, of all who could, in each arm."""
        if self.metric(name).kind != "proportion":
            raise ValueError(f"{name!r} is no proportion of users")
        found = self.samples(name)
        return {arm: Counts(round(s.mean * s.n), s.n) for arm, s in found.items()}

    def frame(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Moments of all metrics as a tidy table, as the trust checks take it.

        Args:
            by: Further parts to keep apart: ``"day"``, ``"stratum"``, ``"test"``.

        Returns:
            ``variant``, those of ``by``, ``metric, n, mean, variance``, in order. Of a ratio the
            mean is that of the sums and the variance that of its linear column (delta method; Deng,
            Knoblich & Lu 2018, KDD).
        """
        keys = ["variant", *by]
        grouping = self.parts.groupby(keys, sort=True)
        groups = grouping.ngroup().to_numpy(np.intp)
        index = grouping.size().index.to_frame(index=False)
        made = []
        for metric in self.metrics:
            stack = self.raw[metric.name].pooled(groups, len(index))
            mean, variance = _linear(stack) if metric.kind == "ratio" else _first(stack)
            rows = index.assign(metric=metric.name, n=stack.n, mean=mean, variance=variance)
            made.append(rows[stack.n > 0])
        return pd.concat(made, ignore_index=True)

    def where(self, **values: object) -> Arms:
        """Return the part of the test in which columns of :attr:`parts` have the values given."""
        keep = np.ones(len(self.parts), dtype=bool)
        extremes = self.extremes
        for column, value in values.items():
            keep &= (self.parts[column] == value).to_numpy()
            extremes = extremes[extremes[column] == value] if len(extremes) else extremes
        kept = self._kept(np.flatnonzero(keep), extremes)
        if "test" not in values:
            return kept
        flags = [flag.of(str(values["test"])) for flag in self.flags]
        return replace(kept, flags=tuple(flag for flag in flags if flag is not None))

    def until(self, column: str, value: object) -> Arms:
        """Return the part of the test up to a value of ``"day"``, that one included."""
        keep = (self.parts[column] <= value).to_numpy()
        extremes = self.extremes
        below = extremes[extremes[column] <= value] if len(extremes) else extremes
        return self._kept(np.flatnonzero(keep), below)

    def _kept(self, places: Groups, extremes: pd.DataFrame) -> Arms:
        return replace(
            self,
            parts=self.parts.iloc[places].reset_index(drop=True),
            raw={name: stack.pick(places) for name, stack in self.raw.items()},
            adjusted={name: stack.pick(places) for name, stack in self.adjusted.items()},
            extremes=extremes.reset_index(drop=True),
        )

    def each(self, column: str) -> Iterator[tuple[Any, Arms]]:
        """Yield the values of ``"stratum"``, ``"day"`` or ``"test"`` and the part of each."""
        # Grouped once: a programme has thousands of tests.
        places = self.parts.groupby(column).indices
        extremes = self.extremes
        lows = extremes.groupby(column).indices if len(extremes) else {}
        for value in sorted(self.parts[column].unique()):
            nearby = extremes.iloc[lows[value]] if value in lows else extremes.iloc[:0]
            yield value, self._kept(np.asarray(places[value]), nearby)

    def _by_arm(self, stack: Stack) -> tuple[Stack, tuple[str, ...]]:
        names = self.names
        order = {name: place for place, name in enumerate(names)}
        groups = np.array([order[name] for name in self.parts["variant"]], dtype=np.intp)
        return stack.pooled(groups, len(names)), names


def _first(stack: Stack) -> tuple[Floats, Floats]:
    return stack.mean[:, 0], stack.cov[:, 0, 0]


def _linear(stack: Stack) -> tuple[Floats, Floats]:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = stack.mean[:, 0] / stack.mean[:, 1]
        turn = np.stack([np.ones_like(ratio), -ratio], axis=1) / stack.mean[:, 1:2]
        variance = np.einsum("pi,pij,pj->p", turn, stack.cov, turn)
    return ratio, np.maximum(variance, 0.0)
