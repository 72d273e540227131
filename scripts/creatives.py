"""Make the simulated rows of ``data/raw/plan/ab_tests.csv``: three creatives over ten days.

The rates are those the planning documents state: new users convert at 8 %, and a better landing
page is to bring 15 % more. Creative B changes nothing, creative C brings the 15 %. Rows are running
totals, one look a day; the seed is fixed, so that the same rows come out again.
"""

from __future__ import annotations

import csv
import sys

import numpy as np

RATES = {"control": 0.08, "creative_b": 0.08, "creative_c": 0.08 * 1.15}
DAYS, USERS, SEED = 10, 900, 618


def main() -> None:
    """Write the rows to standard output."""
    rng = np.random.default_rng(SEED)
    users = np.cumsum(rng.poisson(USERS, (len(RATES), DAYS)), axis=1)
    daily = np.diff(users, axis=1, prepend=0)
    rates = np.array(list(RATES.values()))[:, None]
    orders = np.cumsum(rng.binomial(daily, rates), axis=1)
    out = csv.writer(sys.stdout, lineterminator="\n")
    for day in range(DAYS):
        for i, arm in enumerate(RATES):
            out.writerow(
                ["Three creatives (simulated)", day + 1, arm, "conversion",
                 users[i, day], orders[i, day], "simulated", "scripts/creatives.py"]
            )  # fmt: skip


if __name__ == "__main__":
    main()
