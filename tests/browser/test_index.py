"""The index as a reader meets it: search and filters, both widths, both schemes, on paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analysis.reports.index import RunLine, render
from tests.browser.axe import stumbles
from tests.browser.test_report_pages import DARK, FACES, OVERFLOW, PAPER, WHITE, Mode, opened
from tests.reports.sample import HOSTILE
from tests.reports.test_index import ENTRY, FAILURE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHOWN = (
    "[...document.querySelectorAll('article')].filter(a => !a.hidden).map(a => a.dataset.notebook)"
)
OTHER = replace(
    ENTRY,
    notebook="ab_test",
    title="A/B test",
    sentence="Ship the blue one.",
    status="good",
    changed={},
    runs=(
        RunLine("a2", "ab_test/a2/report.html", "2026-01-02T00:00:00+00:00", "good", "en", "7%"),
        RunLine("a1", "ab_test/a1/report.html", "2026-01-01T00:00:00+00:00", "good", "en", "6%",
                {"region": "north"}),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("reports")
    bad = replace(ENTRY, notebook=HOSTILE, title=HOSTILE, sentence=HOSTILE, stale=HOSTILE,
                  changed={HOSTILE: HOSTILE})  # fmt: skip
    made = {
        "index.html": render([OTHER, ENTRY], [FAILURE], other="index.zh.html"),
        "index.zh.html": render([OTHER, ENTRY], [FAILURE], "zh", other="index.html"),
        "hostile.html": render([bad], [replace(FAILURE, reason=HOSTILE)]),
    }
    for name, markup in made.items():
        (root / name).write_text(markup, encoding="utf-8", newline="\n")
    return {name: root / name for name in made}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["index.html", "index.zh.html"])
def test_index_fits_and_is_accessible(
    browser: Browser, pages: dict[str, Path], name: str, width: int, mode: Mode
) -> None:
    with opened(browser, pages[name], width, mode) as tab:
        for fold in tab.locator("summary").all():
            fold.click()
        assert tab.evaluate(OVERFLOW) == 0
        assert tab.evaluate(FACES) == ["loaded"] * 3
        assert tab.evaluate(PAPER) == (DARK if mode == "dark" else WHITE)
        assert tab.locator("#filters").is_visible()
        assert stumbles(tab) == []


def find(tab: Page, words: str) -> list[str]:
    tab.locator("input[name=find]").fill(words)
    found: list[str] = tab.evaluate(SHOWN)
    return found


def test_search_narrows_reports_failures_and_history(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["index.html"], 1280) as tab:
        assert find(tab, "") == ["ab_test", "sales_forecast"]
        assert tab.locator("#shown").inner_text() == "2 of 2 reports shown"
        assert find(tab, "BLUE  ship") == ["ab_test"]
        assert tab.locator("#shown").inner_text() == "1 of 2 reports shown"
        assert not tab.locator(".failed li").is_visible()
        assert not tab.locator("article >> nth=0 >> details.runs li").first.is_visible()
        assert find(tab, "region=north") == ["ab_test"]
        assert tab.locator("details.runs li:visible").count() == 1
        assert find(tab, "keyerror") == []
        assert tab.locator(".failed li").is_visible()
        assert find(tab, "") == ["ab_test", "sales_forecast"]


def test_filters_of_status_notebook_language_and_failure(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["index.html"], 1280) as tab:
        for name, value, shown in (
            ("status", "watch", ["sales_forecast"]),
            ("notebook", "ab_test", ["ab_test"]),
            ("lang", "zh", ["sales_forecast"]),
        ):
            tab.locator(f"select[name={name}]").select_option(value)
            assert tab.evaluate(SHOWN) == shown
            tab.locator(f"select[name={name}]").select_option("")
        tab.locator("input[name=failed]").check()
        assert tab.evaluate(SHOWN) == ["sales_forecast"]
        assert tab.locator("details.runs li:visible").count() == 1
        assert tab.locator(".failed li").is_visible()


def test_without_a_script_everything_is_there_but_the_filters(
    browser: Browser, pages: dict[str, Path]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(pages["index.html"].as_uri())
    assert not tab.locator("#filters").is_visible()
    assert tab.locator("article:visible").count() == 2
    tab.locator("details.runs summary").first.click()
    assert tab.locator("details.runs li:visible").count() == 2
    context.close()


def test_the_two_languages_lead_to_each_other(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["index.html"], 390) as tab:
        tab.get_by_text("中文").first.click()
        assert tab.locator("h1").inner_text() == "报告"
        tab.get_by_text("English").first.click()
        assert tab.locator("h1").inner_text() == "Reports"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_hostile_index_runs_its_own_script_alone(
    browser: Browser, pages: dict[str, Path], width: int
) -> None:
    with opened(browser, pages["hostile.html"], width) as tab:
        assert tab.locator("script").count() == 1
        assert tab.evaluate(OVERFLOW) == 0
        assert find(tab, HOSTILE.split()[0]) == [HOSTILE]


def test_paper_has_the_reports_and_no_filters(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["index.html"], 1280) as tab:
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate(PAPER) == WHITE
        assert not tab.locator("#filters").is_visible()
        assert tab.locator("article:visible").count() == 2
        assert tab.pdf(prefer_css_page_size=True).startswith(b"%PDF")
