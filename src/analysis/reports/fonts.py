"""Fonts that travel inside a page: the house fonts, cut down to the characters on it.

Nothing is fetched when a page is opened, so it carries its fonts. A whole Chinese font is 8 MB;
the few hundred characters of one report are some tens of kilobytes.
"""

from __future__ import annotations

import base64
import io
from functools import lru_cache

from analysis.base.theme import CJK, LATIN, font_files

# Always in: so that most English pages share one subset, which is then cut once per process.
_COMMON = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0±·×–—‘’“”…−≤≥●▲■◆"
_FIRST_CJK = 0x2E80
# In Chinese text these belong to the Chinese font, where they are a full character wide.
_CHINESE_PUNCTUATION = "—‘’“”…"
_LATIN_BESIDE_CHINESE = "U+0-2013, U+2015-2017, U+201A-201B, U+201E-2025, U+2027-2E7F"
# Big, and of no use to a browser that sets horizontal text. Walking the layout tables for names
# is a third of the cost of a subset, so the name table goes too.
_UNUSED = ["name", "vmtx", "vhea", "VORG", "BASE", "DSIG"]


def faces(text: str, lang: str) -> str:
    """Return ``@font-face`` rules for everything that stands in ``text``.

    Args:
        text: The page; its markup does no harm, it is ASCII and that is always embedded.
        lang: ``"zh"`` gives dashes, quotes and dots to the Chinese font.
    """
    used = set(text)
    latin = "".join(sorted({c for c in used if c >= " " and ord(c) < _FIRST_CJK} | set(_COMMON)))
    chinese = lang == "zh"
    limit = f"unicode-range:{_LATIN_BESIDE_CHINESE};" if chinese else ""
    rules = [
        _face(LATIN, 400, "regular", latin, limit),
        _face(LATIN, 600, "semibold", latin, limit),
    ]
    if chinese or any(ord(char) >= _FIRST_CJK for char in used):
        cjk = {char for char in used if ord(char) > 0x7E} | set(_CHINESE_PUNCTUATION)
        rules.append(_face(CJK, 400, "cjk", "".join(sorted(cjk)), ""))
    return "\n".join(rules)


def _face(family: str, weight: int, role: str, characters: str, limit: str) -> str:
    data = _subset(role, characters)
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:normal;{limit}'
        f'src:url(data:font/woff;base64,{data}) format("woff")}}'
    )


@lru_cache(maxsize=32)
def _subset(role: str, characters: str) -> str:
    """Cut one font to ``characters``; base64 of a WOFF file."""
    from fontTools import subset
    from fontTools.ttLib import newTable

    options = subset.Options()
    options.flavor = "woff"
    options.hinting = False
    options.glyph_names = False
    options.recalc_timestamp = False
    options.layout_features = [] if role == "cjk" else ["kern", "tnum", "lnum"]
    options.drop_tables += [*_UNUSED, *(("GSUB", "GPOS") if role == "cjk" else ())]
    font = subset.load_font(str(font_files()[role]), options, lazy=True, dontLoadGlyphNames=True)
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    # Browsers want the table to be there; that it is empty does not matter to them.
    font["name"] = newTable("name")
    font["name"].names = []
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    font.close()
    return base64.b64encode(buffer.getvalue()).decode("ascii")
