"""An event becomes a message to one recipient: what is known is gathered, written and sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from analysis.base import formats
from analysis.base.errors import InputError
from analysis.base.language import translator
from analysis.base.paths import Home
from analysis.runs.alerts.channel import open_channel
from analysis.runs.alerts.event import FAILURES, Event
from analysis.runs.alerts.message import Message, Served, compose, compose_trial
from analysis.runs.export import export
from analysis.runs.published import find_run
from analysis.runs.schedule.spec import Attachment, Job, Recipient, Schedule
from analysis.runs.store import MANIFEST, Store

# What the gateways of most firms let through.
LARGEST_FILE = 10_000_000
PAGE = "report.html"
_FIGURE = re.compile(r'id="figure-([\w-]+)"')


def teller(home: Home) -> Callable[[Schedule, Job, Event, str], None]:
    """Return what sends one event to one recipient (:data:`~..schedule.firing.Tell`).

    It raises :class:`~.channel.DeliveryError` or :class:`InputError`; no secret is in either.

    Args:
        home: The project.
    """

    def tell(schedule: Schedule, job: Job, event: Event, recipient: str) -> None:
        _tell(home, schedule, job, event, schedule.recipients[recipient])

    return tell


def send_trial(schedule: Schedule, recipient: Recipient) -> None:
    """Send a recipient a message that is marked as a trial.

    Raises:
        DeliveryError: If it was not delivered.
        InputError: If a secret is missing or the address is wrong.
    """
    channel = open_channel(recipient.url)
    message = compose_trial(recipient.name, schedule.path.name, recipient.lang)
    channel.send(message.title, message.body(channel.form, channel.limit))


def _tell(home: Home, schedule: Schedule, job: Job, event: Event, recipient: Recipient) -> None:
    channel = open_channel(recipient.url)
    message = compose(
        event,
        _manifest(event.folder),
        link=_link(home, schedule.base_url, event.folder) if event.folder else "",
        served=_served(home, schedule.base_url, event, recipient.lang),
        lang=recipient.lang,
    )
    files: list[Path] = []
    if channel.files and event.folder and event.kind not in FAILURES:
        message, files = _with_file(home, message, event.folder, job.alert.attach)
    channel.send(message.title, message.body(channel.form, channel.limit), files)


def _manifest(folder: Path | None) -> Mapping[str, Any]:
    """Return the manifest of a run; a failed run may have left none."""
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8") if folder else "{}"
    except FileNotFoundError:
        return {}
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def _link(home: Home, base_url: str, folder: Path) -> str:
    """Return where a run is read: its address, or its folder's name if it is served nowhere."""
    place = "/".join(folder.resolve().relative_to(home.reports.resolve()).parts)
    return f"{base_url}/{quote(place)}/{_page(folder)}" if base_url else place


def _page(folder: Path) -> str:
    """Return the page of a run, or of a grid's folder: the index of its runs."""
    return next((name for name in (PAGE, "index.html") if (folder / name).is_file()), PAGE)


def _served(home: Home, base_url: str, event: Event, lang: str) -> Served | None:
    """Return what readers still see after a failure; None if nothing, or if it is no failure."""
    if event.kind not in FAILURES:
        return None
    store = Store(home.reports)
    run = store.current(event.notebook).get("run")
    manifest = store.manifest(event.notebook, run)
    if manifest is None:
        return None
    finished = datetime.fromisoformat(manifest["finished"]).astimezone(event.scheduled.tzinfo)
    sentence = (manifest.get("headline") or {}).get("sentence") or manifest["title"]
    link = _link(home, base_url, home.reports / event.notebook / str(run))
    return Served(sentence, formats.date(finished.date(), lang), link)


def _with_file(
    home: Home, message: Message, folder: Path, what: Attachment
) -> tuple[Message, list[Path]]:
    """Return what goes along; what cannot is said in the message."""
    if what == "none":
        return message, []
    say = translator(message.lang)
    try:
        if not (folder / PAGE).is_file():
            raise InputError(say("the run has no page of its own"))
        file = _pdf(home, folder) if what == "pdf" else _picture(folder)
    except InputError as error:
        reason = str(error)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    else:
        if file is None:
            reason = say("the report has no picture")
        elif file.stat().st_size > LARGEST_FILE:
            reason = say("it is larger than {size} MB", size=LARGEST_FILE // 1_000_000)
        else:
            return message, [file]
    note = say("Nothing is attached: {reason}", reason=" ".join(reason.split()))
    return replace(message, notes=(*message.notes, note)), []


def _pdf(home: Home, folder: Path) -> Path:
    (path,) = export(find_run(home, str(folder)), ["pdf"])
    return path


def _picture(folder: Path) -> Path | None:
    """Return the first figure of the page."""
    page = (folder / PAGE).read_text(encoding="utf-8")
    made = (folder / "figures" / f"{name}.png" for name in _FIGURE.findall(page))
    return next((path for path in made if path.is_file()), None)
