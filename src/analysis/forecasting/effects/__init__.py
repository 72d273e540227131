"""Calendar effects found from data: moving festivals, trading days, outliers.

Monthly and quarterly series, on the log scale where they are positive, are regressed with airline
errors (:mod:`analysis.forecasting.airline`) on what moves in the calendar:

1. *Screen* (:mod:`.screen`). Each family of terms (Spring Festival, Easter, …, trading days) is
   tested once for the whole panel: the mean of the series' F statistics, residuals held to three
   robust deviations, against an F distribution whose degrees of freedom are those of as many
   independent series as the correlated ones are worth (Satterthwaite). A family enters at 1 %, so
   that noise lets any in with at most 5 %. Nothing found is the normal outcome, and ends the
   search. In a panel of up to three series each is treated as if it were alone, so that a strong
   one lends nothing to one that it would harm; the 5 % then hold for each series, not for the
   panel.
2. *Outliers* (:mod:`.outliers`). Additive ones and level shifts, one by one, at a limit that grows
   with the length: the normal quantile of 5 % shared among all dates and both kinds.
3. *Windows* (:mod:`.terms`). Which days before, during and after a festival count, and how
   weekdays count, is not chosen but averaged over candidates by BIC; how often the panel's other
   series use a candidate is its prior weight, so that weak series follow the panel and strong ones
   their own evidence.
4. *Shrinkage*. A series' coefficients are drawn towards the panel's mean by the variance between
   series (empirical Bayes; DerSimonian & Laird 1986), ``(S - 3)/(S - 1)`` of the way as in James
   and Stein's estimator.

Where weekdays count, the series is a flow, and on the log scale the 29th of February is taken off
beforehand at its known size, as in X-13: there are too few leap years to estimate it.

What is chosen for the last origin rests on all of the history; what is chosen for the rolling ones
rests on what the earliest of them knows. Coefficients and outliers are found anew at each origin.

Daily and weekly series get festival columns instead (:mod:`.days`).

References: Bell & Hillmer (1983), JASA 78 (the regressors); Chang, Tiao & Chen (1988),
Technometrics 30 (outliers); Ljung (1993), JRSS B 55 (limits);
Satterthwaite (1946), Biometrics Bulletin 2.
"""

from __future__ import annotations

from analysis.forecasting.effects.days import DayColumns, festival_columns
from analysis.forecasting.effects.families import FAMILIES, FESTIVALS, TRADING, Family
from analysis.forecasting.effects.outliers import Outlier, outlier_limit
from analysis.forecasting.effects.result import Effects, PanelEffects
from analysis.forecasting.effects.search import find
from analysis.forecasting.effects.terms import Term

__all__ = [
    "FAMILIES",
    "FESTIVALS",
    "TRADING",
    "DayColumns",
    "Effects",
    "Family",
    "Outlier",
    "PanelEffects",
    "Term",
    "festival_columns",
    "find",
    "outlier_limit",
]
