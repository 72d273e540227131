"""What a panel said about factors and strategies, under the names a reader sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.swot.tables import ATTRACTIVE, BEST, PAIRWISE, RATING, WORST


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """A panel's answers, checked.

    Attributes:
        judgments: One row a judgment: ``rater, kind, group, left, right, value``; ``kind`` is one
            of :data:`analysis.swot.tables.KINDS_OF_JUDGMENT`.
        factors: One row a factor: ``factor, group, kpi`` (empty where there is none).
        strategies: One row a strategy: ``strategy, kind, kpi, line``; no rows if none were given.
        links: One row a factor that a strategy takes up: ``strategy, factor, strength``.
        source: Where the judgments come from, for messages; may be empty.
    """

    judgments: pd.DataFrame
    factors: pd.DataFrame
    strategies: pd.DataFrame
    links: pd.DataFrame
    source: str = ""

    @property
    def groups(self) -> dict[str, str]:
        """Factor → S, W, O or T."""
        return dict(zip(self.factors["factor"], self.factors["group"], strict=True))

    def by(self, column: str) -> dict[str, str]:
        """Strategy → ``kind``, ``kpi`` or ``line``."""
        return dict(zip(self.strategies["strategy"], self.strategies[column], strict=True))

    @property
    def kpis(self) -> dict[str, str]:
        """Factor → KPI, empty where there is none."""
        return dict(zip(self.factors["factor"], self.factors["kpi"], strict=True))

    @property
    def pairwise(self) -> pd.DataFrame:
        """Comparisons of two, for :func:`analysis.swot.awot`."""
        return self._of(PAIRWISE)

    @property
    def best_worst(self) -> pd.DataFrame:
        """Comparisons with the best and the worst."""
        return self.judgments[self.judgments["kind"].isin((BEST, WORST))]

    @property
    def ratings(self) -> pd.DataFrame:
        """One row a rater, one column a factor that anyone rated; NaN where a rating is missing."""
        rows = self._of(RATING)
        wide = rows.pivot(index="rater", columns="left", values="value").astype(np.float64)
        return wide[[name for name in self.factors["factor"] if name in wide.columns]]

    @property
    def attractiveness(self) -> dict[str, pd.DataFrame]:
        """Rater → factors by strategies, for :func:`analysis.swot.qspm`."""
        rows = self._of(ATTRACTIVE)
        listed = [name for name in self.strategies["strategy"] if name in set(rows["right"])]
        names = listed or list(dict.fromkeys(rows["right"]))
        return {
            str(rater): own.pivot(index="left", columns="right", values="value").reindex(
                columns=names
            )
            for rater, own in rows.groupby("rater", sort=False)
        }

    def _of(self, kind: str) -> pd.DataFrame:
        return self.judgments[self.judgments["kind"] == kind]
