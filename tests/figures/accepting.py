"""Making the baseline pictures anew; only those that look different are replaced."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from matplotlib.image import imread
from matplotlib.testing.compare import compare_images

from analysis.base.errors import InputError
from tests.figures.drawing import TOLERANCE

BASELINE = Path("tests", "figures", "baseline")


def accept_pictures(root: Path, say: Callable[[str], Any] = print) -> None:
    """Draw every picture and take over those that are new or differ beyond the tolerance.

    Args:
        root: The checkout.
        say: Takes one line for the caller.

    Raises:
        InputError: If a figure cannot be drawn; then no picture is replaced.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made"
        called = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/figures",
                  "-m", "mpl_image_compare", f"--mpl-generate-path={made}"]  # fmt: skip
        done = subprocess.run(called, cwd=root, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            tail = "\n".join(done.stdout.splitlines()[-15:])
            raise InputError(f"tests/figures: some figures cannot be drawn\n{tail}")
        take(made, root / BASELINE, say)


def take(made: Path, baseline: Path, say: Callable[[str], Any]) -> None:
    """Replace what differs by what was made, and remove pictures that nothing draws."""
    baseline.mkdir(parents=True, exist_ok=True)
    changed = [path for path in sorted(made.glob("*.png")) if differs(path, baseline / path.name)]
    gone = sorted({p.name for p in baseline.glob("*.png")} - {p.name for p in made.glob("*.png")})
    for path in changed:
        path.replace(baseline / path.name)
        say(f"picture {path.name}: taken over; look at it")
    for name in gone:
        (baseline / name).unlink()
        say(f"picture {name}: nothing draws it any more, removed")
    say(f"pictures: {len(changed)} replaced, {len(gone)} removed")


def differs(found: Path, expected: Path) -> bool:
    """Say whether a picture is missing, of another size, or different beyond the tolerance."""
    if not expected.is_file() or imread(found).shape[:2] != imread(expected).shape[:2]:
        return True
    try:
        return compare_images(str(expected), str(found), tol=TOLERANCE) is not None
    finally:
        for each in (expected, found):
            each.with_name(f"{found.stem}-failed-diff.png").unlink(missing_ok=True)
