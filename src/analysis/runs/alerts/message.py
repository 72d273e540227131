"""The message of an event: what a reader needs to know, in the form that each channel takes.

Headline and reason come from data and from whatever a notebook said: they are made one line, and
what a channel could take for markup or for a mention of everybody is made harmless.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from analysis.base.language import translator
from analysis.reports.items import SHAPES, Status
from analysis.reports.tables import statuses
from analysis.runs.alerts.event import FAILURES, Event

LONGEST_TITLE = 80
LONGEST_LINE = 500
NUMBERS = 4
Tone = Literal["good", "watch", "bad", "info"]
# As on the page (house.css), on white.
_COLOURS = {"good": "#00755a", "watch": "#9a5b00", "bad": "#b23c00", "info": "#5d6675"}
_TONES: dict[str, Tone] = {"failed": "bad", "timed out": "bad", "data late": "watch",
                           "missed": "watch"}  # fmt: skip
_MARKUP = re.compile(r"[\\`*_\[\]<>~|]")
_NUMBER_CUT = re.compile(r"[-−+]?[\d.,]+\s*$")
_MENTION = re.compile(r"<(?=[A-Za-z@!/#])")


@dataclass(frozen=True, slots=True)
class Served:
    """The good run that readers still see.

    Attributes:
        sentence: Its headline.
        day: When it ended, in the job's zone, as a reader writes a day.
        link: Where it is: an address, or the folder's name if reports are not served anywhere.
    """

    sentence: str
    day: str
    link: str


@dataclass(frozen=True, slots=True)
class Message:
    """One alert, not yet in any channel's form.

    Attributes:
        tone: What its shape and colour say.
        word: The same in a word.
        about: What it is about, for the title: the job.
        sentence: The headline, or that there is no report.
        numbers: Label and value, with its interval.
        facts: Label and value of what is behind it.
        links: Label and where; an address or a folder's name.
        notes: Remarks, such as why a file is not attached.
        lang: Its language.
    """

    tone: Tone
    word: str
    about: str
    sentence: str
    numbers: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = field(default=())
    lang: str = "en"

    @property
    def mark(self) -> str:
        """Shape and word."""
        return f"{SHAPES[self.tone]} {self.word}"

    @property
    def title(self) -> str:
        """One line of 80 characters at most, as the subject of a mail."""
        whole = f"{self.mark} · {self.about} · {self.sentence}"
        return _cut(_harmless(whole), LONGEST_TITLE)

    def body(self, form: str, limit: int) -> str:
        """Return the body in a channel's form.

        Args:
            form: ``html``, ``markdown`` or ``text``.
            limit: Most bytes; numbers go first, then the end of the sentence.
        """
        write = {"html": _html, "markdown": _markdown, "text": _text}[form]
        message = self
        while len(write(message).encode()) > limit and message.numbers:
            message = replace(message, numbers=message.numbers[:-1])
        while len(write(message).encode()) > limit and len(message.sentence) > 1:
            message = replace(message, sentence=_cut(message.sentence, len(message.sentence) - 1))
        return write(message)


def compose(
    event: Event, manifest: Mapping[str, Any], *, link: str, served: Served | None, lang: str
) -> Message:
    """Return the message of an event.

    Args:
        event: What happened.
        manifest: Manifest of its run; empty if it left none.
        link: Where its report is; empty if there is none.
        served: What readers still see; only asked for if the event is a failure.
        lang: Language of the recipient. Headline and reason stay as they were written.
    """
    say = translator(lang)
    job = event.job if event.job == event.notebook else f"{event.job} ({event.notebook})"
    moment = f"{event.scheduled:%Y-%m-%d %H:%M} {event.scheduled.tzinfo}"
    changed = manifest.get("changed") or {}
    values = ", ".join(f"{name}={value}" for name, value in changed.items() if name != "lang")
    facts = [(say("Job"), job), (say("Scheduled"), moment), (say("Parameters"), values)]
    if event.kind in FAILURES:
        message = _failure(event, served, lang)
        facts.insert(0, (say("Reason"), event.reason))
    else:
        message = _report(event, manifest, link, lang)
    kept = tuple((label, _line(value)) for label, value in facts if value)
    return replace(message, facts=kept)


def _report(event: Event, manifest: Mapping[str, Any], link: str, lang: str) -> Message:
    say = translator(lang)
    headline = manifest.get("headline") or {}
    status = cast("Status", headline.get("status", "info"))
    numbers = [
        (_line(each["label"]), _line(_with_interval(each, lang)))
        for each in headline.get("numbers", ())[:NUMBERS]
    ]
    return Message(
        status, statuses(say)[status], event.job,
        _line(headline.get("sentence") or manifest.get("title") or event.notebook),
        numbers=tuple(numbers), links=((say("Report"), link),) if link else (), lang=lang,
    )  # fmt: skip


def _with_interval(number: Mapping[str, Any], lang: str) -> str:
    interval = number.get("interval") or ""
    opening, closing = ("（", "）") if lang == "zh" else (" (", ")")
    return f"{number['text']}{opening}{interval}{closing}" if interval else str(number["text"])


def _failure(event: Event, served: Served | None, lang: str) -> Message:
    say = translator(lang)
    words = {
        "failed": say("Failed"),
        "timed out": say("Timed out"),
        "data late": say("Data late"),
        "missed": say("Missed"),
    }
    sentences = {
        "failed": say("No new report: the run failed."),
        "timed out": say("No new report: the run took too long and was stopped."),
        "data late": say("No new report: the data it needs has not come."),
        "missed": say("No new report: nothing ran when it was due."),
    }
    message = Message(_TONES[event.kind], words[event.kind], event.job, sentences[event.kind],
                      lang=lang)  # fmt: skip
    if served is None:
        return replace(message, notes=(say("Nothing is served yet: there is no good run."),))
    still = say("Still served is the report of {day}: {headline}", day=served.day,
                headline=_line(served.sentence))  # fmt: skip
    return replace(message, notes=(still,), links=((say("Report still served"), served.link),))


def compose_trial(recipient: str, schedule: str, lang: str) -> Message:
    """Return the message that tries a recipient out.

    Args:
        recipient: Name of the recipient.
        schedule: Name of the schedule's file.
        lang: Language of the recipient.
    """
    say = translator(lang)
    sentence = say(
        "This is a trial: alerts of {schedule} to {recipient} arrive here. Nothing has happened.",
        schedule=schedule, recipient=recipient,
    )  # fmt: skip
    return Message("info", say("Trial"), recipient, _line(sentence), lang=lang)


def _line(text: object) -> str:
    """Make one line of a text: no control, no reversed direction, not too long."""
    shown = (" " if unicodedata.category(char)[0] == "C" else char for char in str(text))
    return _cut(" ".join("".join(shown).split()), LONGEST_LINE)


def _cut(text: str, longest: int) -> str:
    """Shorten a text, never inside a number or after it: 43 must not stand for 43.8 m."""
    if len(text) <= longest:
        return text
    return f"{_NUMBER_CUT.sub('', text[: longest - 1]).rstrip('… ')}…"


def _harmless(text: str) -> str:
    """Replace what a chat takes for a mention by signs that look the same."""
    return _MENTION.sub("＜", text.replace("@", "＠"))


def _labelled(label: str, value: str, lang: str) -> str:
    return f"{label}：{value}" if lang == "zh" else f"{label}: {value}"


def _text(message: Message) -> str:
    rows = [
        _labelled(label, _harmless(value), message.lang)
        for label, value in (*message.numbers, *message.facts)
    ]
    where = [_labelled(label, link, message.lang) for label, link in message.links]
    notes = [_harmless(note) for note in message.notes]
    head = f"{message.mark}\n{_harmless(message.sentence)}"
    return "\n".join([head, *([""] if rows else []), *rows, *notes, *where])


def _markdown(message: Message) -> str:
    def plain(text: str) -> str:
        return _MARKUP.sub(r"\\\g<0>", _harmless(text))

    rows = [
        f"- {_labelled(plain(label), plain(value), message.lang)}"
        for label, value in (*message.numbers, *message.facts)
    ]
    where = [
        f"[{plain(label)}](<{link}>)"
        if _is_address(link)
        else _labelled(label, plain(link), message.lang)
        for label, link in message.links
    ]
    parts = [f"**{message.mark}**", plain(message.sentence), "\n".join(rows)]
    return "\n\n".join(part for part in (*parts, *map(plain, message.notes), *where) if part)


def _html(message: Message) -> str:
    escape = html.escape
    rows = [
        f'<div><span style="color:#5d6675">{escape(_labelled(label, "", message.lang))}</span>'
        f"{escape(value)}</div>"
        for label, value in (*message.numbers, *message.facts)
    ]
    # The address is shown as it is: it has to survive in the plain text beside the HTML.
    where = [
        "<p>"
        + escape(_labelled(label, "", message.lang))
        + (f'<a href="{escape(link)}">{escape(link)}</a>' if _is_address(link) else escape(link))
        + "</p>"
        for label, link in message.links
    ]
    notes = [f"<p>{escape(note)}</p>" for note in message.notes]
    return (
        f'<div lang="{message.lang}" style="font-family:sans-serif;line-height:1.5;'
        f'color:#1d2433;overflow-wrap:anywhere;word-break:break-word">'
        f'<p style="color:{_COLOURS[message.tone]};font-weight:600">{escape(message.mark)}</p>'
        f'<p style="font-size:1.2em">{escape(message.sentence)}</p>'
        f"{''.join((*rows, *notes, *where))}</div>"
    )


def _is_address(link: str) -> bool:
    return link.startswith(("http://", "https://", "file://"))
