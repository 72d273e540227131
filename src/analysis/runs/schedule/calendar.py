"""The promotion calendar of a schedule: spans of events and their phases."""

from __future__ import annotations

import os
from pathlib import Path

from analysis.base.errors import InputProblems, Problem
from analysis.base.paths import Home
from analysis.base.schema import Column, TableSchema
from analysis.runs.schedule.spec import Phase

CALENDAR = TableSchema(
    columns=(
        Column("event", "text", description="name of the event, such as 618"),
        Column("phase", "text", nullable=True, required=False, description="name of the phase"),
        Column("platform", "text", nullable=True, required=False, description="platform it is on"),
        Column("start", "date", description="first day"),
        Column("end", "date", description="last day, inclusive"),
    ),
    name="calendar",
    extra="drop",
)
"""The table of a promotion calendar; ``plan.promo_calendar`` is one."""


def phases_of(home: Home, data: str, mapping: str = "") -> tuple[Phase, ...]:
    """Read a promotion calendar, in order of start.

    Args:
        home: The project.
        data: A path (from the project's root if it is not absolute), a dataset of the catalog or a
            connection.
        mapping: Mapping file of its columns; empty for none.

    Raises:
        InputError: If it cannot be read, is not such a table, or a span ends before it starts.
    """
    from analysis.data import load
    from analysis.data.catalog.listing import read_catalog
    from analysis.data.catalog.prepare import prepare

    os.environ.setdefault("ANALYSIS_HOME", str(home.root))
    local = home.root / data
    if local.exists():
        data = str(local)
    elif data in read_catalog(home):
        prepare(home, [data])
    frame = load(data, CALENDAR, mapping=mapping).frame
    backward = frame[frame["end"] < frame["start"]]
    if len(backward):
        raise InputProblems(
            Path(data).name,
            [
                Problem(f"end {end:%Y-%m-%d}", f"a day not before the start {start:%Y-%m-%d}",
                        row=int(place) + 2, column="end")
                for place, start, end in zip(backward.index, backward["start"], backward["end"],
                                             strict=True)
            ],
        )  # fmt: skip
    for name in ("phase", "platform"):
        if name not in frame:
            frame = frame.assign(**{name: ""})
    texts = frame[["event", "phase", "platform"]].astype("string").fillna("")
    spans = zip(texts["event"], texts["phase"], texts["platform"], frame["start"], frame["end"],
                strict=True)  # fmt: skip
    return tuple(
        sorted(
            (Phase(event, phase, platform, start.date(), end.date())
             for event, phase, platform, start, end in spans),
            key=lambda one: (one.start, one.end, one.event, one.platform, one.phase),
        )
    )  # fmt: skip
