"""What a reader who does not see a figure is told, beside the numbers that were drawn."""

from __future__ import annotations

import datetime as dt

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from analysis.base import theme
from analysis.reports import described, digest


@pytest.fixture
def axes() -> Axes:
    with theme.house_style():
        made: Axes = Figure().subplots()
    return made


def told(axes: Axes, lang: str = "en") -> tuple[str, ...]:
    figure = axes.get_figure(root=True)
    assert figure is not None
    return described.in_words(figure, lang)


def test_a_series_says_where_it_starts_ends_and_turns(axes: Axes) -> None:
    days = [dt.date(2026, 1, day) for day in (1, 2, 3, 4)]
    axes.plot(days, [10, 40, 5, 20], label="sales")  # type: ignore[arg-type]
    assert told(axes) == (
        "sales, 4 points: from 10 (1 Jan 2026) to 20 (4 Jan 2026); "
        "lowest 5 (3 Jan 2026), highest 40 (2 Jan 2026)",
    )
    assert told(axes, "zh") == (
        "sales，4 个点：从 10（2026年1月1日）到 20（2026年1月4日）；"
        "最低 5（2026年1月3日），最高 40（2026年1月2日）",
    )


def test_a_line_takes_the_name_of_the_text_in_its_colour(axes: Axes) -> None:
    axes.plot([1, 2, 3], [1, 2, 3], color="#0072b2")
    axes.plot([1, 2, 3], [3, 2, 1], color="#d55e00")
    axes.annotate("forecast", (3, 3), color="#0072b2")
    words = told(axes)
    assert words[0].startswith("forecast, 3 points: from 1 (1) to 3 (3)")
    assert words[1].startswith("a line, 3 points: from 3 (1) to 1 (3)")


def test_intervals_and_marks_stand_under_the_name_of_their_category(axes: Axes) -> None:
    axes.plot([-0.02, 0.03], [0, 0])
    axes.plot([0.01], [0], marker="o")
    axes.hlines(1, 0.1, 0.2)
    axes.scatter([0.15], [1])
    axes.axvline(0)
    axes.set_yticks([0, 1], labels=["coupon", "gift"])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
    assert told(axes) == ("coupon: -2% to 3%, 1%; gift: 10% to 20%, 15%", "Line at 0%")


def test_bars_say_their_ends(axes: Axes) -> None:
    axes.bar(["a", "b"], [3, 5])
    assert told(axes) == ("a: 3; b: 5",)
    assert told(axes, "zh") == ("a：3；b：5",)


def test_axes_inside_others_are_not_forgotten(axes: Axes) -> None:
    inner = axes.inset_axes((0, 0, 1, 0.5))
    inner.bar([0], [7])
    inner.set_xticks([0], labels=["a"])
    inner.set_title("Panel")
    assert told(axes) == ("Panel: a: 7",)
    figure = axes.get_figure(root=True)
    assert figure is not None
    assert digest.of_figure(figure) == ("bars: 1 points, x 0.4 to 0.4, mean 0.4, y 7 to 7, mean 7",)


def test_a_long_figure_ends_and_points_to_the_tables(axes: Axes) -> None:
    for level in range(described.MOST + 5):
        axes.axhline(level + 0.5)
    words = told(axes)
    assert len(words) == described.MOST + 1
    assert words[-1] == "… and 5 more, see the tables."


def test_alternative_text_holds_the_finding_and_the_first_numbers() -> None:
    words = ("a: 3; b: 5", "Line at 4", "x" * described.LONGEST_ALTERNATIVE)
    assert described.alternative("B leads.", "Sales, EUR", words, "en") == (
        "B leads. Chart: Sales, EUR. a: 3; b: 5. Line at 4. More in words below the picture."
    )
    assert described.alternative("乙领先。", "销售额，元", words[:1], "zh") == (
        "乙领先。图：销售额，元。a: 3; b: 5。"
    )
