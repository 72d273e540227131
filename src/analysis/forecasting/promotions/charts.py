"""What the figures of promotions share."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from analysis.base import formats
from analysis.base.language import translator


def phase_words(lang: str) -> dict[str, str]:
    """Phases in the reader's words."""
    say = translator(lang)
    return {
        "presale": say("presale"),
        "first wave": say("first wave"),
        "second presale": say("second presale"),
        "second wave": say("second wave"),
        "main": say("main sale"),
        "special": say("special sales"),
        "peak": say("peak"),
        "extension": say("extension"),
    }


def axes_of(ax: Axes | None) -> Axes:
    """The given axes, or new ones."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


def quantities(axes: Axes, lang: str) -> None:
    """Give quantities the reader's form."""
    write = formats.scaled(max(map(abs, axes.get_ylim())), lang)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
