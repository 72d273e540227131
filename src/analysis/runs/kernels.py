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
    from jupyter_client.manager import AsyncKernelManager

_WATCH = """
import os, shutil, signal, sys
for group in sys.stdin.read().split():
    try:
        os.killpg(int(group), signal.SIGKILL)
    except ProcessLookupError:
        pass
if sys.argv[1]:
    shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


@contextmanager
def guarded(sockets: str = "") -> Iterator[type[AsyncKernelManager]]:
    """Give a class of kernel managers whose kernels end with the ``with`` block or this process.

    What a cell has put into a session of its own (``setsid``, a daemon) is not in the group and
    goes on.

    Args:
        sockets: Folder of the kernel's sockets, removed as well; empty for none.
    """
    from jupyter_client.manager import AsyncKernelManager

    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _WATCH, sockets],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
        # A session of its own: whoever kills the run's group must not take the guard along.
        start_new_session=True,
    )  # fmt: skip

    class Guarded(AsyncKernelManager):
        async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
            await super().start_kernel(**options)
            group = getattr(self.provisioner, "pgid", None)
            if group and group != os.getpgrp() and guard.stdin:
                guard.stdin.write(f"{group}\n")
                guard.stdin.flush()

    try:
        yield Guarded
    finally:
        guard.communicate()
