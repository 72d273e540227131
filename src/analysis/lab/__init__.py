"""What an analyst calls in a notebook: a form, a run as a report, a table, one language only.

Cheap to import: widgets and tables are loaded by the call that needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.lab.forms import form, run_as_report
    from analysis.lab.looks import setup
    from analysis.lab.tables import table

__all__ = ["form", "run_as_report", "setup", "table"]

_ROOMS = {"form": "forms", "run_as_report": "forms", "setup": "looks", "table": "tables"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
