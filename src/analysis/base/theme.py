"""The house style of figures: one sans family with Chinese glyphs, grey context, one accent.

Colours are from Okabe & Ito (2008), told apart by colour-blind readers and in grey print.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from analysis.base.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Formatter

INK = "#1d2433"
MUTED = "#5d6675"
CONTEXT = "#b4bac4"
RULE = "#dfe3e8"
ACCENT = "#0072b2"
SECOND = "#d55e00"
PALETTE = (ACCENT, SECOND, "#009e73", "#cc79a7", "#e69f00", "#56b4e9")

LATIN = "Source Sans Pro"
CJK = "Noto Sans SC"
_NO_GLYPH = r"Glyph \d+ \(.*\) missing from font"


def font_files() -> dict[str, Path]:
    """Return the fonts that reports are set in: role → file.

    Raises:
        InputError: If one is missing, with the command that brings it back.
    """
    remedy = "reinstall the environment with `make setup`"
    try:
        import font_source_sans_pro
        import pylopdf_fonts_zh_cn
    except ImportError as error:
        raise InputError(f"missing font package {error.name}: {remedy}") from None
    latin = Path(font_source_sans_pro.__file__).parent / "files"
    files = {
        "regular": latin / "SourceSansPro-Regular.ttf",
        "semibold": latin / "SourceSansPro-Semibold.ttf",
        "cjk": pylopdf_fonts_zh_cn.sans_path(),
    }
    missing = [str(path) for path in files.values() if not path.is_file()]
    if missing:
        raise InputError(f"missing font {', '.join(missing)}: {remedy}")
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
        # A name such as "US$5 or $9" is no formula.
        "text.parse_math": False,
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


def lines_of(text: str, size: float, inches: float) -> str:
    """Break a text into lines of a width; Chinese may break anywhere but before its punctuation.

    Args:
        text: One line.
        size: Of the letters, points.
        inches: Room of a line.
    """
    from unicodedata import east_asian_width

    room, lines, used = 72 * inches / size, [""], 0.0
    for word in re.findall(r"[\u2e80-\uffff][、，。；：？！）”’》]*|[^\s\u2e80-\uffff]+|\s+", text):
        width = sum(1.0 if east_asian_width(letter) in "WF" else 0.49 for letter in word)
        if used + width > room and used:
            lines.append("")
            used = 0.0
            word, width = (word, width) if word.strip() else ("", 0.0)
        lines[-1] += word
        used += width
    return "\n".join(line.rstrip() for line in lines)


def spell_out(figure: Figure) -> None:
    """Write every character of a figure that no house font has by its code (see ``glyphs``).

    Args:
        figure: A figure that is drawn to the end; texts and names on its axes are changed.
    """
    from matplotlib.axis import Axis
    from matplotlib.text import Text

    from analysis.base.glyphs import spelled

    for axis in figure.findobj(Axis):
        labels = [label.get_text() for label in axis.get_ticklabels()]
        if any(spelled(_flat(text)) != text for text in labels):
            axis.set_major_formatter(_spelling(axis.get_major_formatter()))
    for text in figure.findobj(Text):
        text.set_text(spelled(_flat(text.get_text())))


def _flat(text: str) -> str:
    """Blanks for what moves the pen in a text: matplotlib would draw them."""
    return text.replace("\t", " ").replace("\r", " ")


def _spelling(inner: Formatter) -> Formatter:
    """Return a formatter that writes what another one does, with codes for missing glyphs."""
    from matplotlib.ticker import Formatter

    from analysis.base.glyphs import spelled

    class Spelling(Formatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return spelled(_flat(inner(x, pos)))

        def format_ticks(self, values: list[float]) -> list[str]:
            return [spelled(_flat(text)) for text in inner.format_ticks(values)]

    return Spelling()


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style inside the block, whatever the caller's own settings are.

    Raises:
        InputError: If a character that has no glyph is drawn after all, instead of an empty box.
    """
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("error", _NO_GLYPH, UserWarning)
        mpl.rcdefaults()
        mpl.rcParams.update(cast("Any", style()))
        try:
            yield
        except UserWarning as warning:
            if not re.match(_NO_GLYPH, str(warning)):
                raise
            remedy = "write a word or another sign, or call theme.spell_out before drawing"
            raise InputError(f"figure: {warning}; {remedy}") from None
