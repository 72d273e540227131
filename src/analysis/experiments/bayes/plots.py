"""Figure of the Bayesian view: one hill of belief an arm."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED
from analysis.experiments.bayes.words import amount, chance_words

if TYPE_CHECKING:
    from analysis.experiments.bayes.analysis import BayesResult


def beliefs(result: BayesResult, ax: Axes | None, lang: str = "en") -> Axes:
    """Posterior of each arm's value with its interval, control at the top; the choice in blue."""
    import matplotlib.pyplot as plt

    say = translator(lang)
    axes = ax if ax is not None else plt.subplots()[1]
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    count = len(result.arms)
    low = min(arm.posterior.quantile(0.001) for arm in result.arms)
    high = max(arm.posterior.quantile(0.999) for arm in result.arms)
    x = np.linspace(low, high, 400)
    for place, arm in zip(range(count - 1, -1, -1), result.arms, strict=True):
        color = ACCENT if arm.name == result.choice else MUTED
        u = arm.posterior.to_u(x)
        with np.errstate(divide="ignore"):
            log_density = arm.posterior.log_density(u) - np.log(arm.posterior.slope(u))
        height = 0.62 * np.exp(log_density - log_density.max())
        axes.fill_between(x, place, place + height, color=color, alpha=0.25, linewidth=0)
        axes.plot([arm.value.lo, arm.value.hi], [place, place], color=color, linewidth=2.4)
        axes.plot([arm.value.value], [place], "o", color=color, markersize=6)
        best = say("best {best}", best=chance_words(arm.best))
        loss = say("loss {loss}", loss=amount(arm.loss, result.unit, lang))
        text = f"{best}\n{loss}"
        axes.annotate(
            text, (1.01, place), (0, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", annotation_clip=False,
            color=color if arm.name == result.choice else INK,
        )  # fmt: skip
    axes.axvline(result.arms[0].posterior.mean, color=CONTEXT, linewidth=1.2, zorder=0)
    axes.set_yticks(range(count - 1, -1, -1), [arm.name for arm in result.arms])
    axes.set_ylim(-0.4, count - 0.2)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    ticks = formats.scaled(high, lang) if result.unit != "share" else _share_ticks(high - low)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: ticks(value)))
    level = formats.percent(result.arms[0].value.confidence, 0)
    axes.set_xlabel(say("belief about each arm's value, with {level} intervals", level=level))
    return axes


def _share_ticks(width: float) -> Callable[[float], str]:
    """How shares are written on an axis that is this wide."""
    decimals = int(np.clip(np.ceil(-np.log10(max(width, 1e-12) * 100 / 6)), 0, 6))
    return lambda value: formats.percent(value, decimals)
