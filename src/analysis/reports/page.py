"""The published page of a run: one HTML file that loads nothing and runs nothing.

The answer first, then the narrative with its pictures and tables, code folded away, at the end
how it was made. Words and code come from the executed notebook, everything else from the items
that the notebook handed over; cell outputs are not trusted.
"""

from __future__ import annotations

import base64
import datetime as dt
import html
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from analysis.base import formats, glyphs
from analysis.base.language import Translator, translator
from analysis.base.nature import natures
from analysis.reports import fonts
from analysis.reports.items import SHAPES, Card, Headline, Item, Table
from analysis.reports.story import arrange, source_of
from analysis.reports.tables import extent, statuses

if TYPE_CHECKING:
    from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent / "templates"
STYLES = ("house.css", "print.css")
DIGITS_OF_CHECKSUM = 10
# Every text is escaped and comments in narrative cells are removed: only a template writes this.
GLYPH_NOTE = "<!-- glyphs -->"
MOST_NAMED = 8
# In widths of a Latin character.
LONG_VERDICT = 150


@dataclass(frozen=True, slots=True)
class PageFacts:
    """How a run came to be, for title and footer of its page.

    Attributes:
        notebook: Name of the notebook.
        title: Title if the notebook has no heading in this language.
        lang: Language of the page.
        run_id: Name of the run folder.
        finished: When the run ended, ISO 8601.
        changed: Parameters that differ from their defaults, with their values.
        data: Name, sha256 and nature of every input.
        commit: Commit of the code; None outside git.
        dirty: Whether the code had changes that are not in that commit.
        key: Content key of the run; None if it has none.
    """

    notebook: str
    title: str
    lang: str
    run_id: str
    finished: str
    changed: Mapping[str, Any] = field(default_factory=dict)
    data: Sequence[tuple[str, str | None, str | None]] = ()
    commit: str | None = None
    dirty: bool = False
    key: str | None = None


def render(
    folder: Path,
    notebook: NotebookNode | dict[str, Any],
    items: Sequence[Item],
    facts: PageFacts,
) -> str:
    """Return the page of a run.

    Args:
        folder: Run folder; figures are taken from its ``figures``.
        notebook: The executed notebook.
        items: What it handed over, in order.
        facts: How the run came to be.

    Raises:
        InputError: If the language is unknown, a font file is missing, or a narrative cell has
            a character that the house fonts cannot draw.
        FileNotFoundError: If a figure of ``items`` is not in the folder.
    """
    # nbformat's checks import a compiler of grammars that takes most of their start, for nothing.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import nbformat

    from analysis.reports.exporter import PageExporter

    _check_words(notebook, facts)

    def values(node: NotebookNode) -> Mapping[str, Any]:
        return _values(folder, node, items, facts)

    markup, _ = PageExporter(values).from_notebook_node(nbformat.from_dict(notebook))
    return with_fonts(markup, facts.lang)


def _check_words(notebook: NotebookNode | dict[str, Any], facts: PageFacts) -> None:
    """Check what the notebook's author wrote; what comes from data is shown by codes instead."""
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "markdown":
            glyphs.require(source_of(cell), f"{facts.notebook}.ipynb, cell {number}")


def with_fonts(markup: str, lang: str) -> str:
    """Embed the characters that a finished page uses; those no font has are written as codes.

    Where that happens, the page says so once, at the mark that its template leaves for it.
    """
    used = "".join(sorted(set(markup)))
    found = glyphs.lacking(used)
    if found:
        say = translator(lang)
        note = say("Shown by their code, as no font here has them: {characters}.",
                   characters=html.escape(glyphs.named(found[:MOST_NAMED])))  # fmt: skip
        markup = glyphs.spelled(markup).replace(GLYPH_NOTE, f'<p class="note">{note}</p>', 1)
        used = "".join(sorted(set(markup)))
    style = f"<style>\n{fonts.faces(used, lang)}\n</style>\n</head>"
    # Every text is escaped: the first closing tag of a head is the page's own.
    return markup.replace("</head>", style, 1)


def stylesheet() -> str:
    """Return the house style sheet; what holds on paper stands last."""
    return "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in STYLES)


def running_head(title: str, run_id: str) -> str:
    """Return the rules that put title, run and page number into the margins of printed pages."""
    return (
        "@media print { @page {"
        f" @top-left {{ content: {_css_string(title)}; }}"
        f" @bottom-left {{ content: {_css_string(run_id)}; }} }} }}"
    )


def _css_string(text: str) -> str:
    r"""Return a text as a string of CSS in which nothing has a meaning of its own.

    >>> print(_css_string('a"</style>'))
    "a\22 \3c \2f style\3e "
    """
    written = (char if char.isalnum() or char == " " else f"\\{ord(char):x} " for char in text)
    return f'"{"".join(written)}"'


def _values(
    folder: Path, notebook: NotebookNode, items: Sequence[Item], facts: PageFacts
) -> dict[str, Any]:
    from analysis.reports.markup import text_of

    say = translator(facts.lang)
    story = arrange(notebook.cells, items, facts.lang, say("Method"))
    headlines = [item for item in items if isinstance(item, Headline)]
    title = text_of(story.title) if story.title else facts.title
    return {
        "facts": facts,
        "say": words(say) | {"nature": natures(facts.lang)},
        "style": f"{stylesheet()}\n{running_head(title, facts.run_id)}",
        "shapes": SHAPES,
        "status": statuses(say),
        "story": story,
        "headlines": headlines,
        "cards": [item for item in items if isinstance(item, Card)],
        "tables": [item for item in items if isinstance(item, Table)],
        "finished": moment(facts.finished, facts.lang),
        "is_long": is_long,
        "extent": extent,
        "extents": lambda table: [extent(texts) for texts in zip(*table.cells, strict=True)],
        "rows": lambda table: _rows(table, say),
        "picture": lambda name: _picture(folder / "figures", name),
        "short": lambda checksum: (checksum or "")[:DIGITS_OF_CHECKSUM],
    }


def words(say: Translator) -> dict[str, Any]:
    """Return the page's own words, by the name under which the template knows them."""
    return {
        "skip": say("Skip to the answer"),
        "contents": say("Contents"),
        "answer": say("Summary"),
        "used": say("Data used"),
        "all_facts": say("All facts about this data"),
        "code": say("Show code"),
        "in_words": say("This figure in words"),
        "printed": say("Printed"),
        "parameters": say("Parameters"),
        "parameter": say("Parameter"),
        "value": say("Value"),
        "meaning": say("Meaning"),
        "default": say("default"),
        "all_rows": say("All rows"),
        "empty": say("No rows."),
        "made": say("How this was made"),
        "notebook": say("Notebook"),
        "run": say("run"),
        "changed": say("changed parameters"),
        "unchanged": say("default parameters"),
        "code_at": say("code"),
        "dirty": say("with changes not in this commit"),
        "no_commit": say("not in version control"),
        "downloads": say("Downloads"),
        "every_table": say("All tables in one workbook"),
        "as_run": say("Notebook as it was run"),
        "results": say("Headline numbers"),
        "manifest": say("Manifest: versions, checksums, durations"),
        "colon": say(": "),
        "comma": say(", "),
        "open": say("("),
        "close": say(")"),
    }


def is_long(sentence: str) -> bool:
    """Whether a verdict needs more than about three lines in large type.

    >>> is_long("Sales rise."), is_long("测" * 90)
    (False, True)
    """
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in sentence) > LONG_VERDICT


def moment(iso: str, lang: str) -> str:
    """Write a moment for the reader; a text that is none is returned as it is.

    >>> moment("2026-01-06T14:02:09+00:00", "en"), moment("2026-01-06T14:02:09+00:00", "zh")
    ('6 Jan 2026, 14:02 UTC', '2026年1月6日 14:02 UTC')
    """
    try:
        when = dt.datetime.fromisoformat(iso)
    except ValueError:
        return iso
    zone = f" {when.tzname()}" if when.tzinfo else ""
    return f"{formats.date(when, lang)}{' ' if lang == 'zh' else ', '}{when:%H:%M}{zone}"


def _rows(table: Table, say: Translator) -> str:
    """Say how much of a table is shown."""
    if len(table.cells) == table.rows:
        return ""
    return say(
        "{shown} of {rows} rows shown.",
        shown=f"{len(table.cells):,}",
        rows=f"{table.rows:,}",
    )


def _picture(figures: Path, name: str) -> dict[str, str]:
    """Return a figure's drawings as data URIs, the narrow one only if there is one.

    As pictures they are inert: a browser runs no script in them and loads nothing for them.
    """
    narrow = figures / f"{name}-narrow.svg"
    return {
        "wide": _data_uri(figures / f"{name}.svg"),
        "narrow": _data_uri(narrow) if narrow.is_file() else "",
    }


def _data_uri(path: Path) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode("ascii")
