"""What a figure is said of: whether it happened, of which occasion, of whom, and by which cause."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from analysis.plan.facts import Fact, Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.names import alike, overlap, says, tokens


def find(plan: Plan) -> Iterator[Finding]:
    """Figures told of two things that exclude each other."""
    yield from _polarity(plan)
    yield from _single(plan)
    yield from _causes(plan)
    yield from _subjects(plan)
    yield from _borrowed(plan)


def _polarity(plan: Plan) -> Iterator[Finding]:
    groups: dict[str, list[Fact]] = {}
    for fact in plan.facts:
        if fact.of("metric_key") and fact.role == "value":
            groups.setdefault(fact.of("metric_key"), []).append(fact)
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
                    set_to(other.id, shown(other.value, other.unit), shown(0.0, other.unit)),
                )  # fmt: skip
                break


def _side(fact: Fact) -> str:
    given = fact.of("polarity").lower()
    if given:
        return given
    return "avoided" if fact.says("avoided") else "happened"


def _apart(one: Fact, other: Fact) -> bool:
    return any(a and b and a != b for a, b in zip(one.place, other.place, strict=True))


def _single(plan: Plan) -> Iterator[Finding]:
    """The total of an event that equals the most of one occasion of it."""
    facts = [f for f in plan.of("targets_actuals", "claims", "market") if f.role != "delta"]
    for one in facts:
        if not one.says("single") or plan.dimension(one) not in ("count", "money"):
            continue
        for total in facts:
            same = all(one.of(c) == total.of(c) for c in ("document", "scope", "period", "unit"))
            rest = one.tokens - {"maximum", "max", "single", "one", "session", "peak", "day",
                                 "livestream", "highest", "show", "event"}  # fmt: skip
            if total.id == one.id or total.says("single") or not same or total.role != one.role:
                continue
            if overlap(rest, total.tokens) >= 0.99 and plan.base(total) <= plan.base(one):
                equal = plan.base(total) == plan.base(one)
                yield Finding(
                    "total_single", "M" if equal else "H", (total.id, one.id),
                    say("total {total}, one occasion {one}: nothing is left for the others",
                        total=shown(total.value, total.unit), one=shown(one.value, one.unit)),
                    set_to(one.id, shown(one.value, one.unit),
                           f"< {shown(total.value, total.unit)}"),
                )  # fmt: skip
                break


def _causes(plan: Plan) -> Iterator[Finding]:
    """One effect in one scope, credited to two interventions."""
    effects = [f for f in plan.of("effects") if f.role == "delta" and f.of("intervention_en")]
    for one, other in combinations(effects, 2):
        same = all(one.of(c) == other.of(c) for c in ("document", "scope", "unit"))
        metrics = one.of("metric_zh") or one.name, other.of("metric_zh") or other.name
        inside = metrics[0] in metrics[1] or metrics[1] in metrics[0]
        causes = tokens(one.of("intervention_en")), tokens(other.of("intervention_en"))
        if not same or not inside or alike(*causes) >= 0.6:
            continue
        names = overlap(one.tokens, other.tokens)
        if one.value == other.value and names >= 0.3:
            yield Finding(
                "causes", "M", (one.id, other.id),
                say("{value} is credited in full to “{one}” and to “{other}”",
                    value=shown(one.value, one.unit), one=one.of("intervention_en"),
                    other=other.of("intervention_en")),
                set_to(other.id, shown(other.value, other.unit),
                       f"{shown(0.0)} … {shown(other.value, other.unit)}"),
            )  # fmt: skip
        elif one.value != other.value and one.tokens == other.tokens:
            yield Finding(
                "repeated_metric", "M", (one.id, other.id),
                say("{values} for one metric: {name}", name=one.of("name_en"),
                    values=f"{shown(one.value, one.unit)} ≠ {shown(other.value, other.unit)}"),
                set_to(other.id, shown(other.value, other.unit), shown(one.value, one.unit)),
            )  # fmt: skip


SURVEYED = ("survey", "market")


def _subjects(plan: Plan) -> Iterator[Finding]:
    """One share, told of all users and of some: by the subject column, or by survey names."""
    groups: dict[str, list[Fact]] = {}
    for fact in plan.facts:
        if fact.of("metric_key") and fact.of("subject") and fact.role == "value":
            groups.setdefault(fact.of("metric_key"), []).append(fact)
    for group in groups.values():
        for one, other in combinations(group, 2):
            if one.of("subject") != other.of("subject") and plan.agree(one, other):
                same = all(
                    a == b or not a or not b
                    for a, b in zip(one.place[:2], other.place[:2], strict=True)
                )
                if same and one.document == other.document:
                    yield _two_subjects(one, other, one.of("subject"), other.of("subject"))
                    break
    facts = [f for f in plan.of(*SURVEYED) if f.role == "value" and f.unit == "pct"]
    for one, other in combinations(facts, 2):
        a, b = one.tokens, other.tokens
        pair = (one, other) if len(a - b) >= len(b - a) else (other, one)
        whole = says(" ".join(sorted(a - b)), "population") != says(
            " ".join(sorted(b - a)), "population"
        )
        if one.document == other.document and one.value == other.value and whole and (
            overlap(a, b) >= 0.6 and not (one.of("scope") and other.of("scope"))
        ):  # fmt: skip
            yield _two_subjects(pair[0], pair[1], one.of("name_en"), other.of("name_en"))


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
            named = own.of("subject") or own.of("scope")
            if own.document != rival.document or own.value != rival.value or not words:
                continue
            if overlap(words, own.tokens) >= 0.5 and rival.of("name_en") not in named:
                yield _two_subjects(own, rival, own.of("name_en"), rival.of("name_en"))
                break


def _two_subjects(one: Fact, other: Fact, a: str, b: str) -> Finding:
    return Finding(
        "subject", "M", (one.id, other.id),
        say("{value} is told of “{one}” and of “{other}”", value=shown(one.value, one.unit),
            one=a, other=b),
        say("{fact}: a measurement of its own instead of {value}", fact=other.id,
            value=shown(other.value, other.unit)),
    )  # fmt: skip
