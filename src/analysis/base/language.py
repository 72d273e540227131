"""English and Chinese: one message catalog, English sentences as keys.

``translator("zh")("Sales fell by {share}", share="3 %")`` looks the English sentence up in
``locale/zh.po`` and fills it. A sentence that is missing there is an error, not English in a
Chinese report; a test keeps the catalog complete. Comments of the shipped notebooks' parameters
are listed there too (:func:`told`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import resources

from analysis.base.errors import InputError, nearest

LANGUAGES = ("en", "zh")

Translator = Callable[..., str]

# A number stands apart from the measure word after it (3 名), but not after 万 (1.8万名).
_AFTER_LARGE = re.compile("(?<=[0-9][万亿]) (?=[名个次件单人位盒套份条期倍天])")


def check_language(lang: str) -> str:
    """Return ``lang`` if reports can be written in it.

    Raises:
        InputError: If not.
    """
    if lang not in LANGUAGES:
        hint = nearest(lang, LANGUAGES)
        raise InputError(f"lang={lang!r}: expected one of {', '.join(LANGUAGES)}; {hint}")
    return lang


@cache
def messages(lang: str) -> dict[str, str]:
    """Return English sentence → sentence in ``lang`` (empty for English itself)."""
    if check_language(lang) == "en":
        return {}
    from babel.messages.pofile import read_po

    with resources.files(__package__).joinpath(f"locale/{lang}.po").open("rb") as file:
        catalog = read_po(file, locale=lang)
    return {str(message.id): str(message.string) for message in catalog if message.id}


def told(text: str, lang: str) -> str:
    """Return a text that a notebook wrote, such as a parameter's comment, in a language.

    Unlike a sentence of the package it may have no translation: a planner's own notebook shows
    its comments as they are written.
    """
    return messages(lang).get(text, text)


def translator(lang: str) -> Translator:
    """Return ``say(sentence, **values)`` for a language.

    Args:
        lang: ``"en"`` or ``"zh"``.

    Raises:
        InputError: If the language is unknown.
        LookupError: From ``say``, if the sentence has no translation.
    """
    catalog = messages(lang)

    def say(sentence: str, **values: object) -> str:
        if lang != "en":
            translated = catalog.get(sentence)
            if not translated:
                raise LookupError(f"no {lang!r} translation of {sentence!r} in locale/{lang}.po")
            sentence = translated
        filled = sentence.format(**values)
        return _AFTER_LARGE.sub("", filled) if lang == "zh" else filled

    return say
