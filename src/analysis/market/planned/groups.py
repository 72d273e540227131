"""Reading the parts about others: competitors, city tiers, groups of buyers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.base.errors import InputProblems, Problem
from analysis.base.schema import Column, TableSchema
from analysis.market.distributions import Distribution
from analysis.market.planned.parts import (
    CompetitionPlan,
    MixGroup,
    MixPlan,
    Rival,
    TierPlan,
)
from analysis.market.planned.sections import tables_of
from analysis.market.reading import Found, Reader, read_belief, read_unit
from analysis.market.tiers import PARTS

MOST_GROWTH = 5.0
"""Growth (+500 %) above which a percentage was written where a share is meant."""

COMPARATORS = ("=", "~", ">", ">=", "<", "<=")

BUYERS = TableSchema(
    columns=(
        Column("dimension", "text", description="What the groups divide: region, device, income"),
        Column("group", "text", description="Group of buyers"),
        Column("n", "integer", "count", "Independent buyers in the group", minimum=0),
        Column("population", "number", "count", "People in the group, or their share",
               required=False, nullable=True, minimum=0),
    ),
    key=("dimension", "group"),
)  # fmt: skip
"""Counts of buyers by group: what replaces the shares that a plan states."""


def read_competition(reader: Reader, about: Found, rows: object) -> CompetitionPlan:
    """Sections ``[competition]`` (the market) and ``[[competitors]]``."""
    place = "competition"
    reader.keys(place, about, ("label", "unit", "market", "market_growth", "source", "note"))
    market = reader.number(place, about, "market", above=0, needed=False)
    growth = reader.number(place, about, "market_growth", above=-1, most=MOST_GROWTH, needed=False)
    if math.isnan(market) and "market_growth" in about:
        reader.note(f"{place}.market_growth", "a growth without a market", "both, or neither")
    rivals = tuple(_rival(reader, at, row) for at, row in tables_of(reader, "competitors", rows))
    names = [one.labels["en"] for one in rivals]
    for name in sorted({name for name in names if names.count(name) > 1 and name}):
        reader.note("competitors", f"{name!r} twice", "every competitor once")
    if rivals and all(math.isnan(one.sales) for one in rivals):
        reader.note("competitors", "no sales", "the sales of at least one competitor")
    listed = sum(one.sales for one in rivals if not math.isnan(one.sales))
    if listed > market:
        reader.note(f"{place}.market", f"{market:g}, less than the {listed:g} that the listed "
                    "competitors sell", "a total of at least that")  # fmt: skip
    before = sum(one.sales / (1 + one.growth) for one in rivals
                 if not math.isnan(one.sales + one.growth))  # fmt: skip
    if before > market / (1 + growth):
        reader.note(
            f"{place}.market_growth",
            f"{growth:g}: a market of {market / (1 + growth):g} a year ago, less than the "
            f"{before:g} that the growth of the listed competitors implies", "at least that",
        )  # fmt: skip
    stated = "market" in about
    return CompetitionPlan(
        reader.labels(place, about, place), read_unit(reader, place, about), market, growth, rivals,
        reader.sources(place, about) if stated else {},
    )  # fmt: skip


def _rival(reader: Reader, place: str, found: Found) -> Rival:
    reader.keys(place, found, ("name", "sales", "lo", "hi", "comparator", "growth", "source",
                               "note"))  # fmt: skip
    sales = reader.number(place, found, "sales", above=0, needed=False)
    growth = reader.number(place, found, "growth", above=-1, most=MOST_GROWTH, needed=False)
    lo, hi = (reader.number(place, found, key, above=0, needed=False) for key in ("lo", "hi"))
    if "sales" not in found and "growth" not in found:
        reader.note(place, "neither sales nor growth", "at least one of them")
    if ("lo" in found) != ("hi" in found):
        reader.note(place, "one end of a range", "both lo and hi")
    elif "lo" in found and "sales" not in found:
        reader.note(place, "a range without sales", "sales with its lo and hi")
    elif not math.isnan(lo + hi + sales) and not (lo < hi and lo <= sales <= hi):
        reader.note(place, f"sales {sales:g} with lo {lo:g} and hi {hi:g}", "lo <= sales <= hi")
    return Rival(
        reader.texts(place, found, "name", "the competitor's name"), sales, lo, hi,
        reader.choice(place, found, "comparator", COMPARATORS, "="), growth,
        reader.sources(place, found),
    )  # fmt: skip


def read_tiers(reader: Reader, rows: object) -> tuple[TierPlan, ...]:
    """Sections ``[[tiers]]``: a number or a distribution for each part."""
    tiers = []
    for place, found in tables_of(reader, "tiers", rows):
        reader.keys(place, found, (*PARTS, "label", "unit", "source", "note"))
        parts: dict[str, Distribution] = {}
        for part in PARTS:
            belief = read_belief(reader, place, found, part)
            if belief is not None:
                parts[part] = belief
                _check_part(reader, f"{place}.{part}", part, belief)
        tiers.append(
            TierPlan(reader.texts(place, found, "label", "the tier's name"),
                     read_unit(reader, place, found), parts, reader.sources(place, found))
        )  # fmt: skip
    units = {one.unit for one in tiers}
    reader.once("tiers", [one.labels["en"] for one in tiers])
    if tiers and not reader.problems and not any(_open(one) for one in tiers):
        reader.note("tiers", "nothing open in any: no potential above its penetration",
                    "a tier with people, spend and potential above penetration")  # fmt: skip
    if len(units) > 1:
        reader.note("tiers", f"units {', '.join(sorted(units))}", "one unit for all tiers")
    return tuple(tiers)


def _open(tier: TierPlan) -> bool:
    """Whether a tier can have anything open: in its best draws."""
    best = {part: float(tier.parts[part].quantile(0.999)) for part in ("population", "spend",
                                                                       "potential")}  # fmt: skip
    gap = best["potential"] - float(tier.parts["penetration"].quantile(0.001))
    return gap > 0 and best["population"] > 0 and best["spend"] > 0


def _check_part(reader: Reader, place: str, part: str, belief: Distribution) -> None:
    low, high = belief.quantile(np.array([0.001, 0.999]))
    share = part in ("penetration", "potential", "our_share")
    if low < 0 or (share and high > 1):
        reader.note(place, f"{low:g}" if low == high
                    else f"{low:.3g} to {high:.3g} (0.1% and 99.9% points)",
                    "a share between 0 and 1" if share else "at least 0")  # fmt: skip


def read_mix(reader: Reader, rows: object) -> tuple[MixPlan, ...]:
    """Sections ``[[mix]]``: a dimension with ``groups`` of stated share or count."""
    plans = tuple(
        _dimension(reader, place, found) for place, found in tables_of(reader, "mix", rows)
    )
    reader.once("mix", [one.labels["en"] for one in plans])
    return plans


def _dimension(reader: Reader, place: str, found: Found) -> MixPlan:
    reader.keys(place, found, ("dimension", "groups", "sample", "source", "population_source",
                               "note"))  # fmt: skip
    labels = reader.texts(place, found, "dimension", "what the groups divide, such as region")
    sample = reader.whole(place, found, "sample", needed=False)
    if sample is not None and sample < 1:
        reader.note(f"{place}.sample", str(sample), "at least 1")
    groups = [
        _group(reader, at, row)
        for at, row in tables_of(reader, f"{place}.groups", found.get("groups", []))
    ]
    if not groups:
        reader.note(f"{place}.groups", "none", "at least one group with share or n")
    counted = [not math.isnan(one.n) for one in groups]
    if any(counted) and not all(counted):
        reader.note(f"{place}.groups", "shares and counts", "share for every group, or n for every")
    reader.once(f"{place}.groups", [one.labels["en"] for one in groups])
    if any(counted) and sample is not None:
        reader.note(f"{place}.sample", "sample beside counts (n)", "one of them: n is the sample")
    if groups and all(one.n == 0 for one in groups):
        reader.note(f"{place}.groups", "no observations", "at least one n above 0")
    for i, one in enumerate(groups, start=1):
        if one.n % 1 > 0:
            reader.note(f"{place}.groups.{i}.n", f"{one.n:g}", "a whole number of observations")
    total = sum(one.share for one in groups if not math.isnan(one.share))
    if total > 1 + 1e-9:
        reader.note(f"{place}.groups", f"shares that sum to {total:g}", "at most 1")
    people = [not math.isnan(one.population) for one in groups]
    if any(people) and not all(people):
        reader.note(f"{place}.groups", "population for some groups", "for all of them, or none")
    population = sum(one.population for one in groups if not math.isnan(one.population))
    whole = population > 1 - 1e-9
    odd = population > 1 + 1e-9 or whole != (total > 1 - 1e-9)
    if not any(counted) and any(people) and odd:
        reader.note(f"{place}.groups", f"population shares that sum to {population:g} beside "
                        f"shares that sum to {total:g}", "both 1, or both below")  # fmt: skip
    stated = any(people)
    return MixPlan(
        labels, tuple(groups), math.nan if sample is None else float(sample),
        reader.sources(place, found),
        reader.texts(place, found, "population_source", "where the population is from")
        if stated else {},
    )  # fmt: skip


def _group(reader: Reader, place: str, found: Found) -> MixGroup:
    reader.keys(place, found, ("group", "share", "n", "population"))
    if ("share" in found) == ("n" in found):
        reader.note(place, "both share and n" if "n" in found else "neither share nor n", "one")
    return MixGroup(
        reader.texts(place, found, "group", "the group's name"),
        reader.number(place, found, "share", least=0, most=1, needed=False),
        reader.number(place, found, "n", least=0, needed=False),
        reader.number(place, found, "population", above=0, needed=False),
    )


def counted_mix(buyers: pd.DataFrame | None, name: str) -> tuple[MixPlan, ...]:
    """Dimensions from a table of counts (:data:`BUYERS`), in place of those a plan states.

    Args:
        buyers: ``dimension, group, n`` and optional ``population``; None for no table.
        name: Of the table, as the source of the numbers.

    Raises:
        InputProblems: If some groups of a dimension have a population and others none.
    """
    if buyers is None:
        return ()
    plans = []
    people = "population" in buyers
    for dimension, rows in buyers.groupby("dimension", sort=False):
        known = people and bool(rows["population"].notna().all())
        if people and not known and rows["population"].notna().any():
            raise InputProblems(name, [
                Problem("nothing", f"a population for all groups of {dimension!r}, or for none",
                        int(str(row)) + 2, "population")
                for row in rows.index[rows["population"].isna()]
            ])  # fmt: skip
        groups = tuple(
            MixGroup(dict.fromkeys(("en", "zh"), str(row["group"])), math.nan, float(row["n"]),
                     float(row["population"]) if known else math.nan)
            for _, row in rows.iterrows()
        )  # fmt: skip
        sources = dict.fromkeys(("en", "zh"), name)
        labels = dict.fromkeys(("en", "zh"), str(dimension))
        plans.append(MixPlan(labels, groups, math.nan, sources, sources if known else {}))
    return tuple(plans)
