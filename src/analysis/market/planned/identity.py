"""Do the drivers of a plan fit the growth that it states? And if not, what would fit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.market.distributions import Fixed
from analysis.market.growth import Bridge, bridge
from analysis.market.planned.parts import GrowthPlan
from analysis.market.sampling import points

_POINTS = 2**12


@dataclass(frozen=True)
class GrowthIdentity:
    """A growth bridge beside the growth stated.

    Attributes:
        plan: What was declared.
        bridge: The change of the product, taken apart by driver (names by language of the run).
        implied: Growth that the drivers together imply, from mean to mean as the bridge.
        implied_lo: Its 5 % point; NaN where all drivers are known.
        implied_hi: Its 95 % point.
        stated: Growth that the plan states; NaN if none.
        frame: One row a driver, then the product: ``start, end, growth`` as planned, and ``fits,
            fits_growth``: the end at which it alone would make the identity hold (NaN if none is
            stated, or if it cannot: a share beyond 1).
    """

    plan: GrowthPlan
    bridge: Bridge
    implied: float
    implied_lo: float
    implied_hi: float
    stated: float
    frame: pd.DataFrame

    @property
    def agrees(self) -> bool:
        """Whether the stated growth is what the drivers imply, up to rounding or their range."""
        if math.isnan(self.stated):
            return True
        if math.isnan(self.implied_lo):
            return abs(self.stated - self.implied) <= rounding(self.stated) * (1 + 1e-9)
        return self.implied_lo <= self.stated <= self.implied_hi

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """The waterfall from start to end, and the end that the stated growth would give."""
        from analysis.market.planned.plots import identity_figure

        return identity_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Whether the drivers and the stated growth fit together (``lang`` en or zh)."""
        from analysis.market.planned.words import identity_sentence

        return identity_sentence(self, lang)


def rounding(stated: float) -> float:
    """What rounding may have taken from a percentage: half of the last digit that it is given to.

    Whole percent where it has no further digits: 0.3 is +30 %, 0.467 is +46.7 %.
    """
    exponent = Decimal(repr(stated)).normalize().as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) else 2
    return 0.5 * 10.0 ** -max(digits, 2)


def growth_identity(
    plan: GrowthPlan, *, rng: np.random.Generator, lang: str = "en"
) -> GrowthIdentity:
    """Take a planned growth apart and hold it against the one stated.

    Args:
        plan: Drivers at the start and at the end, and the stated growth.
        rng: Of draws, where drivers are uncertain.
        lang: Of the drivers' names.
    """
    beliefs = [belief for one in plan.drivers for belief in (one.start, one.end)]
    known = all(isinstance(belief, Fixed) for belief in beliefs)
    uniforms = np.full((1, len(beliefs)), 0.5) if known else points(_POINTS, len(beliefs), rng)
    draws = [belief.quantile(uniforms[:, i]) for i, belief in enumerate(beliefs)]
    names = [one.labels[lang] for one in plan.drivers]
    pairs = {
        name: (float(start[0]), float(end[0])) if known else (start, end)
        for name, start, end in zip(names, draws[::2], draws[1::2], strict=True)
    }
    made = bridge(pairs, unit=plan.unit)
    starts, ends = np.prod(draws[::2], axis=0), np.prod(draws[1::2], axis=0)
    growths = ends / starts - 1
    lo, hi = (
        (math.nan, math.nan) if known else (float(v) for v in np.quantile(growths, (0.05, 0.95)))
    )
    implied = made.end / made.start - 1
    factor = (1 + plan.stated) / (1 + implied)
    frame = made.frame[["driver", "start", "end"]].copy()
    frame["unit"] = [one.unit for one in plan.drivers]
    product = {"driver": plan.labels[lang], "start": made.start, "end": made.end, "unit": plan.unit}
    frame = pd.concat([frame, pd.DataFrame([product])], ignore_index=True)
    frame["growth"] = frame["end"] / frame["start"] - 1
    frame["fits"] = frame["end"] * factor
    frame.loc[(frame["unit"] == "share") & (frame["fits"] > 1), "fits"] = math.nan
    frame.loc[len(frame) - 1, "fits"] = frame["end"].iloc[-1]
    frame["fits_growth"] = frame["fits"] / frame["start"] - 1
    return GrowthIdentity(plan, made, implied, lo, hi, plan.stated, frame)
