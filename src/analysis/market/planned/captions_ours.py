"""What stands over the figures and tables of target, growth and penetration."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from analysis.base import formats
from analysis.base.language import translator
from analysis.market.planned.sized import SizedPlan
from analysis.market.planned.tables import aim_rows as aims_table
from analysis.market.planned.tables import identity_rows as identities_table
from analysis.market.planned.tables import texts
from analysis.market.planned.words import listed

Caption = dict[str, Any]


@dataclass(frozen=True)
class OurCaptions:
    """Captions of the parts; those of a part that is not declared may not be asked for."""

    made: SizedPlan
    lang: str

    @property
    def unit(self) -> str:
        """Unit of the market."""
        return str(self.made.size.frame["unit"].iloc[0])

    @property
    def aim(self) -> Caption:
        """Over the figure of the target."""
        say, aim = translator(self.lang), self.made.aim
        assert aim is not None
        label = aim.plan.labels.get(self.lang, "")
        growth, market = (formats.signed_percent(value)
                          for value in (aim.check.growth, aim.check.market_growth))  # fmt: skip
        title = say("The target asks for {growth}, the market gives {market}: our share must rise "
                    "by a factor of {factor}", growth=growth, market=market,
                    factor=formats.fixed(aim.check.factor))  # fmt: skip
        if formats.fixed(aim.check.factor) == formats.fixed(1.0):
            title = say("The target asks for {growth}, the market gives {market}: our share may "
                        "stay as it is", growth=growth, market=market)  # fmt: skip
        elif aim.check.factor < 1:
            title = say("The target asks for {growth}, the market gives {market}: we may even "
                        "lose share", growth=growth, market=market)  # fmt: skip
        rows = 1 + int(aim.frame["planned"].notna().sum())
        return {
            "title": title,
            "subtitle": say("{name}: growth of sales that each planned driver alone would bring",
                            name=label),
            "size": (8.4, max(2.8, 1.9 + 0.45 * rows)),
        }  # fmt: skip

    @property
    def aim_rows(self) -> Caption:
        """Over the table of drivers."""
        say, aim = translator(self.lang), self.made.aim
        assert aim is not None
        names = [row["driver"] for _, row in aim.frame.iterrows() if row["enough"]]
        title = say("What each driver must reach if it alone moves")
        if names:
            title = say("Alone enough as planned: {names}", names=listed(names, self.lang))
        elif len(aim.planned):
            title = say("No driver alone reaches the target as planned")
        return {
            "title": title,
            "labels": {
                "driver": say("Driver"), "current": say("Current value"),
                "needed": say("Needed if it alone moves"), "planned": say("Planned value"),
                "alone": say("Growth it alone brings"), "verdict": say("Verdict"),
                "source": say("Source"),
            },
            "formats": {"current": "unit", "needed": "unit", "planned": "unit", "alone": "signed"},
            "hide": ("unit",), "texts": texts(aims_table, self.made, self.lang),
            "note": say("{summary} A driver is taken to act on all sales unless its part is "
                        "declared; values are planned ones, without a range.",
                        summary=aim.summary(self.lang)),
        }  # fmt: skip

    @property
    def identity(self) -> Caption:
        """Over the waterfall."""
        say, found = translator(self.lang), self.made.identity
        assert found is not None
        name = found.plan.labels.get(self.lang, "")
        implied = formats.signed_percent(found.implied)
        if math.isnan(found.stated):
            title = say("{name}: the drivers imply {implied}", name=name, implied=implied)
        elif found.agrees:
            title = say("{name}: drivers and stated growth fit ({implied})", name=name,
                        implied=implied)  # fmt: skip
        else:
            title = say("{name}: the drivers imply {implied}, the plan states {stated}", name=name,
                        implied=implied, stated=formats.signed_percent(found.stated))  # fmt: skip
        return {
            "title": title,
            "subtitle": say("from now to plan, step by driver, in {unit}",
                            unit=formats.unit_name(found.plan.unit, self.lang)),
        }  # fmt: skip

    @property
    def identity_rows(self) -> Caption:
        """Over the table of the growth identity."""
        say, found = translator(self.lang), self.made.identity
        assert found is not None
        stated = not math.isnan(found.stated)
        signs = found.bridge.frame["effect"] * found.bridge.change
        parted = bool(found.bridge.change) and bool((signs >= 0).all())
        return {
            "title": say("What would make drivers and stated growth fit")
            if stated and not found.agrees else say("Effect of each driver"),
            "labels": {
                "driver": say("Driver"), "start": say("At the start"), "end": say("At the end"),
                "growth": say("Growth"), "of_change": say("Part of the change"),
                "effect": say("Effect on the total"),
                "fits": say("End that fits, the rest kept"),
                "fits_growth": say("Growth that fits"), "source": say("Source"),
            },
            "formats": {"start": "unit", "end": "unit", "growth": "signed", "fits": "unit",
                        "fits_growth": "signed", "of_change": "percent"},
            "hide": ("unit", "effect" if parted else "of_change",
                     *(() if stated else ("fits", "fits_growth"))),
            "note": found.summary(self.lang), "totals": 1,
            "texts": texts(identities_table, self.made, self.lang),
        }  # fmt: skip

    @property
    def path(self) -> Caption:
        """Over the penetration path."""
        say, path = translator(self.lang), self.made.path
        assert path is not None
        name, last = path.plan.labels.get(self.lang, ""), path.last
        write = formats.by_unit(path.plan.unit, self.lang)
        if path.fit is None:
            title = say("{name}: {level} by {year}, if the declared step holds", name=name,
                        level=write(last["scenario"]), year=int(last["year"]))  # fmt: skip
            subtitle = say("a scenario: too few observed years to fit a curve")
            return {"title": title, "subtitle": subtitle}
        title = say("{name}: {level} by {year} ({lo} to {hi})", name=name,
                    level=write(last["level"]), year=int(last["year"]), lo=write(last["lo"]),
                    hi=write(last["hi"]))  # fmt: skip
        level = formats.percent(path.fit.confidence, 0)
        subtitle = say("observed years and fitted curve, {level} interval", level=level)
        return {"title": title, "subtitle": subtitle}

    @property
    def path_rows(self) -> Caption:
        """Over the table of penetration by year."""
        say, path = translator(self.lang), self.made.path
        assert path is not None
        fitted = path.fit is not None
        hidden = () if fitted else ("level", "lo", "hi")
        dropped = () if path.frame["scenario"].notna().any() else ("scenario",)
        return {
            "title": say("Penetration by year"),
            "labels": {
                "year": say("Year"), "observed": say("Observed value")
                if path.plan.observed == "level" else say("Observed so far"),
                "level": say("Fitted curve"),
                "lo": say("from"), "hi": say("to"), "scenario": say("Declared path"),
            },
            "formats": dict.fromkeys(("observed", "level", "lo", "hi", "scenario"), "unit"),
            # A year is no number to group by thousands.
            "texts": {"year": [str(int(year)) for year in path.frame["year"]]},
            "hide": ("unit", *hidden, *dropped), "note": path.summary(self.lang),
        }  # fmt: skip
