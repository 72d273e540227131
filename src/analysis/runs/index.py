"""``reports/index.html`` and ``index.zh.html``, rebuilt from what is published."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from analysis.base.errors import InputError
from analysis.base.files import write_atomically
from analysis.base.language import LANGUAGES, translator
from analysis.base.paths import Home
from analysis.reports.boards import file_of
from analysis.reports.index import Failure, IndexEntry, RunLine, Since, Trend, render
from analysis.reports.sparkline import Point
from analysis.runs import changes_told as told
from analysis.runs.changes import Changes, compare, same
from analysis.runs.grid.latest import latest
from analysis.runs.history import Past, comparable, last_comparable, read, trend
from analysis.runs.published import RESULTS
from analysis.runs.store import Store

LANG = frozenset({"lang"})
CHANGES = 4
POINTS = 60


def path(home: Home, lang: str = "en") -> Path:
    """Return where the index in a language is."""
    return home.reports / file_of(lang)


def rebuild(home: Home) -> Path:
    """Write the index anew in every language, each page replaced in one step.

    Returns:
        The English page; it leads to the others.
    """
    # Of two runs that end together the second must not be left out by what the first has read.
    with FileLock(home.reports / ".index.lock"):
        _write(home)
    return path(home)


def _write(home: Home) -> None:
    history = read(home)
    served, unusable = _served(home, history.runs)
    failures = [
        Failure(past.notebook, past.run_id, past.finished, past.reason)
        for name, runs in history.runs.items()
        if (past := _open_failure(runs, served.get(name)))
    ]
    for lang in LANGUAGES:
        entries = [
            replace(_entry(history.runs[name], run, lang), grid=latest(home, name, lang))
            for name, run in served.items()
        ]
        markup = render(
            entries, failures, lang,
            unusable=[*history.unusable, *unusable],
            other=file_of("zh" if lang == "en" else "en"),
        )  # fmt: skip
        write_atomically(path(home, lang), markup.encode())


def _served(
    home: Home, runs: Mapping[str, tuple[Past, ...]]
) -> tuple[dict[str, Past], list[tuple[str, str]]]:
    """Return the run that each notebook's pointer names, and pointers that cannot be used.

    Without a usable pointer the latest good run stands in.
    """
    store, served, unusable = Store(home.reports), {}, []
    for name, found in runs.items():
        good = [past for past in found if past.good]
        try:
            wanted = store.current(name).get("run")
        except (InputError, AttributeError) as error:
            wanted = None
            unusable.append((f"{name}/current.json", type(error).__name__))
        run = next((past for past in good if past.run_id == wanted), good[-1] if good else None)
        if run:
            served[name] = run
    return served, unusable


def _open_failure(runs: Sequence[Past], served: Past | None) -> Past | None:
    """Return the latest failure if it came after the run that is served."""
    last = next((past for past in reversed(runs) if not past.good), None)
    return last if last and (served is None or last.finished > served.finished) else None


def _entry(runs: Sequence[Past], served: Past, lang: str) -> IndexEntry:
    """Return a report's entry, told by a run in the page's language if it gave the same answer."""
    tellers = _same_answer(runs, served)
    run = tellers.get(lang, served)
    failure = _open_failure(runs, served)
    return IndexEntry(
        notebook=run.notebook,
        title=run.title,
        run_id=run.run_id,
        href=_href(run),
        sentence=run.sentence,
        status=run.status,
        numbers=run.numbers[:2],
        finished=run.finished,
        lang=run.lang,
        nature=run.nature,
        changed={name: value for name, value in run.changed.items() if name != "lang"},
        # A failure with other parameters says nothing about the report that is served.
        stale=failure.reason if failure and comparable(failure, served, LANG) else "",
        elsewhere=tuple(
            (each, _href(past)) for each, past in sorted(tellers.items()) if each != run.lang
        ),
        trend=_trend(runs, run),
        since=_since(runs, run, lang),
        runs=tuple(_line(past) for past in reversed(runs)),
    )


def _same_answer(runs: Sequence[Past], served: Past) -> dict[str, Past]:
    """Return language → latest run that differs from the served one in nothing but language."""
    found = {
        past.lang: past
        for past in runs
        if past.good and comparable(past, served, LANG) and _equal_answers(past, served)
    }
    return found | {served.lang: served}


def _equal_answers(one: Past, other: Past) -> bool:
    pairs = [{number.name: number.value for number in past.numbers} for past in (one, other)]
    return (
        one.status == other.status
        and pairs[0].keys() == pairs[1].keys()
        and all(same(value, pairs[1][name]) for name, value in pairs[0].items())
    )


def _href(past: Past) -> str:
    return f"{past.notebook}/{past.run_id}/report.html" if past.good else ""


def _line(past: Past) -> RunLine:
    return RunLine(
        run_id=past.run_id,
        href=_href(past),
        finished=past.finished,
        status=past.status if past.good else "failed",
        lang=past.lang,
        number=past.numbers[0].text if past.numbers else "",
        changed=past.changed,
        reason=past.reason,
    )


def _trend(runs: Sequence[Past], run: Past) -> Trend | None:
    """Return the way of the first number through comparable runs; None if there are not two."""
    if not run.numbers:
        return None
    first = run.numbers[0]
    found = [
        (past.finished, number)
        for past in trend(runs, run)
        for number in past.numbers
        if (number.name, number.unit) == (first.name, first.unit) and _finite(number.value)
    ][-POINTS:]
    if len(found) < 2:
        return None
    points = tuple(
        Point(number.value, number.lo, number.hi)
        if _finite(number.lo) and _finite(number.hi)
        else Point(number.value)
        for _, number in found
    )
    return Trend(first.label, first.unit, points, found[0][0], found[-1][0])


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _since(runs: Sequence[Past], run: Past, lang: str) -> Since | None:
    """Compare a run with the last comparable one; None if there is none."""
    before = last_comparable(runs, run)
    if before is None:
        return None
    say = translator(lang)
    command = f"analysis diff {before.run_id} {run.run_id}"
    try:
        sides = [(past.manifest, _results(past)) for past in (before, run)]
        found = compare(*sides[0], *sides[1])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = say("The two runs cannot be compared: {error}", error=type(error).__name__)
        return Since(before.finished, _href(before), more=(reason,), command=command)
    status = found.status
    return Since(
        finished=before.finished,
        href=_href(before),
        numbers=_numbers(found, lang),
        status=(status[0], status[1]) if status[0] and status[1] and status[0] != status[1]
        else None,
        sentence=found.sentence[0] if found.sentence else "",
        more=(told.summary(found, lang),),
        command="" if found.none else command,
    )  # fmt: skip


def _numbers(found: Changes, lang: str) -> tuple[tuple[str, str, str, str, bool], ...]:
    words = told.directions(lang)
    # Those that left their earlier interval are the news; the command below shows all.
    first = sorted(found.beyond, key=lambda number: not number.outside)[:CHANGES]
    return tuple(
        (told.ARROWS[n.direction], words[n.direction], n.label, told.change(n, lang), n.outside)
        for n in first
    )


def _results(past: Past) -> dict[str, object]:
    content: dict[str, object] = json.loads((past.folder / RESULTS).read_text(encoding="utf-8"))
    return content
