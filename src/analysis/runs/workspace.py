"""``analysis init``: a workspace of a team's own, in which every command works."""

from __future__ import annotations

import os
import secrets
import shutil
from importlib import resources
from pathlib import Path

from analysis.base.errors import InputError
from analysis.base.paths import CATALOG, Home

COPIED = ("notebooks", "data/raw/plan", CATALOG.as_posix(), "requirements.lock")
"""What a workspace gets from the checkout: questions, the catalog and its tables, the pins."""
OWN = ("data/raw/own",)
"""Tables of a workspace's own catalog entries; copied too where there are any."""
EMPTY = ("data/processed", "reports", "exports")
TEMPLATES = {"README.md": "README.md", "schedule.toml": "schedule.toml", "gitignore": ".gitignore"}
_LEFT = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")


def shipped() -> Home:
    """Return the checkout that the package was installed from.

    Raises:
        InputError: If the package stands alone, without its notebooks and its catalog.
    """
    root = Path(__file__).resolve().parents[3]
    if not (root / CATALOG).is_file():
        raise InputError(
            f"{root}: found no {CATALOG.as_posix()} beside the package; a workspace is made from a "
            "checkout: install the package from one with `pip install -e`"
        )
    return Home(root)


def make_workspace(target: Path, source: Home) -> Path:
    """Make a workspace: complete, or nothing at all.

    Args:
        target: Folder that is not there yet, or is empty.
        source: Checkout (or workspace) that notebooks, catalog and plan tables are copied from.

    Returns:
        The folder, absolute.

    Raises:
        InputError: If the folder holds anything, is a file, lies in a project or cannot be written.
    """
    folder = target.expanduser().absolute()
    _refuse(folder)
    made_parents = [each for each in (folder.parent, *folder.parent.parents) if not each.exists()]
    draft = folder.parent / f".{folder.name}.{secrets.token_hex(4)}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _fill(draft, source)
        # An empty folder makes way for the rename; one that filled up meanwhile does not.
        os.replace(draft, folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        for each in made_parents:
            each.rmdir()
        where = error.filename or folder
        raise InputError(f"{where}: cannot be written ({error.strerror})") from None
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return folder


def _refuse(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError(f"{folder}: is there and is no folder; name a new one")
    if folder.is_dir() and any(folder.iterdir()):
        some = ", ".join(sorted(path.name for path in folder.iterdir())[:3])
        raise InputError(f"{folder}: is not empty (found {some}); name a new or an empty folder")
    for above in folder.resolve().parents:
        if (above / CATALOG).is_file():
            raise InputError(f"{folder}: lies inside the project {above}; name a folder outside it")


def _fill(draft: Path, source: Home) -> None:
    draft.mkdir()
    for name in (*COPIED, *OWN):
        path = source.root / name
        if path.is_dir():
            shutil.copytree(path, draft / name, ignore=_LEFT)
        elif path.is_file():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, draft / name)
    for name in EMPTY:
        (draft / name).mkdir(parents=True, exist_ok=True)
        (draft / name / ".gitkeep").touch()
    templates = resources.files(__package__).joinpath("templates/workspace")
    for template, name in TEMPLATES.items():
        text = templates.joinpath(template).read_text(encoding="utf-8")
        (draft / name).write_text(text, encoding="utf-8", newline="\n")
