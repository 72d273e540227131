"""A comparison of two runs in words: for the index, and for the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.reports.items import SHAPES, Status
from analysis.reports.tables import statuses

if TYPE_CHECKING:
    from analysis.runs.cells import TableChange
    from analysis.runs.changes import Changes, Difference, Direction, NumberChange

ARROWS: dict[Direction, str] = {
    "up": "↑", "down": "↓", "same": "=", "new": "+", "gone": "×", "unlike": "≠",
}  # fmt: skip
DIGITS_OF_CHECKSUM = 10
_IN_POINTS = ("share", "lift", "pp")


def directions(lang: str) -> dict[Direction, str]:
    """Return each direction in words."""
    say = translator(lang)
    return {
        "up": say("up"),
        "down": say("down"),
        "same": say("same"),
        "new": say("only in the later run"),
        "gone": say("only in the earlier run"),
        "unlike": say("cannot be compared"),
    }


def values(number: NumberChange, lang: str) -> tuple[str, str]:
    """Write both values with their unit; a dash for one that is missing."""
    write = formats.by_unit(number.unit, lang)
    old, new = (formats.MISSING if v is None else write(v) for v in (number.old, number.new))
    return old, new


def size(number: NumberChange, lang: str) -> str:
    """Write how large a change is: points for shares, else a percentage; empty if it has none."""
    if number.difference is None or number.direction == "same":
        return ""
    if number.unit in _IN_POINTS:
        return f"{_signed(number.difference * 100)} pp"
    if number.relative is None:
        text = formats.by_unit(number.unit, lang)(number.difference)
        return text if number.difference < 0 else f"+{text}"
    return f"{_signed(number.relative * 100)}%"


def _signed(value: float) -> str:
    """One decimal, and as many more as the first digit that is not zero needs."""
    decimals = max(1, -math.floor(math.log10(abs(value)))) if value else 1
    text = formats.fixed(value, decimals)
    return text if value < 0 else f"+{text}"


def change(number: NumberChange, lang: str) -> str:
    """Write a number as ``old → new (how much)``; once where both read the same.

    A change too small to be seen in the values is seen in its size alone.
    """
    old, new = values(number, lang)
    say = translator(lang)
    much = size(number, lang)
    if number.direction in ("new", "gone"):
        much = directions(lang)[number.direction]
        return say("{text} ({note})", text=new if number.direction == "new" else old, note=much)
    if number.direction == "same":
        much = note(number, lang)
    text = new if old == new else f"{old} → {new}"
    return say("{text} ({note})", text=text, note=much) if much else text


def status(code: Status | None, lang: str) -> str:
    """Write a status as shape and word; a dash for a run without one."""
    return f"{SHAPES[code]} {statuses(translator(lang))[code]}" if code else formats.MISSING


def cause(difference: Difference, lang: str) -> str:
    """Name something that differs between two runs, with both values where they say something."""
    say = translator(lang)
    old, new = (_value(each, difference) for each in (difference.old, difference.new))
    arrow = f" {old} → {new}"
    if difference.cause == "parameter":
        return f"{difference.name}{arrow}"
    if difference.cause == "data" and not (difference.old or difference.new):
        return say("data {name}, which has no checksum", name=difference.name)
    name = {
        "data": say("data {name}", name=difference.name),
        "code": say("code"),
        "lock": say("locked packages"),
        "python": "Python",
        "notebook": say("the notebook itself"),
    }[difference.cause]
    return name if difference.cause == "notebook" else f"{name}{arrow}"


def _value(value: object, difference: Difference) -> str:
    text = "" if value is None else str(value)
    if difference.cause in ("data", "lock"):
        text = text[:DIGITS_OF_CHECKSUM]
    return text or formats.MISSING


def causes(changes: Changes, lang: str) -> str:
    """Say in one sentence what differs in what the runs depend on."""
    say = translator(lang)
    if not changes.causes:
        return say("Parameters, data, code and packages are the same.")
    names = say(", ").join(cause(each, lang) for each in changes.causes)
    return say("Different between the runs: {causes}.", causes=names)


def summary(changes: Changes, lang: str) -> str:
    """Say what changed, then what may be the cause."""
    say = translator(lang)
    clauses = _clauses(changes, say, lang)
    numbers, tables, figures = changes.counts
    if not clauses:
        clauses = [
            say("No change: {numbers} numbers, rows of {tables} tables and {figures} figures are"
                " the same", numbers=numbers, tables=tables, figures=figures)
        ]  # fmt: skip
    what = say("; ").join(clauses)
    return say("{first} {second}", first=f"{what}{say('.')}", second=causes(changes, lang))


def _clauses(changes: Changes, say: Translator, lang: str) -> list[str]:
    found = []
    beyond = changes.beyond
    if beyond:
        outside = sum(number.outside for number in beyond)
        found.append(
            say("{changed} of {all} numbers changed, {outside} to outside the earlier interval",
                changed=len(beyond), all=len(changes.numbers), outside=outside)
        )  # fmt: skip
    elif not changes.none:
        found.append(say("No number changed"))
    old, new = changes.status
    if old != new:
        found.append(say("status {old} → {new}", old=status(old, lang), new=status(new, lang)))
    if changes.sentence:
        found.append(say("the headline reads differently"))
    if changes.tables:
        names = say(", ").join(each.name for each in changes.tables)
        found.append(say("other numbers of rows in {tables}", tables=names))
    if changes.figures:
        names = say(", ").join(changes.figures)
        found.append(say("other numbers drawn in {figures}", figures=names))
    return found


def note(number: NumberChange, lang: str) -> str:
    """Say what the values alone do not: outside the earlier interval, present in one run alone."""
    say = translator(lang)
    if number.outside:
        return say("outside the earlier interval")
    if number.direction in ("new", "gone", "unlike"):
        return directions(lang)[number.direction]
    return say("its interval moved") if number.direction == "same" and number.beyond else ""


def table(change: TableChange, lang: str) -> str:
    """Say how the cells of a table differ."""
    say = translator(lang)
    if change.old_rows is None or change.new_rows is None:
        return directions(lang)["new" if change.old_rows is None else "gone"]
    found = []
    if change.changed:
        text = say("{changed} of {cells} cells changed", changed=f"{change.changed:,}",
                   cells=f"{change.cells:,}")  # fmt: skip
        if change.largest is not None:
            much = f"{_signed(change.largest * 100).lstrip('+')}%"
            text = say("{text}, numbers by at most {share}", text=text, share=much)
        found.append(text)
    if change.added:
        found.append(say("{rows} rows added", rows=f"{change.added:,}"))
    if change.removed:
        found.append(say("{rows} rows removed", rows=f"{change.removed:,}"))
    if change.columns:
        names = say(", ").join(change.columns)
        found.append(say("columns only in one run: {names}", names=names))
    if change.by:
        found.append(say("rows matched by {columns}", columns=say(", ").join(change.by)))
    return say("; ").join(found)
