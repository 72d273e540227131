"""Names for readers and identifiers for files: one report in any language, one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from analysis.base import formats

KINDS = {
    "item": "factor", "factor": "factor", "left": "factor", "right": "factor",
    "strategy": "strategy", "below": "strategy", "above": "strategy",
    "use_strength": "strategy", "mend_weakness": "strategy",
    "competitor": "competitor", "nearest": "competitor", "partner": "partner", "rival": "rival",
}  # fmt: skip
"""Column of a table → what stands in it."""


class Name(NamedTuple):
    """What one thing is called."""

    id: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that a team named.

    Attributes:
        known: ``factor, strategy, competitor, partner, rival, attribute`` → the name that a reader
            of this report sees → all its names. What is not there is its own name.
    """

    known: Mapping[str, Mapping[str, Name]] = field(default_factory=dict)

    def of(self, kind: str, name: str) -> Name:
        """All names of what a reader calls ``name``."""
        return self.known.get(kind, {}).get(name, Name(name, name, name))

    def rows(self, frame: pd.DataFrame, caption: Mapping[str, Any]) -> dict[str, Any]:
        """What ``report.table`` takes: identifiers in the files, names on the page.

        A column ``x`` of names gets ``x_en`` and ``x_zh`` behind it, in the files alone.

        Args:
            frame: Rows under the names a reader sees; its columns may be names of attributes.
            caption: Keywords of ``report.table`` for it.

        Returns:
            The keywords, with ``frame``.
        """
        texts: dict[str, list[str]] = {}
        hide = list(caption.get("hide", ()))
        parts: list[pd.Series] = []
        for column in map(str, frame.columns):
            kinds = _kinds(frame, column)
            if kinds is None:
                parts.append(frame[column])
                continue
            names = [
                self.of(kind, str(name)) for kind, name in zip(kinds, frame[column], strict=True)
            ]
            texts[column] = [str(name) or formats.MISSING for name in frame[column]]
            for end, place in (("", 0), ("_en", 1), ("_zh", 2)):
                values = [name[place] for name in names]
                parts.append(pd.Series(values, frame.index, dtype="str", name=column + end))
            hide += [f"{column}_en", f"{column}_zh"]
        out = pd.concat(parts, axis=1)
        attributes = self.known.get("attribute", {})
        heads = {name: attributes[name].id for name in frame.columns if name in attributes}
        return {
            **caption,
            "frame": out.rename(columns=heads),
            "labels": {
                **{key: name for name, key in heads.items()}, **caption.get("labels", {})
            },
            "formats": {
                heads.get(name, name): style for name, style in caption.get("formats", {}).items()
            },
            "texts": {**texts, **caption.get("texts", {})},
            "hide": tuple(hide),
        }  # fmt: skip


def _kinds(frame: pd.DataFrame, column: str) -> list[str] | None:
    """What stands in each row of a column; None if no names do."""
    if column == "name":
        return [str(kind).partition(" ")[0] for kind in frame["kind"]]
    return [KINDS[column]] * len(frame) if column in KINDS else None
