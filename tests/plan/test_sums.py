"""Parts and wholes: shares, amounts, totals, order."""

from __future__ import annotations

import pytest

from analysis.plan.rules.totals import total_of
from analysis.plan.units import Units, units_of
from tests.plan.test_repeats import Row, found, value

UNITS: Units = units_of(None)


def shares(*pairs: tuple[str, float], **more: object) -> list[Row]:
    return [value(name, share, "pct", section="三.2(1)", **more) for name, share in pairs]


@pytest.mark.parametrize(
    ("parts", "alarms"),
    [
        ((("Tmall share of GMV", 40), ("JD share of GMV", 30), ("Douyin share of GMV", 36)), True),
        ((("Tmall share of GMV", 40), ("JD share of GMV", 30), ("Douyin share of GMV", 20)), False),
        ((("Tmall share of GMV", 40), ("JD share of GMV", 30), ("Other share of GMV", 20)), True),
        # Livestreams, new users and platforms cut one whole in three ways.
        ((("Tmall share of GMV", 40), ("Livestream share of GMV", 35),
          ("New-user share of GMV", 36)), False),
        # Two of many platforms.
        ((("Tmall share of GMV", 60), ("JD share of GMV", 50)), False),
        ((("Online share of sales", 46), ("Offline share of sales", 54)), False),
        ((("Online share of sales", 60), ("Offline share of sales", 54)), True),
        ((("Women among buyers", 78), ("Men among buyers", 12)), True),
        ((("New-user conversion rate", 12), ("Existing-user conversion rate", 30)), False),
    ],
)  # fmt: skip
def test_shares_of_one_whole(parts: tuple[tuple[str, float], ...], alarms: bool) -> None:
    assert bool(found({"sum"}, market=shares(*parts))) is alarms


def test_shares_in_chinese_and_of_rivals() -> None:
    rows = [{"name_zh": f"{name}占成交额", "value": share, "unit": "pct", "section": "一"}
            for name, share in (("天猫", 40), ("京东", 30), ("抖音", 36))]  # fmt: skip
    assert found({"sum"}, market=rows)
    rivals = [{"name_en": name, "share": share, "share_metric": "market share"}
              for name, share in (("A", 60), ("B", 52))]  # fmt: skip
    assert found({"sum"}, competitors=rivals)
    assert not found({"sum"}, competitors=[rivals[0], {**rivals[1], "share": 22}])
    assert not found({"sum"}, competitors=[{**row, "share_metric": "retention"} for row in rivals])


@pytest.mark.parametrize(
    ("reserve", "alarms"), [(20, False), (30, True)], ids=["inside", "too much"]
)
def test_a_reserve_may_be_a_part(reserve: float, alarms: bool) -> None:
    rows = [
        value(name, share, "pct", section="四")
        for name, share in (("Ads", 40), ("Gifts", 30), ("Rooms", 10), ("Reserve", reserve))
    ]
    rows.append(value("Store share within rooms (min)", 55, "pct", section="四"))
    findings = found({"sum"}, budget_split=rows)
    assert bool(findings) is alarms
    if alarms:
        assert "110, expected 100" in findings[0].arithmetic.text()


def test_a_reserve_beside_the_whole_is_none_of_it() -> None:
    rows = [
        value(name, share, "pct", section="四")
        for name, share in (("Ads", 60), ("Gifts", 30), ("Rooms", 10), ("Reserve", 5))
    ]
    assert not found({"sum"}, budget_split=rows)


@pytest.mark.parametrize(("last", "alarms"), [(39, True), (47, False), (10, False)])
def test_personas_without_ages(last: float, alarms: bool) -> None:
    rows = [
        {"name_en": name, "share": share, "unit": "pct"}
        for name, share in (("Newlyweds", 40.2), ("Movers", 12.8), ("Renters", last))
    ]
    assert bool(found({"sum"}, personas=rows)) is alarms


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("210", (210.0, "cny_10k")), ("210 cny_10k", (210.0, "cny_10k")),
        ("7960 (10k CNY)", (7960.0, "cny_10k")), ("total: 2800 10k CNY", (2800.0, "cny_10k")),
        ("2,800 万元", (2800.0, "cny_10k")), ("1.5亿元", (1.5, "cny_100m")), ("none", None),
        ("300 apples", None),
    ],
)  # fmt: skip
def test_a_total_is_a_number_and_a_unit(cell: str, expected: tuple[float, str] | None) -> None:
    from analysis.plan.facts import read

    assert total_of(read({}), cell, "cny_10k") == expected


def test_amounts_make_the_total_of_their_column() -> None:
    rows = [value(name, amount, "cny_10k", total="210 cny_10k", section="五")
            for name, amount in (("Sampling", 90), ("Video", 85), ("Design", 50))]  # fmt: skip
    (finding,) = found({"sum"}, budget_split=rows)
    assert "210 cny_10k → 225 cny_10k" in finding.change.text()
    assert all(f"budget_split.{k}" in finding.change.text() for k in range(3))
    rows[0]["value"] = 75
    assert not found({"sum"}, budget_split=rows)


def test_an_amount_is_its_share_of_the_total_and_told_once() -> None:
    def rows(amount: float) -> list[Row]:
        cells = {"total": "8000 (10k CNY)"}
        parts = (("Rooms", 20, 1600), ("Search", 30, 2400), ("Gifts", 50, amount))
        return [
            *(
                value(f"{n} share of fair budget", s, "pct", section="一", **cells)
                for n, s, _ in parts
            ),
            *(value(f"{n} amount", a, "cny_10k", section="二", **cells) for n, _, a in parts),
        ]

    (finding,) = found({"sum"}, budget_split=rows(4600))
    assert finding.facts == ("budget_split.5", "budget_split.2")
    assert finding.change.text().endswith("4600 cny_10k → 4000 cny_10k")
    assert not found({"sum"}, budget_split=rows(4003))


def test_amounts_that_say_what_they_are_part_of() -> None:
    def rows(last: float) -> list[Row]:
        parts = (("Rooms", 300), ("Search", 200), ("Gifts", last))
        return [
            value("Fair budget", 800, "cny_10k", part_of=""),
            *(value(name, part, "cny_10k", part_of="Fair budget") for name, part in parts),
        ]

    assert found({"sum"}, budget_split=rows(400))
    assert not found({"sum"}, budget_split=rows(300))
    assert not found({"sum"}, budget_split=rows(20))  # a selection, not all of it


@pytest.mark.parametrize(("total", "alarms"), [(73, True), (66, False), (300, False)])
def test_a_headcount_against_the_teams(total: float, alarms: bool) -> None:
    teams = [
        {"name_en": name, "headcount": many, "unit": "persons", "section": "七"}
        for name, many in (("Live", 18), ("Content", 18), ("Data", 17), ("Care", 13))
    ]
    claim = [
        {
            "metric_key": "m",
            **value("Project team, total headcount", total, "persons"),
            "section": "七",
        }
    ]
    assert bool(found({"sum"}, team=teams, claims=claim)) is alarms


@pytest.mark.parametrize(("small", "alarms"), [(120, False), (150, True), (90, True), (20, False)])
def test_all_of_a_kind_against_its_kinds_in_one_line(small: float, alarms: bool) -> None:
    rows = [
        value(name, many, "count", section="三.5", metric_key=name)
        for name, many in (
            ("Hosts signed, total", 180),
            ("Top hosts signed", 12),
            ("Middle hosts signed", 48),
            ("Small hosts signed", small),
        )
    ]
    assert bool(found({"sum"}, claims=rows)) is alarms


def year(name: str, actual: float, period: str, unit: str = "cny_100m") -> Row:
    return {"name_en": name, "actual": actual, "period": period, "unit": unit, "scope": "all"}


def test_halves_make_the_year_for_what_adds_up() -> None:
    def rows(second: float, unit: str, noun: str) -> list[Row]:
        return [year(noun, 6.0, "2024", unit), year(f"H1 {noun}", 2.9, "2024H1", unit),
                year(f"H2 {noun}", second, "2024H2", unit)]  # fmt: skip

    assert found({"sum"}, targets_actuals=rows(3.9, "cny_100m", "GMV"))
    assert not found({"sum"}, targets_actuals=rows(3.1, "cny_100m", "GMV"))
    assert not found({"sum"}, targets_actuals=rows(3.9, "count_10k", "Active users"))


@pytest.mark.parametrize(
    ("new", "name", "alarms"),
    [(20, "New members", False), (30, "New members", False), (10, "New members", True),
     (30, "New members (net)", True)],
)  # fmt: skip
def test_a_stock_grows_by_no_more_than_what_is_added(new: float, name: str, alarms: bool) -> None:
    rows: list[Row] = [
        {"name_en": "Members", "baseline": 60, "actual": 80, "unit": "count_10k", "period": "year",
         "scope": "club"},
        {"name_en": name, "actual": new, "unit": "count_10k", "period": "year", "scope": "club"},
    ]  # fmt: skip
    assert bool(found({"sum"}, targets_actuals=rows)) is alarms


@pytest.mark.parametrize(
    ("cells", "many"),
    [
        ({"value": 25, "value_max": 20, "unit": "pct"}, 1),
        ({"value": 15, "value_max": 20, "unit": "pct"}, 0),
        ({"value": 22, "value_max": 2, "unit": "hour_of_day"}, 0),
        ({"value": 20, "value_max": 12, "unit": "days before festival", "value_kind": "window"}, 0),
    ],
)
def test_least_before_most(cells: Row, many: int) -> None:
    assert len(found({"bands"}, operations=[{"name_en": "Span", **cells}])) == many


def test_ages_in_order() -> None:
    people = [{"name_en": "Parents", "age_min": 35, "age_max": 30, "share": 40, "unit": "pct"}]
    (finding,) = found({"bands"}, personas=people)
    assert finding.severity == "H"
    people[0]["age_max"] = 40
    assert not found({"bands"}, personas=people)


@pytest.mark.parametrize(
    ("average", "most", "alarms"), [(26, 18, True), (26, 104, False), (26, 26, False)]
)
def test_an_average_lies_below_the_most(average: float, most: float, alarms: bool) -> None:
    rows = [value("Average viewers per session", average, "count_10k", metric_key="a"),
            value("Maximum viewers of one session", most, "count_10k", metric_key="b")]  # fmt: skip
    assert bool(found({"total_single"}, claims=rows)) is alarms
    rows[1]["name_en"] = "Maximum viewers of one 618 session"  # of another event than all
    assert not found({"total_single"}, claims=rows)


@pytest.mark.parametrize(
    ("part", "whole", "alarms"),
    [
        ("Livestream GMV, Double 11", "Double 11 GMV, all channels", True),
        ("Livestream GMV, 618", "Double 11 GMV, all channels", False),
        ("Home visits in tier-3 cities", "Home visits", True),
        ("Potential orders", "Orders", False),
        ("Member orders", "Members", False),
        ("Cost of orders", "Orders", False),
        ("Annual orders", "Q3 orders", False),
        ("Orders, last year", "Orders", False),
    ],
)
def test_a_part_is_no_more_than_its_whole(part: str, whole: str, alarms: bool) -> None:
    rows = [value(part, 52, "count", metric_key="a"), value(whole, 36, "count", metric_key="b")]
    assert bool(found({"sum"}, claims=rows)) is alarms
    rows[1]["value"] = 60
    assert not found({"sum"}, claims=rows)


@pytest.mark.parametrize(
    ("stock", "name", "alarms"),
    [
        (2.9, "Desk lamp stock before 618", True),
        (6.2, "Desk lamp stock before 618", False),
        (2.9, "Desk lamp overstock after 618", False),
        (2.9, "Floor lamp stock before 618", False),
        (2.9, "Desk lamp stock before Double 11", False),
    ],
)
def test_stock_for_an_event_covers_its_volume(stock: float, name: str, alarms: bool) -> None:
    rows = [value(name, stock, "count_10k", metric_key="a"),
            value("Desk lamp volume, 618", 4.8, "count_10k", metric_key="b")]  # fmt: skip
    assert bool(found({"feasibility"}, claims=rows)) is alarms


@pytest.mark.parametrize(("last", "alarms"), [(15, True), (10, False), (5, True)])
def test_weights_are_all_of_their_score(last: float, alarms: bool) -> None:
    names = ("KPI权重：GMV", "KPI权重：利润率", "KPI权重：复购率", "KPI权重：库存")
    rows = [{"name_zh": name, "value": share, "unit": "pct"}
            for name, share in zip(names, (35, 30, 25, last), strict=True)]  # fmt: skip
    assert bool(found({"sum"}, extra_facts=rows)) is alarms
    other = [{"name_zh": "供应商权重：价格", "value": 40, "unit": "pct"}]
    assert bool(found({"sum"}, extra_facts=[*rows, *other])) is alarms
    column: list[Row] = [{"name_en": "A", "target": 1, "unit": "pct", "weight": share}
              for share in (35, 30, 25, last)]  # fmt: skip
    assert bool(found({"sum"}, kpi_table=column)) is alarms


@pytest.mark.parametrize(
    ("question", "last", "alarms"),
    [
        ("到店频率（单选）", 26, True),
        ("到店频率（单选）", 16, False),
        ("入会原因（多选）", 26, False),
        ("Visits (single answer)", 26, True),
        ("Visits (choose all that apply)", 26, False),
        ("Visits", 26, True),  # frequencies exclude each other
        ("Visits", 6, False),
    ],
)
def test_answers_to_one_question(question: str, last: float, alarms: bool) -> None:
    column = "name_en" if question[0] == "V" else "name_zh"
    options = ("weekly", "monthly", "quarterly", "less") if column == "name_en" else (
        "每周", "每月", "每季度", "更少")  # fmt: skip
    rows = [{column: f"{question}: {option}", "value": share, "unit": "pct"}
            for option, share in zip(options, (18, 37, 29, last), strict=True)]  # fmt: skip
    assert bool(found({"sum"}, survey=rows)) is alarms


def test_reasons_may_be_given_together() -> None:
    rows = [value(f"Reasons: {reason}", 45, "pct") for reason in ("price", "events", "friends")]
    assert not found({"sum"}, survey=rows)


@pytest.mark.parametrize(("douyin", "alarms"), [(30, True), (26, False), (16, True)])
def test_shares_of_platforms_in_targets(douyin: float, alarms: bool) -> None:
    rows: list[Row] = [
        {"name_zh": f"{name}GMV占比", "unit": "pct", "actual": share, "scope": scope,
         "period": "618", "section": "一.2"}
        for name, share, scope in (("天猫", 50, "tmall"), ("抖音", douyin, "douyin"),
                                   ("京东", 14, "jd"), ("其余平台", 10, "rest"))
    ]  # fmt: skip
    assert bool(found({"sum"}, targets_actuals=rows)) is alarms


def test_rivals_leave_a_rest() -> None:
    def rivals(last: str, share: float) -> list[Row]:
        shares_of = (("A", 40), ("B", 24), (last, share))
        return [{"name_en": name, "share": each, "share_metric": "market share"}
                for name, each in shares_of]  # fmt: skip

    assert not found({"sum"}, competitors=rivals("Other independents", 20))
    assert found({"sum"}, competitors=rivals("Other independents", 50))
    assert found({"sum"}, competitors=rivals("Others", 20))
    assert not found({"sum"}, competitors=rivals("Others", 36))


@pytest.mark.parametrize(
    ("mean", "best", "alarms"),
    [
        ({"name_en": "Live GMV per session", "scope": "live, average session"},
         {"name_en": "Live GMV, best session", "scope": "live, one session"}, True),
        ({"name_zh": "场均直播GMV"}, {"name_zh": "最高单场直播GMV"}, True),
        ({"name_zh": "日均GMV"}, {"name_zh": "单日峰值GMV"}, True),
        ({"name_zh": "场均GMV"}, {"name_zh": "单日峰值GMV"}, False),
        ({"name_en": "Average basket"}, {"name_en": "Best seller basket"}, False),
        ({"name_en": "Average daily GMV"}, {"name_en": "GMV of the peak phase"}, False),
        ({"name_zh": "场均GMV"}, {"name_zh": "场均观看最高"}, False),
    ],
)  # fmt: skip
def test_a_best_occasion_is_no_less_than_each(mean: Row, best: Row, alarms: bool) -> None:
    rows = [{"unit": "cny_10k", "period": "618", "actual": value, **row}
            for row, value in ((mean, 78), (best, 55))]  # fmt: skip
    assert bool(found({"total_single"}, targets_actuals=rows)) is alarms
    rows[1]["actual"] = 90
    assert not found({"total_single"}, targets_actuals=rows)


def test_spend_of_tiers_is_no_part_of_a_whole() -> None:
    spends = (("Gold: yearly spend from", 1000), ("Black gold: yearly spend from", 3000))
    rows = [value(name, spend, "cny") for name, spend in spends]
    assert not found({"sum"}, member_tiers=rows)


@pytest.mark.parametrize(
    ("names", "alarms"),
    [
        ((("Buyers", ""), ("Of which new buyers", "")), True),
        ((("", "购买人数"), ("", "其中：新客人数")), True),
        ((("", "总预算"), ("", "其中：媒介投放")), True),
        ((("Buyers", ""), ("New members", "")), False),
        (
            (("Stores", "门店总数"), ("Repeat orders", "复购订单"), ("Of which new buyers", "")),
            False,
        ),
    ],
)
def test_of_which_is_of_the_row_before(names: tuple[tuple[str, str], ...], alarms: bool) -> None:
    sizes = (131, 138) if len(names) == 2 else (131, 20, 60)
    rows = [{"name_en": english, "name_zh": chinese, "actual": size, "unit": "count_10k"}
            for (english, chinese), size in zip(names, sizes, strict=True)]  # fmt: skip
    assert len(found({"sum"}, targets_actuals=rows)) == alarms
    rows[-1]["actual"] = 10
    assert not found({"sum"}, targets_actuals=rows)
