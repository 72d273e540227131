"""Share × whole = part: "X share of Y", "X占Y", "X占比", and the rate of answers to a survey."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analysis.plan.context import apart, context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import say, shown
from analysis.plan.names import tagged
from analysis.plan.rules.identities.failure import Failure, Ledger, bounds, meets
from analysis.plan.rules.identities.measures import Measured, clean, measured, taken_apart
from analysis.plan.rules.identities.plainly import bare, bare_zh
from analysis.plan.rules.identities.products import levels, one_moment, significant
from analysis.plan.rules.totals import total_of
from analysis.plan.rules.wording import names
from analysis.plan.tables import number

_OF = re.compile(r"(?<![a-z])(?:as (?:a )?)?(?:share|proportion|percentage) of(?![a-z])")
_BARE = re.compile(r"(?<![a-z])(?:share|proportion|percentage)(?![a-z])")
_BETWEEN = re.compile(r" *, *| (?:for|in|from|by|among|via|on|within|out of) (?:the )?")
MOST = 100.0
"""A total of shares; a larger number beside a share is of its whole."""
_NARROW = ("phase", "channel", "audience")
_TOTAL = re.compile(r"(?<![a-z])(?:total|whole|overall|entire)(?![a-z])|总|合计|全部|整体")
_CLASSES = ("event", "part", "phase", "channel", "audience", "whose")
_GOOD = re.compile(
    r"(?<![a-z])(valid|effective|returned|collected|answered)(?![a-z])|有效|回收|收回"
)


@dataclass(frozen=True)
class Told:
    """What one language's name says of part and whole, each as (measures, qualifiers)."""

    chinese: bool
    part: Measured
    part_tags: frozenset[tuple[str, str]]
    whole: Measured
    whole_tags: frozenset[tuple[str, str]]


def check(plan: Plan, facts: Sequence[Fact], ledger: Ledger) -> None:
    """Every share of one document whose part and whole are figures too, into the ledger."""
    known = levels(facts)
    for share in known:
        if plan.dimension(share) != "fraction" or share.unit in ("pp", "fold"):
            continue
        kinds = measured(share).kinds
        pairs: list[tuple[Fact, Fact]] = []
        if kinds == {"response"}:
            pairs += _answers(plan, share, known)
        elif "share" in kinds and not kinds & {"growth", "fall"}:
            for told in _placed(share):
                pairs += _pairs(plan, share, told, known)
        _judge(plan, share, sorted(pairs, key=_best_named), ledger)


def _best_named(pair: tuple[Fact, Fact]) -> tuple[bool, bool, float, str, str]:
    """A whole that a column or its name says is one, else the largest, comes first."""
    part, whole = pair
    said = bool(_TOTAL.search(whole.name.lower()))
    return (whole.role != "total", not said, -whole.value, part.id, whole.id)


def _stated_total(plan: Plan, share: Fact, part: Fact) -> Fact | None:
    """The whole that a column of the part's row, or of the share's, states."""
    for fact in (part, share):
        plain = number(fact.of("total"))
        unit = part.unit if plain is not None and plain > MOST else fact.unit
        found = total_of(plan, fact.of("total"), unit)
        if found and found[0] > 0 and plan.units.dimension(found[1]) == plan.dimension(part):
            row = {**fact.row, "name_en": "total", "name_zh": "总额"}
            return replace(fact, role="total", value=found[0], unit=found[1], row=row)
    return None


def _tags(text: str) -> frozenset[tuple[str, str]]:
    return frozenset(each for each in tagged(text)[0] if each[0] in _CLASSES)


def _parsed(share: Fact) -> Iterator[Told]:
    for column, chinese in (("name_en", False), ("name_zh", True)):
        text = clean(share.of(column))
        if not text:
            continue
        if chinese:
            head, mark, whole = text.partition("占")
            bare = not mark or whole.strip(" 比例") == ""
            whole = re.sub(r"(的)?(比例|比重|比)$", "", whole)
        else:
            found = _OF.search(text) or _BARE.search(text)
            if not found:
                continue
            head, whole = text[: found.start()], text[found.end() :]
            bare = not _OF.search(text)
        if bare and head.strip(" ,"):
            yield from _of_all(head + ("" if chinese else whole), _tags(head + whole), chinese)
        elif head.strip(" ,"):
            yield from _of_whole(head, whole, chinese)
        else:
            for part, rest in _turned(whole):
                yield from _of_whole(part, rest, chinese)


def _placed(share: Fact) -> Iterator[Told]:
    """What the name says, with what the columns of the row say of event and place."""
    for told in _parsed(share):
        said = told.part_tags | told.whole_tags
        more = frozenset(w for w in context(share).words if w[0] in _CLASSES) - said
        yield replace(told, part_tags=told.part_tags | more, whole_tags=told.whole_tags | more)
        if more:
            yield replace(told, part_tags=told.part_tags | more)


def _turned(text: str) -> Iterator[tuple[str, str]]:
    """Part and whole of "share of A for B", "share of A, B" (B of A) and "share of A among B"."""
    for found in _BETWEEN.finditer(text):
        first, second = text[: found.start()], text[found.end() :]
        if found[0].strip() in ("among", "in", "within", "out of"):
            yield first, second
        if found[0].strip() not in ("among", "within", "out of"):
            yield second, first


def _of_all(text: str, tags: frozenset[tuple[str, str]], chinese: bool) -> Iterator[Told]:
    """Of a name "X share": the whole is all of what X is a kind of."""
    part = _read(text, chinese)
    base = Measured(part.kinds, "", part.net, part.stage, frozenset(), frozenset(), "")
    if bare(part.about) or bare_zh(part.left_zh):
        yield Told(chinese, part, tags, base, tags)
    wider = frozenset(each for each in tags if each[0] not in _NARROW)
    if wider != tags:
        yield Told(chinese, part, tags, replace(part), wider)


def _of_whole(head: str, whole: str, chinese: bool) -> Iterator[Told]:
    part, base = _read(head, chinese), _read(whole, chinese)
    tags, whole_tags = _tags(head), _tags(whole)
    if not (bare(part.about) or bare_zh(part.left_zh) or tags - whole_tags):
        return  # what tells the part from the whole is no word this room knows
    if not part.kinds:
        part = replace(part, kinds=base.kinds, net=base.net, stage=base.stage)
        whole_words = base.left_zh if chinese else base.about
        if whole_words:  # "silver share of valid sample": of valid questionnaires, silver
            full = replace(part, about=part.about | base.about,
                           left_zh=base.left_zh + part.left_zh)  # fmt: skip
            yield Told(chinese, full, tags | whole_tags, base, whole_tags)
    for kind in ("event", "part", "phase"):
        if not any(each[0] in ("event", "part", "phase") for each in tags):
            tags |= {each for each in whole_tags if each[0] == kind}
    yield Told(chinese, part, tags, base, whole_tags)


def _read(text: str, chinese: bool) -> Measured:
    return taken_apart("", text) if chinese else taken_apart(text, "")


def _is(plan: Plan, fact: Fact, told: Measured, tags: frozenset[tuple[str, str]],
        chinese: bool) -> bool:  # fmt: skip
    """Whether a figure is what one half of a share's name names."""
    is_ = measured(fact)
    ours = frozenset(each for each in context(fact).words if each[0] in _CLASSES)
    thing = (
        bare_zh(is_.left_zh) == bare_zh(told.left_zh)
        if chinese
        else bare(is_.about) == bare(told.about)
    )
    named = bool(fact.of("name_zh" if chinese else "name_en"))
    return (
        named
        and thing
        and is_.kinds == told.kinds
        and bool(told.kinds)
        and is_.net == told.net
        and (is_.stage == told.stage or not (is_.stage and told.stage))
        and not is_.per
        and ours == tags
        and plan.dimension(fact) in ("money", "count")
        # "Peak budget" may be of the phase of that name.
        and (not context(fact).of("stat") or bool(context(fact).of("phase")))
    )


def _one_time(one: Fact, other: Fact) -> bool:
    a, b = context(one), context(other)
    years = not (a.years and b.years and not a.years & b.years)
    return years and (a.moment == "before") == (b.moment == "before")


def _pairs(
    plan: Plan, share: Fact, told: Told, known: Sequence[Fact]
) -> Iterator[tuple[Fact, Fact]]:
    parts = [f for f in known if f.id != share.id
             and _is(plan, f, told.part, told.part_tags, told.chinese)]  # fmt: skip
    wholes = [f for f in known if f.id != share.id
              and _is(plan, f, told.whole, told.whole_tags, told.chinese)]  # fmt: skip
    for part in parts:
        stated = _stated_total(plan, share, part)
        if stated is not None and _one_time(share, part):
            yield part, stated
        for whole in wholes:
            alike = plan.dimension(part) == plan.dimension(whole) and part.id != whole.id
            timely = _one_time(part, whole) and _one_time(share, part) and _one_time(share, whole)
            if alike and timely:
                yield part, whole


def _answers(plan: Plan, share: Fact, known: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Answers that came back, and questionnaires that went out."""
    sent = [f for f in known if measured(f).kinds in ({"issued"}, {"issued", "sample"})
            and plan.dimension(f) == "count"]  # fmt: skip
    for whole in sent:
        for part in known:
            is_, of = measured(part), measured(whole)
            good = _GOOD.search(clean(part.of("name_en"))) or _GOOD.search(part.of("name_zh"))
            words = is_.about - {"valid", "effective", "returned", "collected", "answered"}
            same = words == of.about if part.of("name_en") else _GOOD.sub("", is_.left_zh) == \
                of.left_zh  # fmt: skip
            counted = is_.kinds <= {"sample"} and plan.dimension(part) == "count"
            one = not apart(part, whole) and not apart(share, whole)
            if good and same and counted and one:
                yield part, whole


def _judge(plan: Plan, share: Fact, pairs: Sequence[tuple[Fact, Fact]], ledger: Ledger) -> None:
    failing = []
    for part, whole in pairs:
        a, b = bounds(plan, share), bounds(plan, whole)
        if meets(bounds(plan, part), (a[0] * b[0], a[1] * b[1])):
            ledger.held.append((part, share, whole))
            return
        planned = context(share).moment == "target"
        if one_moment((part, whole)) and planned == (context(part).moment == "target"):
            failing.append((part, whole))
    if not failing:
        return
    part, whole = failing[0]
    unit = plan.units.base(1, part.unit)
    value = plan.base(share) * plan.base(whole) / unit
    sentence = say(
        "{names}: {left} = {value}; {name} is stated as {stated}",
        names=names((share, whole)), name=names([part]),
        left=f"{shown(share.value, share.unit)} × {shown(whole.value, whole.unit)}",
        value=shown(significant(value), part.unit), stated=shown(part.value, part.unit),
    )  # fmt: skip
    needed = {
        share.id: share.value * part.value / value,
        part.id: value,
    }
    if whole.role != "total":
        needed[whole.id] = whole.value * part.value / value
    if needed[share.id] > plan.units.base(100, "pct") / plan.units.base(1, share.unit):
        del needed[share.id]  # no share is above the whole
    ledger.failures.append(Failure((part, share, whole), sentence, needed))
