"""What the calendar was found to do to a panel: festivals, trading days, outliers, in words."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.base.festivals import festival
from analysis.base.language import translator
from analysis.forecasting.effects import DayColumns, PanelEffects


@dataclass(frozen=True)
class Findings:
    """What was found in a panel before it was forecast.

    Attributes:
        calendar: Effects and outliers taken off monthly and quarterly series; None for others.
        days: Festivals that joined the regressions of daily and weekly series; None for others.
    """

    calendar: PanelEffects | None = None
    days: DayColumns | None = None

    def remarks(self, lang: str = "en") -> list[tuple[str, str]]:
        """Pairs of what it is about and what was found; the panel as a whole first."""
        say = translator(lang)
        rows: list[tuple[str, str]] = []
        if self.calendar is not None:
            rows += [(say("calendar"), note) for note in self.calendar.notes(lang)]
            for name, notes in self.calendar.outlier_notes(lang).items():
                rows += [(name, note) for note in notes]
        if self.days is not None:
            parts: dict[str, list[str]] = {}
            words = {"before": say("before"), "during": say("during"), "after": say("after")}
            for column in self.days.names:
                key, part = column.rsplit(" ", 1)
                parts.setdefault(key, []).append(words[part])
            rows += [
                (say("calendar"), say("sales move with {name} ({when})",
                                      name=festival(key).name(lang), when=say(", ").join(found)))
                for key, found in parts.items()
            ]  # fmt: skip
        return rows
