"""Tables from planners' files and databases, checked; names are imported when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.data.aggregation.experiment import Experiment, load_experiment
    from analysis.data.aggregation.moments import Aggregates, Spec, aggregate
    from analysis.data.documents import Document, load_document
    from analysis.data.facts import PlanTables, load_facts
    from analysis.data.inspection import Inspection, inspect
    from analysis.data.loading import Facts, Loaded, load_table
    from analysis.data.mapping import Mapping, load_mapping
    from analysis.data.opening import Opened, load
    from analysis.data.overrides import OverrideBook, load_overrides
    from analysis.data.reading.reader import RawTable, read_raw
    from analysis.data.values.parsing import parse_date, parse_number

__all__ = [
    "Aggregates",
    "Document",
    "Experiment",
    "Facts",
    "Inspection",
    "Loaded",
    "Mapping",
    "Opened",
    "OverrideBook",
    "PlanTables",
    "RawTable",
    "Spec",
    "aggregate",
    "inspect",
    "load",
    "load_document",
    "load_experiment",
    "load_facts",
    "load_mapping",
    "load_overrides",
    "load_table",
    "parse_date",
    "parse_number",
    "read_raw",
]

# pandas alone takes half a second to import: a command that reads no table must not pay it.
_MODULES = {
    "Aggregates": "aggregation.moments",
    "Document": "documents",
    "Experiment": "aggregation.experiment",
    "Facts": "loading",
    "Inspection": "inspection",
    "Loaded": "loading",
    "Mapping": "mapping",
    "Opened": "opening",
    "OverrideBook": "overrides",
    "PlanTables": "facts",
    "RawTable": "reading.raw",
    "Spec": "aggregation.moments",
    "aggregate": "aggregation.moments",
    "inspect": "inspection",
    "load": "opening",
    "load_document": "documents",
    "load_experiment": "aggregation.experiment",
    "load_facts": "facts",
    "load_mapping": "mapping",
    "load_overrides": "overrides",
    "load_table": "loading",
    "parse_date": "values.parsing",
    "parse_number": "values.parsing",
    "read_raw": "reading.reader",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
