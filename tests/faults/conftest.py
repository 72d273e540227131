"""Projects with one good report, made once and copied."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.base.paths import Home
from tests.faults.place import Place, make

if not Path("/proc/self/environ").is_file():
    pytest.skip("no /proc: orphans cannot be looked for on this system", allow_module_level=True)


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A project whose notebook does in its first cell what it is told, and has a good report."""
    home = Home(tmp_path_factory.mktemp("first") / "project")
    for folder in (home.raw, home.processed, home.notebooks, home.reports):
        folder.mkdir(parents=True)
    home.catalog.write_text("", encoding="utf-8")
    make(home, "nb", "exec(how)", "print('the end')", parameters='how: str = ""  # Python')
    # The path of a socket has room for a short name only.
    with tempfile.TemporaryDirectory(prefix="faults-") as temporary:
        place = Place(home, Path(temporary))
        ended = place.run("run", "nb")
        assert ended.code == 0, ended.err
        yield place


@pytest.fixture
def place(first: Place, tmp_path: Path) -> Iterator[Place]:
    """A copy for one test; what it has left running in the end fails it."""
    shutil.copytree(first.home.root, tmp_path / "project")
    with tempfile.TemporaryDirectory(prefix="faults-") as temporary:
        made = Place(Home(tmp_path / "project"), Path(temporary))
        yield made
        made.assert_alone(10)
