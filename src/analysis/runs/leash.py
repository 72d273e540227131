"""A process that ends with the one that started it, even if that one is killed.

The starter holds the other end of this process's standard input; when it dies, for whatever
reason, the operating system closes that end. Kernels are looked after by :mod:`.kernels`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

VARIABLE = "ANALYSIS_LEASH"
# What a shell gives for a command that SIGTERM has ended.
TERMINATED = 128 + signal.SIGTERM


def hold() -> None:
    """Watch standard input in the background if the starter has asked for it; end orderly."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _end)
    if os.environ.pop(VARIABLE, "") and os.getpgrp() == os.getpid():
        threading.Thread(target=_watch, daemon=True).start()


def _end(number: int, frame: FrameType | None) -> None:
    """Leave through every ``finally``: the kernel and the staged folder go. At once if told twice.

    Raises:
        SystemExit: Always.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.exit(TERMINATED)


def _watch() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    # The whole group: the workers of a grid have no one else to tell them.
    os.killpg(os.getpid(), signal.SIGKILL)
