"""``reports/index.html``: every report with its answer, and every run that failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from analysis.base.language import Translator, translator
from analysis.base.nature import natures
from analysis.reports.items import SHAPES, Number, Status
from analysis.reports.page import TEMPLATES, moment, statuses, stylesheet, with_fonts


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One report that is served.

    Attributes:
        notebook: Name of the notebook.
        title: Its title.
        run_id: The run that is served.
        href: Its page, relative to the index.
        sentence: Headline sentence; empty if the report has none.
        status: Its status.
        numbers: Its first numbers; two are shown.
        finished: When the run ended, ISO 8601.
        nature: Nature of its main data; empty if it has no data card.
        changed: Parameters that differ from their defaults.
        stale: Why it is not of the current code and data; empty if it is.
        earlier: Label and page of earlier runs, latest first.
    """

    notebook: str
    title: str
    run_id: str
    href: str
    sentence: str
    status: Status
    numbers: tuple[Number, ...]
    finished: str
    nature: str = ""
    changed: Mapping[str, Any] = field(default_factory=dict)
    stale: str = ""
    earlier: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """One run that failed: notebook, run, when it ended (ISO 8601) and the reason in one line."""

    notebook: str
    run_id: str
    finished: str
    reason: str


def render(entries: Sequence[IndexEntry], failures: Sequence[Failure], lang: str = "en") -> str:
    """Return the index page.

    Args:
        entries: Reports, in the order in which they are to stand.
        failures: Failed runs, in the order in which they are to stand.
        lang: Language of the page's own words.
    """
    say = translator(lang)
    markup = _template().render(
        lang=lang,
        entries=entries,
        failures=failures,
        say=_words(say, len(entries), len(failures)),
        shapes=SHAPES,
        status=statuses(say),
        natures=natures(lang),
        style=stylesheet(),
        moment=lambda iso: moment(iso, lang),
    )
    return with_fonts(markup, lang)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["href"] = _href
    return environment.get_template("index.html.j2")


def _href(path: str) -> str:
    """A link that can only lead to a place beside the index, whatever characters are in it."""
    return "./" + quote(path.lstrip("/"), safe="/")


def _words(say: Translator, reports: int, failures: int) -> dict[str, str]:
    return {
        "title": say("Reports"),
        "counts": say("{reports} published, {failures} failed", reports=reports,
                      failures=failures),
        "colon": say(": "),
        "comma": say(", "),
        "changed": say("changed parameters"),
        "stale": say("Not run with the current code and data"),
        "earlier": say("Earlier runs"),
        "failed": say("Failed runs"),
        "failed_note": say("A failed run replaces nothing: the report above is from the last good"
                           " one."),
        "empty": say("No report yet. Run `make report`."),
    }  # fmt: skip
