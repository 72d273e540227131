"""A consistent synthetic plan with many near misses, and single errors to put into it.

Nothing here is from the planning documents: other products, other campaigns, drawn numbers.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd

Tables = dict[str, pd.DataFrame]
Rng = np.random.Generator

TARGETS = (
    "name_en", "unit", "baseline", "target", "actual", "delta", "delta_unit", "comparator",
    "period", "scope",
)  # fmt: skip
PRODUCTS = ("Tea set", "Desk lamp", "Rain coat", "Travel mug", "Yoga mat", "Spice rack")
CAMPAIGNS = ("Garden week", "Harvest fair", "Snow days", "Reading month")


def _frame(table: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    frame.insert(0, "fact_id", [f"{table}.{k:03d}" for k in range(1, len(rows) + 1)])
    frame.insert(1, "seed", "A")
    frame["section"] = frame.get("section", "one")
    return frame


def _split(rng: Rng, parts: int, total: int = 100, step: int = 5) -> list[int]:
    """Shares that are multiples of ``step`` and sum to ``total``."""
    cuts = np.sort(rng.choice(np.arange(1, total // step), parts - 1, replace=False)) * step
    return [int(x) for x in np.diff([0, *cuts, total])]


def twin(seed: int) -> Tables:
    """A plan without a contradiction."""
    rng = np.random.default_rng(seed)
    product = PRODUCTS[seed % len(PRODUCTS)]
    one, two = (CAMPAIGNS[(seed + k) % len(CAMPAIGNS)] for k in (0, 1))
    tables = {
        **_numbers(rng, product, one, two), **_claims(rng, product), **_splits(rng, one, two),
        **_bands(rng), **_dates(rng), **_words(),
    }  # fmt: skip
    return tables


def _numbers(rng: Rng, product: str, one: str, two: str) -> Tables:
    users, arpu = int(rng.integers(20, 90)) * 50, int(rng.integers(80, 300))
    more, dearer = rng.uniform(0.05, 0.3), rng.uniform(0.03, 0.2)
    users_to, arpu_to = round(users * (1 + more)), round(arpu * (1 + dearer))
    gmv, gmv_to = (round(u * a / 1e4, 2) for u, a in ((users, arpu), (users_to, arpu_to)))
    growth = round((gmv_to / gmv - 1) * 100)
    spend = [int(rng.integers(5, 50)) * 10 for _ in range(2)]
    roi = [round(float(rng.uniform(2, 6)), 1) for _ in range(2)]
    sales = [round(s * r) for s, r in zip(spend, roi, strict=True)]
    roi = [round(a / s, 2) for a, s in zip(sales, spend, strict=True)]
    price, volume = int(rng.integers(40, 400)), round(float(rng.uniform(1, 9)), 1)
    value = round(price * volume)
    conversion = int(rng.integers(6, 12))
    repeat = int(rng.integers(20, 35))
    rows: list[tuple[object, ...]] = [
        ("Registered users", "count_10k", users, users_to, None,
         round((users_to / users - 1) * 100, 1), "pct", "=", "year", "platform"),
        ("ARPU", "cny", arpu, arpu_to, None, round((arpu_to / arpu - 1) * 100), "pct", "=",
         "year", "platform"),
        ("GMV", "cny_100m", gmv, gmv_to, None, round((gmv_to / gmv - 1) * 100, 1), "pct", ">=",
         "year", "platform"),
        ("GMV growth", "pct", None, growth, growth - 1, None, None, "=", "year", "platform"),
        (f"{one} sales", "cny_10k", None, None, sales[0], None, None, "", "May", one.lower()),
        (f"{one} ROI", "ratio", None, None, roi[0], None, None, "", "May", one.lower()),
        (f"{two} sales", "cny_10k", None, None, sales[1], None, None, "", "August", two.lower()),
        (f"{two} ROI", "ratio", None, None, roi[1], None, None, "", "August", two.lower()),
        (f"{product} sales", "cny_10k", None, None, value, None, None, "", "year", product),
        (f"{product} sales volume", "units_10k", None, None, volume, None, None, "", "year",
         product),
        ("New-user conversion rate", "pct", conversion, conversion + 2, None, 2, "pp", "=", "year",
         "new users"),
        # Near misses: the same number in another scope, the relative change labelled as such.
        ("New-user conversion rate", "pct", conversion, conversion + 1, None,
         round(100 / conversion, 1), "pct", "=", "year", "app"),
        ("Repurchase rate", "pct", repeat, repeat + 5, repeat + 3, 3, "pp", ">=", "year",
         "members"),
        ("Repurchase rate", "pct", repeat + 6, repeat + 9, None, None, None, ">=", "year", "vip"),
        ("Repurchase rate interim", "pct", None, repeat + 2, None, None, None, ">=", "Q2",
         "members"),
        ("NPS", "score", 41, 48, None, 7, "points", ">=", "year", "all"),
        ("Churn rate", "pct", 12, 9, None, -3, "pp", "<=", "year", "all"),
        ("Packing time", "minutes", 50, 40, 40, -20, "pct", "<=", "year", "warehouse"),
        ("Unit cost reduction", "pct", None, 12, 12.3, None, None, ">=", "year", "warehouse"),
        ("New app users", "count_10k", None, 90, None, 12, "pct", "=", "year", "app"),
        ("App user base", "count_10k", 610, 700, None, None, None, "=", "year", "app"),
        (f"{one} viewers", "count_10k", None, None, 510, None, None, "", "May", one.lower()),
        (f"{one} maximum viewers in one session", "count_10k", None, None, 170, None, None, "",
         "May", one.lower()),
        ("Return share of orders", "pct", 6, 5, None, -1, "pp", "<=", "year", "all"),
    ]  # fmt: skip
    kpis: list[tuple[object, ...]] = [
        ("GMV growth", growth, "pct"), ("ARPU", arpu_to, "cny"),
        ("New-user conversion rate", conversion + 2, "pct"), ("NPS", 48, "score"),
        ("Repurchase rate", repeat + 5, "pct"), ("Churn rate", 9, "pct"),
        ("Packing time", 40, "minutes"), ("Unit cost reduction", 12, "pct"),
        ("Registered users", users_to, "count_10k"), ("GMV", gmv_to, "cny_100m"),
        ("New app users", 90, "count_10k"), ("App user base", 700, "count_10k"),
        ("Return share of orders", 5, "pct"),
    ]  # fmt: skip
    prices: list[tuple[object, ...]] = [
        (f"{product} price", "list_price", "cny", None, price, "price", "", ""),
        ("Step 1", "off_step", "cny", 200, 20, "amount_off", "May", ""),
        ("Step 2", "off_step", "cny", 400, 50, "amount_off", "May", ""),
        ("Step 3", "off_step", "cny", 800, 120, "amount_off", "May", ""),
        ("Autumn step 1", "off_step", "cny", 200, 30, "amount_off", "October", ""),
        ("Ladder 1", "ladder", "pct", 300, 5, "percent_off", "", "marginal: on the excess"),
        ("Ladder 2", "ladder", "pct", 600, 8, "percent_off", "", "marginal: on the excess"),
        ("Ladder 3", "ladder", "pct", 900, 12, "percent_off", "", "marginal: on the excess"),
    ]  # fmt: skip
    budget: list[tuple[object, ...]] = [
        (f"{one} budget", "cny_10k", spend[0], None, "campaigns"),
        (f"{two} budget", "cny_10k", spend[1], None, "campaigns"),
    ]
    return {
        "targets_actuals": _frame("targets_actuals", TARGETS, rows),
        "kpi_table": _frame("kpi_table", ("name_en", "target", "unit"), kpis),
        "price_tiers": _frame(
            "price_tiers",
            ("name_en", "mechanism", "unit", "min_spend", "value", "value_kind", "period",
             "definition"), prices,
        ),
        "budget_split": _frame(
            "budget_split", ("name_en", "unit", "value", "total", "section"), budget
        ),
    }  # fmt: skip


def _claims(rng: Rng, product: str) -> Tables:
    share = round(float(rng.uniform(12, 38)), 1)
    amount = int(rng.integers(1200, 4800)) * 10 + 4
    before, cut = int(rng.integers(20, 40)), int(rng.integers(3, 9))
    percent = round(100 * cut / before)
    key = "metric_key"
    columns = (key, "name_en", "unit", "value", "comparator", "scope", "period", "subject",
               "polarity")  # fmt: skip
    rows: list[tuple[object, ...]] = [
        ("mobile_share", "Mobile share", "pct", share, "", "", "", "", ""),
        ("mobile_share", "Mobile share", "pct", round(share), "", "", "", "", ""),
        ("mobile_share", "Mobile share", "pct", share, "", "", "", "", ""),
        ("turnover", "Turnover", "cny_10k", amount, "", "", "", "", ""),
        ("turnover", "Turnover", "cny_100m", round(amount / 1e4, 2), "", "", "", "", ""),
        ("turnover", "Turnover", "cny_10k", round(amount * 0.9), ">", "", "", "", ""),
        ("delivery", "Delivery time", "days", 2, "", "", "", "", ""),
        ("delivery", "Delivery time", "hours", 48, "", "", "", "", ""),
        ("awareness", "Awareness", "pct", 31, "", "tier-1 cities", "", "", ""),
        ("awareness", "Awareness", "pct", 22, "", "counties", "", "", ""),
        ("awareness", "Awareness", "pct", 22, "", "villages", "", "", ""),
        ("visits", "Visits", "count_10k", 640, "", "", "2024", "", ""),
        ("visits", "Visits", "count_10k", 710, "", "", "2025", "", ""),
        ("review_cycle_days", "Review cycle now", "days", before - cut, "", "", "", "", ""),
        ("review_cycle_before_days", "Review cycle before", "days", before, "", "", "", "", ""),
        ("review_cycle_reduction_days", "Review cycle reduction", "days", cut, "", "", "", "", ""),
        ("review_cycle_reduction_pct", "Review cycle reduction", "pct", percent, "", "", "", "",
         ""),
        ("waste", "Waste cost", "cny_10k", 120, "", "", "", "", "happened"),
        ("waste", "Waste cost", "cny_10k", 120, "", "", "", "", "happened"),
        ("waste_other", "Waste cost avoided", "cny_10k", 120, "", "", "", "", "avoided"),
        ("rating", "Rating", "score_5", 4.4, "", "", "", "app users", ""),
        ("rating", "Rating", "score_5", 4.6, "", "", "", "shop visitors", ""),
        ("samples", "Samples", "count", 980, "", "", "", "", ""),
        ("samples", "Samples", "count", 1000, "~", "", "", "", ""),
        (f"{product.lower().replace(' ', '_')}_colours", "Colours", "count", 4, "", "", "", "", ""),
        ("mobile_gain", "Mobile share gain", "pp", 4, "", "", "", "", ""),
    ]  # fmt: skip
    return {"claims": _frame("claims", columns, rows)}


def _splits(rng: Rng, one: str, two: str) -> Tables:
    parts = _split(rng, 5)
    team = [int(x) for x in rng.integers(4, 30, 4)]
    raw = rng.dirichlet(np.ones(4) * 4) * 100
    ages = ((18, 24), (25, 34), (35, 44), (45, 60))
    shares = [round(x) for x in raw]
    shares[0] += int(np.clip(100 - sum(shares), -9, 9)) - int(rng.integers(-1, 2))
    names = ("Students", "Starters", "Parents", "Elders")
    people = [
        (name, low, high, "pct", share)
        for name, (low, high), share in zip(names, ages, shares, strict=True)
    ]
    media = ("Video", "Search", "Outdoor", "Print", "Fairs")
    return {
        "team": _frame("team", ("name_en", "unit", "headcount"), [
            *((f"{group} group", "persons", n)
              for group, n in zip(("Design", "Data", "Store", "Care"), team, strict=True)),
            ("Total", "persons", sum(team)),
        ]),
        "personas": _frame("personas", ("name_en", "age_min", "age_max", "unit", "share"),
                           list(people)),
        "coupons": _frame("coupons", ("name_en", "unit", "value", "section"), [
            (f"{one} coupon", "cny", 20, "c"), (f"{two} coupon", "cny", 30, "c"),
        ]),
        "media_split": _frame("media_split", ("name_en", "unit", "value"), []),
        "thresholds": _frame(
            "thresholds", ("scope", "name_en", "comparator", "value", "unit", "level"), [
                *(("media mix", f"{name} content", "=", part, "pct", "mix")
                  for name, part in zip(media, parts, strict=True)),
                ("supply", "Stock cover", "<", 10, "days", "yellow"),
                ("supply", "Stock cover", "<", 5, "days", "red"),
                ("service", "Answer time", ">", 2, "hours", "yellow"),
                ("service", "Answer time", ">", 6, "hours", "red"),
                ("quality", "Defect rate", ">=", 3, "pct", "trigger"),
                ("money", "Budget overrun", ">", 5, "pct", "trigger"),
            ]),
        "extra_facts": _frame("extra_facts", ("name_en", "unit", "value"), [
            ("Spring budget overrun", "pct", 4), ("Colours on offer", "count", 4),
            ("Charity per order", "cny", 2),
        ]),
    }  # fmt: skip


def _bands(rng: Rng) -> Tables:
    last = int(rng.integers(18, 30))
    cuts = [last, last - 5, last - 12]
    return {
        "member_tiers": _frame("member_tiers", ("tier_order", "name_en", "unit", "value"), [
            (1, "Bronze", "fold", 9.5), (2, "Copper", "fold", 9), (3, "Jade", "fold", 8.5),
        ]),
        "supplier_tiers": _frame("supplier_tiers", ("scheme", "tier_order", "name_en"), [
            ("score", 1, "Prime"), ("score", 2, "Approved"), ("score", 3, "Trial"),
            ("audit", 1, "Papers"), ("audit", 2, "Visit"),
        ]),
        "phases": _frame("phases", ("plan", "name_en", "start", "end", "unit", "value",
                                    "value_max", "value_kind"), [
            ("windows", "Large goods", "", "", "days before festival", cuts[0], cuts[1] + 1,
             "window"),
            ("windows", "Food", "", "", "days before festival", cuts[1], cuts[2] + 1, "window"),
            ("windows", "Gifts", "", "", "days before festival", cuts[2], 0, "window"),
        ]),
    }  # fmt: skip


def _dates(rng: Rng) -> Tables:
    day = dt.date(2025, 3, 1) + dt.timedelta(int(rng.integers(0, 60)))
    rows: list[tuple[object, ...]] = []
    for name in ("Start", "Push", "Close"):
        long = int(rng.integers(5, 20))
        end = day + dt.timedelta(long - 1)
        rows.append(("garden", name, day.isoformat(), end.isoformat(), "days", long, "",
                     "duration"))  # fmt: skip
        day = end + dt.timedelta(1)
    # Mid-Autumn 2025 is on 6 October, Qixi on 29 August, Dragon Boat on 31 May.
    rows += [
        ("moon", "Mid-Autumn countdown", "2025-09-20", "2025-10-05", "days", 16, "", "duration"),
        ("moon", "Mid-Autumn days", "2025-10-06", "2025-10-08", "days", 3, "", "duration"),
        ("river", "Dragon Boat sale", "05-28", "06-02", "days", 6, "", "duration"),
        ("stars", "Qixi sale", "2025-08-25", "2025-08-31", "days", 7, "", "duration"),
        ("rest", "Team holiday", "2025-10-01", "2025-10-03", "days", 3, "", "duration"),
        ("rest", "Workday stocktaking", "2025-10-11", "2025-10-11", "days", 1, "", "duration"),
    ]
    columns = ("plan", "name_en", "start", "end", "unit", "value", "value_max", "value_kind")
    return {
        "more_phases": _frame("more_phases", columns, rows),
        "milestones": _frame("milestones", ("plan", "name_en", "due", "unit", "value"), [
            ("roadmap", "Stores opened", "6 months", "count", 12),
            ("roadmap", "Stores opened", "12 months", "count", 20),
            ("roadmap", "Report", "Q3", "", None),
            *((f"q{k}", "GMV share of year", f"Q{k}", "pct", share)
              for k, share in enumerate(_split(rng, 4), start=1)),
        ]),
    }  # fmt: skip


def _words() -> Tables:
    return {
        "effects": _frame("effects", ("name_en", "intervention_en", "metric_zh", "unit", "before",
                                      "after", "delta", "scope"), [
            ("Page speed", "new server", "速度", "seconds", 4, 3, -1, "web"),
            ("Basket gain", "bundles", "客单", "pct", None, None, 8, "web"),
            ("Basket gain in stores", "shelf signs", "客单", "pct", None, None, 8, "stores"),
            ("Open rate", "subject lines", "打开率", "pp", None, None, 3, "mail"),
            ("Answer quality", "training", "质量", "pct", None, None, 3, "mail"),
            ("Complaints", "hotline", "投诉", "pct", None, None, -18, "all"),
        ]),
        "swot_factors": _frame("swot_factors", ("category", "name_en"), [
            ("S", "Strong brand, good design"), ("W", "Weak in counties"),
            ("O", "Counties grow"), ("T", "Freight cost rising"),
            ("S", "High service quality"), ("W", "Slow product renewal"),
        ]),
        "competitors": _frame("competitors", ("name_en", "sales", "sales_unit", "growth", "share",
                                              "share_metric"), [
            ("North", 40, "cny_100m", 12, 22, "market share"),
            ("South", 31, "cny_100m", 9, 17, "market share"),
        ]),
        "market": _frame("market", ("name_en", "unit", "value", "comparator", "growth", "period",
                                    "scope"), [
            ("Category growth", "pct", 14, "=", None, "year", "category"),
            ("Mobile orders", "pct", 71, "=", None, "year", "category"),
            ("Users who read reviews", "pct", 64, "=", None, "survey", "panel"),
        ]),
        "survey": _frame("survey", ("name_en", "unit", "value"), [
            ("Answers", "count", 2400), ("Core users who read reviews", "pct", 77),
        ]),
        "risk_register": _frame("risk_register", ("category", "name_en", "impact_value",
                                                  "impact_unit", "limit_value", "limit_unit",
                                                  "limit_kind"), [
            ("supply", "Port strike", 90, "cny_10k", 3, "days", "recovery_time"),
            ("supply", "Late boxes", 40, "cny_10k", 2, "days", "recovery_time"),
            ("technical", "Checkout outage", 60, "cny_10k", 20, "minutes", "recovery_time"),
        ]),
    }  # fmt: skip


def plan_of(seed: int) -> Tables:
    """The twin in the tables a plan has, copied: it may be changed."""
    return {name: frame.copy() for name, frame in _plan_of(seed).items()}


@cache
def _plan_of(seed: int) -> Tables:
    tables = twin(seed)
    more = tables.pop("more_phases")
    tables.pop("media_split")
    tables["phases"] = pd.concat([tables["phases"], more], ignore_index=True)
    return {name: frame.astype(object) for name, frame in tables.items()}
