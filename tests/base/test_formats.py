from __future__ import annotations

import datetime as dt
import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.base import formats


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(formats).failed == 0


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (0, "0", "0"),
        (7, "7", "7"),
        (1299, "1,299", "1,299"),
        (12_000, "12,000", "1.20万"),
        (150_000_000, "150 m", "1.50亿"),
        (1.2e12, "1,200 bn", "12,000亿"),
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


def test_dates() -> None:
    day = dt.date(2026, 2, 17)
    assert formats.date(day) == "17 Feb 2026"
    assert formats.date(day, "zh") == "2026年2月17日"
