"""The fonts inside a page: what they hold, and that they are cut once for the same characters."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from analysis.base.paths import CATALOG
from analysis.reports import fonts

SOURCE = re.compile(
    r'font-family:"([^"]+)";font-weight:(\d+).*?base64,([A-Za-z0-9+/=]+)\)', re.DOTALL
)


@pytest.fixture
def cuts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Roles of the fonts that were cut, in a project that remembers none."""
    (tmp_path / CATALOG).parent.mkdir(parents=True)
    (tmp_path / CATALOG).write_text("", encoding="utf-8")
    monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))
    done: list[str] = []

    def subset(role: str, characters: str) -> bytes:
        done.append(role)
        return role.encode() + characters.encode()

    monkeypatch.setattr(fonts, "_subset", subset)
    fonts._cut.cache_clear()
    yield done
    fonts._cut.cache_clear()


def faces(text: str, lang: str) -> str:
    """Return the rules as a process of its own would make them."""
    fonts._cut.cache_clear()
    return fonts.faces(text, lang)


def test_a_later_process_cuts_only_what_has_other_characters(cuts: list[str]) -> None:
    first = faces("销售 up", "zh")
    assert cuts == ["regular", "semibold", "cjk"]
    assert faces("up 售销", "zh") == first
    assert cuts == ["regular", "semibold", "cjk"]
    faces("销售 down, 退货", "zh")
    assert cuts == ["regular", "semibold", "cjk", "cjk"]


def test_a_page_carries_its_characters_and_no_more() -> None:
    held = {}
    for family, weight, data in SOURCE.findall(fonts.faces("销售额 ≤ 9 €", "zh")):
        with TTFont(io.BytesIO(base64.b64decode(data))) as font:
            held[family, weight] = set(map(chr, font.getBestCmap()))
    assert set("销售额—…") <= held["Noto Sans SC", "400"]
    assert len(held["Noto Sans SC", "400"]) < 20
    assert set("≤€9") <= held["Source Sans Pro", "400"] == held["Source Sans Pro", "600"]


def test_an_english_page_needs_no_chinese_font() -> None:
    assert [family for family, _, _ in SOURCE.findall(fonts.faces("9 EUR", "en"))] == [
        "Source Sans Pro"
    ] * 2
