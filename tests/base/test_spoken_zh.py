"""What a Chinese reader meets is Chinese: terms, punctuation, glyphs, and no stray English."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import analysis
from analysis.base import theme
from analysis.base.errors import InputError
from analysis.base.glyphs import covered, named
from analysis.base.language import messages

ROOT = Path(__file__).parents[2]
SOURCE = Path(analysis.__file__).parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
HAN = "[\u4e00-\u9fff]"
FIELD = re.compile(r"\{[^{}]*\}")
FILLED = "\N{REPLACEMENT CHARACTER}"
# Places where a figure or a table takes its words, and the arguments that are words.
DRAWN = {"set_xlabel", "set_ylabel", "set_title", "annotate", "text", "suptitle", "set_label"}
WORDED = {"title", "subtitle", "note", "label", "xlabel", "ylabel", "no_interval"}
# What a Chinese planner writes in Latin letters too, several words long.
NAMES = re.compile(
    r"Cookie Cats|E-[Mm]ail|Complete Journey|Rossmann Store Sales|The Complete Journey|"
    r"Krippendorff(?:'s)? alpha|Kendall's W|Student t|[A-Z][\w'’.-]+(?:(?:, | & | et al\.? | and )"
    r"[A-Z][\w'’.-]+)*,? \(?\d{4}"
)
SENTENCE = re.compile(r"[A-Za-z][a-z'’-]+(?:[ ,]+[A-Za-z][a-z'’-]*){3,}")


class Term(NamedTuple):
    english: str
    chinese: list[str]
    never: list[str]


def cells(notebook: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return found


def narrative() -> Iterator[tuple[str, str]]:
    """Notebook and text of every Chinese cell."""
    for notebook in NOTEBOOKS:
        for cell in cells(notebook):
            if "lang-zh" in cell["metadata"].get("tags", ()):  # type: ignore[attr-defined]
                yield notebook.stem, "".join(cell["source"])  # type: ignore[arg-type]


def of_catalog() -> dict[str, str]:
    text = (ROOT / "data/raw/catalog.toml").read_text(encoding="utf-8")
    chinese: dict[str, str] = tomllib.loads(text)["chinese"]
    return chinese


def spoken() -> Iterator[tuple[str, str]]:
    """Everything that the project itself says in Chinese, and where."""
    yield from (("zh.po", text) for text in messages("zh").values())
    yield from (("catalog.toml", text) for text in of_catalog().values())
    yield from narrative()


def prose(text: str) -> str:
    """A text without code, links, formulas and places to fill."""
    for pattern in (r"```.*?```", r"`[^`]*`", r"\]\([^)]*\)", r"\$[^$]*\$", r"\w+://\S+"):
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    return FIELD.sub("", text)


def glossary() -> list[Term]:
    rows = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    split = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row[:1] == "|"]
    return [
        Term(english, chinese.split("、"), [one for one in never.split("、") if one])
        for english, chinese, never, _ in split[2:]
    ]


def test_the_glossary_is_kept() -> None:
    terms = glossary()
    assert len(terms) >= 40
    for term in terms:
        word = re.compile(rf"(?<![\w-]){re.escape(term.english)}(?:s|es)?(?![\w-])", re.IGNORECASE)
        said = [
            (sentence, translated)
            for sentence, translated in messages("zh").items()
            if word.search(FIELD.sub("", sentence))
        ]
        assert said, f"{term.english}: no sentence uses it"
        assert not [pair for pair in said if not any(zh in pair[1] for zh in term.chinese)], term
        for never in term.never:
            assert not [(where, text) for where, text in spoken() if never in prose(text)], never


@pytest.mark.parametrize(
    ("wrong", "pattern"),
    [
        ("half-width punctuation", rf"{HAN} ?[,;:?!]|[,;:?!]{HAN}|{HAN}\.(?!\w)"),
        ("half-width brackets", rf"{HAN} ?\(|\({HAN}|{HAN}\)|\) ?{HAN}"),
        (
            "a space beside full-width punctuation",
            r"[，。；：！？、（）“”] | [，。；：！？、（）“”]",
        ),
        ("a space between two Chinese words", rf"{HAN} {HAN}"),
        ("a number or Latin word without space", rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9%]{HAN}"),
        ("a doubled mark", r"。。|，，|：：|  "),
        ("straight quotes", r"\""),
    ],
)
def test_translations_are_set_as_chinese_is(wrong: str, pattern: str) -> None:
    dates = re.compile(r"\d+(?=[年月日万亿元])|(?<=[年月])\d+")
    found = [
        text for text in messages("zh").values()
        if re.search(pattern, dates.sub("", FIELD.sub(FILLED, text)))
    ]  # fmt: skip
    assert not found, wrong


def test_a_full_stop_stays_one() -> None:
    for sentence, translated in messages("zh").items():
        # "no." is an abbreviation, not the end of a sentence.
        if not sentence.endswith("no."):
            assert sentence.rstrip().endswith(".") == translated.endswith("。"), sentence


def test_no_chinese_is_set_in_italics() -> None:
    italic = re.compile(rf"(?<![*\w])\*(?!\*)[^*\n]*{HAN}[^*\n]*\*(?!\*)|<(?:i|em)>[^<]*{HAN}")
    for where, text in narrative():
        assert not italic.search(text), where


def test_no_english_sentence_is_in_chinese_text() -> None:
    found = [
        (where, match[0])
        for where, text in spoken()
        if (match := SENTENCE.search(NAMES.sub(" ", prose(text))))
    ]
    assert not found


def test_no_notebook_passes_words_of_its_own_to_a_report() -> None:
    """Titles and labels come from the package, in the report's language."""
    for notebook in NOTEBOOKS:
        for cell in cells(notebook):
            parameters = "parameters" in cell["metadata"].get("tags", ())  # type: ignore[attr-defined]
            if cell["cell_type"] != "code" or parameters:
                continue
            for node in ast.walk(ast.parse("".join(cell["source"]))):  # type: ignore[arg-type]
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    assert not re.search("[A-Za-z]{2} [A-Za-z]{2}", node.value), node.value


def written_out(node: ast.expr) -> Iterator[str]:
    """Words of a literal or of the fixed parts of an f-string."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def test_no_figure_or_table_has_words_that_nobody_translates() -> None:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = [*node.args] if name in DRAWN else []
            given += [each.value for each in node.keywords if each.arg in WORDED]
            words = [text for each in given for text in written_out(each)]
            # Coordinates and places of matplotlib are one word: "offset points" is the exception.
            found += [
                f"{path.name}:{node.lineno} {text!r}" for text in words
                if re.search("[A-Za-z]{3}", text) and text != "offset points"
            ]  # fmt: skip
    assert not found


def test_the_house_fonts_draw_every_character_that_is_said() -> None:
    everything = "".join(text for _, text in spoken())
    everything += "".join(json.dumps(cells(one), ensure_ascii=False) for one in NOTEBOOKS)
    everything += (ROOT / "data/raw/plan/market_model.toml").read_text(encoding="utf-8")
    used = {character for character in everything if character not in "\n\r\t"}
    have = covered("regular") | covered("cjk")
    missing = sorted(character for character in used if ord(character) not in have)
    assert len(used) > 900
    assert not missing, named(missing)
    chinese = {character for character in used if re.match(HAN, character)}
    assert all(ord(character) in covered("cjk") for character in chinese)


def test_a_missing_font_names_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pylopdf_fonts_zh_cn

    monkeypatch.setattr(pylopdf_fonts_zh_cn, "sans_path", lambda: tmp_path / "gone.otf")
    with pytest.raises(InputError, match=r"gone\.otf.*`make setup`"):
        theme.font_files()
