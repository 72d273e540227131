"""Numbers as planners write them: one cell's text to digits, unit and currency.

What is accepted: units 百 千 万 亿 and their compounds, ``%`` and ``‰``, ``pp`` and 个百分点,
currency signs and codes, full-width characters, thousands separators, accounting negatives,
scientific notation. What could mean two things is refused with a reason, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

Mark = Literal["", "%", "pp"]

# Full-width ASCII and the sign characters that stand for an ASCII one. Deliberately not NFKC,
# which would also read 10² as 102.
_WIDTHS = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    0xFFE5: 0x00A5,
    0x2212: 0x2D,
    0x3000: 0x20,
}
_EDGES = " \t\r\n\u00a0\u2009\u202f\u200b\ufeff"

SCALES: dict[str, int] = {
    "百": 2, "千": 3, "仟": 3, "万": 4, "萬": 4, "十万": 5, "百万": 6, "千万": 7,
    "亿": 8, "億": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12, "萬億": 12,
}  # fmt: skip
CURRENCIES: dict[str, frozenset[str]] = {
    "¥": frozenset({"CNY", "JPY"}),
    "$": frozenset({"USD", "AUD", "CAD", "HKD", "SGD", "TWD"}),
    "€": frozenset({"EUR"}),
    "CNY": frozenset({"CNY"}),
    "RMB": frozenset({"CNY"}),
    "人民币": frozenset({"CNY"}),
    "元": frozenset({"CNY"}),
    "USD": frozenset({"USD"}),
    "美元": frozenset({"USD"}),
    "EUR": frozenset({"EUR"}),
    "欧元": frozenset({"EUR"}),
}
_ENGLISH = {"thousand": 3, "million": 6, "billion": 9}
_SHARES = {"%": -2, "‰": -3, "pct": -2, "percent": -2, "per mille": -3}
_POINTS = ("个百分点", "百分点", "pp", "percentage points")
_COUNTED = frozenset("件人次个单户家份张台套箱瓶笔条天") | {"人次"}


def _either(words: dict[str, int] | dict[str, frozenset[str]]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_NUMBER = re.compile(
    rf"""(?P<sign>[+-]?)\s*(?P<before>{_either(CURRENCIES)})?\s*(?P<inner>[+-]?)
    (?:(?P<plain>[0-9]+\.?[0-9]*|\.[0-9]+)(?:e(?P<power>[+-]?[0-9]{{1,3}}))?
      |(?P<grouped>[1-9][0-9]{{0,2}}(?:(?:,[0-9]{{3}})+|(?:[\u00a0\u2009\u202f][0-9]{{3}})+)
        (?:\.[0-9]+)?))
    \s*(?P<scale>{_either(SCALES)})?\s*(?:(?P<after>{_either(CURRENCIES)})
      |(?P<share>%|‰)|(?P<points>个百分点|百分点|pp))?""",
    re.VERBOSE | re.IGNORECASE,
)
_BRACKETS = re.compile(
    rf"(?P<before>{_either(CURRENCIES)})?\s*\((?P<inner>[^()+-]*)\)\s*(?P<share>%?)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit does to a number.

    Attributes:
        exponent: Power of ten it multiplies by (万元: 4, %: -2).
        mark: ``"%"`` for shares, ``"pp"`` for percentage points, else empty.
        currency: ISO codes it may stand for; empty if it is no currency.
    """

    exponent: int = 0
    mark: Mark = ""
    currency: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Written:
    """A number as written, before any column's unit is applied.

    Attributes:
        digits: Sign, digits and point; no separators.
        power: Power of ten of scientific notation; 0 if none.
        unit: Unit written in the cell; None for a plain number.
    """

    digits: str
    power: int = 0
    unit: Unit | None = None

    def value(self, exponent: int) -> float:
        """Return digits times ten to ``exponent``, rounded once (so 0.1万 is exactly 1000).

        Raises:
            ValueError: If the number is too large for a float.
        """
        result = float(f"{self.digits}e{self.power + exponent}")
        if result in (float("inf"), float("-inf")):
            raise ValueError("too large")
        return result

    def whole(self, exponent: int) -> int:
        """Return digits times ten to ``exponent`` as an integer, without passing a float.

        Raises:
            ValueError: If the number is not whole or does not fit 64 bits.
        """
        if abs(self.power + exponent) > 400:
            raise ValueError("too large or too small")
        exact = Fraction(f"{self.digits}e{self.power + exponent}")
        if exact.denominator != 1:
            raise ValueError("not a whole number")
        if abs(exact) >= 2**63:
            raise ValueError("too large")
        return int(exact)


def narrow(text: str) -> str:
    """Return ``text`` with full-width characters and signs as ASCII, trimmed at both ends."""
    return text.translate(_WIDTHS).strip(_EDGES)


def read_number(text: str, *, decimal: str = ".") -> Written:
    """Read one number as written.

    Args:
        text: Cell text.
        decimal: Decimal sign, ``"."`` or ``","`` (then ``"."`` groups thousands).

    Raises:
        ValueError: If the text is no number or may mean two; the reason is the message.
    """
    plain = narrow(text)
    if decimal == ",":
        plain = plain.translate({ord(","): ".", ord("."): ","})
    bracketed = _BRACKETS.fullmatch(plain)
    if bracketed:
        plain = f"-{bracketed['before'] or ''}{bracketed['inner']}{bracketed['share']}"
    match = _NUMBER.fullmatch(plain)
    if match is None or (match["sign"] and match["inner"]):
        raise ValueError(_why_not(plain))
    digits = re.sub(r"[^0-9.]", "", match["plain"] or match["grouped"])
    negative = "-" in (match["sign"], match["inner"])
    unit = _cell_unit(match)
    return Written(f"-{digits}" if negative else digits, int(match["power"] or 0), unit)


def _cell_unit(match: re.Match[str]) -> Unit | None:
    signs = [CURRENCIES[sign.upper()] for sign in (match["before"], match["after"]) if sign]
    currency = frozenset.intersection(*signs) if signs else frozenset()
    if signs and not currency:
        raise ValueError("two different currencies")
    if match["share"] or match["points"]:
        if signs or match["scale"]:
            raise ValueError("a share with another unit")
        return Unit(_SHARES[match["share"]], "%") if match["share"] else Unit(0, "pp")
    if match["scale"] and match["power"]:
        raise ValueError("an exponent together with a unit")
    exponent = SCALES[match["scale"]] if match["scale"] else 0
    return Unit(exponent, "", currency) if match["scale"] or signs else None


def parse_number(text: str) -> float:
    """Return the number a planner's text stands for.

    Units multiply exactly (``1.5亿`` is 150000000.0, ``85%`` is 0.85, ``5‰`` is 0.005).
    Percentage points stay as written: ``3个百分点`` and ``3pp`` are 3.0, in points.

    Raises:
        ValueError: If the text is no number or may mean two; the reason is the message.
    """
    written = read_number(text)
    return written.value(written.unit.exponent if written.unit else 0)


_REASONS: tuple[tuple[str, str], ...] = (
    (r"^$", "it is empty"),
    (r"约|大概|近|超|余|多|几|左右|以上|以下|以内|[~≈<>≤≥±+]$|^[~≈<>≤≥±]", "not an exact number"),
    (r"^[+-]?(?:inf(?:inity)?|∞)$", "infinite"),
    (r"^[^0-9]*$", "no digits in it"),
    (r"^[+-]?[0-9.,]+\s*(?:-|~|\u2014|\u2013|至|到|to)\s*[0-9.,]+.*$", "a range, not one number"),
    (r"[0-9]\s*/\s*[0-9]", "a fraction or a date, not a number"),
    (r"^[^0-9]*[0-9.,]+\s*[kmw]$", "latin k, m, w are not read as units; write 千 or 万"),
    (r"[0-9],[0-9]|,$|^,", "its commas do not group thousands as in 1,234,567"),
    (r"[0-9]\s+[0-9]", "spaces between the digits"),
    (r"\..*\.", "more than one decimal point"),
    (rf"(?:{'|'.join(SCALES)})\s*[0-9]", "more than one unit"),
)  # fmt: skip


def _why_not(text: str) -> str:
    for pattern, reason in _REASONS:
        if re.search(pattern, text, re.IGNORECASE):
            return reason
    return "not a number"


@lru_cache(maxsize=1024)
def unit_of(text: str) -> Unit | None:
    """Return what a unit as named in a mapping, a header or a schema does; None if unknown.

    ``万元``, ``千件``, ``亿``, ``%``, ``pp``, ``CNY``, ``万美元``, ``thousand EUR`` are known;
    千克 and 千米 are units of their own and unknown here.
    """
    name = narrow(text)
    if name.lower() in _SHARES:
        return Unit(_SHARES[name.lower()], "%")
    if name.lower() in _POINTS:
        return Unit(0, "pp")
    match = re.fullmatch(
        rf"(?P<scale>{_either({**SCALES, **_ENGLISH})})?\s*(?P<rest>.*)", name, re.IGNORECASE
    )
    scale, rest = (match["scale"] or "", match["rest"]) if match else ("", name)
    currency = CURRENCIES.get(rest.upper())
    if not name or not (currency or rest in _COUNTED or (scale and not rest)):
        return None
    exponent = {**SCALES, **_ENGLISH}[scale.lower()] if scale else 0
    return Unit(exponent, "", currency or frozenset())
