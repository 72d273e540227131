"""Which characters the house fonts can draw, and what stands for one that they cannot.

The rule, for pages and figures alike: no reader ever sees an empty box. A text that the project
itself writes (narrative cells, templates, translations) may use only characters that the fonts
have; anything else is an error that names the character and the remedy (:func:`require`). Data
may hold anything, and an emoji in a product's name must not make a report impossible: such a
character is shown by its code, ``‹U+1F600›`` (:func:`spelled`), and the page says so once.
Characters that draw nothing but change what is read (reversed direction, controls) are shown the
same way.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from functools import cache

from analysis.base.errors import InputError
from analysis.base.memory import remembered
from analysis.base.theme import font_files

# Of the controls these only move the pen.
_SPACES = frozenset("\n\r\t")


@cache
def covered(role: str) -> frozenset[int]:
    """Return the code points that the font of a role has.

    Args:
        role: ``regular``, ``semibold`` or ``cjk``.

    Raises:
        InputError: If the font file is missing.
    """
    kept = remembered(f"characters of {checksum(role)}", lambda: _code_points(role))
    return frozenset(map(ord, kept.decode("utf-32-le")))


@cache
def checksum(role: str) -> str:
    """Return the sha256 of the font of a role, hexadecimal."""
    with font_files()[role].open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _code_points(role: str) -> bytes:
    from fontTools.ttLib import TTFont

    with TTFont(font_files()[role], lazy=True) as font:
        return "".join(map(chr, sorted(font.getBestCmap()))).encode("utf-32-le")


def lacking(text: str) -> list[str]:
    """Return the characters of ``text`` that no house font can draw, sorted.

    >>> lacking("价格 ≤ 9.9 €"), lacking("new \N{GRINNING FACE}")
    ([], ['😀'])
    """
    used = {char for char in set(text) - _SPACES if not "\x20" <= char <= "\x7e"}
    if used:
        used = {c for c in used if _is_hidden(c) or ord(c) not in covered("regular")}
    return sorted(c for c in used if _is_hidden(c) or ord(c) not in covered("cjk"))


def spelled(text: str) -> str:
    """Return ``text`` with every character that cannot be drawn written as its code.

    >>> spelled("new \N{GRINNING FACE}"), spelled("gnp\N{RIGHT-TO-LEFT OVERRIDE}.exe")
    ('new ‹U+1F600›', 'gnp‹U+202E›.exe')
    """
    found = lacking(text)
    return text.translate({ord(c): f"‹U+{ord(c):04X}›" for c in found}) if found else text


def named(characters: Iterable[str]) -> str:
    """Return characters as code and Unicode name, for a message.

    >>> named(["\N{ROCKET}"])
    'U+1F680 ROCKET'
    """
    return ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, '')}".rstrip() for c in characters)


def require(text: str, where: str) -> None:
    """Check a text of the project's own.

    Args:
        text: What a reader is to see.
        where: What is named in the message.

    Raises:
        InputError: If a character has no glyph, with the remedy.
    """
    found = lacking(text)
    if found:
        raise InputError(
            f"{where}: found {named(found)}, which the house fonts cannot draw; expected "
            "characters that they have: write a word or another sign instead"
        )


def _is_hidden(char: str) -> bool:
    """Whether a character draws nothing itself: controls, direction marks, parts of others."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
