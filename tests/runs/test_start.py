"""A run begins at once: its machinery imports no room of statistics and no data library."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("numba", "scipy", "statsmodels", "pandas", "pyarrow", "matplotlib", "duckdb")
SAY = f"""
from analysis.runs import export, index, leash, notebooks, parameters, report, run
import sys
print([name for name in {HEAVY!r} if name in sys.modules])
"""


def test_the_machinery_of_a_run_is_light() -> None:
    done = subprocess.run([sys.executable, "-c", SAY], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
