"""A recipient's channel, by Apprise: opened from an address, given one message, kept quiet.

Nothing that Apprise says is passed on: its log holds addresses with tokens and whole messages. An
error here names the kind of channel and its host, and says in the project's own words what went
wrong.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from analysis.base.errors import InputError
from analysis.runs.alerts.secrets import fill

if TYPE_CHECKING:
    from apprise.plugins.base import NotifyBase

# Seconds for a connection and for an answer where the address does not say (cto=, rto=): a mail
# server may look a report over before it takes it. And for a whole message.
PATIENCE = 15.0
LONGEST = 90.0
# They answer with HTTP 200 whether they take a message or not, and Apprise looks no further.
_BOTS = frozenset({"wecombot", "dingtalk", "feishu", "lark"})
_VERDICTS = ("errcode", "code", "StatusCode")
_CODE = re.compile(r"error=(-?\w+)")


class DeliveryError(Exception):
    """A message was not delivered; the text holds no secret."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Where messages to one recipient go.

    Attributes:
        name: Kind of the channel and its host, fit for a log.
        form: How a body is written for it: ``html``, ``markdown`` or ``text``.
        limit: Most bytes a body may have.
        titled: Whether it shows a title apart from the body.
        files: Whether it takes attachments.
    """

    name: str
    form: str
    limit: int
    titled: bool
    files: bool
    _plugin: NotifyBase

    def send(self, title: str, body: str, files: Sequence[Path] = ()) -> None:
        """Send one message.

        Args:
            title: One line; left out where the channel shows none.
            body: Text in this channel's form.
            files: Attachments; to be empty if the channel takes none.

        Raises:
            DeliveryError: If it was not taken, or nobody knows whether it was.
        """
        from apprise import Apprise, NotifyType
        from apprise.attachment.file import AttachFile

        sender = Apprise(self._plugin)
        attached = [AttachFile(str(path)) for path in files]  # type: ignore[no-untyped-call]
        try:
            result = sender.notify(
                body, title=title if self.titled else "", body_format=self.form,
                notify_type=NotifyType.INFO, interpret_escapes=False,
                attach=attached or None,
            )  # fmt: skip
        except Exception as error:
            raise DeliveryError(f"{self.name}: {type(error).__name__}") from None
        if not result:
            raise DeliveryError(f"{self.name}: {_why(result)}")


def open_channel(url: str) -> Channel:
    """Open the channel of an address.

    Args:
        url: Apprise URL, secrets as ``${VARIABLE}``.

    Raises:
        InputError: If a variable is not set, or Apprise does not take the address.
    """
    from apprise import Apprise, AppriseAsset, NotifyFormat

    _hush()
    # A redirect would carry token and message to a place that nobody named.
    asset = AppriseAsset(
        app_id="analysis", app_desc="analysis", app_url="", image_url_mask="",
        image_url_logo="", storage_mode="memory", http_redirects=False,
        pgp_autogen=False, pem_autogen=False, service_timeout=LONGEST, async_mode=False,
    )  # fmt: skip
    plugin = Apprise.instantiate(fill(url), asset=asset, suppress_exceptions=True)
    scheme = url.partition("://")[0]
    if plugin is None:
        raise InputError(f"{scheme}://: an address that this kind of recipient does not take")
    if plugin.socket_connect_timeout == type(plugin).socket_connect_timeout:
        plugin.socket_connect_timeout = PATIENCE
    if plugin.socket_read_timeout == type(plugin).socket_read_timeout:
        plugin.socket_read_timeout = PATIENCE
    if scheme in _BOTS:
        _listen(plugin)
    own = plugin.resolve_format(None)
    # Plain text cannot be misread as markup or as a mention; mail is the place for a layout.
    form = own if own == NotifyFormat.HTML else plugin.resolve_format(NotifyFormat.TEXT)
    return Channel(
        name=" ".join(part for part in (scheme, _host(plugin)) if part), form=str(form.value),
        limit=plugin.body_maxlen,
        titled=plugin.title_maxlen > 0 and not plugin.overflow_amalgamate_title,
        files=bool(plugin.attachment_support), _plugin=plugin,
    )  # fmt: skip


def _hush() -> None:
    """Keep what Apprise and its HTTP library say out of every log: tokens are in it."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


def _host(plugin: Any) -> str:
    """Return the host that a message goes to; of a bot the "host" in its address is its key."""
    if "{host}" in str(plugin.templates):
        return str(getattr(plugin, "smtp_host", "") or plugin.host or "")
    url = getattr(plugin, "notify_url", "") or getattr(plugin, "webhook_url", "")
    host = urlsplit(str(url)).hostname or ""
    return "" if "{" in host else host


def _why(result: Any) -> str:
    """Say why nothing was delivered, from what is known not to hold a secret."""
    from apprise import AppriseResultStatus

    if result.status == AppriseResultStatus.TIMEOUT:
        return f"no end after {LONGEST:g} s"
    said = " ".join(entry.message for entry in result.logs())
    code = _CODE.search(said)
    if code:
        return f"refused with error {code[1]}"
    if "onnection error" in said:
        return "no connection, no answer in time, or a refused login"
    return "not delivered"


class _Listening:
    """``requests`` for the plugin of a bot: what the bot refuses is not taken for delivered."""

    def __init__(self, requests: Any) -> None:
        self._requests = requests

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)

    def post(self, *given: Any, **named: Any) -> Any:
        response = self._requests.post(*given, **named)
        refusal = _refusal(response) if response.status_code == 200 else ""
        if refusal:
            logging.getLogger("apprise").warning("error=%s", refusal)
            response.status_code = 422
        return response


def _refusal(response: Any) -> str:
    try:
        answer = response.json()
    except ValueError:
        return "no_JSON"
    codes = [answer.get(key) for key in _VERDICTS] if isinstance(answer, dict) else []
    return next((str(code) for code in codes if code not in (None, 0, "0")), "")


def _listen(plugin: NotifyBase) -> None:
    names = vars(sys.modules[type(plugin).__module__])
    if not isinstance(names["requests"], _Listening):
        names["requests"] = _Listening(names["requests"])
