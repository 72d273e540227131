"""Declarations for the tests."""

from __future__ import annotations

import copy
from typing import Any

_COMMON = {"source": "a test", "base_year": 2024, "grade": "A"}

_TWO_ROUTES: dict[str, Any] = {
    "model": {"year": 2025},
    "inputs": {
        "homes": {"unit": "home", "distribution": "lognormal", "p5": 90.0, "p95": 110.0},
        "spend": {"unit": "CNY/home", "distribution": "lognormal", "p5": 5.0, "p95": 20.0},
        "served": {"unit": "share", "distribution": "pert", "min": 0.4, "mode": 0.5, "max": 0.8},
        "won": {"unit": "share", "distribution": "triangular", "min": 0.1, "mode": 0.2, "max": 0.4},
        "shops": {"unit": "shop", "distribution": "fixed", "value": 12.0},
        "turnover": {"unit": "CNY/shop", "distribution": "normal", "mean": 9.0, "sd": 1.0},
    },
    "formulas": {
        "som": {"is": "sam * won", "unit": "CNY"},
        "tam": {"is": "homes * spend", "unit": "CNY"},
        "sam": {"is": "tam * served", "unit": "CNY"},
        "sold": {"is": "shops * turnover", "unit": "CNY"},
    },
    "routes": {
        "top_down": {"tam": "tam", "sam": "sam", "som": "som"},
        "bottom_up": {"som": "sold"},
    },
}


def two_routes() -> dict[str, Any]:
    """A sound declaration, to be changed by a test."""
    declared = copy.deepcopy(_TWO_ROUTES)
    for one in declared["inputs"].values():
        one.update(_COMMON)
    return declared


def three_normal(weights: tuple[float, ...], sds: tuple[float, ...]) -> dict[str, Any]:
    """A sum of normal inputs around 10 with these weights and standard deviations."""
    names = [f"x{i}" for i in range(len(weights))]
    terms = " + ".join(f"{w} * {name}" for w, name in zip(weights, names, strict=True))
    return {
        "model": {"year": 2025},
        "inputs": {
            name: {"unit": "CNY", "distribution": "normal", "mean": 10.0, "sd": sd, **_COMMON}
            for name, sd in zip(names, sds, strict=True)
        },
        "formulas": {"som": {"is": terms, "unit": "CNY"}},
        "routes": {"top_down": {"som": "som"}},
    }
