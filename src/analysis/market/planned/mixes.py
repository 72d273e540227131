"""Who buys, by several dimensions: an interval only where a sample is stated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.base.language import translator
from analysis.market.mix import mix
from analysis.market.planned.parts import MixPlan


@dataclass(frozen=True)
class Mixes:
    """Shares of groups by dimension.

    Attributes:
        frame: One row a group: ``dimension, group, n`` (NaN if nobody said), ``share, lo, hi``
            (Wilson; NaN without a sample), ``population, index, index_lo, index_hi``, ``standing``
            (``over``, ``under``, ``like``; empty without interval or population) and
            ``rest`` (computed: what the stated groups leave out).
        confidence: Level of the intervals, each group by itself.
        without: Dimensions whose sample is not stated: they have no interval.
    """

    frame: pd.DataFrame
    confidence: float
    without: tuple[str, ...]

    @property
    def apart(self) -> pd.Series | None:
        """The group that stands out most against the population; None if none does.

        Where intervals say which groups do, by the end of the index nearer to 100; a group
        without an interval only where no group has one. Half and double are equally far.
        """
        known = self.frame[self.frame["index"].notna() & ~self.frame["rest"]]
        judged = known[known["standing"].isin(["over", "under"])]
        over = judged["standing"] == "over"
        near = judged["index_lo"].where(over, judged["index_hi"])
        if judged.empty:
            if (known["standing"] != "").any() or known.empty:
                return None
            judged, near = known, known["index"]
        with np.errstate(divide="ignore"):
            far = np.abs(np.log(near.to_numpy(np.float64) / 100))
        return judged.iloc[int(np.argmax(far))]

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Shares by dimension, with intervals where a sample is stated, and the population."""
        from analysis.market.planned.plots import mixes_figure

        return mixes_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Who is over-represented, and which shares nobody can judge (``lang`` en or zh)."""
        from analysis.market.planned.words import mixes_sentence

        return mixes_sentence(self, lang)


def all_mixes(plans: Sequence[MixPlan], *, lang: str = "en", confidence: float = 0.95) -> Mixes:
    """Shares of all dimensions.

    Args:
        plans: Dimensions with shares (and perhaps a sample) or counts.
        lang: Of the names.
        confidence: Level of the intervals.

    Raises:
        InputError: If a dimension of counts has no observations.
    """
    parts = [_dimension(plan, lang, confidence) for plan in plans]
    without = tuple(
        plan.labels[lang]
        for plan, part in zip(plans, parts, strict=True)
        if part["lo"].isna().all()
    )
    return Mixes(pd.concat(parts, ignore_index=True), confidence, without)


def _dimension(plan: MixPlan, lang: str, confidence: float) -> pd.DataFrame:
    say = translator(lang)
    frame = pd.DataFrame(
        {
            "dimension": plan.labels[lang], "group": [one.labels[lang] for one in plan.groups],
            "n": [one.n for one in plan.groups], "share": [one.share for one in plan.groups],
            "population": [one.population for one in plan.groups], "rest": False,
        }
    )  # fmt: skip
    if frame["n"].notna().all():
        return _judged(frame, confidence)
    left = 1 - float(frame["share"].sum())
    if left > 1e-9:
        # math.fsum of NaN is NaN: without a population of the groups the others have none.
        people = 1 - float(frame["population"].sum(skipna=False))
        others = {"dimension": plan.labels[lang], "group": say("Others"),
                  "n": math.nan, "share": left, "population": people, "rest": True}  # fmt: skip
        frame = pd.concat([frame, pd.DataFrame([others])], ignore_index=True)
    if not math.isnan(plan.sample):
        # The counts that a stated share of a stated sample must have been, up to rounding.
        ends = np.rint(np.cumsum(frame["share"].to_numpy()) * plan.sample)
        return _judged(frame.assign(n=np.diff(ends, prepend=0.0)), confidence)
    bare = dict.fromkeys(("lo", "hi", "index_lo", "index_hi"), math.nan)
    return frame.assign(index=100 * frame["share"] / frame["population"], **bare, standing="")


def _judged(frame: pd.DataFrame, confidence: float) -> pd.DataFrame:
    given = frame[["group", "n", "population"]]
    known = given["population"].notna().all()
    made = mix(given if known else given[["group", "n"]], confidence=confidence)
    keys = ["n", "share", "lo", "hi", "population", "index", "index_lo", "index_hi", "standing"]
    return frame.assign(**{key: made.frame[key] for key in keys})
