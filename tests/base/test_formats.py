from __future__ import annotations

import datetime as dt
import doctest
import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.base import formats
from analysis.base.language import translator


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(formats).failed == 0


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (0, "0", "0"),
        (7, "7", "7"),
        (1299, "1,299", "1,299"),
        (9_999, "9,999", "9,999"),
        (9_999.4, "9,999", "9,999"),
        (9_999.5, "10,000", "1.00万"),
        (12_000, "12,000", "1.2万"),
        (12_004, "12,004", "1.20万"),
        (-34_000, "−34,000", "−3.4万"),
        (999_999.6, "1.00 m", "100万"),
        (99_994_000, "100 m", "9,999万"),
        (99_999_999, "100 m", "1.00亿"),
        (150_000_000, "150 m", "1.5亿"),
        (999_999_999, "1.00 bn", "10.0亿"),
        (1.2e12, "1,200 bn", "1.2万亿"),
        (9.996, "10.0", "10.0"),
        (-0.0000001, "−0.000000100", "−0.000000100"),
        (math.nan, "–", "–"),
    ],
)
def test_numbers(value: float, en: str, zh: str) -> None:
    assert (formats.number(value), formats.number(value, "zh")) == (en, zh)


@given(st.floats(min_value=-1e14, max_value=1e14))
def test_a_written_number_reads_back_within_its_digits(value: float) -> None:
    text = formats.number(value).replace(",", "").replace("−", "-")
    scale = 1.0
    for name, size in ((" bn", 1e9), (" m", 1e6)):
        if text.endswith(name):
            text, scale = text.removesuffix(name), size
    assert float(text) * scale == pytest.approx(value, rel=0.0051, abs=1e-300)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_percentages_never_show_a_negative_zero(share: float) -> None:
    assert formats.percent(share) not in ("−0.0%", "-0.0%")
    assert "-" not in formats.percent(share)


SIZES = {"万亿": 1e12, "亿": 1e8, "万": 1e4, " bn": 1e9, " m": 1e6, "": 1.0}


def read_back(text: str) -> tuple[float, float, str]:
    """The number before its large unit, its value, and the large unit."""
    name = next(name for name in SIZES if text.endswith(name))
    plain = float(text.removesuffix(name).replace(",", "").replace("−", "-"))
    return plain, plain * SIZES[name], name


@given(st.floats(min_value=-1e15, max_value=1e15), st.sampled_from(["en", "zh"]))
@example(9_999.5, "zh")
@example(99_999_999.0, "zh")
@example(999_999_999_999.0, "zh")
def test_a_number_reads_back_and_uses_the_next_unit_in_time(value: float, lang: str) -> None:
    plain, meant, name = read_back(formats.number(value, lang))
    assert meant == pytest.approx(value, rel=0.0051, abs=1e-300)
    ends = {"zh": {"": 1e4, "万": 1e4, "亿": 1e4}, "en": {"": 1e6, " m": 1e3}}[lang]
    assert abs(plain) < ends.get(name, math.inf)
    assert abs(plain) >= 1 or name == ""


UNITS = ["CNY", "EUR", "XAU", "days", "user", "万元", "亿元", "千件", "百万元", "万元/年"]


@given(st.floats(min_value=-1e9, max_value=1e9), st.sampled_from(UNITS))
def test_no_unit_is_scaled_twice(value: float, unit: str) -> None:
    text = formats.by_unit(unit, "zh")(value)
    found = re.fullmatch(r"(−?[\d.,]+(?:万亿|亿|万)?) ?(元|件|元/年|欧元|XAU|天|用户)", text)
    assert found, text
    scale = {"万元": 1e4, "亿元": 1e8, "千件": 1e3, "百万元": 1e6, "万元/年": 1e4}.get(unit, 1.0)
    assert read_back(found[1])[1] == pytest.approx(value * scale, rel=0.0051, abs=1e-300)


@pytest.mark.parametrize(
    ("unit", "zh"), [("千克", "5千克"), ("千瓦时", "5千瓦时"), ("千件", "5,000件"), ("人", "5人")]
)
def test_a_kilogram_is_a_unit_of_its_own(unit: str, zh: str) -> None:
    assert formats.by_unit(unit, "zh")(5) == zh


def test_an_axis_in_large_units_has_plain_ticks() -> None:
    assert formats.scaled(5e4, "zh")(5e4) == "5万"
    assert formats.scaled(5e4, "zh", "万元")(5e4) == "50,000"
    assert formats.scaled(5e4, "zh", "CNY")(5e4) == "5万"


@given(st.floats(min_value=1e-6, max_value=1e15), st.sampled_from(["en", "zh"]))
def test_ticks_of_an_axis_share_one_unit(largest: float, lang: str) -> None:
    write = formats.scaled(largest, lang)
    names = {read_back(write(largest * share))[2] for share in (0.25, 0.5, 1.0)}
    assert len(names) == 1
    assert write(0) == "0"


def test_an_interval_in_chinese() -> None:
    write = formats.by_unit("CNY", "zh")
    said = translator("zh")(
        "{level} interval {lo} to {hi}", level="90%", lo=write(12_000), hi=write(34_000)
    )
    assert said == "90% 区间：1.2万元 至 3.4万元"


def test_dates() -> None:
    day = dt.date(2026, 2, 17)
    assert formats.date(day) == "17 Feb 2026"
    assert formats.date(day, "zh") == "2026年2月17日"
