"""What a form shows of a run: its outcome with a link, its command with a button to copy it."""

from __future__ import annotations

import html

from analysis.base.language import Translator
from analysis.base.theme import ACCENT
from analysis.lab.fields import BAD
from analysis.lab.running import Ran
from analysis.reports.items import SHAPES
from analysis.reports.tables import statuses

_BLOCK = "border-left:4px solid {colour};padding:2px 0 2px 12px;margin:8px 0"


def outcome(ran: Ran, say: Translator) -> str:
    """Return the outcome of a run as markup: status, headline and link, or the reason.

    Args:
        ran: What became of it.
        say: Translator into the form's language.
    """
    if ran.reason:
        kept = f"<div><small>{html.escape(str(ran.folder))}</small></div>" if ran.folder else ""
        return (
            f'<div style="{_BLOCK.format(colour=BAD)}"><b style="color:{BAD}">▲ '
            f"{html.escape(say('No report was made'))}</b>"
            f'<div style="white-space:pre-wrap">{html.escape(ran.reason)}</div>{kept}</div>'
        )
    opened = html.escape(say("Open the report"))
    verdict = html.escape(ran.headline or ran.notebook)
    return (
        f'<div style="{_BLOCK.format(colour=ACCENT)}">'
        f"<small>{SHAPES[ran.status]} {html.escape(statuses(say)[ran.status])}</small>"
        f'<div style="font-size:1.15em;line-height:1.4;font-weight:600">{verdict}</div>'
        f'<a href="{html.escape(ran.address)}" target="_blank" rel="noopener" '
        f'style="color:{ACCENT};text-decoration:underline">{opened}</a>'
        f"<div><small>{html.escape(str(ran.folder))}</small></div></div>"
    )


def command(line: str, say: Translator) -> str:
    """Return a command as markup, with a button that copies it in a page of ``analysis lab``."""
    done = html.escape(say("copied"))
    return (
        '<div style="margin:8px 0"><code style="user-select:all;white-space:pre-wrap;'
        f'padding:4px 8px;display:inline-block">{html.escape(line)}</code> '
        f'<button class="analysis-copy lm-Widget jupyter-button" data-done="✓ {done}">'
        f"{html.escape(say('copy'))}</button></div>"
    )
