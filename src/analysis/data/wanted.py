"""The tables that notebooks read: which parameter takes which columns, and which one a file is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analysis.base.errors import InputError, nearest
from analysis.base.schema import Column, Kind, TableSchema
from analysis.data.aggregation.guess import experiment_schema
from analysis.data.header import propose
from analysis.forecasting import EARLIER_FORECASTS, PANEL
from analysis.forecasting.planning import ORDERS, PHASES, PRESALE
from analysis.market import BUYERS
from analysis.plan import SYSTEMS
from analysis.swot import tables as swot

NUMERIC: tuple[Kind, ...] = ("integer", "number", "boolean")
DATED: tuple[Kind, ...] = ("date", "datetime")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table that a notebook reads.

    Attributes:
        notebook: The notebook.
        parameter: Its parameter that names the table.
        mapping: Its parameter that names the table's mapping; empty if it takes none.
        schema: What the table must be.
        telling: Columns by which a file is taken for it.
        absent: Columns of a panel by which a file is not taken for it.
        keep: Whether the file's other columns of numbers belong to it as well.
        checked: Whether the schema says all that the notebook asks.
    """

    notebook: str
    parameter: str
    mapping: str
    schema: TableSchema
    telling: tuple[str, ...]
    absent: tuple[str, ...] = ()
    keep: bool = False
    checked: bool = True

    @property
    def name(self) -> str:
        """How a call names it: ``sales_forecast.orders_data``, the main table by its notebook."""
        return self.notebook if self.parameter == "data" else f"{self.notebook}.{self.parameter}"


def _plan() -> TableSchema:
    """A plan's table keeps its own columns; those that any table of figures may have are named."""
    texts = ("fact_id", "metric_key", "name_en", "name_zh", "unit", "group", "plan")
    columns = [Column(name, "text", required=name in ("fact_id", "unit")) for name in texts]
    numbers = ("value", "target", "actual", "baseline", "share")
    columns += [Column(name, "number", required=False, nullable=True) for name in numbers]
    return TableSchema(tuple(columns), extra="any", name="plan")


_PANEL = Wanted("sales_forecast", "data", "mapping", PANEL, ("ds",))
_OTHERS = (
    Wanted("swot_scoring", "data", "mapping", swot.JUDGMENTS, ("rater", "left", "right", "value")),
    Wanted("swot_scoring", "competitors_data", "", swot.COMPETITORS,
           ("rater", "competitor", "attribute", "score")),
    Wanted("swot_scoring", "partners_data", "", swot.PARTNERS,
           ("rater", "partner", "attribute", "score")),
    Wanted("swot_scoring", "prices_data", "", swot.PRICES, ("date", "rival", "sku", "price")),
    Wanted("swot_scoring", "factors_data", "", swot.FACTORS, ("factor", "group")),
    Wanted("swot_scoring", "strategies_data", "", swot.STRATEGIES, ("strategy", "factor")),
    Wanted("plan_check", "data", "mapping", _plan(), ("fact_id", "unit"), ("ds",),
           keep=True, checked=False),
    Wanted("plan_check", "systems_data", "systems_mapping", SYSTEMS,
           ("date", "metric", "system", "value")),
    Wanted("sales_forecast", "phases_data", "", PHASES, ("phase", "start", "end")),
    Wanted("sales_forecast", "presale_data", "", PRESALE, ("event", "day", "orders")),
    Wanted("sales_forecast", "earlier_data", "", EARLIER_FORECASTS, ("unique_id", "ds", "mean"),
           ("y",)),
    Wanted("sales_forecast", "orders_data", "", ORDERS, ("ds", "orders")),
    Wanted("market_sizing", "mix_data", "mapping", BUYERS, ("dimension", "group", "n")),
)  # fmt: skip


def fitting(kinds: Mapping[str, Kind], schema: TableSchema) -> Callable[[str, str], bool]:
    """Say whether the cells of a file's column can be those of a promised one."""
    promised = {column.name: column.kind for column in schema.columns}

    def fits(target: str, name: str) -> bool:
        kind, asked = kinds[name], promised.get(target, "text")
        if asked in DATED:
            return kind in DATED
        return kind in NUMERIC if asked in NUMERIC else kind not in DATED

    return fits


def choose(kinds: Mapping[str, Kind], notebook: str = "") -> Wanted:
    """Choose the table that a file is most likely meant for.

    Args:
        kinds: Kind of each of the file's columns.
        notebook: Notebook that is to read it, or ``notebook.parameter``; guessed if empty.

    Raises:
        InputError: If no notebook of that name reads a table.
    """
    names = list(kinds)
    every = [*_OTHERS, _experiment(names, sure=notebook == "ab_test"), _PANEL]
    there = [each for each in every if each is not None]
    if not notebook:
        return next((each for each in there if _told(kinds, each)), _PANEL)
    exact = [each for each in there if each.name == notebook]
    asked = [each for each in there if each.notebook == notebook]
    if not exact and not asked:
        valid = sorted({*NOTEBOOKS, *(each.name for each in there)})
        raise InputError(f"--for {notebook}: no notebook that reads a table; "
                         f"{nearest(notebook, valid)}")  # fmt: skip
    return next((each for each in asked if _told(kinds, each)), (exact or asked)[0])


def named(notebook: str) -> Wanted:
    """Return the table that a call names: ``sales_forecast``, ``sales_forecast.orders_data``.

    Raises:
        InputError: If no notebook of that name reads a table that a schema says all about.
    """
    found = {each.name: each for each in (*_OTHERS, _PANEL) if each.checked}
    if notebook not in found:
        raise InputError(
            f"--for {notebook}: no table that can be converted; {nearest(notebook, found)}"
        )
    return found[notebook]


NOTEBOOKS = ("sales_forecast", "ab_test", "market_sizing", "plan_check", "swot_scoring")
"""Notebooks whose tables are known."""


def _experiment(names: Sequence[str], *, sure: bool) -> Wanted | None:
    schema = experiment_schema(names, sure=sure)
    if schema is None:
        return None
    needed = tuple(column.name for column in schema.columns if column.required)
    return Wanted("ab_test", "data", "mapping", schema, needed, keep=True, checked=False)


def _told(kinds: Mapping[str, Kind], wanted: Wanted) -> bool:
    fits = fitting(kinds, wanted.schema)
    found = propose(list(kinds), wanted.schema.names, fits)
    if not all(name in found and fits(name, found[name]) for name in wanted.telling):
        return False
    panel = propose(list(kinds), PANEL.names, fitting(kinds, PANEL)) if wanted.absent else {}
    if any(name in panel for name in wanted.absent):
        return False
    # Orders by the hour have a time of day; orders by day are a panel like any other.
    return wanted.parameter != "orders_data" or kinds[found["ds"]] == "datetime"
