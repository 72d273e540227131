"""Secrets in addresses: ``${VARIABLE}``, filled in from the environment when a message is sent."""

from __future__ import annotations

import os
import re
from urllib.parse import quote

from analysis.base.errors import InputError

VARIABLE = re.compile(r"\$\{(\w+)\}")


def fill(url: str) -> str:
    """Put the values of the environment in the place of ``${VARIABLE}``.

    User name, password and the values after ``?`` are taken as they are: what has a meaning in an
    address (``@ : / &``) is percent-encoded here. Anywhere else a value is a piece of the address
    and may hold several of its parts (``slack://${SLACK_TOKENS}`` with ``T…/B…/x…``).

    Args:
        url: Address of a recipient.

    Raises:
        InputError: If a variable is not set, by its name.
    """
    start = url.find("://") + len("://")
    end = min((place for sign in "/?#" if (place := url.find(sign, start)) >= 0), default=len(url))
    user_ends, query = url.rfind("@", start, end), url.find("?", start)

    def value(found: re.Match[str]) -> str:
        text = os.environ.get(found[1])
        if not text:
            raise InputError(f"the environment variable {found[1]} is not set")
        alone = found.start() < user_ends or 0 <= query < found.start()
        return quote(text, safe="") if alone else text

    return VARIABLE.sub(value, url)
