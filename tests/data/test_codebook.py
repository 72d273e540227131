from __future__ import annotations

from pathlib import Path

import pytest

from analysis.base.paths import Home
from analysis.data.catalog.codebook import main, path, render
from analysis.data.catalog.listing import read_catalog
from tests.data.tiny import Shop, build

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = build(tmp_path)
    (shop.home.root / "docs").mkdir()
    monkeypatch.setenv("ANALYSIS_HOME", str(shop.home.root))
    return shop


def test_the_committed_codebook_is_up_to_date() -> None:
    catalog = read_catalog(Home(ROOT))
    assert path(Home(ROOT)).read_text(encoding="utf-8") == render(catalog)


def test_a_section_says_everything_about_a_dataset(shop: Shop) -> None:
    text = render(read_catalog(shop.home))
    section = text.split("## sales\n")[1].split("\n## ")[0]
    for line in (
        "- **One row**: one shop on one day",
        "- **Nature**: simulated",
        "- **Licence of the code**: MIT",
        "- **Terms of the data**: CC0",
        "- **Time zone**: none",
        "- **Rows**: 2",
        "- **Key**: `date`, `shop`",
        "| `amount` | Turnover | EUR | number, at least 0 |",
    ):
        assert line in section.splitlines()


def test_every_column_of_the_project_has_a_row() -> None:
    catalog = read_catalog(Home(ROOT))
    sections = path(Home(ROOT)).read_text(encoding="utf-8").split("\n## ")
    for dataset in catalog.values():
        [section] = [text for text in sections if text.startswith(f"{dataset.id}\n")]
        assert all(f"| `{name}` |" in section for name in dataset.schema.names)


def test_bars_in_a_text_do_not_break_the_table(shop: Shop) -> None:
    shop.edit('description = "Turnover"', 'description = "a | b"')
    assert "| `amount` | a \\| b | EUR |" in render(read_catalog(shop.home))


def test_check_fails_until_it_is_written(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 1
    assert "out of date; run `python -m analysis.data.catalog.codebook`" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0
    shop.edit("Turnover", "Takings")
    assert main(["--check"]) == 1


def test_wrong_calls_and_catalogs_are_exit_code_2(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--chek"]) == 2
    assert "usage" in capsys.readouterr().err
    shop.edit('title = "Stamps"\n', "")
    assert main([]) == 2
    assert "no title" in capsys.readouterr().err
