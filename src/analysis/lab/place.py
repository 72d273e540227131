"""Where a notebook runs: which file it is, and the address of its reports in the browser."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.lab.launch import STARTED
from analysis.lab.server import PLACE
from analysis.runs import notebooks
from analysis.runs.notebooks import Notebook

# Set by a Jupyter server to the path of the notebook that a kernel was started for.
_SESSION = "JPY_SESSION_NAME"
# Set by VS Code among the variables of a notebook.
_VSCODE = "__vsc_ipynb_file__"


def current(home: Home, name: str | None) -> Notebook:
    """Open a notebook by name, or the one that this code runs in.

    Raises:
        InputError: If it is not known which one that is, or there is none of that name.
    """
    if name is not None:
        return notebooks.find(home, name)
    found = _of_vscode() or os.environ.get(_SESSION, "")
    if not found:
        raise InputError(
            "notebook: this kernel does not know which notebook it belongs to; "
            'name it, such as notebook="sales_forecast"'
        )
    path = Path(found)
    if path.suffix != ".ipynb" or not path.is_file():
        raise InputError(
            f"notebook: {found} is no notebook (renamed since its kernel started?); "
            'restart the kernel, or name it, such as notebook="sales_forecast"'
        )
    return notebooks.load(path)


def _of_vscode() -> str:
    from IPython import get_ipython

    shell = get_ipython()
    return str(shell.user_ns.get(_VSCODE, "")) if shell is not None else ""


def address(home: Home, folder: Path) -> str:
    """Return where the page of a run opens: from the server of ``analysis lab``, else as a file.

    Args:
        home: The project.
        folder: A published run.
    """
    base = _base() if os.environ.get(STARTED) else None
    page = folder / "report.html"
    if base is None:
        return page.resolve().as_uri()
    return f"{base}{PLACE}/{quote(page.relative_to(home.reports).as_posix())}"


def _base() -> str | None:
    """Return the base path of the Jupyter server that started this kernel; None without one."""
    from jupyter_server.serverapp import list_running_servers

    mine = int(os.environ.get("JPY_PARENT_PID") or 0)
    for server in list_running_servers():
        if server["pid"] == mine:
            return str(server["base_url"])
    return None
