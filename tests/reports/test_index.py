from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup, Tag

from analysis.reports import index
from analysis.reports.index import Failure, IndexEntry, RunLine, Since, Trend, render
from analysis.reports.items import Number
from analysis.reports.page import TEMPLATES
from analysis.reports.sparkline import Point, draw
from tests.reports.sample import HOSTILE

RUN = "sales_forecast/20260106T140209-3f2a91c0/report.html"
BEFORE = "sales_forecast/20260105T140209/report.html"
ENTRY = IndexEntry(
    notebook="sales_forecast",
    title="Sales forecast",
    run_id="20260106T140209-3f2a91c0",
    href=RUN,
    sentence="Plan 9.4 million euros.",
    status="watch",
    numbers=(
        Number("sales", "Sales", "9.43 m EUR", "80% interval 8.91 m EUR to 9.99 m EUR",
               9.43e6, 8.91e6, 9.99e6, 0.8, "EUR"),
        Number("error", "Error", "8.2%", "95% interval 6.8% to 9.8%",
               0.082, 0.068, 0.098, 0.95, "share"),
    ),
    finished="2026-01-06T14:02:09+00:00",
    nature="simulated",
    changed={"horizon": 28},
    stale="sales_forecast: the kernel was killed",
    trend=Trend("Sales", "EUR", (Point(9e6, 8e6, 1e7), Point(9.43e6, 8.91e6, 9.99e6)),
                "2026-01-05T14:02:09+00:00", "2026-01-06T14:02:09+00:00"),
    since=Since(
        "2026-01-05T14:02:09+00:00", BEFORE,
        numbers=(("↑", "up", "Sales", "9 m EUR → 9.43 m EUR (+4.8%)", True),),
        status=("good", "watch"),
        sentence="Plan 9 million euros.",
        more=("Different between the runs: code.",),
        command="analysis diff 20260105T140209 20260106T140209-3f2a91c0",
    ),
    runs=(
        RunLine("20260106T140209-3f2a91c0", RUN, "2026-01-06T14:02:09+00:00", "watch", "en",
                "9.43 m EUR", {"horizon": 28}),
        RunLine("f1", "", "2026-01-05T15:00:00+00:00", "failed", "zh", reason="out of memory"),
        RunLine("20260105T140209", BEFORE, "2026-01-05T14:02:09+00:00", "good", "en", "9 m EUR"),
    ),
)  # fmt: skip
FAILURE = Failure("funnel", "r1", "2026-01-06T15:00:00+00:00", "funnel: cell [4] raised KeyError")


def soup_of(markup: str) -> BeautifulSoup:
    return BeautifulSoup(markup, "html.parser")


def text_of(node: Tag | BeautifulSoup | None) -> str:
    assert node is not None
    return re.sub(r"\s+", " ", node.get_text(" ", strip=True))


def assert_one_script(markup: str) -> None:
    """Prove that the page loads nothing and that only its own script may run."""
    soup = soup_of(markup)
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy is not None
    scripts = soup.find_all("script")
    assert len(scripts) <= 1
    own = (TEMPLATES / "index.js").read_text(encoding="utf-8")
    assert all(script.string == own and not script.attrs for script in scripts)
    checksum = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
    assert policy["content"] == (
        f"default-src 'none'; script-src 'sha256-{checksum}'; img-src data:; "
        "style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"
    )
    assert not soup.find_all(["iframe", "object", "embed", "form", "base", "img"])
    for found in soup.find_all(True):
        assert not [name for name in found.attrs if name.startswith(("on", "src"))]
    assert all(url.startswith("data:") for url in re.findall(r"url\(([^)]*)\)", markup))
    assert "@import" not in markup


def test_an_entry_says_everything_at_a_glance() -> None:
    soup = soup_of(render([ENTRY], [FAILURE]))
    text = text_of(soup.article)
    for part in (
        "Sales forecast", "▲ Watch", "Plan 9.4 million euros.", "9.43 m EUR",
        "80% interval 8.91 m EUR to 9.99 m EUR", "6 Jan 2026, 14:02 UTC", "Simulated data",
        "horizon=28", "Not run with the current code and data", "the kernel was killed",
        "2 runs since 5 Jan 2026", "Since the run of 5 Jan 2026, 14:02 UTC",
        "9 m EUR → 9.43 m EUR (+4.8%)", "outside the earlier interval",
        "Status: ● On track → ▲ Watch", "Earlier headline: Plan 9 million euros.",
        "Different between the runs: code.", "analysis diff 20260105T140209",
        "All runs (3)", "× Failed out of memory default parameters",
    ):  # fmt: skip
        assert part in text
    assert soup.article is not None
    links = [link["href"] for link in soup.article.find_all("a")]
    assert links == [f"./{RUN}", f"./{BEFORE}", f"./{RUN}", f"./{BEFORE}"]
    assert "raised KeyError" in soup.get_text()
    assert len(soup.find_all("h1")) == 1
    assert_one_script(render([ENTRY], [FAILURE]))


def test_the_head_counts_every_status_the_worst_first() -> None:
    entries = [ENTRY, replace(ENTRY, status="bad"), replace(ENTRY, status="bad")]
    tally = soup_of(render(entries, [FAILURE])).find(class_="tally")
    assert isinstance(tally, Tag)
    assert text_of(tally) == "■ Act now 2 ▲ Watch 1 × Failed 1"


def test_a_trend_says_to_a_screen_reader_what_it_draws() -> None:
    drawing = soup_of(render([ENTRY], [])).find("svg")
    assert isinstance(drawing, Tag)
    assert drawing["role"] == "img"
    assert drawing["aria-label"] == (
        "Sales, 2 comparable runs from 5 Jan 2026, 14:02 UTC to 6 Jan 2026, 14:02 UTC: "
        "from 9 m EUR to 9.43 m EUR, lowest 9 m EUR, highest 9.43 m EUR."
    )
    assert len(drawing.find_all("path", class_="band")) == 1


def test_nothing_that_changed_is_said() -> None:
    entry = replace(ENTRY, since=Since("2026-01-05T14:02:09+00:00", BEFORE), trend=None)
    soup = soup_of(render([entry], []))
    assert "14:02 UTC : No number changed." in text_of(soup.article)
    assert soup.find("svg") is None


def test_filters_are_hidden_until_the_script_shows_them() -> None:
    markup = render([ENTRY], [])
    bar = soup_of(markup).find(id="filters")
    assert isinstance(bar, Tag)
    assert bar.has_attr("hidden")
    assert soup_of(render([], [])).find("script") is None


def test_hostile_text_stays_text() -> None:
    entry = replace(
        ENTRY,
        notebook=HOSTILE,
        title=HOSTILE,
        href="javascript:alert(1)",
        sentence=HOSTILE,
        numbers=(replace(ENTRY.numbers[0], label=HOSTILE, text=HOSTILE, interval=HOSTILE),),
        finished=HOSTILE,
        lang=HOSTILE,
        nature=HOSTILE,
        changed={HOSTILE: HOSTILE},
        stale=HOSTILE,
        elsewhere=((HOSTILE, "//example.org/" + HOSTILE),),
        trend=Trend(HOSTILE, HOSTILE, (Point(1.0), Point(2.0)), HOSTILE, HOSTILE),
        since=Since(HOSTILE, "//example.org", ((HOSTILE,) * 4 + (True,),), None, HOSTILE,
                    (HOSTILE,), HOSTILE),
        runs=(RunLine(HOSTILE, "//example.org/", HOSTILE, "failed", HOSTILE, HOSTILE,
                      {HOSTILE: HOSTILE}, HOSTILE),),
    )  # fmt: skip
    failure = Failure(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    markup = render([entry], [failure], unusable=[(HOSTILE, HOSTILE)])
    assert_one_script(markup)
    soup = soup_of(markup)
    assert len(soup.find_all("style")) == 2
    links = [str(link["href"]) for link in soup.find_all("a")]
    assert len(links) == 4
    assert all(link.startswith("./") and ":" not in link for link in links)
    assert links[0] == "./javascript%3Aalert%281%29"


def test_same_entries_give_the_same_bytes() -> None:
    assert render([ENTRY], [FAILURE]) == render([ENTRY], [FAILURE])


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("en", "No report yet. Run: make report"), ("zh", "还没有报告。请运行：make report")],
)
def test_an_empty_index_says_what_to_do(lang: str, expected: str) -> None:
    assert expected in render([], [], lang)


def test_a_chinese_index_is_chinese_and_leads_to_the_english_one() -> None:
    soup = soup_of(render([ENTRY], [FAILURE], "zh", other="index.html"))
    text = text_of(soup)
    for part in (
        "报告", "关注", "模拟数据", "失败的运行", "已发布 1 份，失败 1 次",
        "全部运行", "超出之前的区间",
        "2026年1月5日以来 2 次运行",
    ):  # fmt: skip
        assert part in text
    link = soup.find("a")
    assert isinstance(link, Tag)
    assert (link["href"], link.get_text()) == ("./index.html", "English")


def test_a_long_history_ends_with_a_link_to_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "RUNS", 2)
    history = soup_of(render([ENTRY], [])).find("details", class_="runs")
    assert isinstance(history, Tag)
    assert len(history.find_all("li")) == 2
    assert history.find_all("a")[-1]["href"] == "./sales_forecast/"
    assert "All runs (3)" in text_of(history)


def test_manifests_that_cannot_be_used_are_named() -> None:
    text = text_of(soup_of(render([ENTRY], [], unusable=[("nb/r1/manifest.json", "no JSON")])))
    assert "Run folders that cannot be read" in text
    assert "nb/r1/manifest.json no JSON" in text


def test_a_sparkline_draws_bands_only_where_there_are_intervals() -> None:
    points = [Point(1.0, 0.0, 2.0), Point(2.0), Point(3.0, 2.0, 4.0), Point(4.0, 3.0, 5.0)]
    drawing = soup_of(draw(points, '"><script>'))
    assert len(drawing.find_all("path", class_="band")) == 2
    assert drawing.svg is not None
    assert drawing.svg["aria-label"] == '"><script>'
    line = drawing.find("path", class_="line")
    assert isinstance(line, Tag)
    # Values 0 to 5 over 26 points of height, 4 from the lower edge at 34: 1 stands at 24.8.
    assert line["d"] == "M4.0 24.8L60.0 19.6L116.0 14.4L172.0 9.2"


def test_a_level_sparkline_runs_through_the_middle_and_one_point_is_none() -> None:
    assert 'd="M4.0 17.0L172.0 17.0"' in draw([Point(7.0), Point(7.0)], "level")
    with pytest.raises(ValueError, match="found 1 points, expected at least 2"):
        draw([Point(7.0)], "one")
