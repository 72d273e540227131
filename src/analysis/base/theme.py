"""The house style of figures: one sans family with Chinese glyphs, grey context, one accent.

Colours are from Okabe & Ito (2008), told apart by colour-blind readers and in grey print.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from analysis.base.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#1d2433"
MUTED = "#5d6675"
CONTEXT = "#b4bac4"
RULE = "#dfe3e8"
ACCENT = "#0072b2"
SECOND = "#d55e00"
PALETTE = (ACCENT, SECOND, "#009e73", "#cc79a7", "#e69f00", "#56b4e9")

LATIN = "Source Sans Pro"
CJK = "Noto Sans SC"


def font_files() -> dict[str, Path]:
    """Return the fonts that reports are set in: role → file.

    Raises:
        InputError: If one is missing, with the command that brings it back.
    """
    import font_source_sans_pro
    import pylopdf_fonts_zh_cn

    latin = Path(font_source_sans_pro.__file__).parent / "files"
    files = {
        "regular": latin / "SourceSansPro-Regular.ttf",
        "semibold": latin / "SourceSansPro-Semibold.ttf",
        "cjk": pylopdf_fonts_zh_cn.sans_path(),
    }
    missing = [str(path) for path in files.values() if not path.is_file()]
    if missing:
        raise InputError(
            f"missing font {', '.join(missing)}: reinstall the environment with `make setup`"
        )
    return files


@cache
def _register() -> tuple[str, ...]:
    """Make the fonts known to matplotlib; return the family names in order of preference."""
    from matplotlib import font_manager

    manager = font_manager.fontManager
    families: dict[str, None] = {}
    for path in font_files().values():
        manager.addfont(path)
        families[font_manager.FontProperties(fname=str(path)).get_name()] = None
    # The Chinese font has one weight; without this, every semibold title warns.
    regular = next(entry for entry in manager.ttflist if entry.name == CJK)
    manager.ttflist.append(replace(regular, weight=600))
    return tuple(families)


def style() -> dict[str, Any]:
    """Return the matplotlib settings of the house (an rcParams mapping)."""
    from cycler import cycler

    return {
        "font.family": list(_register()),
        "font.size": 11,
        "figure.figsize": (8.4, 4.2),
        "figure.dpi": 100,
        "figure.facecolor": "white",
        "figure.constrained_layout.use": True,
        "savefig.dpi": 100,
        "svg.fonttype": "path",
        "svg.hashsalt": "analysis",
        "text.color": INK,
        "axes.facecolor": "white",
        "axes.edgecolor": CONTEXT,
        "axes.labelcolor": MUTED,
        "axes.labelsize": 10.5,
        "axes.titlelocation": "left",
        "axes.titlesize": 13,
        "axes.titleweight": 600,
        "axes.titlecolor": INK,
        "axes.titlepad": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "axes.prop_cycle": cycler(color=PALETTE),
        "grid.color": RULE,
        "grid.linewidth": 0.8,
        "lines.linewidth": 1.8,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelsize": 10,
        "ytick.labelsize": 10,
        "xtick.major.size": 3,
        "ytick.major.size": 0,
        "legend.frameon": False,
    }


def label_ends(axes: Axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Write labels to the right of the ends of lines, pushed apart where they would touch.

    Args:
        axes: Axes whose limits are final.
        ends: Position x, position y, text and colour of each label.
    """
    low, high = axes.get_ylim()
    gap = 0.07 * (high - low)
    place = -math.inf
    for x, y, text, color in sorted(ends, key=lambda end: end[1]):
        place = max(y, place + gap)
        offset = (place - y) / (high - low) * axes.bbox.height * 72 / axes.figure.dpi
        axes.annotate(
            text, (x, y), (7, offset), textcoords="offset points", color=color,
            va="center", annotation_clip=False,
        )  # fmt: skip


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style inside the block, whatever the caller's own settings are."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(cast("Any", style()))
        yield
