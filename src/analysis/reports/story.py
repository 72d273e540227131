"""The narrative of a page: a notebook's cells and a report's items, arranged in sections.

Markdown gives the words, items give pictures and tables at the place of the cell that made them,
code is gathered per section. Cell outputs give nothing but printed text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal

from analysis.base.language import told
from analysis.reports.items import Item, Picture, Table

LANGUAGE_TAG = "lang-"
PARAMETER_TAGS = frozenset({"parameters", "injected-parameters"})
HIDDEN_TAGS = frozenset({"sentinel"})
OPTIONAL_TAG = "optional"
_HEADING = re.compile(r" {0,3}(#{1,2})(?!#)[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_METHOD = re.compile(r"method|limits|how this|方法|局限", re.IGNORECASE)
_LIMITS = re.compile(r"\s*\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Prose:
    """A piece of markdown without headings of the first two levels."""

    source: str
    attachments: Mapping[str, Any]
    kind: Literal["prose"] = "prose"


@dataclass(frozen=True, slots=True)
class Code:
    """A code cell and the outputs that may be shown with it."""

    source: str
    outputs: tuple[Any, ...]


@dataclass(slots=True)
class Section:
    """What stands under one heading of the second level.

    Attributes:
        id: Anchor; numbered, so that no text from a notebook gets into it.
        heading: Markdown of the heading; empty for what stands before the first one.
        blocks: Words, pictures and tables in their order.
        code: The code that made them.
        method: Whether this is where parameters belong.
    """

    id: str
    heading: str
    blocks: list[Prose | Table | Picture] = field(default_factory=list)
    code: list[Code] = field(default_factory=list)
    method: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter of the run.

    Attributes:
        name: Its name.
        value: Its value in this run, as text.
        default: The value it has if nobody sets it.
        meaning: The comment beside its declaration.
    """

    name: str
    value: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Story:
    """A notebook, arranged: its first heading (empty if none), sections and parameters."""

    title: str
    sections: tuple[Section, ...]
    settings: tuple[Setting, ...]


def arrange(
    cells: Iterable[Mapping[str, Any]], items: Sequence[Item], lang: str, method: str
) -> Story:
    """Arrange a notebook's cells and a report's items.

    Args:
        cells: Cells of the executed notebook. Words tagged ``optional`` (the heading of a part
            that the data may not have) are left out where nothing is shown under them.
        items: What the notebook handed over.
        lang: Language to show; cells tagged with another one are left out.
        method: Heading of the section to add if the notebook has none about its method.
    """
    shown = [cell for cell in cells if _is_shown(_tags(cell), lang)]
    placed = _Placed(items)
    shown = [cell for place, cell in enumerate(shown) if _has_subject(shown, place, placed)]
    title = ""
    sections = [Section("s0", "")]
    for cell in shown:
        if cell["cell_type"] == "markdown":
            for level, text in pieces(source_of(cell)):
                if level == 1 and not title:
                    title = text
                elif level:
                    sections.append(Section(f"s{len(sections)}", text))
                elif text.strip():
                    sections[-1].blocks.append(Prose(text, cell.get("attachments") or {}))
        elif cell["cell_type"] == "code" and not PARAMETER_TAGS & _tags(cell):
            _add_code(sections[-1], cell, placed)
    sections[-1].blocks += placed.rest()
    _mark_method(sections, method)
    return Story(title, tuple(s for s in sections if _is_full(s)), settings_of(shown, lang))


class _Placed:
    """Tables and pictures by the execution count of their cell, each given out once."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._left = [item for item in items if isinstance(item, Table | Picture)]
        self._makers = {item.cell for item in items}

    def of(self, count: int | None) -> list[Table | Picture]:
        mine = [item for item in self._left if item.cell == count]
        self._left = [item for item in self._left if item.cell != count]
        return mine

    def made_by(self, count: int | None) -> bool:
        return count in self._makers

    def rest(self) -> list[Table | Picture]:
        """What belongs to no cell that is left: it is shown at the end rather than lost."""
        return self._left


def _has_subject(cells: Sequence[Mapping[str, Any]], place: int, placed: _Placed) -> bool:
    """Whether a cell is to be shown: optional words only if the cells up to the next words show."""
    if OPTIONAL_TAG not in _tags(cells[place]):
        return True
    following = takewhile(lambda cell: cell["cell_type"] != "markdown", cells[place + 1 :])
    return any(placed.made_by(cell.get("execution_count")) or cell.get("outputs")
               for cell in following)  # fmt: skip


def _add_code(section: Section, cell: Mapping[str, Any], placed: _Placed) -> None:
    count = cell.get("execution_count")
    section.blocks += placed.of(count)
    if source_of(cell).strip():
        # A cell that made an item shows that item; its output says the same once more.
        outputs = () if placed.made_by(count) else tuple(cell.get("outputs", ()))
        section.code.append(Code(source_of(cell).strip("\n"), outputs))


def _mark_method(sections: list[Section], heading: str) -> None:
    for section in sections:
        section.method = bool(_METHOD.search(section.heading))
        if section.method:
            return
    sections.append(Section(f"s{len(sections)}", heading, method=True))


def _is_full(section: Section) -> bool:
    return bool(section.blocks or section.code or section.heading)


def source_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's source as one text."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _tags(cell: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(cell.get("metadata", {}).get("tags", ()))


def _is_shown(tags: frozenset[str], lang: str) -> bool:
    languages = {tag for tag in tags if tag.startswith(LANGUAGE_TAG)}
    return not tags & HIDDEN_TAGS and (not languages or LANGUAGE_TAG + lang in languages)


def pieces(markdown: str) -> Iterator[tuple[int, str]]:
    """Split markdown at its headings of level 1 and 2, outside fenced code.

    Yields:
        Level (0 for anything but such a heading) and markdown text.
    """
    fence = ""
    body: list[str] = []
    for line in markdown.splitlines():
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        heading = None if fence else _HEADING.match(line)
        if heading:
            yield 0, "\n".join(body)
            yield len(heading[1]), heading[2]
            body = []
        else:
            body.append(line)
    yield 0, "\n".join(body)


def settings_of(cells: Iterable[Mapping[str, Any]], lang: str) -> tuple[Setting, ...]:
    """Read the parameters of a run from its declaring and its injected cell."""
    found: dict[str, Setting] = {}
    for cell in cells:
        if cell["cell_type"] == "code" and PARAMETER_TAGS & _tags(cell):
            for name, value, meaning in _assignments(source_of(cell), lang):
                declared = found.get(name, Setting(name, value, value, meaning))
                found[name] = Setting(name, value, declared.default, declared.meaning)
    return tuple(found.values())


def _assignments(source: str, lang: str) -> Iterator[tuple[str, str, str]]:
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return
    lines = source.splitlines()
    for node in statements:
        if not isinstance(node, ast.AnnAssign | ast.Assign) or node.value is None:
            continue
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        if isinstance(target, ast.Name):
            rest = lines[(node.end_lineno or 1) - 1].encode()[node.end_col_offset :].decode()
            yield target.id, _written(node.value), _meaning(rest, lang)


def _written(value: ast.expr) -> str:
    """Write a value as a reader would: nothing given is a dash, a whole number has no decimals."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value or "–"
    written = ast.unparse(value)
    if isinstance(value, ast.Constant) and isinstance(value.value, float):
        return written.removesuffix(".0")
    return "–" if written in ("None", "[]", "{}") else written


def _meaning(rest: str, lang: str) -> str:
    """The comment after an assignment, its machine-read limits written for a reader."""
    comment = rest.partition("#")[2].strip()
    text = told(_LIMITS.sub("", comment).strip(), lang)
    limits = [_allowed(found, lang) for found in _LIMITS.findall(comment)]
    left, right = ("（", "）") if lang == "zh" else (" (", ")")
    return text + "".join(f"{left}{each}{right}" for each in limits)


def _allowed(written: str, lang: str) -> str:
    """Allowed values: ``{a|b}`` as a list, ``{2..}`` and ``{2..9}`` as bounds."""
    low, between, high = written.partition("..")
    if not between:
        return written.replace("|", "、" if lang == "zh" else ", ")
    low, high = low.replace("-", "−"), high.replace("-", "−")
    return f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
