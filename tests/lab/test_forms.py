from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pytest
from IPython.core.interactiveshell import InteractiveShell

from analysis.base.errors import InputError, InputProblems
from analysis.base.paths import Home
from analysis.lab import running
from analysis.lab.forms import Form, run_as_report
from analysis.lab.forms import form as form_of
from analysis.runs.notebooks import Notebook
from tests.runs.small import MakeNotebook


def fill(form: Form, name: str, value: Any) -> None:
    form.fields[name].watched[-1].value = value


def note(form: Form, name: str) -> str:
    return str(form.fields[name].note.value)


def test_a_fresh_form_stands_at_the_defaults(form: Form, every_kind: Notebook) -> None:
    assert form.values() == {p.name: p.default for p in every_kind.parameters}
    assert form.changed() == {}
    assert "default: 42" in note(form, "days")


def test_every_kind_of_field_gives_its_type(form: Form) -> None:
    given = {
        "days": "7", "level": "1.5", "model": "theta", "promo": True, "caps": '{"revenue": 0.99}',
        "metrics": '["revenue/orders"]', "lang": "zh",
    }  # fmt: skip
    for name, value in given.items():
        fill(form, name, value)
    assert form.changed() == {
        "days": 7, "level": 1.5, "model": "theta", "promo": True, "caps": {"revenue": 0.99},
        "metrics": ["revenue/orders"], "lang": "zh",
    }  # fmt: skip
    assert "changed; the default is 42" in note(form, "days")


def test_an_optional_parameter_is_none_without_its_tick(form: Form) -> None:
    tick, text = form.fields["season"].watched
    assert text.disabled
    tick.value = True
    text.value = "7"
    assert form.changed() == {"season": 7}
    tick.value = False
    assert form.values()["season"] is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("days", "500", "found days='500', expected days to be a whole number from 1 to 365"),
        ("days", "", "expected days to be a whole number from 1 to 365"),
        ("days", "7.5", "expected days to be a whole number"),
        ("level", "-0.1", "expected level to be a number from 0 to …"),
        ("caps", '{"a": }', "expected caps to be a JSON object"),
        ("caps", "[1]", "expected caps to be a JSON object"),
        ("metrics", "[1]", "expected metrics to be a JSON list"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field_and_never_pulled_into_limits(
    form: Form, name: str, value: str, said: str
) -> None:
    fill(form, name, value)
    shown = note(form, name).replace("&#x27;", "'").replace("&quot;", '"')
    assert "▲" in shown
    assert said in shown
    with pytest.raises(InputProblems):
        form.values()


def test_buttons_refuse_wrong_values_in_the_form_without_a_traceback(form: Form) -> None:
    fill(form, "days", "<b>")
    for button in (form.use, form.run, form.command):
        form.message.value = ""
        button.click()
        assert "days=&#x27;&lt;b&gt;&#x27;" in form.message.value
        assert not button.disabled


def test_use_in_this_notebook_sets_every_variable(form: Form, shell: InteractiveShell) -> None:
    shell.user_ns["days"] = 1
    fill(form, "caps", '{"a": 0.5}')
    form.use.click()
    assert shell.user_ns["days"] == 42
    assert shell.user_ns["caps"] == {"a": 0.5}
    assert "caps = {&#x27;a&#x27;: 0.5}" in form.message.value


def test_the_command_is_one_that_a_shell_reads_back(form: Form) -> None:
    fill(form, "caps", '{"a b": 0.5}')
    fill(form, "data", "my sales; rm -r.csv")
    form.command.click()
    assert (
        "analysis run sales -p &#x27;data=my sales; rm -r.csv&#x27; "
        "-p &#x27;caps={&quot;a b&quot;: 0.5}&#x27;" in form.message.value
    )


def test_the_picker_fills_the_field(
    project: Home, every_kind: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.raw / "own.csv").write_text("ds,y\n", encoding="utf-8")
    monkeypatch.chdir(project.root)
    form = Form(project, every_kind)
    picker = form.fields["data"].box.children[1].children[1]
    assert isinstance(picker, widgets.Dropdown)
    picker.value = "data/raw/own.csv"
    assert form.values()["data"] == "data/raw/own.csv"
    assert picker.value == ""


def test_run_as_report_shows_status_headline_and_link(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def run(*given: Any) -> running.Ran:
        seen["changed"] = given[2]
        given[3](3, 7)
        return running.Ran("sales", Path("x"), "", "good", "Plan <70>", "/analysis/x?a&b")

    monkeypatch.setattr("analysis.lab.running.run", run)
    fill(form, "days", "7")
    form.run.click()
    form.wait()
    assert seen["changed"] == {"days": 7}
    assert "● On track" in form.message.value
    assert "Plan &lt;70&gt;" in form.message.value
    assert 'href="/analysis/x?a&amp;b"' in form.message.value
    assert not form.run.disabled


def test_a_failed_run_says_why_and_frees_the_button(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = running.Ran("sales", None, reason="data=no.csv: found neither <file>")
    monkeypatch.setattr("analysis.lab.running.run", lambda *_: failed)
    form.run.click()
    form.wait()
    assert "No report was made" in form.message.value
    assert "found neither &lt;file&gt;" in form.message.value
    assert not form.run.disabled


def test_a_form_in_chinese_gives_the_meaning_as_the_report_does(
    project: Home, make_notebook: MakeNotebook
) -> None:
    make_notebook("sales", parameters='lang: str = "en"  # language of the report {en|zh}')
    made = form_of("sales", lang="zh")
    assert made.run.description == "生成报告"
    assert "报告语言" in made.fields["lang"].box.children[0].value


def test_calls_that_cannot_be_a_form(
    project: Home, make_notebook: MakeNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    make_notebook("bare")
    make_notebook("sales", parameters='lang: str = "en"')
    with pytest.raises(InputError, match="there is no cell tagged `parameters`"):
        form_of("bare")
    with pytest.raises(InputError, match="did you mean 'sales'"):
        form_of("sale")
    with pytest.raises(InputError, match="does not know which notebook"):
        form_of()
    with pytest.raises(InputError, match="lang='fr'"):
        form_of("sales", lang="fr")


def test_run_as_report_checks_before_it_starts(every_kind: Notebook) -> None:
    with pytest.raises(InputProblems, match="did you mean 'days'"):
        run_as_report("sales", day=7)
