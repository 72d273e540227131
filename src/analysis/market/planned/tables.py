"""Tables of a sized plan: stable column names, numbers typed.

Files get the English words whatever the report's language is, so that they can be joined and
compared; :func:`texts` gives what a reader sees instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pandas as pd

from analysis.base import formats
from analysis.base.language import translator
from analysis.market.model import is_assumption
from analysis.market.planned.sized import SizedPlan
from analysis.market.words import level_names, route_names

Texts = dict[str, list[str]]


TEXTS = ("level", "route", "verdict", "input", "driver", "tier", "name", "dimension", "group",
         "standing", "no_interval", "source")  # fmt: skip
"""Columns of words."""


def texts(rows: Callable[[SizedPlan, str], pd.DataFrame], made: SizedPlan, lang: str) -> Texts:
    """What a reader of a language sees in the columns of words of a table.

    Args:
        rows: A function of this module.
        made: The sized plan.
        lang: The reader's language.
    """
    shown = rows(made, lang)
    # Inputs are known by name and label: the name is what formulas are written with.
    own = [
        column for column in TEXTS if column in shown and (column != "name" or "input" not in shown)
    ]
    return {column: [str(text) for text in shown[column]] for column in own}


def size_rows(made: SizedPlan, lang: str = "en") -> pd.DataFrame:
    """Level and route: P10 to P90, mean, relative Monte-Carlo errors; then the pooled rows."""
    say = translator(lang)
    levels, routes = level_names(say), route_names(say)
    rows = []
    for _, row in made.size.frame.iterrows():
        scale = abs(row["p50"]) or math.nan
        rows.append(
            {
                "level": levels[row["level"]], "route": routes[row["route"]],
                "unit": row["unit"],
                "p10": row["p10"], "p50": row["p50"], "p90": row["p90"],
                "mean": row["mean"], "p50_error": row["p50_error"],
                "error": max(row["p10_error"], row["p50_error"], row["p90_error"]) / scale,
            }
        )  # fmt: skip
    units = dict(zip(made.size.frame["level"], made.size.frame["unit"], strict=True))
    for level, one in made.size.agreement.items():
        rows.append(
            {
                "level": levels[level], "route": say("Both routes pooled"),
                "unit": units[level],
                "p10": one.p10, "p50": one.p50, "p90": one.p90, "mean": math.nan,
                "p50_error": math.nan, "error": math.nan,
            }
        )  # fmt: skip
    order = {name: i for i, name in enumerate(levels.values())}
    frame = pd.DataFrame(rows)
    return frame.sort_values("level", key=lambda column: column.map(order), kind="stable",
                             ignore_index=True)  # fmt: skip


def agreement_rows(made: SizedPlan, lang: str = "en") -> pd.DataFrame:
    """Level by level: how far the routes are apart."""
    say = translator(lang)
    levels = level_names(say)
    rows = [
        {
            "level": levels[level], "ratio": one.ratio, "ratio_lo": one.ratio_lo,
            "ratio_hi": one.ratio_hi, "overlap": one.overlap, "weight": one.weight,
            "verdict": say("contradict each other") if one.disjoint
            else say("differ") if one.apart else say("agree"),
        }
        for level, one in made.size.agreement.items()
    ]  # fmt: skip
    columns = ["level", "ratio", "ratio_lo", "ratio_hi", "overlap", "weight", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def driver_rows(made: SizedPlan, lang: str = "en") -> pd.DataFrame:
    """Inputs by their hold on the outcome: tornado ends and Sobol indices."""
    model, found = made.plan.model, made.sensitivity
    frame = found.frame.copy()
    frame.insert(0, "input", [model.label(name, lang) for name in frame["name"]])
    frame["unit"] = model.unit(found.outcome)
    inputs = {one.name: one for one in model.inputs}
    frame["source"] = [source_text(inputs[name].sources, lang) for name in frame["name"]]
    return frame[["input", "name", "grade", "source", "unit", "low", "high", "least", "most",
                  "swing", "first", "first_lo", "first_hi", "total", "total_lo", "total_hi",
                  ]]  # fmt: skip


def research_rows(made: SizedPlan, lang: str = "en") -> pd.DataFrame:
    """Inputs by what learning them is worth before the decision."""
    assert made.information is not None
    model, say = made.plan.model, translator(lang)
    frame = made.information.frame.drop(columns="source")
    inputs = {one.name: one for one in model.inputs}
    frame.insert(0, "input", [model.label(name, lang) for name in frame["name"]])
    frame["route"] = frame["route"].map(route_names(say))
    frame["source"] = [source_text(inputs[name].sources, lang) for name in frame["name"]]
    return frame.assign(unit=model.unit(made.information.outcome))


def aim_rows(made: SizedPlan, lang: str = "en") -> pd.DataFrame:
    """Drivers: now, needed if it alone moves, planned, and what that alone brings."""
    say = translator(lang)
    assert made.aim is not None
    frame, plan = made.aim.frame, made.aim.plan
    sources = [source_text(one.sources, lang) for one in plan.drivers]
    verdict = [
        say("cannot alone") if math.isnan(row["needed"])
        else say("nothing planned") if math.isnan(row["planned"])
        else say("enough alone") if row["enough"] else say("not enough alone")
        for _, row in frame.iterrows()
    ]  # fmt: skip
    units = [unit if unit in ("share", "ratio") else "" for unit in frame["unit"]]
    names = [one.labels[lang] for one in plan.drivers]
    kept = frame.assign(driver=names, unit=units, verdict=verdict, source=sources)
    return kept.drop(columns="enough")


def identity_rows(made: SizedPlan, lang: str = "en") -> pd.DataFrame:
    """Drivers and their product as planned, and the end that would make the identity hold."""
    assert made.identity is not None
    plan = made.identity.plan
    sources = [source_text(one.sources, lang) for one in plan.drivers]
    whole = made.identity.bridge.change
    effects = [*made.identity.bridge.frame["effect"], whole]
    last = source_text(plan.stated_sources, lang) if plan.stated_sources else ""
    frame = made.identity.frame
    units = [unit if unit == "share" else "" for unit in frame["unit"]]
    # Drivers that pull against each other have no parts of the change, only effects.
    parted = bool(whole) and min(effect / whole for effect in effects) >= 0
    shares = [effect / whole if parted else math.nan for effect in effects]
    names = [*(one.labels[lang] for one in plan.drivers), plan.labels[lang]]
    return frame.assign(driver=names, unit=units, effect=effects, of_change=shares,
                        source=[*sources, last])  # fmt: skip


def path_rows(made: SizedPlan, lang: str = "en") -> pd.DataFrame:
    """Penetration by year: observed, fitted with interval, declared."""
    assert made.path is not None
    frame, unit = made.path.frame, made.path.plan.unit
    return frame.assign(year=frame["year"].astype("int64"), unit=unit)


def rival_rows(made: SizedPlan, lang: str = "en") -> pd.DataFrame:
    """Competitors: sales as stated, share, growth, what a year ago must have been, gap to us."""
    assert made.rivals is not None
    assert made.plan.competition is not None
    plans = made.plan.competition.rivals
    frame = made.rivals.frame.assign(name=[one.labels[lang] for one in plans])
    frame["stated"] = [one.comparator if not math.isnan(one.sales) else "" for one in plans]
    aim = made.plan.target
    ours = aim.own if aim is not None and aim.unit == made.rivals.unit else math.nan
    frame["times_ours"] = frame["last_year"] / ours
    frame["source"] = [source_text(one.sources, lang) for one in plans]
    first = ["name", "stated", "sales", "share", "share_lo", "share_hi"]
    frame = frame[[*first, *frame.columns.drop(first)]]
    return frame.assign(unit=made.rivals.unit)


def tier_rows(made: SizedPlan, lang: str = "en") -> pd.DataFrame:
    """City tiers: open and ours, P10 to P90, then all together."""
    say = translator(lang)
    assert made.tiers is not None
    frame = made.tiers.frame.assign(tier=[one.labels[lang] for one in made.plan.tiers])
    sources = [source_text(one.sources, lang) for one in made.plan.tiers]
    total, ours = made.tiers.total, made.tiers.ours
    whole = {
        "tier": say("All tiers"), **{key: total[key] for key in ("p10", "p50", "p90", "mean")},
        "p50_error": total["p50_error"], "share": 1.0, "largest": math.nan,
        **{f"ours_{key}": ours[key] for key in ("p10", "p50", "p90")},
    }  # fmt: skip
    both = pd.concat([frame, pd.DataFrame([whole])], ignore_index=True)
    return both.assign(source=[*sources, ""], unit=made.tiers.unit)


def mix_rows(made: SizedPlan, lang: str = "en") -> pd.DataFrame:
    """Groups by dimension with interval, or the reason why there is none."""
    say = translator(lang)
    assert made.mixes is not None
    names = {
        "over": say("over-represented"), "under": say("under-represented"),
        "like": say("as in the population"), "": "",
    }  # fmt: skip
    # Names were chosen when the plan was computed; a group's name is its own within a dimension.
    then, frame = made.lang, made.mixes.frame
    plans = {one.labels[then]: one for one in made.plan.mix}
    groups = {
        (one.labels[then], each.labels[then]): each.labels[lang]
        for one in made.plan.mix for each in one.groups
    }  # fmt: skip
    pairs = zip(frame["dimension"], frame["group"], strict=True)
    frame = frame.assign(
        group=[groups.get(pair, say("Others")) for pair in pairs],
        dimension=[plans[name].labels[lang] for name in frame["dimension"]],
        source=[source_text(plans[name].sources, lang) for name in frame["dimension"]],
    )
    reason = ["" if math.isfinite(lo) else say("no sample size stated") for lo in frame["lo"]]
    return frame.assign(standing=frame["standing"].map(names), no_interval=reason)


def input_rows(made: SizedPlan, lang: str = "en") -> pd.DataFrame:
    """Every input: belief, grade, source, year, and its part in the outcome's variance."""
    model = made.plan.model
    frame = made.footing.frame.copy()
    frame.insert(0, "input", [model.label(name, lang) for name in frame["name"]])
    # An input of the other route has no part in the outcome: that is no estimate of nought.
    frame[["first", "total"]] = frame[["first", "total"]].where(frame["used"])
    frame["source"] = [source_text(one.sources, lang) for one in model.inputs]
    return frame


def input_texts(made: SizedPlan, lang: str) -> Texts:
    """What a reader sees of the inputs: ranges in their own units, old base years marked."""
    frame = made.footing.frame
    ranges = {
        key: [_value(value, unit, lang) for value, unit in zip(frame[key], frame["unit"],
                                                               strict=True)]
        for key in ("p5", "p50", "p95")
    }  # fmt: skip
    years = zip(frame["base_year"], frame["older"], strict=True)
    marked = [f"{year}{'*' if older else ''}" for year, older in years]
    return {**texts(input_rows, made, lang), **ranges, "base_year": marked}


def _value(value: float, unit: str, lang: str) -> str:
    if unit == "share" and 0 < abs(value) < 0.01:
        return formats.percent(value, 2)
    return formats.by_unit(unit, lang)(value)


def source_text(sources: Mapping[str, str], lang: str) -> str:
    """A source in the reader's language; an assumption says so in it."""
    text = sources.get(lang) or next(iter(sources.values()), "")
    if is_assumption(sources) and text == sources.get("en"):
        say = translator(lang)
        return say("assumption (illustrative)")
    return text
