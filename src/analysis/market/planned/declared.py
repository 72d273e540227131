"""From one declaration (a mapping, as a TOML file gives it) to a whole sizing plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analysis.market.declaration import SECTIONS, read_model
from analysis.market.planned.groups import read_competition, read_mix, read_tiers
from analysis.market.planned.parts import SizingPlan
from analysis.market.planned.sections import (
    read_adoption,
    read_decision,
    read_growth,
    read_target,
)
from analysis.market.reading import Found, Reader

PARTS = ("target", "growth", "adoption", "competition", "decision")
LISTS = ("competitors", "tiers", "mix")


def read_plan(declared: Found, source: str = "plan") -> SizingPlan:
    """Read and check a declared sizing plan: the model and the parts beside it.

    Args:
        declared: The model's sections (:func:`analysis.market.declaration.read_model`) and,
            each optional: ``target``, ``growth``, ``adoption``, ``competition`` with
            ``competitors``, ``tiers``, ``mix``, ``decision``; docs/market-sizing.md has the keys.
        source: File or name that an error begins with.

    Raises:
        InputProblems: If anything is wrong: the model's problems first, then those of the parts,
            each time all in one message.
    """
    reader = Reader()
    reader.keys("", declared, (*SECTIONS, *PARTS, *LISTS))
    reader.stop(source)
    plan = SizingPlan(read_model(declared, source))
    found: dict[str, Found] = {}
    for name in PARTS:
        value = declared.get(name)
        if isinstance(value, Mapping):
            found[name] = value
        elif value is not None:
            reader.note(name, repr(value), f"a table: [{name}]")
    if "target" in found:
        plan = replace(plan, target=read_target(reader, found["target"], plan.model))
    if "growth" in found:
        plan = replace(plan, growth=read_growth(reader, found["growth"]))
    if "adoption" in found:
        plan = replace(plan, adoption=read_adoption(reader, found["adoption"]))
    if "decision" in found:
        plan = replace(plan, decision=read_decision(reader, found["decision"]))
    if "competitors" in declared or "competition" in found:
        about = found.get("competition", {})
        rivals = declared.get("competitors", [])
        if not rivals:
            reader.note("competitors", "none", "at least one [[competitors]]")
        plan = replace(plan, competition=read_competition(reader, about, rivals))
    if "tiers" in declared:
        plan = replace(plan, tiers=read_tiers(reader, declared["tiers"]))
    if "mix" in declared:
        plan = replace(plan, mix=read_mix(reader, declared["mix"]))
    reader.stop(source)
    return plan
