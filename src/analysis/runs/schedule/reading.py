"""``schedule.toml`` to a checked :class:`~.spec.Schedule`; everything wrong in one message."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analysis.base.errors import InputError, InputProblems, Problem, nearest
from analysis.base.language import LANGUAGES
from analysis.base.paths import Home
from analysis.data.reading.toml import read_toml
from analysis.data.reading.toml_lines import Lines
from analysis.runs.schedule import checks
from analysis.runs.schedule.calendar import phases_of
from analysis.runs.schedule.cron import parse
from analysis.runs.schedule.spans import span
from analysis.runs.schedule.spec import Alert, Freshness, Job, Phase, Recipient, Schedule

FILE = "schedule.toml"
RULES = ("never", "failure", "red", "watch", "change", "always")
ATTACHMENTS = ("none", "picture", "pdf")
OVERLAPS = ("skip", "queue")
_NAME = re.compile(r"[\w.-]{1,60}")
_MISSING = object()

Read = Callable[[Any], Any]


def read_schedule(home: Home, path: Path, *, secrets: bool = True) -> Schedule:
    """Read and check a schedule; nothing is started and nothing is sent.

    Args:
        home: The project.
        path: The file.
        secrets: Whether every secret that a recipient needs must be in the environment.

    Raises:
        InputError: If the file is missing or is not TOML.
        InputProblems: Naming line, what was found and what to write instead, for all findings.
    """
    content = read_toml(path, "schedule")
    lines = Lines(path.read_text(encoding="utf-8-sig"))
    return _Reader(home, path, lines, secrets=secrets).schedule(content)


class _Reader:
    """Reads one file; collects what is wrong."""

    def __init__(self, home: Home, path: Path, lines: Lines, *, secrets: bool) -> None:
        self._home, self._path, self._lines, self._secrets = home, path, lines, secrets
        self._problems: list[Problem] = []

    def schedule(self, content: Mapping[str, Any]) -> Schedule:
        top = _Table(self, content, ())
        general = top.table("schedule")
        zone = general.get("time_zone", _zone, ZoneInfo("UTC"))
        base_url = general.get("base_url", _url, "")
        state = self._path.parent / str(general.get("state", _text, ".schedule"))
        if state.exists() and not state.is_dir():
            self.wrong(f"state {str(state)!r}, a file", "a folder, or a new name for one",
                       "schedule", "state")  # fmt: skip
        calendar = general.get("calendar", _text, "")
        mapping = general.get("calendar_mapping", _text, "")
        general.close()
        spans = [_phase(each) for each in top.tables("phases")]
        phases = (*filter(None, spans), *self._calendar(calendar, mapping))
        recipients = {
            name: r for name, t in top.named("recipients") if (r := self._recipient(name, t))
        }
        known = set(content.get("recipients", {}))
        jobs = [self._job(each, zone, phases, known) for each in top.tables("jobs")]
        top.close()
        if not jobs and not self._problems:
            self.wrong("no job", "at least one table [[jobs]]")
        made = tuple(job for job in jobs if job is not None)
        self._unlike(made)
        if self._problems:
            problems = sorted(self._problems, key=lambda problem: problem.line or 0)
            raise InputProblems(str(self._path), problems)
        return Schedule(self._path, base_url, state, made, recipients, phases)

    def wrong(self, found: str, expected: str, *place: str | int) -> None:
        """Take note of one finding."""
        self._problems.append(Problem(found, expected, line=self._lines.of(*place)))

    def line(self, *place: str | int) -> int:
        """Return the line of a key, 0 if it has none."""
        return self._lines.of(*place) or 0

    def _calendar(self, data: str, mapping: str) -> tuple[Phase, ...]:
        if not data:
            return ()
        try:
            return phases_of(self._home, data, mapping)
        except InputError as error:
            found, expected = f"a calendar that cannot be read: {error}", "a promotion calendar"
            self.wrong(found, expected, "schedule", "calendar")
            return ()

    def _recipient(self, name: str, table: _Table) -> Recipient | None:
        url = table.get("url", _text)
        lang = table.get("lang", _one_of(LANGUAGES), "en")
        table.close()
        if url is None:
            return None
        for found, expected in checks.recipient(url, secrets=self._secrets):
            self.wrong(found, expected, *table.place, "url")
        return Recipient(name, url, lang)

    def _job(
        self, table: _Table, zone: ZoneInfo, phases: tuple[Phase, ...], recipients: set[str]
    ) -> Job | None:
        before = len(self._problems)
        name = table.get("name", _name)
        notebook = table.get("notebook", _text)
        cron = table.get("cron", lambda text: str(parse(_text(text))))
        own_zone = table.get("time_zone", _zone, zone)
        parameters = table.get("parameters", _mapping, {})
        grid = table.get("grid", _texts_by_name, {})
        workers = table.get("workers", _count(1), 1)
        during = table.get("during", _texts, ())
        freshness = _freshness(table.table("freshness")) if table.has("freshness") else None
        retries = table.get("retries", _count(0), 0)
        backoff = table.get("backoff", _span, dt.timedelta(minutes=1))
        timeout = table.get("timeout", _pause, None)
        grace = table.get("grace", _span, dt.timedelta(hours=12))
        overlap = table.get("overlap", _one_of(OVERLAPS), "skip")
        exports = table.get("exports", _texts, ())
        alert = _alert(table.table("alert")) if table.has("alert") else Alert("never", (), "none")
        table.close()
        if len(self._problems) > before:
            return None
        job = Job(
            name=name, line=self.line(*table.place), notebook=notebook, cron=cron, zone=own_zone,
            parameters=parameters, grid=grid, workers=workers, during=during, freshness=freshness,
            retries=retries, backoff=backoff, timeout=timeout, grace=grace, overlap=overlap,
            exports=exports, alert=alert,
        )  # fmt: skip
        for keys, found, expected in checks.job(self._home, job, phases, recipients):
            self.wrong(found, expected, *table.place, *keys)
        return job

    def _unlike(self, jobs: tuple[Job, ...]) -> None:
        first: dict[str, int] = {}
        for job in jobs:
            if job.name in first:
                expected = f"another name than that of the job on line {first[job.name]}"
                found = f"a second job named {job.name!r}"
                self._problems.append(Problem(found, expected, line=job.line))
            first.setdefault(job.name, job.line)


class _Table:
    """One table of the file: gives checked values, and refuses the keys nobody asked for."""

    def __init__(self, reader: _Reader, content: Any, place: tuple[str | int, ...]) -> None:
        self._reader, self.place = reader, place
        if not isinstance(content, Mapping):
            reader.wrong(_said(content), f"a table [{'.'.join(map(str, place))}]", *place)
            content = {}
        self._content, self._asked = content, set[str]()

    def has(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._content

    def get(self, key: str, read: Read, default: Any = _MISSING) -> Any:
        if not self.has(key):
            if default is _MISSING:
                self._reader.wrong(f"no {key!r}", f"a line `{key} = …`", *self.place)
                return None
            return default
        try:
            return read(self._content[key])
        except ValueError as error:
            self._reader.wrong(f"{key} = {_said(self._content[key])}", str(error), *self.place, key)
            return None if default is _MISSING else default

    def table(self, key: str) -> _Table:
        self._asked.add(key)
        return _Table(self._reader, self._content.get(key, {}), (*self.place, key))

    def tables(self, key: str) -> list[_Table]:
        self._asked.add(key)
        found = self._content.get(key, [])
        if not isinstance(found, list):
            self._reader.wrong(_said(found), f"tables [[{key}]]", *self.place, key)
            return []
        return [_Table(self._reader, each, (*self.place, key, n)) for n, each in enumerate(found)]

    def named(self, key: str) -> list[tuple[str, _Table]]:
        names = self.table(key)._content
        return [(name, _Table(self._reader, names[name], (key, name))) for name in names]

    def close(self) -> None:
        for key in sorted(self._content.keys() - self._asked):
            expected = f"a key that is known here; {nearest(key, self._asked)}"
            self._reader.wrong(f"key {key!r}", expected, *self.place, key)


def _freshness(table: _Table) -> Freshness | None:
    data = table.get("data", _text)
    mapping = table.get("mapping", _text, "")
    column = table.get("column", _text)
    through = table.get("through", _text, "{scheduled_date-1d}")
    wait = table.get("wait", _span, dt.timedelta(hours=2))
    every = table.get("every", _pause, dt.timedelta(minutes=5))
    table.close()
    return Freshness(data, mapping, column, through, wait, every)


def _alert(table: _Table) -> Alert:
    when = table.get("when", _one_of(RULES), "failure")
    to = table.get("to", _texts, ())
    attach = table.get("attach", _one_of(ATTACHMENTS), "none")
    table.close()
    return Alert(when, to, attach)


def _phase(table: _Table) -> Phase | None:
    event = table.get("event", _text)
    phase = table.get("phase", _text, "")
    platform = table.get("platform", _text, "")
    start, end = table.get("start", _day), table.get("end", _day)
    table.close()
    if event is None or start is None or end is None:
        return None
    if end < start:
        table._reader.wrong(
            f"end {end}", f"a day not before the start {start}", *table.place, "end"
        )
    return Phase(event, phase, platform, start, end)


def _said(value: Any) -> str:
    if isinstance(value, str | int | float):
        return repr(value)
    return "a table" if isinstance(value, dict) else f"a {type(value).__name__}"


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text that is not empty")
    return value


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value) or value in (".", ".."):
        raise ValueError("a name of letters, digits, - _ and ., at most 60 long")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list):
        raise ValueError("a text or a list of texts")
    return tuple(_text(each) for each in values)


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("a table of names and values")
    return {name: each.isoformat() if isinstance(each, dt.date | dt.time) else each
            for name, each in value.items()}  # fmt: skip


def _texts_by_name(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        raise ValueError('a table such as { store = "1..100" }')
    return {
        name: ",".join(map(str, each)) if isinstance(each, list) else str(each)
        for name, each in value.items()
    }


def _day(value: Any) -> dt.date:
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError("a day such as 2026-06-18") from None
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise ValueError("a day such as 2026-06-18")
    return value


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        from zoneinfo import available_timezones

        hint = nearest(str(value), available_timezones()) if value else ""
        hint = hint if hint.startswith("did") else "such as Asia/Shanghai"
        raise ValueError(f"a time zone of the IANA list; {hint}") from None


def _url(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"(https?|file)://\S+", value):
        raise ValueError("an address that begins with https://, http:// or file://")
    return value.rstrip("/")


def _span(value: Any) -> dt.timedelta:
    if not isinstance(value, str):
        raise ValueError("a length of time such as 90s, 10m, 2h or 1d")
    return span(value)


def _pause(value: Any) -> dt.timedelta:
    found = _span(value)
    if found < dt.timedelta(seconds=1):
        raise ValueError("a length of time of 1s or more")
    return found


def _count(least: int) -> Read:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 1000:
            raise ValueError(f"a whole number from {least} to 1000")
        return value

    return read


def _one_of(choices: tuple[str, ...]) -> Read:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return str(value)

    return read
