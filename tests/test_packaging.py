"""pyproject, lock, environment.yml and Makefile say the same."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked() -> list[Requirement]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    lines = [line.rstrip(" \\") for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    return [Requirement(line) for line in lines]


def wanted() -> list[Requirement]:
    groups = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    return [Requirement(text) for text in groups]


def version(requirement: Requirement) -> str:
    return str(requirement.specifier).removeprefix("==")


def test_every_dependency_is_locked_at_a_version_it_allows() -> None:
    pins = {(canonicalize_name(pin.name), version(pin)) for pin in locked()}
    for requirement in wanted():
        versions = [v for name, v in pins if name == canonicalize_name(requirement.name)]
        assert versions, f"{requirement} is not in requirements.lock: make lock"
        assert all(requirement.specifier.contains(v) for v in versions), requirement


def test_numbers_come_from_one_version_on_every_python() -> None:
    for name in ("numpy", "scipy", "pandas", "statsmodels", "matplotlib", "pyarrow", "duckdb"):
        pins = [pin for pin in locked() if canonicalize_name(pin.name) == name]
        assert len(pins) == 1, f"{name}: {[str(pin) for pin in pins]}"
        assert pins[0].marker is None, pins[0]


def test_every_pin_has_hashes_and_no_host_is_named() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|^--|file:", text, re.MULTILINE)
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)[1:]
    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_running_environment_is_the_locked_one() -> None:
    for pin in locked():
        if pin.marker is None or pin.marker.evaluate():
            assert metadata.version(pin.name) == version(pin), pin.name


def test_conda_users_get_an_allowed_python_and_the_same_lock() -> None:
    """Parsed, not executed: conda cannot be reached from here."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [each for each in environment["dependencies"] if isinstance(each, str)]
    through_pip = next(e["pip"] for e in environment["dependencies"] if isinstance(e, dict))
    python = next(each for each in plain if each.startswith("python="))
    baseline = python.split("=")[1]
    assert Requirement(f"python{PROJECT['project']['requires-python']}").specifier.contains(
        baseline
    )
    assert PROJECT["tool"]["mypy"]["python_version"] == baseline
    assert {each.split("=")[0] for each in plain} == {"python", "pip"}
    assert through_pip == ["--require-hashes", "-r requirements.lock"]


def test_the_lock_was_made_by_the_make_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    header = (ROOT / "requirements.lock").read_text(encoding="utf-8").split("\n", 3)[1]
    for option in (
        "--universal",
        "--python-version 3.11",
        "--generate-hashes",
        "--no-emit-index-url",
    ):
        assert option in makefile
        assert option in header


def test_each_dependency_earns_its_place_in_one_line() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = {canonicalize_name(name) for name in re.findall(r"^\| `([^`]+)` \|", text, re.M)}
    names = {canonicalize_name(requirement.name) for requirement in wanted()}
    assert explained == names


def test_tracked_files_name_no_registry_and_no_path_of_a_machine() -> None:
    try:
        files = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files"], capture_output=True, encoding="utf-8", check=True
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    hosts = re.compile(r"https?://[^\s\"')]*(?:pypi|pythonhosted|npmjs)|https?://\S*/simple\b")
    for name in files:
        path = ROOT / name
        if path.suffix in (".parquet", ".png", ".gz") or not path.is_file():
            continue
        found = hosts.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{name}: {found}"
