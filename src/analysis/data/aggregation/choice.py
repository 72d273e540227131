"""Which columns of a table are metrics and covariates: as asked for, or by their names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from analysis.base.errors import Problem, nearest
from analysis.data.aggregation.moments import CAPPED, Spec
from analysis.data.aggregation.source import Rows
from analysis.data.catalog.conform import ROW
from analysis.experiments.arms import PRE, Kind, Metric


@dataclass(frozen=True, slots=True)
class Choice:
    """What the caller asked for; see :func:`load_experiment`."""

    metrics: tuple[str, ...] = ()
    conversions: frozenset[str] = frozenset()
    covariates: Mapping[str, str] = field(default_factory=dict)
    caps: Mapping[str, float] = field(default_factory=dict)

    def columns(self) -> list[str]:
        """Columns of numbers that are asked for by name, each once."""
        asked = [*self.metrics, *self.conversions, *self.covariates.values(), *self.caps]
        return list(dict.fromkeys(part for name in asked for part in _split(name)))

    def unknown(self, names: Collection[str]) -> list[Problem]:
        """Find columns that are asked for and not there."""
        return [
            Problem(f"no column {name!r}", f"one of its columns; {nearest(name, names)}")
            for name in sorted(set(self.columns()) - set(names))
        ]


def choose(rows: Rows, asked: Choice, parts: Collection[str]) -> tuple[list[Metric], list[Problem]]:
    """Return the metrics of a table of rows, kinds still open, and what cannot be had.

    Args:
        rows: The table.
        asked: What the caller wants.
        parts: Columns that tell parts apart.
    """
    taken = {*parts, "user_id", "variant", "test", ROW, *asked.covariates.values()}
    numbers = [name for name in rows.types if rows.is_number(name) and name not in taken]
    names = list(asked.metrics) or [name for name in numbers if not name.endswith(PRE)]
    names += [name for name in sorted(asked.conversions) if name not in names]
    problems = []
    if not names:
        problems.append(Problem("no column of numbers", "at least one metric"))
    for what, keys in (("covariates", asked.covariates), ("caps", asked.caps)):
        problems += [
            Problem(f"{what} of {name!r}", f"one of the metrics; {nearest(name, names)}")
            for name in keys
            if name not in names or (what == "caps" and "/" in name)
        ]
    asked_for = dict.fromkeys(part for name in names for part in _split(name))
    problems += [
        Problem("no numbers", "a column of numbers", None, rows.label(name))
        for name in (*asked_for, *(p for c in asked.covariates.values() for p in _split(c)))
        if not rows.is_number(name)
    ]
    if problems:
        return [], problems
    metrics = [Metric(name, _kind(name), _split(name), _past(rows, name, asked)) for name in names]
    metrics += [
        Metric(one.name + CAPPED, one.kind, (one.name + CAPPED,), one.covariates)
        for one in metrics
        if one.name in asked.caps
    ]
    return metrics, problems


def spec_of(metrics: list[Metric], by: tuple[str, ...], caps: Mapping[str, float]) -> Spec:
    """Return what to add up for the metrics."""
    bundles = dict.fromkeys(bundle for metric in metrics for bundle in _bundles(metric))
    past = dict.fromkeys(name for metric in metrics for name in metric.covariates)
    return Spec(tuple(bundles), by, caps, tuple(past), extremes=True)


def _bundles(metric: Metric) -> Iterator[tuple[str, ...]]:
    yield metric.columns
    if metric.covariates:
        yield metric.columns + metric.covariates


def _split(name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in name.split("/", 1))


def _kind(name: str) -> Kind:
    return "ratio" if "/" in name else "mean"


def _past(rows: Rows, name: str, asked: Choice) -> tuple[str, ...]:
    if name in asked.covariates:
        return _split(asked.covariates[name])
    past = tuple(part + PRE for part in _split(name))
    return past if all(p in rows.types and rows.is_number(p) for p in past) else ()
