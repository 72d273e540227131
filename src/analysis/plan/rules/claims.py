"""What a figure is said of: whether it happened, of which occasion, of whom, and by which cause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from analysis.plan.context import context
from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import alike, overlap, says, tokens
from analysis.plan.rules import benefits
from analysis.plan.rules.wording import named, values
from analysis.plan.rules.wording import names as names_of


def find(plan: Plan) -> Iterator[Finding]:
    """Figures told of two things that exclude each other."""
    yield from _polarity(plan)
    yield from _single(plan)
    yield from _causes(plan)
    yield from _subjects(plan)
    yield from benefits.find(plan)
    found = list(_borrowed(plan))
    yield from found
    known = {finding.facts for finding in found}
    rivals = {id for facts in known for id in facts}
    yield from (each for each in _quoted(plan) if each.facts[1] not in rivals)


def _polarity(plan: Plan) -> Iterator[Finding]:
    """One figure of one key or name that happened here and was avoided there."""
    groups: dict[object, list[Fact]] = {}
    for fact in plan.facts:
        if fact.role in ("value", "impact_value"):
            if fact.of("metric_key"):
                groups.setdefault(fact.of("metric_key"), []).append(fact)
            elif fact.tokens:
                groups.setdefault((fact.document, _bare(fact)), []).append(fact)
    for group in groups.values():
        sides: dict[str, list[Fact]] = {}
        for fact in group:
            sides.setdefault(_side(fact), []).append(fact)
        for one in sides.get("happened", []):
            other = next(
                (f for f in sides.get("avoided", ()) if plan.agree(one, f) and not _apart(one, f)),
                None,
            )
            if other is not None:
                same = [f.id for f in sides["happened"] if f.id != one.id and plan.agree(one, f)]
                yield Finding(
                    "polarity", "H", (one.id, other.id, *same),
                    say("{value} happened in one place and was avoided in the other",
                        value=shown(one.value, one.unit)),
                    say("{one} and {other}: say in both that it happened, or that it was avoided",
                        one=one.id, other=other.id),
                )  # fmt: skip
                break


_OUTCOME = re.compile(r"\b(happened|occurred|incurred|avoid\w*|prevent\w*|averted)\b|"
                      r"已?(发生|避免|防止|规避)")  # fmt: skip


def _bare(fact: Fact) -> frozenset[str]:
    return tokens(_OUTCOME.sub(" ", (fact.of("name_en") or fact.of("name_zh")).lower()))


def _side(fact: Fact) -> str:
    given = fact.of("polarity").lower()
    if given:
        return given
    return "avoided" if fact.says("avoided") else "happened"


def _apart(one: Fact, other: Fact) -> bool:
    return any(a and b and a != b for a, b in zip(one.place, other.place, strict=True))


_ONE = re.compile(
    r"\b(maximum|max|best|highest|top|peak|record|single|one|any|per|each|in|session|day|show|event|"
    r"order|livestream|sessions|all|total|cumulative|overall|whole|altogether)\b|"
    r"单场|单日|单次|最高|最大|峰值|总量|总数|累计|合计|总|全部|全场|直播"
)
_ALL_OF = re.compile(r"\b(total|all|overall|cumulative|whole|altogether)\b|总|累计|合计|全部|全场")


def _single(plan: Plan) -> Iterator[Finding]:
    """The total of an event that equals the most of one occasion of it."""
    facts = [
        f
        for f in plan.of("targets_actuals", "claims", "market", "channels_content", "extra_facts")
        if f.role in ("value", "actual", "target", "baseline")
        and plan.dimension(f) in ("count", "money")
    ]  # fmt: skip
    for one in facts:
        if not _of_one(one):
            continue
        for total in facts:
            same = all(one.of(c) == total.of(c) for c in ("document", "period", "unit"))
            if total.id == one.id or _of_one(total) or not same or total.role != one.role:
                continue
            if _one_noun(one, total) and plan.base(total) <= plan.base(one):
                equal = plan.base(total) == plan.base(one)
                yield Finding(
                    "total_single", "M" if equal else "H", (total.id, one.id),
                    say("total {total}, one occasion {one}: nothing is left for the others",
                        total=shown(total.value, total.unit), one=shown(one.value, one.unit)),
                    set_to(one.id, shown(one.value, one.unit),
                           f"< {shown(total.value, total.unit)}"),
                )  # fmt: skip
                break


def _of_one(fact: Fact) -> bool:
    """Whether name or scope is of one occasion; an average or a rate per day is none."""
    told = f"{fact.name} {fact.of('scope')}"
    told_of_all = _ALL_OF.search(told.lower()) and not says(told, "single")
    rate = "average" in context(fact).of("stat") or re.search(r"\bper (day|week)\b|每[日天周]",
                                                              told.lower())  # fmt: skip
    one = says(told, "single") or re.search(r"\bbest\b|\bhighest\b", told.lower())
    return bool(one) and not told_of_all and not rate


def _one_noun(one: Fact, total: Fact) -> bool:
    """Whether both name one thing of one event, words of occasion and total aside."""
    if one.of("scope") != total.of("scope"):
        scopes = [tokens(_ONE.sub(" ", f.of("scope").lower())) for f in (one, total)]
        if scopes[0] != scopes[1]:
            return False
    a, b = context(one), context(total)
    if "average" in b.of("stat") or a.moment != b.moment or (
        a.events and b.events and a.events != b.events
    ):  # fmt: skip
        return False
    for language in ("name_en", "name_zh"):
        if one.of(language) and total.of(language):
            here, there = (tokens(_ONE.sub(" ", f.of(language).lower())) for f in (one, total))
            said = tokens(one.of("scope")) | tokens(one.of("period"))
            return bool(here) and here <= there and there - here <= said
    return False


def _causes(plan: Plan) -> Iterator[Finding]:
    """One effect in one scope, credited to two interventions."""
    effects = [f for f in plan.of("effects") if f.role == "delta" and _cause(f)]
    for one, other in combinations(effects, 2):
        same = all(one.of(c) == other.of(c) for c in ("scope", "unit"))
        # In two documents the scope must be named: "all" may be another year's.
        across = one.document != other.document
        metrics = one.of("metric_zh") or one.name, other.of("metric_zh") or other.name
        inside = metrics[0] in metrics[1] or metrics[1] in metrics[0]
        causes = tokens(_cause(one)), tokens(_cause(other))
        if inside and alike(*causes) == 1.0 and one.value == other.value:
            yield from _widened(one, other)
        if not same or not inside or alike(*causes) >= 0.6:
            continue
        if across and one.of("scope") in ("", "all", "platform", "total"):
            continue
        names = overlap(one.tokens, other.tokens)
        if one.value == other.value and names >= 0.3:
            yield Finding(
                "causes", "M", (one.id, other.id),
                say("{value} is credited in full to “{one}” and to “{other}”",
                    value=shown(one.value, one.unit), one=_cause(one), other=_cause(other)),
                set_to(other.id, shown(other.value, other.unit),
                       f"{shown(0.0)} … {shown(other.value, other.unit)}"),
            )  # fmt: skip
        elif one.value != other.value and one.tokens == other.tokens and not across:
            yield Finding(
                "repeated_metric", "M", (one.id, other.id),
                say("{values} for one metric: {name}", name=names_of((one, other)),
                    values=values([[one], [other]])),
                set_to(other.id, shown(other.value, other.unit), shown(one.value, one.unit)),
            )  # fmt: skip


def _widened(one: Fact, other: Fact) -> Iterator[Finding]:
    """One effect of one cause, told of an event here and of several there."""
    scopes = tokens(one.of("scope")), tokens(other.of("scope"))
    wider = scopes[0] < scopes[1] or scopes[1] < scopes[0]
    events = context(one).events, context(other).events
    if one.document == other.document and one.tokens == other.tokens and wider and all(events):
        yield Finding(
            "subject", "L", (one.id, other.id),
            say("{value} is told of “{one}” and of “{other}”", value=shown(one.value, one.unit),
                one=one.of("scope"), other=other.of("scope")),
            say("{fact}: a measurement of its own instead of {value}", fact=other.id,
                value=shown(other.value, other.unit)),
        )  # fmt: skip


def _cause(fact: Fact) -> str:
    return fact.of("intervention_en") or fact.of("intervention_zh")


SURVEYED = ("survey", "market")


def _subjects(plan: Plan) -> Iterator[Finding]:
    """One share, told of all users and of some: by the subject column, or by survey names."""
    groups: dict[str, list[Fact]] = {}
    for fact in plan.facts:
        if fact.of("metric_key") and fact.of("subject") and fact.role == "value":
            groups.setdefault(fact.of("metric_key"), []).append(fact)
    for group in groups.values():
        for one, other in combinations(group, 2):
            # "29 minutes" and "half an hour" agree by rounding only: two measurements.
            printed = one.value == other.value and one.unit == other.unit
            if one.of("subject") != other.of("subject") and printed:
                same = all(
                    a == b or not a or not b
                    for a, b in zip(one.place[:2], other.place[:2], strict=True)
                )
                named_alike = one.tokens == other.tokens and all(one.place[:2])
                if same and (one.document == other.document or named_alike):
                    yield _two_subjects(one, other, one.of("subject"), other.of("subject"))
                    break
    facts = [f for f in plan.of(*SURVEYED) if f.role == "value" and f.unit == "pct"]
    for one, other in combinations(facts, 2):
        a, b = one.tokens, other.tokens
        pair = (one, other) if len(a - b) >= len(b - a) else (other, one)
        # "All" names no group: a share of all and of some is one figure of two subjects.
        whole = says(" ".join(sorted(a - b - {"all"})), "population") != says(
            " ".join(sorted(b - a - {"all"})), "population"
        )
        if one.document == other.document and one.value == other.value and whole and (
            overlap(a, b) >= 0.6 and not (one.of("scope") and other.of("scope"))
        ):  # fmt: skip
            yield _two_subjects(*pair, named(one.row), named(other.row))


def _borrowed(plan: Plan) -> Iterator[Finding]:
    """A competitor's figure that is our own or the market's, metric and number alike."""
    ours = [f for f in plan.of("claims", "market", "survey", "targets_actuals")
            if f.unit == "pct" and f.role in ("value", "actual")]  # fmt: skip
    for rival in plan.of("competitors"):
        if rival.role not in ("share", "growth"):
            continue
        told = rival.of("share_metric") if rival.role == "share" else rival.of("growth_metric")
        words = tokens(told) - {"upper", "bound", "share", "growth", "market"}
        for own in ours:
            whose = own.of("subject") or own.of("scope")
            if own.document != rival.document or own.value != rival.value or not words:
                continue
            theirs = any(
                rival.of(column) and rival.of(column).lower() in own.of(column).lower()
                for column in ("name_en", "name_zh")
            )
            if theirs:
                continue  # the row says itself that it is of the rival
            if overlap(words, own.tokens) >= 0.5 and rival.of("name_en") not in whose:
                yield _two_subjects(own, rival, named(own.row), named(rival.row))
                break


_QUOTED = re.compile(
    r"([a-z][a-z -]+?|[\u4e00-\u9fff]+?) ?"
    r"(?:below|under|above|over|only|不足|低于|高于|超过|仅) ?(\d+(?:\.\d+)?) ?%"
)


def _quoted(plan: Plan) -> Iterator[Finding]:
    """A share that the words on a competitor give, and that is our own."""
    ours = [f for f in plan.of("market", "survey", "targets_actuals", "claims")
            if f.unit == "pct" and f.role in ("value", "actual")]  # fmt: skip
    for row in plan.rows("competitors"):
        for column in ("strength_en", "weakness_en", "strength_zh", "weakness_zh"):
            for words, number in _QUOTED.findall(row.get(column, "").lower()):
                own = next(
                    (
                        f
                        for f in ours
                        if f.value == float(number) and _is_ours(f) and tokens(words)
                        and tokens(words) <= tokens(f.of("name_" + column[-2:]))
                    ),
                    None,
                )  # fmt: skip
                if own is not None:
                    yield Finding(
                        "subject", "M", (own.id, row["fact_id"]),
                        say("{value} is told of “{one}” and of “{other}”",
                            value=shown(own.value, own.unit), one=named(own.row),
                            other=named(row)),
                        say("{fact}: a measurement of its own instead of {value}",
                            fact=row["fact_id"], value=shown(own.value, own.unit)),
                    )  # fmt: skip
                    break


def _is_ours(fact: Fact) -> bool:
    return not context(fact).of("whose") and fact.of("comparator") in ("<", "<=", ">", ">=", "~")


def _two_subjects(one: Fact, other: Fact, a: object, b: object) -> Finding:
    return Finding(
        "subject", "M", (one.id, other.id),
        say("{value} is told of “{one}” and of “{other}”", value=shown(one.value, one.unit),
            one=a, other=b),
        say("{fact}: a measurement of its own instead of {value}", fact=other.id,
            value=shown(other.value, other.unit)),
    )  # fmt: skip
