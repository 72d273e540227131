"""LaTeX of a narrative cell as MathML, which a browser sets by itself: no script, no font fetched.

The result is markup of the lowest trust: it passes the allow list of ``markup`` like all other
words, so that a formula can neither link nor style nor run anything.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from functools import lru_cache
from typing import ClassVar

from markupsafe import escape
from mistune import InlineState
from nbconvert.filters.markdown_mistune import MathInlineParser

# fmt: off
ELEMENTS = frozenset({
    "math", "menclose", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded",
    "mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub",
    "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none",
})
ATTRIBUTES = frozenset({
    "accent", "columnalign", "display", "displaystyle", "fence", "form", "largeop", "linethickness",
    "lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rspace",
    "scriptlevel", "separator", "stretchy", "symmetric", "width",
})
# fmt: on
# A page is not the place for a formula of this length; a parser may take long over it.
LONGEST = 2000
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_PARTS = {"mfrac": 2, "mover": 2, "mroot": 2, "msub": 2, "msubsup": 3, "msup": 2, "munder": 2,
          "munderover": 3}  # fmt: skip
_NAMED = re.compile(r"<mi>([^<&]{2,}|&[^;]+;[^<]+)</mi>")


@lru_cache(maxsize=256)
def mathml(latex: str, *, block: bool) -> str:
    r"""Return a formula as MathML, or as its readable source if it cannot be parsed.

    Args:
        latex: What stands between the delimiters.
        block: Whether it stands on a line of its own.

    >>> mathml("a", block=False)
    '<math display="inline"><mrow><mi>a</mi></mrow></math>'
    >>> print(mathml(r"\frac{a", block=False))
    <code>$\frac{a$</code>
    """
    # Imported late: its tables of symbols take a tenth of a second, and most pages have no formula.
    from latex2mathml.converter import convert

    fence = "$$" if block else "$"
    source = f"<code>{escape(fence + latex.strip() + fence)}</code>"
    if len(latex) > LONGEST:
        return source
    try:
        markup = convert(latex.strip(), display="block" if block else "inline")
    except Exception:
        # The parser raises some thirty kinds of errors, bare KeyError and RecursionError among
        # them; for the reader they are one: the source is shown.
        return source
    if not _is_sound(markup):
        return source
    markup = markup.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")
    # A name of several letters (sin, MASE) is upright; a single letter slants.
    markup = _NAMED.sub(r'<mi mathvariant="normal">\1</mi>', markup)
    return f'<span class="formula">{markup}</span>' if block else markup


def _is_sound(markup: str) -> bool:
    r"""Whether it is MathML alone and every element has the parts that it needs.

    The parser lets markup inside ``\text`` through, and makes a fraction of one part.
    """
    try:
        root = ElementTree.fromstring(markup)
    except ElementTree.ParseError:
        return False
    for element in root.iter():
        name = element.tag.removeprefix(_NAMESPACE)
        if name not in ELEMENTS or len(element) != _PARTS.get(name, len(element)):
            return False
    return True


class Inline(MathInlineParser):
    r"""nbconvert's inline rules, and ``\(…\)`` and ``\[…\]`` as LaTeX itself writes them."""

    # As pandoc has it, so that "US$5 and US$9" is no formula.
    INLINE_MATH_TEX = r"(?<![$\\\w])\$(?!\s)(?P<math_inline_tex>(?s:.+?))(?<![$\\\s])\$(?![\d$])"
    INLINE_MATH_LATEX = (
        MathInlineParser.INLINE_MATH_LATEX + r"|(?<!\\)\\\((?P<plain>(?:[^\\\n]|\\[^()\n])+?)\\\)"
    )
    SPECIFICATION: ClassVar[dict[str, str]] = {
        **MathInlineParser.SPECIFICATION,
        "inline_math_tex": INLINE_MATH_TEX,
        "inline_math_latex": INLINE_MATH_LATEX,
        "block_math_plain": r"(?<!\\)\\\[(?P<plain_block>(?s:.+?))\\\]",
    }
    DEFAULT_RULES = ("block_math_plain", *MathInlineParser.DEFAULT_RULES)

    def parse_inline_math_latex(self, m: re.Match[str], state: InlineState) -> int:
        r"""Parse ``\\(…\\)`` and ``\(…\)``."""
        body = m.group("math_inline_latex") or m.group("plain") or ""
        state.append_token({"type": "inline_math", "raw": body})
        return m.end()

    def parse_block_math_plain(self, m: re.Match[str], state: InlineState) -> int:
        r"""Parse ``\[…\]``."""
        state.append_token({"type": "block_math", "raw": m.group("plain_block")})
        return m.end()
