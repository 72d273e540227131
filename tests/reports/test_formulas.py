"""Formulas are set without a script, and can do nothing else."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from analysis.reports import formulas
from analysis.reports.markup import prose


@pytest.mark.parametrize(
    ("markdown", "display"),
    [
        (r"before $\hat y \pm z\sigma$ after", "inline"),
        (r"before \(\hat y \pm z\sigma\) after", "inline"),
        (r"before \\(\hat y \pm z\sigma\\) after", "inline"),
        ("$$\n\\hat y \\pm z\\sigma\n$$", "block"),
        (r"\[ \hat y \pm z\sigma \]", "block"),
        ("\\begin{align}\n\\hat y &\\pm z\\sigma\n\\end{align}", "block"),
    ],
)
def test_every_way_to_write_a_formula_gives_mathml(markdown: str, display: str) -> None:
    soup = BeautifulSoup(prose(markdown), "html.parser")
    math = soup.find("math")
    assert math is not None
    assert math["display"] == display
    # Its characters are in the page as themselves, so that their glyphs are embedded.
    assert {"±", "σ"} <= {each.get_text() for each in math.find_all(["mi", "mo"])}
    assert "$" not in soup.get_text()
    assert "σ" in str(prose(markdown))


def test_names_are_upright_and_letters_slant() -> None:
    markup = str(prose(r"$\sin x$"))
    assert '<mi mathvariant="normal">sin</mi>' in markup
    assert "<mi>x</mi>" in markup


@pytest.mark.parametrize("latex", [r"\frac{a", r"\sqrt{" * 300, "{" * 900, "x" * 3000, r"\left( x"])
def test_what_cannot_be_parsed_stays_as_readable_source(latex: str) -> None:
    soup = BeautifulSoup(prose(f"a ${latex}$ b"), "html.parser")
    assert soup.find("math") is None
    assert soup.code is not None
    assert soup.code.get_text() == f"${latex}$"


@pytest.mark.parametrize(
    "text", ["US$5 and US$9", "5 $ and 9 $", r"\$5 and \$9", "`$x$`", "```\n$x$\n```"]
)
def test_money_and_code_are_no_formulas(text: str) -> None:
    assert "<math" not in prose(text)


@pytest.mark.parametrize(
    "markdown",
    [
        r"$\href{javascript:alert(1)}{x}$",
        r"$\style{position:fixed}{x}$ $\class{side}{y}$",
        r"$\text{</mtext></math><script>alert(1)</script>}$",
        r"$\text{<img src=x onerror=alert(1)>}$",
        r"$\unicode{x3c}script\unicode{x3e}$ $\url{javascript:x}$ $\includegraphics{x}$",
        "<math href='javascript:alert(1)'><mi xlink:href='javascript:alert(1)' onclick=x>z</mi>",
        "<math><maction actiontype='toggle' xlink:href='javascript:alert(1)'>x</maction></math>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x>'>",
        "<math><mtext><![CDATA[<img src=x onerror=alert(1)>]]></mtext></math>",
        "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml>",
        "![$x$](data:image/png;base64,AAAA)",
    ],
)
def test_a_hostile_formula_stays_inert(markdown: str) -> None:
    soup = BeautifulSoup(prose(markdown), "html.parser")
    allowed = formulas.ATTRIBUTES | {"class", "tabindex", "src", "alt"}
    for found in soup.find_all(True):
        assert found.name not in ("script", "style", "maction", "annotation-xml", "mglyph", "a")
        assert set(found.attrs) <= allowed
        assert not re.search("javascript|url|fixed", " ".join(map(str, found.attrs.values())))
    assert [img.get("src") for img in soup.find_all("img")] in (
        [],
        ["data:image/png;base64,AAAA"],
    )
