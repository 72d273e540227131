from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import analysis
from analysis.base.errors import InputError
from analysis.base.language import LANGUAGES, check_language, messages, told, translator
from analysis.runs.parameters import declared

SOURCE = Path(analysis.__file__).parent
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CALLS = ("say", "_say")
HAN = re.compile("[\u4e00-\u9fff]")
FIELD = re.compile(r"\{(\w+)[^{}]*\}")


def _sentences(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if name in CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def comments() -> dict[str, str]:
    """What every parameter of the shipped notebooks means, and the notebook."""
    return {
        parameter.comment: path.name
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if "parameters" in cell["metadata"].get("tags", ())
        for parameter in declared("".join(cell["source"]), path.name)
    }


def everything() -> dict[str, str]:
    """Every sentence of the package and the module or notebook that says it."""
    sentences = {
        sentence: str(path.relative_to(SOURCE))
        for path in sorted(SOURCE.rglob("*.py"))
        for sentence in _sentences(path)
    }
    return sentences | comments()


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    return everything()


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_catalog_is_complete_and_has_nothing_stale(said: dict[str, str], lang: str) -> None:
    catalog = messages(lang)
    missing = {sentence: where for sentence, where in said.items() if not catalog.get(sentence)}
    assert not missing
    assert not sorted(set(catalog) - set(said))


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_both_sides_have_the_same_places_to_fill(lang: str) -> None:
    for sentence, translated in messages(lang).items():
        assert sorted(FIELD.findall(sentence)) == sorted(FIELD.findall(translated)), sentence


def test_sentences_are_filled() -> None:
    sentence = "{level} interval {lo} to {hi}"
    values = {"level": "95%", "lo": "1", "hi": "2"}
    assert translator("en")(sentence, **values) == "95% interval 1 to 2"
    assert translator("zh")(sentence, **values) == "95% 区间：1 至 2"


def test_no_space_between_a_large_unit_and_its_measure_word() -> None:
    say = translator("zh")
    assert say("{n} users", n="300") == "共 300 名用户"
    assert say("{n} users", n="1.8万") == "共 1.8万名用户"


def test_an_untranslated_sentence_is_an_error() -> None:
    with pytest.raises(LookupError, match="no 'zh' translation of 'never said'"):
        translator("zh")("never said")


def test_every_parameter_has_a_meaning_in_both_languages() -> None:
    assert len(comments()) > 60
    for comment, notebook in comments().items():
        assert told(comment, "en") == comment
        assert HAN.search(told(comment, "zh")), (notebook, comment)


def test_a_comment_of_a_planner_stays_as_written() -> None:
    assert told("discount in {percent}", "zh") == "discount in {percent}"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="lang='zn': expected one of en, zh"):
        check_language("zn")
