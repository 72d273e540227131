"""Calendar, band, threshold and price-step rules: each error, and what is none."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.plan import Finding, check_plan

Cells = dict[str, object]


def found(table: str, *rows: Cells, lang: str = "en") -> list[tuple[str, str, str, str]]:
    """Kind, severity, arithmetic and change of every finding about a small table."""
    filled = [{"fact_id": f"{table}.{k}", "seed": "A", "name_en": "", **row}
              for k, row in enumerate(rows)]  # fmt: skip
    check = check_plan({table: pd.DataFrame(filled).fillna("")})
    return [(f.kind, f.severity, f.arithmetic.text(lang), f.change.text(lang))
            for f in check.findings]  # fmt: skip


def due(name: str, day: str, **cells: object) -> Cells:
    return {"name_en": name, "due": day, "plan": "", "unit": "", "value": "", **cells}


def phase(name: str, start: str, end: str, **cells: object) -> Cells:
    return {"plan": "x", "name_en": name, "start": start, "end": end, "unit": "days", "value": "",
            "value_max": "", "value_kind": "duration", **cells}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "day", "cells", "wrong"),
    [
        ("Qixi", "2026-08-19", {}, ""),
        ("Qixi", "2026-08-29", {}, "2026-08-19"),
        ("", "2025-05-31", {"name_zh": "端午节"}, ""),
        ("", "2025-06-10", {"name_zh": "端午节"}, "2025-05-31"),
        ("Mid-Autumn Festival day show", "2024-09-17", {}, ""),
        ("Mid-Autumn Festival day show", "2024-09-29", {}, "2024-09-17"),
        ("Mid-Autumn day", "09-29", {"plan": "mid_autumn_2024"}, "2024-09-17"),
        ("Mid-Autumn day", "09-29", {"plan": "mid_autumn_2023"}, ""),
        ("Mid-Autumn day", "09-29", {}, ""),
        ("Mid-Autumn day", "11-20", {}, "Mid-Autumn"),
        ("618 livestream test day", "06-10", {}, ""),
        ("Mid-Autumn stock clearance", "2024-09-30", {}, ""),
        ("双11发货完成", "2025-11-18", {}, ""),
        ("双11主播培训", "2025-11-18", {}, "2025-11-11"),
        ("", "2027-02-20", {"name_zh": "元宵节直播"}, ""),
        ("", "2027-03-02", {"name_zh": "元宵节直播"}, "2027-02-20"),
        ("Lantern Festival riddles", "2027-02-12", {}, ""),
        ("Dragon Boat Festival cakes on sale", "2025-04-20", {}, ""),
        ("Mid-Autumn gift boxes in warehouse", "2024-08-20", {}, ""),
        ("Mid-Autumn gift boxes in warehouse", "2024-09-25", {}, "2024-09-17"),
        ("Mid-Autumn review", "2024-10-08", {}, ""),
        ("Spring Festival return of staff", "2025-02-08", {}, ""),
        ("Spring Festival eve show", "2025-01-28", {}, ""),
        ("Double 11 day", "2025-11-12", {}, "2025-11-11"),
        ("618 day", "06-18", {}, ""),
        ("618 day", "06-16", {}, "06-18"),
        ("Spring Festival gift design", "12-10", {"plan": "Spring Festival 2027"}, ""),
        ("National Day fair", "2025-10-06", {}, ""),
        ("Mother's Day", "2025-05-11", {}, ""),
        ("Lantern lamp launch", "2025-06-01", {}, ""),
    ],
)
def test_milestones_of_festivals(name: str, day: str, cells: Cells, wrong: str) -> None:
    hits = found("milestones", due(name, day, **cells))
    assert bool(hits) is bool(wrong), hits
    if wrong:
        assert hits[0][:2] == ("calendar", "H")
        assert wrong in hits[0][2]


@pytest.mark.parametrize(
    ("name", "day", "wrong"),
    [
        ("Make-up workday", "2024-09-14", False),
        ("Make-up workday", "2024-09-15", True),
        ("调休上班日客服排班", "2025-01-26", False),
        ("调休上班日客服排班", "2025-01-25", True),
        ("补班日盘点", "2026-02-14", False),
        ("Make-up workday after National Day: Double 11 kick-off", "2024-10-12", False),
        ("Make-up workday", "2039-02-14", False),  # not published
        ("国庆调休", "2025-10-02", False),  # a day off in lieu
        ("国庆调休", "2025-10-13", True),
    ],
)
def test_make_up_workdays(name: str, day: str, wrong: bool) -> None:
    hits = found("milestones", due(name, day))
    assert [hit[1] for hit in hits] == (["M"] if wrong else [])


def test_the_day_meant_is_the_change() -> None:
    (hit,) = found("milestones", due("Make-up workday", "2024-09-15"))
    assert "2024-09-14" in hit[3]
    (hit,) = found("milestones", due("Qixi", "2026-08-29"), lang="zh")
    assert "七夕" in hit[2]
    assert "qixi" not in hit[2]


@pytest.mark.parametrize(
    ("day", "wrong"),
    [("05-10", False), ("06-01", False), ("06-10", True), ("06-25", True)],
)
def test_stock_is_due_before_its_event_sells(day: str, wrong: bool) -> None:
    rows = [
        {"fact_id": f"phases.{k}", "seed": "A", **row}
        for k, row in enumerate([
            phase("618 warm-up", "05-20", "05-31", plan="618"),
            phase("618 category days", "06-01", "06-15", plan="618"),
            phase("618 peak", "06-16", "06-18", plan="618"),
        ])
    ]  # fmt: skip
    stock = {"fact_id": "m1", "seed": "A", **due("618 fans stock in warehouse", day)}
    check = check_plan({"phases": pd.DataFrame(rows), "milestones": pd.DataFrame([stock])})
    assert [f.kind for f in check.findings] == (["calendar"] if wrong else [])
    again = {**stock, "name_en": "618 fans stock replenishment"}
    tables = {"phases": pd.DataFrame(rows), "milestones": pd.DataFrame([again])}
    assert not [f for f in check_plan(tables).findings if "m1" in f.facts and day < "06-18"]
    if day == "06-25":
        assert check.findings[0].facts == ("m1", "phases.2", "phases.1")


@pytest.mark.parametrize(
    ("names", "tracks", "days", "wrong"),
    [
        (("Preheat, deposit presale", "Deposit presale start"), ("Rhythm", "Double 11"),
         (30, 18), True),
        (("Preheat, deposit presale", "Deposit presale start"), ("Rhythm", "Double 11"),
         (30, 30), False),
        (("Deposit presale", "Deposit presale"), ("618", "Double 11"), (30, 18), False),
        (("Preheat", "Group presale start"), ("Rhythm", "Double 11"), (45, 20), False),
    ],
)  # fmt: skip
def test_leads_before_festivals(
    names: tuple[str, str], tracks: tuple[str, str], days: tuple[int, int], wrong: bool
) -> None:
    rows = [phase(name, "", "", plan=track, unit="days before festival", value=long,
                  value_kind="lead")
            for name, track, long in zip(names, tracks, days, strict=True)]  # fmt: skip
    assert [hit[0] for hit in found("phases", *rows)] == (["calendar"] if wrong else [])


def test_days_that_do_not_exist_give_the_nearest_that_does() -> None:
    (hit,) = found("milestones", due("Samples", "09-31"))
    assert hit[3] == "milestones.0: 09-31 → 09-30"
    (hit,) = found("milestones", due("Samples", "2025-02-30"))
    assert hit[3] == "milestones.0: 2025-02-30 → 2025-02-28"
    assert not found("milestones", due("Samples", "02-29"))
    (hit,) = found("milestones", due("Samples", "02-29", plan="spring 2025"))
    assert hit[3] == "milestones.0: 02-29 → 02-28"


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        # A fixed day: the peak holds it, parts of the event need not.
        ([("618 warm-up", "05-20", "05-31"), ("618 category days", "06-01", "06-15"),
          ("618 peak", "06-16", "06-18")], ""),
        ([("618 warm-up", "05-20", "05-31"), ("618 category days", "06-01", "06-15"),
          ("618 peak", "06-16", "06-17")], "618 on 06-18 is not in 06-16 to 06-17"),
        ([("618 peak", "06-16", "06-20")], ""),
        ([("Double 11 burst", "2025-11-01", "2025-11-10")], "2025-11-11 is not in"),
        ([("Double 11 encore", "2025-11-12", "2025-11-15")], ""),
        ([("Double 11 second wave", "2025-11-04", "2025-11-11")], ""),
        ([("Double 11 presale", "2025-10-20", "2025-10-31")], ""),
        # What is sold towards a festival ends by its day; its holiday holds it.
        ([("Mid-Autumn peak", "2026-09-10", "2026-09-25")], ""),
        ([("Mid-Autumn peak", "2026-09-10", "2026-09-21")], ""),
        ([("Mid-Autumn peak", "2026-09-15", "2026-10-06")], "past Mid-Autumn"),
        ([("Spring Festival holiday sale", "2027-02-05", "2027-02-12")], ""),
        ([("Spring Festival holiday sale", "2027-02-10", "2027-02-16")], "is not in"),
        ([("Burst up to the Mid-Autumn Festival", "2024-09-09", "2024-09-17")], ""),
        ([("Burst up to the Mid-Autumn Festival", "2024-09-09", "2024-09-16")], "ends 2024-09-16"),
        ([("元宵收官（至元宵节）", "2025-02-05", "2025-02-12")], ""),
        ([("元宵收官（至元宵节）", "2025-02-05", "2025-02-15")], "ends 2025-02-15"),
        ([("春节前倒计时", "2025-01-15", "2025-01-28")], ""),
        ([("春节前倒计时", "2025-01-15", "2025-02-02")], "2025-01-29"),
        ([("Mid-Autumn review", "2024-09-18", "2024-09-24")], ""),
        ([("Mid-Autumn review", "2024-09-10", "2024-09-14")], "is after"),
        ([("Warm-up", "2026-11-01", "2026-11-20")], ""),
        ([("延续期（除夕至元宵）", "2026-02-16", "2026-03-03")], ""),
        ([("延续期（除夕至元宵）", "2026-02-16", "2026-03-05")], "ends 2026-03-05"),
    ],
)  # fmt: skip
def test_phases_of_events(rows: list[tuple[str, str, str]], wrong: str) -> None:
    hits = [h for h in found("phases", *(phase(*row) for row in rows)) if h[1] == "H"]
    assert bool(hits) is bool(wrong), hits
    if wrong:
        assert wrong in hits[0][2]


def test_a_schedule_names_the_event_for_its_peak() -> None:
    def rows(end: str) -> list[Cells]:
        return [phase("Presale", "10-20", "10-31", plan="Double 11"),
                phase("Burst", "11-01", end, plan="Double 11")]  # fmt: skip

    assert not found("phases", *rows("11-11"))
    (hit,) = found("phases", *rows("11-09"))
    assert "Double 11 on 11-11" in hit[2]
    assert hit[3] == "phases.1: 11-09 → 11-11"


def test_another_event_in_brackets_is_a_remark() -> None:
    def rows(end: str) -> list[Cells]:
        return [phase("Presale (inside Double 11 after-sales)", "11-24", "12-07", plan="Double 12"),
                phase("Burst", "12-08", end, plan="Double 12")]  # fmt: skip

    assert not found("phases", *rows("12-12"))
    assert [hit[1] for hit in found("phases", *rows("12-11"))] == ["H"]


@pytest.mark.parametrize(
    ("name", "period", "wrong"),
    [
        ("Dragon Boat gift GMV", "Q2", ""),
        ("Dragon Boat gift GMV", "Q3", "quarter 2, never in Q3"),
        ("Dragon Boat gift review", "Q3", ""),
        ("Mid-Autumn gift GMV", "Q4", ""),
        ("Spring Festival gift GMV", "Q4", ""),  # sold ahead
        ("双11销售额", "Q2", "quarter 4, never in Q2"),
        ("GMV", "Q3", ""),
    ],
)
def test_quarters_of_festivals(name: str, period: str, wrong: str) -> None:
    row = {"name_en": name, "unit": "cny_100m", "target": 1, "period": period, "baseline": "",
           "actual": "", "delta": "", "delta_unit": "", "comparator": "=", "scope": ""}  # fmt: skip
    hits = found("targets_actuals", row)
    assert bool(hits) is bool(wrong)
    assert all(wrong in hit[2] for hit in hits)


def test_without_a_year_some_year_must_fit_all() -> None:
    def rows(last: str) -> list[Cells]:
        return [phase("Countdown to the Spring Festival", "01-20", "01-28"),
                phase("Spring Festival week", "01-29", "02-04"),
                phase("Lantern Festival finale (ends on the Lantern Festival)", "02-05",
                      last)]  # fmt: skip

    assert not found("phases", *rows("02-12"))
    (hit,) = found("phases", *rows("02-26"))
    assert "in no year of 2015–2040" in hit[2]


def test_the_change_of_a_phase_mends_its_stated_length() -> None:
    hits = found("phases", phase("Mid-Autumn peak", "2026-09-15", "2026-10-06", value=22))
    assert [hit[3] for hit in hits] == ["phases.0: 2026-10-06 → 2026-09-25, 22 days → 11 days"]


def schedule(*days: tuple[str, str, int]) -> list[Cells]:
    names = ("Start", "Push", "Burst", "Close", "Rest")
    return [phase(name, start, end, value=value)
            for name, (start, end, value) in zip(names, days, strict=False)]  # fmt: skip


def test_overlaps_and_gaps_of_schedules() -> None:
    whole = [("03-01", "03-10", 10), ("03-11", "03-20", 10), ("03-21", "03-25", 5),
             ("03-26", "03-30", 5)]  # fmt: skip
    assert not found("phases", *schedule(*whole))
    over = [*whole[:1], ("03-08", "03-20", 13), *whole[2:]]
    (hit,) = found("phases", *schedule(*over))
    assert hit[1:] == ("M", "03-08 to 03-10: in two phases",
                       "phases.1: 03-08 → 03-11, 13 days → 10 days")  # fmt: skip
    gap = [*whole[:3], ("03-28", "03-30", 3)]
    (hit,) = found("phases", *schedule(*gap))
    assert hit[1:] == ("L", "03-26 to 03-27: in no phase",
                       "phases.3: 03-28 → 03-26, 3 days → 5 days")  # fmt: skip


def test_one_wrong_day_is_one_finding() -> None:
    rows = [("03-01", "03-10", 10), ("03-08", "03-20", 10), ("03-21", "03-25", 5)]
    (hit,) = found("phases", *schedule(*rows))  # ten days are right from the 11th on
    assert hit[2:] == ("03-08 to 03-10: in two phases", "phases.1: 03-08 → 03-11")
    rows = [("03-01", "03-07", 10), ("03-11", "03-20", 10), ("03-21", "03-25", 5)]
    (hit,) = found("phases", *schedule(*rows))
    assert hit[2:] == ("03-08 to 03-10: in no phase", "phases.0: 03-07 → 03-10")


def test_schedules_with_pauses_and_across_a_year_and_out_of_order() -> None:
    pauses = [("03-01", "03-05", 5), ("03-10", "03-12", 3), ("03-20", "03-22", 3)]
    assert not found("phases", *schedule(*pauses))
    across = [("12-20", "12-31", 12), ("01-01", "01-10", 10), ("01-11", "01-15", 5)]
    assert not found("phases", *schedule(*across))
    turned = [("03-11", "03-20", 10), ("03-01", "03-10", 10), ("03-21", "03-25", 5)]
    assert not found("phases", *schedule(*turned))
    mixed = [("2024-12-26", "2025-01-05", 11), ("01-06", "01-19", 14), ("01-20", "01-28", 9)]
    assert not [hit for hit in found("phases", *schedule(*mixed)) if " to " in hit[2]]


def test_lengths_in_days_and_weeks() -> None:
    assert not found("phases", phase("A", "09-01", "09-14", unit="weeks", value=2))
    (hit,) = found("phases", phase("A", "09-01", "09-30", unit="weeks", value=2))
    assert hit[1] == "M"
    assert not found("phases", phase("A", "09-01", "09-10", value=9))  # nights
    assert found("phases", phase("A", "09-01", "09-10", value=12))[0][3].endswith(
        "12 days → 10 days"
    )


@pytest.mark.parametrize(
    ("low", "high", "wrong"), [(20, 23, 0), (22, 2, 0), (0, 24, 0), (24, 27, 1)]
)
def test_hours_of_the_day(low: int, high: int, wrong: int) -> None:
    row = {"name_en": "Peak hours", "unit": "hour_of_day", "value": low, "value_max": high}
    hits = [hit for hit in found("market", row) if hit[0] == "calendar"]
    assert len(hits) == wrong


def limit(**cells: object) -> Cells:
    return {"name_en": "Overrun", "scope": "money", "comparator": ">", "value": 5, "unit": "pct",
            "level": "trigger", **cells}  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "wrong"),
    [
        (limit(), limit(value=3), "M"),
        (limit(), limit(value=3, seed="B"), "M"),
        (limit(), limit(value=3, seed="B", scope="other"), ""),
        (limit(), limit(value=3, name_en="Overrun (autumn)"), ""),
        (limit(), limit(value=3, level="red", seed="B"), ""),
        (limit(level="yellow"), limit(level="red", value=9), ""),
        (limit(level="yellow"), limit(level="red", value=4), "H"),
        (limit(level="yellow"), limit(level="yellow", comparator="<", value=-5), ""),
        (limit(level="floor", comparator=">=", value=9),
         limit(level="cap", comparator="<=", value=5), "H"),
        (limit(level="floor", comparator=">="), limit(level="cap", comparator="<=", value=9), ""),
        (limit(unit="days", value=2), limit(unit="workdays", value=2), "M"),
        (limit(level="yellow", response_value=30, response_unit="minutes"),
         limit(level="red", value=9, response_value=2, response_unit="hours"), "M"),
        (limit(level="yellow", response_value=2, response_unit="hours"),
         limit(level="red", value=9, response_value=30, response_unit="minutes"), ""),
        (limit(level="yellow", response_value=2, response_unit="hours"),
         limit(level="red", value=9, response_value=120, response_unit="minutes"), ""),
    ],
)  # fmt: skip
def test_thresholds(one: Cells, other: Cells, wrong: str) -> None:
    hits = found("thresholds", one, other)
    assert [hit[1] for hit in hits] == ([wrong] if wrong else []), hits


def test_events_beyond_a_trigger_are_one_finding() -> None:
    event = {"seed": "A", "name_en": "National Day overrun", "unit": "pct"}
    risk = {"fact_id": "r1", **event, "impact_unit": "pct", "category": "c"}
    tables = {
        "thresholds": pd.DataFrame([{"fact_id": "l1", "seed": "A", **limit()}]),
        "extra_facts": pd.DataFrame([{"fact_id": "e1", **event, "value": 8}]),
        "risk_register": pd.DataFrame([{**risk, "impact_value": 7}]),
    }
    (finding,) = [f for f in check_plan(tables).findings if f.kind == "thresholds"]
    assert finding.facts == ("l1", "e1", "r1")
    tables["extra_facts"]["value"], tables["risk_register"]["impact_value"] = 4, 5
    assert not [f for f in check_plan(tables).findings if f.kind == "thresholds"]


def step(name: str, value: object, **cells: object) -> Cells:
    return {"name_en": name, "unit": "cny", "value": value, "min_spend": "", "mechanism": "m",
            "value_kind": "price", **cells}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([step("Box tier 1", 99), step("Box tier 2", 199), step("Box tier 3", 399)], 0),
        ([step("Box tier 1", 399), step("Box tier 2", 199), step("Box tier 3", 99)], 0),
        ([step("Box tier 1", 99), step("Box tier 2", 199), step("Box tier 3", 149)], 1),
        ([step("盲盒一档", 99), step("盲盒二档", 199), step("盲盒三档", 149)], 1),
        ([step("Food 2 kg", 128), step("Food 6 kg", 328)], 0),
        ([step("Food 2 kg", 128), step("Food 6 kg", 428)], 1),
        ([step("Food 500 g", 40), step("Food 2 kg", 150)], 0),
        ([step("Cat food 2 kg", 128), step("Dog food 6 kg", 428)], 0),
        ([step("Cream 50 ml", 100, period="618"), step("Cream 100 ml", 260, period="May")], 0),
        ([step("Step 1", 30, min_spend=300, value_kind="amount_off"),
          step("Step 2", 30, min_spend=600, value_kind="amount_off")], 1),
        ([step("Voucher", 300, min_spend=200, value_kind="amount_off")], 1),
        ([step("Gift step 1", "", min_spend=299, value_kind="gift"),
          step("Gift step 2", "", min_spend=599, value_kind="gift"),
          step("Gift step 3", "", min_spend=499, value_kind="gift")], 1),
    ],
)  # fmt: skip
def test_price_steps(rows: list[Cells], wrong: int) -> None:
    hits = found("price_tiers", *rows)
    assert [hit[0] for hit in hits] == ["price_steps"] * wrong, hits


def test_a_percentage_ladder_is_remarked_once_where_its_jumps_are_wide() -> None:
    def ladder(*offs: float, **cells: object) -> list[Cells]:
        return [step(f"Step {k}", off, min_spend=300 * (k + 1), unit="pct", **cells,
                     value_kind="percent_off") for k, off in enumerate(offs)]  # fmt: skip

    (hit,) = found("price_tiers", *ladder(9, 15, 22))
    assert hit[1] == "L"
    assert hit[2].startswith("if the percentage")
    assert not found("price_tiers", *ladder(5, 8, 12))
    assert not found("price_tiers", *ladder(9, 15, 22, definition="marginal: on the excess"))
    assert [hit[1] for hit in found("price_tiers", *ladder(9, 15, 12))] == ["H"]
    above = [{**step, "value_kind": "percent_off_marginal"} for step in ladder(9, 15, 22)]
    above[0]["name_en"] = "Step 1 (on the part above 300)"
    assert not found("price_tiers", *above)
    above[2]["value"] = 12
    assert [hit[1] for hit in found("price_tiers", *above)] == ["H"]


def coupon(name: str, spend: object, value: object, **cells: object) -> Cells:
    return {"name_en": name, "audience": "all", "unit": "cny", "min_spend": spend, "value": value,
            "stack_max": "", "validity_rule": "", **cells}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([coupon("Kitchen coupon", 400, 500)], ["H"]),
        ([coupon("Kitchen coupon", 400, 400)], ["M"]),
        ([coupon("Kitchen coupon", 0, 15)], []),
        ([coupon("Kitchen coupon", "", 15)], []),
        ([coupon("Shop coupon small", 199, 20), coupon("Shop coupon large", 699, 90)], []),
        ([coupon("Shop coupon small", 399, 45), coupon("Shop coupon large", 699, 40)], ["H"]),
        ([coupon("店铺小额券", 399, 45), coupon("店铺大额券", 699, 40)], ["H"]),
        ([coupon("Birthday coupon", 129, 45), coupon("Kitchen coupon", 699, 40)], []),
        ([coupon("Shop coupon small", 399, 45), coupon("Shop coupon large", 699, 40,
                                                       audience="new")], []),
    ],
)  # fmt: skip
def test_coupons(rows: list[Cells], wrong: list[str]) -> None:
    assert [hit[1] for hit in found("coupons", *rows)] == wrong


def test_tiers_and_their_goals() -> None:
    def tiers(*goals: float, metric: str = "repurchase rate pct") -> list[Cells]:
        return [
            {"name_en": f"T{k}", "tier_order": k, "unit": "fold", "value": 9.5 - k / 2,
             "goal_metric_en": metric, "target": goal}
            for k, goal in enumerate(goals)
        ]  # fmt: skip

    assert not found("member_tiers", *tiers(25, 38, 52))
    assert not found("member_tiers", *tiers(25, 18, 12, metric="churn rate pct"))
    (hit,) = [h for h in found("member_tiers", *tiers(25, 52, 38)) if h[0] == "price_steps"]
    assert hit[1] == "M"


def test_ages_read_as_ages() -> None:
    def people(*ages: tuple[object, object], section: str = "s") -> list[Cells]:
        return [{"name_en": f"P{k}", "age_min": a, "age_max": b, "unit": "pct", "share": "",
                 "section": section} for k, (a, b) in enumerate(ages)]  # fmt: skip

    assert not found("personas", *people((18, 24), (25, 34), (35, "")))
    assert found("personas", *people((18, 24), (24, 34)))[0][2] == "age 24: in two bands"
    (hit,) = found("personas", *people((18, 24), (25, 34), (38, 44)))
    assert hit[1:3] == ("L", "ages 35 to 37: in no band")
    assert len(found("personas", *people((18, 24), (35, 30), (31, 40)))) == 1
    assert not found("personas", *people((18, 30)), *people((25, 40), section="t"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_sentences_have_no_raw_keys(lang: str) -> None:
    rows = [due("Qixi", "2026-08-29"), due("Make-up workday", "2024-09-15"), due("X", "09-31")]
    for hit in found("milestones", *rows, lang=lang):
        assert "_" not in hit[2].replace("milestones.", "")


def test_findings_are_plain() -> None:
    (finding,) = check_plan({"milestones": pd.DataFrame([
        {"fact_id": "m1", "seed": "A", **due("Qixi", "2026-08-29")}])}).findings  # fmt: skip
    assert isinstance(finding, Finding)
    assert finding.facts == ("m1",)


def alert(name: str, level: str, value: object, sign: str = ">", **cells: object) -> Cells:
    return limit(name_en=name, level=level, value=value, comparator=sign, **cells)


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([alert("Stock cover, yellow alert (days)", "yellow", 5, "<"),
          alert("Stock cover, red alert (days)", "red", 7, "<")], True),
        ([alert("Stock cover, yellow alert (days)", "yellow", 14, "<"),
          alert("Stock cover, red alert (days)", "red", 7, "<")], False),
        ([alert("", "", 9, ">=", name_zh="退货率黄色预警"),
          alert("", "", 7, ">=", name_zh="退货率红色预警")], True),
        ([alert("", "", 7, ">=", name_zh="退货率黄色预警"),
          alert("", "", 9, ">=", name_zh="退货率红色预警")], False),
        ([alert("", "", 9, "≥", name_zh="退货率（预警线）"),
          alert("", "", 7, "≥", name_zh="退货率（停售线）")], True),
        ([alert("", "", 9, "≥", name_zh="退货率预警线"),
          alert("", "", 7, "≥", name_zh="退货率停售线")], True),
        ([alert("Returns", "warning", 9), alert("Returns", "critical", 7)], True),
        ([alert("Returns", "warning", 7), alert("Returns", "critical", 9)], False),
        ([alert("Returns", "黄色", 9), alert("Returns", "橙色", 7)], True),
        ([alert("Returns", "蓝色", 5), alert("Returns", "黄色", 7)], False),
        ([alert("Returns below, yellow line", "", 5, ""),
          alert("Returns below, red line", "", 7, "")], True),
        ([alert("3-day returns, yellow alert", "yellow", 5),
          alert("7-day returns, red alert", "red", 4)], False),
        ([alert("Refund rate, yellow alert", "yellow", 5, "<"),
          alert("Refund rate, red alert", "red", 9, ">")], False),
        ([alert("Red packet cost", "cap", 9), alert("Red packet cost cap", "cap", 7)], False),
        ([alert("Backlog", "level 1", 100), alert("Backlog", "level 2", 500),
          alert("Backlog", "level 3", 300)], True),
        ([alert("Backlog", "level 1", 900), alert("Backlog", "level 2", 500),
          alert("Backlog", "level 3", 300)], False),
        ([alert("", "一级", 100, name_zh="积压"), alert("", "二级", 500, name_zh="积压")], False),
    ],
)  # fmt: skip
def test_levels_of_alert_by_any_name(rows: list[Cells], wrong: bool) -> None:
    hits = [hit for hit in found("thresholds", *rows) if hit[0] == "thresholds"]
    assert [hit[1] for hit in hits] == (["H"] if wrong else []), hits


def campaign(name: str, day: str, track: str = "materials", **cells: object) -> list[str]:
    """Ids of a finding about one milestone beside a campaign of two peaks."""
    phases = [phase("Warm-up", "11-28", "12-08"), phase("Peak phase (Double 12)", "12-09", "12-12"),
              phase("Bridge phase", "12-13", "12-25"),
              phase("Encore phase (New Year)", "12-26", "01-04")]  # fmt: skip
    rows = [{"fact_id": f"p{k}", "seed": "A", **row, "plan": "Double 12 and New Year"}
            for k, row in enumerate(phases)]  # fmt: skip
    step = {"fact_id": "m1", "seed": "A", **due(name, day, plan=track, **cells)}
    tables = {"phases": pd.DataFrame(rows), "milestones": pd.DataFrame([step])}
    findings = check_plan(tables).findings
    assert {f.severity for f in findings} <= {"M"}
    return [f.facts[-1] for f in findings]


@pytest.mark.parametrize(
    ("name", "zh", "day", "wrong"),
    [
        ("Stress test of checkout passed", "", "12-14", True),
        ("Stress test of checkout passed", "", "11-20", False),
        ("Stress test of checkout passed", "", "12-11", False),  # for what of the peak is left
        ("", "全链路压测", "12-15", True),
        ("", "客服培训完成", "12-20", True),
        ("", "客服培训完成", "11-20", False),
        ("", "返场物料到位", "12-20", False),
        ("", "元旦物料到位", "12-28", False),
        ("New Year posters delivered to stores", "", "12-24", False),
        ("Bridge phase stock in place", "", "12-14", False),
        ("Second batch of gifts in warehouse", "", "12-14", False),
        ("Host training done", "", "03-20", False),  # another campaign's
        ("", "退款审核完成", "12-20", False),
        ("Creative final approval done", "", "12-18", True),
        ("Post-campaign review done", "", "12-10", True),
        ("Post-campaign review done", "", "01-10", False),
        ("", "复盘会", "12-10", True),
        ("", "预热期复盘", "12-09", False),
        ("Review meeting of the last campaign", "", "12-01", False),
    ],
)  # fmt: skip
def test_what_makes_ready_is_due_before_the_peak_ends(
    name: str, zh: str, day: str, wrong: bool
) -> None:
    assert campaign(name, day, name_zh=zh) == (["p1"] if wrong else [])


def days(name: str, value: object, unit: str = "days", zh: str = "") -> list[tuple[str, str]]:
    festival = {"name_en": "Spring Festival public holiday, 2026", "unit": "days", "value": 9}
    row = {"name_en": name, "name_zh": zh, "unit": unit, "value": value}
    return [(hit[1], hit[3]) for hit in found("operations", festival, row)]


@pytest.mark.parametrize(
    ("name", "zh", "unit", "right", "wrong"),
    [
        ("Lantern riddle night (on Lantern day)", "", "days after festival", 14, 20),
        ("", "元宵节当天灯谜夜", "days after festival", 15, 20),
        ("Lantern Festival", "元宵节", "days after festival", 14, 12),
        ("Lantern Festival", "", "days after Spring Festival", 14, 10),
        ("", "除夕", "days before festival", 1, 3),
        ("", "小年", "days before festival", 7, 12),
        ("", "腊八节当天", "days before festival", 22, 15),
        ("Days from Spring Festival to Lantern Festival", "", "days", 14, 20),
        ("", "除夕到元宵节天数", "days", 15, 21),
        ("Days between Double 11 and Double 12", "", "days", 31, 21),
        ("Lantern sale warm-up", "", "days before festival", 7, None),
        ("Lantern show", "", "days after festival", 20, None),  # after its own day
        ("", "春节前备元宵", "days", 20, None),
        ("Dragon Boat Festival day", "", "days after festival", 0, None),
        ("Review lag", "", "days after festival", 7, None),
    ],
)
def test_days_between_festivals(
    name: str, zh: str, unit: str, right: int, wrong: int | None
) -> None:
    assert not days(name, right, unit, zh)
    if wrong is not None:
        assert [severity for severity, _ in days(name, wrong, unit, zh)] == ["H"]


def coded(*steps: tuple[str, str], track: str = "Launch") -> list[str]:
    rows = [due(name, day, plan=track) for name, day in steps]
    return [hit[3] for hit in found("milestones", *rows) if hit[0] == "calendar"]


def test_codes_of_days_agree_on_the_day_they_count_to() -> None:
    right = [("T-45 kick-off", "2025-05-04"), ("T-30 brief", "2025-05-19"),
             ("T-7 freeze", "2025-06-11")]  # fmt: skip
    assert not coded(*right)
    (change,) = coded(*right[:2], ("T-7 freeze", "2025-06-01"))
    assert change == "milestones.2: 2025-06-01 → 2025-06-11"
    assert not coded(right[0], ("T-7 freeze", "2025-06-01"))  # either may be right
    assert coded(right[0], ("T-7 freeze", "2025-06-01"), track="618")
    assert not coded(("T-shirt 30 designs", "2025-05-19"), ("T-45", "2025-05-04"),
                     ("D-7", "2025-06-11"))  # fmt: skip
    assert not coded(("T+3 review", "2025-06-21"), *right)


@pytest.mark.parametrize(
    ("name", "day", "wrong"),
    [
        ("30 days before 618: page live", "2025-05-19", False),
        ("30 days before 618: page live", "2025-05-10", True),
        ("618倒计时10天", "2025-06-08", False),
        ("618倒计时10天", "2025-06-01", True),
        ("双11前20天预售", "10-22", False),
        ("双11前20天预售", "10-02", True),
        ("春节后7天复盘", "2025-02-05", False),
        ("春节后7天复盘", "2025-02-20", True),
        ("618前30天和双11前45天预售", "2025-06-01", False),
        ("618 sale, 18 days", "2025-06-01", False),
    ],
)
def test_days_counted_to_an_event(name: str, day: str, wrong: bool) -> None:
    hits = [hit for hit in found("milestones", due(name, day)) if hit[1] == "M"]
    assert len(hits) == int(wrong), hits


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("Spring Festival public holiday, 2026", 9, False),
        ("Spring Festival public holiday, 2026", 7, True),
        ("2025年国庆放假天数", 8, False),
        ("2025年国庆放假天数", 5, True),
        ("2025年国庆法定节假日天数", 3, False),
        ("2025年国庆仓库放假天数", 3, False),
        ("National Day holiday sale 2025", 12, False),
        ("春节放假天数", 7, False),  # of no known year
    ],
)
def test_lengths_of_public_holidays(name: str, value: int, wrong: bool) -> None:
    hits = found("operations", {"name_en": name, "unit": "days", "value": value})
    assert [hit[:2] for hit in hits] == ([("calendar", "M")] if wrong else [])


@pytest.mark.parametrize(
    ("name", "day", "wrong"),
    [
        ("Friday show", "2025-06-20", False),
        ("Friday show", "2025-06-19", True),
        ("周五直播", "2025-06-19", True),
        ("每周五直播", "2025-06-19", False),
        ("Black Friday", "2025-11-28", False),
        ("Friday or Saturday show", "2025-06-19", False),
        ("Friday show", "06-19", False),
    ],
)
def test_days_of_the_week(name: str, day: str, wrong: bool) -> None:
    hits = found("milestones", due(name, day))
    assert [hit[1] for hit in hits] == (["M"] if wrong else [])
    if wrong:
        assert "2025-06-20" in hits[0][3]


@pytest.mark.parametrize(
    ("name", "start", "end", "wrong"),
    [
        ("Swap displays to 618", "06-02", "06-04", False),
        ("端午堆头换618堆头", "06-02", "06-04", False),
        ("端午与618之间过渡", "06-02", "06-10", False),
        ("618 after-sales", "06-21", "06-30", False),
        ("618售后期", "06-21", "06-30", False),
        ("618开门红", "05-31", "06-03", False),
        ("618 public day", "06-02", "06-04", True),
    ],
)
def test_phases_on_the_way_between_events(name: str, start: str, end: str, wrong: bool) -> None:
    rows = [phase(name, start, end, plan="works 2025")]
    assert bool(found("phases", *rows)) is wrong


@pytest.mark.parametrize(
    ("name", "zh", "period", "wrong"),
    [
        ("Q1 GMV", "", "Q2", True),
        ("Q1 GMV", "一季度GMV", "Q1", False),
        ("", "一季度GMV占全年比重", "2025 Q3", True),
        ("", "6月GMV", "2025-07", True),
        ("", "6月GMV", "Q2", False),
        ("Q2 GMV over Q1", "", "Q2", False),
        ("Growth over Q1", "", "Q2", False),
        ("", "Q2 GMV较上季", "Q3", False),
        ("H1 GMV", "", "Q2", False),
        ("GMV, 3 months", "", "Q2", False),
        ("Q1 GMV", "", "2025", False),
    ],
)
def test_a_result_is_of_the_part_of_the_year_it_names(
    name: str, zh: str, period: str, wrong: bool
) -> None:
    cells = {"name_en": name, "name_zh": zh, "period": period, "unit": "cny_10k", "actual": 9}
    hits = [hit for hit in found("targets_actuals", cells) if hit[0] == "calendar"]
    assert [hit[1] for hit in hits] == (["M"] if wrong else []), hits
