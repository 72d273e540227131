"""Arguments that several planning functions share, checked."""

from __future__ import annotations

import math

import numpy as np

from analysis.base.errors import InputError


def shown(value: object) -> str:
    """A cell as a reader of the table would see it."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def check_level(level: float) -> float:
    """Return a level in percent, or refuse it."""
    if not 0 < level < 100:
        raise InputError(f"level: found {level!r}, expected a percentage between 0 and 100")
    return level


def check_target(target: float) -> float:
    """Return a target above 0, or refuse it."""
    if not (math.isfinite(target) and target > 0):
        raise InputError(f"target: found {target!r}, expected a number above 0")
    return float(target)
