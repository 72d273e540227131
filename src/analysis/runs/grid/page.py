"""The page of a grid: every run with its answer, its first number on one scale, what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from analysis.base import formats
from analysis.base.language import translator
from analysis.reports import boards
from analysis.reports.index import FAILED_SHAPE, TONGUES
from analysis.reports.items import SHAPES
from analysis.reports.page import GLYPH_NOTE, TEMPLATES, moment, stylesheet, with_fonts
from analysis.reports.tables import statuses
from analysis.runs.grid.tables import Combined, Result

WIDTH, HEIGHT, MARGIN = 160.0, 14.0, 5.0


@dataclass(frozen=True, slots=True)
class Facts:
    """How a grid came to be.

    Attributes:
        notebook: Name of the notebook.
        grid_id: Name of its folder.
        axes: Name → values.
        given: Parameters that are the same in all runs, written out.
        finished: When it ended, ISO 8601.
    """

    notebook: str
    grid_id: str
    axes: Mapping[str, Sequence[str]]
    given: Mapping[str, str]
    finished: str


def render(
    facts: Facts, title: str, results: Sequence[Result], combined: Sequence[Combined], lang: str
) -> str:
    """Return the page.

    Args:
        facts: How the grid came to be.
        title: Title of the notebook in the page's language.
        results: All cells, in order.
        combined: Tables of all runs together.
        lang: Language of the page's own words; what the runs say is in their own.
    """
    say = translator(lang)
    rows = _rows(facts.notebook, results, lang)
    first = _first(results)
    label = str(first[1]["label"]) if first else ""
    good = sum(each.good for each in results)
    codes = [row["status"] for row in rows]
    counts = {"cells": len(results), "good": good, "failed": len(results) - good}
    markup = boards.template("grid.html.j2").render(
        lang=lang,
        facts=facts,
        other=boards.file_of("zh" if lang == "en" else "en"),
        other_lang="zh" if lang == "en" else "en",
        tongues=TONGUES,
        rows=rows,
        axes=[(name, _span(values)) for name, values in facts.axes.items()],
        label=label,
        combined=[(one, _combined_words(one, say)) for one in combined],
        tally=[(c, codes.count(c)) for c in ("failed", "bad", "watch", "good", "info")
               if c in codes],
        shapes=SHAPES | {"failed": FAILED_SHAPE},
        status=statuses(say) | {"failed": say("Failed")},
        say=_words(say, title, counts, label) | {"foreign": _foreign(results, lang)},
        when=moment(facts.finished, lang),
        style=stylesheet() + "".join(
            (TEMPLATES / name).read_text(encoding="utf-8") for name in ("index.css", "grid.css")
        ),
        **boards.script("grid.js"),
        glyph_note=GLYPH_NOTE,
    )  # fmt: skip
    return with_fonts(markup, lang)


def _first(results: Sequence[Result]) -> tuple[str, Mapping[str, Any]] | None:
    """Return name and content of the first headline number of the first run that has one."""
    return next((pair for each in results for pair in each.numbers.items()), None)


def _rows(notebook: str, results: Sequence[Result], lang: str) -> list[dict[str, Any]]:
    first = _first(results)
    shown = [_shown(each, first) for each in results]
    ends = [
        value for number in shown if number
        for value in (number["value"], number["lo"], number["hi"]) if value is not None
    ]  # fmt: skip
    low, high = min([0.0, *ends]), max([0.0, *ends])
    rows = []
    for each, number in zip(results, shown, strict=True):
        headline = each.results.get("headline") or {}
        write = formats.by_unit(str(number["unit"]), lang) if number else str
        value = number["value"] if number else None
        interval = ""
        if number and number["lo"] is not None and number["hi"] is not None:
            interval = f"{write(number['lo'])} – {write(number['hi'])}"
        rows.append({
            "values": list(each.cell.values.values()),
            "status": headline.get("status", "info") if each.good else "failed",
            "sentence": headline.get("sentence", ""),
            "lang": each.lang if each.lang != lang else "",
            "reason": each.done.reason,
            "href": f"../../../{quote(notebook)}/{quote(each.run_id)}/report.html"
            if each.good else "",
            "text": write(value) if value is not None else "",
            "interval": interval,
            "value": "" if value is None else repr(float(value)),
            "bar": _bar(number, low, high) if number else "",
        })  # fmt: skip
    return rows


def _shown(each: Result, first: tuple[str, Mapping[str, Any]] | None) -> Mapping[str, Any] | None:
    """Return a run's number that is drawn: of the same name and unit in all runs."""
    number = each.numbers.get(first[0]) if first else None
    return number if number and first and number["unit"] == first[1]["unit"] else None


def _bar(number: Mapping[str, Any], low: float, high: float) -> Markup:
    """Draw a value as a bar from zero and its interval as a line, on the scale of all runs."""
    if number["value"] is None or high <= low:
        return Markup("")

    def x(value: float) -> float:
        return MARGIN + (value - low) / (high - low) * (WIDTH - 2 * MARGIN)

    middle = HEIGHT / 2
    ends = sorted((x(0.0), x(number["value"])))
    drawn = f'<rect x="{ends[0]:.1f}" y="2" width="{ends[1] - ends[0]:.1f}" height="10"/>'
    if number["lo"] is not None and number["hi"] is not None:
        drawn += (
            f'<line x1="{x(number["lo"]):.1f}" x2="{x(number["hi"]):.1f}" '
            f'y1="{middle}" y2="{middle}"/>'
        )
    drawn += f'<circle cx="{x(number["value"]):.1f}" cy="{middle}" r="2.5"/>'
    return Markup(
        f'<svg class="spread" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" aria-hidden="true">{drawn}</svg>'
    )


def _span(values: Sequence[str]) -> str:
    if len(values) <= 8:
        return ", ".join(values)
    return f"{', '.join(values[:3])}, … {values[-1]} ({len(values):,})"


def _foreign(results: Sequence[Result], lang: str) -> str:
    """Say in which other language runs answer; empty if all answer in the page's own."""
    say = translator(lang)
    told = {"en": say("English"), "zh": say("Chinese")}
    found = sorted({each.lang for each in results if each.lang} - {lang})
    names = say(", ").join(told.get(each, each) for each in found)
    return say("Answers stand in the language of their run: {names}.", names=names) if names else ""


def _combined_words(one: Combined, say: Any) -> str:
    if one.left_out:
        return str(say("Left out: {reason}", reason=say("columns differ between runs")))
    return str(say("{rows} rows of {runs} runs", rows=f"{one.rows:,}", runs=one.runs))


def _words(say: Any, title: str, counts: Mapping[str, int], label: str) -> dict[str, str]:
    return {
        "title": say("Grid of {title}", title=title),
        "counts": say("{cells} runs: {good} good, {failed} failed", **counts),
        "over": say("Over"),
        "same": say("The same in all"),
        "find": say("Find"),
        "filters": say("Find and filter"),
        "status": say("Status"),
        "any": say("all"),
        "sort": say("Sort by"),
        "shown": say("{shown} of {all} runs shown", shown="{shown}", all="{all}"),
        "runs": say("Runs of this grid"),
        "note": say("{label} of every run, with its interval, on one scale", label=label)
        if label else "",
        "failed_note": say("A failed run replaces nothing and is not in the tables; the same"
                           " command runs only what is missing."),
        "tables": say("Tables of all runs together"),
        "answer": say("Answer"),
        "reports": say("Reports"),
        "colon": say(": "),
        "comma": say(", "),
    }  # fmt: skip
