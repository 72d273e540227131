from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from analysis.reports import index, page
from tests.browser.axe import stumbles
from tests.reports.sample import build, hostile
from tests.reports.test_index import ENTRY, FAILURE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Mode = Literal["light", "dark"]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FACES = "document.fonts.ready.then(() => [...document.fonts].map(face => face.status))"
WHITE, DARK = "rgb(255, 255, 255)", "rgb(20, 24, 31)"
PAPER = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages under test as files, as a reader opens them."""
    root = tmp_path_factory.mktemp("reports")
    made = {}
    for lang in ("en", "zh"):
        sample = build(root / lang, lang)
        made[lang] = page.render(sample.folder, sample.notebook, sample.items, sample.facts)
        if lang == "en":
            bad = hostile(sample)
            made["hostile"] = page.render(bad.folder, bad.notebook, bad.items, bad.facts)
    made["index"] = index.render([ENTRY], [FAILURE])
    paths = {name: root / f"{name}.html" for name in made}
    for name, markup in made.items():
        paths[name].write_text(markup, encoding="utf-8", newline="\n")
    return paths


@contextmanager
def opened(browser: Browser, path: Path, width: int, mode: Mode = "light") -> Iterator[Page]:
    """Open a page; leaving it, fail on any console message, dialog or request to elsewhere."""
    tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=mode)
    trouble: list[str] = []
    tab.on("console", lambda message: trouble.append(message.text[:200]))
    tab.on("pageerror", lambda error: trouble.append(str(error)))
    tab.on("dialog", lambda dialog: trouble.append(f"dialog {dialog.message}"))
    tab.on("request", lambda request: trouble.extend(_outside(request.url)))
    tab.goto(path.as_uri())
    yield tab
    tab.close()
    assert trouble == []


def _outside(url: str) -> list[str]:
    return [] if url.startswith(("file:", "data:")) else [url]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["en", "zh", "index"])
def test_page_fits_and_is_complete(
    browser: Browser, pages: dict[str, Path], name: str, width: int, mode: Mode
) -> None:
    with opened(browser, pages[name], width, mode) as tab:
        assert tab.locator("h1").count() == 1
        assert tab.evaluate(OVERFLOW) == 0
        faces = tab.evaluate(FACES)
        assert faces.count("loaded") == (2 if name == "en" else 3)
        assert "error" not in faces
        assert tab.evaluate(PAPER) == (DARK if mode == "dark" else WHITE)


@pytest.mark.parametrize("width", [1280, 390])
def test_phone_gets_the_narrow_drawing_and_the_folded_contents(
    browser: Browser, pages: dict[str, Path], width: int
) -> None:
    with opened(browser, pages["en"], width) as tab:
        wide = tab.evaluate("(i => i.currentSrc === i.src)(document.querySelector('picture img'))")
        assert wide is (width == 1280)
        assert tab.evaluate("document.querySelector('picture img').naturalWidth") > 0
        assert tab.locator("nav.side").is_visible() is (width == 1280)
        assert tab.locator("nav.fold").is_visible() is (width == 390)


def test_code_unfolds_without_a_script(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["en"], 1280) as tab:
        code = tab.locator("details.code").first
        assert not code.locator("pre").first.is_visible()
        code.locator("summary").click()
        assert code.locator("pre").first.is_visible()


def test_print_hides_code_and_shows_all_facts(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["en"], 1280) as tab:
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate(PAPER) == WHITE
        assert not tab.locator("details.code").first.is_visible()
        assert not tab.locator("nav.side").is_visible()
        assert tab.locator(".facts dd").last.is_visible()
        assert tab.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.parametrize("width", [1280, 390])
def test_hostile_page_runs_nothing(browser: Browser, pages: dict[str, Path], width: int) -> None:
    with opened(browser, pages["hostile"], width) as tab:
        assert tab.locator("h1").count() == 1
        assert tab.locator("script").count() == 0
        assert tab.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", ["en", "zh", "index", "hostile"])
def test_nothing_serious_for_a_reader_who_does_not_see(
    browser: Browser, pages: dict[str, Path], name: str, mode: Mode
) -> None:
    for width in (1280, 390):
        with opened(browser, pages[name], width, mode) as tab:
            assert stumbles(tab) == []


def test_first_column_stays_in_sight_on_a_phone(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["en"], 390) as tab:
        table = tab.locator("#table-stores .scroll")
        table.locator("table").evaluate("each => each.style.width = '900px'")
        before = table.locator("tbody th").first.bounding_box()
        assert table.evaluate("each => (each.scrollLeft = 1000, each.scrollLeft)") > 0
        after = table.locator("tbody th").first.bounding_box()
        assert before is not None
        assert after is not None
        assert after["x"] == pytest.approx(before["x"], abs=1)


def test_a_figure_is_turned_dark_on_screen_alone(browser: Browser, pages: dict[str, Path]) -> None:
    turned = "getComputedStyle(document.querySelector('.picture img')).filter"
    with opened(browser, pages["en"], 1280, "dark") as tab:
        assert "invert(1)" in tab.evaluate(turned)
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate(turned) == "none"


def test_a_formula_is_set_as_one(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["en"], 1280) as tab:
        height = "document.querySelector('math msup').getBoundingClientRect().height"
        assert tab.evaluate(height) > 0
