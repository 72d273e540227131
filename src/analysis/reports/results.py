"""``results.json``: a run's headline numbers, table sizes and figure digests, for machines.

Twelve significant digits: enough to find any change, too few to see a float's last bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from analysis.base.errors import InputError
from analysis.reports.items import Headline, Item, Number, Picture, Table

DIGITS = 12


def collect(items: Iterable[Item], notebook: str) -> dict[str, Any]:
    """Return what ``results.json`` keeps of a run.

    Args:
        items: What the notebook handed over, in order.
        notebook: Its name.

    Returns:
        ``notebook``; ``headline`` (``sentence`` and ``status`` of the first one, or None);
        ``numbers``: name → ``value``, ``lo``, ``hi``, ``confidence``, ``unit``, ``label``, and
        ``no_interval`` where there is none; ``tables``: name → number of rows; ``figures``:
        name → lines of the digest. All keys in sorted order.

    Raises:
        InputError: If two headline numbers have one name.
    """
    items = list(items)
    headlines = [item for item in items if isinstance(item, Headline)]
    first = headlines[0] if headlines else None
    tables = {item.name: item.rows for item in items if isinstance(item, Table)}
    figures = {item.name: list(item.digest) for item in items if isinstance(item, Picture)}
    return {
        "figures": dict(sorted(figures.items())),
        "headline": {"sentence": first.sentence, "status": first.status} if first else None,
        "notebook": notebook,
        "numbers": dict(sorted(_numbers(headlines, notebook).items())),
        "tables": dict(sorted(tables.items())),
    }


def _numbers(headlines: Iterable[Headline], notebook: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for number in (number for headline in headlines for number in headline.numbers):
        if number.name in found:
            raise InputError(
                f"{notebook}: found two headline numbers named {number.name!r}, expected one; "
                "give one of them another name"
            )
        found[number.name] = _record(number)
    return found


def _record(number: Number) -> dict[str, Any]:
    record: dict[str, Any] = {
        "confidence": _rounded(number.confidence),
        "hi": _rounded(number.hi),
        "label": number.label,
        "lo": _rounded(number.lo),
        "unit": number.unit,
        "value": _rounded(number.value),
    }
    if number.lo is None or number.hi is None:
        record["no_interval"] = number.interval
    return dict(sorted(record.items()))


def _rounded(value: float | None) -> float | None:
    """A number with 12 significant digits; None for what JSON has no word for."""
    if value is None or not math.isfinite(value):
        return None
    return value if isinstance(value, int) else float(f"{value:.{DIGITS}g}")
