"""Make the illustrative judgments of ``data/raw/plan/swot_judgments.csv``: five raters.

Nobody was asked: the rows show the form in which a panel is asked. Rows of kind ``pairwise``
compare the four groups and, inside each, the three factors of the New Year plan, on Saaty's
scale; rows of kind ``rating`` rate every factor from 1 (major weakness, poor response) to 4
(major strength, superior response). Raters differ by chance around one opinion; the seed is fixed,
so that the same rows come out again.
"""

from __future__ import annotations

import csv
import itertools
import sys
from pathlib import Path

import numpy as np

FACTORS = Path(__file__).parents[1] / "data" / "raw" / "plan" / "swot_factors.csv"
RATERS, SEED = ("R1", "R2", "R3", "R4", "R5"), 106
GROUPS = {"S": 0.35, "W": 0.2, "O": 0.3, "T": 0.15}
MIDDLE = {"S": 3.5, "W": 1.6, "O": 2.8, "T": 2.2}
SPREAD, OWN = 0.25, 0.5
"""Standard deviation of a logarithm of a judgment, and of a rating, around the common opinion."""


def main() -> None:
    """Write the rows to standard output."""
    rng = np.random.default_rng(SEED)
    with FACTORS.open(encoding="utf-8", newline="") as file:
        factors = list(csv.DictReader(file))
    sets = {"SWOT": GROUPS}
    for group in GROUPS:
        ids = [
            row["fact_id"]
            for row in factors
            if row["category"] == group and row["plan"] == "new_year"
        ][:3]
        sets[group] = dict(zip(ids, (0.5, 0.3, 0.2), strict=True))
    level = {row["fact_id"]: MIDDLE[row["category"]] + rng.normal(0, 0.3) for row in factors}
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["rater", "kind", "group", "left", "right", "value", "nature", "source"])
    tail = ["illustrative", "scripts/swot_judgments.py"]
    for rater in RATERS:
        for group, items in sets.items():
            for left, right in itertools.combinations(items, 2):
                ratio = items[left] / items[right] * np.exp(rng.normal(0, SPREAD))
                steps = int(np.clip(round(max(ratio, 1 / ratio)), 1, 9))
                pair = (left, right) if ratio >= 1 else (right, left)
                out.writerow([rater, "pairwise", group, *pair, steps, *tail])
        for row in factors:
            value = int(np.clip(round(level[row["fact_id"]] + rng.normal(0, OWN)), 1, 4))
            out.writerow([rater, "rating", row["category"], row["fact_id"], "", value, *tail])


if __name__ == "__main__":
    main()
