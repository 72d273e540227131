from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from analysis.base.errors import InputError
from analysis.reports.items import Headline, Item, Number, Picture, Table
from analysis.reports.results import collect

THIRD = Number("third", "A third", "33%", "95% interval", 1 / 3, 0.1 + 0.2, math.inf, 0.95, "share")
PLAN = Number("plan", "Plan", "20", "planned", 20, None, None, None, "days")
HEAD = Headline(3, "Go.", "good", (THIRD, PLAN))
ITEMS: list[Item] = [
    HEAD,
    Table(4, "stores", "t", "", (), (), 100),
    Picture(5, "weekly", "t", "s", "a", ("line: 3 points",)),
]


def test_everything_is_collected() -> None:
    assert collect(ITEMS, "sales_forecast") == {
        "notebook": "sales_forecast",
        "headline": {"sentence": "Go.", "status": "good"},
        "numbers": {
            "third": {
                "value": 0.333333333333, "lo": 0.3, "hi": None, "confidence": 0.95,
                "unit": "share", "label": "A third",
            },
            "plan": {
                "value": 20, "lo": None, "hi": None, "confidence": None,
                "unit": "days", "label": "Plan", "no_interval": "planned",
            },
        },
        "tables": {"stores": 100},
        "figures": {"weekly": ["line: 3 points"]},
    }  # fmt: skip


def test_keys_are_sorted_and_it_is_plain_json() -> None:
    text = json.dumps(collect(ITEMS, "n"), allow_nan=False)
    assert text == json.dumps(json.loads(text), sort_keys=True)


def test_nan_is_null() -> None:
    head = replace(HEAD, numbers=(replace(PLAN, value=math.nan),))
    assert collect([head], "n")["numbers"]["plan"]["value"] is None


def test_a_run_without_headline() -> None:
    found = collect([], "n")
    assert found["headline"] is None
    assert found["numbers"] == {}


def test_one_name_twice_is_refused() -> None:
    again = Headline(9, "And.", "info", (THIRD,))
    with pytest.raises(InputError, match="n: found two headline numbers named 'third'"):
        collect([*ITEMS, again], "n")
