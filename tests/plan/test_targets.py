"""Targets, milestones on the way to them, coverage and SWOT: each error, and what is none."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.plan import Finding, check_plan

Cells = dict[str, object]


def row(id: str, **cells: object) -> Cells:
    return {"fact_id": id, "seed": "A", "name_en": "Members", "unit": "count_10k", "baseline": "",
            "target": "", "actual": "", "delta": "", "delta_unit": "", "comparator": ">=",
            "period": "2025", "scope": "all", **cells}  # fmt: skip


def check(**tables: list[Cells]) -> list[Finding]:
    frames = {name: pd.DataFrame(rows).fillna("") for name, rows in tables.items()}
    return list(check_plan(frames).findings)


def kinds(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.kind, finding.severity) for finding in findings]


def before(**cells: object) -> Cells:
    return row("t0", period="2024", **{"baseline": 60, "actual": 80, "comparator": "", **cells})


@pytest.mark.parametrize(
    ("past", "goal", "far"),
    [
        (before(), row("t1", baseline=80, target=400), True),
        (before(), row("t1", baseline=80, target=104), False),
        (before(), row("t1", baseline=80, target=150), False),
        (before(), row("t1", baseline=80, target=400, scope="app"), False),
        (before(), row("t1", baseline=80, target=400, name_en="Members, app"), False),
        (before(), row("t1", baseline=90, target=400), False),  # another start: no one path
        (before(unit="pct", baseline=18, actual=22), row("t1", unit="pct", baseline=22, target=75),
         True),
        (before(unit="pct", baseline=18, actual=22), row("t1", unit="pct", baseline=22, target=28),
         False),
        (before(name_en="", name_zh="会员数"),
         row("t1", name_en="", name_zh="会员数", baseline=80, target=400), True),
    ],
)  # fmt: skip
def test_the_next_period_against_the_last(past: Cells, goal: Cells, far: bool) -> None:
    found = [f for f in check(targets_actuals=[past, goal]) if f.kind == "feasibility"]
    assert [f.facts for f in found] == ([("t1", "t0")] if far else [])


def test_a_market_that_grows_so_fast_makes_it_possible() -> None:
    rows = [before(), row("t1", baseline=80, target=200)]
    market = {"fact_id": "m1", "seed": "A", "name_en": "Market growth", "unit": "pct", "value": 60}
    assert kinds(check(targets_actuals=rows)) == [("feasibility", "M")]
    assert not check(targets_actuals=rows, market=[market])


def test_the_change_names_the_change_and_the_kpi_too() -> None:
    kpi = {"fact_id": "k1", "seed": "A", "name_en": "Members", "unit": "count_10k", "target": 400}
    rows = [before(), row("t1", baseline=80, target=400, delta=400, delta_unit="pct")]
    (found,) = check(targets_actuals=rows, kpi_table=[kpi])
    assert found.change.text() == (
        "t1: 400 count_10k → ≤ 160 count_10k; 400 pct → ≤ 100 pct; k1: 400 count_10k → "
        "≤ 160 count_10k"
    )
    rows[1] |= {"target": 160, "delta": 100}
    assert not check(targets_actuals=rows, kpi_table=[{**kpi, "target": 160}])


def cost(**cells: object) -> Cells:
    own = {"name_en": "Acquisition cost", "unit": "cny", "baseline": 83, "target": 75}
    return row("t1", **{**own, **cells})


@pytest.mark.parametrize(
    ("goal", "wrong", "change"),
    [
        (cost(comparator="<="), [], ""),
        (cost(comparator=">="), ["M"], "t1: >= 75 cny → <= 75 cny"),
        (cost(comparator="="), [], ""),
        (cost(comparator=">=", name_en="Basket", delta=-8, delta_unit="cny"), ["M"],
         "t1: >= 75 cny → <= 75 cny"),
        (cost(comparator=">=", name_en="Basket"), ["H"], "t1: 75 cny → >= 83 cny"),
        (cost(comparator="<=", target=90), ["H"], "t1: 90 cny → <= 83 cny"),
        (row("t1", name_en="", name_zh="退货率", unit="pct", baseline=5, target=4), ["M"],
         "t1: >= 4 pct → <= 4 pct"),
        (row("t1", name_en="Livestream dwell time", unit="minutes", baseline=5, target=8), [], ""),
        (row("t1", name_en="Marketing budget", unit="cny_10k", baseline=900, target=990,
             comparator="<="), [], ""),
    ],
)  # fmt: skip
def test_comparators_and_starts(goal: Cells, wrong: list[str], change: str) -> None:
    found = check(targets_actuals=[goal])
    assert kinds(found) == [("feasibility", each) for each in wrong]
    if wrong:
        assert found[0].change.text() == change


@pytest.mark.parametrize(
    ("told", "sign", "target", "wrong"),
    [
        ("higher", "=", 40, ["H"]), ("higher", "=", 50, []), ("lower", "=", 40, []),
        ("lower", "=", 50, ["H"]), ("lower", ">=", 40, ["M"]), ("higher", "<=", 50, ["M"]),
        ("higher", "<=", 40, ["H"]), ("lower", ">=", 50, ["H"]), ("lower", "<=", 40, []),
    ],
)  # fmt: skip
def test_the_direction_of_the_kpi_table(
    told: str, sign: str, target: float, wrong: list[str]
) -> None:
    kpi = {"fact_id": "k1", "seed": "A", "name_en": "Efficient models", "unit": "pct",
           "target": target, "direction_inferred": told}  # fmt: skip
    goal = row("t1", name_en="Efficient models", unit="pct", baseline=44, target=target,
               comparator=sign)  # fmt: skip
    found = check(targets_actuals=[goal], kpi_table=[kpi])
    assert [f.severity for f in found] == wrong


@pytest.mark.parametrize(
    ("name", "actual", "wrong"),
    [
        ("On-time share, target reached", 91, 1), ("On-time share, target reached", 97, 0),
        ("On-time share", 91, 0), ("On-time share, target not met", 91, 0),
        ("准时占比（已达成）", 91, 1), ("准时占比（未达成）", 91, 0), ("目标达成率", 91, 0),
    ],
)  # fmt: skip
def test_what_is_called_reached(name: str, actual: float, wrong: int) -> None:
    found = check(targets_actuals=[row("t1", name_en=name, unit="pct", target=96, actual=actual)])
    assert len([f for f in found if f.kind == "feasibility"]) == wrong


def due(id: str, when: str, value: float, name: str = "Members", **cells: object) -> Cells:
    return {"fact_id": id, "seed": "A", "plan": "road", "name_en": name, "due": when,
            "unit": "count_10k", "value": value, **cells}  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ([("Q2", 553), ("Q4", 620)], []),
        ([("Q2", 660), ("Q4", 620)], ["m0"]),
        ([("Q2", 450), ("Q4", 620)], ["m0"]),
        ([("Q1", 560), ("Q2", 540), ("Q4", 620)], ["m0"]),
        ([("Q4", 600)], ["m0"]),
        ([("Q3", 600)], []),
        ([("6 months", 553), ("12 months", 620)], []),
        ([("12 months", 620), ("6 months", 700)], ["m1"]),
    ],
)
def test_milestones_on_the_way(steps: list[tuple[str, float]], wrong: list[str]) -> None:
    goal = row("t1", name_en="Members at year end", baseline=486, target=620, period="year")
    rows = [due(f"m{k}", *step) for k, step in enumerate(steps)]
    found = check(targets_actuals=[goal], milestones=rows)
    assert [f.facts[0] for f in found] == wrong


def test_milestones_of_falling_metrics_flows_and_other_scopes() -> None:
    goal = row("t1", name_en="Clearance", unit="hours", baseline=20, target=12, comparator="<=",
               period="year")  # fmt: skip
    steps = [("6 months", 16.0), ("12 months", 12.0)]
    way = [due(f"m{k}", when, value, "Clearance", unit="hours")
           for k, (when, value) in enumerate(steps)]  # fmt: skip
    assert not check(targets_actuals=[goal], milestones=way)
    way[0]["value"] = 22
    assert check(targets_actuals=[goal], milestones=way)[0].facts[0] == "m0"
    sales = row("t1", name_en="GMV", unit="cny_100m", baseline=6, target=8, period="year")
    quarters = [due("m0", "Q1", 1.5, "GMV", unit="cny_100m"),
                due("m1", "Q2", 2.9, "GMV", unit="cny_100m")]  # fmt: skip
    assert not check(targets_actuals=[sales], milestones=quarters)
    members = row("t1", baseline=486, target=620, period="year", name_en="Members, app")
    assert not check(targets_actuals=[members], milestones=[due("m0", "Q2", 900, "Shops")])


def test_what_a_target_leaves_out_is_told_at_once() -> None:
    bare = row("t1", name_en="A closer bond", unit="", comparator="", period="")
    (found,) = check(targets_actuals=[bare])
    assert found.arithmetic.text() == "left out: number, unit, date, comparator"
    (found,) = check(targets_actuals=[row("t1", target=20, period="")])
    assert found.arithmetic.text() == "left out: date"
    assert not check(targets_actuals=[row("t1", target=20, comparator="")])
    assert not check(targets_actuals=[row("t1", actual=20, period="")])


def kpi_plan(*extra: Cells, kpis: int = 4) -> list[Finding]:
    names = ("Awareness", "Complaints", "Shops", "Basket", "Speed")
    goals = [row(f"t{k}", name_en=name, target=20 + k) for k, name in enumerate(names[:kpis])]
    table = [{"fact_id": f"k{k}", "seed": "A", "name_en": name, "unit": "count_10k",
              "target": 20 + k} for k, name in enumerate(names[:kpis])]  # fmt: skip
    return check(targets_actuals=[*goals, *extra], kpi_table=table)


@pytest.mark.parametrize(
    ("extra", "missing"),
    [
        (row("x", name_en="Loyal buyers", target=9), True),
        (row("x", name_en="Marketing budget", target=9, unit="cny_10k", comparator="<="), False),
        (row("x", name_en="Marketing cost saved", target=9, unit="cny_10k"), True),
        (row("x", name_en="Loyal buyers", target=9, period="Q2"), False),
        (row("x", name_en="Loyal buyers", target=9, period="618"), False),
        (row("x", name_en="Loyal buyers", target=9, seed="B"), False),
    ],
)
def test_targets_without_a_kpi(extra: Cells, missing: bool) -> None:
    found = [f for f in kpi_plan(extra) if f.kind == "coverage"]
    assert [f.facts for f in found] == ([("x",)] if missing else [])


def test_peers_without_sales_are_one_finding() -> None:
    peers: list[Cells] = [
        {"fact_id": f"c{k}", "seed": "A", "name_en": f"Peer {k}", "sales": sales, "growth": 9,
         "sales_unit": "cny_100m"}
        for k, sales in enumerate((40, 31, "", ""))
    ]  # fmt: skip
    (found,) = check(competitors=peers)
    assert found.facts == ("c2", "c3")
    assert not check(competitors=peers[:2])
    assert not check(competitors=peers[1:])  # one peer alone sets no custom


def risks(*owners: str) -> list[Cells]:
    return [{"fact_id": f"r{k}", "seed": "A", "name_zh": f"风险{k}", "category": "c",
             "owner_zh": owner} for k, owner in enumerate(owners)]  # fmt: skip


def teams(*names: str) -> list[Cells]:
    return [{"fact_id": f"g{k}", "seed": "B", "name_zh": name, "unit": "persons", "headcount": 5}
            for k, name in enumerate(names)]  # fmt: skip


@pytest.mark.parametrize(
    ("owners", "names", "wrong"),
    [
        (("市场部", "客服部", "技术部", "公关部"), ("市场部", "客服部", "技术部"), ["r3"]),
        (("市场部", "客服部、技术部"), ("市场部", "客服部", "技术部"), []),
        (("市场组", "客服", "技术部"), ("市场部", "客服部", "技术部"), []),
        (("法务部", "采购部", "财务部"), ("直播组", "内容组"), []),  # another kind of list
        (("市场部", "公关部"), (), []),
    ],
)
def test_owners_are_teams(
    owners: tuple[str, ...], names: tuple[str, ...], wrong: list[str]
) -> None:
    tables = {"risk_register": risks(*owners), **({"team": teams(*names)} if names else {})}
    found = check(**tables)
    assert [f.facts[0] for f in found if f.kind == "coverage"] == wrong


@pytest.mark.parametrize(
    ("one", "other", "severity"),
    [
        (("S", "Repurchase rate above industry", ""), ("W", "Repurchase rate behind industry", ""),
         "M"),
        (("S", "", "复购率高于行业"), ("W", "", "复购率低于行业"), "M"),
        (("S", "Repurchase rate above industry", ""), ("W", "Awareness behind industry", ""), ""),
        (("S", "Loyalty above industry", ""), ("T", "Promotion fatigue, loyalty falling", ""), "L"),
        (("O", "Outdoor demand growing", ""), ("T", "Outdoor demand shrinking", ""), "M"),
        (("O", "", "户外需求增长"), ("T", "", "户外需求萎缩"), "M"),
        (("O", "Outdoor demand growing", ""), ("T", "Freight cost rising", ""), ""),
        (("S", "Strong brand, good design", ""), ("W", "Weak in counties", ""), ""),
        (("O", "Counties grow", ""), ("W", "Weak in counties", ""), ""),
    ],
)  # fmt: skip
def test_opposites_in_swot(
    one: tuple[str, str, str], other: tuple[str, str, str], severity: str
) -> None:
    rows: list[Cells] = [{"fact_id": f"s{k}", "seed": "A", "category": c, "name_en": en,
                          "name_zh": zh}
            for k, (c, en, zh) in enumerate((one, other))]  # fmt: skip
    found = check(swot_factors=rows)
    assert [f.severity for f in found] == ([severity] if severity else [])


def steps(*values: float, name: str = "Cumulative new members", **cells: object) -> list[Cells]:
    dues = ("06-02", "06-18", "06-22")
    return [{"fact_id": f"m{k}", "seed": "A", "plan": "x", "name_en": name, "due": day,
             "unit": "count_10k", "value": value, **cells}
            for k, (day, value) in enumerate(zip(dues, values, strict=False))]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "change"),
    [
        (steps(8.1, 6, 18), "m1: 6 count_10k → ≥ 8.1 count_10k"),
        (steps(8.1, 19, 18), "m2: 18 count_10k → ≥ 19 count_10k"),
        (steps(20, 16.2, 18), "m0: 20 count_10k → ≤ 16.2 count_10k"),
        (steps(8.1, 16.2, 18), ""),
        (steps(8.1, 6, 18, name="New members"), ""),  # of each span
        (steps(8.1, 6, 18, name="Cumulative net new members"), ""),
        (steps(8.1, 6, 5, name="Cumulative return rate", unit="pct"), ""),
        (steps(40, 30, 100, name="Cumulative GMV completion", unit="pct"), "m1: 30 pct → ≥ 40 pct"),
        (steps(8.1, 6, 18, name="", name_zh="累计新增会员"), "m1: 6 count_10k → ≥ 8.1 count_10k"),
    ],
)
def test_cumulative_milestones_never_fall(rows: list[Cells], change: str) -> None:
    found = [f for f in check(milestones=rows) if f.kind == "sum"]
    assert [f.change.text() for f in found] == ([change] if change else [])


def test_cumulative_figures_are_ordered_by_their_names_and_periods() -> None:
    def dated(*days: tuple[str, str, float], **cells: object) -> list[Finding]:
        rows = [row(f"t{k}", name_en=name, period=period, actual=value, unit="cny_10k", **cells)
                for k, (name, period, value) in enumerate(days)]  # fmt: skip
        return [f for f in check(targets_actuals=rows) if f.kind == "sum"]

    fall = dated(("Cumulative GMV to 3 Jun", "", 4680), ("Cumulative GMV to 26 May", "", 1872),
                 ("Cumulative GMV to 14 Jun", "", 4212))  # fmt: skip
    assert [f.facts for f in fall] == [("t0", "t2")]
    assert dated(("", "截至5月26日", 1872), ("", "截至6月3日", 1680), name_zh="累计成交额")
    assert dated(("GMV to date", "Q1", 30), ("GMV to date", "Q2", 28))
    assert not dated(("GMV to date", "2024 Q2", 30), ("GMV to date", "2025 Q1", 8))
    assert not dated(("Cumulative GMV", "05-16 to 06-14", 60), ("Cumulative GMV", "06-15 to 06-18",
                                                                28))  # fmt: skip
    assert not dated(("Cumulative GMV to 12-31", "", 60), ("Cumulative GMV to 01-04", "", 80))
    assert not dated(("Cumulative GMV to 3 Jun, Tmall", "", 60), ("Cumulative GMV to 5 Jun, JD", "",
                                                                  30))  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "wrong"),
    [
        ({"name_en": "GMV, committed plan target", "target": 12960},
         {"name_en": "GMV, stretch target (with more traffic)", "target": 11660}, True),
        ({"name_en": "GMV, committed plan target", "target": 12960},
         {"name_en": "GMV, stretch target (with more traffic)", "target": 14900}, False),
        ({"name_zh": "GMV目标", "target": 100}, {"name_zh": "GMV挑战目标", "target": 90}, True),
        ({"name_zh": "GMV目标", "target": 100}, {"name_zh": "GMV保底目标", "target": 110}, True),
        ({"name_zh": "GMV目标", "target": 100}, {"name_zh": "GMV保底目标", "target": 90}, False),
        ({"name_zh": "获客成本目标", "target": 72, "comparator": "<="},
         {"name_zh": "获客成本冲刺目标", "target": 65, "comparator": "<="}, False),
        ({"name_zh": "获客成本目标", "target": 72, "comparator": "<="},
         {"name_zh": "获客成本冲刺目标", "target": 80, "comparator": "<="}, True),
        ({"name_en": "GMV", "target": 100}, {"name_en": "GMV, stretch", "scope": "Tmall",
                                             "target": 90}, False),
        ({"name_en": "GMV", "target": 100}, {"name_en": "GMV, stretch", "period": "618",
                                             "target": 90}, False),
        ({"name_en": "GMV, online", "target": 100}, {"name_en": "GMV, stretch goal",
                                                     "target": 90}, True),
        ({"name_en": "Revenue, base", "target": 100}, {"name_en": "Revenue, floor",
                                                       "target": 105}, True),
        ({"name_zh": "乐观情景GMV", "target": 90}, {"name_zh": "中性情景GMV", "target": 100}, True),
        ({"name_zh": "乐观情景GMV", "target": 90}, {"name_zh": "悲观情景GMV", "target": 80}, False),
        ({"name_en": "Hashtag views", "target": 100},
         {"name_en": "Hashtag challenge views", "target": 90}, False),
        ({"name_zh": "GMV目标", "target": 100}, {"name_zh": "冲刺期GMV目标", "target": 40}, False),
        ({"name_en": "Marketing budget, base case", "target": 100, "comparator": "="},
         {"name_en": "Marketing budget, optimistic case", "target": 90, "comparator": "="}, False),
    ],
)  # fmt: skip
def test_a_stretch_asks_for_more(one: Cells, other: Cells, wrong: bool) -> None:
    rows = [row(f"t{k}", unit="cny_10k", **{"name_en": "", **each})
            for k, each in enumerate((one, other))]  # fmt: skip
    found = [f for f in check(targets_actuals=rows) if "ambitious" in f.arithmetic.text()]
    assert [f.severity for f in found] == (["H"] if wrong else [])


@pytest.mark.parametrize(
    ("values", "wrong"),
    [((80, 100, 120), []), ((80, 100, 95), ["m2"]), ((130, 100, 120), ["m0"])],
)
def test_cases_are_in_order(values: tuple[float, ...], wrong: list[str]) -> None:
    names = ("Market sales, conservative case", "Market sales, base case",
             "Market sales, optimistic case")  # fmt: skip
    rows: list[Cells] = [
        {"fact_id": f"m{k}", "seed": "A", "name_en": name, "unit": "cny_100m", "value": value,
         "comparator": "=", "period": "2026"}
        for k, (name, value) in enumerate(zip(names, values, strict=True))
    ]  # fmt: skip
    found = [f for f in check(market=rows) if "ambitious" in f.arithmetic.text()]
    assert [f.change.text()[:2] for f in found] == wrong


@pytest.mark.parametrize(
    ("ranks", "wrong"),
    [
        ((1, 2, 3), ""), ((1, 2, 2), "M"), ((1, 2, 4), "L"), ((1, 3), ""), ((1, 1), ""),
        ((1, 2, 2, 4), "M"),
    ],
)  # fmt: skip
def test_a_rank_is_held_once(ranks: tuple[int, ...], wrong: str) -> None:
    names = ("Core", "Backup", "Trial", "Spot")
    rows: list[Cells] = [
        {"fact_id": f"s{k}", "seed": "A", "scheme": "factory", "name_en": name, "tier_order": rank}
        for k, (name, rank) in enumerate(zip(names, ranks, strict=False))
    ]
    found = [f for f in check(supplier_tiers=rows) if f.kind == "bands"]
    assert [f.severity for f in found] == ([wrong] if wrong else [])


def test_rows_of_one_tier_share_its_rank() -> None:
    names = ("Silver: spend from", "Gold: spend from", "Gold free shipping", "Diamond: spend from")
    rows: list[Cells] = [
        {"fact_id": f"s{k}", "seed": "A", "name_en": name, "tier_order": rank, "unit": "cny",
         "value": ""}
        for k, (name, rank) in enumerate(zip(names, (1, 2, 2, 3), strict=True))
    ]  # fmt: skip
    assert not [f for f in check(member_tiers=rows) if f.kind == "bands"]
