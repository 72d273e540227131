from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports.sample import Sample, build


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return build(tmp_path_factory.mktemp("en") / "run", "en")


@pytest.fixture(scope="session")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return build(tmp_path_factory.mktemp("zh") / "run", "zh")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
