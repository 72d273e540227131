"""Starting JupyterLab with the project's kernel and settings, none of which are in the user's home.

Nothing is installed and no file is written: the kernel, the settings and the small extension of
the user interface are folders of this package that JupyterLab is pointed to. A user's own settings
stay in force where they say something.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager

from analysis.base.errors import InputError
from analysis.base.paths import Home

FOLDER = Path(__file__).parent / "jupyter"
STARTED = "ANALYSIS_LAB"
HIDE = "ANALYSIS_LAB_HIDE"
PORT = 8888


class ProjectKernels(KernelSpecManager):
    """Kernels as JupyterLab finds them, but ``python3`` is always the project's."""

    def _kernel_dirs_default(self) -> list[str]:
        found: list[str] = super()._kernel_dirs_default()
        return [str(FOLDER / "kernels"), *found]


def environment(home: Home, hide: str = "") -> dict[str, str]:
    """Return the variables that the server and its kernels get.

    Args:
        home: The project.
        hide: Language whose cells are not shown; "" to show all.
    """
    paths = [str(FOLDER), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {
        "ANALYSIS_HOME": str(home.root),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path),
        # Else the tabs that another project left open would be opened here.
        "JUPYTERLAB_WORKSPACES_DIR": str(home.root / ".cache" / "lab"),
        STARTED: "1",
        HIDE: hide,
    }


def settings(home: Home, *, host: str, port: int | None, browser: bool, root: bool) -> list[str]:
    """Return JupyterLab's settings as command-line arguments, which win over its files.

    Args:
        home: The project.
        host: Address to listen on.
        port: Port to listen on; None for the first free one from 8888.
        browser: Whether to open a browser.
        root: Whether the process belongs to root, which Jupyter must be told to accept.
    """
    given: dict[str, Any] = {
        "ServerApp.ip": host,
        "ServerApp.port": PORT if port is None else port,
        "ServerApp.port_retries": 50 if port is None else 0,
        "ServerApp.open_browser": browser,
        "ServerApp.allow_root": root,
        "ServerApp.root_dir": home.root,
        "ServerApp.kernel_spec_manager_class": "analysis.lab.launch.ProjectKernels",
        "ServerApp.jpserver_extensions": {"analysis.lab.server": True},
        "LabApp.default_url": "/lab/tree/notebooks" if home.notebooks.is_dir() else "/lab",
        # Neither news, nor updates, nor a catalog of extensions: nothing is asked elsewhere.
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
        "LabApp.extra_labextensions_path": FOLDER / "labextensions",
    }
    return [f"--{name}={value}" for name, value in given.items()]


def check_port(host: str, port: int) -> None:
    """Refuse a port that cannot be listened on.

    Raises:
        InputError: If it is taken or not allowed, or the host is not an address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(
            f"--host {host} --port {port}: cannot listen there ({why}); "
            "choose another --port, or leave it out for the first free one"
        ) from None


def serve(variables: Mapping[str, str], arguments: list[str]) -> None:
    """Run JupyterLab until it is stopped.

    Args:
        variables: What :func:`environment` gave.
        arguments: What :func:`settings` gave.
    """
    os.environ.update(variables)
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(argv=arguments)
