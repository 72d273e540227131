"""Words that the figures of promotions share."""

from __future__ import annotations

from analysis.base.language import translator


def phase_words(lang: str) -> dict[str, str]:
    """Phases in the reader's words."""
    say = translator(lang)
    return {
        "presale": say("presale"),
        "first wave": say("first wave"),
        "second presale": say("second presale"),
        "second wave": say("second wave"),
        "main": say("main sale"),
        "special": say("special sales"),
        "peak": say("peak"),
        "extension": say("extension"),
    }
