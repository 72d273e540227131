"""A declaration in TOML is opened by path or id, or refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.base.errors import InputError
from analysis.data import load_document


def write(folder: Path, content: bytes) -> Path:
    path = folder / "model.toml"
    path.write_bytes(content)
    return path


def test_the_catalogued_model_has_its_data_card() -> None:
    model = load_document("plan.market_model")
    assert model.content["inputs"]
    title, nature, words, facts = model.describe("zh")
    assert (nature, words) == ("illustrative", "示意数据")
    assert title
    assert dict(facts)["校验和（SHA-256）"].startswith(model.sha256[:12])


def test_an_own_file_with_a_byte_order_mark_is_own_data(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf[model]\nyear = 2025\n")
    model = load_document(path)
    assert model.content == {"model": {"year": 2025}}
    assert model.describe("en")[:3] == ("model.toml", "own", "Your data")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "found an empty file, expected a declaration in TOML"),
        (b"[model]\nyear = \n", "not TOML.*line 2"),
        (b"a = 1\na = 2\n", "not TOML.*name given twice"),
        (b'a = "\xff\xfe"\n', "not UTF-8 at offset 5"),
    ],
)
def test_what_is_no_declaration_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load_document(write(tmp_path, content))


def test_names_that_lead_nowhere_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"did you mean 'plan\.market_model'"):
        load_document("plan.market_modell")
    with pytest.raises(InputError, match="there is no such declaration"):
        load_document(tmp_path / "nothing.toml")
    with pytest.raises(InputError, match="found a folder"):
        load_document(tmp_path)
