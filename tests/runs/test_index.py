from __future__ import annotations

import json
import re

import pytest
from bs4 import BeautifulSoup, Tag

from analysis.base.paths import Home
from analysis.runs import index
from analysis.runs.history import comparable, last_comparable, read, trend
from tests.runs.made import manifest, number, put


def page(home: Home, lang: str = "en") -> BeautifulSoup:
    index.rebuild(home)
    return BeautifulSoup(index.path(home, lang).read_text(encoding="utf-8"), "html.parser")


def text(node: BeautifulSoup | Tag | None) -> str:
    assert node is not None
    return re.sub(r"\s+", " ", node.get_text(" ", strip=True))


def day(number_: int) -> str:
    return f"2026-01-{number_:02d}T00:00:00+00:00"


def ids(home: Home, run_id: str) -> tuple[str, list[str]]:
    """The last comparable run of a run, and the runs of its trend."""
    runs = read(home).runs["nb"]
    run = next(past for past in runs if past.run_id == run_id)
    before = last_comparable(runs, run)
    return before.run_id if before else "", [past.run_id for past in trend(runs, run)]


def test_the_page_says_what_changed_since_the_last_comparable_run(project: Home) -> None:
    put(project, manifest("r1", number("total", 40.0, 38.0, 42.0), finished=day(1)))
    put(project, manifest("r2", number("total", 90.0), finished=day(2), n=9))
    put(project, manifest("r3", number("total", 43.0, 41.0, 45.0), finished=day(3), data="d1",
                          status="watch", sentence="Plan more."))  # fmt: skip
    soup = page(project)
    said = text(soup.find(class_="since"))
    for part in (
        "Since the run of 1 Jan 2026, 00:00 UTC", "40 EUR → 43 EUR (+7.5%)",
        "outside the earlier interval", "● On track → ▲ Watch", "Earlier headline: Plan for it.",
        "data panel.csv d0 → d1", "analysis diff r1 r3",
    ):  # fmt: skip
        assert part in said
    arrows = soup.select('.since [aria-label="up"]')
    assert [arrow.get_text() for arrow in arrows] == ["↑"]
    assert text(soup.find("details", class_="runs")).count("UTC") == 3
    assert "2 runs since 1 Jan 2026" in text(soup)


def test_a_rerun_that_changes_nothing_says_so(project: Home) -> None:
    for i in (1, 2):
        put(project, manifest(f"r{i}", number("total", 40.0), finished=day(i)))
    said = text(page(project).find(class_="since"))
    assert "No number changed." in said
    assert "Parameters, data, code and packages are the same." in said
    assert "analysis diff" not in said


def test_the_first_run_has_nothing_to_be_compared_with(project: Home) -> None:
    put(project, manifest("r1", number("total", 40.0)))
    soup = page(project)
    assert soup.find(class_="since") is None
    assert soup.find("svg") is None


def test_weekly_runs_are_compared_over_their_day(project: Home) -> None:
    for i, as_of in enumerate(("2026-01-12", "2026-01-05", "2026-01-12", "2026-01-19"), 1):
        put(project, manifest(f"r{i}", number("t", i), finished=day(i), as_of=as_of))
    assert ids(project, "r4") == ("r3", ["r2", "r3", "r4"])
    assert ids(project, "r3") == ("r1", ["r2", "r3"])


def test_runs_compare_although_the_notebook_has_gained_a_parameter(project: Home) -> None:
    put(project, manifest("r1", finished=day(1)))
    newer = manifest("r2", finished=day(2))
    newer["parameters"]["lately"] = 5
    put(project, newer)
    assert ids(project, "r2")[0] == "r1"
    used = manifest("r3", finished=day(3), lately=6)
    put(project, used)
    assert ids(project, "r3")[0] == ""
    old, new = read(project).runs["nb"][0], read(project).runs["nb"][2]
    assert comparable(old, new, frozenset({"lately"}))


def test_each_page_is_told_by_the_run_in_its_language_if_the_answer_is_the_same(
    project: Home,
) -> None:
    put(project, manifest("r1", number("t", 4.0), finished=day(1), sentence="上线。", lang="zh"))
    put(project, manifest("r2", number("t", 4.0), finished=day(2), sentence="Go."))
    english, chinese = page(project), page(project, "zh")
    assert text(english.find(class_="sentence")) == "Go."
    assert text(chinese.find(class_="sentence")) == "上线。"
    assert english.select_one(".about a")["href"] == "./nb/r1/report.html"  # type: ignore[index]
    assert chinese.select_one(".tongue")["href"] == "./index.html"  # type: ignore[index]
    put(project, manifest("r3", number("t", 5.0), finished=day(3), sentence="Stop."))
    assert text(page(project, "zh").find(class_="sentence")) == "Stop."


def test_a_failure_with_other_parameters_does_not_call_the_report_stale(project: Home) -> None:
    put(project, manifest("r1", finished=day(1)))
    put(project, manifest("f1", finished=day(2), reason="nb: no such column", n=9))
    soup = page(project)
    assert soup.find(class_="stale") is None
    assert "no such column" in text(soup.find("section", class_="failed"))
    assert "× Failed" in text(soup.find("details", class_="runs"))
    put(project, manifest("f2", finished=day(3), reason="nb: out of memory"))
    assert "out of memory" in text(page(project).find(class_="stale"))
    put(project, manifest("r2", finished=day(4)))
    assert page(project).find("section", class_="failed") is None


def test_what_never_ran_well_is_a_failure_alone(project: Home) -> None:
    put(project, manifest("f1", reason="nb: out of memory"))
    soup = page(project)
    assert soup.article is None
    assert "0 published, 1 failed" in text(soup)


def test_a_run_without_manifest_is_not_listed(project: Home) -> None:
    put(project, manifest("r1"))
    (project.reports / "nb" / "half").mkdir()
    (project.reports / ".staging" / "x").mkdir(parents=True)
    (project.reports / "empty").mkdir()
    soup = page(project)
    assert "All runs (1)" in text(soup)
    assert soup.find(class_="unusable") is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "JSONDecodeError"),
        ("[]", "TypeError"),
        ('{"status": "good"}', "KeyError: 'headline'"),
        (json.dumps(manifest("r2") | {"headline": {"status": "fine"}}), "status 'fine'"),
        (json.dumps(manifest("r2", number("a", "1"))), "found '1', expected a number"),  # type: ignore[arg-type]
        (json.dumps(manifest("r2") | {"parameters": 3}), "TypeError"),
    ],
)
def test_a_broken_manifest_is_named_and_hides_nothing(
    project: Home, content: str, says: str
) -> None:
    put(project, manifest("r1"))
    broken = project.reports / "nb" / "r2"
    broken.mkdir()
    (broken / "manifest.json").write_text(content, encoding="utf-8")
    soup = page(project)
    named = text(soup.find("section", class_="unusable"))
    assert "nb/r2/manifest.json" in named
    assert says in named
    assert "Title of nb" in text(soup.article)


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_broken_pointer_is_named_and_the_latest_good_run_stands_in(
    project: Home, content: str
) -> None:
    put(project, manifest("r1"))
    (project.reports / "nb" / "current.json").write_text(content, encoding="utf-8")
    soup = page(project)
    assert "nb/current.json" in text(soup.find("section", class_="unusable"))
    assert "Title of nb" in text(soup.article)


@pytest.mark.parametrize("content", [None, "{", "{}"])
def test_results_that_cannot_be_read_are_said_not_to_compare(
    project: Home, content: str | None
) -> None:
    folder = put(project, manifest("r1", finished=day(1)))
    put(project, manifest("r2", finished=day(2)))
    if content is None:
        (folder / "results.json").unlink()
    else:
        (folder / "results.json").write_text(content, encoding="utf-8")
    assert "The two runs cannot be compared" in text(page(project).find(class_="since"))


def test_a_character_without_glyph_is_shown_by_its_code(project: Home) -> None:
    put(project, manifest("r1", sentence="Sell \N{GRINNING FACE} more."))
    for _ in range(2):
        said = text(page(project))
        assert "Sell ‹U+1F600› more." in said
        assert "GRINNING FACE" in said
