"""A planning use as a section of a report: a result, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd
from matplotlib.axes import Axes

from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.base.theme import MUTED
from analysis.forecasting.planning.checks import Unsuited

Caption = dict[str, Any]

NOTE = (9.0, 0.5)
"""Inches of a reason in a picture's place."""


class _Drawn(Protocol):
    def plot(self, ax: Axes | None = None, lang: str = "en") -> Axes: ...


@dataclass(frozen=True)
class Section:
    """A planning use, ready for ``report.figure`` and ``report.table``.

    Attributes:
        result: The result; None if the data does not allow it.
        reason: Why it does not; empty if it does.
        chart: Caption of the picture.
        words: Caption of the table.
        rows: The table.
    """

    result: _Drawn | None
    reason: str
    chart: Caption
    words: Caption
    rows: pd.DataFrame

    def plot(self, ax: Axes | None = None, lang: str = "en") -> Axes:
        """Draw the result, or write the reason in its place."""
        if self.result is not None:
            return self.result.plot(ax, lang)
        from analysis.forecasting.plots import new_axes

        axes = new_axes(ax)
        axes.set_axis_off()
        axes.text(0, 0.5, self.reason, transform=axes.transAxes, color=MUTED, wrap=True)
        return axes


def left_out(*sections: Section, lang: str = "en") -> tuple[pd.DataFrame, Caption]:
    """What a report does not show, and why or what to give for it: a table and its caption.

    Args:
        sections: Sections of the report; those with a result are passed over.
        lang: ``"en"`` or ``"zh"``.
    """
    say = translator(lang)
    rows = [(one.chart["title"], one.reason) for one in sections if one.result is None]
    words = {
        "title": say("Not in this report"),
        "labels": {"part": say("Part"), "reason": say("Reason, or what to give")},
    }
    return pd.DataFrame(rows, columns=["part", "reason"], dtype="str"), words


def attempted(title: str, made: Callable[[], Section], given: bool, lang: str) -> Section:
    """A section, or the reason in its place where nothing was asked for."""
    try:
        return made()
    except InputError as refusal:
        if given:
            raise
        say = translator(lang)
        why = refusal.remark.said(lang) if isinstance(refusal, Unsuited) else str(refusal)
        return absent(title, say("Not shown for this table. {reason}", reason=why), lang)


def absent(title: str, reason: str, lang: str) -> Section:
    """A section that only says why it is not there."""
    say = translator(lang)
    none = say("not available")
    chart = {"title": title, "subtitle": none, "size": NOTE}
    rows = pd.DataFrame({"reason": [reason]}, dtype="str")
    return Section(None, reason, chart, {"title": title, "labels": {"reason": none}}, rows)
