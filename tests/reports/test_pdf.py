from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from analysis.base.errors import InputError
from analysis.reports import page, pdf

FINISHED = "2026-01-06T14:02:09+00:00"
MARKUP = """<!DOCTYPE html><html lang="zh-Hans"><head><meta charset="utf-8"><title>卖多少？</title>
<style>{style}</style></head><body><main><h1>卖多少？</h1>
<details class="code"><summary>CODE</summary><pre>secret</pre></details>
<h2>Evidence</h2><figure class="table"><table><thead><tr><th>Head</th></tr></thead><tbody>{rows}
</tbody></table></figure></main></body></html>"""


@pytest.fixture(scope="module")
def chromium() -> str:
    """The system's Chromium; without one the tests are skipped, in CI they fail."""
    try:
        return pdf.find_browser()
    except InputError as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    style = page.stylesheet() + page.running_head("卖多少？", "run-1")
    rows = "".join(f"<tr><td>{row}</td></tr>" for row in range(90))
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(MARKUP.format(style=style, rows=rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def printed(chromium: str, report: Path) -> Path:
    return pdf.write(report, report.with_name("report.pdf"), FINISHED)


def test_a_page_is_printed_as_a_document(printed: Path) -> None:
    content = printed.read_bytes()
    assert len(re.findall(rb"/Type /Page\b", content)) >= 2
    assert re.search(rb"/MediaBox \[0 0 59[45]\.\d+ 84[12]\.\d+\]", content), "A4"
    assert b"/Outlines" in content
    assert b"/StructTreeRoot" in content
    assert b"/Lang (zh-Hans)" in content
    title = "卖多少？".encode("utf-16-be").hex().upper().encode()
    assert b"/Title <FEFF" + title in content
    assert re.findall(rb"D:(\d{14})", content) == [b"20260106140209"] * 2


def test_two_prints_are_equal(printed: Path, report: Path, tmp_path: Path) -> None:
    again = pdf.write(report, tmp_path / "again.pdf", FINISHED)
    assert again.read_bytes() == printed.read_bytes()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext on this machine")
def test_margins_heads_and_folded_code(printed: Path) -> None:
    text = subprocess.run(
        ["pdftotext", str(printed), "-"], capture_output=True, encoding="utf-8", check=True
    ).stdout
    sheets = text.split("\f")[:-1]
    for number, sheet in enumerate(sheets, start=1):
        assert f"{number}/{len(sheets)}" in sheet.replace(" ", "")
        assert "run-1" in sheet
        assert "Head" in sheet, "a table's head stands on each of its pages"
    assert "secret" not in text


def test_the_running_head_is_only_text() -> None:
    style = page.running_head('"; } </style><script>alert(1)</script>\\', "r")
    assert "<" not in style
    assert style.count('"') == 4


def test_no_chromium_is_said_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match=r"found no Chromium.*install the package `chromium`"):
        pdf.write(tmp_path / "report.html", tmp_path / "report.pdf", FINISHED)
    assert not (tmp_path / "report.pdf").exists()


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo 'no display' >&2; exit 3", r"gave no PDF \(exit 3: no display\)"),
        ("exec sleep 20", "took more than 1 s"),
    ],
)
def test_a_chromium_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, expected: str
) -> None:
    fake = tmp_path / "chromium"
    fake.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(OSError, match=expected):
        pdf.write(tmp_path / "report.html", tmp_path / "report.pdf", FINISHED, seconds=1)
    assert not (tmp_path / "report.pdf").exists()
