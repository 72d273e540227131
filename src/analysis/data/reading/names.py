"""Telling a database from a path by its name alone; imports nothing heavy."""

from __future__ import annotations

import re

NAMED = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_-]+):(?P<table>[^\W\d][\w.]*)")
URL = re.compile(r"[A-Za-z][A-Za-z0-9+_]*://")


def is_connection(text: str) -> bool:
    """Return whether a source is a URL or ``name:table`` rather than a path."""
    return bool(URL.match(text) or NAMED.fullmatch(text))
