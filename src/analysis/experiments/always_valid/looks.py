"""All looks at one arm against control under one always-valid rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import special

from analysis.base.errors import InputError, nearest
from analysis.experiments.always_valid.bounds import Floats, Rule, bounds_of
from analysis.experiments.always_valid.cost import Cost, cost_of
from analysis.experiments.always_valid.mixture import DEFAULT_TUNING
from analysis.experiments.effect import Interval

WANTED = ("look", "variant", "n", "mean", "variance")
LEAST_EVENTS = 10.0
REVISED = 0.01
"""Share of users by which a running total may fall: sources are revised, by 0.5 % in the tests of
ASOS; what falls further is no running total."""
NOT_BEGUN = "too few events to begin"
TABLE = ["look", "n_control", "n_arm", "difference", "lo", "hi", "p_value", "p_all", "once_lo",
         "once_hi"]  # fmt: skip


@dataclass(frozen=True)
class AlwaysValid:
    """One arm against control at every look, under a rule that holds at all of them.

    Attributes:
        frame: One row a look: ``look, n_control, n_arm, events, begun, estimate, se``; ``lo, hi,
            p`` of the rule at this look; ``lo_all, hi_all, p_all`` of all looks so far (running
            intersection and minimum, for an effect that stays the same); ``fixed_lo, fixed_hi`` of
            an interval looked at once. Before the rule begins the bounds are infinite and p is 1.
        rule: ``"confidence sequence"`` or ``"msprt"``.
        alpha: Share of tests without an effect that are ever called, at most.
        tuning: What the bounds are tuned to: users (confidence sequence) or ``tau`` (mSPRT).
        planned: Whether that came from a plan; else it is :data:`DEFAULT_TUNING`.
        least_events: Events before which the rule does not begin.
        control: Name of control.
        arm: Name of the arm.
        decided: Row of the first look whose bounds leave out 0; None if none does.
        unit: Unit of the metric, as :func:`analysis.base.formats.by_unit` knows it.
    """

    frame: pd.DataFrame
    rule: Rule
    alpha: float
    tuning: float
    planned: bool
    least_events: float
    control: str
    arm: str
    decided: int | None
    unit: str

    @property
    def begun(self) -> bool:
        """Whether there were enough events at any look."""
        return bool(self.frame["begun"].any())

    @property
    def p_value(self) -> float:
        """Always-valid p-value of all looks so far."""
        return float(self.frame["p_all"].iloc[-1])

    @property
    def direction(self) -> int:
        """Sign of the effect at the look that decided; 0 if none did."""
        if self.decided is None:
            return 0
        return int(np.sign(self.frame["estimate"].iloc[self.decided]))

    def interval(self, at: int = -1) -> Interval:
        """The difference at one look (the last by default) with its always-valid interval."""
        row = self.frame.iloc[at]
        value, lo, hi = float(row["estimate"]), float(row["lo"]), float(row["hi"])
        if math.isfinite(lo):
            return Interval(value, lo, hi, 1 - self.alpha, self.rule)
        return Interval(value, lo, hi, 1 - self.alpha, self.rule, "unbounded", NOT_BEGUN)

    def cost(self) -> Cost | None:
        """Width and power beside one test at the last look; None if the rule has not begun."""
        rows = self.frame[self.frame["begun"]]
        if rows.empty:
            return None
        n_control, n_arm = (rows[name].to_numpy(np.float64) for name in ("n_control", "n_arm"))
        critical = (rows["hi"] - rows["estimate"]) / rows["se"]
        information = np.maximum.accumulate(1 / (1 / n_control + 1 / n_arm))
        return cost_of(information, critical.to_numpy(np.float64), self.alpha)

    def table(self) -> pd.DataFrame:
        """One row a look.

        ``look, n_control, n_arm, difference, lo, hi, p_value, p_all, once_lo, once_hi``: bounds and
        p-value of the rule at this look, the least p-value so far, the interval looked at once.
        """
        names = {"estimate": "difference", "p": "p_value", "fixed_lo": "once_lo",
                 "fixed_hi": "once_hi"}  # fmt: skip
        return self.frame.rename(columns=names)[TABLE]

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """The difference at every look with both intervals, and the look that decided."""
        from analysis.experiments.always_valid.plots import looks_figure

        return looks_figure(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """Which rule holds, what it decided and when, and what it costs (``lang`` en or zh)."""
        from analysis.experiments.always_valid.words import looks_sentence

        return looks_sentence(self, lang)


def _names(looks: pd.DataFrame, control: str, arm: str | None) -> str:
    """The name of the arm that is compared."""
    names = sorted(set(looks["variant"]))
    others = [name for name in names if name != control]
    if control not in names:
        raise InputError(f"control: found {control!r}; {nearest(control, names)}")
    if arm is None and len(others) != 1:
        raise InputError(f"arm: found {len(others)} arms beside control, expected the name of one")
    chosen = others[0] if arm is None else arm
    if chosen not in others:
        raise InputError(f"arm: found {chosen!r}; {nearest(chosen, others)}")
    return chosen


def _totals(looks: pd.DataFrame, arms: list[str]) -> tuple[pd.Index, list[Floats]]:
    """Names of the looks in order, and ``(looks, 2)`` users, means and variances."""
    rows = looks[looks["variant"].isin(arms)]
    twice = rows[rows.duplicated(["look", "variant"])]
    if len(twice):
        row = twice.iloc[0]
        raise InputError(f"looks: found look {row['look']} of {row['variant']} twice")
    by_arm = [rows[rows["variant"] == name].set_index("look") for name in arms]
    alone = by_arm[0].index.symmetric_difference(by_arm[1].index)
    if len(alone):
        raise InputError(f"looks: found look {alone[0]} of one arm only, expected both")
    names = by_arm[0].index
    if pd.api.types.is_numeric_dtype(names) or pd.api.types.is_datetime64_any_dtype(names):
        names = names.sort_values()
    else:
        users = by_arm[0]["n"] + by_arm[1]["n"]
        names = users.sort_values(kind="stable").index
    by_arm = [frame.loc[names] for frame in by_arm]
    n, mean, variance = (
        np.column_stack([frame[name].to_numpy(np.float64) for frame in by_arm])
        for name in ("n", "mean", "variance")
    )
    if np.isnan(n).any() or (n < 0).any() or (np.diff(n, axis=0) < -REVISED * n[:-1]).any():
        raise InputError("looks: found fewer users than at a look before, expected running totals")
    if (variance < 0).any():
        raise InputError("looks: found a negative variance")
    return names, [n, mean, variance]


def always_valid(
    looks: pd.DataFrame,
    *,
    control: str,
    arm: str | None = None,
    rule: Rule = "confidence sequence",
    planned: float | None = None,
    tau: float | None = None,
    confidence: float = 0.95,
    least_events: float = LEAST_EVENTS,
    unit: str = "",
) -> AlwaysValid:
    """Follow one arm against control through all looks so far.

    The confidence sequence is tightest at the planned last look; without a plan at
    :data:`DEFAULT_TUNING` users. Both rules estimate the variance, so they hold asymptotically:
    they begin once both arms together have ``least_events`` events, and use the larger of the
    pooled and the unpooled variance. Simulated without an effect (5 % conversion; 2 % buyers with
    lognormal revenue, sigma 1; up to 10,000 users an arm, 10 and 20 looks) they call 1 % of tests.

    Args:
        looks: Running totals: ``look, variant, n, mean, variance``, one row a look and arm, the
            variance with divisor ``n - 1``. Looks that are numbers or times are put in their order,
            others in that of their users.
        control: Name of control.
        arm: Name of the arm; may be None if there is only one.
        rule: ``"confidence sequence"`` (Waudby-Smith et al. 2024) or ``"msprt"`` (Johari et al.
            2022) with the estimated variance.
        planned: Users of both arms at the planned last look.
        tau: Standard deviation of the mixture of the mSPRT, in units of the metric.
        confidence: Level of the intervals; 1 minus the type-I error over all looks.
        least_events: Events (for revenue: buyers if all spent the same) of both arms before which
            the rule does not begin. 0 for metrics around 0, which have no events.
        unit: Unit of the metric, for the sentences.

    Raises:
        InputError: If a column or an arm is missing, a look is there twice or totals fall.
        ValueError: If ``tau`` does not fit the rule.
    """
    if rule not in get_args(Rule):
        raise ValueError(f"rule: found {rule!r}, expected one of {get_args(Rule)}")
    if (rule == "msprt") != (tau is not None):
        raise ValueError(f"tau: found {tau} with rule {rule!r}; the mSPRT needs it, no other does")
    alpha = 1 - confidence
    absent = [name for name in WANTED if name not in looks.columns]
    if absent:
        raise InputError(f"looks: found no column {absent[0]!r}, expected {', '.join(WANTED)}")
    looks = looks.astype({"variant": "str"})
    chosen = _names(looks, control, arm)
    names, (n, mean, variance) = _totals(looks, [control, chosen])
    tuning = tau if tau is not None else planned if planned is not None else DEFAULT_TUNING
    bounds = bounds_of(
        n, mean, variance, rule=rule, tuning=tuning, alpha=alpha, least_events=least_events
    )
    estimate, se, p, begun = bounds.estimate, bounds.se, bounds.p, bounds.begun
    centre = np.where(begun, estimate, 0.0)
    lo, hi, once = centre - bounds.half, centre + bounds.half, -float(special.ndtri(alpha / 2)) * se
    frame = pd.DataFrame(
        {
            "look": names,
            "n_control": n[:, 0].astype(np.int64),
            "n_arm": n[:, 1].astype(np.int64),
            "events": bounds.events,
            "begun": begun,
            "estimate": estimate,
            "se": se,
            "lo": lo,
            "hi": hi,
            "p": p,
            "lo_all": np.maximum.accumulate(lo),
            "hi_all": np.minimum.accumulate(hi),
            "p_all": np.minimum.accumulate(p),
            "fixed_lo": estimate - once,
            "fixed_hi": estimate + once,
        }
    )
    outside = np.flatnonzero((lo > 0) | (hi < 0))
    decided = int(outside[0]) if len(outside) else None
    known = rule == "msprt" or planned is not None
    return AlwaysValid(
        frame, rule, alpha, float(tuning), known, least_events, control, chosen, decided, unit
    )
