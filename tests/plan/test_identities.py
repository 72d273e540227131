"""Products, ratios and growth: every identity in English and in Chinese, and its near misses."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.plan.context import apart, context, extra
from analysis.plan.facts import Fact, read
from analysis.plan.findings import Finding
from analysis.plan.rules import identities

Row = tuple[str, str, str, float]
"""English name, Chinese name, unit, value."""

PRODUCTS: dict[str, tuple[Row, ...]] = {
    "price × volume": (
        ("Rain coat sales", "雨衣销售额", "cny_10k", 360),
        ("Rain coat price", "雨衣单价", "cny", 120),
        ("Rain coat volume", "雨衣销量", "count_10k", 3),
    ),
    "orders × order value": (
        ("618 sales", "618销售额", "cny_10k", 9000),
        ("618 orders", "618订单数", "count_10k", 45),
        ("618 average order value", "618客单价", "cny", 200),
    ),
    "buyers × ARPU": (
        ("GMV", "年度成交额", "cny_100m", 6),
        ("Active buyers", "活跃买家", "count_10k", 250),
        ("ARPU", "单客年消费ARPU", "cny", 240),
    ),
    "visitors × conversion": (
        ("618 orders", "618订单数", "count_10k", 60),
        ("618 visitors", "618访客数", "count_10k", 1200),
        ("618 conversion rate", "618转化率", "pct", 5),
    ),
    "visitors × conversion × order value": (
        ("618 sales", "618销售额", "cny_10k", 9000),
        ("618 visitors", "618访客数", "count_10k", 1200),
        ("618 conversion rate", "618转化率", "pct", 5),
        ("618 average order value", "618客单价", "cny", 150),
    ),
    "impressions × CTR": (
        ("Video clicks", "视频点击量", "count_10k", 37.5),
        ("Video impressions", "视频曝光量", "count_10k", 1500),
        ("Video click-through rate", "视频点击率", "pct", 2.5),
    ),
    "reach × frequency": (
        ("Campaign impressions", "活动曝光量", "count_10k", 900),
        ("Campaign reach", "活动触达人数", "count_10k", 300),
        ("Campaign frequency", "活动频次", "times", 3),
    ),
    "issued × redemption": (
        ("Coupons redeemed", "优惠券核销量", "count_10k", 8),
        ("Coupons issued", "优惠券发放量", "count_10k", 40),
        ("Coupon redemption rate", "优惠券核销率", "pct", 20),
    ),
    "gross and net": (
        ("Net sales", "净销售额", "cny_10k", 800),
        ("Sales", "销售额", "cny_10k", 1000),
        ("Return rate", "退货率", "pct", 20),
    ),
    "take rate": (
        ("Commission revenue", "佣金收入", "cny_100m", 3),
        ("Annual GMV", "年成交额", "cny_100m", 50),
        ("Take rate", "佣金率", "pct", 6),
    ),
    "margin": (
        ("Lamp unit cost", "台灯单位成本", "cny", 60),
        ("Lamp price", "台灯单价", "cny", 100),
        ("Lamp gross margin", "台灯毛利率", "pct", 40),
    ),
    "fold": (
        ("Lamp promotion price", "台灯活动价", "cny", 80),
        ("Lamp list price", "台灯标价", "cny", 100),
        ("Lamp discount", "台灯折扣", "fold", 8),
    ),
    "deposit + balance": (
        ("Lamp price", "台灯售价", "cny", 199),
        ("Lamp deposit", "台灯定金", "cny", 50),
        ("Lamp balance", "台灯尾款", "cny", 149),
    ),
    "ROI": (
        ("618 sales", "618销售额", "cny_10k", 9000),
        ("618 marketing spend", "618营销投入", "cny_10k", 1800),
        ("618 ROI", "618投入产出比", "ratio", 5),
    ),
    "share of a whole": (
        ("Livestream GMV, 618", "618直播成交额", "cny_10k", 3000),
        ("618 GMV", "618成交额", "cny_10k", 10000),
        ("Livestream share of 618 GMV", "直播占618成交额", "pct", 30),
    ),
    "quarter of a year": (
        ("Q4 GMV", "Q4成交额", "cny_10k", 4000),
        ("Annual GMV", "全年成交额", "cny_10k", 10000),
        ("Q4 share of annual GMV", "Q4占全年成交额", "pct", 40),
    ),
    "share of orders": (
        ("Gift orders, 618", "618礼赠订单", "count_10k", 3),
        ("Orders, 618", "618订单", "count_10k", 10),
        ("Gift orders share, 618", "618礼赠订单占比", "pct", 30),
    ),
    "answers": (
        ("Valid questionnaires", "有效问卷", "count", 1200),
        ("Questionnaires sent", "发放问卷", "count", 2000),
        ("Valid response rate", "有效回收率", "pct", 60),
    ),
    "per day": (
        ("Livestream sessions in total", "直播总场次", "count", 60),
        ("Livestream sessions per day", "每日直播场次", "count", 3),
        ("Livestream days", "直播天数", "days", 20),
    ),
    "per order": (
        ("Shelter donation", "流浪动物捐款", "cny_10k", 45),
        ("Shelter donation per order", "每单流浪动物捐款", "cny", 1),
        ("Orders", "订单数", "count_10k", 45),
    ),
    "days of cover": (
        ("Tissue stock", "纸巾库存", "count_10k", 60),
        ("Tissue daily sales volume", "纸巾日均销量", "count_10k", 2.5),
        ("Tissue days of cover", "纸巾可售天数", "days", 24),
    ),
    "cost of clicks": (
        ("Search ad spend", "搜索广告投入", "cny_10k", 90),
        ("Search clicks", "搜索点击量", "count_10k", 45),
        ("Search cost per click", "搜索点击成本", "cny", 2.0),
    ),
    "cost per new customer": (
        ("Acquisition budget", "拉新预算", "cny_10k", 600),
        ("Acquisition cost", "获客成本", "cny", 60),
        ("New customers", "新客户数", "count_10k", 10),
    ),
    "growth": (
        ("618 sales", "618销售额", "cny_10k", 1236),
        ("618 sales, last year", "上年618销售额", "cny_10k", 1030),
        ("618 sales growth", "618销售额同比增长", "pct", 20),
    ),
}


def facts_of(*rows: Row, table: str = "claims", **more: str) -> pd.DataFrame:
    """Rows of one document."""
    return pd.DataFrame([
        {"fact_id": f"{table}.{k:03d}", "seed": "A", "metric_key": f"m{k}", "name_en": english,
         "name_zh": chinese, "unit": unit, "value": value, **more}
        for k, (english, chinese, unit, value) in enumerate(rows, start=1)
    ])  # fmt: skip


def found(*frames: pd.DataFrame) -> list[Finding]:
    tables = {str(frame["fact_id"].iloc[0]).partition(".")[0]: frame for frame in frames}
    return list(identities.find(read(tables)))


def in_language(rows: tuple[Row, ...], lang: str) -> tuple[Row, ...]:
    return tuple(
        (en if lang != "zh" else "", zh if lang != "en" else "", unit, value)
        for en, zh, unit, value in rows
    )


@pytest.mark.parametrize("lang", ["both", "en", "zh"])
@pytest.mark.parametrize("name", PRODUCTS)
def test_an_identity_holds_or_fails(name: str, lang: str) -> None:
    rows = in_language(PRODUCTS[name], lang)
    assert not found(facts_of(*rows))
    for place in range(len(rows)):
        en, zh, unit, value = rows[place]
        wrong = (*rows[:place], (en, zh, unit, round(value * 1.4, 2)), *rows[place + 1 :])
        (finding,) = found(facts_of(*wrong))
        assert finding.kind == "identity"
        assert f"claims.{place + 1:03d}" in finding.facts


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", PRODUCTS)
def test_the_smallest_change_reconciles(name: str, lang: str) -> None:
    rows = PRODUCTS[name]
    en, zh, unit, value = rows[0]
    frame = facts_of((en, zh, unit, round(value * 1.4, 2)), *rows[1:])
    (finding,) = found(frame)
    place, _, change = finding.change.text(lang).partition(":" if lang == "en" else "：")
    change = (change or finding.change.text(lang)).split("→")[1]
    id = next(fact for fact in finding.facts if fact in place)
    frame.loc[frame["fact_id"] == id, "value"] = float(change.split()[0])
    assert not found(frame)


ROI_618 = PRODUCTS["ROI"]


@pytest.mark.parametrize(
    "rows",
    [
        # A part's, last year's, another product's or another event's figure is no factor.
        (*ROI_618, ("618 livestream sales", "618直播销售额", "cny_10k", 4000)),
        (*ROI_618, ("618 sales, last year", "上年618销售额", "cny_10k", 7000)),
        (*ROI_618, ("Rain coat sales, 618", "618雨衣销售额", "cny_10k", 700)),
        (*ROI_618, ("Double 11 sales", "双11销售额", "cny_10k", 15000)),
        # A numerator that the ratio names; another amount of the same event.
        (("618 GMV", "618成交总额", "cny_10k", 11000), ("618 net sales", "618净销售额", "cny_10k",
          9000), ROI_618[1], ("618 ROI (net sales over spend)", "618净投入产出比", "ratio", 5)),
        (("618 GMV", "", "cny_10k", 11000), ("618 paid sales", "", "cny_10k", 9000), ROI_618[1],
         ("618 ROI", "", "ratio", 5)),
        # Price and volume of one product, sales of all.
        (("618 sales", "618销售额", "cny_10k", 9000), ("Rain coat price", "雨衣单价", "cny", 120),
         ("Rain coat volume", "雨衣销量", "count_10k", 3)),
        # New buyers are no buyers.
        (("GMV", "成交额", "cny_10k", 60000), ("New buyers", "新增买家", "count_10k", 90),
         ("ARPU", "", "cny", 240)),
        # Orders of visitors, conversion of carts.
        (("618 orders", "", "count_10k", 60), ("618 visitors", "", "count_10k", 1200),
         ("618 cart conversion rate", "", "pct", 18)),
        # A cap on spending is no sum of donations.
        (("Charity per 618 order", "618每单捐款", "cny", 1), ROI_618[0], ROI_618[1]),
        # Printed to one place, about, more than.
        (("Lamp sales", "", "cny_10k", 1236), ("Lamp price", "", "cny", 120),
         ("Lamp volume", "", "count_10k", 10.3)),
        # Two readings, one of which fits.
        (("Lamp sales", "", "cny_10k", 360), ("Lamp price", "", "cny", 120), ("Lamp price", "",
          "cny", 130), ("Lamp volume", "", "count_10k", 3)),
        # What tells the part from the whole is no known word.
        (("Peak share of marketing budget", "", "pct", 25), ("Marketing budget", "", "cny_10k",
          2500)),
        # A change is no level, a relative gain no points.
        (("Cycle before", "周期原值", "days", 20), ("Cycle reduction", "周期减少", "days", 6),
         ("Cycle reduction", "周期缩短", "pct", 30)),
    ],
)  # fmt: skip
def test_near_misses_are_silent(rows: tuple[Row, ...]) -> None:
    assert not found(facts_of(*rows))


def targets(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([
        {"fact_id": f"targets_actuals.{k:03d}", "seed": "A", "scope": "all", "period": "2025", **r}
        for k, r in enumerate(rows, start=1)
    ]).astype(object)  # fmt: skip


def plan_of_growth(arpu: float) -> pd.DataFrame:
    return targets(
        {"name_en": "GMV", "unit": "cny_100m", "baseline": 6.0, "target": 7.44},
        {"name_en": "Active buyers", "unit": "count_10k", "baseline": 250, "target": 300},
        {"name_en": "New buyers", "unit": "count_10k", "baseline": 95, "target": 110},
        {"name_en": "ARPU", "unit": "cny", "baseline": 240, "target": arpu},
    )


def test_levels_and_growth_of_the_drivers_are_one_finding() -> None:
    assert not found(plan_of_growth(248))
    (finding,) = found(plan_of_growth(268))
    assert {"targets_actuals.001", "targets_actuals.002", "targets_actuals.004"} == set(
        finding.facts
    )
    assert "targets_actuals.003" not in finding.facts


def test_an_outcome_is_not_measured_by_the_plan() -> None:
    rows = targets(
        {"name_en": "618 orders", "unit": "count_10k", "target": 50},
        {"name_en": "618 average order value", "unit": "cny", "target": 200},
        {"name_en": "618 sales", "unit": "cny_10k", "actual": 12000},
    )
    assert not found(rows)


@pytest.mark.parametrize(("stated", "count"), [(112.4, 0), (112, 0), (126, 1)])
def test_completion_is_actual_over_target(stated: float, count: int) -> None:
    row = {"name_en": "Q3 new-line sales", "name_zh": "Q3新品线销售额", "unit": "cny_10k",
           "target": 1200, "actual": 1349, "scope": "new line", "period": "Q3"}  # fmt: skip
    claim = ("Completion of Q3 new-line sales target", "Q3新品线目标完成率", "pct", stated)
    assert len(found(targets(row), facts_of(claim))) == count


@pytest.mark.parametrize(("growth", "count"), [(8, 0), (14, 1)])
def test_growth_of_a_market_row(growth: float, count: int) -> None:
    market = facts_of(
        ("Lamp market", "台灯市场规模", "cny_100m", 540),
        ("Lamp market, last year", "上年台灯市场规模", "cny_100m", 500), table="market",
    )  # fmt: skip
    market["growth"] = [growth, None]
    assert len(found(market)) == count


@pytest.mark.parametrize(("delta", "count"), [(-33, 0), (-60, 1)])
def test_a_relative_effect_beside_its_levels(delta: float, count: int) -> None:
    effects = pd.DataFrame([
        {"fact_id": "effects.001", "seed": "A", "name_en": "Picking time now", "unit": "minutes",
         "intervention_en": "shelves", "before": 18, "after": 12, "delta": None},
        {"fact_id": "effects.002", "seed": "A", "name_en": "Picking time reduction", "unit": "pct",
         "intervention_en": "shelves", "before": None, "after": None, "delta": delta},
    ])  # fmt: skip
    assert len(found(effects)) == count


def test_one_wrong_cell_of_many_identities_is_one_finding_that_blames_it() -> None:
    rows = (
        ("618 GMV", "", "cny_10k", 14000),
        ("Tmall GMV, 618", "", "cny_10k", 4000), ("Tmall share of 618 GMV", "", "pct", 40),
        ("Douyin GMV, 618", "", "cny_10k", 3000), ("Douyin share of 618 GMV", "", "pct", 30),
        ("618 orders", "", "count_10k", 50), ("618 average order value", "", "cny", 200),
    )  # fmt: skip
    (finding,) = found(facts_of(*rows))
    assert finding.change.values["fact"] == "claims.001"
    assert finding.change.values["new"] == "10000 cny_10k"


def fact(english: str, chinese: str = "", **cells: str) -> Fact:
    row = {"fact_id": "a.1", "document": "A", "name_en": english, "name_zh": chinese, **cells}
    return Fact("a.1", "a", "value", 1.0, "pct", row)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (fact("618 sales"), fact("Double 11 sales"), True),
        (fact("618 sales"), fact("618 sales, last year"), True),
        (fact("", "双11成交额"), fact("", "上年双11成交额"), True),
        (fact("Tmall GMV"), fact("Douyin GMV"), True),
        (fact("New buyers"), fact("Active buyers"), True),
        (fact("Margin, everyday"), fact("Margin, 618"), True),
        (fact("Conversion, rival"), fact("Conversion"), True),
        (fact("Annual GMV"), fact("Q4 GMV"), True),
        (fact("GMV", period="2024"), fact("GMV", period="2025"), True),
        (fact("GMV", scope="all"), fact("GMV", scope="platform"), False),
        (fact("618 sales"), fact("Sales", scope="618"), False),
        (fact("Double 11 sales"), fact("", "双十一销售额"), False),
        (fact("Livestream sales"), fact("Sales"), False),
        (fact("Sales growth on last year"), fact("Sales"), False),
        (fact("Stock before 618"), fact("618 volume"), False),
    ],
)  # fmt: skip
def test_what_sets_figures_apart(one: Fact, other: Fact, expected: bool) -> None:
    assert apart(one, other) is expected
    assert apart(other, one) is expected


def test_extra_counts_the_words_only_one_has() -> None:
    assert extra(fact("618 livestream sales"), fact("618 sales")) == 1
    assert extra(fact("618 sales"), fact("", "618销售额")) == 0
    assert context(fact("618 sales (net of returns)")).details == {"net", "return"}


FAMILIES: dict[str, tuple[Row, ...]] = {
    "deal below list": (
        ("Kettle, deal price", "水壶到手价", "cny", 169),
        ("Kettle, list price", "水壶标价", "cny", 199),
    ),
    "sell-through of sell-in": (
        ("Spring sell-through", "春节动销量", "count_10k", 4),
        ("Spring sell-in", "春节进货量", "count_10k", 5),
        ("Spring sell-through rate", "春节动销率", "pct", 80),
    ),
    "spend of sales": (
        ("Marketing spend", "营销费用", "cny_10k", 1600),
        ("Sales", "销售额", "cny_10k", 10000),
        ("Marketing cost ratio", "营销费用率", "pct", 16),
    ),
    "refunds of sales": (
        ("Refund amount", "退款金额", "cny_10k", 800),
        ("Sales", "销售额", "cny_10k", 10000),
        ("Refund rate", "退款率", "pct", 8),
    ),
    "coupon cost": (
        ("Coupon cost", "优惠券成本", "cny_10k", 160),
        ("Coupon face value", "优惠券面额", "cny", 20),
        ("Coupons redeemed", "优惠券核销量", "count_10k", 8),
    ),
    "discount depth": (
        ("Kettle deal price", "水壶活动价", "cny", 160),
        ("Kettle list price", "水壶标价", "cny", 200),
        ("Kettle discount depth", "水壶折扣力度", "pct", 20),
    ),
    "heads": (
        ("Member sales", "会员销售额", "cny_10k", 9000),
        ("Registered members", "注册会员数", "count_10k", 45),
        ("Yearly spend per member", "会员人均年消费", "cny", 200),
    ),
    "months of a year": (
        ("New models in the year", "全年新品款数", "count", 36),
        ("New models per month", "每月新品款数", "count", 3),
    ),
    "points back": (
        ("Points rebate rate", "积分返还率", "pct", 2),
        ("Points per CNY spent", "每消费1元获得积分", "points", 1),
        ("Points needed per CNY off", "每抵扣1元所需积分", "points", 50),
    ),
    "tenths and per cent off": (
        ("Member day discount", "会员日优惠幅度", "pct", 15),
        ("Member day price", "会员日折扣", "fold", 8.5),
    ),
    "subgroup of a survey": (
        ("Valid questionnaires, women", "有效问卷，女性", "count", 600),
        ("Valid questionnaires", "有效问卷", "count", 1500),
        ("Women, share of valid sample", "女性占有效样本", "pct", 40),
    ),
    "share of a budget for a phase": (
        ("Campaign budget for the presale", "预售期活动预算", "cny_10k", 300),
        ("Campaign budget in total", "活动总预算", "cny_10k", 1000),
        ("Share of campaign budget for the presale", "预售期占活动预算", "pct", 30),
    ),
}  # fmt: skip


@pytest.mark.parametrize("lang", ["both", "en", "zh"])
@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_holds_or_fails(name: str, lang: str) -> None:
    rows = in_language(FAMILIES[name], lang)
    assert not found(facts_of(*rows))
    en, zh, unit, value = rows[0]
    (finding,) = found(facts_of((en, zh, unit, round(value * 1.6, 2)), *rows[1:]))
    assert "claims.001" in finding.facts
    for word in ("en", "zh"):
        assert finding.arithmetic.text(word)


@pytest.mark.parametrize(
    "rows",
    [
        # The order value belongs to another stage of the sales.
        (("Campaign GMV", "活动GMV", "cny_10k", 12600), ("Paid GMV", "支付GMV", "cny_10k", 11700),
         ("Orders", "订单量", "count_10k", 150), ("Average order value", "客单价", "cny", 84)),
        # A part of the budget is not the whole that a share is of.
        (("Creators", "达人合作预算", "cny_10k", 2110),
         ("Advertising", "广告投放预算", "cny_10k", 4220),
         ("Creators, share of budget", "达人合作占总预算", "pct", 22),
         ("Campaign budget total", "大促总预算", "cny_10k", 9600)),
        # Unique people do not add up over months; a rate of paying is no rate of saving.
        (("Buyers in the year", "全年买家数", "count_10k", 50),
         ("Buyers per month", "每月买家数", "count_10k", 12)),
        (("Member day price", "会员日折扣", "fold", 9),
         ("Gold member discount", "金卡优惠幅度", "pct", 20)),
        # Double points on a birthday give twice as much.
        (("Birthday points rebate rate", "生日积分返还率", "pct", 2), ("Points per CNY spent",
         "每消费1元获得积分", "points", 1), ("Points needed per CNY off", "每抵扣1元所需积分",
         "points", 100)),
        # Active members are some of those who spend.
        (("Member sales", "会员销售额", "cny_10k", 9000), ("Registered members", "注册会员数",
         "count_10k", 45), ("Active members", "活跃会员数", "count_10k", 20),
         ("Yearly spend per member", "会员人均年消费", "cny", 450)),
    ],
)  # fmt: skip
def test_near_misses_of_the_families_are_silent(rows: tuple[Row, ...]) -> None:
    assert not found(facts_of(*rows))


@pytest.mark.parametrize(("sales", "count"), [(1328, 0), (1500, 0), (1860, 1), (1100, 1)])
def test_pieces_times_a_price_of_another_table(sales: float, count: int) -> None:
    prices = facts_of(("Kettle K2, list", "", "cny", 459), ("Kettle K2, 618 deal", "", "cny", 369),
                      table="price_tiers", value_kind="price")  # fmt: skip
    sold = facts_of(("Kettle units, 618", "", "count_10k", 3.6),
                    ("Kettle GMV, 618", "", "cny_10k", sales))  # fmt: skip
    assert len(found(prices, sold)) == count


@pytest.mark.parametrize(("share", "count"), [(12, 0), (20, 1)])
def test_rivals_of_one_market_mean_one_size(share: float, count: int) -> None:
    rivals = pd.DataFrame([
        {"fact_id": f"competitors.{k:03d}", "seed": "A", "name_en": name, "sales": sales,
         "sales_unit": "cny_100m", "share": part, "share_metric": "share of kettle sales"}
        for k, (name, sales, part) in enumerate(
            [("Rival M", 360, 18), ("Rival J", 240, share), ("Rival S", 180, 9)], start=1)
    ])  # fmt: skip
    results = found(rivals)
    assert len(results) == count
    if count:
        assert results[0].change.values["fact"] == "competitors.002"


@pytest.mark.parametrize(("share", "count"), [(2, 0), (3.5, 1)])
def test_own_share_is_own_sales_over_the_market(share: float, count: int) -> None:
    market = facts_of(
        ("Kettle retail, 2024", "水壶零售规模（2024）", "cny_100m", 420),
        ("Kettle retail, 2025 forecast", "水壶零售规模（2025预测）", "cny_100m", 483),
        ("Own yearly sales, 2025 plan", "本公司全年销售额（2025计划）", "cny_100m", 9.66),
        ("Own share of kettle retail, 2025 plan", "本公司市场份额（水壶零售，2025计划）", "pct",
         share), table="market",
    )  # fmt: skip
    assert len(found(market)) == count


@pytest.mark.parametrize(("roi", "count"), [(8.31, 0), (10.6, 1)])
def test_a_planned_roi_of_the_campaign(roi: float, count: int) -> None:
    plan = targets(
        {"name_en": "Campaign gross merchandise value, committed plan target", "target": 12960,
         "unit": "cny_10k"},
        {"name_en": "Planned return on marketing spend", "target": roi, "unit": "ratio"},
    )  # fmt: skip
    plan["scope"] = ""
    budget = facts_of(("Campaign budget in total", "", "cny_10k", 1560), table="budget_split")
    assert len(found(plan, budget)) == count


@pytest.mark.parametrize(("net", "count"), [(8600, 0), (9800, 1)])
def test_net_sales_are_no_more_than_gross(net: float, count: int) -> None:
    rows = (("618 GMV", "618成交额", "cny_10k", 9360), ("618 net sales", "618净销售额", "cny_10k",
            net), ("618 sales, online plus stores", "", "cny_10k", 10140))  # fmt: skip
    assert len(found(facts_of(*rows))) == count
