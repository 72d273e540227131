"""Bytes of a text file to text: UTF-8, UTF-16 with a mark, GB18030; strictly, never by guess.

GB18030 gives a character to almost any pair of bytes, so a file that it decodes may still be
something else. Two things are refused although they decode: UTF-8 with a few broken bytes, and
Western text.
"""

from __future__ import annotations

import codecs
import re

from analysis.base.errors import InputError, InputProblems, Problem

_CHINESE_UTF8 = re.compile(rb"[\xe2-\xe9\xef][\x80-\xbf]{2}")
_HIGH = re.compile(rb"[\x80-\xff]")
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_SAMPLE = 1_000_000


def decode(data: bytes, source: str, encoding: str | None = None) -> tuple[str, str]:
    """Decode a text file.

    Args:
        data: The file's bytes.
        source: Its name, for messages.
        encoding: Encoding to use; None to find it.

    Returns:
        The text without byte order mark, and the encoding's name.

    Raises:
        InputError: If the encoding named is unknown.
        InputProblems: If bytes do not decode; the finding names offset and row.
    """
    if encoding:
        return _strict(data, source, _known(encoding, source)), encoding
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, source, "utf-16"), "utf-16"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _gb18030(data, source, error), "gb18030"
    if "\x00" in text:
        offset = data.index(b"\x00")
        expected = "text (UTF-16 without a byte order mark needs encoding in a mapping)"
        raise InputProblems(source, [_finding(data, offset, "a NUL byte", expected)])
    return text, "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"


def _known(encoding: str, source: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise InputError(
            f"{source}: encoding {encoding!r} is not known; use utf-8, gb18030, utf-16, big5 …"
        ) from None


def _strict(data: bytes, source: str, encoding: str) -> str:
    try:
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise InputProblems(source, [_broken(data, error, encoding.upper())]) from None


def _gb18030(data: bytes, source: str, utf8: UnicodeDecodeError) -> str:
    sample = data[max(utf8.start - _SAMPLE, 0) : utf8.start + _SAMPLE]
    high = len(_HIGH.findall(sample))
    if 2 * 3 * len(_CHINESE_UTF8.findall(sample)) >= high:
        raise InputProblems(source, [_broken(data, utf8, "UTF-8")]) from None
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        problem = _broken(data, error, "UTF-8 nor GB18030", "neither ")
        raise InputProblems(source, [problem]) from None
    # In Western text an accented letter is followed by a small one; in Chinese that is rare.
    pairs = _GB_PAIR.findall(sample)
    if 2 * sum(pair[1:].islower() for pair in pairs) > len(pairs):
        problem = _broken(data, utf8, "UTF-8 nor Chinese in GB18030", "neither ")
        raise InputProblems(source, [problem]) from None
    return text


def _broken(data: bytes, error: UnicodeDecodeError, encoding: str, prefix: str = "") -> Problem:
    found = f"{prefix or 'no '}{encoding}: byte 0x{data[error.start]:02X}"
    return _finding(data, error.start, found, "text in UTF-8 or GB18030, or a mapping's encoding")


def _finding(data: bytes, offset: int, found: str, expected: str) -> Problem:
    return Problem(f"{found} at offset {offset}", expected, data.count(b"\n", 0, offset) + 1)
