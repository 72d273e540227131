"""Who should get which offer: effects by segment, and what choosing by segment is worth.

Effects found in single segments are noise around a common one, and the best of them are the
luckiest. Each is therefore shrunk to the mean over segments as far as segments do not differ
(random effects; Raudenbush & Bryk 1985, J. Educational Statistics 10), and offers are told apart by
segment only if the segments differ by more than chance (Cochran 1954, Biometrics 10; Holm over
arms). The value of a rule that gives every segment its best offer is taken over the best single
offer for all (Kitagawa & Tetenov 2018, Econometrica 86, on such rules), on shrunk effects.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import special

from analysis.base.errors import InputError
from analysis.experiments.arms import Arms
from analysis.experiments.effect import Interval
from analysis.experiments.programme.meta import random_effects
from analysis.stats.multiplicity import holm

Floats = NDArray[np.float64]
LEAST = 2
METHOD = "shrunk effects by segment"


@dataclass(frozen=True)
class Targeting:
    """Effects of every arm in every segment, and the rule that they make.

    Attributes:
        frame: One row a segment and arm: ``segment, share, arm, n_control, n_arm, difference, lo,
            hi`` as measured; ``shrunk, shrunk_lo, shrunk_hi``; ``chosen``, whether the segment's
            best offer is this arm (on shrunk effects, in the good direction).
        differ: Arm → p-value of effects that are the same in all segments, Holm-adjusted.
        uniform: Best single offer for all: an arm, or control.
        gain: What the rule brings per user beyond the best single offer, in the metric's unit.
        control: Name of control.
        metric: Name of the metric.
        unit: ``"share"`` for a proportion, else empty.
        larger_is_better: Direction of the metric.
        confidence: Of the intervals.
        left_out: Segments that were too small in an arm to be judged.
    """

    frame: pd.DataFrame
    differ: dict[str, float]
    uniform: str
    gain: Interval
    control: str
    metric: str
    unit: str
    larger_is_better: bool
    confidence: float
    left_out: tuple[str, ...]

    @property
    def worth_it(self) -> bool:
        """Whether segments differ by more than chance, for any arm."""
        return min(self.differ.values()) <= 1 - self.confidence

    @property
    def rule(self) -> dict[str, str]:
        """Segment → offer; the single best one for all where segments do not differ."""
        segments = self.frame["segment"].drop_duplicates()
        if not self.worth_it:
            return dict.fromkeys(segments, self.uniform)
        chosen = self.frame[self.frame["chosen"]].set_index("segment")["arm"]
        return {name: str(chosen.get(name, self.control)) for name in segments}

    def table(self) -> pd.DataFrame:
        """One row a segment and arm, with the offer that the segment should get.

        ``segment, share, arm, difference, difference_lo, difference_hi, corrected, corrected_lo,
        corrected_hi, offer``.
        """
        names = {
            "segment": "segment", "share": "share", "arm": "arm", "difference": "difference",
            "lo": "difference_lo", "hi": "difference_hi", "shrunk": "corrected",
            "shrunk_lo": "corrected_lo", "shrunk_hi": "corrected_hi", "offer": "offer",
        }  # fmt: skip
        rows = self.frame.assign(offer=self.frame["segment"].map(self.rule).astype("str"))
        return rows[list(names)].rename(columns=names)

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Effects by segment, as measured and shrunk."""
        from analysis.experiments.plots_targeting import segments

        return segments(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Whether to tell segments apart, and what that is worth (``lang`` en or zh)."""
        from analysis.experiments.plots_targeting import targeting_sentence

        return targeting_sentence(self, lang)


def targeting(
    arms: Arms, metric: str, *, larger_is_better: bool = True, confidence: float = 0.95
) -> Targeting:
    """Judge offers by segment.

    Args:
        arms: Of one test, with a column ``stratum``: the segments, known before the assignment.
        metric: A proportion or a mean.
        larger_is_better: Direction of the metric.
        confidence: Of the intervals and of telling segments apart.

    Raises:
        InputError: If there are no segments, fewer than two that can be judged, or the metric is a
            ratio of sums.
    """
    if "stratum" not in arms.parts:
        raise InputError("targeting: found no segments, expected a column stratum")
    kind = arms.metric(metric).kind
    if kind == "ratio":
        raise InputError(f"targeting: found the ratio {metric!r}, expected a share or a mean")
    rows, left_out = _measured(arms, metric, confidence)
    if rows["segment"].nunique() < LEAST:
        raise InputError("targeting: found fewer than two segments with users in every arm")
    sign = 1.0 if larger_is_better else -1.0
    rows, p = _shrunk(rows, confidence)
    differ = dict(zip(p, holm(np.array(list(p.values()))).tolist(), strict=True))
    best = rows.assign(value=sign * rows["shrunk"]).groupby("segment")["value"].transform("max")
    rows["chosen"] = (sign * rows["shrunk"] == best) & (best > 0)
    uniform, gain = _gain(rows, sign, confidence)
    frame = rows.drop(columns=["se", "sd"]).reset_index(drop=True)
    return Targeting(
        frame, differ, uniform or arms.control, gain, arms.control, metric,
        "share" if kind == "proportion" else "", larger_is_better, confidence, left_out,
    )  # fmt: skip


def _measured(arms: Arms, metric: str, confidence: float) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Differences from control in every segment, and the segments that have none."""
    names, z = arms.names, float(special.ndtri(0.5 + confidence / 2))
    rows, left_out = [], []
    for segment, part in arms.each("stratum"):
        found = part.samples(metric) if arms.control in part.parts["variant"].to_list() else {}
        usable = all(arm in found and found[arm].n >= LEAST for arm in names)
        if not usable or not all(found[a].se2 + found[arms.control].se2 > 0 for a in names[1:]):
            left_out.append(str(segment))
            continue
        base = found[arms.control]
        for arm in names[1:]:
            one = found[arm]
            difference, se = one.mean - base.mean, math.sqrt(one.se2 + base.se2)
            users = sum(found[name].n for name in names)
            rows.append(
                (str(segment), users, arm, base.n, one.n, difference, se,
                 difference - z * se, difference + z * se)
            )  # fmt: skip
    columns = ["segment", "share", "arm", "n_control", "n_arm", "difference", "se", "lo", "hi"]
    frame = pd.DataFrame(rows, columns=columns).astype({"segment": "str", "arm": "str"})
    total = frame.drop_duplicates("segment")["share"].sum()
    return frame.assign(share=frame["share"] / total if total else np.nan), tuple(left_out)


def _shrunk(rows: pd.DataFrame, confidence: float) -> tuple[pd.DataFrame, dict[str, float]]:
    """Effects shrunk to each arm's mean over segments, and the p-values of no differences."""
    z = float(special.ndtri(0.5 + confidence / 2))
    shrunk, sd = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    p: dict[str, float] = {}
    for arm in rows["arm"].drop_duplicates():
        at = np.flatnonzero((rows["arm"] == arm).to_numpy())
        y, se = (rows[name].to_numpy(np.float64)[at] for name in ("difference", "se"))
        made = random_effects(y, se, confidence=confidence)
        p[str(arm)] = made.q_p_value
        tau2 = made.tau.value**2
        own = tau2 / (tau2 + se**2)
        mean_error = 1 / np.sqrt((1 / (se**2 + tau2)).sum())
        shrunk[at] = own * y + (1 - own) * made.mean.value
        # What is not known of the common mean is not known of any segment.
        sd[at] = np.sqrt(own * se**2 + ((1 - own) * mean_error) ** 2)
    out = rows.assign(shrunk=shrunk, sd=sd, shrunk_lo=shrunk - z * sd, shrunk_hi=shrunk + z * sd)
    return out, p


def _gain(rows: pd.DataFrame, sign: float, confidence: float) -> tuple[str, Interval]:
    """Best single offer (empty for control), and what the rule brings beyond it per user."""
    value = rows["share"] * rows["shrunk"]
    by_arm = (sign * value).groupby(rows["arm"]).sum()
    best = str(by_arm.idxmax()) if by_arm.max() > 0 else ""
    gain = variance = 0.0
    for _, part in rows.groupby("segment"):
        chosen, single = part[part["chosen"]], part[part["arm"] == best]
        same = len(chosen) and len(single) and chosen["arm"].iloc[0] == best
        if same or (not len(chosen) and not len(single)):
            continue
        for side, weight in ((chosen, 1.0), (single, -1.0)):
            if len(side):
                share = float(side["share"].iloc[0])
                gain += weight * sign * share * float(side["shrunk"].iloc[0])
                variance += (share * float(side["sd"].iloc[0])) ** 2
    half = float(special.ndtri(0.5 + confidence / 2)) * math.sqrt(variance)
    return best, Interval(gain, gain - half, gain + half, confidence, METHOD)
