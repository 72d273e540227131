"""What each target asks for a year, and how likely that is by history and market (S103).

The known growth figures of a metric (its own last change, the market's) are taken as draws from
one normal distribution of unknown mean and spread. A new one then follows Student's t with n − 1
degrees of freedom, ``mean + spread × sqrt(1 + 1/n) × t`` (Gelman et al., Bayesian Data Analysis,
3.2): with few figures a wide distribution, with one none at all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.base import formats
from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.plan.drivers import Driver, driver_of
from analysis.plan.facts import Fact, Plan, read
from analysis.plan.findings import say as _say
from analysis.plan.rules.targets import LOWER, market_growth, same_name
from analysis.plan.target_rows import Target, last, printed, targets_of, years_until

_MARKET = re.compile(
    r"market|industry|retail|sector|commerce|economy|consumption|spending|category|"
    r"市场|行业|零售|电商|经济|消费|规模|品类|大盘"
)
"""Names of what a market's growth is told of."""
_OTHER_DAYS = re.compile(r"ordinary days?|usual days?|off-peak|平日|平时|日常")
"""A peak against ordinary days is no growth on the year."""
LEVEL, POINTS = "growth", "points"
WHY = {
    "few": _say("too few growth figures"),
    "equal": _say("known growth does not vary"),
    "start": _say("a start of 0 or below has no growth rate"),
}
"""Why no chance is given."""


@dataclass(frozen=True)
class Feasibility:
    """Targets with a baseline: what they ask for and how likely it is.

    Attributes:
        frame: One row a target: ``fact_id, name_en, name_zh, unit, baseline, target, years,
            said`` (whether the period says the years), ``kind`` (``growth``: a share of the start
            a year; ``points``: percentage points or score points a year), ``required``,
            ``history`` (the metric's own last change), ``market`` (the fastest), ``known``
            (growth figures, as a tuple), ``chance, error`` (Monte-Carlo standard error), ``why``
            (key of :data:`WHY`; "" where there is a chance).
        drivers: ``fact_id`` → the driver that must move, where an identity gives the drivers.
        draws: Of the distribution.
    """

    frame: pd.DataFrame
    drivers: Mapping[str, Driver]
    draws: int

    @property
    def known(self) -> int:
        """Growth targets with a chance: those that a figure can show."""
        return int((self.frame["chance"].notna() & (self.frame["kind"] == LEVEL)).sum())

    def table(self) -> pd.DataFrame:
        """The same for files, the least likely first.

        Returns:
            The columns of ``frame``, with ``known`` as the number of growth figures, and
            ``driver`` (``fact_id`` of the driver that must move; "" for none), ``driver_alone``
            (where it must get if the others stay, in ``driver_unit``), ``driver_unit``.
        """
        rows = self.frame.sort_values("chance", kind="stable").reset_index(drop=True)
        found = [self.drivers.get(id) for id in rows["fact_id"]]
        rows = rows.assign(
            known=pd.Series([len(known) for known in rows["known"]], dtype="int64"),
            driver=pd.Series([one.fact.id if one else "" for one in found], dtype="str"),
            driver_alone=pd.Series([one.alone if one else math.nan for one in found], dtype=float),
            driver_unit=pd.Series([one.fact.unit if one else "" for one in found], dtype="str"),
        )
        return last(rows, "fact_id")

    def plot(self, ax: Axes | None = None, *, lang: str = "en") -> Axes:
        """Needed growth beside the growth that is known."""
        from analysis.plan.plots_targets import feasibility_dots

        return feasibility_dots(self, ax, lang)

    def summary(self, lang: str = "en") -> str:
        """The least likely target, how it was judged, and what could not be judged."""
        say, rows = translator(lang), self.frame
        if rows.empty:
            return say("No target has a baseline or states its growth.")
        known = rows[rows["chance"].notna()]
        parts = []
        if len(known):
            least = known.iloc[int(known["chance"].to_numpy().argmin())]
            parts.append(say(
                "Least likely: {name} needs {needed} a year; chance {chance} (Monte-Carlo error "
                "{error}).", name=least["name_zh" if lang == "zh" else "name_en"],
                needed=change(least["required"], least["kind"], least["unit"], lang),
                chance=formats.percent(least["chance"], 0),
                error=formats.percent(least["error"]),
            ))  # fmt: skip
            parts.append(say("The chance is that of a growth drawn from Student's t over the "
                             "growth figures of history and market that the plan gives, as if "
                             "ours were one more of them; with few it is wide."))  # fmt: skip
        if len(rows) > len(known):
            parts.append(say("No chance is given for {count} of {all} targets: fewer than two "
                             "growth figures are known, or they do not vary.",
                             count=len(rows) - len(known), all=len(rows)))  # fmt: skip
        assumed = int((~rows["said"].astype(bool)).sum())
        if assumed:
            parts.append(say("For {count} targets the horizon is not said: one year is assumed.",
                             count=assumed))  # fmt: skip
        return ("" if lang == "zh" else " ").join(parts)


def change(value: float, kind: str, unit: str, lang: str) -> str:
    """A growth as a percentage, a change of a rate in points; – where there is none."""
    if math.isnan(value):
        return "–"
    if kind == LEVEL:
        return ("+" if value > 0 else "") + formats.percent(value)
    unit = "pp" if unit == "pct" else unit
    return ("+" if value > 0 else "") + printed(round(value, 2), unit, lang)


def feasibility(
    tables: Mapping[str, pd.DataFrame], rng: np.random.Generator, *, draws: int = 40_000
) -> Feasibility:
    """What each target with a baseline, or of a growth rate, asks for and how likely it is.

    Args:
        tables: Name → table with the columns of the fact tables; ``targets_actuals`` and
            ``market`` are used.
        rng: Seeded generator.
        draws: Of the growth, at least 1,000.

    Raises:
        InputError: If there are fewer draws.
        InputProblems: If a table lacks what its figures need.
    """
    if draws < 1000:
        raise InputError(f"draws: found {draws}, expected 1000 or more")
    plan = read(tables)
    targets = targets_of(plan)
    rows = [row for each in targets if (row := _row(plan, each, targets, rng, draws)) is not None]
    columns = ["fact_id", "name_en", "name_zh", "unit", "baseline", "target", "years", "said",
               "kind", "required", "history", "market", "known", "chance", "error",
               "why"]  # fmt: skip
    drivers = {each.id: found for each in targets if (found := driver_of(each, targets))}
    return Feasibility(pd.DataFrame(rows, columns=columns), drivers, draws)


def _row(
    plan: Plan, target: Target, targets: list[Target], rng: np.random.Generator, draws: int
) -> dict[str, object] | None:
    start = target.of("baseline")
    goal = target.goal
    if start is None:
        return _of_growth(plan, target, rng, draws) if _grows(goal) else None
    years, said = years_until(goal.of("period"))
    rate = plan.dimension(goal) not in ("money", "count", "time", "ratio", "times")
    kind = POINTS if rate else LEVEL
    own = [each for then in targets if (each := _achieved(target, then, kind)) is not None]
    own += _before(plan, target, kind)
    market = [fact.value / 100 for fact in _market(plan, target)]
    known = tuple(dict.fromkeys(own)) + tuple(market)
    row: dict[str, object] = {
        "fact_id": target.id, "name_en": target.name("en"), "name_zh": target.name("zh"),
        "unit": goal.unit, "baseline": start.value, "target": goal.value, "years": years,
        "said": said, "kind": kind, "history": own[0] if own else math.nan,
        "market": max(market, default=math.nan), "known": known, "chance": math.nan,
        "error": math.nan, "required": math.nan, "why": "",
    }  # fmt: skip
    if kind == LEVEL and (start.value <= 0 or goal.value < 0):
        return row | {"why": "start"}
    if kind == LEVEL:
        row["required"] = (goal.value / start.value) ** (1 / years) - 1
    else:
        row["required"] = (goal.value - start.value) / years
    if len(known) < 2:
        return row | {"why": "few"}
    if np.ptp(known) == 0:
        return row | {"why": "equal"}
    end = goal.value / start.value if kind == LEVEL else goal.value - start.value
    chance, error = _chance(np.array(known), end, years, kind, target.lower, rng, draws)
    return row | {"chance": chance, "error": error}


def _grows(goal: Fact) -> bool:
    """Whether a target is itself a growth rate: it needs no level to start from."""
    return goal.unit == "pct" and goal.says("grows") and goal.value > -100


def _of_growth(
    plan: Plan, target: Target, rng: np.random.Generator, draws: int
) -> dict[str, object]:
    """A target that states its growth; the outcome beside it is the last growth there was."""
    goal, last = target.goal, target.of("actual")
    own = [last.value / 100] if last is not None else []
    market = [fact.value / 100 for fact in _market(plan, target)]
    known = (*own, *market)
    row: dict[str, object] = {
        "fact_id": target.id, "name_en": target.name("en"), "name_zh": target.name("zh"),
        "unit": goal.unit, "baseline": math.nan, "target": goal.value, "years": 1.0, "said": True,
        "kind": LEVEL, "history": own[0] if own else math.nan,
        "market": max(market, default=math.nan), "known": known, "chance": math.nan,
        "error": math.nan, "required": goal.value / 100, "why": "",
    }  # fmt: skip
    if len(known) < 2 or np.ptp(known) == 0:
        return row | {"why": "few" if len(known) < 2 else "equal"}
    end = 1 + goal.value / 100
    chance, error = _chance(np.array(known), end, 1.0, LEVEL, target.lower, rng, draws)
    return row | {"chance": chance, "error": error}


def _market(plan: Plan, target: Target) -> list[Fact]:
    """Growth of markets that an amount, a number or a growth of ours can be held against."""
    goal = target.goal
    priced = any(goal.says(kind) for kind in ("arpu", "order_value", "price"))
    sized = plan.dimension(goal) in ("money", "count") or (_grows(goal) and goal.says("gmv"))
    if not sized or target.lower or priced:
        return []
    if LOWER.search(goal.name.lower()):
        return []
    found = market_growth(plan, goal.document)
    named = [f for f in found if f.role == "growth" or _MARKET.search(f.name.lower())]
    return [f for f in named if not _OTHER_DAYS.search(f.name.lower())]


def _achieved(target: Target, then: Target, kind: str) -> float | None:
    """What the same metric did in another period, by a row with outcome and baseline."""
    start, end = then.of("baseline"), then.of("actual")
    goal = target.goal
    if then.id == target.id or start is None or end is None or end.unit != goal.unit:
        return None
    if not same_name(end, goal) or end.of("scope") != goal.of("scope"):
        return None
    if kind == POINTS:
        return end.value - start.value
    return end.value / start.value - 1 if start.value > 0 else None


def _before(plan: Plan, target: Target, kind: str) -> list[float]:
    """Last changes in rows without a target."""
    found = []
    goal = target.goal
    rows: dict[str, dict[str, float]] = {}
    for fact in plan.of("targets_actuals"):
        same = same_name(fact, goal) and fact.of("scope") == goal.of("scope")
        if same and fact.unit == goal.unit and fact.id != goal.id:
            rows.setdefault(fact.id, {})[fact.role] = fact.value
    for row in rows.values():
        if "target" in row or "baseline" not in row or "actual" not in row:
            continue
        if kind == POINTS:
            found.append(row["actual"] - row["baseline"])
        elif row["baseline"] > 0:
            found.append(row["actual"] / row["baseline"] - 1)
    return found


def _chance(
    known: NDArray[np.float64], end: float, years: float, kind: str, lower: bool,
    rng: np.random.Generator, draws: int,
) -> tuple[float, float]:  # fmt: skip
    """Share of draws that reach the end, and its Monte-Carlo standard error.

    Each year of the horizon draws its own growth; a part of a year takes that part of one.
    """
    count = len(known)
    whole = max(math.ceil(years), 1)
    spread = float(np.std(known, ddof=1)) * math.sqrt(1 + 1 / count)
    yearly = float(np.mean(known)) + spread * rng.standard_t(count - 1, size=(draws, whole))
    parts = np.minimum(years - np.arange(whole), 1.0)
    if kind == LEVEL:
        # Nothing falls by more than all of it.
        reached = np.exp(np.log1p(np.maximum(yearly, -1 + 1e-12)) @ parts)
    else:
        reached = yearly @ parts
    hits = reached <= end if lower else reached >= end
    chance = float(np.mean(hits))
    return chance, math.sqrt(chance * (1 - chance) / draws)
