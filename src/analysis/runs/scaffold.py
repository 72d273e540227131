"""``analysis new``: a question of one's own that runs at once.

In the checkout that is a room (pure functions, a frozen result), its tests and its Chinese
sentences, a notebook, and a small sample table in the catalog. A workspace has no package of its
own: there it is a notebook that calls the rooms that exist, and the sample table.
"""

from __future__ import annotations

import hashlib
import json
import keyword
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from analysis.base.errors import InputError
from analysis.base.files import write_atomically
from analysis.base.paths import Home
from analysis.runs.sketch import sketch
from analysis.runs.store import GRIDS

_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_RESERVED = ("analysis", "failed", GRIDS, "index", "own", "test", "tests")
"""Names of folders that mean something else."""
_SAMPLES = {
    True: ("group,value", [f"{group},{base + step * 1.7 % 5:.1f}"
                           for group, base in (("A", 10), ("B", 12), ("C", 9))
                           for step in range(20)]),
    False: ("dimension,group,n", ["channel,Search,412", "channel,Live stream,268",
                                  "channel,Social,175", "channel,Store,93"]),
}  # fmt: skip
"""Header and rows of the sample table: in the checkout, and in a workspace."""
_COLUMNS = {
    True: ('  { name = "group", kind = "text", description = "Group" },\n'
           '  { name = "value", kind = "number", description = "Value of the row" },\n'),
    False: ('  { name = "dimension", kind = "text", description = "What the groups divide" },\n'
            '  { name = "group", kind = "text", description = "Group" },\n'
            '  { name = "n", kind = "integer", description = "Buyers", min = 0 },\n'),
}  # fmt: skip
_CHINESE = {
    "Sample table of NAME, to be replaced by your own": "NAME 的示例数据，请换成自己的数据",
    "one observation": "一条观测",
    "Made up by analysis new": "由 analysis new 生成的模拟数据",
    "none needed (simulated)": "无需授权（模拟数据）",
}


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What was made.

    Attributes:
        files: New and changed files, relative to the project.
        next_steps: Commands and edits that come next, in order.
    """

    files: tuple[str, ...]
    next_steps: tuple[str, ...]


def scaffold(home: Home, name: str) -> Scaffold:
    """Make a question: all its files, or none.

    Args:
        home: Checkout or workspace.
        name: Name of the question: of its notebook and of its room.

    Raises:
        InputError: If the name cannot be one, is taken or reserved, or a file cannot be written.
    """
    room = (home.root / "src" / "analysis").is_dir()
    _check(home, name, room=room)
    made = _new_files(home, name, room=room)
    changed = _changed_files(home, name, made[f"data/raw/own/{name}.csv"], room=room)
    _write(home, made, changed)
    return Scaffold((*made, *changed), _next_steps(name, room=room))


def _check(home: Home, name: str, *, room: bool) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise InputError(
            f"{name!r}: cannot name a question; expected small letters, digits and _, "
            "beginning with a letter, 2 to 40 long, such as price_test"
        )
    rooms = {path.name for path in _package().iterdir() if path.is_dir()}
    if name in rooms or name in _RESERVED:
        raise InputError(f"{name!r}: is the name of a part of the package; choose another")
    taken = [f"notebooks/{name}.ipynb", f"data/raw/own/{name}.csv"]
    taken += [f"src/analysis/{name}", f"tests/{name}"] if room else []
    found = [each for each in taken if (home.root / each).exists()]
    if found:
        raise InputError(f"{name!r}: there is already {', '.join(found)}; choose another name")
    if f'[datasets."{name}_sample"]' in home.catalog.read_text(encoding="utf-8"):
        raise InputError(f"{name!r}: the catalog has {name}_sample already; choose another name")


def _package() -> Path:
    return Path(__file__).resolve().parents[1]


def _template(file: str, name: str) -> str:
    folder = resources.files(__package__).joinpath("templates/question")
    return folder.joinpath(file).read_text(encoding="utf-8").replace("NAME", name)


def _new_files(home: Home, name: str, *, room: bool) -> dict[str, bytes]:
    header, rows = _SAMPLES[room]
    notebook = json.dumps(sketch(name, room=room), ensure_ascii=False, indent=1)
    texts = {
        f"notebooks/{name}.ipynb": notebook + "\n",
        f"data/raw/own/{name}.csv": "\n".join([header, *rows]) + "\n",
    }
    if room:
        texts |= {
            f"src/analysis/{name}/__init__.py": _template("init.py.txt", name),
            f"src/analysis/{name}/levels.py": _template("levels.py.txt", name),
            f"tests/{name}/__init__.py": "",
            f"tests/{name}/test_levels.py": _template("test.py.txt", name),
        }
    return {path: text.encode() for path, text in texts.items()}


def _changed_files(home: Home, name: str, sample: bytes, *, room: bool) -> dict[str, bytes]:
    rows = len(sample.decode().splitlines()) - 1
    entry = _template("catalog.toml.txt", name).replace("COLUMNS", _COLUMNS[room])
    entry = entry.replace("SHA256", hashlib.sha256(sample).hexdigest()).replace("ROWS", str(rows))
    text = home.catalog.read_text(encoding="utf-8")
    changed = {home.catalog.relative_to(home.root).as_posix(): _with_chinese(text, name) + entry}
    if room:
        po = "src/analysis/base/locale/zh.po"
        there = (home.root / po).read_text(encoding="utf-8")
        blocks = _template("messages.po.txt", name).split("\n\n")
        fresh = [block for block in blocks if _message(block) not in there]
        changed[po] = there.rstrip("\n") + "\n\n" + "\n\n".join(fresh).strip("\n") + "\n"
    return {path: content.encode() for path, content in changed.items()}


def _message(block: str) -> str:
    return next((line for line in block.splitlines() if line.startswith("msgid")), block)


def _with_chinese(catalog: str, name: str) -> str:
    """Put the Chinese of an entry's texts first under ``[chinese]``, those not there yet."""
    quoted = {
        key.replace("NAME", name): text.replace("NAME", name) for key, text in _CHINESE.items()
    }
    lines = [f'"{key}" = "{text}"' for key, text in quoted.items() if f'"{key}" =' not in catalog]
    before, title, after = catalog.partition("\n[chinese]\n")
    if not title:
        return catalog.rstrip("\n") + "\n\n[chinese]\n" + "\n".join(lines) + "\n"
    return before + title + "".join(f"{line}\n" for line in lines) + after


def _write(home: Home, made: Mapping[str, bytes], changed: Mapping[str, bytes]) -> None:
    old = {path: (home.root / path).read_bytes() for path in changed}
    folders: list[Path] = []
    try:
        for path, content in made.items():
            folder = (home.root / path).parent
            folders += [f for f in (folder, *folder.parents) if not f.exists() and f not in folders]
            folder.mkdir(parents=True, exist_ok=True)
            write_atomically(home.root / path, content)
        for path, content in changed.items():
            write_atomically(home.root / path, content)
    except OSError as error:
        for path in made:
            with suppress(OSError):
                (home.root / path).unlink(missing_ok=True)
        for path, content in old.items():
            if (home.root / path).read_bytes() != content:
                write_atomically(home.root / path, content)
        for folder in sorted(folders, key=lambda each: -len(each.parts)):
            with suppress(OSError):
                folder.rmdir()
        where = error.filename or home.root
        raise InputError(
            f"{where}: cannot be written ({error.strerror}); nothing was made"
        ) from None


def _next_steps(name: str, *, room: bool) -> tuple[str, ...]:
    first = (f"analysis run {name}", f"analysis run {name} -p lang=zh")
    if not room:
        return (
            *first,
            f"edit notebooks/{name}.ipynb, and give your table with -p data=exports/FILE",
        )
    return (
        *first,
        f"pytest tests/{name}",
        f"edit src/analysis/{name}/levels.py and notebooks/{name}.ipynb into your question",
        f"name the room in the map of docs/architecture.md, write docs/{name.replace('_', '-')}.md",
        "python -m analysis.data.catalog.codebook",
        f'python scripts/outputs.py notebooks/{name}.ipynb, then make accept WHY="…"',
    )
