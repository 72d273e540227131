from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell

from analysis.base.errors import InputError
from analysis.lab.looks import setup


def test_one_language_is_hidden_by_a_style_of_the_page(
    monkeypatch: pytest.MonkeyPatch, shell: InteractiveShell
) -> None:
    monkeypatch.setenv("ANALYSIS_LAB", "1")
    shown = setup(hide="zh")
    markup = shown._repr_mimebundle_()["text/html"]
    assert '.jp-Cell[data-tags~="lang-zh"]' in markup
    assert 'class="analysis-languages analysis-hide-zh"' in markup
    assert repr(shown) == "cells in zh are hidden"
    assert "<style>" not in setup()._repr_mimebundle_()["text/html"]


def test_autoreload_is_switched(shell: InteractiveShell) -> None:
    setup()
    reloader = shell.magics_manager.registry["AutoreloadMagics"]._reloader
    assert reloader.enabled
    setup(autoreload=False)
    assert not reloader.enabled


def test_what_cannot_be_hidden_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANALYSIS_LAB", raising=False)
    with pytest.raises(InputError, match="expected one of en, zh, or None"):
        setup(hide="fr")
    with pytest.raises(InputError, match="started by `analysis lab`"):
        setup(hide="zh")
