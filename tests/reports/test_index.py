from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from analysis.reports.index import Failure, IndexEntry, render
from analysis.reports.items import Number
from tests.reports.sample import HOSTILE
from tests.reports.test_page import assert_inert

ENTRY = IndexEntry(
    notebook="sales_forecast",
    title="Sales forecast",
    run_id="20260106T140209-3f2a91c0",
    href="sales_forecast/20260106T140209-3f2a91c0/report.html",
    sentence="Plan 9.4 million euros.",
    status="watch",
    numbers=(
        Number("sales", "Sales", "9.43 m EUR", "80% interval 8.91 m EUR to 9.99 m EUR",
               9.43e6, 8.91e6, 9.99e6, 0.8, "EUR"),
    ),
    finished="2026-01-06T14:02:09+00:00",
    nature="simulated",
    changed={"horizon": 28},
    stale="sales_forecast: the kernel was killed",
    earlier=(("20260105T140209", "sales_forecast/20260105T140209/report.html"),),
)  # fmt: skip
FAILURE = Failure("funnel", "r1", "2026-01-06T15:00:00+00:00", "funnel: cell [4] raised KeyError")


def test_an_entry_says_everything_at_a_glance() -> None:
    soup = BeautifulSoup(render([ENTRY], [FAILURE]), "html.parser")
    article = soup.article
    assert article is not None
    text = article.get_text(" ", strip=True)
    for part in (
        "Sales forecast", "▲ Watch", "Plan 9.4 million euros.", "9.43 m EUR",
        "80% interval 8.91 m EUR to 9.99 m EUR", "6 Jan 2026, 14:02 UTC", "Simulated data",
        "horizon=28", "Not run with the current code and data", "the kernel was killed",
        "Earlier runs (1)",
    ):  # fmt: skip
        assert part in text
    assert [link["href"] for link in article.find_all("a")] == [
        f"./{ENTRY.href}",
        f"./{ENTRY.earlier[0][1]}",
    ]
    assert "raised KeyError" in soup.get_text()
    assert len(soup.find_all("h1")) == 1


def test_hostile_text_stays_text() -> None:
    entry = replace(
        ENTRY,
        notebook=HOSTILE,
        title=HOSTILE,
        href="javascript:alert(1)",
        sentence=HOSTILE,
        finished=HOSTILE,
        nature=HOSTILE,
        changed={HOSTILE: HOSTILE},
        stale=HOSTILE,
        earlier=((HOSTILE, "//example.org/" + HOSTILE),),
    )
    markup = render([entry], [Failure(HOSTILE, HOSTILE, HOSTILE, HOSTILE)])
    soup = BeautifulSoup(markup, "html.parser")
    assert_inert(markup)
    assert len(soup.find_all("style")) == 2
    links = [str(link["href"]) for link in soup.find_all("a")]
    assert all(link.startswith("./") and ":" not in link for link in links)
    assert links[0] == "./javascript%3Aalert%281%29"


def test_same_entries_give_the_same_bytes() -> None:
    assert render([ENTRY], [FAILURE]) == render([ENTRY], [FAILURE])


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("en", "No report yet. Run `make report`."), ("zh", "还没有报告。请运行 `make report`。")],
)
def test_an_empty_index_says_what_to_do(lang: str, expected: str) -> None:
    assert expected in render([], [], lang)


def test_a_chinese_index_is_chinese() -> None:
    text = BeautifulSoup(render([ENTRY], [FAILURE], "zh"), "html.parser").get_text(" ", strip=True)
    for part in ("报告", "关注", "模拟数据", "失败的运行", "已发布 1 份，失败 1 次"):
        assert part in text
