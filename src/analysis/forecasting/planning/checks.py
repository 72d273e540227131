"""Arguments that several planning functions share, checked."""

from __future__ import annotations

import math

import numpy as np

from analysis.base.errors import InputError
from analysis.forecasting.words_remarks import Remark


class Unsuited(InputError):
    """Data that does not carry what was asked of it.

    Args:
        message: What was found and expected, for who gave the data.
        remark: The same for the reader of a report, who asked for nothing.
    """

    def __init__(self, message: str, remark: Remark) -> None:
        super().__init__(message)
        self.remark = remark


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
