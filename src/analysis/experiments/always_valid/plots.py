"""The figure of an always-valid analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, SECOND, label_ends
from analysis.experiments.always_valid.words import amount

if TYPE_CHECKING:
    from analysis.experiments.always_valid.looks import AlwaysValid


def _signed(value: float, unit: str, lang: str) -> str:
    """A tick: shares in points, whose name stands at the axis."""
    if not value:
        return "0"
    text = f"{100 * value:+g}".replace("-", "−")
    return text if unit == "share" else amount(value, unit, lang)


def looks_figure(result: AlwaysValid, ax: Axes | None, lang: str) -> Axes:
    """The difference at every look, its always-valid band, and bounds of data looked at once."""
    import matplotlib.pyplot as plt

    say, axes = translator(lang), plt.subplots()[1] if ax is None else ax
    rows = result.frame[result.frame["begun"]]
    users = (rows["n_control"] + rows["n_arm"]).to_numpy(np.float64)
    axes.axhline(0, color=CONTEXT, linewidth=1.2)
    axes.set_xlabel(say("users of both arms"))
    name = say("{arm} minus {control}", arm=result.arm, control=result.control)
    axes.set_ylabel(say("{what}, pp", what=name) if result.unit == "share" else name)
    if rows.empty:
        axes.text(
            0.5, 0.6, say("too few events to begin"), transform=axes.transAxes, ha="center",
            color=MUTED,
        )  # fmt: skip
        return axes
    columns = ("estimate", "lo", "hi", "fixed_lo", "fixed_hi")
    estimate, lo, hi, fixed_lo, fixed_hi = (rows[name].to_numpy(np.float64) for name in columns)
    axes.fill_between(users, lo, hi, color=ACCENT, alpha=0.14, linewidth=0)
    for bound in (lo, hi):
        axes.plot(users, bound, color=ACCENT, linewidth=1.2)
    for bound in (fixed_lo, fixed_hi):
        axes.plot(users, bound, color=MUTED, linewidth=1.1, linestyle=(0, (4, 3)))
    axes.plot(users, estimate, "o-", color=INK, markersize=4)
    # The first looks are so wide that what follows would be a line; the picture is of the rest.
    reach = float(np.quantile(np.maximum(np.abs(lo), np.abs(hi)), 0.7)) * 1.25
    axes.set_ylim(-reach, reach)
    axes.set_xlim(0, users[-1])
    write = formats.scaled(float(users[-1]), lang)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: _signed(value, result.unit, lang))
    )
    if result.decided is not None:
        row = result.frame.iloc[result.decided]
        at, up = float(row["n_control"] + row["n_arm"]), result.direction > 0
        axes.axvline(at, color=SECOND, linewidth=1.2)
        axes.annotate(
            say("decided at look {look}", look=result.decided + 1), (at, -reach if up else reach),
            (5, 6 if up else -12), textcoords="offset points", color=SECOND,
        )  # fmt: skip
    last = float(users[-1])
    label_ends(
        axes,
        [
            (last, float(hi[-1]), say("always valid"), ACCENT),
            (last, float(fixed_hi[-1]), say("looked at once"), MUTED),
        ],
    )
    return axes
