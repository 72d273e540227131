"""What the guide to alerts shows is what is read and sent."""

from __future__ import annotations

import dataclasses
import re

import pytest

from analysis.base.paths import Home
from analysis.runs.alerts.channel import open_channel
from analysis.runs.alerts.message import Served, compose
from analysis.runs.alerts.secrets import VARIABLE
from analysis.runs.schedule import checks
from analysis.runs.schedule.reading import read_schedule
from tests.docs.workspace import ROOT
from tests.runs.alerts.conftest import HEADLINE, PARAMETERS, event
from tests.runs.schedule.conftest import Write
from tests.runs.small import MakeNotebook

GUIDE = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
VALUES = {"SLACK_TOKENS": "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)```$", GUIDE, re.MULTILINE | re.DOTALL)


def addresses() -> list[str]:
    cells = re.findall(r"^\|[^|]+\| `(\w+://[^`]+)` \|", GUIDE, re.MULTILINE)
    return [cell.replace("HOST", "example.com").replace("A@B", "a@example.com")
            .replace("C@D", "c@example.com") for cell in cells]  # fmt: skip


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLE.findall(GUIDE):
        monkeypatch.setenv(name, VALUES.get(name, "abc123"))


def test_the_schedule_of_the_guide_is_good(
    project: Home, write: Write, make_notebook: MakeNotebook
) -> None:
    make_notebook("sales_forecast", "1", parameters=PARAMETERS)
    (text,) = blocks("toml")
    schedule = read_schedule(project, write(text))
    assert [job.alert.attach for job in schedule.jobs] == ["picture"]
    forms = {name: open_channel(each.url).form for name, each in schedule.recipients.items()}
    assert forms == {"planners": "html", "group": "text"}


def test_each_address_of_the_guide_is_one() -> None:
    found = addresses()
    assert len(found) == 7
    for url in found:
        assert list(checks.recipient(url, secrets=True)) == []
    files = {url.partition(":")[0]: open_channel(url).files for url in found}
    assert files["mailtos"]
    assert files["jsons"]
    assert not any(files[bot] for bot in ("wecombot", "dingtalk", "feishu"))


def test_the_messages_of_the_guide_are_those_that_are_sent() -> None:
    title, report, failure = blocks("text")
    told = dataclasses.replace(event("watch"), job="daily_618", notebook="sales_forecast")
    manifest = {"headline": HEADLINE, "changed": {"as_of": "2026-06-17", "horizon": 42}}
    link = "https://reports.example.com/sales_forecast/20260618T073012Z-abc/report.html"
    message = compose(told, manifest, link=link, served=None, lang="en")
    assert title == f"{message.title}\n"
    assert report == message.body("text", 2048) + "\n"
    late = dataclasses.replace(
        told, kind="data late",
        reason="orders.parquet: no rows of 2026-06-17 in column 'ds'; the last day is 2026-06-16",
    )  # fmt: skip
    served = Served(
        "未来 42 天请按 4,380万欧元 计划。", "2026年6月17日", link.replace("0618", "0617")
    )
    assert failure == compose(late, {}, link="", served=served, lang="zh").body("text", 2048) + "\n"
