"""Markdown and code of a notebook as HTML that can do nothing but be read.

Markdown is rendered by nbconvert and then passes an allow list: no script, no style sheet, no
picture from elsewhere, no link but to a page or a mail address. What is not allowed is not
removed but shown as text, so that a hostile cell is seen.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any
from unicodedata import east_asian_width

from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]
from bleach.sanitizer import Cleaner  # type: ignore[import-untyped]
from markupsafe import Markup
from mistune import HTMLRenderer
from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

from analysis.reports import formulas

# fmt: off
TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "input", "kbd", "li", "mark", "ol", "p", "pre",
    "s", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead",
    "tr", "u", "ul",
}) | formulas.ELEMENTS
# fmt: on
_LINK = re.compile(r"(https?://|mailto:|#)\S+|[\w./-]+")
_INLINE_PICTURE = re.compile(r"data:image/(png|jpeg|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
_LOST_PICTURE = re.compile(r'<img alt="([^"]*)">')
_CLASS = re.compile(r"highlight|formula|[a-z]{1,2}\d?|language-\w+")
_PLAIN = {
    "th": ("style",),
    "td": ("style",),
    "abbr": ("title",),
    "ol": ("start",),
    "input": ("type", "disabled", "checked"),
}


_REFERENCE = re.compile(r"&#?\w+;")
_BREAK = "\ue000"
"""Stands for the end of a source line inside a paragraph until what is beside it is known."""
_BROKEN = re.compile(
    rf"(?P<left>[^<>])?(?P<tags>(?:<[^<>]*>)*){_BREAK}(?=(?:<[^<>]*>)*(?P<right>[^<>])?)"
)
_NAME = re.compile(r"`([A-Za-z_]\w*)`", re.ASCII)
_FORMULA_SPACE = re.compile(r"-?\d+(\.\d+)?(em|ex|px|%)?|[a-z-]+")


class _Renderer(IPythonRenderer):
    """nbconvert's renderer, minus what runs or loads something."""

    def __init__(self, top: int, attachments: dict[str, Any]) -> None:
        super().__init__(escape=False, allow_harmful_protocols=False, attachments=attachments)
        self._top = top
        self._deepest = top

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Keep headings below the page's own, and no level left out on the way down."""
        level = min(max(level, self._top), self._deepest)
        self._deepest = level + 1
        return HTMLRenderer.heading(self, text, level)

    def softbreak(self) -> str:
        """Mark the end of a source line; :func:`_lines_joined` sees what stands beside it."""
        return _BREAK

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Show the words for a picture whose attachment is missing."""
        lost = url.startswith("attachment:") and url[len("attachment:") :] not in self.attachments
        return super().image(text, "" if lost else url, title)

    def inline_math(self, body: str) -> str:
        """Set a formula in the line."""
        return formulas.mathml(body, block=False)

    def block_math(self, body: str) -> str:
        """Set a formula on a line of its own."""
        return formulas.mathml(body, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        """Set several lines of formulas."""
        return formulas.mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def block_mermaidjs(self, code: str) -> str:
        """Show a mermaid diagram as its source: it would need a script, and is not escaped."""
        return HTMLRenderer.block_code(self, code)


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return tag in ("div", "span", "code", "pre") and bool(_CLASS.fullmatch(value.strip()))
    if tag == "a":
        return name == "href" and bool(_LINK.fullmatch(value))
    if tag == "img":
        return name == "alt" or (name == "src" and bool(_INLINE_PICTURE.fullmatch(value)))
    if tag in formulas.ELEMENTS:
        return name in formulas.ATTRIBUTES and bool(_FORMULA_SPACE.fullmatch(value))
    return name in _PLAIN.get(tag, ())


@cache
def _cleaner() -> Cleaner:
    return Cleaner(
        tags=TAGS,
        attributes=_allowed,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=["text-align"]),
    )


def _as_character(reference: re.Match[str]) -> str:
    """Write a character as itself, so that its glyph is embedded; markup's own stay references."""
    character = html.unescape(reference[0])
    return reference[0] if character.isascii() else character


def _lines_joined(markup: str) -> str:
    """Write ends of source lines: nothing between two Chinese characters, else white space.

    CommonMark leaves a line break for a browser to show as a space, and Chinese has none.
    """

    def written(found: re.Match[str]) -> str:
        sides = found["left"] or "", found["right"] or ""
        wide = all(side and east_asian_width(side) in "WF" for side in sides)
        return (found["left"] or "") + found["tags"] + ("" if wide else "\n")

    return _BROKEN.sub(written, markup)


@cache
def _inline() -> formulas.Inline:
    return formulas.Inline(hard_wrap=False)


def prose(source: str, attachments: dict[str, Any] | None = None, top: int = 3) -> Markup:
    """Return a piece of markdown as safe HTML.

    Args:
        source: Markdown.
        attachments: Pictures attached to its cell.
        top: Highest level that a heading in it may have.
    """
    renderer = _Renderer(top, attachments or {})
    source = source.replace(_BREAK, "\ufffd")
    clean = _cleaner().clean(MarkdownWithMath(renderer, inline=_inline()).render(source))
    clean = _lines_joined(_REFERENCE.sub(_as_character, clean))
    # Of a picture that may not be loaded its words are left, if it has some.
    clean = _LOST_PICTURE.sub(r"\1", clean.replace("<img>", ""))
    clean = clean.replace('<a href="http', '<a rel="noreferrer" href="http')
    clean = clean.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    return Markup(clean.replace("</table>", "</table></div>"))


def named(text: str) -> Markup:
    """Escape a line of plain text; a name of code in backticks is set as one.

    >>> print(named("`source` says <b>, `rm -rf` stays"))
    <code>source</code> says &lt;b&gt;, `rm -rf` stays
    """
    return Markup(_NAME.sub(r"<code>\1</code>", html.escape(text)))


def text_of(source: str) -> str:
    """Return one line of markdown as plain text: a heading for the contents list."""
    return " ".join(str(prose(source).striptags()).split())


def code(source: str) -> Markup:
    """Return Python code with its words marked for colouring."""
    formatter = HtmlFormatter(nowrap=True)
    return Markup(highlight(source, get_lexer_by_name("python"), formatter))


def printed(outputs: list[Any]) -> str:
    """Return what a cell printed, as plain text; anything richer is not trusted and left out."""
    texts = []
    for output in outputs:
        if output["output_type"] == "stream":
            texts.append(output["text"])
        elif "data" in output:
            texts.append(output["data"].get("text/plain", ""))
    joined = "\n".join(_joined(text).rstrip() for text in texts if text)
    return str(strip_ansi(joined)).strip("\n")


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
