"""The figure of a plan check: findings by rule, the severe ones first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, SECOND
from analysis.plan.findings import KINDS, SEVERITIES

if TYPE_CHECKING:
    from analysis.plan.check import PlanCheck

COLOURS = dict(zip(SEVERITIES, (SECOND, ACCENT, CONTEXT), strict=True))


def findings_figure(result: PlanCheck, ax: Axes | None, lang: str) -> Axes:
    """Bars of findings by rule, in three colours that the title names."""
    import matplotlib.pyplot as plt

    say = translator(lang)
    axes = plt.subplots()[1] if ax is None else ax
    counts = Counter((finding.kind, finding.severity) for finding in result.findings)
    weight = {
        kind: tuple(counts[kind, severity] for severity in SEVERITIES)
        for kind in KINDS
        if any(counts[kind, severity] for severity in SEVERITIES)
    }
    kinds = sorted(weight, key=lambda kind: (weight[kind], kind))
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    for place, kind in enumerate(kinds):
        start = 0
        for severity, count in zip(SEVERITIES, weight[kind], strict=True):
            if count:
                axes.barh(place, count, left=start, height=0.66, color=COLOURS[severity])
                axes.text(
                    start + count / 2, place, f"{severity} {count}", ha="center", va="center",
                    fontsize=8.5, color=INK if severity == "L" else "white",
                )  # fmt: skip
            start += count
    axes.set_yticks(range(len(kinds)), [KINDS[kind].text(lang) for kind in kinds])
    axes.tick_params(axis="y", labelsize=9)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.set_xlim(0, max([1, *(sum(w) for w in weight.values())]) * 1.03)
    axes.set_ylim(-0.6, max(len(kinds), 1) - 0.4)
    axes.set_xlabel(say("findings: H severe, M medium, L minor"))
    return axes
