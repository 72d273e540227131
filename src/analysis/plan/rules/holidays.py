"""Lengths of public holidays, and days of the week that a row names beside a date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, Phrase, say, set_to, shown
from analysis.plan.rules.events import (
    arranged,
    dated,
    day_of,
    event_day,
    event_name,
    named,
    official,
    text_of,
    with_year,
    years_in,
)

_PUBLIC = re.compile(
    r"public holiday|official holiday|statutory holiday|national holiday|holiday (length|days)|"
    r"days off|公共假期|法定(节)?假|放假|假期(天数|长度|共)|小长假|连休"
)
_STATUTORY = re.compile(r"statutory|legal|paid|triple|法定|三薪|3倍")
_OURS = re.compile(
    r"compan|staff|employee|warehouse|factor|supplier|courier|carrier|logistic|\bstores?\b|our |"
    r"campaign|sale|per (person|head)|leave|"
    r"公司|员工|仓|工厂|供应商|快递|物流|门店|活动|大促|促销|请假|拼假|人均|轮休"
)
_WEEKDAYS = {
    0: "monday|周一|星期一|礼拜一", 1: "tuesday|周二|星期二|礼拜二",
    2: "wednesday|周三|星期三|礼拜三", 3: "thursday|周四|星期四|礼拜四",
    4: "friday|周五|星期五|礼拜五", 5: "saturday|周六|星期六|礼拜六",
    6: "sunday|周日|周天|星期[日天]|礼拜[日天]",
}  # fmt: skip
_WEEKDAY = {
    day: re.compile(rf"(?<![a-z])(?<!black )(?<!cyber )(?<!super )(?<!every )(?<!each )"
                    rf"(?<![每上下前])"
                    rf"(?:{words})(?![a-z])")
    for day, words in _WEEKDAYS.items()
}  # fmt: skip
_NAMES: dict[int, Phrase] = {
    0: say("Monday"), 1: say("Tuesday"), 2: say("Wednesday"), 3: say("Thursday"),
    4: say("Friday"), 5: say("Saturday"), 6: say("Sunday"),
}  # fmt: skip
_DATE = re.compile(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def find(plan: Plan) -> Iterator[Finding]:
    """Holidays of another length than the official one, dates on another day of the week."""
    for fact in plan.facts:
        if fact.role == "value" and fact.unit == "days" and fact.table != "phases":
            found = _length(plan, fact)
            if found is not None:
                yield found
    for table in sorted(plan.tables):
        for row in plan.rows(table):
            found = _weekday(row)
            if found is not None:
                yield found


def _run(day: dt.date) -> int:
    """Days off in a row around a day."""

    def off(each: dt.date) -> bool:
        kind = official(each)
        return kind == "holiday" or (each.weekday() >= 5 and kind != "make-up workday")

    first = last = day
    while off(first - dt.timedelta(1)):
        first -= dt.timedelta(1)
    while off(last + dt.timedelta(1)):
        last += dt.timedelta(1)
    return (last - first).days + 1


def _length(plan: Plan, fact: Fact) -> Finding | None:
    """A holiday's days against the official calendar of its year."""
    text = text_of(fact.row)
    keys = named(text)
    years = years_in(text, fact.of("period"), fact.of("scope"))
    if len(keys) != 1 or len(years) != 1 or not arranged(years[0]) or fact.of("value_max"):
        return None
    if not _PUBLIC.search(text) or _OURS.search(text):
        return None
    day = event_day(keys[0], years[0])
    if official(day) != "holiday":
        return None
    days = _run(day)
    # By law a holiday is one to four days long; the days off around it make it longer.
    if fact.value == days or (fact.value <= 4 and (_STATUTORY.search(text) or fact.value == 1)):
        return None
    return Finding(
        "calendar", "M", (fact.id,),
        say("the official holiday of {festival} {year} has {days} days, stated {stated}",
            festival=event_name(keys[0]), year=years[0], days=days, stated=shown(fact.value)),
        set_to(fact.id, shown(fact.value), shown(days)),
    )  # fmt: skip


def _weekday(row: Mapping[str, str]) -> Finding | None:
    """A day of the week beside a date that is on another one."""
    for text in (row.get("name_en", "").lower(), row.get("name_zh", "")):
        said = [day for day, pattern in _WEEKDAY.items() if pattern.search(text)]
        if len(said) != 1:
            continue
        cells = [row.get(column, "") for column in ("due", "start", "end", "date")]
        written = [cell for cell in cells if dated(cell) and with_year(cell)]
        written = written or ["-".join(hit) for hit in _DATE.findall(text)]
        days = [day for cell in written if (day := day_of(cell, 2024)) is not None]
        if not days or len(days) != len(written):
            continue
        span = [days[0] + dt.timedelta(k) for k in range((days[-1] - days[0]).days + 1)] or days
        if len(span) > 6 or any(day.weekday() == said[0] for day in span):
            continue
        # Within the week the date names, on the day it says.
        meant = days[0] + dt.timedelta((said[0] - days[0].weekday() + 3) % 7 - 3)
        return Finding(
            "calendar", "M", (row["fact_id"],),
            say("{day} is a {is_day}, not a {said}", day=written[0],
                is_day=_NAMES[days[0].weekday()], said=_NAMES[said[0]]),
            set_to(row["fact_id"], written[0], f"{meant:%Y-%m-%d}"),
        )  # fmt: skip
    return None
