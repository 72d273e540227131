from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_system_of_the_plan_has_its_row_and_an_honest_state() -> None:
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if re.match(r"\| S\d", line)]
    assert [row[0] for row in rows] == [f"| S{i:02d}" for i in range(1, 115)]
    for row in rows:
        state = row[-1].removesuffix(" |")
        assert state == "open" or state.startswith(("partly: ", "works"))
        tests = re.findall(r"`(tests/[^`]+)`", row[4])
        assert (state == "open") == (not tests)
        assert all((ROOT / test).exists() for test in tests)
