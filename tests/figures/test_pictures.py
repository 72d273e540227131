"""Every figure of a result has its picture, and every picture its figure."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont

from analysis.base.theme import CJK, LATIN, font_files, house_style
from tests.figures.accepting import BASELINE, accept_pictures, differs, take
from tests.figures.drawing import cases
from tests.figures.inputs_experiments import PICTURES as EXPERIMENTS
from tests.figures.inputs_forecasting import PICTURES as FORECASTING
from tests.figures.inputs_market import PICTURES as MARKET
from tests.figures.inputs_plan import PICTURES as PLAN
from tests.figures.inputs_swot import PICTURES as SWOT

ROOT = Path(__file__).parents[2]
ROOMS = {"experiments": EXPERIMENTS, "forecasting": FORECASTING, "market": MARKET, "plan": PLAN,
         "swot": SWOT}  # fmt: skip
LARGEST = 32_000


def drawing_methods() -> set[str]:
    """Return ``Class.method`` of every public method of the package that gives matplotlib Axes."""
    found: set[str] = set()
    for path in (ROOT / "src" / "analysis").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
                found |= {f"{node.name}.{each.name}" for each in methods if _draws(each)}
    return found


def _draws(method: ast.FunctionDef) -> bool:
    if method.name.startswith("_") or method.returns is None:
        return False
    return ast.unparse(method.returns) == "Axes"


def test_every_figure_is_drawn_in_some_room() -> None:
    drawn = {name for room in ROOMS.values() for name in room}
    missing = sorted(drawing_methods() - drawn)
    assert not missing, f"give {missing} a small input in tests/figures/inputs_*.py"
    assert not drawn - drawing_methods()


def test_pictures_and_figures_match() -> None:
    expected = {
        f"test_{room}_{name}-{lang}.png"
        for room, pictures in ROOMS.items()
        for name, lang in cases(pictures)
    }
    kept = {path.name: path.stat().st_size for path in (ROOT / BASELINE).glob("*")}
    assert not expected - kept.keys(), "no baseline picture: look at what `make accept` draws"
    assert not kept.keys() - expected, "a baseline picture without its figure: `make accept`"
    assert max(kept.values()) <= LARGEST


def test_pictures_are_in_the_fonts_that_travel_with_the_project() -> None:
    files = font_files()
    with house_style():
        assert findfont(FontProperties(family=LATIN)) == str(files["regular"])
        assert findfont(FontProperties(family=CJK)) == str(files["cjk"])


def _saved(path: Path, *values: float) -> None:
    figure = Figure(figsize=(2, 1))
    figure.subplots().plot(values)
    figure.savefig(path, metadata={"Software": None})


def test_only_what_looks_different_is_taken_over(tmp_path: Path) -> None:
    made, baseline = tmp_path / "made", tmp_path / "baseline"
    made.mkdir()
    baseline.mkdir()
    for name, values in {"same": (1, 2), "moved": (2, 1), "new": (1, 1)}.items():
        _saved(made / f"{name}.png", *values)
    for name in ("same", "moved", "gone"):
        _saved(baseline / f"{name}.png", 1, 2)
    kept = (baseline / "same.png").stat().st_mtime_ns
    said: list[str] = []
    take(made, baseline, said.append)
    assert {path.stem for path in baseline.iterdir()} == {"same", "moved", "new"}
    assert (baseline / "same.png").stat().st_mtime_ns == kept
    assert said[-1] == "pictures: 2 replaced, 1 removed"
    assert not differs(baseline / "moved.png", baseline / "moved.png")


def test_a_figure_that_cannot_be_drawn_replaces_nothing(tmp_path: Path) -> None:
    from analysis.base.errors import InputError

    folder = tmp_path / "tests" / "figures"
    folder.mkdir(parents=True)
    (folder / "test_x.py").write_text("raise ValueError('broken')\n", encoding="utf-8")
    with pytest.raises(InputError, match="some figures cannot be drawn"):
        accept_pictures(tmp_path)
    assert not (folder / "baseline").exists()


def test_a_changed_picture_fails(tmp_path: Path) -> None:
    """The comparison itself: a picture with one line moved is not passed over."""
    shutil.copytree(ROOT / BASELINE, tmp_path / "baseline")
    name = "test_plan_Smart.plot-en.png"
    from matplotlib.image import imread, imsave

    pixels = np.array(imread(tmp_path / "baseline" / name))
    imsave(tmp_path / "baseline" / name, np.roll(pixels, 3, axis=0))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--mpl",
         f"--mpl-baseline-path={tmp_path / 'baseline'}",
         "tests/figures/test_plan.py", "-k", "Smart.plot-en"],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Image files did not match" in done.stdout
