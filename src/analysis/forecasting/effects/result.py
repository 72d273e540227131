"""What the calendar and outliers did to series, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base import formats
from analysis.base.language import translator
from analysis.forecasting.arrays import Floats
from analysis.forecasting.effects.outliers import ADDITIVE, SHIFT, Outlier
from analysis.forecasting.effects.terms import Term
from analysis.forecasting.panel import Series


@dataclass(frozen=True, slots=True)
class Effects:
    """What the calendar and outliers did to one series, as known at one origin.

    Attributes:
        log: Whether the effects add to logs (and so multiply) or to values.
        past: ``(n,)`` calendar effect.
        ahead: ``(horizon,)`` calendar effect to come.
        outliers: Outliers found.
        shift: ``(n,)`` their effect; level shifts count before their date, with the sign turned,
            so that the level after it, which forecasts start from, is left as it is.
    """

    log: bool
    past: Floats
    ahead: Floats
    outliers: tuple[Outlier, ...]
    shift: Floats

    @property
    def calendar(self) -> bool:
        """Whether there is a calendar effect."""
        return bool(self.past.any() or self.ahead.any())

    def clean(self, y: Floats) -> Floats:
        """History without calendar effect and outliers, in units of ``y``, ``(n,)``."""
        effect = self.past + self.shift
        return y * np.exp(-effect) if self.log else y - effect

    def restore(self, forecast: Floats) -> Floats:
        """Forecasts of ``y`` from forecasts of the cleaned history, ``(..., horizon)``."""
        return forecast * np.exp(self.ahead) if self.log else forecast + self.ahead


@dataclass(frozen=True)
class PanelEffects:
    """Calendar effects of a panel.

    Attributes:
        series: The series.
        terms: Terms of the last origin, and
        rolling: those of the rolling origins; empty as a rule. In a panel of up to three series
            each has its own.
        effects: By series, by origin.
        table: ``unique_id, term, column, weight, coefficient, se, t``: coefficients at the last
            origin, shrunken, of the candidate of the series' largest weight.
    """

    series: tuple[Series, ...]
    terms: tuple[Term, ...]
    rolling: tuple[Term, ...]
    effects: tuple[tuple[Effects, ...], ...]
    table: pd.DataFrame

    def notes(self, lang: str = "en") -> tuple[str, ...]:
        """Windows in words, one a family; of series by name where each has its own."""
        say = translator(lang)
        out = []
        for term in self.terms:
            columns = ", ".join(term.family.words(i, lang) for i in term.best)
            weight = formats.percent(term.weights.get(term.best, 0.0), 0)
            name = term.family.label(lang)
            if len(self.series) > 1 and len(term.own) == 1:
                one = self.series[next(iter(term.own))].unique_id
                name = say("{series}, {name}", series=one, name=name)
            out.append(
                say(
                    "{name}: {columns} (weight {weight})", name=name, columns=columns, weight=weight
                )
            )
        return tuple(out)

    def outlier_notes(self, lang: str = "en") -> dict[str, tuple[str, ...]]:
        """Outliers at the last origin by series, named by date; series without any left out."""
        say = translator(lang)
        kinds = {ADDITIVE: say("outlier"), SHIFT: say("level shift")}
        out: dict[str, tuple[str, ...]] = {}
        for series, each in zip(self.series, self.effects, strict=True):
            found = each[0].outliers
            if found:
                stamps = series.calendar.stamps(np.array([o.position for o in found]))
                sizes = [
                    formats.signed_percent(float(np.expm1(o.size)))
                    if each[0].log
                    else formats.number(o.size, lang)
                    for o in found
                ]
                out[series.unique_id] = tuple(
                    say("{kind} {date}: {size}", kind=kinds[o.kind], date=str(d)[:7], size=size)
                    for o, d, size in zip(found, stamps, sizes, strict=True)
                )
        return out
