"""One metric in several places: what is a repeat, what is another metric, and how it is told."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.plan import Finding, check_plan

Row = dict[str, object]


def tables(**rows: list[Row]) -> dict[str, pd.DataFrame]:
    """Tables of rows; ids are the table's name and a number."""
    made = {}
    for name, given in rows.items():
        base = [{"fact_id": f"{name}.{k}", "seed": "A", **row} for k, row in enumerate(given)]
        frame = pd.DataFrame(base).astype(object)
        made[name] = frame.where(frame.notna(), "")
    return made


def found(kinds: set[str], **rows: list[Row]) -> list[Finding]:
    return [f for f in check_plan(tables(**rows)).findings if f.kind in kinds]


REPEAT = {"repeated_metric"}


def key(name: str, value: float, unit: str = "pct", **more: object) -> Row:
    return {"metric_key": "m", "name_en": name, "value": value, "unit": unit, **more}


@pytest.mark.parametrize(
    ("one", "other", "repeats"),
    [
        ("Visits", "Visits", True),
        ("Visits", "Seasonal visits", True),
        ("Young buyers, Douyin", "Young buyers, Tmall", False),
        ("Margin, everyday", "Margin, Double 11", False),
        ("Visits", "Visits, gold members", False),
        ("Return rate (by value)", "Return rate (by pieces)", False),
        ("Visits", "Visits (repeated)", True),
        ("Lead (deposit presale)", "Presale lead", True),
        ("Share of 618 sales", "Share of annual sales", False),
        ("Visits", "Visits target", False),
        ("Brand score", "Installation service score", False),
        ("All users who pay", "New users who pay", False),
    ],
)
def test_qualifiers_of_one_key_are_scopes(one: str, other: str, repeats: bool) -> None:
    claims = [key(one, 40), key(other, 55)]
    assert bool(found(REPEAT, claims=claims)) is repeats


@pytest.mark.parametrize(
    ("one", "other", "repeats"),
    [
        ("抖音年轻买家占比", "天猫年轻买家占比", False),
        ("品牌推荐度", "安装服务推荐度", False),
        ("客单毛利", "客单毛利", True),
    ],
)
def test_chinese_names_count_as_much(one: str, other: str, repeats: bool) -> None:
    rows = [
        {"metric_key": "m", "name_zh": name, "value": value, "unit": "pct"}
        for name, value in ((one, 40), (other, 55))
    ]
    assert bool(found(REPEAT, claims=rows)) is repeats


def test_equal_values_stand_together_with_their_places_and_the_odd_one_is_changed() -> None:
    rows = [key("Takings", 1.5, "cny_100m"), key("Takings", 15000, "cny_10k"),
            key("Receipts", 14000, "cny_10k")]  # fmt: skip
    (finding,) = found(REPEAT, claims=rows)
    told = finding.arithmetic.text()
    assert told.startswith("1.5 cny_100m = 15000 cny_10k (2 places) ≠ 14000 cny_10k for one metric")
    assert "Takings / Receipts" in told
    assert finding.change.text() == "claims.2: 14000 cny_10k → 15000 cny_10k"
    assert set(finding.facts) == {"claims.0", "claims.1", "claims.2"}


def test_a_factor_of_ten_and_money_that_is_counted_are_named() -> None:
    (slip,) = found(
        REPEAT, claims=[key("Takings", 2.5, "cny_100m"), key("Takings", 2500, "cny_10k")]
    )
    assert "a factor of 10:" in slip.arithmetic.text()
    (clash,) = found(
        REPEAT, claims=[key("Takings", 2.5, "cny_100m"), key("Takings", 2.5, "count_10k")]
    )
    assert clash.severity == "M"
    assert "a number of pieces" in clash.arithmetic.text()


def test_a_stock_that_has_the_number_of_the_flow_names_the_flow() -> None:
    rows = [
        key("Club members", 90, "count_10k"),
        key("Club members", 15, "count_10k"),
        {**key("New club members", 15, "count_10k"), "metric_key": "n"},
    ]
    (finding,) = found(REPEAT, claims=rows)
    assert "claims.2" in finding.facts
    assert "New club members" in finding.arithmetic.text()


def test_severity_follows_the_place_not_the_document() -> None:
    place = {"scope": "city", "period": "2024"}
    rows = [key("Wait", 2, "days", **place), key("Wait", 4, "days", seed="B", **place)]
    (same,) = found(REPEAT, claims=rows)
    assert same.severity == "H"
    rows = [key("Wait", 2, "days"), key("Wait", 4, "days", seed="B")]
    (open_scope,) = found(REPEAT, claims=rows)
    assert open_scope.severity == "M"


def test_definitions_are_scopes_but_one_number_has_one() -> None:
    rows = [key("Active", 40, definition="in 90 days"), key("Active", 55, definition="in 30 days")]
    assert not found({"repeated_metric", "two_names"}, claims=rows)
    rows = [key("Active", 40, definition="in 90 days"), key("Active", 40, definition="in 30 days")]
    (finding,) = found({"two_names"}, claims=rows)
    assert "in 90 days" in finding.arithmetic.text()


def value(name: str, number: float, unit: str, **more: object) -> Row:
    return {"name_en": name, "value": number, "unit": unit, **more}


ACROSS: list[tuple[str, dict[str, list[Row]], dict[str, list[Row]]]] = [
    (
        "operations and claims",
        {
            "operations": [value("Forward depots", 9, "count")],
            "claims": [key("Forward depots", 7, "count")],
        },
        {
            "operations": [value("Forward depots", 9, "count")],
            "claims": [key("Rear depots", 7, "count")],
        },
    ),
    (
        "a promise and what is told of it",
        {
            "thresholds": [value("Parcel delivery", 48, "hours", level="sla", comparator="<=")],
            "claims": [key("Parcel delivery within", 3, "days")],
        },
        {
            "thresholds": [value("Parcel delivery", 48, "hours", level="sla", comparator="<=")],
            "claims": [key("Average parcel delivery time", 3, "days")],
        },
    ),
    (
        "a promise and a target",
        {
            "thresholds": [
                value(
                    "First reply time", 60, "seconds", level="sla", comparator="<=", scope="service"
                )
            ],
            "targets_actuals": [
                {
                    "name_en": "First reply time of customer service",
                    "unit": "seconds",
                    "target": 30,
                    "period": "year",
                    "scope": "service",
                }
            ],
        },
        {
            "thresholds": [
                value(
                    "First reply time", 60, "seconds", level="red", comparator=">", scope="service"
                )
            ],
            "targets_actuals": [
                {
                    "name_en": "First reply time of customer service",
                    "unit": "seconds",
                    "target": 30,
                    "period": "year",
                    "scope": "service",
                }
            ],
        },
    ),
    (
        "tiers and rules",
        {
            "member_tiers": [value("Gold", 9, "fold", tier_order=1)],
            "member_rules": [value("Gold member discount", 8.8, "fold")],
        },
        {
            "member_tiers": [value("Gold", 9, "fold", tier_order=1)],
            "member_rules": [value("Silver member discount", 9.5, "fold")],
        },
    ),
    (
        "months and years",
        {
            "member_rules": [
                value("Points valid for", 12, "months"),
                value("Points validity", 2, "years"),
            ]
        },
        {
            "member_rules": [
                value("Points valid for", 12, "months"),
                value("Points validity", 1, "years"),
            ]
        },
    ),
    (
        "how many coupons stack",
        {
            "coupons": [{"name_en": "Stacking", "stack_max": 2, "unit": "count", "value": ""}],
            "thresholds": [value("Stacked coupons", 3, "count", level="cap", comparator="<=")],
        },
        {
            "coupons": [{"name_en": "Stacking", "stack_max": 2, "unit": "count", "value": ""}],
            "thresholds": [value("Stacked coupons", 2, "count", level="cap", comparator="<=")],
        },
    ),
    (
        "dormant in words",
        {
            "coupons": [
                {
                    "name_en": "Back",
                    "audience": "no purchase for 6 months",
                    "unit": "cny",
                    "value": 30,
                }
            ],
            "thresholds": [
                value("Dormant member: no purchase", 3, "months", level="trigger", comparator=">=")
            ],
        },
        {
            "coupons": [
                {
                    "name_en": "Back",
                    "audience": "no purchase for 6 months",
                    "unit": "cny",
                    "value": 30,
                }
            ],
            "thresholds": [
                value("Dormant member: no login", 3, "months", level="trigger", comparator=">=")
            ],
        },
    ),
    (
        "an outcome and a claim",
        {
            "targets_actuals": [
                {
                    "name_en": "618 sales",
                    "unit": "cny_10k",
                    "actual": 12000,
                    "period": "618 2024",
                    "scope": "618",
                }
            ],
            "claims": [key("618 sales", 1.3, "cny_100m", scope="618", period="2024")],
        },
        {
            "targets_actuals": [
                {
                    "name_en": "618 sales",
                    "unit": "cny_10k",
                    "actual": 12000,
                    "period": "618 2024",
                    "scope": "618",
                }
            ],
            "claims": [key("618 sales", 1.3, "cny_100m", scope="618", period="2023")],
        },
    ),
    (
        "the last milestone and the target",
        {
            "targets_actuals": [
                {
                    "name_en": "Awareness",
                    "unit": "pct",
                    "baseline": 20,
                    "target": 30,
                    "period": "year",
                    "scope": "all",
                }
            ],
            "milestones": [value("Awareness", 25, "pct", due="Q4")],
        },
        {
            "targets_actuals": [
                {
                    "name_en": "Awareness",
                    "unit": "pct",
                    "baseline": 20,
                    "target": 30,
                    "period": "year",
                    "scope": "all",
                }
            ],
            "milestones": [value("Awareness", 25, "pct", due="Q2")],
        },
    ),
    (
        "an alert and its thresholds",
        {
            "risk_register": [
                {
                    "name_en": "Budget overrun by streams",
                    "limit_value": 12,
                    "limit_unit": "pct",
                    "limit_kind": "alert_threshold",
                }
            ],
            "thresholds": [
                value("Budget overrun", 5, "pct", level="yellow", comparator=">"),
                value("Budget overrun", 10, "pct", level="red", comparator=">"),
            ],
        },
        {
            "risk_register": [
                {
                    "name_en": "Budget overrun by streams",
                    "limit_value": 10,
                    "limit_unit": "pct",
                    "limit_kind": "alert_threshold",
                }
            ],
            "thresholds": [
                value("Budget overrun", 5, "pct", level="yellow", comparator=">"),
                value("Budget overrun", 10, "pct", level="red", comparator=">"),
            ],
        },
    ),
    (
        "an event in the name or in the scope",
        {
            "channels_content": [value("Partners for Double 11", 1500, "count")],
            "claims": [key("Partners", 1200, "count", scope="double11")],
        },
        {
            "channels_content": [value("Partners for Double 11", 1500, "count")],
            "claims": [key("Partners", 1200, "count", scope="618")],
        },
    ),
]


@pytest.mark.parametrize(("label", "clash", "near"), ACROSS, ids=[row[0] for row in ACROSS])
def test_one_metric_in_two_tables(
    label: str, clash: dict[str, list[Row]], near: dict[str, list[Row]]
) -> None:
    (finding,) = found(REPEAT, **clash)
    assert len(finding.facts) >= 2, label
    assert finding.arithmetic.text("zh")
    assert not found(REPEAT, **near)


def test_a_goal_is_no_claim_of_what_happened_in_a_review() -> None:
    goal = {"name_en": "Orders", "unit": "count", "target": 500, "period": "year", "scope": "all"}
    done = {
        "name_en": "Visits",
        "unit": "count",
        "target": 90,
        "actual": 95,
        "period": "year",
        "scope": "all",
    }
    claim = [key("Orders", 400, "count")]
    assert found(REPEAT, targets_actuals=[goal], claims=claim)
    assert not found(REPEAT, targets_actuals=[goal, done], claims=claim)
    start = {**goal, "baseline": 400}
    assert not found(REPEAT, targets_actuals=[start], claims=claim)


def test_a_kpi_named_only_in_chinese_meets_its_target() -> None:
    target = {"name_zh": "核销率", "unit": "pct", "target": 26, "period": "year", "scope": "all"}
    for number, many in ((31, 1), (26, 0)):
        kpi = {"name_zh": "核销率", "unit": "pct", "target": number}
        assert len(found(REPEAT, targets_actuals=[target], kpi_table=[kpi])) == many


def test_happened_and_avoided_ask_for_a_word_not_a_number() -> None:
    rows = [
        value("Spoilt stock, happened", 80, "cny_10k"),
        value("Spoilt stock, avoided", 80, "cny_10k"),
    ]
    (finding,) = found({"polarity"}, extra_facts=rows)
    assert "say in both" in finding.change.text()
    rows[1]["value"] = 60
    assert not found({"polarity"}, extra_facts=rows)


@pytest.mark.parametrize(
    ("total", "one", "alarms"),
    [
        ({"name_en": "618 likes, all sessions", "scope": "618 total"},
         {"name_en": "Likes, best single session", "scope": "618 single session"}, True),
        ({"name_zh": "618点赞总量", "scope": "618"},
         {"name_zh": "618单场点赞最高", "scope": "618"}, True),
        ({"name_en": "618 likes, all sessions", "scope": "618 total"},
         {"name_en": "Average likes per session", "scope": "618"}, False),
        ({"name_en": "618 likes, all sessions", "scope": "618 total"},
         {"name_en": "Likes, best single session", "scope": "double11 single session"}, False),
    ],
)  # fmt: skip
def test_a_total_is_more_than_its_best_occasion(total: Row, one: Row, alarms: bool) -> None:
    rows = [{**row, "metric_key": key_, "value": 900, "unit": "count_10k", "period": "2024"}
            for row, key_ in ((total, "a"), (one, "b"))]  # fmt: skip
    assert bool(found({"total_single"}, claims=rows)) is alarms


def test_one_effect_of_two_causes_in_two_documents_needs_a_scope() -> None:
    def effects(scope: str) -> list[Row]:
        row = {"metric_zh": "转化率", "unit": "pp", "delta": 2.5, "scope": scope}
        return [
            {**row, "name_en": "Cart conversion", "intervention_en": "chat"},
            {**row, "name_en": "Cart conversion, again", "intervention_en": "refunds", "seed": "B"},
        ]

    assert found({"causes"}, effects=effects("618"))
    assert not found({"causes"}, effects=effects("all"))


def test_a_share_that_the_words_on_a_rival_give() -> None:
    rival: list[Row] = [{"name_en": "Brand Z", "weakness_en": "retention below 28%, slow"}]
    own = [value("Retention of trial users", 28, "pct", comparator="<", scope="own")]
    assert found({"subject"}, competitors=rival, market=own)
    own[0]["comparator"] = "="
    assert not found({"subject"}, competitors=rival, market=own)


@pytest.mark.parametrize(
    ("cells", "many"),
    [
        ({"name_en": "Repeat rate, relative gain", "target": 25.9}, 0),
        ({"name_zh": "复购率相对提升", "target": 25.9}, 0),
        ({"name_en": "Repeat rate gain", "target": 25.9}, 1),
        ({"name_en": "Renewal improvement", "target": 10, "delta": 6, "delta_unit": "pp"}, 1),
        ({"name_en": "On time in a day", "baseline": 88, "target": 92, "delta": 4,
          "delta_unit": "pct"}, 1),
        ({"name_en": "On time in a day", "baseline": 88, "target": 92, "delta": 4,
          "delta_unit": "pp"}, 0),
    ],
)  # fmt: skip
def test_how_a_change_of_a_rate_is_counted(cells: Row, many: int) -> None:
    row = {"unit": "pct", "period": "year", "scope": "all", **cells}
    assert len(found({"percent_points"}, targets_actuals=[row])) == many


def test_points_printed_as_per_cent_between_rows() -> None:
    levels = [value("Online penetration", 38, "pct", period="year 2026", scope="all"),
              value("Online penetration", 35, "pct", period="year 2025", scope="all")]  # fmt: skip
    gain = value("Online penetration yearly gain", 3, "pct", period="year 2026", scope="all")
    (finding,) = found({"percent_points"}, market=[*levels, gain])
    assert finding.facts[0] == "market.2"
    assert not found({"percent_points"}, market=[*levels, {**gain, "value": 8.6}])
    assert not found({"percent_points"}, market=[*levels, {**gain, "unit": "pp"}])


@pytest.mark.parametrize(
    ("cells", "many"),
    [
        ({"name_en": "Conversion rate lost", "unit": "cny_10k"}, 1),
        ({"name_en": "Conversion rate optimisation budget", "unit": "cny_10k"}, 0),
        ({"name_en": "Trust score", "unit": "pct"}, 1),
        ({"name_en": "Share of five-star scores", "unit": "pct"}, 0),
        ({"name_en": "NPS", "unit": "pct"}, 1),
        ({"name_en": "NPS promoters", "unit": "pct"}, 0),
    ],
)
def test_units_of_rates_scores_and_shares(cells: Row, many: int) -> None:
    row = {"actual": 40, "period": "year", "scope": "all", **cells}
    assert len(found({"unit_type"}, targets_actuals=[row])) == many


def test_a_row_is_named_by_its_outcome() -> None:
    row = {
        "name_en": "NPS",
        "unit": "pct",
        "baseline": 47,
        "actual": 52,
        "period": "year",
        "scope": "all",
    }
    (finding,) = found({"unit_type"}, targets_actuals=[row])
    assert "52" in finding.arithmetic.text()


@pytest.mark.parametrize(
    ("one", "other", "repeats"),
    [
        ("AOV, first orders", "AOV, repeat orders", False),
        ("Deal price", "List price", False),
        ("Return rate", "Return rate (orders)", True),
        ("Return rate", "Return rate (about, rounded)", True),
        ("Return rate", "Return rate (by value)", False),
        ("Gross sales", "Net sales", False),
        ("Lipstick model A1 visits", "Lipstick model A2 visits", False),
    ],
)
def test_words_that_exclude_each_other_make_two_metrics(
    one: str, other: str, repeats: bool
) -> None:
    assert bool(found(REPEAT, claims=[key(one, 40), key(other, 55)])) is repeats


@pytest.mark.parametrize(
    ("one", "other", "repeats"),
    [
        ("首单客单价", "复购客单价", False),
        ("7天留存", "30天留存", False),
        ("第一批到货", "第二批到货", False),
        ("含税毛利", "不含税毛利", False),
        ("到货", "到货（万元）", True),
    ],
)
def test_so_do_chinese_words(one: str, other: str, repeats: bool) -> None:
    rows = [{**key("", v, "cny_10k"), "name_zh": n} for n, v in ((one, 40), (other, 55))]
    assert bool(found(REPEAT, claims=rows)) is repeats


def test_a_factor_of_ten_thousand_is_a_slip_of_the_unit() -> None:
    rows = [key("Stage GMV", 7400, "cny_10k"), key("Stage GMV (100m)", 0.74, "cny_10k")]
    (finding,) = found(REPEAT, claims=rows)
    assert finding.severity == "H"
    rows[1]["unit"] = "cny_100m"
    assert not found(REPEAT, claims=rows)


@pytest.mark.parametrize(("days", "alarms"), [(3, True), (2, False)])
def test_hours_and_days_of_one_promise_in_two_documents(days: float, alarms: bool) -> None:
    rows = [key("Restock time", 48, "hours"),
            key("Restock time (maximum)", days, "days", seed="B")]  # fmt: skip
    assert bool(found(REPEAT, claims=rows)) is alarms
    sales = [key("Session sales", 48, "cny_10k"), key("Session sales (maximum)", 60, "cny_10k")]
    assert not found(REPEAT, claims=sales)  # the most of a quantity is another figure


@pytest.mark.parametrize(
    ("one", "other", "alarms"),
    [
        ({"name_en": "Courier time"}, {"name_en": "Delivery time"}, True),
        ({"name_zh": "快递时效"}, {"name_zh": "物流时效"}, True),
        ({"name_en": "Partner stores"}, {"name_zh": "合作门店"}, False),
        ({"name_en": "Delivery time"}, {"name_en": "Delivery time (days)"}, False),
        ({"name_zh": "市场份额"}, {"name_zh": "销售额份额"}, False),
        ({"name_en": "Courier time"}, {"name_en": "Delivery time", "seed": "B"}, False),
        ({"name_en": "Early time", "name_zh": "时效"}, {"name_en": "Dash time", "name_zh": "时效"},
         False),
    ],
)  # fmt: skip
def test_a_translation_is_no_second_name(one: Row, other: Row, alarms: bool) -> None:
    rows = [{**key("", 2, "days"), **cells} for cells in (one, other)]
    assert bool(found({"two_names"}, claims=rows)) is alarms


@pytest.mark.parametrize(
    ("value", "unit", "alarms"),
    [(30, "minutes", True), (0.5, "hours", False), (29, "minutes", False)],
)
def test_two_subjects_print_one_figure(value: float, unit: str, alarms: bool) -> None:
    rows = [key("Delivery", 30, "minutes", subject="own", scope="city", period="2025"),
            key("Delivery", value, unit, subject="rival", scope="city", period="2025")]  # fmt: skip
    assert bool(found({"subject"}, claims=rows)) is alarms


def risk(name: str, name_zh: str = "", **cells: object) -> Row:
    return {"name_en": name, "name_zh": name_zh, "category": "service", **cells}


@pytest.mark.parametrize(
    ("hours", "name", "alarms"),
    [
        (2, "Endorser news response limit", True),
        (4, "Endorser news response limit", False),
        (2, "Complaint response limit", False),
        (2, "Endorser news recovery time", False),
    ],
)
def test_a_limit_of_the_register_is_the_promise_of_that_risk(
    hours: float, name: str, alarms: bool
) -> None:
    row = risk("Endorser news", limit_value=4, limit_unit="hours", limit_kind="response_time")
    rows = [value(name, hours, "hours", metric_key="a")]
    assert bool(found(REPEAT, risk_register=[row], claims=rows)) is alarms


@pytest.mark.parametrize(
    ("name", "name_zh", "number", "alarms"),
    [
        ("Budget overrun", "预算超支率", 1.5, True),
        ("Budget overrun", "预算超支率", 5.1, False),
        ("Budget overrun alert", "预算超支预警", 1.5, False),
        ("", "预算超支率", 1.5, True),
        ("Cost overrun avoided", "", 1.5, False),
    ],
)
def test_an_impact_is_the_figure_of_that_name(
    name: str, name_zh: str, number: float, alarms: bool
) -> None:
    row = risk("Budget overrun", "预算超支", impact_value=5.1, impact_unit="pct")
    rows = [value(name, number, "pct", name_zh=name_zh)]
    assert bool(found(REPEAT, risk_register=[row], budget_split=rows)) is alarms


@pytest.mark.parametrize(
    ("benefit", "name", "fee", "alarms"),
    [
        ("free shipping all year", "Shipping fee per order, gold members", 6, True),
        ("birthday coupon, free delivery", "Delivery fee, gold", 6, True),
        ("free shipping all year", "Shipping fee per order, gold members", 0, False),
        ("free shipping all year", "Shipping fee per order, ordinary members", 6, False),
        ("free shipping all year", "Shipping fee per order, black gold members", 6, False),
        ("free shipping over 59", "Shipping fee per order, gold members", 6, False),
        ("free shipping coupon", "Shipping fee per order, gold members", 6, False),
        ("free shipping", "Return shipping fee, gold members", 6, False),
        ("free shipping", "Shipping fee saved by gold members", 6, False),
        ("free returns", "Return shipping fee, gold members", 6, True),
        ("double points", "Points multiple, gold", 1.5, False),  # money, not a multiple
    ],
)
def test_what_is_free_has_no_fee(benefit: str, name: str, fee: float, alarms: bool) -> None:
    tiers = [{"name_en": "Gold", "benefit_en": benefit, "unit": "fold", "value": 9.5},
             {"name_en": "Black gold", "unit": "fold", "value": 8.8}]  # fmt: skip
    rows = [value(name, fee, "cny")]
    assert bool(found(REPEAT, member_tiers=tiers, operations=rows)) is alarms


@pytest.mark.parametrize(
    ("benefit", "name", "number", "unit", "alarms"),
    [
        ("全年包邮、生日券", "金卡会员每单运费", 6, "cny", True),
        ("全年包邮、生日券", "黑金卡会员每单运费", 6, "cny", False),
        ("满99元包邮", "金卡会员每单运费", 6, "cny", False),
        ("双倍积分", "金卡积分倍数", 1.5, "times", True),
        ("双倍积分", "金卡积分倍数", 2, "times", False),
        ("全场9.5折", "金卡人数", 9, "count", False),
        ("全场9折", "金卡人数", 9, "count", True),
    ],
)
def test_so_in_chinese_and_of_points_and_discounts(
    benefit: str, name: str, number: float, unit: str, alarms: bool
) -> None:
    tiers = [{"name_zh": "金卡", "benefit_zh": benefit, "unit": "fold", "value": 9.5},
             {"name_zh": "黑金卡", "unit": "fold", "value": 8.8}]  # fmt: skip
    rows = [{"name_zh": name, "value": number, "unit": unit}]
    assert bool(found(REPEAT, member_tiers=tiers, operations=rows)) is alarms


@pytest.mark.parametrize(
    ("cells", "many"),
    [
        ({"name_en": "Conversion, visitor to order", "unit": "cny_10k"}, 1),
        ({"name_zh": "访购转化", "unit": "pct"}, 0),
        ({"name_zh": "会员占比", "unit": "cny"}, 1),
        ({"name_en": "Cost of conversion", "unit": "cny"}, 0),
        ({"name_en": "Retention period", "unit": "days"}, 0),
        ({"name_en": "Awareness campaign", "unit": "cny_10k"}, 0),
        ({"name_zh": "客单价", "unit": "days"}, 1),
        ({"name_en": "Delivery time", "unit": "cny"}, 1),
        ({"name_en": "Sales (10k CNY)", "unit": "cny_100m"}, 1),
        ({"name_zh": "响应（小时）", "unit": "minutes"}, 1),
        ({"name_zh": "响应（小时）", "unit": "hours"}, 0),
    ],
)
def test_units_that_a_name_excludes(cells: Row, many: int) -> None:
    row = {"actual": 2, "period": "year", "scope": "all", **cells}
    assert len(found({"unit_type"}, targets_actuals=[row])) == many


@pytest.mark.parametrize(
    ("one", "other", "sides", "alarms"),
    [
        ({"name_zh": "自有工厂响应快"}, {"name_zh": "自有工厂响应快"}, "ST", True),
        ({"name_en": "Own factory"}, {"name_en": "Own factory."}, "SO", True),
        ({"name_zh": "自有工厂响应快"}, {"name_zh": "自有工厂响应慢"}, "ST", False),
        ({"name_zh": "流量成本上升"}, {"name_zh": "用户需求上升"}, "OT", False),
        ({"name_zh": "自有工厂响应快"}, {"name_zh": "自有工厂响应快"}, "SS", False),
        ({"name_en": "Own factory"}, {"name_zh": "自有工厂"}, "ST", False),
    ],
)
def test_a_factor_stands_in_one_quadrant(one: Row, other: Row, sides: str, alarms: bool) -> None:
    rows = [{**cells, "category": side} for cells, side in zip((one, other), sides, strict=True)]
    assert bool(found({"swot"}, swot_factors=rows)) is alarms


def test_all_heads_are_no_repeat_of_one_team() -> None:
    rows = {
        "extra_facts": [{"name_en": "Plan team headcount, total", "name_zh": "团队总人数",
                         "unit": "persons", "value": 46}],
        "team": [{"name_en": "Brand team", "name_zh": "品牌团队", "unit": "persons",
                  "headcount": 9}],
    }  # fmt: skip
    assert not found(REPEAT, **rows)


def test_designs_and_the_quantity_of_each_are_two_metrics() -> None:
    designs = key("Gift-box designs", 3, "count")
    each = {"name_en": "Gift-box quantity per design", "unit": "count", "value": 8000}
    assert not found(REPEAT, claims=[designs], extra_facts=[each])
    assert found(REPEAT, claims=[designs], extra_facts=[{**each, "name_en": "Gift-box designs"}])


def test_a_stock_that_grew_by_what_was_added_is_consistent() -> None:
    base = {"name_en": "Member base", "unit": "count_10k", "baseline": 28, "actual": 36,
            "delta": 8, "delta_unit": "count_10k"}  # fmt: skip
    added = key("New members, net", 8, "count_10k")
    assert not found({"flow_stock"}, targets_actuals=[base], claims=[added])


@pytest.mark.parametrize(("about", "two"), [("Brand C users' retention", 0), ("Retention", 1)])
def test_a_share_that_names_the_rival_is_the_rivals(about: str, two: int) -> None:
    rival = {"name_en": "Brand C", "share": 28, "share_metric": "retention of users"}
    claim = {**key(about, 28), "metric_key": "retention"}
    assert len(found({"subject"}, competitors=[rival], claims=[claim])) == two


@pytest.mark.parametrize(("rate", "findings"), [(120, 0), (112, 1), (125, 1)])
def test_a_completion_rate_is_of_the_sales_and_of_nothing_beside_them(
    rate: float, findings: int
) -> None:
    base = {"unit": "count_10k", "period": "Q2", "scope": "may_day", "comparator": ">="}
    rows = [
        {**base, "name_en": "May Day target completion", "unit": "pct", "actual": rate},
        {**base, "name_en": "May Day interactions", "target": 120, "actual": 150},
        {**base, "name_en": "May Day sales", "unit": "cny_10k", "target": 1000, "actual": 1200},
    ]
    assert len(found({"identity"}, targets_actuals=rows)) == findings


def test_a_placeholder_is_found_in_any_table() -> None:
    row: Row = {"name_en": "Annual budget", "unit": "cny_10k", "value": "X"}
    assert found({"smart"}, extra_facts=[row])
