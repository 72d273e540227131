"""A number's way through its runs as a small drawing that stands in the page itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

Corners = list[tuple[float, float]]
Place = Callable[[int], float]
Scale = Callable[[float], float]
WIDTH, HEIGHT, MARGIN = 176.0, 34.0, 4.0


@dataclass(frozen=True, slots=True)
class Point:
    """A value and its interval; bounds are None without one."""

    value: float
    lo: float | None = None
    hi: float | None = None


def draw(points: Sequence[Point], label: str) -> Markup:
    """Return an inline SVG: the interval as a band, the values as a line, a dot on the last one.

    Points stand at equal distances. Colours come from the page's style sheet.

    Args:
        points: At least two, in order; all numbers finite.
        label: What a screen reader says in its place.

    Raises:
        ValueError: If there are fewer than two points.
    """
    if len(points) < 2:
        raise ValueError(f"found {len(points)} points, expected at least 2")
    numbers = [v for p in points for v in (p.value, p.lo, p.hi) if v is not None]
    low, high = min(numbers), max(numbers)

    def x(place: int) -> float:
        return MARGIN + place * (WIDTH - 2 * MARGIN) / (len(points) - 1)

    def y(value: float) -> float:
        # One and the same value throughout is a level line in the middle.
        share = (value - low) / (high - low) if high > low else 0.5
        return HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)

    def path(corners: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in corners)

    parts = [
        f'<path class="band" d="{path([*upper, *reversed(lower)])}Z"/>'
        for upper, lower in _bands(points, x, y)
    ]
    line = path([(x(i), y(point.value)) for i, point in enumerate(points)])
    last = len(points) - 1
    return Markup(
        '<svg class="trend" role="img" viewBox="0 0 {width:.0f} {height:.0f}" aria-label="{label}">'
        '{parts}<path class="line" d="{line}"/>'
        '<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/></svg>'
    ).format(
        width=WIDTH, height=HEIGHT, label=label, parts=Markup("").join(map(Markup, parts)),
        line=line, x=x(last), y=y(points[last].value),
    )  # fmt: skip


def _bands(points: Sequence[Point], x: Place, y: Scale) -> Iterator[tuple[Corners, Corners]]:
    """Give upper and lower edge of every stretch of points that have an interval."""
    upper: Corners = []
    lower: Corners = []
    for i, point in enumerate([*points, Point(0.0)]):
        if point.lo is not None and point.hi is not None:
            upper.append((x(i), y(point.hi)))
            lower.append((x(i), y(point.lo)))
        elif upper:
            yield upper, lower
            upper, lower = [], []
