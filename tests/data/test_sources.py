from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.data.catalog import wheels as sources
from analysis.data.catalog.checksums import Checksums
from analysis.data.catalog.entries import Package
from analysis.data.catalog.listing import read_catalog
from analysis.data.catalog.wheels import fetch, missing_files, pip_download
from tests.data.tiny import SALES, Shop, build, sha256


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return build(tmp_path)


def run(shop: Shop, *ids: str) -> None:
    catalog = read_catalog(shop.home)
    fetch(shop.home, [catalog[id] for id in ids], shop.download)


def missing(shop: Shop) -> list[str]:
    datasets = read_catalog(shop.home).values()
    return [one.id for one in missing_files(shop.home, datasets, Checksums(shop.home))]


def everything(shop: Shop) -> dict[str, str]:
    """Every file under data/raw and its content."""
    files = sorted(path for path in shop.home.raw.rglob("*") if path.is_file())
    return {str(path): path.read_text(encoding="utf-8") for path in files}


def test_only_the_wanted_members_are_taken_and_the_wheel_goes(shop: Shop) -> None:
    run(shop, "sales")
    raw = shop.home.raw
    assert (raw / "shop/sales.csv").read_text(encoding="utf-8") == SALES
    assert [path.name for path in (raw / "shop").iterdir()] == ["sales.csv"]
    assert not (raw / ".wheels").exists()


def test_what_is_there_and_right_is_not_missing(shop: Shop) -> None:
    assert missing(shop) == ["sales", "stamps"]
    run(shop, "sales")
    assert missing(shop) == ["stamps"]


def test_a_wheel_left_by_an_interrupted_run_is_used(shop: Shop) -> None:
    package = read_catalog(shop.home).packages["shop"]
    (shop.home.raw / ".wheels").mkdir()
    (shop.home.raw / ".wheels" / package.file).write_bytes(shop.wheel.read_bytes())
    run(shop, "sales")
    assert shop.downloads == []
    assert missing(shop) == ["stamps"]


def test_a_truncated_wheel_left_behind_is_fetched_again(shop: Shop) -> None:
    package = read_catalog(shop.home).packages["shop"]
    (shop.home.raw / ".wheels").mkdir()
    (shop.home.raw / ".wheels" / package.file).write_bytes(shop.wheel.read_bytes()[:50])
    run(shop, "sales")
    assert shop.downloads == ["shop"]


def test_a_wheel_with_another_checksum_changes_nothing(shop: Shop) -> None:
    run(shop, "sales")
    shop.catalog(wheel="0" * 64)
    before = everything(shop)
    with pytest.raises(InputError, match=f"found sha256 [0-9a-f]{{64}}, expected {'0' * 64}"):
        run(shop, "sales")
    assert everything(shop) == before


def test_a_member_with_another_checksum_changes_nothing(shop: Shop) -> None:
    run(shop, "sales")
    shop.catalog(sales="0" * 64)
    with pytest.raises(InputError, match=r"sales: member shop/data/sales\.csv has sha256"):
        run(shop, "sales")
    folder = shop.home.raw / "shop"
    assert [path.name for path in folder.iterdir()] == ["sales.csv"]
    assert (folder / "sales.csv").read_text(encoding="utf-8") == SALES


def test_a_member_that_is_not_there_is_named(shop: Shop) -> None:
    shop.edit("shop/data/sales.csv", "shop/data/sale.csv")
    with pytest.raises(InputError, match=r"found no member shop/data/sale\.csv"):
        run(shop, "sales")


def test_a_file_that_is_no_wheel_is_refused(shop: Shop) -> None:
    shop.wheel.write_text("not a zip file", encoding="utf-8")
    shop.catalog()
    with pytest.raises(InputError, match="not a wheel"):
        run(shop, "sales")


def test_a_link_that_leads_out_of_the_data_folder_is_refused(shop: Shop, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (shop.home.raw / "shop").symlink_to(outside)
    with pytest.raises(InputError, match="leads out of"):
        run(shop, "sales")
    assert list(outside.iterdir()) == []


def test_names_inside_the_wheel_cannot_choose_a_place(shop: Shop) -> None:
    with zipfile.ZipFile(shop.wheel, "a") as archive:
        archive.writestr("../../escaped.txt", "out")
    shop.catalog()
    run(shop, "sales", "stamps")
    names = {path.name for path in shop.home.root.parent.rglob("*")}
    assert "escaped.txt" not in names


def test_a_changed_file_is_reported_and_left_alone(shop: Shop) -> None:
    run(shop, "sales")
    path = shop.home.raw / "shop" / "sales.csv"
    path.write_text("Day,Shop\n", encoding="utf-8")
    with pytest.raises(InputProblems) as caught:
        missing(shop)
    said = str(caught.value)
    assert sha256("Day,Shop\n") in said
    assert sha256(SALES) in said
    assert "shop/sales.csv" in said
    assert "analysis data --refetch sales" in said
    assert path.read_text(encoding="utf-8") == "Day,Shop\n"


def test_repository_files_are_restored_by_git_not_fetched(shop: Shop) -> None:
    facts = shop.home.raw / "plan" / "facts.csv"
    facts.write_text("other", encoding="utf-8")
    with pytest.raises(InputProblems, match=r"restore data/raw/plan/facts\.csv with git"):
        missing(shop)
    facts.unlink()
    with pytest.raises(InputProblems, match=r"no plan/facts\.csv"):
        missing(shop)


PACKAGE = Package("shop", "shop-data", "1.0", "shop.whl", "a" * 64, "MIT", "CC0", "example.org")


def test_pip_is_told_version_checksum_and_no_dependencies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[list[str], str]] = []

    def fake(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append((command, Path(command[-1]).read_text(encoding="utf-8")))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", fake)
    pip_download(PACKAGE, tmp_path)
    [(command, requirements)] = calls
    assert command[:3] == [sys.executable, "-m", "pip"]
    assert {"download", "--no-deps", "--only-binary=:all:", "--require-hashes"} <= set(command)
    assert requirements == f"shop-data==1.0 --hash=sha256:{'a' * 64}\n"


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        ("ERROR: No matching distribution found\nERROR: more\n", "check the network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "another sha256 than the catalog"),
        ("", "pip gave no reason"),
    ],
)
def test_a_failure_of_pip_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stderr: str, said: str
) -> None:
    def fake(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", stderr)

    monkeypatch.setattr(subprocess, "run", fake)
    with pytest.raises(InputError, match=said) as caught:
        pip_download(PACKAGE, tmp_path)
    assert str(caught.value).startswith("shop-data 1.0: ")
    assert "\n" not in str(caught.value)


def test_a_python_without_pip_gets_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"has no pip; run .* -m ensurepip"):
        pip_download(PACKAGE, tmp_path)
