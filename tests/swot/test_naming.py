"""Tables of a report in English and in Chinese are the same files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import swot
from analysis.data.panel import SHIPPED, TeamPanel, load_panel
from analysis.swot.labels import row_height, wrapped

ROOT = Path(__file__).parents[2]


def tables(panel: TeamPanel, lang: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of the notebook, as ``report.table`` takes it."""
    names = panel.names
    made = swot.score(panel.answers, swot.Settings(draws=200), np.random.default_rng(1))
    ranked, weighed = made.tows, made.weighed
    assert ranked is not None
    assert made.map is not None
    assert made.qspm is not None
    yield "strategies", names.rows(ranked.frame, swot.tows_table_caption(ranked, lang))
    weights = swot.weights_frame(weighed), swot.weights_table_caption(weighed, lang)
    yield "weights", names.rows(*weights)
    yield "consistency", names.rows(swot.checks(weighed), swot.checks_caption(weighed, lang))
    agreed = swot.agreement_frame(made), swot.agreement_table_caption(made, lang)
    yield "agreement", names.rows(*agreed)
    yield "factors", names.rows(made.map.frame, swot.factors_caption(made, lang))
    yield "matrix", names.rows(ranked.matrix_table(), swot.matrix_caption(ranked, lang))
    turns = swot.turns_frame(ranked), swot.turns_table_caption(ranked, lang)
    yield "turns", names.rows(*turns)
    yield "qspm", names.rows(made.qspm.frame, swot.qspm_table_caption(made.qspm, lang))
    yield "loose", names.rows(ranked.orphans, swot.orphans_caption(made, lang))
    assert panel.competitors
    assert panel.prices
    assert panel.partners
    rivals = swot.competitor_map(panel.competitors.frame)
    scores = swot.competitor_scores(rivals), swot.competitor_scores_caption(rivals, lang)
    yield "competitors", names.rows(*scores)
    seen = swot.daily_watch(panel.prices.frame)
    yield "prices", names.rows(swot.exposed(seen, 0.5), swot.exposed_caption(seen, lang))
    yield "reviews", names.rows(seen.reviews_table(), swot.reviews_caption(seen, lang))
    fit = swot.partner_fit(
        panel.partners.frame, panel.partners.weights, draws=200, rng=np.random.default_rng(1)
    )
    asked = swot.partners_frame(fit, panel.partners.overlap)
    yield "partners", names.rows(asked, swot.partners_table_caption(fit, lang))
    for part in ("competitors", "prices", "partners"):
        yield f"{part}_missing", swot.missing(part, None, lang)


def test_files_are_the_same_in_both_languages_and_pages_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from analysis.reports.notebook import Report

    monkeypatch.chdir(ROOT)
    both = [dict(tables(load_panel(SHIPPED, lang=lang), lang)) for lang in ("en", "zh")]
    for (name, english), chinese in zip(both[0].items(), both[1].values(), strict=True):
        pd.testing.assert_frame_equal(english["frame"], chinese["frame"], obj=name)
        assert english["title"] != chinese["title"], name
        pages = [Report(lang, None).table(name, **given).__repr__()
                 for lang, given in (("en", english), ("zh", chinese))]  # fmt: skip
        assert pages[0] != pages[1]
        assert "swot_factors." not in pages[0] + pages[1], name


def test_a_name_is_its_own_identifier_where_there_is_no_other() -> None:
    rows = swot.Names().rows(
        pd.DataFrame({"strategy": ["go", ""], "value": [1.0, 2.0]}),
        {"title": "t", "hide": ("value",)},
    )
    assert list(rows["frame"].columns) == ["strategy", "strategy_en", "strategy_zh", "value"]
    assert rows["frame"]["strategy_zh"].tolist() == ["go", ""]
    assert rows["texts"]["strategy"] == ["go", "–"]
    assert set(rows["hide"]) == {"value", "strategy_en", "strategy_zh"}


def test_labels_are_never_cut() -> None:
    long = "Omnichannel layout with online and offline synergy in every tier of cities we serve"
    for narrow in (False, True):
        assert wrapped(long, narrow=narrow).replace("\n", " ") == long
        chinese = "下沉市场购买力提升带来的新增用户与新增订单"
        assert wrapped(chinese, narrow=narrow).replace("\n", "") == chinese
    assert row_height(["short"], 0.45) == 0.45
    assert row_height([long], 0.45) > 0.9
