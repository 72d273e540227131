"""The messages that a page quotes are those that bad input gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.base.errors import InputError
from analysis.data import load, load_document, load_experiment, load_facts
from analysis.data.panel import load_panel
from analysis.experiments import Settings
from analysis.forecasting import PANEL, position
from analysis.market import read_plan
from tests.docs.pages import rows, section
from tests.docs.workspace import ROOT

Case = Callable[[Path], object]
ARMS = "user_id,variant,converted\n1,A,0\n2,B,{}\n3,A,1\n4,B,0\n"
CLAIMS = (ROOT / "data" / "raw" / "plan" / "claims.csv").read_text("utf-8-sig").splitlines()
MODEL = (ROOT / "data" / "raw" / "plan" / "market_model.toml").read_text("utf-8")
DAYS = "unique_id,ds,y\nN,2026-01-02,5\nN,2026-01-01,6\n"


def file(name: str, content: str) -> str:
    Path(name).write_text(content, encoding="utf-8")
    return name


def arms_of(content: str, **options: object) -> Case:
    return lambda _: load_experiment(file("a.csv", content), **options)  # type: ignore[arg-type]


def panel_of(content: str) -> Case:
    return lambda _: load(file("s.csv", content), PANEL)


def model_of(old: str, new: str) -> Case:
    def read(_: Path) -> object:
        assert old in MODEL
        document = load_document(file("m.toml", MODEL.replace(old, new, 1)))
        return read_plan(document.content, document.source)

    return read


def plan_of(*lines: str) -> Case:
    def read(folder: Path) -> object:
        (folder / "plan").mkdir()
        if lines:
            file("plan/claims.csv", "\n".join(lines) + "\n")
        return load_facts("plan")

    return read


def judgments_of(content: str) -> Case:
    return lambda _: load_panel(file("j.csv", content))


CASES: dict[str, list[Case]] = {
    "ab-test.md": [
        arms_of(ARMS.format(2), control="A", conversions=["converted"]),
        arms_of(ARMS.format("yes!"), control="A"),
        arms_of("variant,users,conversions\nA,100,120\nB,100,20\n"),
        arms_of("user_id,variant,converted\n1,X,0\n2,Y,1\n3,X,1\n4,Y,0\n"),
        arms_of("user_id,variant,converted\n1,A,0\n2,A,1\n"),
        arms_of(ARMS.format(1), metrics=["convert"]),
        lambda _: Settings(rule="pocock"),
    ],
    "sales-forecast.md": [
        panel_of("shop,date,sales\nN,2026-01-01,5\n"),
        panel_of("unique_id,ds,y\nN,2026-01-01,5\nN,2026-01-01,6\n"),
        panel_of("unique_id,ds,y\nN,2026-02-30,5\nN,2026-01-01,6\n"),
        panel_of("unique_id,ds,y\nN,2026-01-02,many\nN,2026-01-01,6\n"),
        panel_of(""),
        lambda _: position(load(file("s.csv", DAYS), PANEL).frame, as_of="2020-01-01"),
    ],
    "market-sizing.md": [
        model_of("[model]", "[modle]"),
        model_of("p5 = 1.10e12", "p5 = 1.90e12"),
        model_of('is = "period_retail', 'is = "nothing + period_retail'),
        model_of("[model]", "[model"),
    ],
    "plan-check.md": [
        plan_of(CLAIMS[0], CLAIMS[1].replace(",3,", ",many,")),
        plan_of(CLAIMS[0], CLAIMS[1], CLAIMS[1]),
        plan_of(CLAIMS[0], CLAIMS[1].replace(",count,", ",,")),
        plan_of(),
    ],
    "swot-scoring.md": [
        judgments_of("rater,left,right,value,group\nR1,S,W,-2,SWOT\nR1,A,B,2,S\nR1,C,D,2,W\n"),
        judgments_of("rater,left,right,value\nR1,S,W,2\n"),
    ],
}


def quoted(page: str) -> list[str]:
    bad = section(ROOT / "docs" / page, "Bad input")
    return [cells[1].strip("`") for cells in rows(bad, "what is wrong")]


@pytest.mark.parametrize("page", CASES)
def test_the_page_quotes_as_many_messages_as_are_tried(page: str) -> None:
    assert len(quoted(page)) == len(CASES[page])


@pytest.mark.parametrize(
    ("page", "number"), [(page, i) for page, cases in CASES.items() for i in range(len(cases))]
)
def test_a_quoted_message_is_the_one_that_is_given(
    page: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYSIS_HOME", str(ROOT))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as raised:
        CASES[page][number](tmp_path)
    assert quoted(page)[number] in str(raised.value)
