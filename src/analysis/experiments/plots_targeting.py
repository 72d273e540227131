"""Effects by segment as a figure and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.base import formats
from analysis.base.language import translator
from analysis.base.theme import ACCENT, CONTEXT, INK, MUTED, SECOND

if TYPE_CHECKING:
    from analysis.experiments.targeting import Targeting

MOST = 24


def _amount(value: float, made: Targeting, lang: str) -> str:
    say = translator(lang)
    points = say("{n} pp", n=formats.fixed(100 * value, 2))
    text = points if made.unit == "share" else formats.number(value, lang)
    return f"+{text}" if value > 0 else text


def segments(made: Targeting, ax: Axes | None, lang: str) -> Axes:
    """Differences from control by segment: open as measured, filled as shrunk, with intervals."""
    import matplotlib.pyplot as plt

    say = translator(lang)
    order = made.frame["share"].rank(method="dense", ascending=False)
    rows = made.frame.assign(order=order).sort_values(["order", "segment", "arm"], kind="stable")
    rows = rows.head(MOST).iloc[::-1]
    axes = ax if ax is not None else plt.subplots()[1]
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    axes.axvline(0, color=CONTEXT, linewidth=1.2, zorder=0)
    places = np.arange(len(rows))
    raw, shrunk = (rows[name].to_numpy(np.float64) for name in ("difference", "shrunk"))
    lo, hi = (rows[name].to_numpy(np.float64) for name in ("shrunk_lo", "shrunk_hi"))
    axes.hlines(places, lo, hi, color=ACCENT, linewidth=2.4)
    axes.plot(raw, places, "o", color=SECOND, markerfacecolor="white", markersize=5)
    axes.plot(shrunk, places, "o", color=ACCENT, markersize=5.5)
    several = made.frame["arm"].nunique() > 1
    rule = made.rule
    labels = [
        f"{segment} · {arm}" if several else segment
        for segment, arm in zip(rows["segment"], rows["arm"], strict=True)
    ]
    axes.set_yticks(places, labels)
    for text, segment, arm in zip(
        axes.get_yticklabels(), rows["segment"], rows["arm"], strict=True
    ):
        text.set_color(INK if rule[segment] == arm else MUTED)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.margins(x=0.06)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _amount(value, made, lang)))
    level = formats.percent(made.confidence, 0)
    axes.set_xlabel(say("difference from {control}, with {level} intervals",
                        control=made.control, level=level))  # fmt: skip
    return axes


def targeting_sentence(made: Targeting, lang: str) -> str:
    """Whether to tell segments apart, the rule, and its worth."""
    say = translator(lang)
    p = formats.p_value(min(made.differ.values()))
    if not made.worth_it:
        return say(
            "Give everybody {offer}: effects do not differ between segments by more than chance "
            "(p {p}).",
            offer=made.uniform, p=p if p.startswith("<") else f"= {p}",
        )  # fmt: skip
    offers: dict[str, list[str]] = {}
    for segment, offer in made.rule.items():
        offers.setdefault(offer, []).append(segment)
    parts = [
        say("{offer} to {segments}", offer=offer, segments=say(", ").join(names))
        for offer, names in sorted(offers.items())
    ]
    gain = made.gain
    return say(
        "Offer by segment: {rule}. Worth {gain} a user more than {uniform} for all ({lo} to {hi}); "
        "effects differ between segments (p {p}).",
        rule=say("; ").join(parts), uniform=made.uniform,
        gain=_amount(gain.value, made, lang), lo=_amount(gain.lo, made, lang),
        hi=_amount(gain.hi, made, lang), p=p if p.startswith("<") else f"= {p}",
    )  # fmt: skip
