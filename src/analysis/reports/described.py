"""A figure in words, from the numbers drawn: for a reader who does not see it.

Each series, group of bars, interval and threshold gives one sentence: what it is called, where it
starts and ends, its extremes. Values are written as the figure's own axes write them, names are
taken from the axes and from the direct labels (a text in the colour of its line).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.base import formats
from analysis.base.language import translator

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

# A sentence each: more than this is a table, and the report has that table.
MOST = 24
MOST_NAMES = 12
# A screen reader speaks it in one go; the whole is below the picture.
LONGEST_ALTERNATIVE = 400
# How far a mark may stand beside the tick whose name it bears, in units of a category axis.
BESIDE = 0.45
LEAST_POINTS = 3

Write = Callable[[float], str]


def all_axes(figure: Figure) -> Iterator[Axes]:
    """Give every axes of a figure, those inside others included, in drawing order."""
    from matplotlib.axes import Axes

    def inside(axes: Axes) -> Iterator[Axes]:
        yield axes
        for child in axes.child_axes:
            if isinstance(child, Axes):
                yield from inside(child)

    for axes in figure.axes:
        yield from inside(axes)


def alternative(title: str, subtitle: str, words: Sequence[str], lang: str) -> str:
    """Return the text that stands for a picture: finding, what is drawn, its first numbers.

    Args:
        title: The finding.
        subtitle: What is drawn and in which unit.
        words: What :func:`in_words` gave.
        lang: Language of the report.
    """
    say = translator(lang)
    text = say("{title}. Chart: {subtitle}", title=title.rstrip(".。"), subtitle=subtitle)
    end = say(". ")
    first: list[str] = []
    for sentence in words:
        if len("".join([*first, sentence])) > LONGEST_ALTERNATIVE:
            break
        first.append(sentence.rstrip(".。"))
    more = [say("More in words below the picture")] if len(words) > len(first) else []
    return end.join([text.rstrip(".。"), *first, *more]) + end.rstrip()


def in_words(figure: Figure, lang: str) -> tuple[str, ...]:
    """Return what a figure shows, one sentence per series.

    Args:
        figure: A figure that is drawn to the end.
        lang: Language of the report.
    """
    say = translator(lang)
    found = [sentence for axes in all_axes(figure) for sentence in _of_axes(axes, lang)]
    if len(found) <= MOST:
        return tuple(found)
    rest = say("… and {count} more, see the tables.", count=len(found) - MOST)
    return (*found[:MOST], rest)


class _Scale:
    """How values of one axis are written, and which of them bear a name."""

    def __init__(self, axis: Axis, lang: str) -> None:
        import matplotlib.dates as dates
        from matplotlib.ticker import FixedFormatter, FuncFormatter

        formatter = axis.get_major_formatter()
        self.title = axis.get_label_text().strip()
        self._names: list[tuple[float, str]] = []
        converter: Any = axis.get_converter()
        if isinstance(converter, dates.DateConverter | dates.ConciseDateConverter) or isinstance(
            formatter, dates.AutoDateFormatter | dates.ConciseDateFormatter | dates.DateFormatter
        ):
            self.write: Write = lambda value: formats.date(dates.num2date(value), lang)
            return
        ticks = axis.get_ticklocs()
        texts = [label.get_text() for label in axis.get_ticklabels()]
        named = (
            isinstance(formatter, FixedFormatter)
            or type(formatter).__name__ in _NAMING
            # What matplotlib makes of ticks that are given with their names.
            or isinstance(getattr(formatter, "func", None), partial)
        )
        if named:
            pairs = zip(ticks, texts, strict=False)
            self._names = [(float(t), " ".join(x.split())) for t, x in pairs if x.strip()]
        written = isinstance(formatter, FuncFormatter) and not named
        self.write = lambda value: (
            str(formatter(value, None)) if written else formats.number(value, lang)
        )

    @property
    def names(self) -> bool:
        return bool(self._names)

    def name(self, value: float) -> str:
        """Return the name of the tick beside a value, or "" if none is near."""
        near = min(self._names, key=lambda pair: abs(pair[0] - value), default=None)
        return near[1] if near and abs(near[0] - value) <= BESIDE else ""


# Category axes of matplotlib, and the same with codes for missing glyphs.
_NAMING = frozenset({"StrCategoryFormatter", "Spelling"})


def _of_axes(axes: Axes, lang: str) -> list[str]:
    say = translator(lang)
    x, y = _Scale(axes.xaxis, lang), _Scale(axes.yaxis, lang)
    panel = axes.get_title(loc="left") or axes.get_title()
    long = [line for line in axes.lines if _points(line).shape[1] >= LEAST_POINTS]
    found = [_series(axes, line, x, y, lang) for line in long if not (x.names or y.names)]
    marks = _marks(axes, x, y, lang)
    colon, comma = say(": "), say("; ")
    texts = [f"{name}{colon}{values}" if name else values for name, values in marks.items()]
    if len(texts) > MOST_NAMES:
        count = len(texts) - MOST_NAMES
        texts = [*texts[:MOST_NAMES], say("and {count} more", count=count)]
    if texts:
        found.append(comma.join(texts))
    found += _thresholds(axes, x, y, lang)
    return [f"{panel}{colon}{each}" if panel else each for each in found]


def _points(line: Line2D) -> Any:
    """Return x and y of a line's points that are numbers, shape (2, n)."""
    both = np.vstack(
        [
            np.asarray(line.get_xdata(orig=False), float),
            np.asarray(line.get_ydata(orig=False), float),
        ]
    )
    return both[:, np.isfinite(both).all(axis=0)]


def _series(axes: Axes, line: Line2D, x: _Scale, y: _Scale, lang: str) -> str:
    say = translator(lang)
    xs, ys = _points(line)
    low, high = int(np.argmin(ys)), int(np.argmax(ys))
    return say(
        "{name}, {count} points: from {first} ({start}) to {last} ({end}); "
        "lowest {low} ({at_low}), highest {high} ({at_high})",
        name=_called(axes, line) or say("a line"), count=len(xs),
        first=y.write(ys[0]), start=x.write(xs[0]), last=y.write(ys[-1]), end=x.write(xs[-1]),
        low=y.write(ys[low]), at_low=x.write(xs[low]),
        high=y.write(ys[high]), at_high=x.write(xs[high]),
    )  # fmt: skip


def _called(axes: Axes, line: Line2D) -> str:
    """Return a line's label: its own, or the one text that has its colour."""
    from matplotlib.colors import to_hex

    label = str(line.get_label())
    if not label.startswith("_"):
        return label
    color = to_hex(line.get_color())
    same = [text.get_text() for text in axes.texts if to_hex(text.get_color()) == color]
    alike = [each for each in axes.lines if to_hex(each.get_color()) == color]
    unique = len(same) == 1 and len([each for each in alike if len(_points(each)[0]) > 2]) == 1
    return " ".join(same[0].split()) if unique else ""


def _marks(axes: Axes, x: _Scale, y: _Scale, lang: str) -> dict[str, str]:
    """Return name of a category → the values and intervals that stand there, in drawing order."""
    say = translator(lang)
    if not (x.names or y.names):
        return {}
    across = y if y.names else x
    along = x if y.names else y
    spans: dict[str, list[str]] = {}
    for at, low, high in _extents(axes, flat=y.names):
        name = across.name(at)
        if name:
            text = along.write(low)
            if not np.isclose(low, high, rtol=1e-6):
                text = say("{lo} to {hi}", lo=text, hi=along.write(high))
            values = spans.setdefault(name, [])
            if text not in values:
                values.append(text)
    return {name: ", ".join(values) for name, values in spans.items()}


def _extents(axes: Axes, flat: bool) -> Iterable[tuple[float, float, float]]:
    """Give category, low and high of each bar, whisker and mark.

    Args:
        axes: Where they are drawn.
        flat: Whether categories stand on the vertical axis.
    """
    from matplotlib.collections import LineCollection, PathCollection
    from matplotlib.patches import Rectangle

    here, there = (1, 0) if flat else (0, 1)
    for patch in axes.patches:
        if isinstance(patch, Rectangle):
            box = patch.get_bbox().get_points()
            low, high = sorted(box[:, there])
            # A bar from zero says one number, its end.
            start = high if low == 0 else low
            end = low if high == 0 else high
            yield float(box[:, here].mean()), float(start), float(end)
    for line in axes.lines:
        if line.get_transform() == axes.transData:
            points = _points(line)
            yield from _runs(points[here], points[there])
    for each in axes.collections:
        if isinstance(each, LineCollection):
            for path in each.get_segments():
                yield from _runs(np.asarray(path)[:, here], np.asarray(path)[:, there])
        elif isinstance(each, PathCollection):
            for point in np.ma.filled(np.asarray(each.get_offsets(), float), np.nan):
                if np.isfinite(point).all():
                    yield float(point[here]), float(point[there]), float(point[there])


def _runs(places: Any, values: Any) -> Iterator[tuple[float, float, float]]:
    """Give one extent for a whisker along its category, else one per point."""
    if len(places) == 2 and places[0] == places[1]:
        yield float(places[0]), float(min(values)), float(max(values))
    elif len(places) != 2:
        for place, value in zip(places, values, strict=True):
            yield float(place), float(value), float(value)


def _thresholds(axes: Axes, x: _Scale, y: _Scale, lang: str) -> list[str]:
    """Return one sentence per line across the whole axes."""
    say = translator(lang)
    found = []
    for line in axes.lines:
        if line.get_transform() == axes.get_xaxis_transform(which="grid"):
            found.append(say("Line at {value}", value=x.write(float(_points(line)[0][0]))))
        elif line.get_transform() == axes.get_yaxis_transform(which="grid"):
            found.append(say("Line at {value}", value=y.write(float(_points(line)[1][0]))))
    return list(dict.fromkeys(found))
