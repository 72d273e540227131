"""Remarks on data: an English sentence and the values that fill it, said in any language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.base.language import translator

if TYPE_CHECKING:
    from analysis.forecasting.calendar import Frequency


class Remark(str):
    """A remark that reads as English and can be said in other languages.

    Attributes:
        sentence: Its id in the message catalog.
        values: What fills it; remarks among them are said in the same language.
    """

    sentence: str
    values: dict[str, object]

    @classmethod
    def say(cls, sentence: str, **values: object) -> Remark:
        """Make a remark of a sentence of the catalog and its values."""
        made = cls(sentence.format(**values))
        made.sentence, made.values = sentence, values
        return made

    def said(self, lang: str) -> str:
        """Return the remark in a language."""
        values = {
            name: value.said(lang) if isinstance(value, Remark) else value
            for name, value in self.values.items()
        }
        return translator(lang)(self.sentence, **values)


OPEN_UNKNOWN = Remark.say("open unknown ahead: same weekday's habit")


def said(text: str, lang: str) -> str:
    """Return a remark, or a sentence of the catalog without values, in a language."""
    return text.said(lang) if isinstance(text, Remark) else translator(lang)(text)


def joined(remarks: list[Remark]) -> Remark:
    """Return remarks as one, parted by semicolons."""
    whole = remarks[0]
    for one in remarks[1:]:
        whole = Remark.say("{one}; {other}", one=whole, other=one)
    return whole


def frequency_word(frequency: Frequency) -> Remark:
    """Return a frequency as a word that stands before what has it: a monthly calendar."""
    words = {
        "yearly": Remark.say("yearly"),
        "quarterly": Remark.say("quarterly"),
        "monthly": Remark.say("monthly"),
        "weekly": Remark.say("weekly"),
        "daily": Remark.say("daily"),
        "business daily": Remark.say("business daily"),
        "hourly": Remark.say("hourly"),
    }
    if frequency.name in words:
        return words[frequency.name]
    step = frequency.step
    others = {
        "month": Remark.say("every {step} months", step=step),
        "day": Remark.say("every {step} days", step=step),
        "business day": Remark.say("every {step} business days", step=step),
        "hour": Remark.say("every {step} hours", step=step),
    }
    return others[frequency.unit]
