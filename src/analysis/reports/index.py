"""``reports/index.html``: every report with its answer, its trend and what changed; every failure.

The page is complete as it stands. Its one script, allowed by its checksum alone, adds search and
filters; without it they are not shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.base.nature import natures
from analysis.reports import boards, sparkline
from analysis.reports.items import SHAPES, Number, Status
from analysis.reports.page import GLYPH_NOTE, TEMPLATES, moment, stylesheet, with_fonts
from analysis.reports.tables import statuses

# Each language in its own words, for those who look for it.
TONGUES = {"en": "English", "zh": "中文"}
FAILED_SHAPE = "×"
RUNS = 200


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in the history of a report.

    Attributes:
        run_id: Name of its folder.
        href: Its page, relative to the index; empty for a failed run.
        finished: When it ended, ISO 8601.
        status: Status of its headline, or ``failed``.
        lang: Language of its report.
        number: Its first headline number, written out; empty without one.
        changed: Parameters that differ from their defaults.
        reason: Why it failed.
    """

    run_id: str
    href: str
    finished: str
    status: Status | Literal["failed"]
    lang: str
    number: str = ""
    changed: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since the last comparable run, in the page's words.

    Attributes:
        finished: When that run ended, ISO 8601.
        href: Its page, relative to the index.
        numbers: Arrow, direction in words, label, change, and whether the number left its earlier
            interval; only numbers that changed.
        status: Earlier and later status, if they differ.
        sentence: The earlier headline sentence, if it read differently.
        more: What else changed or may be the cause, as sentences.
        command: Command that shows all of it; empty if there is nothing to show.
    """

    finished: str
    href: str
    numbers: tuple[tuple[str, str, str, str, bool], ...] = ()
    status: tuple[str, str] | None = None
    sentence: str = ""
    more: tuple[str, ...] = ()
    command: str = ""


@dataclass(frozen=True, slots=True)
class Trend:
    """A number's way through comparable runs: its label, unit, values, first and last moment."""

    label: str
    unit: str
    points: tuple[sparkline.Point, ...]
    first: str
    last: str


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
        lang: Language of the report.
        nature: Nature of its main data; empty if it has no data card.
        changed: Parameters that differ from their defaults.
        stale: Why it is not of the current code and data; empty if it is.
        elsewhere: Language and page of the same answer in other languages.
        trend: Way of the first number; None if it has none.
        since: What changed since the last comparable run; None if there is no such run.
        runs: All its runs, latest first.
        grid: Page of its latest grid, and how that went, in words; None if there is none.
    """

    notebook: str
    title: str
    run_id: str
    href: str
    sentence: str
    status: Status
    numbers: tuple[Number, ...]
    finished: str
    lang: str = "en"
    nature: str = ""
    changed: Mapping[str, Any] = field(default_factory=dict)
    stale: str = ""
    elsewhere: tuple[tuple[str, str], ...] = ()
    trend: Trend | None = None
    since: Since | None = None
    runs: tuple[RunLine, ...] = ()
    grid: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """One run that failed: notebook, run, when it ended (ISO 8601) and the reason in one line."""

    notebook: str
    run_id: str
    finished: str
    reason: str


def render(
    entries: Sequence[IndexEntry],
    failures: Sequence[Failure],
    lang: str = "en",
    *,
    unusable: Sequence[tuple[str, str]] = (),
    other: str = "",
) -> str:
    """Return the index page.

    Args:
        entries: Reports, in the order in which they are to stand.
        failures: Failed runs that no good one has followed, in the order in which they are to
            stand.
        lang: Language of the page's own words.
        unusable: Path and reason of manifests that cannot be used.
        other: File of the same index in the other language, beside this one; empty for none.
    """
    say = translator(lang)
    markup = boards.template("index.html.j2").render(
        lang=lang,
        entries=entries,
        failures=failures,
        unusable=unusable,
        other=other,
        other_lang="zh" if lang == "en" else "en",
        say=_words(say) | {"counts": _counts(say, len(entries), len(failures))},
        shapes=SHAPES | {"failed": FAILED_SHAPE},
        status=statuses(say) | {"failed": say("Failed")},
        natures=natures(lang),
        languages={"en": say("English"), "zh": say("Chinese")},
        tongues=TONGUES,
        tally=_tally(entries, failures),
        style=stylesheet() + (TEMPLATES / "index.css").read_text(encoding="utf-8"),
        **boards.script("index.js"),
        most=RUNS,
        glyph_note=GLYPH_NOTE,
        moment=lambda iso: moment(iso, lang),
        trend=lambda trend: _trend(trend, lang),
    )
    return with_fonts(markup, lang)


def _tally(entries: Sequence[IndexEntry], failures: Sequence[Failure]) -> list[tuple[str, int]]:
    """Count the reports of every status, worst first, then failures; none without one."""
    counts = dict.fromkeys(("bad", "watch", "good", "info"), 0)
    for entry in entries:
        counts[entry.status] += 1
    return [(code, n) for code, n in [*counts.items(), ("failed", len(failures))] if n]


def _trend(trend: Trend, lang: str) -> dict[str, str]:
    """Return the drawing of a trend and the line below it."""
    say, write = translator(lang), formats.by_unit(trend.unit, lang)
    values = [point.value for point in trend.points]
    label = say(
        "{label}, {runs} comparable runs from {first} to {last}: from {start} to {end},"
        " lowest {low}, highest {high}.",
        label=trend.label, runs=len(values), first=moment(trend.first, lang),
        last=moment(trend.last, lang), start=write(values[0]), end=write(values[-1]),
        low=write(min(values)), high=write(max(values)),
    )  # fmt: skip
    below = say("{runs} runs since {first}", runs=len(values), first=_day(trend.first, lang))
    return {"drawing": sparkline.draw(trend.points, label), "below": below}


def _day(iso: str, lang: str) -> str:
    try:
        return formats.date(dt.datetime.fromisoformat(iso), lang)
    except ValueError:
        return iso


def _counts(say: Translator, reports: int, failures: int) -> str:
    return say("{reports} published, {failures} failed", reports=reports, failures=failures)


def _words(say: Translator) -> dict[str, str]:
    return {
        "title": say("Reports"),
        "colon": say(": "),
        "comma": say(", "),
        "changed": say("changed parameters"),
        "stale": say("Not run with the current code and data"),
        "failed": say("Failed runs"),
        "failed_note": say("A failed run replaces nothing: the report above is from the last good"
                           " one."),
        "empty": say("No report yet. Run: make report"),
        "elsewhere": say("also in"),
        "since": say("Since the run of"),
        "unchanged": say("No number changed."),
        "status": say("Status"),
        "outside": say("outside the earlier interval"),
        "earlier_headline": say("Earlier headline"),
        "cause": say("Details"),
        "runs": say("All runs"),
        "default": say("default parameters"),
        "grid": say("Latest grid"),
        "older": say("Older runs are in the folder"),
        "unusable": say("Run folders that cannot be read"),
        "unusable_note": say("Not listed above. Delete them, or run the notebook again."),
        "find": say("Find"),
        "filters": say("Find and filter"),
        "notebook": say("Notebook"),
        "language": say("Language"),
        "any": say("all"),
        "only_failed": say("Failed runs only"),
        "shown": say("{shown} of {all} reports shown", shown="{shown}", all="{all}"),
    }  # fmt: skip
