"""One field of the form: a declared parameter as something to fill in.

Numbers are written as text and read by the parameter's own rule: a bounded widget would pull a
value into its limits without a word.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets as widgets

from analysis.base.errors import InputProblems
from analysis.base.language import Translator, told
from analysis.lab.running import as_text
from analysis.runs.parameters import Parameter, Value, bind

WIDTH = "19rem"
TICK = "4.5rem"
BAD = "#b3261e"
_NOTE = "line-height:1.3;display:block;padding-top:6px"
_CODE = "font-family: var(--jp-code-font-family, monospace)"


@dataclass(slots=True)
class Field:
    """A parameter in the form.

    Attributes:
        parameter: What it sets.
        box: What is shown.
        read: Gives what stands in the field: text, truth or None.
        watched: Widgets whose ``value`` changes with the field.
        note: Line below it: whether it was changed, or what is wrong.
        say: Writes in the form's language.
    """

    parameter: Parameter
    box: widgets.Widget
    read: Callable[[], str | bool | None]
    watched: tuple[widgets.Widget, ...]
    note: widgets.HTML
    say: Translator

    def problem(self) -> str:
        """Return what is wrong with what stands there, in words; "" if nothing is."""
        try:
            bind((self.parameter,), {self.parameter.name: self.read()}, self.parameter.name)
        except InputProblems as error:
            return str(error.problems[0])
        return ""

    def look(self) -> None:
        """Say below the field what is wrong, or that it differs from the default."""
        problem = self.problem()
        if problem:
            self.note.value = f'<span style="color:{BAD};{_NOTE}">▲ {html.escape(problem)}</span>'
            return
        name = self.parameter.name
        value = bind((self.parameter,), {name: self.read()}, name)[name]
        same = value == self.parameter.default
        default = html.escape(_short(self.parameter.default, self.say))
        word = (
            self.say("default: {value}", value=default)
            if same
            else self.say("changed; the default is {value}", value=default)
        )
        shape = "○" if same else "<b>●</b>"
        self.note.value = f'<small style="{_NOTE}">{shape} {word}</small>'


def _short(value: Value, say: Translator) -> str:
    text = as_text(value)
    return say("none") if value is None else text if text else say("empty")


def field(parameter: Parameter, choices: Sequence[str], lang: str, say: Translator) -> Field:
    """Make the field of a parameter.

    Args:
        parameter: Its declaration.
        choices: What a form offers for it besides what may be typed.
        lang: Language of its meaning.
        say: Translator into that language.
    """
    box, read, watched = _by_type(parameter, choices, say)
    if parameter.optional:
        box, read, watched = _optional(parameter, box, read, watched, say)
    note = widgets.HTML(layout=widgets.Layout(flex="1 1 12rem", margin="0 0 6px 1rem"))
    made = Field(parameter, _row(parameter, box, note, lang), read, watched, note, say)
    for widget in watched:
        widget.observe(lambda _: made.look(), "value")
    made.look()
    return made


def _row(
    parameter: Parameter, box: widgets.Widget, note: widgets.HTML, lang: str
) -> widgets.Widget:
    meaning = told(parameter.comment, lang)
    limits = "" if parameter.choices else _limits(parameter)
    name = widgets.HTML(
        f'<b style="{_CODE}">{html.escape(parameter.name)}</b>'
        f'<div style="line-height:1.3;color:var(--jp-ui-font-color2,#5d6675)">'
        f"{html.escape(meaning)}{html.escape(limits)}</div>",
        layout=widgets.Layout(flex="0 0 40%", margin="0 1rem 6px 0"),
    )
    box.layout.flex = "0 0 auto"
    return widgets.HBox([name, box, note], layout=widgets.Layout(align_items="flex-start"))


def _limits(parameter: Parameter) -> str:
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None:
        return f" ({low:.12g}–{high:.12g})"
    if low is not None:
        return f" (≥ {low:.12g})"
    return f" (≤ {high:.12g})" if high is not None else ""


Made = tuple[widgets.Widget, Callable[[], str | bool | None], tuple[widgets.Widget, ...]]


def _by_type(parameter: Parameter, choices: Sequence[str], say: Translator) -> Made:
    wide = widgets.Layout(width=f"calc({WIDTH} - {TICK})" if parameter.optional else WIDTH)
    default = parameter.default
    if parameter.choices:
        chosen = as_text(default) if default is not None else parameter.choices[0]
        menu = widgets.Dropdown(options=parameter.choices, value=chosen, layout=wide)
        return menu, lambda: str(menu.value), (menu,)
    if parameter.type == "bool":
        tick = widgets.Checkbox(value=bool(default), indent=False, layout=wide)
        return tick, lambda: bool(tick.value), (tick,)
    if parameter.type in ("list", "dict"):
        shown = json.dumps(default, ensure_ascii=False)
        area = widgets.Textarea(value=shown, rows=2, layout=wide, continuous_update=True)
        return area, lambda: str(area.value), (area,)
    text = widgets.Text(value="" if default is None else as_text(default), layout=wide)
    if not choices:
        return text, lambda: str(text.value), (text,)
    picker = widgets.Dropdown(
        options=[(say("choose a dataset or a file …"), ""), *((each, each) for each in choices)],
        value="", layout=wide,
    )  # fmt: skip

    def picked(_: object) -> None:
        if picker.value:
            text.value = picker.value
            picker.value = ""

    picker.observe(picked, "value")
    return widgets.VBox([text, picker]), lambda: str(text.value), (text,)


def _optional(
    parameter: Parameter,
    box: widgets.Widget,
    read: Callable[[], str | bool | None],
    watched: tuple[widgets.Widget, ...],
    say: Translator,
) -> Made:
    """Put a tick before a field: without it the parameter is None."""
    tick = widgets.Checkbox(
        value=parameter.default is not None, description=say("set"), indent=False,
        layout=widgets.Layout(width=TICK),
    )  # fmt: skip

    def follow(_: object) -> None:
        for widget in watched:
            widget.disabled = not tick.value

    tick.observe(follow, "value")
    follow(None)
    return widgets.HBox([tick, box]), lambda: read() if tick.value else None, (tick, *watched)
