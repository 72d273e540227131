"""Data that tries to be code, from the file to the page: it stays text all the way.

Texts, column names, file names, the mapping and a parameter hold scripts, spreadsheet formulas,
markdown, diagrams, LaTeX, ends of style sheets, reversed direction, emoji and very long words.
The A/B report is the real one; the panel's is small and shows its texts in every place there is.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import openpyxl
import pandas as pd
import pytest

from analysis.reports.tables import FORMULA_STARTS
from tests.browser.axe import stumbles
from tests.browser.test_report_pages import OVERFLOW, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
SCRIPT = "<img src=x onerror=alert(1)>"
TEXTS = (
    "=cmd|' /C calc'!A0",
    "</style></title><script>alert(1)</script>",
    "]]>--><svg/onload=alert(1)>",
    "```mermaid\n<img src=x onerror=alert(1)>\n```",
    "[x](javascript:alert(1)) **b** $\\frac{1}{2}$ US$5",
    "abc\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe",
    "\N{GRINNING FACE} promo",
    "W" * 300,
    "@SUM(1+1)",
    "{{ 7*7 }}{% raw %}{0}%s",
    "+1 'quoted\" & &lt;",
    "-2+3",
)
METRIC = "=1+1</style><script>alert(2)</script>"
PANEL_CELLS = (
    "from analysis import forecasting, reports\nfrom analysis.base.estimate import Estimate\n"
    "from analysis.data import load\n"
    "report = reports.begin(lang=lang)\n"
    "panel = load(data, forecasting.PANEL, mapping=mapping)\n"
    "report.data_card(panel, measure=label)",
    "sums = panel.frame.groupby('unique_id', sort=False)['y'].sum().reset_index()\n"
    "names = sums['unique_id'].tolist()\nprint(names)\n"
    "report.headline(' '.join(names), status='bad', numbers=[Estimate('n', names[1], 1.0, 'count',"
    " no_interval=names[2])])",
    "report.table('sums', sums, title=label, note=names[3], labels={'y': names[1]}, bars=['y'])",
    "report.figure('sums', lambda ax: ax.barh(names, sums['y']) and ax, title=label,\n"
    "              subtitle=names[4])",
)


def _rows(path: Path, head: list[str], rows: list[list[object]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    return str(path)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    for name in ("data/raw", "data/processed", "notebooks", "reports"):
        (root / name).mkdir(parents=True)
    (root / "data/raw/catalog.toml").write_text("", encoding="utf-8")
    shutil.copy(ROOT / "notebooks/ab_test.ipynb", root / "notebooks")
    parameters = 'data: str = ""  # table\nmapping: str = ""  # columns\nlabel: str = ""  # any\n'
    cells = [nbformat.v4.new_markdown_cell("# A panel")]
    cells.append(nbformat.v4.new_code_cell(f'{parameters}lang: str = "en"  # language {{en|zh}}'))
    cells[1].metadata["tags"] = ["parameters"]
    cells += [nbformat.v4.new_code_cell(source) for source in PANEL_CELLS]
    node = nbformat.v4.new_notebook(cells=cells)
    node.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python"
    }  # fmt: skip
    nbformat.write(node, root / "notebooks/panel.ipynb")
    return root


def _run(home: Path, notebook: str, **parameters: str) -> Path:
    given = [word for name, value in parameters.items() for word in ("-p", f"{name}={value}")]
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "run", notebook, *given],
        env={**os.environ, "ANALYSIS_HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return Path(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def ab(home: Path) -> Path:
    rows: list[list[object]] = []
    for place, text in enumerate(TEXTS[:5]):
        rows.append([text, "control", 1000, 100])
        rows.append([text, TEXTS[-1 - place], 1000, 130 + place])
    data = _rows(home / f"data/raw/{SCRIPT}.csv", ["test", "variant", "users", METRIC], rows)
    return _run(home, "ab_test", data=data)


@pytest.fixture(scope="module")
def panel(home: Path) -> Path:
    column = "</script>,=A1 \"|'"
    rows = [
        [text, f"2024-01-{day:02}", 10 + place + day % 7]
        for place, text in enumerate(TEXTS)
        for day in range(1, 31)
    ]
    data = _rows(home / "data/raw/{{x}} ';--.csv", [column, "ds", "y"], rows)
    mapping = home / "data/raw/'<b>.toml"
    mapping.write_text(f"[columns]\nunique_id = {json.dumps(column)}\n", encoding="utf-8")
    return _run(home, "panel", data=data, mapping=str(mapping), label=TEXTS[1] + TEXTS[5])


@pytest.fixture(params=["ab", "panel"])
def folder(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_runs_nothing_asks_for_nothing_and_fits(
    browser: Browser, folder: Path, width: int
) -> None:
    with opened(browser, folder / "report.html", width) as tab:
        assert tab.locator("script").count() == 0
        assert tab.locator("h1").count() == 1
        assert tab.evaluate(OVERFLOW) == 0
        assert stumbles(tab) == []
        assert tab.evaluate(OVERFLOW) == 0


def test_the_index_runs_nothing_and_fits(browser: Browser, ab: Path, panel: Path) -> None:
    for width in (1280, 390):
        with opened(browser, ab.parents[1] / "index.html", width) as tab:
            assert tab.evaluate("[...document.images].filter(i => i.src.endsWith('x')).length") == 0
            assert tab.evaluate(OVERFLOW) == 0


def test_every_text_is_on_the_page_as_it_is_or_by_its_code(panel: Path) -> None:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup((panel / "report.html").read_text(encoding="utf-8"), "html.parser")
    cells = [cell.get_text() for cell in soup.select("#table-sums tbody th")]
    shown = {"abc‹U+202E›gnp.exe", "‹U+1F600› promo"}
    assert {cell.strip() for cell in cells} == shown | {
        text for text in TEXTS if "\N{GRINNING FACE}" not in text and "\u202e" not in text
    }
    assert "U+1F600 GRINNING FACE" in soup.get_text()


def test_no_table_is_a_program(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert len(cells) > 20
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    for path in (folder / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            texts = [text for row in csv.reader(file) for text in row]
        risky = [text for text in texts if text.startswith(FORMULA_STARTS) and not _is_number(text)]
        assert risky == [], path.name


def test_the_data_itself_is_kept_as_it_was(panel: Path) -> None:
    assert pd.read_parquet(panel / "tables/sums.parquet")["unique_id"].tolist() == list(TEXTS)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
