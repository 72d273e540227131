"""What tables of orders allow, as sections of a report: hours of the day, pre-sale.

Neither can be shown from a forecast alone: without its table a section says what to give.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.forecasting.captions import quantity
from analysis.forecasting.planning.hours import HourProfile, hour_profile
from analysis.forecasting.planning.presale import PresaleForecast
from analysis.forecasting.planning.presale_curves import presale_by_event
from analysis.forecasting.planning.section import Section, absent
from analysis.forecasting.planning.words import hour_ranges, presale_title, signed_day

BUSIEST = 8
"""Hours shown in the report; the files have all."""


def hours_section(
    orders: pd.DataFrame | None, *, length: int = 2, seed: int = 0, lang: str = "en"
) -> Section:
    """When orders come, and which slot to push in.

    Args:
        orders: Orders by time; see :data:`~…order_times.ORDERS`. None if there are none.
        length: Hours of the push slot.
        seed: Of the resampling of days.
        lang: ``"en"`` or ``"zh"``.
    """
    say = translator(lang)
    if orders is None:
        return absent(
            say("Hours of the day"),
            say(
                "Give orders_data=, a table of orders by time (ds; orders and sessions if they "
                "are known), and this shows the peak hours and the slot to push in."
            ),
            lang,
        )
    made = hour_profile(orders, rng=np.random.default_rng(seed))
    drawn = say(
        "Share of orders by hour of the day, {first} to {last}, {days} days",
        first=formats.date(made.first, lang),
        last=formats.date(made.last, lang),
        days=formats.fixed(made.days, 0),
    )
    if not made.reason:
        drawn = say("{what}; lines are {level}% intervals", what=drawn, level=f"{made.level:g}")
    slot = made.slot(length)
    title = say(
        "Orders peak at {peak}; the push slot to test is {slot}",
        peak=hour_ranges(made.peak("orders")), slot=hour_ranges(slot.hours),
    )  # fmt: skip
    words = {**_hour_words(made, say), "note": made.summary(lang, length)}
    return Section(made, "", {"title": title, "subtitle": drawn}, words, _hour_rows(made, say))


def _hour_rows(made: HourProfile, say: Translator) -> pd.DataFrame:
    """Hours, the busiest first."""
    rows = made.table().sort_values("share", ascending=False, kind="stable", ignore_index=True)
    rows.insert(0, "clock", [hour_ranges([hour]) for hour in rows["hour"]])
    mark = say("peak hour")
    return rows.assign(mark=[mark if peak else "" for peak in rows["peak"]])


def _hour_words(made: HourProfile, say: Translator) -> dict[str, Any]:
    share = np.sort(made.orders / made.orders.sum())[::-1]
    half = int(np.searchsorted(share.cumsum(), 0.5)) + 1
    low, high = (
        say("{level}% {end}", level=f"{made.level:g}", end=end) for end in (say("low"), say("high"))
    )
    shares = ["share", "lo", "hi", "conversion", "conversion_lo", "conversion_hi"]
    marks = ["peak"] if made.sessions is None else ["peak", "conversion_peak"]
    return {
        "title": say("{half} of 24 hours bring half of the orders", half=half),
        "labels": {
            "clock": say("Hour"), "orders": say("Orders"), "share": say("Share of orders"),
            "lo": low, "hi": high, "sessions": say("Sessions"), "conversion": say("Conversion"),
            "conversion_lo": low, "conversion_hi": high, "mark": say("Peak of orders"),
        },
        "formats": {
            **dict.fromkeys(shares, "percent"), "orders": quantity(pd.Series(made.orders)),
            "sessions": "integer",
        },
        "hide": ("hour", *marks),
        "show": BUSIEST,
    }  # fmt: skip


def presale_section(curves: pd.DataFrame | None, *, event: str = "", lang: str = "en") -> Section:
    """What an event that runs will bring, from what past ones made of their pre-sale.

    Args:
        curves: Orders by event and day; see :data:`~…presale_curves.PRESALE`. None if there are
            none.
        event: The event that runs; see :func:`~…presale_curves.presale_by_event`.
        lang: ``"en"`` or ``"zh"``.
    """
    say = translator(lang)
    if curves is None:
        return absent(
            say("From pre-sale to season"),
            say(
                "Give presale_data=, a table of orders or deposits added up by day from the "
                "opening (event, day, orders) of past events and of the one that runs, and this "
                "shows what it will bring."
            ),
            lang,
        )
    made = presale_by_event(curves, event)
    drawn = say(
        "{event}: dark is sold by day {day} (0 is the opening), grey what past events sold after",
        event=made.season,
        day=_day(made),
    )
    if made.close is not None:
        drawn = say(
            "{what}, blue the forecast with its {level}% interval", what=drawn,
            level=f"{made.level:g}",
        )  # fmt: skip
    else:
        drawn = say("{what}, blue the forecast", what=drawn)
    rows = made.table()
    named = say("{event} (forecast)", event=made.season)
    rows["season"] = [named if row else name for name, row in rows[["season", "forecast"]].values]
    chart = {"title": presale_title(made, lang), "subtitle": drawn}
    return Section(made, "", chart, _presale_words(made, rows, say, lang), rows)


def _day(made: PresaleForecast) -> str:
    return signed_day(made.day or 0)


def _presale_words(
    made: PresaleForecast, rows: pd.DataFrame, say: Translator, lang: str
) -> dict[str, Any]:
    ends = {"lo": say("low"), "hi": say("high")}
    amounts = ["presale", "total", "lo", "hi", "remaining"]
    return {
        "title": say("What past events had sold by day {day}, and made of it", day=_day(made)),
        "labels": {
            "season": say("Event"), "presale": say("Sold by day {day}", day=_day(made)),
            "share": say("Share of the total"), "total": say("Total"),
            **{name: say("{level}% {end}", level=f"{made.level:g}", end=end)
               for name, end in ends.items()},
            "remaining": say("Sold after it"),
        },
        "formats": {**dict.fromkeys(amounts, quantity(rows["total"])), "share": "percent"},
        "hide": ("forecast",),
        "note": say("{one} {other}", one=made.summary(lang), other=say(
            "The event that runs is taken to be like the past ones: a pre-sale pushed harder than "
            "theirs pulls orders forward, and the forecast is then too high."
        )),
    }  # fmt: skip
