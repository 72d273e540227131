"""Every notebook's published report as a reader meets it: languages, widths, light, dark, paper.

English reports are those of ``make report``. Chinese ones are made here, once, in a project of
their own that shares data and notebooks, with small settings where a notebook has some: what is
looked at is the page, not the numbers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.axe import stumbles
from tests.browser.test_report_pages import FACES, OVERFLOW, PAPER, WHITE, Mode, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
SMALL: Mapping[str, tuple[str, ...]] = {
    "market_sizing": ("draws=64",),
    "sales_forecast": ("data=panel.csv", "origins=2", "horizon=14"),
}
TOGETHER = 2
KEPT = ("manifest", "results")
FIELDS = ("value", "lo", "hi", "confidence", "unit")
PICTURES = "[...document.images].map(i => i.decode().then(() => i.naturalWidth, () => 0))"
SMALLEST_PICTURE = f"Promise.all({PICTURES}).then(widths => Math.min(...widths))"
# A status is a shape and a word on one line.
BROKEN_MARKS = (
    "[...document.querySelectorAll('td.status > span, th.status > span')]"
    ".filter(each => each.getClientRects().length > 1"
    " || each.getBoundingClientRect().height > 30).map(each => each.innerText)"
)
# On a phone a wide table is scrolled in its own frame; on a desk all of it is seen.
CUT = (
    "[...document.querySelectorAll('.scroll')].filter(each => each.scrollWidth > each.clientWidth)"
    ".map(each => each.parentElement.id)"
)
UNTOLD = "[...document.images].filter(i => i.alt.length < 20).length"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of its own that shares data and notebooks with this one."""
    root = tmp_path_factory.mktemp("zh")
    (root / "reports").mkdir()
    for name in ("data", "notebooks", "requirements.lock"):
        (root / name).symlink_to(ROOT / name)
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 6) for day in range(1, 29)]
    lines = [
        f"{shop},{day},{100 + 10 * (at % 7)}" for shop in "甲乙丙" for at, day in enumerate(days)
    ]
    (root / "panel.csv").write_text("\n".join(["unique_id,ds,y", *lines]), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def chinese(project: Path) -> Mapping[str, Future[Path]]:
    """Start the Chinese runs, two at a time; each test waits for its own."""
    pool = ThreadPoolExecutor(TOGETHER)
    return {name: pool.submit(_run, project, name, "zh") for name in NOTEBOOKS}


def _run(root: Path, name: str, lang: str) -> Path:
    given = [word for each in (f"lang={lang}", *SMALL.get(name, ())) for word in ("-p", each)]
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "run", name, *given], cwd=root,
        env={**os.environ, "ANALYSIS_HOME": str(root)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return Path(done.stdout.splitlines()[-1]) / "report.html"


def _missing(what: str) -> None:
    """Skip what `make report` has not made yet; in CI it has, so there it fails."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}: run `make report`")
    pytest.skip(f"{what}: run `make report`")


def _english(name: str) -> Path:
    folder = ROOT / "reports" / name
    if not (folder / "current.json").is_file():
        _missing(f"no published report of {name}")
    run = json.loads((folder / "current.json").read_text(encoding="utf-8"))["default"]
    return folder / str(run) / "report.html"


@pytest.fixture(params=[(name, lang) for lang in ("en", "zh") for name in NOTEBOOKS], ids="-".join)
def report(request: pytest.FixtureRequest, chinese: Mapping[str, Future[Path]]) -> Path:
    name, lang = request.param
    return _english(name) if lang == "en" else chinese[name].result()


def test_report_is_whole_in_every_way_to_read_it(browser: Browser, report: Path) -> None:
    for width, mode in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
        _look(browser, report, width, "dark" if mode == "dark" else "light")


def _look(browser: Browser, path: Path, width: int, mode: Mode) -> None:
    with opened(browser, path, width, mode) as tab:
        assert tab.locator("h1").count() == 1
        assert tab.locator(".verdict").count() >= 1
        assert tab.evaluate(OVERFLOW) == 0
        faces = tab.evaluate(FACES)
        assert "loaded" in faces
        assert "error" not in faces
        assert tab.evaluate(SMALLEST_PICTURE) > 0
        assert tab.evaluate(UNTOLD) == 0
        assert tab.evaluate(BROKEN_MARKS) == []
        assert width < 1280 or tab.evaluate(CUT) == []
        if (width, mode) in ((1280, "light"), (390, "dark")):
            assert stumbles(tab) == []
            assert tab.evaluate(OVERFLOW) == 0


def test_report_on_paper(browser: Browser, report: Path) -> None:
    with opened(browser, report, 794, "dark") as tab:
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate(PAPER) == WHITE
        assert tab.evaluate(OVERFLOW) == 0
        assert not tab.locator("details.code").first.is_visible()
        assert not tab.locator("nav.side").is_visible()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_report_in_chinese_has_the_numbers_of_the_one_in_english(
    name: str, project: Path, chinese: Mapping[str, Future[Path]]
) -> None:
    beside = _run(project, name, "en") if name in SMALL else _english(name)
    english, other = (
        {part: json.loads((page.parent / f"{part}.json").read_text("utf-8")) for part in KEPT}
        for page in (beside, chinese[name].result())
    )
    code = [each["manifest"]["code"]["package_sha256"] for each in (english, other)]
    if code[0] != code[1]:
        _missing(f"no report of {name} by the present code")
    ours, theirs = english["results"], other["results"]
    assert ours["numbers"].keys() == theirs["numbers"].keys()
    for key, number in ours["numbers"].items():
        assert {field: number[field] for field in FIELDS} == {
            field: theirs["numbers"][key][field] for field in FIELDS
        }, key
    assert ours["tables"] == theirs["tables"]
    assert ours["figures"] == theirs["figures"]
    assert ours["headline"]["status"] == theirs["headline"]["status"]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["index.html", "index.zh.html"])
def test_index(browser: Browser, name: str, width: int, mode: Mode) -> None:
    path = ROOT / "reports" / name
    if not path.is_file():
        _missing(f"no {name}")
    with opened(browser, path, width, mode) as tab:
        assert tab.evaluate(OVERFLOW) == 0
        assert "error" not in tab.evaluate(FACES)
        assert stumbles(tab) == []
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate(PAPER) == WHITE
        assert tab.evaluate(OVERFLOW) == 0
