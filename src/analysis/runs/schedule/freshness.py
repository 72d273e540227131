"""Whether the data of yesterday is there yet."""

from __future__ import annotations

import datetime as dt

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.runs.schedule.spec import Freshness
from analysis.runs.schedule.templates import fill


def missing(home: Home, gate: Freshness, scheduled: dt.datetime) -> str:
    """Return what is missing in the data, in one line; empty if it is fresh.

    A file that is not there, cannot be read (it may be half written) or has no such column is
    missing as well: whoever writes it may still mend that.

    Args:
        home: The project.
        gate: What to look at.
        scheduled: When the job was due, in its time zone.
    """
    from analysis.base.schema import Column, TableSchema
    from analysis.data import load

    wanted = dt.date.fromisoformat(fill(gate.through, scheduled))
    schema = TableSchema(columns=(Column(gate.column, "date"),), extra="drop", name="freshness")
    local = home.root / gate.data
    try:
        mapping = str(home.root / gate.mapping) if gate.mapping else ""
        frame = load(str(local) if local.exists() else gate.data, schema, mapping=mapping).frame
    except InputError as error:
        # Without the folders of this machine: readers of an alert know the name in the schedule.
        reason = " ".join(str(error).split()).replace(str(local), gate.data)
        return reason if reason.startswith(gate.data) else f"{gate.data}: {reason}"
    days = frame[gate.column].dt.date
    if (days == wanted).any():
        return ""
    last = f"the last day is {days.max()}" if len(days) else "it has no rows"
    return f"{gate.data}: no rows of {wanted} in column {gate.column!r}; {last}"
