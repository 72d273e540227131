"""Kernels that leave nothing behind: neither they nor what their cells have started.

A kernel looks after its parent once a second, unless somebody else adopts orphans; what a cell has
started (``subprocess``, workers) goes on when the kernel dies. So a small process stands by each
kernel and holds the other end of a pipe: when the run is over, or has been killed, it ends the
kernel's whole group and removes its sockets.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_client import AsyncKernelManager

_WATCH = """
import os, shutil, signal, sys
os.read(0, 1)
try:
    os.killpg(int(sys.argv[1]), signal.SIGKILL)
except ProcessLookupError:
    pass
if sys.argv[2]:
    shutil.rmtree(sys.argv[2], ignore_errors=True)
"""


@contextmanager
def guarded(sockets: str = "") -> Iterator[type[AsyncKernelManager]]:
    """Give a class of kernel managers whose kernels end with the ``with`` block or this process.

    What a cell has put into a session of its own (``setsid``, a daemon) is not in the group and
    goes on.

    Args:
        sockets: Folder of the kernel's sockets, removed as well; empty for none.
    """
    from jupyter_client import AsyncKernelManager

    guards: list[subprocess.Popen[bytes]] = []

    class Guarded(AsyncKernelManager):
        async def start_kernel(self, **options: Any) -> None:
            await super().start_kernel(**options)
            group = getattr(self.provisioner, "pgid", None)
            if group and group != os.getpgrp():
                guards.append(_guard(group, sockets))

    try:
        yield Guarded
    finally:
        for guard in guards:
            guard.communicate()


def _guard(group: int, sockets: str) -> subprocess.Popen[bytes]:
    # A session of its own: whoever kills the run's group must not take the guard along.
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _WATCH, str(group), sockets],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
