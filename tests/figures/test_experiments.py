from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from tests.figures.drawing import cases, compared, drawn
from tests.figures.inputs_experiments import PICTURES


@compared
@pytest.mark.parametrize(("name", "lang"), cases(PICTURES))
def test_experiments(name: str, lang: str) -> Figure:
    return drawn(PICTURES, name, lang)
