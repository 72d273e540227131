"""What stands over the figures and tables about targets and systems, made from their numbers."""

from __future__ import annotations

import math

from analysis.base import formats
from analysis.base.language import translator
from analysis.plan.attained import WHY, Attainment
from analysis.plan.captions import Caption, named_columns, other_name, values
from analysis.plan.feasible import LEVEL, Feasibility, change
from analysis.plan.feasible import WHY as REASONS
from analysis.plan.reconciled import Systems
from analysis.plan.smartness import FLAGS, Smart


def attainment_captions(made: Attainment, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of targets that have an outcome."""
    say = translator(lang)
    flags = [flag for flag in made.frame["reached"] if flag is not None]
    title = say("No target has an outcome that can be judged")
    if flags:
        title = say("{reached} of {judged} targets were reached", reached=sum(flags),
                    judged=len(flags))  # fmt: skip
    subtitle = say("outcome over target: ● reached, ■ missed, ▲ cannot be said")
    chart = {"title": title, "subtitle": subtitle}
    rows = made.table()
    table = {
        "title": say("Targets and outcomes"),
        "labels": {
            **named_columns(lang, say("Target")), "target": say("Aim"), "actual": say("Outcome"),
            "ratio": say("Outcome / target"), "result": say("Result"),
            "why": say("Remark"), "fact_id": say("Place"),
        },
        "texts": {
            "target": values(rows, "target", "unit", lang, "sign"),
            "actual": values(rows, "actual", "actual_unit", lang),
            "ratio": [formats.percent(ratio, 0) for ratio in rows["ratio"]],
            "why": ["; ".join(WHY[why].text(lang) for why in whys.split("; ") if why)
                    for whys in rows["why"]],
        },
        "words": {"result": {"reached": say("reached"), "missed": say("missed"),
                             "unclear": say("cannot be said")}},
        "status": {"result": {"reached": "good", "missed": "bad", "unclear": "info"}},
        "hide": ("sign", "unit", "actual_unit", "gap", "gap_unit", other_name(lang),
                 *(() if rows["why"].any() else ("why",))),
        "note": made.summary(lang),
    }  # fmt: skip
    return chart, table


def smart_captions(made: Smart, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of what targets state."""
    say = translator(lang)
    title = say("{complete} of {all} targets are complete", complete=made.complete,
                all=len(made.frame))  # fmt: skip
    chart = {"title": title, "subtitle": say("targets that state each part; grey: left out")}
    rows = made.table()
    left = [
        say(", ").join(FLAGS[flag].text(lang) for flag in made.flags if not row[flag])
        for row in rows.to_dict("records")
    ]
    table = {
        "title": say("Targets that leave something out"),
        "labels": {**named_columns(lang, say("Target")), "missing": say("Left out"),
                   "fact_id": say("Place")},
        "formats": {"missing": "text"}, "texts": {"missing": left},
        "hide": (*made.flags, other_name(lang)), "note": made.summary(lang),
    }  # fmt: skip
    return chart, table


def feasibility_captions(made: Feasibility, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of growth that targets ask for."""
    say = translator(lang)
    title = say("No target has two known growth figures")
    if made.known:
        shown = made.frame[made.frame["chance"].notna() & (made.frame["kind"] == LEVEL)]
        least = shown.iloc[int(shown["chance"].to_numpy().argmin())]
        title = say(
            "{name}: {chance} chance of the {needed} a year that it needs",
            name=least["name_zh" if lang == "zh" else "name_en"],
            chance=chance_words(least["chance"]),
            needed=change(least["required"], least["kind"], least["unit"], lang),
        )
    subtitle = say("growth a year: needed (dot) with its chance, known (grey)")
    chart = {"title": title, "subtitle": subtitle}
    rows = made.table()
    changed = {
        name: [change(row[name], row["kind"], row["unit"], lang)
               for row in rows.to_dict("records")]
        for name in ("required", "history")
    }  # fmt: skip
    drivers = [made.drivers.get(id) for id in rows["fact_id"]]
    table = {
        "title": say("What targets ask for"),
        "labels": {
            **named_columns(lang, say("Target")), "target": say("Aim"),
            "required": say("Needed a year"), "history": say("Last change"),
            "market": say("Market"), "chance": say("Chance"), "why": say("Why no chance"),
            "driver": say("Driver"), "fact_id": say("Place"),
        },
        "texts": {
            **changed, "target": values(rows, "target", "unit", lang),
            "chance": [formats.MISSING if math.isnan(p) else chance_words(p)
                       for p in rows["chance"]],
            "driver": [one.text(lang) if one else formats.MISSING for one in drivers],
        },
        "words": {"why": {key: phrase.text(lang) for key, phrase in REASONS.items()}},
        "formats": {"market": "signed"},
        "hide": ("unit", "baseline", "years", "said", "known", "kind", "error", "driver_alone",
                 "driver_unit", other_name(lang), *(() if rows["why"].any() else ("why",)),
                 *(() if rows["driver"].any() else ("driver",))),
        "note": made.summary(lang),
    }  # fmt: skip
    return chart, table


def chance_words(chance: float) -> str:
    """A chance in whole percent; a bound where it would read as none or as certain."""
    if chance < 0.005:
        return "<1%"
    return ">99%" if chance > 0.995 else formats.percent(chance, 0)


def systems_captions(made: Systems | None, lang: str = "en") -> tuple[Caption, Caption]:
    """Over the figure and the table of one metric from several systems; empty if there is none."""
    if made is None:
        return {}, {}
    say = translator(lang)
    title = say("{count} of {days} comparisons are beyond {allowed}",
                count=int(made.frame["breach"].sum()), days=len(made.frame),
                allowed=formats.percent(made.tolerance, 1))  # fmt: skip
    subtitle = say("relative difference to {reference} by day; circled: beyond tolerance",
                   reference=made.reference)  # fmt: skip
    table = {
        "title": say("Systems against each other"),
        "labels": {
            "metric": say("Metric"), "system": say("System"), "days": say("Days compared"),
            "mean": say("Mean difference"), "worst": say("Largest difference"),
            "breaches": say("Days beyond tolerance"), "missing": say("Days missing"),
        },
        # A tolerance is often half a percent: two decimals.
        "texts": {name: [formats.MISSING if math.isnan(value) else formats.signed_percent(value, 2)
                         for value in made.systems[name]] for name in ("mean", "worst")},
        "note": made.summary(lang),
    }  # fmt: skip
    return {"title": title, "subtitle": subtitle}, table
