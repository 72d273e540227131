"""The floors of docs/architecture.md: imports go down only, no question sees another."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "analysis"
FLOORS = ("base", "stats", "<questions>", "data", "reports", "runs", "lab", "cli")
# Every other room is a question: a new one is held to the same rules from its first day.
QUESTIONS = {path.parent.name for path in SRC.glob("*/__init__.py")} - {*FLOORS}
# A question is pure: frames and numbers come in, so it needs none of these.
IMPURE = {"os", "pathlib", "io", "sqlite3", "subprocess", "duckdb", "sqlalchemy", "time", "random"}


def modules() -> list[Path]:
    return sorted(SRC.rglob("*.py"))


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def floor(name: str) -> int:
    return FLOORS.index("<questions>" if name in QUESTIONS else name)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            pytest.fail(f"{path}: relative import")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(SRC).as_posix())
def test_imports_go_down_only(path: Path) -> None:
    place = path.relative_to(SRC).parts
    if len(place) == 1:
        return
    here = place[0]
    for name in imports(path):
        if name.startswith("analysis.") and room(name) != here:
            there = room(name)
            if there in ("__version__",):
                continue
            allowed = floor(there) < floor(here)
            assert allowed, f"{path.relative_to(SRC)} imports {name}: {there} is not below {here}"


@pytest.mark.parametrize(
    "path",
    [p for p in modules() if p.relative_to(SRC).parts[0] in QUESTIONS],
    ids=lambda p: p.relative_to(SRC).as_posix(),
)
def test_questions_touch_no_files_clock_or_global_chance(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path)} & IMPURE
    assert not used, f"{path.relative_to(SRC)} imports {sorted(used)}"
    text = path.read_text(encoding="utf-8")
    found = re.search(r"\bopen\(|np\.random\.seed|read_csv\(|to_csv\(", text)
    assert not found, f"{path.relative_to(SRC)} calls {found}"


def test_every_open_names_its_encoding() -> None:
    missing = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _opens_text(node):
                named = {word.arg for word in node.keywords}
                if "encoding" not in named:
                    missing.append(f"{path.relative_to(SRC)}:{node.lineno}")
    assert not missing


def _opens_text(node: ast.Call) -> bool:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in ("read_text", "write_text"):
        return True
    if name != "open":
        return False
    member = isinstance(node.func, ast.Attribute) and node.args
    if member and not isinstance(node.args[0], ast.Constant):
        return False  # of an archive, not a path
    words = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
    words += [w.value.value for w in node.keywords if isinstance(w.value, ast.Constant)]
    return not any(isinstance(word, str) and "b" in word and len(word) <= 3 for word in words)


def compiled_names(path: Path) -> set[str]:
    """Names of the functions of a module that are compiled."""
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Name) and d.id == "compiled" for d in node.decorator_list)
    }


def test_compiled_functions_call_compiled_functions_of_their_own_file_only() -> None:
    by_file = {path: compiled_names(path) for path in modules()}
    assert any(by_file.values())
    for path, names in by_file.items():
        elsewhere = set().union(*(n for p, n in by_file.items() if p != path))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.FunctionDef) and node.name in names):
                continue
            called = {
                call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute | ast.Name)
            }
            foreign = (called & elsewhere) - names
            assert not foreign, f"{path.name}: {node.name} calls {sorted(foreign)} of another file"
