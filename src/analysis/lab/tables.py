"""A table to sort, search and page through, without a network."""

from __future__ import annotations

import html
import os
from typing import TYPE_CHECKING

from analysis.base.errors import InputError
from analysis.lab.launch import STARTED
from analysis.reports.notebook import Shown

if TYPE_CHECKING:
    import pandas as pd

ROWS = 2000
COLUMNS = 100


def table(frame: pd.DataFrame, *, rows: int = ROWS) -> Shown:
    """Show a frame as a table to sort, search and page through.

    It works without a network: the page of ``analysis lab`` has the library, and elsewhere the
    cell's output carries it. Texts are shown as
    they are, never as markup. Of a large frame, rows evenly spread over it are shown, and a line
    below says so.

    Args:
        frame: What to show; it is not changed.
        rows: Most rows to send to the browser.

    Raises:
        InputError: If it is no frame, or ``rows`` is less than 1.
    """
    import itables.options
    import numpy as np
    import pandas as pd
    from itables.javascript import generate_init_offline_itables_html, to_html_datatable

    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"table: found {type(frame).__name__}, expected a pandas DataFrame")
    if rows < 1:
        raise InputError(f"rows={rows}: expected at least 1")
    shown, notes = frame, []
    if len(frame) > rows:
        # Evenly spread, first and last included: the head alone would hide what comes later.
        shown = shown.iloc[np.linspace(0, len(frame) - 1, rows).round().astype(int)]
        notes.append(f"{rows:,} of {len(frame):,} rows, evenly spread")
    if len(frame.columns) > COLUMNS:
        shown = shown.iloc[:, :COLUMNS]
        notes.append(f"the first {COLUMNS} of {len(frame.columns):,} columns")
    note = f"Shown: {'; '.join(notes)}. Search and order cover these only." if notes else ""
    markup = to_html_datatable(
        shown, connected=False, allow_html=False, maxBytes=0, maxRows=0, maxColumns=0,
        display_logo_when_loading=False,
    )  # fmt: skip
    # Under `analysis lab` the page has the library; elsewhere the output carries it, about 1 MB.
    carried = not os.environ.get(STARTED)
    loader = generate_init_offline_itables_html(itables.options.dt_bundle) if carried else ""
    below = f"<p>{html.escape(note)}</p>" if note else ""
    return Shown("\n".join(filter(None, (repr(shown), note))), loader + markup + below)
