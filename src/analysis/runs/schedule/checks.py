"""What ``analysis schedule check`` asks of a job and of a recipient, beyond the right types."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from analysis.base.errors import InputError, InputProblems, nearest
from analysis.base.paths import Home
from analysis.data.catalog.listing import read_catalog
from analysis.data.reading.names import is_connection
from analysis.data.reading.reader import kind_of
from analysis.runs import notebooks
from analysis.runs.alerts.secrets import VARIABLE
from analysis.runs.grid.cells import plan
from analysis.runs.notebooks import Notebook
from analysis.runs.parameters import bind
from analysis.runs.schedule.spec import Job, Phase
from analysis.runs.schedule.templates import fill
from analysis.runs.schedule.times import spellings

# Any moment does to see whether a template can be filled; a fixed one keeps the answer the same.
_TRIAL = dt.datetime(2026, 6, 18, 7, 30)
_NO_CALENDAR = "there is no calendar: name one in [schedule] calendar, or write [[phases]]"

Finding = tuple[tuple[str, ...], str, str]


def job(home: Home, job: Job, phases: Sequence[Phase], recipients: set[str]) -> Iterator[Finding]:
    """Yield what is wrong with a job: where in its table, what was found, what to write."""
    yield from _notebook(home, job)
    yield from _phases(job, phases)
    yield from _people(job, recipients)
    yield from _exports(job)
    if job.freshness is not None:
        yield from _template(job, job.freshness.through, ("freshness", "through"), day=True)
        yield from _file(home, job.freshness.mapping, ("freshness", "mapping"))
        yield from _source(home, job.freshness.data, ("freshness", "data"))


def _notebook(home: Home, job: Job) -> Iterator[Finding]:
    valid = notebooks.names(home)
    try:
        notebook = notebooks.find(home, job.notebook)
    except InputError as error:
        if job.notebook in valid:
            found = f"notebook {job.notebook!r}, which cannot be run: {_one_line(error)}"
            yield ("notebook",), found, "a notebook that `analysis params` can list"
            return
        yield (
            ("notebook",),
            f"notebook {job.notebook!r}",
            nearest_of(job.notebook, valid, "a notebook"),
        )
        return
    given: dict[str, Any] = {}
    for name, value in job.parameters.items():
        wrong = list(_template(job, value, ("parameters", name)))
        yield from wrong
        if not wrong:
            given[name] = fill(value, _TRIAL.replace(tzinfo=job.zone))
    for name, value in given.items():
        try:
            bind(notebook.parameters, {name: value}, notebook.name)
        except InputProblems as error:
            for problem in error.problems:
                yield ("parameters", name), problem.found, problem.expected
    mapping = given.get("mapping")
    if isinstance(mapping, str):
        yield from _file(home, mapping, ("parameters", "mapping"))
    yield from _grid(home, job, notebook, given)


def _grid(home: Home, job: Job, notebook: Notebook, given: Mapping[str, Any]) -> Iterator[Finding]:
    """Check the grid against notebook and table; a table that is not there yet comes later."""
    try:
        bind(notebook.parameters, given, notebook.name)
    except InputProblems:
        return  # said already, where it stands
    try:
        if job.grid:
            plan(home, notebook, given, job.grid, later=True)
    except InputProblems as error:
        for problem in error.problems:
            yield ("grid",), problem.found, problem.expected
    except InputError as error:
        written = ", ".join(f"{name}={values}" for name, values in job.grid.items())
        yield ("grid",), f"grid {written}", f"one that can run ({_one_line(error)})"


def _template(
    job: Job, value: Any, keys: tuple[str, ...], *, day: bool = False
) -> Iterator[Finding]:
    try:
        filled = fill(value, _TRIAL.replace(tzinfo=job.zone))
    except ValueError as error:
        yield keys, f"{value!r}", f"a template that can be filled: {error}"
        return
    if day and not _is_day(filled):
        yield keys, f"{value!r}", "a template of one day, such as {scheduled_date-1d}"


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _file(home: Home, name: str, keys: tuple[str, ...]) -> Iterator[Finding]:
    if name and not (home.root / Path(name).expanduser()).is_file():
        yield keys, f"{name!r}", "a mapping file that is there (paths start at the project's root)"


def _source(home: Home, name: str, keys: tuple[str, ...]) -> Iterator[Finding]:
    """Check that a table could ever be read; that it is there is for later to see."""
    if is_connection(name) or name in read_catalog(home).datasets:
        return
    try:
        kind_of(Path(name))
    except InputError as error:
        known = _one_line(error).rpartition("expected ")[2]
        yield keys, f"{name!r}", f"a dataset of the catalog, or a file named {known}"


def _phases(job: Job, phases: Sequence[Phase]) -> Iterator[Finding]:
    valid = sorted(set().union(*(spellings(phase) for phase in phases))) if phases else []
    for name in job.during:
        if name not in valid:
            hint = nearest(name, valid) if valid else _NO_CALENDAR
            yield ("during",), f"phase {name!r}", f"a phase of the calendar; {hint}"


def _people(job: Job, recipients: set[str]) -> Iterator[Finding]:
    for name in job.alert.to:
        if name not in recipients:
            expected = nearest_of(name, sorted(recipients), "a table [recipients.NAME]")
            yield ("alert", "to"), f"recipient {name!r}", expected
    if job.alert.when != "never" and not job.alert.to:
        yield ("alert",), "an alert rule without `to`", "the names of its recipients"


def _exports(job: Job) -> Iterator[Finding]:
    from analysis.runs.export import FORMATS

    for name in job.exports:
        if name not in FORMATS:
            yield ("exports",), f"export {name!r}", nearest_of(name, sorted(FORMATS), "a format")


def _one_line(error: InputError) -> str:
    return " ".join(str(error).split())


def nearest_of(name: str, valid: Sequence[str], what: str) -> str:
    """Return what was expected, with the nearest valid name."""
    return f"{what}; {nearest(name, valid)}"


def recipient(url: str, *, secrets: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a recipient's address: what was found, what to write.

    Args:
        url: Apprise URL, secrets as ``${VARIABLE}``.
        secrets: Whether the variables must be set.
    """
    missing = [name for name in VARIABLE.findall(url) if not os.environ.get(name)]
    if secrets:
        for name in missing:
            yield f"${{{name}}}, which is not set", f"the environment variable {name} to be set"
    if "$" in VARIABLE.sub("", url):
        yield "a lone $", "secrets as ${VARIABLE}, filled in from the environment"
    try:
        password = urlsplit(VARIABLE.sub("", url)).password
    except ValueError:
        password = None
    if password:
        yield (
            "a password in the address",
            "${VARIABLE} in its place: secrets come from the environment",
        )
    if not any(url.startswith(f"{scheme}://") for scheme in _schemes()):
        scheme = url.partition("://")[0]
        expected = "an address of Apprise such as mailtos://, wecombot://, dingtalk://, feishu://, "
        yield f"{scheme!r}", f"{expected}slack://, json://"
    elif not missing and not _is_address(url):
        yield (
            "an address that this kind of recipient does not take",
            "one as in the guide to alerts",
        )


def _schemes() -> set[str]:
    from apprise import Apprise

    details = Apprise().details()["schemas"]
    return {
        scheme
        for each in details
        for key in ("protocols", "secure_protocols")
        for scheme in each[key] or ()
    }


def _is_address(url: str) -> bool:
    from analysis.runs.alerts.channel import open_channel

    try:
        open_channel(url)
    except InputError:
        return False
    return True
