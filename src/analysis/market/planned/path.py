"""Penetration from the years observed: a fitted curve, or only what somebody declared."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.market.adoption_fit import AdoptionFit, fit_adoption
from analysis.market.planned.parts import AdoptionPlan


@dataclass(frozen=True)
class PenetrationPath:
    """Penetration by year.

    Attributes:
        plan: What was declared.
        frame: One row a year: ``year, observed`` (all adopters so far, also where new ones were
            observed; NaN after the last), ``level, lo, hi`` (of the
            curve; NaN without one) and ``scenario`` (declared step by step; NaN if none is).
        fit: The fitted curve; None where there are too few years.
        capped: First year in which the scenario would pass the whole market; 0 if none.
    """

    plan: AdoptionPlan
    frame: pd.DataFrame
    fit: AdoptionFit | None
    capped: int

    @property
    def last(self) -> pd.Series:
        """The row of the last year."""
        return self.frame.iloc[-1]

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """What was observed, and the curve with its interval or the declared path."""
        from analysis.market.planned.plots import path_figure

        return path_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """How far penetration goes, or why nobody can say (``lang`` en or zh)."""
        from analysis.market.planned.words import path_sentence

        return path_sentence(self, lang)


def penetration_path(
    plan: AdoptionPlan, *, rng: np.random.Generator, confidence: float = 0.9
) -> PenetrationPath:
    """Carry penetration on: by a curve where the years allow one, else as declared.

    A curve has two or three parameters, so fewer than three observed years fit any: the declared
    step is then drawn as a scenario, without an interval, and said to be one.

    Args:
        plan: Years, levels and a step.
        rng: Of the bootstrap of the fit.
        confidence: Level of the fit's intervals.
    """
    first, seen = plan.years[0], len(plan.values)
    years = np.arange(first, plan.until + 1)
    observed = np.full(len(years), np.nan)
    # The curve is of all adopters so far; so are the points beside it.
    new = plan.observed == "new"
    observed[:seen] = np.cumsum(plan.values) if new else plan.values
    columns = {key: np.full(len(years), np.nan) for key in ("level", "lo", "hi")}
    fit = None
    if plan.fits:
        market = None if math.isnan(plan.market) else plan.market
        fit = fit_adoption(plan.values, rng=rng, curve=plan.curve, observed=plan.observed,
                           market=market, most=plan.most, confidence=confidence)  # fmt: skip
        found = fit.path(years - first + 1)
        columns = {"level": found["adopters"].to_numpy(), "lo": found["lo"].to_numpy(),
                   "hi": found["hi"].to_numpy()}  # fmt: skip
    scenario = np.full(len(years), np.nan)
    capped = 0
    if not math.isnan(plan.step) and plan.observed == "level":
        steps = np.arange(len(years) - seen + 1)
        raw = plan.values[-1] + plan.step * steps
        most = plan.most
        over = raw > most + 1e-12
        capped = int(years[seen - 1 + int(np.argmax(over))]) if over.any() else 0
        scenario[seen - 1 :] = np.clip(raw, 0.0, most)
    frame = pd.DataFrame({"year": years, "observed": observed, **columns, "scenario": scenario})
    return PenetrationPath(plan, frame, fit, capped)
