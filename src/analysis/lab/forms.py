"""A form made from a notebook's parameters cell: fill in, use here, run as a report, copy."""

from __future__ import annotations

import html
import threading
from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets

from analysis.base.errors import InputError
from analysis.base.language import check_language, translator
from analysis.base.paths import Home
from analysis.base.paths import home as find_home
from analysis.lab import choices, place, running, shown
from analysis.lab.fields import BAD, Field, field
from analysis.runs.notebooks import Notebook
from analysis.runs.parameters import Value, bind


class Form:
    """The form of one notebook.

    Args:
        home: The project.
        notebook: Whose parameters it sets.
        lang: Language of the form, ``"en"`` or ``"zh"``.

    Attributes:
        fields: The fields by parameter.
        use: Button that sets the variables of this notebook.
        run: Button that runs the notebook as a report.
        command: Button that shows the command of such a run.
        message: What came of the last button.
        box: All of it, as it is shown.
    """

    def __init__(self, home: Home, notebook: Notebook, lang: str = "en") -> None:
        self._home = home
        self._notebook = notebook
        self._say = say = translator(check_language(lang))
        self.fields: Mapping[str, Field] = {
            each.name: field(each, choices.of(home, each), lang, say)
            for each in notebook.parameters
        }
        wide = widgets.Layout(width="auto")
        self.use = widgets.Button(description=say("Use in this notebook"), layout=wide)
        self.run = widgets.Button(
            description=say("Run as report"), button_style="primary", layout=wide
        )
        self.command = widgets.Button(description=say("Copy the command"), layout=wide)
        self.use.on_click(lambda _: self._checked(self._use))
        self.run.on_click(lambda _: self._checked(self._run))
        self.command.on_click(lambda _: self._checked(self._command))
        self.message = widgets.HTML()
        self._bar = widgets.IntProgress(layout=widgets.Layout(width="100%", display="none"))
        self.box = self._laid_out(lang)
        self._thread: threading.Thread | None = None

    def _laid_out(self, lang: str) -> widgets.Widget:
        say = self._say
        title = html.escape(self._notebook.title(lang))
        saved = html.escape(say("A report is made from the notebook as it is saved: save first."))
        head = widgets.HTML(
            f'<h3 style="margin:4px 0">{title}</h3><p style="margin:0 0 10px">{saved}</p>'
        )
        buttons = widgets.HBox([self.use, self.run, self.command])
        rows = [each.box for each in self.fields.values()]
        return widgets.VBox(
            [head, *rows, buttons, self._bar, self.message],
            layout=widgets.Layout(max_width="68rem", padding="4px 8px"),
        )

    def values(self) -> dict[str, Value]:
        """Return every parameter with its value as it stands in the form.

        Raises:
            InputProblems: Naming every value that is wrong.
        """
        given = {name: each.read() for name, each in self.fields.items()}
        return bind(self._notebook.parameters, given, self._notebook.name)

    def changed(self) -> dict[str, Value]:
        """Return the parameters that differ from their defaults.

        Raises:
            InputProblems: Naming every value that is wrong.
        """
        values = self.values()
        return {p.name: values[p.name] for p in self._notebook.parameters
                if values[p.name] != p.default}  # fmt: skip

    def wait(self) -> None:
        """Wait until a run that was started by the form has ended."""
        if self._thread is not None:
            self._thread.join()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def _checked(self, act: Any) -> None:
        """Do what a button is for, or show in the form why it cannot be done."""
        try:
            act()
        except InputError as error:
            self._refuse(str(error))

    def _refuse(self, text: str) -> None:
        style = f"color:{BAD};white-space:pre-wrap;line-height:1.4"
        self.message.value = f'<div style="{style}">▲ {html.escape(text)}</div>'

    def _use(self) -> None:
        from IPython import get_ipython

        values, changed = self.values(), self.changed()
        shell = get_ipython()
        if shell is None:
            raise InputError("use in this notebook: there is none here")
        shell.push(values)
        lines = "\n".join(f"{name} = {value!r}" for name, value in changed.items())
        told = self._say(
            "Set here, the others to their defaults. Run the cells below the parameters cell."
        )
        code = f"<pre>{html.escape(lines)}</pre>" if lines else ""
        self.message.value = f"{code}<p>{html.escape(told)}</p>"

    def _command(self) -> None:
        line = running.line(self._home, self._notebook, self.changed())
        self.message.value = shown.command(line, self._say)

    def _run(self) -> None:
        changed = self.changed()
        self.run.disabled = True
        self.message.value = f"<p>{html.escape(self._say('Running …'))}</p>"
        self._bar.value = 0
        self._bar.layout.display = ""
        self._thread = threading.Thread(target=self._follow, args=(changed,), daemon=True)
        self._thread.start()

    def _follow(self, changed: Mapping[str, Value]) -> None:
        try:
            ran = running.run(self._home, self._notebook, changed, self._progress)
            self.message.value = shown.outcome(ran, self._say)
        except Exception as error:
            # The thread has no one to tell: whatever it is belongs into the form.
            self._refuse(f"{type(error).__name__}: {error}")
        finally:
            self._bar.layout.display = "none"
            self.run.disabled = False

    def _progress(self, done: int, all: int) -> None:
        self._bar.max = all
        self._bar.value = done


def form(notebook: str | None = None, lang: str = "en") -> Form:
    """Make a form from the parameters of a notebook.

    Args:
        notebook: Its name or path; the one that this runs in when None.
        lang: ``"en"`` or ``"zh"``: the language of the form.

    Raises:
        InputError: If the notebook is not known or has no parameters, or the language is unknown.
    """
    home = find_home()
    found = place.current(home, notebook)
    if not found.parameters:
        raise InputError(
            f"{found.path.name}: has no parameters: there is no cell tagged `parameters`"
        )
    return Form(home, found, lang)


def run_as_report(notebook: str | None = None, **parameters: Any) -> running.Ran:
    """Run a notebook as it is saved, publish its report, and show its headline and a link.

    Args:
        notebook: Its name or path; the one that this runs in when None.
        parameters: Values of its parameters.

    Raises:
        InputError: If the notebook is not known, or a parameter is unknown or wrong.
    """
    from IPython.display import display

    home = find_home()
    found = place.current(home, notebook)
    values = bind(found.parameters, parameters, found.name)
    changed = {p.name: values[p.name] for p in found.parameters if values[p.name] != p.default}
    say = translator(check_language(str(values.get("lang", "en"))))
    bar = widgets.IntProgress(layout=widgets.Layout(width="100%"))
    message = widgets.HTML(f"<p>{html.escape(say('Running …'))}</p>")
    display(widgets.VBox([bar, message]))  # type: ignore[no-untyped-call]

    def progress(done: int, all: int) -> None:
        bar.max = all
        bar.value = done

    ran = running.run(home, found, changed, progress)
    bar.layout.display = "none"
    message.value = shown.outcome(ran, say)
    return ran
