"""Fonts that travel inside a page: the house fonts, cut down to the characters on it.

Nothing is fetched when a page is opened, so it carries its fonts. A whole Chinese font is 8 MB;
the few hundred characters of one report are some tens of kilobytes. Cutting them out takes as
long as all the rest of a page, and the next run of a notebook mostly uses the same ones: each cut
is remembered by its characters, its font and this code.
"""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from pathlib import Path

from analysis.base.glyphs import checksum, covered, require
from analysis.base.memory import remembered
from analysis.base.theme import CJK, LATIN, font_files

# Always in: so that most English pages share one subset.
_COMMON = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0±·×–—‘’“”…−≤≥▲■◆"
# In Chinese text these belong to the Chinese font, where they are a full character wide.
_CHINESE_PUNCTUATION = "—‘’“”…"
_LATIN_BESIDE_CHINESE = "U+0-2013, U+2015-2017, U+201A-201B, U+201E-2025, U+2027-2E7F"
# Big, and of no use to a browser that sets horizontal text. Walking the layout tables for names
# is a third of the cost of a subset, so the name table goes too.
_UNUSED = ["name", "vmtx", "vhea", "VORG", "BASE", "DSIG"]


def faces(text: str, lang: str) -> str:
    """Return ``@font-face`` rules for everything that stands in ``text``.

    Args:
        text: The page, or its characters; markup does no harm, it is ASCII, which is always in.
        lang: ``"zh"`` gives dashes, quotes and dots to the Chinese font.

    Raises:
        InputError: If a character has no glyph or a font file is missing, with the remedy.
    """
    require(text, "page")
    used = {char for char in set(text) if char >= " "}
    here = covered("regular")
    latin = "".join(sorted({c for c in used if ord(c) in here} | set(_COMMON)))
    chinese = lang == "zh"
    limit = f"unicode-range:{_LATIN_BESIDE_CHINESE};" if chinese else ""
    rules = [
        _face(LATIN, 400, "regular", latin, limit),
        _face(LATIN, 600, "semibold", latin, limit),
    ]
    cjk = {char for char in used if ord(char) not in here}
    if chinese:
        cjk |= {char for char in used if ord(char) > 0x7E} | set(_CHINESE_PUNCTUATION)
    if cjk:
        rules.append(_face(CJK, 400, "cjk", "".join(sorted(cjk)), ""))
    return "\n".join(rules)


def _face(family: str, weight: int, role: str, characters: str, limit: str) -> str:
    data = base64.b64encode(_cut(role, characters)).decode("ascii")
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:normal;{limit}'
        f'src:url(data:font/woff;base64,{data}) format("woff")}}'
    )


@lru_cache(maxsize=32)
def _cut(role: str, characters: str) -> bytes:
    """Return one font with ``characters`` alone, a WOFF file."""
    import fontTools

    key = f"{_code()} {fontTools.version} {role} {checksum(role)} {characters}"
    return remembered(key, lambda: _subset(role, characters))


@lru_cache(maxsize=1)
def _code() -> str:
    return Path(__file__).read_text(encoding="utf-8")


def _subset(role: str, characters: str) -> bytes:
    from fontTools import subset
    from fontTools.ttLib import newTable

    options = subset.Options()
    options.flavor = "woff"
    options.glyph_names = False
    options.recalc_timestamp = False
    if role == "cjk":
        # Each rewriting of its outlines takes as long as the cut itself: hints stay as they are.
        options.hinting = True
        options.desubroutinize = True
        options.layout_features = []
        options.drop_tables += ["GSUB", "GPOS"]
    else:
        options.hinting = False
        options.layout_features = ["kern", "tnum", "lnum"]
    options.drop_tables += _UNUSED
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
    return buffer.getvalue()
