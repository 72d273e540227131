"""Make the tables about others: ``python scripts/swot_market.py competitors|partners|prices``.

Competitors and partners as five raters might score them from 1 to 5: illustrative, nobody was
asked; what the plan says of each rival (``plan.competitors``) is where the scores lie. Daily prices
and reviews of rivals: simulated, with two price cuts and one bad week put in. Seeds are fixed, so
that the same rows come out again.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterator

import numpy as np

SEED, SPREAD, RATERS = 108, 0.45, ("R1", "R2", "R3", "R4", "R5")
TAIL = ("illustrative", "scripts/swot_market.py")
Row = tuple[object, ...]

TRAITS = (
    ("Price appeal", "价格吸引力"), ("Trust and quality", "品质信任"), ("Delivery", "物流体验"),
    ("Content and play", "内容与互动"), ("Lower-tier reach", "下沉覆盖"),
    ("Member loyalty", "会员忠诚"),
)  # fmt: skip
RIVALS = {
    ("Our platform", "我方平台", ""): (3.8, 3.9, 3.4, 2.1, 1.8, 4.1),
    ("Tmall", "天猫", "competitors.001"): (3.0, 4.1, 3.6, 4.2, 3.1, 3.6),
    ("JD", "京东", "competitors.002"): (2.4, 4.7, 4.8, 2.7, 2.6, 3.8),
    ("Pinduoduo", "拼多多", "competitors.003"): (4.8, 2.2, 2.9, 3.8, 4.8, 2.6),
    ("Douyin E-commerce", "抖音电商", "competitors.004"): (3.7, 2.6, 2.7, 4.8, 3.9, 2.2),
}
CRITERIA = (
    ("Fits the scene", "场景相关", 0.4), ("Shares our users", "用户重合", 0.3),
    ("Adds to the brand", "品牌加分", 0.2), ("Costs little", "成本低", 0.1),
)  # fmt: skip
PARTNERS = {
    ("Museum IP", "博物馆IP", 400, 118): (4.3, 2.9, 4.6, 2.2),
    ("Tea brand", "茶饮品牌", 400, 186): (4.1, 4.2, 3.2, 3.6),
    ("Snack brand", "零食品牌", 400, 171): (3.9, 3.9, 2.6, 4.1),
    ("Animation IP", "动漫IP", 400, 142): (3.0, 3.3, 3.9, 2.0),
}
FIRST, DAYS, SKUS = dt.date(2026, 12, 1), 56, 6
CUTS = {("Pinduoduo", 1): (52, -0.12), ("Pinduoduo", 4): (50, -0.08), ("JD", 2): (53, -0.07),
        ("Tmall", 0): (54, 0.06)}  # fmt: skip
"""Rival and SKU → day of a lasting change, and its size."""
BAD_WEEK = "Douyin E-commerce"


def competitors(rng: np.random.Generator) -> Iterator[Row]:
    """Scores of rivals."""
    yield ("rater", "competitor", "competitor_zh", "attribute", "attribute_zh", "score", "line",
           "nature", "source")  # fmt: skip
    for rater in RATERS:
        for (name, chinese, line), levels in RIVALS.items():
            for (trait, word), level in zip(TRAITS, levels, strict=True):
                yield rater, name, chinese, trait, word, score(level, rng), line, *TAIL


def partners(rng: np.random.Generator) -> Iterator[Row]:
    """Scores of partners, and how many of the users asked know them."""
    yield ("rater", "partner", "partner_zh", "attribute", "attribute_zh", "weight", "score",
           "users", "shared", "nature", "source")  # fmt: skip
    for rater in RATERS:
        for (name, chinese, users, shared), levels in PARTNERS.items():
            for (what, word, weight), level in zip(CRITERIA, levels, strict=True):
                value = score(level, rng)
                yield rater, name, chinese, what, word, weight, value, users, shared, *TAIL


def prices(rng: np.random.Generator) -> Iterator[Row]:
    """Daily prices and reviews of rivals."""
    yield ("date", "rival", "rival_zh", "sku", "price", "reviews", "negative", "nature", "source")
    base = {
        (name, k): float(rng.choice([29.9, 49.9, 69, 99, 129, 199]))
        for name, _, line in RIVALS
        if line
        for k in range(SKUS)
    }
    words = {name: chinese for name, chinese, _ in RIVALS}
    for day in range(DAYS):
        for (name, k), price in base.items():
            since, change = CUTS.get((name, k), (DAYS, 0.0))
            # One day in ten a small promotion of that day alone.
            factor = (1 + change) if day >= since else 1 - 0.03 * (rng.random() < 0.1)
            reviews = int(rng.poisson(24))
            bad = 0.075 if name == BAD_WEEK and day >= DAYS - 7 else 0.04
            date = (FIRST + dt.timedelta(days=day)).isoformat()
            yield (date, name, words[name], f"SKU-{k + 1}", round(price * factor, 2), reviews,
                   int(rng.binomial(reviews, bad)), "simulated", TAIL[1])  # fmt: skip


def score(level: float, rng: np.random.Generator) -> int:
    """A score from 1 to 5 around a level."""
    return int(np.clip(round(level + rng.normal(0, SPREAD)), 1, 5))


TABLES = {"competitors": competitors, "partners": partners, "prices": prices}


def main() -> None:
    """Write the table that is asked for to standard output."""
    out = csv.writer(sys.stdout, lineterminator="\n")
    for row in TABLES[sys.argv[1]](np.random.default_rng(SEED)):
        out.writerow(row)


if __name__ == "__main__":
    main()
