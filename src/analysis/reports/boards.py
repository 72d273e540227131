"""What pages of many runs (the index, a grid) share: their templates, file names and one script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from analysis.reports.page import TEMPLATES


@cache
def template(name: str) -> Template:
    """Return a template in which every text is escaped and a name that is missing is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["href"] = beside
    return environment.get_template(name)


def beside(path: str) -> str:
    """Return a link that can only lead to a place beside the page, whatever is in it.

    >>> beside("javascript:alert(1)")
    './javascript%3Aalert%281%29'
    """
    return "./" + quote(path.lstrip("/"), safe="/")


def script(name: str) -> dict[str, str]:
    """Return a script of the page and the checksum by which alone its policy lets it run."""
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    checksum = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return {"script": text, "checksum": checksum}


def file_of(lang: str) -> str:
    """Return the file name of such a page in a language."""
    return "index.html" if lang == "en" else f"index.{lang}.html"
