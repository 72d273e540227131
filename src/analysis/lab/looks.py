"""How a notebook looks while it is worked on: one language only, edits taken up at once."""

from __future__ import annotations

import os

from analysis.base.errors import InputError
from analysis.base.language import LANGUAGES
from analysis.lab.launch import STARTED
from analysis.reports.notebook import Shown


def setup(*, hide: str | None = None, autoreload: bool = True) -> Shown:
    """Hide one language's cells of this notebook, in the page only: the file stays as it is.

    Args:
        hide: ``"en"`` or ``"zh"``; None shows both, also under ``analysis lab --hide``.
        autoreload: Whether edits of imported modules are taken up before each cell.

    Raises:
        InputError: If the language is unknown, or cells cannot be hidden here: only a page of
            ``analysis lab`` knows their tags.
    """
    if hide is not None and hide not in LANGUAGES:
        raise InputError(f"hide={hide!r}: expected one of {', '.join(LANGUAGES)}, or None")
    if hide is not None and not os.environ.get(STARTED):
        raise InputError("hide: needs JupyterLab started by `analysis lab` or `make lab`")
    _autoreload(autoreload)
    rule = (
        f'.jp-Notebook:has(.analysis-hide-{hide}) .jp-Cell[data-tags~="lang-{hide}"]'
        " { display: none; }"
    )
    said = f"cells in {hide} are hidden" if hide else "cells of both languages are shown"
    style = f"<style>{rule}</style>" if hide else ""
    mark = f"analysis-languages analysis-hide-{hide or 'none'}"
    return Shown(said, f'<span class="{mark}">{said}</span>{style}')


def _autoreload(on: bool) -> None:
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.run_line_magic("load_ext", "autoreload")
        shell.run_line_magic("autoreload", "2" if on else "0")
