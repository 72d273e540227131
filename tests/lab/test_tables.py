from __future__ import annotations

import re

import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.lab.tables import table

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"


@pytest.fixture(autouse=True)
def _in_the_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_LAB", "1")


def markup(frame: pd.DataFrame, **options: int) -> str:
    return str(table(frame, **options)._repr_mimebundle_()["text/html"])


def test_texts_and_headings_are_never_markup() -> None:
    made = markup(pd.DataFrame({HOSTILE: [HOSTILE]}, index=pd.Index([HOSTILE], name=HOSTILE)))
    assert "onerror" in made
    assert not re.search(r"<img|<script>alert|</script><", made)


def test_nothing_is_asked_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    light = markup(pd.DataFrame({"a": [1]}))
    monkeypatch.delenv("ANALYSIS_LAB")
    whole = markup(pd.DataFrame({"a": [1]}))
    # The library stands in the page of `analysis lab`, elsewhere in the output itself.
    assert len(light) < 10_000
    assert len(whole) > 500_000
    for made in (light, whole):
        assert not re.search(r"(src|import|url)\W{1,3}['\"]?https?:", made)


def test_a_large_frame_is_thinned_and_says_so() -> None:
    frame = pd.DataFrame({"n": range(10_001)})
    shown = table(frame, rows=11)
    assert "11 of 10,001 rows, evenly spread" in repr(shown)
    assert "11 of 10,001 rows, evenly spread" in markup(frame, rows=11)
    assert re.findall(r"^(\d+) +\d+$", repr(shown), re.M)[::5] == ["0", "5000", "10000"]
    assert "Shown:" not in repr(table(frame, rows=10_001))
    assert len(frame) == 10_001


def test_many_columns_are_cut_and_told() -> None:
    wide = pd.DataFrame([range(120)]).rename(columns=str)
    assert "the first 100 of 120 columns" in markup(wide)


def test_calls_that_cannot_be_a_table() -> None:
    with pytest.raises(InputError, match="found list, expected a pandas DataFrame"):
        table([1, 2])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="rows=0: expected at least 1"):
        table(pd.DataFrame(), rows=0)
