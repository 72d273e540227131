from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.data.values.parsing import (
    NumberRule,
    parse_boolean,
    parse_date,
    parse_number,
    to_booleans,
    to_dates,
    to_integers,
    to_numbers,
)
from analysis.data.values.written_numbers import SCALES, unit_of

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
EIGHT = dt.timezone(dt.timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.5亿", 150_000_000.0),
        ("32万", 320_000.0),
        ("85%", 0.85),
        ("0.1万", 1000.0),
        ("0.07万", 700.0),
        ("¥1,299.00", 1299.0),
        ("￥１，２９９．００", 1299.0),
        ("1.2万亿元", 1.2e12),
        ("3千万", 30_000_000.0),
        ("5‰", 0.005),
        ("3个百分点", 3.0),
        ("-0.5pp", -0.5),
        ("(1,234)", -1234.0),
        ("（￥1,234.50）", -1234.5),
        ("\u22125", -5.0),
        ("+5", 5.0),
        ("1.5e-3", 0.0015),
        ("\u00a0 12 万 元 \u3000".replace(" 元", "元"), 120_000.0),
        ("1\u202f234\u202f567", 1_234_567.0),
        ("RMB 200", 200.0),
        ("$-3", -3.0),
        (".5", 0.5),
        ("007", 7.0),
    ],
)
def test_numbers_as_planners_write_them(text: str, number: float) -> None:
    assert parse_number(text) == number
    assert to_numbers(pd.Series([text])).values.tolist() == [number]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("1,23", "its commas do not group thousands"),
        ("0,123", "its commas do not group thousands"),
        ("1,234,56", "its commas do not group thousands"),
        ("12/3", "a fraction or a date"),
        ("约3万", "not an exact number"),
        ("3万+", "not an exact number"),
        (">100", "not an exact number"),
        ("3-5", "a range"),
        ("3~5万", "a range"),
        ("3k", "latin k, m, w are not read as units"),
        ("1亿2000万", "more than one unit"),
        ("5万%", "a share with another unit"),
        ("$5元", "two different currencies"),
        ("1 234", "spaces between the digits"),
        ("1.2.3", "more than one decimal point"),
        ("10²", "not a number"),
        ("٣", "no digits in it"),
        ("1e5万", "an exponent together with a unit"),
        ("1e999", "too large"),
        ("inf", "infinite"),
        ("nan", "no digits in it"),
        ("1_000", "not a number"),
        ("0x10", "not a number"),
        ("+-5", "not a number"),
        ("-(5)", "not a number"),
        ("32万人", "not a number"),
    ],
)
def test_what_may_mean_two_things_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        parse_number(text)
    if text:
        parsed = to_numbers(pd.Series([text]))
        assert parsed.values.isna().all()
        assert reason in parsed.refused[0]


decimals = st.decimals(-(10**12), 10**12, places=4, allow_nan=False, allow_infinity=False)


@settings(deadline=None)
@given(decimals)
def test_every_spelling_of_a_number_is_the_same_number(number: Decimal) -> None:
    plain = f"{number:f}"
    spellings = [plain, f"{number:,}", plain.translate(WIDE), f" {plain}\u00a0", f"{number:,}元"]
    if number < 0:
        spellings += [f"({-number:,})", "\u2212" + plain[1:]]
    assert {parse_number(text) for text in spellings} == {float(number)}
    assert set(to_numbers(pd.Series(spellings)).values) == {float(number)}


@settings(deadline=None)
@given(decimals, st.sampled_from(sorted(SCALES.items())))
def test_units_multiply_exactly(number: Decimal, scale: tuple[str, int]) -> None:
    word, exponent = scale
    exact = float(number.scaleb(exponent))
    assert parse_number(f"{number:f}{word}") == exact
    assert to_numbers(pd.Series([f"{number:f}{word}"])).values[0] == exact


@settings(deadline=None)
@given(decimals)
def test_shares_are_exact(number: Decimal) -> None:
    assert parse_number(f"{number:f}%") == float(number.scaleb(-2))


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from("0123456789.,-+%万亿元¥$ ()eEk/约１，"), max_size=8)))
def test_the_fast_way_reads_and_refuses_as_the_slow_one(texts: list[str]) -> None:
    for text in texts:
        try:
            expected: list[float | str] = [parse_number(text)]
        except ValueError as error:
            expected = [str(error)]
        parsed = to_numbers(pd.Series([text], dtype="str"))
        assert [parsed.refused.get(0, parsed.values.iloc[0])] == expected


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_shortest_text_of_a_float_gives_the_float(number: float) -> None:
    assert to_numbers(pd.Series([repr(number)])).values[0] == number


def test_missing_stays_missing() -> None:
    parsed = to_numbers(pd.Series(["1", None, "3万"]))
    assert parsed.values.iloc[[0, 2]].tolist() == [1, 30_000]
    assert parsed.values.isna().tolist() == [False, True, False]
    assert not parsed.refused


def test_the_mapping_unit_scales_plain_cells_once() -> None:
    rule = NumberRule(unit="万元", target="CNY")
    parsed = to_numbers(pd.Series(["0.07", "¥5", "32万", "1.5亿", "85%"]), rule)
    assert parsed.values[:3].tolist() == [700, 50_000, 320_000]
    assert parsed.refused[3] == "it has a unit of its own, but the column is in 万元"
    assert parsed.refused[4] == "a share, not an amount of money"


def test_a_unit_of_one_leaves_the_cells_their_own() -> None:
    parsed = to_numbers(pd.Series(["5", "32万"]), NumberRule(unit="元", target="CNY"))
    assert parsed.values.tolist() == [5, 320_000]


def test_the_promised_unit_is_what_comes_out() -> None:
    assert to_numbers(pd.Series(["85%"]), NumberRule(target="%")).values.tolist() == [85]
    assert to_numbers(pd.Series(["85%"]), NumberRule(target="share")).values.tolist() == [0.85]
    assert to_numbers(pd.Series(["85", "1%"]), NumberRule("%", "share")).values.tolist() == [
        0.85,
        0.01,
    ]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (NumberRule(unit="kg"), "unit 'kg' is not known"),
        (NumberRule(unit="万美元", target="CNY"), "another currency"),
        (NumberRule(unit="%", target="EUR"), "a share, not an amount of money"),
        (NumberRule(unit="pp", target="%"), "percent and percentage points are not the same"),
        (NumberRule(unit="pp", target="share"), "percentage points, not a share"),
        (NumberRule(unit="万元", target="share"), "an amount of money"),
    ],
)
def test_units_that_contradict_each_other(rule: NumberRule, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        to_numbers(pd.Series(["1"]), rule)


def test_percent_and_plain_cells_in_one_column_are_refused() -> None:
    parsed = to_numbers(pd.Series(["85%", "0", "85", "0.85"]))
    assert sorted(parsed.refused) == [2, 3]
    assert "other cells of the column carry a % sign" in parsed.refused[2]
    assert parsed.values[:2].tolist() == [0.85, 0]


def test_a_second_currency_is_refused() -> None:
    parsed = to_numbers(pd.Series(["¥5", "6元", "$7", "8"]))
    assert parsed.refused == {2: "another currency than in most cells of the column"}


def test_a_lone_comma_beside_semicolons_is_refused_until_decided() -> None:
    cells = pd.Series(["1,234", "1,234.5", "12"])
    open_ = to_numbers(cells, NumberRule(decimal="?"))
    assert open_.refused == {0: "its comma may be a decimal sign; set decimal in a mapping"}
    assert to_numbers(pd.Series(["1,234", "1.234,5"]), NumberRule(decimal=",")).values.tolist() == [
        1.234,
        1234.5,
    ]


def test_integers_stay_exact() -> None:
    parsed = to_integers(pd.Series(["9007199254740993", "32万", None, "5.5", "5.0", "1,234"]))
    assert parsed.values.dropna().tolist() == [9007199254740993, 320_000, 5, 1234]
    assert parsed.refused == {3: "not a whole number"}
    assert to_integers(pd.Series(["99999999999999999999"])).refused == {0: "too large"}


@settings(deadline=None)
@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_every_integer_survives(number: int) -> None:
    spellings = pd.Series([str(number), f"{number:,}"])
    assert to_integers(spellings).values.tolist() == [number, number]


@pytest.mark.parametrize(
    ("unit", "exponent"),
    [("万元", 4), ("千件", 3), ("亿", 8), ("%", -2), ("元", 0), ("万美元", 4), ("thousand EUR", 3)],
)
def test_known_units(unit: str, exponent: int) -> None:
    known = unit_of(unit)
    assert known is not None
    assert known.exponent == exponent


@pytest.mark.parametrize("unit", ["千克", "千米", "k", "kg", "", "share"])
def test_units_that_are_not_scales(unit: str) -> None:
    assert unit_of(unit) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-11",
        "2026/11/11",
        "2026.11.11",
        "20261111",
        "2026年11月11日",
        "2026 年 11 月 11 日",
        "２０２６－１１－１１",
        "2026年11月11日 星期三",
    ],
)
def test_forms_of_one_day(text: str) -> None:
    assert parse_date(text) == dt.date(2026, 11, 11)
    assert to_dates(pd.Series([text])).values.tolist() == [pd.Timestamp("2026-11-11")]


@pytest.mark.parametrize("text", ["2026年11月", "2026-11", "2026/11"])
def test_a_month_is_its_first_day(text: str) -> None:
    assert parse_date(text) == dt.date(2026, 11, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("11月11日", "the year is missing"),
        ("11-11", "the year is missing"),
        ("13/11/2026", "the order of day, month and year is open"),
        ("26/11/11", "the order of day, month and year is open"),
        ("2026-02-30", "there is no such day"),
        ("20261301", "there is no such day"),
        ("2026.1", "a year and month, or a number"),
        ("2026年", "the month is missing"),
        ("45000", "serial number"),
        ("202611", "six digits"),
        ("2026-11-11 25:00", "there is no such time of day"),
        ("2026年11月11日星期四", "the weekday does not fit the date"),
        ("1066-10-14", "the year is not between 1900 and 2199"),
        ("昨天", "not a date"),
    ],
)
def test_dates_that_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_date(text)
    assert reason in to_dates(pd.Series([text]), timed=True).refused[0]


@settings(deadline=None)
@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_every_day_round_trips(day: dt.date) -> None:
    spellings = [day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"]
    assert {parse_date(text) for text in spellings} == {day}
    assert set(to_dates(pd.Series(spellings)).values) == {pd.Timestamp(day)}


def test_a_format_decides_the_order() -> None:
    assert parse_date("03/11/2026", "%d/%m/%Y") == dt.date(2026, 11, 3)
    assert "does not follow" in to_dates(pd.Series(["2026-11-03"]), format="%d/%m/%Y").refused[0]


def test_a_date_has_no_time_of_day() -> None:
    parsed = to_dates(pd.Series(["2026-11-11 00:00:00", "2026-11-11 10:30", "2026-11-11T00:00Z"]))
    assert parsed.refused == {1: "it has a time of day", 2: "it has a time zone"}


def test_moments_keep_one_offset_and_refuse_a_mixture() -> None:
    one = to_dates(pd.Series(["2026-11-11T10:00+08:00", "2026-11-11T23:30+08:00"]), timed=True)
    assert one.values[1] == pd.Timestamp("2026-11-11 23:30", tz=EIGHT)
    assert one.values[1].day == 11
    several = to_dates(pd.Series(["2026-11-11T10:00+08:00", "2026-11-11T10:00Z"]), timed=True)
    assert str(several.values.dt.tz) == "UTC"
    mixed = to_dates(pd.Series(["2026-11-11", "2026-11-11 10:00", "2026-11-11T10:00Z"]), timed=True)
    assert mixed.refused == {2: "it has a time zone, unlike other cells of the column"}


def test_serials_only_where_a_workbook_held_a_number() -> None:
    cells = pd.Series(["46337", "20261111", "2026", "46337"])
    serial = np.array([True, True, True, False])
    parsed = to_dates(cells, serial=serial)
    assert parsed.values[:2].tolist() == [pd.Timestamp("2026-11-11")] * 2
    assert parsed.refused[2] == "a number that is no date"
    assert "serial number" in parsed.refused[3]


def test_booleans() -> None:
    parsed = to_booleans(pd.Series(["是", "no", None, "TRUE", "也许"]))
    assert parsed.values[[0, 1, 3]].tolist() == [True, False, True]
    assert parsed.refused == {4: "neither yes nor no"}
    with pytest.raises(ValueError, match="neither yes nor no"):
        parse_boolean("2")
