"""Links lead somewhere, the map shows what is there, and no page knows a machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import anchors, pages, prose, text
from tests.docs.workspace import ROOT

MACHINE = re.compile(r"(?<![\w.])/(?:work|tmp|home|root|Users|mnt|var)/|[A-Z]:\\\\")
LINK = re.compile(r"\]\(([^)\s]+)\)")
MOST_BYTES = 250_000


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(re.sub(r"\[``", "[", prose(page))):
        if target.startswith(("https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), target
        assert linked.is_relative_to(ROOT), target
        if anchor and linked.suffix == ".md":
            assert anchor in anchors(linked), target


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_no_page_names_a_folder_of_a_machine(page: Path) -> None:
    assert not MACHINE.findall(text(page))


def test_every_page_is_reached_from_the_readme() -> None:
    reached, open_ = set(), [ROOT / "README.md"]
    while open_:
        page = open_.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = (target.partition("#")[0] for target in LINK.findall(prose(page)))
        open_ += [
            linked
            for linked in ((page.parent / target).resolve() for target in targets if target)
            if linked.suffix == ".md" and linked.is_file()
        ]
    assert set(pages()) <= reached


def test_the_readme_shows_a_report() -> None:
    first_screen = text(ROOT / "README.md").splitlines()[:40]
    assert any("docs/images/report.png" in line for line in first_screen)
    assert {"make report", "make test"} <= {line.partition("#")[0].strip() for line in first_screen}
    image = ROOT / "docs" / "images" / "report.png"
    assert image.read_bytes().startswith(b"\x89PNG")
    assert image.stat().st_size <= MOST_BYTES


def test_the_map_shows_every_room() -> None:
    drawn = text(ROOT / "docs" / "architecture.md")
    rooms = {path.parent.name for path in (ROOT / "src" / "analysis").glob("*/__init__.py")}
    shown = set(re.findall(r"^ *(\w+)/? {2,}", drawn, re.MULTILINE))
    assert rooms <= shown
