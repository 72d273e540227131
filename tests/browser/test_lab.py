"""JupyterLab as an analyst meets it: form, run as a report, the page behind the link.

One server, one notebook, one way through: starting either costs more than all the looking.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from analysis.base.paths import Home
from tests.lab.conftest import PARAMETERS, REPORT
from tests.runs.small import MakeNotebook, make_notebook, project

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["make_notebook", "project"]

# Patience for a machine that has other things to do; nothing is waited for longer than it takes.
PATIENCE = 120_000
LOCAL = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:")
HOSTILE = "<img src=x onerror='window.hacked = true'>"
CELL = f"""\
import os
import pandas as pd
from analysis import lab
print("works in", os.getcwd())
display(lab.table(pd.DataFrame({{"name": [{HOSTILE!r}] * 3000}}), rows=50))
lab.form("sales")"""


@pytest.fixture
def address(project: Home) -> Iterator[str]:
    """A server of ``analysis lab`` on a free port, with its token."""
    variables = {**os.environ, "JUPYTER_RUNTIME_DIR": str(project.root / ".cache" / "runtime"),
                 "JUPYTERLAB_SETTINGS_DIR": str(project.root / ".cache" / "settings")}  # fmt: skip
    log = project.root / "server.log"
    with (
        log.open("wb") as said,
        subprocess.Popen(
            [sys.executable, "-m", "analysis", "lab", "--no-browser", "--hide", "zh"],
            cwd=project.notebooks, env=variables, stdout=said, stderr=said,
        ) as server,
    ):  # fmt: skip
        try:
            yield _address(server, log)
        finally:
            server.terminate()


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end and server.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+/lab\S*\?token=\w+", log.read_text("utf-8"))
        if found:
            return found.group(0)
        time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text('utf-8')[-3000:]}")


def _notebook(project: Home) -> None:
    """A notebook in a folder of its own: a cell in each language, and the one that is run."""
    node = nbformat.v4.new_notebook()
    for lang, text in (("en", "# In English"), ("zh", "# 中文")):
        node.cells.append(nbformat.v4.new_markdown_cell(text, metadata={"tags": [f"lang-{lang}"]}))
    node.cells.append(nbformat.v4.new_code_cell(CELL))
    node.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    folder = project.root / "drafts" / "mine"
    folder.mkdir(parents=True)
    nbformat.write(node, folder / "try.ipynb")


def _opened(page: Page, address: str) -> None:
    page.goto(re.sub(r"/lab\S*\?", "/lab/tree/drafts/mine/try.ipynb?", address))
    page.locator(".jp-CodeCell").wait_for()
    page.get_by_text(re.compile(r"\(analysis project\) \| Idle")).first.wait_for()


def _field(page: Page, name: str) -> str:
    return f".widget-hbox:has(> .widget-html b:text-is('{name}')) input"


def test_from_the_form_to_the_published_page(
    browser: Browser,
    project: Home,
    make_notebook: MakeNotebook,
    address: str,
    tmp_path: Path,
) -> None:
    make_notebook("sales", REPORT, parameters=PARAMETERS.replace('"sales"', '""'), title="Sales?")
    _notebook(project)
    context = browser.new_context(viewport={"width": 1280, "height": 1100})
    context.set_default_timeout(PATIENCE)
    elsewhere: list[str] = []
    context.on("request", lambda r: None if LOCAL.match(r.url) else elsewhere.append(r.url))
    page = context.new_page()
    _opened(page, address)
    assert page.get_by_role("heading", name="In English").is_visible()
    assert not page.get_by_role("heading", name="中文").is_visible()

    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    run = page.get_by_role("button", name="Run as report")
    run.wait_for()
    assert page.get_by_text(f"works in {project.root}", exact=True).is_visible()
    page.locator(".dt-search input").wait_for()
    assert page.get_by_text("50 of 3,000 rows, evenly spread").is_visible()
    assert page.get_by_text(HOSTILE).first.is_visible()
    assert page.evaluate("window.hacked") is None

    days = page.locator(_field(page, "days"))
    days.fill("500")
    page.get_by_text("▲ found days='500', expected").wait_for()
    days.fill("7")
    page.get_by_text("changed; the default is 42").wait_for()
    page.screenshot(path=tmp_path / "form.png")
    run.click()
    link = page.get_by_role("link", name="Open the report")
    link.wait_for()
    assert page.get_by_text("Plan 70 <units>").is_visible()
    page.screenshot(path=tmp_path / "done.png")

    with context.expect_page() as opening:
        link.click()
    report = opening.value
    report.locator(".verdict", has_text="Plan 70 <units>").wait_for()
    assert report.evaluate("document.styleSheets.length") > 0
    report.screenshot(path=tmp_path / "report.png")
    # Links in the page work, too: a page without a referrer is let through.
    report.get_by_role("link", name="manifest").first.click()
    report.wait_for_url("**/manifest.json")
    assert '"sales"' in report.content()
    assert elsewhere == []
    context.close()
