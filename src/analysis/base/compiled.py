"""Compilation of numeric loops, in one way everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
T = TypeVar("T")


def compiled(function: Callable[P, T]) -> Callable[P, T]:
    """Compile a numeric function on its first call and keep the machine code on disk.

    Floating-point operations keep their written order (no ``fastmath``), so that results do not
    depend on the machine's vector width; division by zero gives infinity or NaN as in numpy.

    A compiled function may call compiled functions of its own file only: the cache on disk
    notices a change of that file and of no other (``tests/test_architecture.py`` holds to it).
    """
    return cast("Callable[P, T]", njit(cache=True, error_model="numpy")(function))
