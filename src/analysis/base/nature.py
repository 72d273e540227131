"""Whether data is observed, drawn from a model, or made up to illustrate; said on every report."""

from __future__ import annotations

from analysis.base.language import translator


def natures(lang: str) -> dict[str, str]:
    """Return each nature of data in the reader's words."""
    say = translator(lang)
    return {
        "real": say("Real data"),
        "simulated": say("Simulated data"),
        "illustrative": say("Illustrative data"),
        "own": say("Your data"),
    }
