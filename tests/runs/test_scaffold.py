"""A scaffolded question keeps the project's rules, and its files come all or none."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from analysis.base.errors import InputError
from analysis.base.files import write_atomically
from analysis.base.paths import Home
from analysis.data.catalog.listing import read_catalog
from analysis.data.catalog.prepare import prepare
from analysis.runs import notebooks, scaffold
from analysis.runs.sketch import sketch

ROOT = Path(__file__).parents[2]
PO = "src/analysis/base/locale/zh.po"


@pytest.fixture
def workspace(tmp_path: Path) -> Home:
    for name in ("notebooks", "data/raw", "data/processed"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "data/raw/catalog.toml").write_text("[datasets]\n", encoding="utf-8")
    return Home(tmp_path)


@pytest.fixture
def checkout(workspace: Home) -> Home:
    (workspace.root / PO).parent.mkdir(parents=True)
    (workspace.root / PO).write_bytes((ROOT / PO).read_bytes())
    return workspace


def everything(home: Home) -> dict[str, bytes]:
    return {
        path.relative_to(home.root).as_posix(): path.read_bytes()
        for path in sorted(home.root.rglob("*"))
        if path.is_file()
    }


def test_files_in_a_workspace(workspace: Home) -> None:
    made = scaffold.scaffold(workspace, "gift_mix")
    assert made.files == (
        "notebooks/gift_mix.ipynb", "data/raw/own/gift_mix.csv", "data/raw/catalog.toml",
    )  # fmt: skip
    assert made.next_steps[0] == "analysis run gift_mix"


@pytest.mark.parametrize("kind", ["workspace", "checkout"])
def test_its_sample_is_a_dataset(kind: str, request: pytest.FixtureRequest) -> None:
    home: Home = request.getfixturevalue(kind)
    scaffold.scaffold(home, "first")
    scaffold.scaffold(home, "second")
    catalog = read_catalog(home)
    assert list(catalog) == ["first_sample", "second_sample"]
    assert catalog["first_sample"].told(catalog["first_sample"].title, "zh").startswith("first 的")
    assert [each.rows for each in prepare(home)] == [4, 4] if kind == "workspace" else [60, 60]


@pytest.mark.parametrize("room", [True, False])
def test_the_notebook_keeps_to_the_rules(tmp_path: Path, room: bool) -> None:
    content = sketch("price_test", room=room)
    path = tmp_path / "price_test.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    nbformat.validate(nbformat.read(path, as_version=4))
    found = notebooks.load(path)
    assert [each.name for each in found.parameters] == ["data", "mapping", "confidence", "lang"]
    assert found.title("zh") == "price test：要回答什么问题？"
    cells = found.content["cells"]
    tags = [cell["metadata"].get("tags", []) for cell in cells if cell["cell_type"] == "markdown"]
    assert tags == [["lang-en"], ["lang-zh"]] * 5
    for cell in cells:
        if cell["cell_type"] == "code":
            assert len(notebooks.source(cell).splitlines()) <= 20
            nodes = list(ast.walk(ast.parse(notebooks.source(cell))))
            assert not any(isinstance(node, ast.FunctionDef | ast.For) for node in nodes)


def test_the_room_passes_its_own_tests(checkout: Home) -> None:
    """The generated room and its tests, with the package around it."""
    scaffold.scaffold(checkout, "price_test")
    package = checkout.root / "src" / "analysis"
    for path in (ROOT / "src" / "analysis").iterdir():
        if path.name not in ("base", "__pycache__"):
            (package / path.name).symlink_to(path)
    for path in (ROOT / "src" / "analysis" / "base").iterdir():
        if path.name not in ("locale", "__pycache__"):
            (package / "base" / path.name).symlink_to(path)
    (checkout.root / "tests" / "__init__.py").touch()
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=checkout.root, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(package.parent), "MPLBACKEND": "agg"},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "4 passed" in ended.stdout


def test_every_sentence_of_the_room_is_there_in_chinese_once(checkout: Home) -> None:
    scaffold.scaffold(checkout, "first")
    scaffold.scaffold(checkout, "second")
    text = (checkout.root / PO).read_text(encoding="utf-8")
    said = (checkout.root / "src/analysis/first/levels.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(said)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
            (sentence,) = node.args
            assert isinstance(sentence, ast.Constant)
            assert text.count(f'msgid "{sentence.value!s}"\n') == 1, sentence.value


@pytest.mark.parametrize("name", ["Price", "1st", "a-b", "for", "x", "数", "../x", "a" * 41])
def test_names_that_are_none(workspace: Home, name: str) -> None:
    with pytest.raises(InputError, match="cannot name a question"):
        scaffold.scaffold(workspace, name)


@pytest.mark.parametrize("name", ["market", "runs", "failed", "own", "grids"])
def test_names_of_parts_of_the_package(workspace: Home, name: str) -> None:
    with pytest.raises(InputError, match="is the name of a part of the package"):
        scaffold.scaffold(workspace, name)


def test_a_name_that_is_taken(workspace: Home) -> None:
    scaffold.scaffold(workspace, "gift_mix")
    before = everything(workspace)
    with pytest.raises(InputError, match=r"there is already notebooks/gift_mix\.ipynb"):
        scaffold.scaffold(workspace, "gift_mix")
    assert everything(workspace) == before


def test_a_full_disk_leaves_nothing_behind(checkout: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before, real = everything(checkout), write_atomically

    def full(path: Path, content: bytes) -> None:
        if path.name == "zh.po" and len(content) != len(before[PO]):
            raise OSError(28, "No space left on device", str(path))
        real(path, content)

    monkeypatch.setattr(scaffold, "write_atomically", full)
    with pytest.raises(InputError, match=r"No space left on device.*nothing was made"):
        scaffold.scaffold(checkout, "price_test")
    assert everything(checkout) == before
    assert not (checkout.root / "src/analysis/price_test").exists()
