"""Make the illustrative judgments of ``data/raw/plan/swot_judgments.csv``: five raters.

Nobody was asked: the rows show the form in which a panel is asked. Rows of kind ``pairwise``
compare the four groups and, inside each, the three factors of the New Year plan, on Saaty's
scale; ``best`` and ``worst`` ask the same with fewer questions (best over each other, each other
over the worst); ``rating`` rates a factor from 1 (major weakness, poor response) to 4 (major
strength, superior response); ``attractiveness`` says how attractive a factor makes a strategy, 1
to 4. Raters differ by chance around one opinion; the seeds are fixed, so that the same rows come
out again.
"""

from __future__ import annotations

import csv
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

PLAN = Path(__file__).parents[1] / "data" / "raw" / "plan"
RATERS, SEED, LATER = ("R1", "R2", "R3", "R4", "R5"), 106, 107
GROUPS = {"S": 0.35, "W": 0.2, "O": 0.3, "T": 0.15}
MIDDLE = {"S": 3.5, "W": 1.6, "O": 2.8, "T": 2.2}
SPREAD, OWN = 0.25, 0.5
"""Standard deviation of a logarithm of a judgment, and of a rating, around the common opinion."""
Row = tuple[str, str, str, str, str, int]


def main() -> None:
    """Write the rows to standard output."""
    rng = np.random.default_rng(SEED)
    factors = rows_of("swot_factors.csv")
    sets = {"SWOT": GROUPS}
    for group in GROUPS:
        ids = [
            row["fact_id"]
            for row in factors
            if row["category"] == group and row["plan"] == "new_year"
        ][:3]
        sets[group] = dict(zip(ids, (0.5, 0.3, 0.2), strict=True))
    compared = {name: group for group in GROUPS for name in sets[group]}
    level = {row["fact_id"]: MIDDLE[row["category"]] + rng.normal(0, 0.3) for row in factors}
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["rater", "kind", "group", "left", "right", "value", "nature", "source"])
    rows: list[Row] = []
    for rater in RATERS:
        for group, items in sets.items():
            for left, right in itertools.combinations(items, 2):
                ratio = items[left] / items[right] * np.exp(rng.normal(0, SPREAD))
                pair = (left, right) if ratio >= 1 else (right, left)
                rows.append((rater, "pairwise", group, *pair, steps(ratio)))
        for row in factors:
            value = int(np.clip(round(level[row["fact_id"]] + rng.normal(0, OWN)), 1, 4))
            if row["fact_id"] in compared:
                rows.append((rater, "rating", row["category"], row["fact_id"], "", value))
    rng = np.random.default_rng(LATER)
    for rater in RATERS:
        for group, items in sets.items():
            rows += best_and_worst(rater, group, items, rng)
        rows += attractive(rater, compared, rng)
    for line in rows:
        out.writerow([*line, "illustrative", "scripts/swot_judgments.py"])


def rows_of(name: str) -> list[dict[str, str]]:
    """Rows of a table of the plan."""
    with (PLAN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def steps(ratio: float) -> int:
    """A ratio on Saaty's scale, in the direction in which it is at least 1."""
    return int(np.clip(round(max(ratio, 1 / ratio)), 1, 9))


def best_and_worst(
    rater: str, group: str, items: dict[str, float], rng: np.random.Generator
) -> Iterator[Row]:
    """Twice the number of items less three judgments of one rater."""
    felt = {name: weight * np.exp(rng.normal(0, SPREAD)) for name, weight in items.items()}
    best, worst = max(felt, key=lambda name: felt[name]), min(felt, key=lambda name: felt[name])
    for name in items:
        if name != best:
            yield rater, "best", group, best, name, steps(felt[best] / felt[name])
    for name in items:
        if name not in (best, worst):
            yield rater, "worst", group, name, worst, steps(felt[name] / felt[worst])


def attractive(rater: str, factors: dict[str, str], rng: np.random.Generator) -> Iterator[Row]:
    """How attractive each factor makes each strategy: the more, the more it is taken up."""
    links = rows_of("swot_strategies.csv")
    cover = {(row["strategy"], row["factor"]): float(row["coverage"]) for row in links}
    for factor, group in factors.items():
        for strategy in dict.fromkeys(row["strategy"] for row in links):
            middle = 1.4 + 2.4 * cover.get((strategy, factor), 0.0)
            value = int(np.clip(round(middle + rng.normal(0, OWN)), 1, 4))
            yield rater, "attractiveness", group, factor, strategy, value


if __name__ == "__main__":
    main()
