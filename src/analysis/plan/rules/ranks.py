"""Ranks of one scheme: no two tiers hold one, and none is left out between two others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from analysis.plan.facts import Plan
from analysis.plan.findings import Finding, say, set_to, shown
from analysis.plan.tables import number

_COLUMNS = ("tier_order", "rank", "tier_rank", "level_order", "tier")
_HEAD = re.compile(r"[:：,，(（/;；\-–]| – ")


def find(plan: Plan) -> Iterator[Finding]:
    """Schemes of tiers whose ranks repeat or jump."""
    for table in sorted(plan.tables):
        if not table.endswith("tiers") or table == "price_tiers":
            continue
        for rows in _schemes(plan, table).values():
            yield from _ranks(rows)


def _schemes(plan: Plan, table: str) -> dict[tuple[str, ...], list[tuple[int, str, str]]]:
    """Scheme → rank, name of the tier, id; a tier's further rows of one rank are left out."""
    out: dict[tuple[str, ...], list[tuple[int, str, str]]] = {}
    for row in plan.rows(table):
        rank = next(
            (value for c in _COLUMNS if (value := number(row.get(c, ""))) is not None), None
        )
        name = _tier(row)
        if rank is None or rank != int(rank) or not name:
            continue
        # Rows of other units tell of the same tiers; sections of one document may be schemes.
        key = (row["document"], row.get("scheme", ""), row.get("section", ""), row.get("unit", ""))
        known = out.setdefault(key, [])
        if not any(rank == place and _one_tier(name, other) for place, other, _ in known):
            known.append((int(rank), name, row["fact_id"]))
    return out


def _tier(row: Mapping[str, str]) -> str:
    """The tier's own name, without what the row says of it."""
    names = (_HEAD.split(row.get(c, "").lower())[0].strip() for c in ("name_en", "name_zh"))
    return " ".join(name for name in names if name)


def _one_tier(one: str, other: str) -> bool:
    """Whether two names can be of one tier: one within the other, or one beginning."""
    if one in other or other in one:
        return True
    firsts = [re.findall(r"^[a-z]+|[\u4e00-\u9fff]{2}", name) for name in (one, other)]
    return bool({*firsts[0][:1]} & {*firsts[1][:1]})


def _ranks(tiers: list[tuple[int, str, str]]) -> Iterator[Finding]:
    held = {rank for rank, *_ in tiers}
    pairs = [(one, other) for one, other in combinations(tiers, 2) if one[0] == other[0]]
    # Where several ranks are shared, or all tiers have one, parallel tiers are meant.
    if len(pairs) == 1 and len(held) >= 2:
        one, other = pairs[0]
        free = next(rank for rank in range(min(held), max(held) + 2) if rank not in held)
        yield Finding(
            "bands", "M", (one[2], other[2]),
            say("“{one}” and “{other}” of one scheme both hold rank {rank}", one=one[1],
                other=other[1], rank=shown(one[0])),
            set_to(other[2], shown(other[0]), shown(free)),
        )  # fmt: skip
    elif not pairs and len(held) >= 3:
        missing = [rank for rank in range(min(held), max(held)) if rank not in held]
        if len(missing) == 1:
            after = min(tier for tier in tiers if tier[0] > missing[0])
            before = max(tier for tier in tiers if tier[0] < missing[0])
            yield Finding(
                "bands", "L", (before[2], after[2]),
                say("the ranks go from {one} to {other}: no tier holds {missing}",
                    one=shown(before[0]), other=shown(after[0]), missing=shown(missing[0])),
                set_to(after[2], shown(after[0]), shown(missing[0])),
            )  # fmt: skip
