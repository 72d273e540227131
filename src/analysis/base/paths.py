"""Where the project's folders are: the one place that knows.

The root is the nearest folder at or above the working directory that holds
``data/raw/catalog.toml``; failing that, the checkout the package was installed from. The
environment variable ``ANALYSIS_HOME`` overrides both.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from analysis.base.errors import InputError

CATALOG = Path("data", "raw", "catalog.toml")


@dataclass(frozen=True, slots=True)
class Home:
    """The project's folders, absolute."""

    root: Path

    @property
    def catalog(self) -> Path:
        """The list of datasets."""
        return self.root / CATALOG

    @property
    def raw(self) -> Path:
        """Data as it came; never edited."""
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """Checked, typed Parquet made from it."""
        return self.root / "data" / "processed"

    @property
    def notebooks(self) -> Path:
        """One notebook per question."""
        return self.root / "notebooks"

    @property
    def reports(self) -> Path:
        """Published runs and their index."""
        return self.root / "reports"

    @property
    def lock(self) -> Path:
        """Every dependency, pinned with hashes."""
        return self.root / "requirements.lock"


def home(start: Path | None = None) -> Home:
    """Find the project's root.

    Args:
        start: Folder to look from; the working directory when None.

    Raises:
        InputError: If ``ANALYSIS_HOME`` names no project, or none is found.
    """
    named = os.environ.get("ANALYSIS_HOME")
    if named:
        root = Path(named).expanduser().resolve()
        if not (root / CATALOG).is_file():
            raise InputError(f"ANALYSIS_HOME={named}: found no {CATALOG.as_posix()} there")
        return Home(root)
    here = (start or Path.cwd()).resolve()
    checkout = Path(__file__).resolve().parents[3]
    for folder in (here, *here.parents, checkout):
        if (folder / CATALOG).is_file():
            return Home(folder)
    raise InputError(
        f"{here}: no project here or above (looked for {CATALOG.as_posix()}); "
        "change to the project's folder or set ANALYSIS_HOME"
    )
