"""Official holidays of a country and the weekend days worked instead, as far as published.

From ``holidays`` (MIT). Where rest days are moved by a yearly notice (in China the State
Council's, out each autumn for the next year), a later year is unknown: the statutory days alone
would be wrong about half of the days off and all of the days worked instead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import cast

import holidays
import pandas as pd

from analysis.base.errors import InputError
from analysis.base.language import translator

HOLIDAY, MAKE_UP = "holiday", "make-up workday"


@dataclass(frozen=True)
class OfficialDays:
    """Days off and make-up workdays of a country.

    Attributes:
        country: Two-letter code.
        frame: ``day`` (datetime64), ``name``, ``kind`` (``holiday`` or ``make-up workday``),
            by day, of the years that are known.
        unknown: Years asked for whose arrangement is not published; nothing is said about them.
    """

    country: str
    frame: pd.DataFrame
    unknown: tuple[int, ...]

    def table(self) -> pd.DataFrame:
        """``day, name, kind``."""
        return self.frame

    def require(self) -> pd.DataFrame:
        """The days, if all years asked for are known.

        Raises:
            InputError: If one is not.
        """
        if self.unknown:
            raise InputError(
                f"official holidays of {self.country}: found years "
                f"{', '.join(map(str, self.unknown))}, expected years up to "
                f"{known_through(self.country)}: later ones are not published"
            )
        return self.frame

    def summary(self, lang: str = "en") -> str:
        """One sentence: how many days, and which years are unknown."""
        say = translator(lang)
        counts = self.frame["kind"].value_counts()
        sentence = say(
            "{off} days off and {work} make-up workdays.",
            off=int(counts.get(HOLIDAY, 0)),
            work=int(counts.get(MAKE_UP, 0)),
        )
        if not self.unknown:
            return sentence
        other = say(
            "Holidays of {years} are not published yet: unknown, not guessed.",
            years=", ".join(map(str, self.unknown)),
        )
        return say("{one} {other}", one=sentence, other=other)


def _country(country: str) -> str:
    known = holidays.list_supported_countries()
    if country not in known:
        raise InputError(f"country: found {country!r}, expected a two-letter code such as 'CN'")
    return country


@cache
def known_through(country: str = "CN") -> int:
    """Last year whose official days are known.

    Where rest days are moved (there are weekend workdays), the last year with one; elsewhere the
    law fixes the days, and the last year is the library's.

    Raises:
        InputError: If the country is unknown.
    """
    empty = holidays.country_holidays(_country(country))
    moved = holidays.country_holidays(
        country, years=range(max(empty.start_year, 2000), empty.end_year + 1)
    )
    days = cast("set[dt.date]", getattr(moved, "weekend_workdays", set()))
    return max((day.year for day in days), default=int(empty.end_year))


def official_days(years: Iterable[int], country: str = "CN", lang: str = "en") -> OfficialDays:
    """Holidays and make-up workdays of a country.

    Args:
        years: Years wanted.
        country: Two-letter code (ISO 3166).
        lang: Language of the names where the library has it, else the country's own.

    Raises:
        InputError: If the country is unknown or a year lies before the library's first.
    """
    wanted = sorted(set(years))
    last = known_through(country)
    empty = holidays.country_holidays(country)
    if wanted and wanted[0] < empty.start_year:
        raise InputError(
            f"official holidays of {country}: found year {wanted[0]}, expected {empty.start_year} "
            "or later"
        )
    known = [year for year in wanted if year <= last]
    tongue = {"zh": "zh_CN", "en": "en_US"}.get(lang, lang)
    spoken = tongue if tongue in empty.supported_languages else None
    # The next year's notice may name workdays at the end of this one.
    reach = [*known, *(y + 1 for y in known if y + 1 <= last)]
    found = holidays.country_holidays(country, years=reach, language=spoken)
    worked = cast("set[dt.date]", getattr(found, "weekend_workdays", set()))
    say = translator("zh" if lang == "zh" else "en")
    rows = [(day, str(name), HOLIDAY) for day, name in found.items()]
    rows += [(day, say("make-up workday"), MAKE_UP) for day in worked]
    rows = sorted((row for row in rows if row[0].year in known), key=lambda row: (row[0], row[2]))
    frame = pd.DataFrame(rows, columns=["day", "name", "kind"])
    frame["day"] = pd.to_datetime(frame["day"])
    return OfficialDays(country, frame, tuple(year for year in wanted if year > last))
