from __future__ import annotations

import datetime as dt
import re

import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.base.paths import Home
from analysis.runs.schedule.reading import read_schedule
from analysis.runs.schedule.spec import Alert, Phase, Schedule
from analysis.runs.schedule.times import due, due_until
from tests.runs.schedule.conftest import Write
from tests.runs.small import MakeNotebook

WHOLE = """\
[schedule]
time_zone = "Asia/Shanghai"
base_url = "https://example.org/reports/"

[recipients.planning]
url = "mailto://planner:${MAIL_PASSWORD}@example.org"
lang = "zh"

[[phases]]
event = "618"
phase = "presale"
platform = "jd"
start = 2026-06-01
end = 2026-06-03

[[jobs]]
name = "daily"
notebook = "sales"
cron = "30 7 * * *"
parameters = { as_of = "{scheduled_date-1d}", horizon = 28 }
during = "618"
retries = 2
backoff = "2m"
timeout = "30m"
overlap = "queue"
freshness = { data = "exports/sales.csv", column = "ds" }
alert = { when = "red", to = ["planning"], attach = "picture" }

[[jobs]]
name = "weekly"
notebook = "sales"
cron = "0 9 * * mon"
time_zone = "Europe/Berlin"
"""


@pytest.fixture
def schedule(project: Home, write: Write, monkeypatch: pytest.MonkeyPatch) -> Schedule:
    monkeypatch.setenv("MAIL_PASSWORD", "not-told")
    return read_schedule(project, write(WHOLE))


def test_everything_is_read(project: Home, schedule: Schedule) -> None:
    daily, weekly = schedule.jobs
    assert (daily.line, weekly.line) == (16, 29)
    assert daily.parameters == {"as_of": "{scheduled_date-1d}", "horizon": 28}
    assert (daily.retries, daily.backoff, daily.timeout) == (
        2, dt.timedelta(minutes=2), dt.timedelta(minutes=30),
    )  # fmt: skip
    assert daily.alert == Alert("red", ("planning",), "picture")
    assert daily.freshness is not None
    assert daily.freshness.through == "{scheduled_date-1d}"
    assert weekly.alert == Alert("never", (), "none")
    assert (str(daily.zone), str(weekly.zone)) == ("Asia/Shanghai", "Europe/Berlin")
    assert schedule.base_url == "https://example.org/reports"
    assert schedule.state == project.root / ".schedule"
    assert schedule.phases == (Phase("618", "presale", "jd", dt.date(2026, 6, 1),
                                     dt.date(2026, 6, 3)),)  # fmt: skip


def test_no_secret_is_in_what_was_read(schedule: Schedule) -> None:
    assert "not-told" not in repr(schedule)
    assert "${MAIL_PASSWORD}" in schedule.recipients["planning"].url


def test_a_job_is_due_inside_its_windows_only(schedule: Schedule) -> None:
    start = dt.datetime(2026, 5, 30, tzinfo=dt.UTC)
    found = [f"{moment:%m-%d %H:%M}" for moment in due(schedule.jobs[0], schedule.phases, start)]
    assert found == ["06-01 07:30", "06-02 07:30", "06-03 07:30"]
    until = dt.datetime(2026, 6, 1, 23, 30, tzinfo=dt.UTC)
    assert len(due_until(schedule.jobs[0], schedule.phases, start, until)) == 2


def wrong(project: Home, write: Write, text: str, *, secrets: bool = True) -> str:
    with pytest.raises(InputProblems) as caught:
        read_schedule(project, write(text), secrets=secrets)
    return str(caught.value)


JOB = '[[jobs]]\nname = "daily"\nnotebook = "sales"\ncron = "30 7 * * *"\n'


BACKWARD = '[[phases]]\nevent = "618"\nstart = 2026-06-18\nend = 2026-06-01\n'


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (JOB.replace("30 7", "61 7"), 4, "'61'"),
        (JOB.replace("30 7 * * *", "0 9 31 2 *"), 4, "never run"),
        (JOB + 'time_zone = "Asia/Shangai"', 5, "did you mean 'Asia/Shanghai'"),
        ('[schedule]\ntime_zone = "Mars"\n' + JOB, 2, "such as Asia/Shanghai"),
        (JOB.replace('"sales"', '"sale"'), 3, "did you mean 'sales'"),
        (JOB + "parameters = { horizn = 7 }", 5, "did you mean 'horizon'"),
        (JOB + "parameters.horizon = 1000", 5, "a whole number from 1 to 100"),
        (JOB + '[jobs.parameters]\nlang = "en"\nas_of = "{yesterday}"', 7, "no such name"),
        (JOB + 'parameters = { mapping = "none.toml" }', 5, "a mapping file that is there"),
        (JOB + 'during = "618"', 5, "there is no calendar"),
        (
            '[[phases]]\nevent = "618"\nstart = 2026-06-01\nend = 2026-06-18\n'
            + JOB + 'during = ["619"]',
            9, "did you mean '618'",
        ),
        (BACKWARD + JOB, 4, "not before"),
        (JOB + 'alert = { to = ["boss"] }', 5, "[recipients.NAME]"),
        (JOB + 'alert = { when = "red" }', 5, "the names of its recipients"),
        (JOB + 'alert = { when = "green" }', 5, "one of never, failure, red"),
        ('[recipients.a]\nurl = "mailto://a:${NO_SUCH}@b.org"\n' + JOB, 2, "NO_SUCH to be set"),
        ('[recipients.a]\nurl = "mailto://a:clear@b.org"\n' + JOB, 2, "a password in the address"),
        ('[recipients.a]\nurl = "pigeon://loft"\n' + JOB, 2, "an address of Apprise"),
        ('[recipients.a]\nlang = "fr"\nurl = "json://b.org"\n' + JOB, 2, "one of en, zh"),
        (JOB + JOB, 5, "another name than that of the job on line 1"),
        (JOB + "retries = -1", 5, "a whole number from 0"),
        (JOB + 'timeout = "soon"', 5, "found timeout = 'soon', expected a length of time such as"),
        (JOB + 'timeout = "0s"', 5, "a length of time of 1s or more"),
        (JOB + 'grace = "9999d"', 5, "expected a length of time of at most ten years"),
        (JOB + "grid = { horizon = '1..1000000' }", 5,
         "found grid horizon=1..1000000, expected one that can run"),
        ('[schedule]\nstate = "schedule.toml"\n' + JOB, 2, "a folder, or a new name for one"),
        ("[jobs]\n" + JOB.partition("\n")[2], 1, "found a table, expected tables [[jobs]]"),
        (JOB + 'exports = ["docx"]', 5, "a format"),
        (JOB + 'freshness = { column = "ds" }', 5, "no 'data'"),
        (
            JOB + 'freshness = { data = "x.csv", column = "ds", through = "{scheduled_time}" }',
            5, "a template of one day",
        ),
        (JOB + 'freshness = { data = "x.doc", column = "ds" }', 5, "or a file named .csv, .tsv"),
        (JOB + "cronn = 1", 5, "did you mean 'cron'"),
        (JOB.replace('name = "daily"\n', ""), 1, "no 'name'"),
        (JOB.replace("daily", "a/b"), 2, "a name of letters"),
        ("jobs = 3", 1, "tables [[jobs]]"),
        ("[schedule]\n", None, "at least one table [[jobs]]"),
        ('[schedule]\ncalendar = "no.csv"\n' + JOB, 2, "a promotion calendar"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(
    project: Home, write: Write, text: str, line: int | None, expected: str
) -> None:
    message = wrong(project, write, text)
    assert message.startswith(f"{project.root / 'schedule.toml'}: 1 problem")
    assert f"line {line}: " in message if line else "line" not in message
    assert expected in message


def test_all_findings_come_in_one_message_in_order_of_lines(project: Home, write: Write) -> None:
    text = JOB.replace("30 7", "61 7") + "retries = -1\n" + JOB.replace("sales", "sale")
    lines = [int(line) for line in re.findall(r"line (\d+)", wrong(project, write, text))]
    assert lines == [4, 5, 8]


def test_secrets_are_not_needed_to_look_at_a_schedule(project: Home, write: Write) -> None:
    text = '[recipients.a]\nurl = "mailto://a:${NO_SUCH}@b.org"\n' + JOB
    assert read_schedule(project, write(text), secrets=False).recipients["a"].lang == "en"


def test_a_calendar_of_the_catalog_or_a_file(project: Home, write: Write) -> None:
    (project.root / "calendar.csv").write_text(
        "event,phase,start,end\n618,,2026-06-01,2026-06-18\n", encoding="utf-8"
    )
    path = write('[schedule]\ncalendar = "calendar.csv"\n' + JOB + 'during = "618"')
    assert read_schedule(project, path).phases[0].event == "618"
    (project.root / "calendar.csv").write_text(
        "event,phase,start,end\n618,,2026-06-18,2026-06-01\n", encoding="utf-8"
    )
    assert "row 2" in wrong(project, write, path.read_text(encoding="utf-8"))


def test_a_missing_or_broken_file_is_one_message(project: Home, write: Write) -> None:
    with pytest.raises(InputError, match=r"no such schedule"):
        read_schedule(project, project.root / "none.toml")
    with pytest.raises(InputError, match="not TOML"):
        read_schedule(project, write("[[jobs]"))


def test_a_notebook_that_is_there_and_cannot_be_run_says_why(
    project: Home, write: Write, make_notebook: MakeNotebook
) -> None:
    make_notebook("stock", "1", parameters="horizon = 7")
    message = wrong(project, write, JOB.replace('"sales"', '"stock"'))
    assert "line 3: found notebook 'stock', which cannot be run: stock.ipynb, parameters" in message
    assert "did you mean" not in message
