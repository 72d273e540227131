"""No reader sees an empty box: what is not in the fonts is an error or a visible code."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.base import glyphs, theme
from analysis.base.errors import InputError
from analysis.base.language import messages

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain, 春节 ≤ 5 €", "plain, 春节 ≤ 5 €"),
        ("\N{GRINNING FACE} new", "‹U+1F600› new"),
        ("abc\N{RIGHT-TO-LEFT OVERRIDE}gpj", "abc‹U+202E›gpj"),
        ("a\x00b\x1b", "a‹U+0000›b‹U+001B›"),
        ("\ud800", "‹U+D800›"),
        ("two\nlines\there", "two\nlines\there"),
    ],
)
def test_what_cannot_be_drawn_is_shown_by_its_code(given: str, shown: str) -> None:
    assert glyphs.spelled(given) == shown
    assert glyphs.spelled(shown) == shown


def test_a_text_of_our_own_with_a_missing_glyph_is_refused_with_the_remedy() -> None:
    with pytest.raises(InputError, match=r"note: found U\+1F680 ROCKET.*write a word"):
        glyphs.require("up \N{ROCKET}", "note")


def test_every_text_of_the_project_can_be_drawn() -> None:
    texts = [*messages("zh"), *messages("zh").values()]
    for template in (ROOT / "src/analysis/reports/templates").iterdir():
        texts.append(template.read_text(encoding="utf-8"))
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        texts += ["".join(cell["source"]) for cell in cells]
    assert len(texts) > 500
    assert glyphs.lacking("".join(texts)) == []


def test_a_missing_font_file_is_named_with_the_command_that_brings_it_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import pylopdf_fonts_zh_cn

    monkeypatch.setattr(pylopdf_fonts_zh_cn, "sans_path", lambda: tmp_path / "gone.otf")
    with pytest.raises(InputError, match=r"missing font .*gone\.otf: reinstall .*make setup"):
        theme.font_files()


def test_a_missing_font_package_is_named_with_the_same_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    with pytest.raises(InputError, match=r"missing font package pylopdf_fonts_zh_cn: reinstall"):
        theme.font_files()


def _hostile(axes: Axes) -> list[str]:
    axes.barh(["a\N{GRINNING FACE}", "US$5 or $9_x", "nul\x00\ttab"], [1, 2, 3])
    axes.text(1, 1, "in \N{ROCKET}")
    axes.set_xlabel("along \N{RIGHT-TO-LEFT OVERRIDE}x")
    figure = axes.get_figure(root=True)
    assert figure is not None
    theme.spell_out(figure)
    figure.draw_without_rendering()
    return [label.get_text() for label in axes.get_yticklabels()]


def test_a_figure_shows_codes_too_and_takes_no_name_for_a_formula() -> None:
    with theme.house_style():
        axes = Figure().subplots()
        assert _hostile(axes) == ["a‹U+1F600›", "US$5 or $9_x", "nul‹U+0000› tab"]
        assert axes.texts[0].get_text() == "in ‹U+1F680›"
        assert axes.get_xlabel() == "along ‹U+202E›x"


def test_a_figure_that_would_show_a_box_is_refused() -> None:
    with pytest.raises(InputError, match=r"figure: Glyph 128640 .*write a word"):
        _drawn("\N{ROCKET}")


def _drawn(text: str) -> None:
    with theme.house_style():
        figure = Figure()
        figure.text(0, 0, text)
        figure.draw_without_rendering()
