from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import nbformat
import pytest
from bs4 import BeautifulSoup

from analysis.base.errors import InputError
from analysis.reports import markup as words
from analysis.reports import page, story
from analysis.reports.items import Card, Headline, Table, TableColumn
from tests.reports.sample import Sample, hostile, notebook_of

FONTS = re.compile(r"base64,[A-Za-z0-9+/=]+")


def rendered(sample: Sample) -> str:
    return page.render(sample.folder, sample.notebook, sample.items, sample.facts)


@pytest.fixture(scope="module")
def markup(english: Sample) -> str:
    return rendered(english)


@pytest.fixture(scope="module")
def soup(markup: str) -> BeautifulSoup:
    return BeautifulSoup(markup, "html.parser")


def test_the_answer_stands_first(markup: str) -> None:
    soup = BeautifulSoup(markup, "html.parser")
    for nav in soup.find_all("nav"):
        nav.decompose()
    assert soup.main is not None
    text = soup.main.get_text(" ", strip=True)
    places = [
        text.index(each)
        for each in (
            "Sales forecast: what will the stores sell?",
            "▲ Watch",
            "Plan 9.4 million euros",
            "9.43 m EUR",
            "80% interval 8.91 m EUR to 9.99 m EUR",
            "Real data",
            "Six weeks ahead",
            "Promotion weeks sell a third more",
            "Five stores carry a third",
            "Method and limits",
            "How this was made",
        )
    ]
    assert places == sorted(places)


def test_one_h1_and_no_level_is_left_out(soup: BeautifulSoup) -> None:
    levels = [int(found.name[1]) for found in soup.find_all(re.compile(r"^h[1-6]$"))]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_contents_list_leads_to_every_section(soup: BeautifulSoup) -> None:
    for nav in soup.find_all("nav"):
        targets = [str(link["href"]).removeprefix("#") for link in nav.find_all("a")]
        assert targets[0] == "answer"
        assert targets[-1] == "made"
        assert all(soup.find(id=target) for target in targets)
        assert len(targets) == 5


def test_code_is_folded_and_only_plain_output_is_shown(soup: BeautifulSoup) -> None:
    folded = soup.find_all("details", class_="code")
    assert folded
    assert not any(each.has_attr("open") for each in folded)
    code = " ".join(each.get_text() for each in folded)
    assert "every store sold something" in code
    assert "report.figure(" in code
    assert "RICH" not in soup.get_text()
    assert "PLAIN" not in soup.get_text(), "a cell that made an item shows the item"
    assert "sentinel" not in soup.get_text()


def test_parameters_stand_in_the_method_part(soup: BeautifulSoup) -> None:
    heading = soup.find("h2", string="Method and limits")
    assert heading is not None
    assert heading.parent is not None
    rows = [row.get_text(" ", strip=True) for row in heading.parent.select(".settings tbody tr")]
    assert rows[0] == "horizon 28 (default 42) days ahead (1–365)"
    assert rows[1].endswith("language of the report (en, zh)")


def test_table_has_typed_cells_bars_and_files(soup: BeautifulSoup) -> None:
    table = soup.select_one("#table-stores")
    assert table is not None
    assert len(table.select("tbody tr")) == 12
    assert len(table.select("thead th[scope=col]")) == 4
    assert len(table.select("tbody th[scope=row]")) == 12
    assert [cell["class"][0] for cell in table.select("tbody tr:first-child > *")] == [
        "left", "right", "right", "right",
    ]  # fmt: skip
    assert len(table.select(".bar")) == 12
    assert "12 of 100 rows shown." in table.get_text(" ", strip=True)
    assert [link["href"] for link in table.select("a")] == [
        "tables/stores.csv", "tables/stores.parquet", "tables.xlsx",
    ]  # fmt: skip


def test_figure_has_both_drawings_and_an_alternative(soup: BeautifulSoup) -> None:
    figure = soup.select_one("#figure-weekly")
    assert figure is not None
    picture, source = figure.find("img"), figure.find("source")
    assert picture is not None
    assert source is not None
    assert str(picture["src"]).startswith("data:image/svg+xml;base64,")
    assert source["srcset"] != picture["src"]
    assert str(picture["alt"]).startswith("Promotion weeks sell a third more")


def test_nothing_is_loaded_and_nothing_runs(markup: str) -> None:
    assert_inert(markup)


def assert_inert(markup: str) -> None:
    """Prove that a page can neither load nor run anything."""
    soup = BeautifulSoup(markup, "html.parser")
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy is not None
    assert policy["content"] == (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not soup.find_all(["script", "iframe", "object", "embed", "form", "base"])
    for found in soup.find_all(True):
        assert not [name for name in found.attrs if name.startswith("on")]
        for name in ("src", "srcset"):
            assert str(found.get(name, "data:")).startswith("data:")
    assert all(url.startswith("data:") for url in re.findall(r"url\(([^)]*)\)", markup))
    assert "@import" not in markup


def test_same_folder_gives_the_same_bytes(english: Sample, markup: str) -> None:
    assert rendered(english) == markup


def test_chinese_page_is_chinese(chinese: Sample) -> None:
    markup = rendered(chinese)
    text = BeautifulSoup(markup, "html.parser").get_text(" ", strip=True)
    assert '<html lang="zh-Hans">' in markup
    assert "销售预测：门店将卖出多少？" in text
    assert "区间：891万欧元 至 999万欧元" in text
    assert "2026年1月6日 14:02 UTC" in text
    for english in ("Six weeks ahead", "Show code", "How this was made", "Contents"):
        assert english not in text
    assert markup.count("@font-face") == 3


def test_english_page_carries_no_chinese_font(markup: str) -> None:
    assert markup.count("@font-face") == 2
    assert len(markup) < 150_000


def test_hostile_text_stays_text(english: Sample) -> None:
    markup = rendered(hostile(english))
    soup = BeautifulSoup(markup, "html.parser")
    assert_inert(markup)
    assert len(soup.find_all("h1")) == 1
    assert len(soup.find_all("style")) == 2
    assert "alert(1)" in soup.get_text()
    assert "RICH" not in soup.get_text()
    assert "\x1b" not in markup
    for link in soup.find_all("a", href=True):
        assert re.match(r"#|tables|notebook|results|manifest", str(link["href"]))
    assert "position" not in " ".join(str(each["style"]) for each in soup.select("[style]"))


class _Balanced(HTMLParser):
    """Raises when a tag is closed that is not the open one."""

    VOID = frozenset({"meta", "link", "img", "source", "br", "hr", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_markup_is_balanced(english: Sample, markup: str) -> None:
    for text in (markup, rendered(hostile(english))):
        parser = _Balanced()
        parser.feed(FONTS.sub("", text))
        assert not parser.open


def test_headings_in_words_leave_no_level_out() -> None:
    text = "#### a\n\n###### b\n\n# c\n\n![lost](attachment:none.png)"
    found = re.findall(r"<h(\d)>(\w)", words.prose(text))
    assert found == [("3", "a"), ("4", "b"), ("3", "c")]
    assert re.findall(r"<h(\d)>", words.prose(text, top=2)) == ["2", "3", "2"]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("最大特征值\n最小的值", "最大特征值最小的值"),
        ("评分人。\n**局限**\n评分", "评分人。<strong>局限</strong>评分"),
        ("按\nStudent 区间", "按\nStudent 区间"),
        ("one\ntwo", "one\ntwo"),
        ("甲\n`x`\n乙", "甲\n<code>x</code>\n乙"),
        ("甲  \n乙", "甲<br>\n乙"),
        ("甲\ue000乙", "甲\ufffd乙"),
    ],
)
def test_a_source_line_ends_without_a_space_between_chinese_characters(
    source: str, shown: str
) -> None:
    assert words.prose(source) == f"<p>{shown}</p>\n"


def test_lines_of_chinese_code_stay_lines() -> None:
    assert "中\n文" in words.prose("```\n中\n文\n```")


def test_only_a_picture_in_the_page_itself_is_shown() -> None:
    inside = "data:image/png;base64,iVBORw0KGgo="
    assert f'src="{inside}"' in words.prose(f"![in]({inside})")
    for outside in ("https://example.org/p.png", "p.png", "data:text/html,x", "attachment:p"):
        assert words.prose(f"![words]({outside})") == "<p>words</p>\n"


def test_tables_and_figures_of_lost_cells_are_not_lost(english: Sample) -> None:
    items = [replace(item, cell=99) for item in english.items]
    soup = BeautifulSoup(rendered(replace(english, items=items)), "html.parser")
    assert soup.select_one("#table-stores")
    assert soup.select_one("#figure-weekly")


def test_a_bare_notebook_gives_a_page(english: Sample) -> None:
    bare = notebook_of([nbformat.v4.new_markdown_cell("some words")])
    facts = replace(english.facts, changed={}, commit=None, data=(("own.csv", None, None),))
    markup = page.render(english.folder, bare, [], facts)
    text = BeautifulSoup(markup, "html.parser").get_text(" ", strip=True)
    assert "Sales forecast" in text
    assert "default parameters" in text
    assert "not in version control" in text


def test_unknown_language_is_refused(english: Sample) -> None:
    with pytest.raises(InputError, match="expected one of en, zh"):
        rendered(replace(english, facts=replace(english.facts, lang="fr")))


def test_headings_in_fenced_code_are_no_headings() -> None:
    text = "# A\n```\n# not one\n~~~\n```\n## B ##\nwords"
    assert [(level, part) for level, part in story.pieces(text) if part] == [
        (1, "A"),
        (0, "```\n# not one\n~~~\n```"),
        (2, "B"),
        (0, "words"),
    ]


def _colours(style: str) -> list[dict[str, str]]:
    blocks = re.findall(r":root \{([^}]*--paper[^}]*)\}", style)
    return [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block)) for block in blocks]


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", _colours(page.stylesheet()))
@pytest.mark.parametrize("text", ["ink", "muted", "accent", "good", "watch", "bad"])
@pytest.mark.parametrize("paper", ["paper", "wash"])
def test_every_text_colour_can_be_read(palette: dict[str, str], text: str, paper: str) -> None:
    low, high = sorted((_luminance(palette[text]), _luminance(palette[paper])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_importing_reports_stays_light() -> None:
    code = (
        "import sys, analysis.reports, analysis.reports.page; "
        "print([m for m in ('nbconvert', 'nbformat', 'matplotlib', 'pandas', 'fontTools') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_alternative_text_states_the_numbers_and_the_words_are_below(soup: BeautifulSoup) -> None:
    picture = soup.select_one("#figure-weekly img")
    assert picture is not None
    assert str(picture["alt"]).startswith(
        "Promotion weeks sell a third more, and the forecast knows it. Chart: Sales per week"
    )
    assert "24 points: from 1,500 (0) to" in str(picture["alt"])
    told = [each.get_text() for each in soup.select("#figure-weekly .numbers-of li")]
    assert len(told) == 2
    assert told[0].rstrip(".") in str(picture["alt"])


def test_a_formula_is_mathml(soup: BeautifulSoup) -> None:
    math = soup.find("math")
    assert math is not None
    assert "σ" in math.get_text()
    assert "$" not in math.parent.get_text() if math.parent else False


def test_data_without_a_glyph_is_shown_by_code_and_said_once(english: Sample) -> None:
    items = [
        replace(item, sentence="Buy \N{ROCKET} and \N{RIGHT-TO-LEFT OVERRIDE}x")
        if isinstance(item, Headline)
        else item
        for item in english.items
    ]
    markup = rendered(replace(english, items=items))
    text = BeautifulSoup(markup, "html.parser").get_text(" ")
    assert "Buy ‹U+1F680› and ‹U+202E›x" in text
    assert text.count("Shown by their code") == 1
    assert "U+1F680 ROCKET" in text
    assert not {"\N{ROCKET}", "\N{RIGHT-TO-LEFT OVERRIDE}"} & set(markup)


def test_a_narrative_cell_without_a_glyph_is_refused(english: Sample) -> None:
    bare = notebook_of([nbformat.v4.new_markdown_cell("go \N{ROCKET}")])
    with pytest.raises(InputError, match=r"sales_forecast\.ipynb, cell 1: found U\+1F680 ROCKET"):
        page.render(english.folder, bare, [], english.facts)


def test_status_cells_have_shape_word_and_colour_and_totals_are_set_off(english: Sample) -> None:
    columns = (
        TableColumn("a", "Goal", "left", words=True),
        TableColumn("b", "State", "left", words=True, status=("bad", "")),
    )
    table = Table(1, "goals", "Goals", "", columns, (("one", "■ Act now"), ("sum", "–")), 2, 1)
    soup = BeautifulSoup(rendered(replace(english, items=[table])), "html.parser")
    rows = soup.select("#table-goals tbody tr")
    assert [row.get("class") for row in rows] == [None, ["total"]]
    assert rows[0].select_one("td.status.bad") is not None
    assert rows[0].get_text(" ", strip=True) == "one ■ Act now"
    assert not rows[1].select(".status")


def test_a_long_verdict_is_set_smaller(english: Sample) -> None:
    long = [
        replace(item, sentence="Word " * 60) if isinstance(item, Headline) else item
        for item in english.items
    ]
    assert 'class="verdict long"' in rendered(replace(english, items=long))
    assert 'class="verdict"' in rendered(english)


def test_optional_words_are_shown_only_above_something() -> None:
    def optional(text: str) -> dict[str, object]:
        return {"cell_type": "markdown", "source": text, "metadata": {"tags": ["optional"]}}

    def code(count: int) -> dict[str, object]:
        return {"cell_type": "code", "source": f"step({count})", "execution_count": count,
                "metadata": {}, "outputs": []}  # fmt: skip

    table = Table(2, "t", "T", "", (), (), 0)
    cells = [optional("## Gone\n\nNo."), code(1), optional("## There"), code(2)]
    told = story.arrange(cells, [table], "en", "Method")
    assert [section.heading for section in told.sections] == ["", "There", "Method"]


@pytest.mark.parametrize(("nature", "code"), [("real", 1), ("own", 0)])
def test_a_column_that_the_catalog_names_is_set_as_code(
    english: Sample, nature: str, code: int
) -> None:
    card = Card(1, "Tests", nature, "Data", (("Source", "`source` says <b>which</b>"),))
    sample = replace(english, items=[*english.items, card])
    cards = BeautifulSoup(rendered(sample), "html.parser").select(".card")
    fact = cards[-1].select_one(".fact")
    assert fact is not None
    assert len(fact.select("code")) == code
    assert not fact.select("b")
