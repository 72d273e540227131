"""``overrides.xlsx``: a run's forecast as a form in which planners write what they plan instead.

Sheet ``forecast`` has a row a series and date, sheet ``series`` a row a series with its total,
sheet ``about`` says how to fill them in and what happens then. Only the three columns to fill in
are open; there is no password. ``analysis.data.load_overrides`` reads it back by its headings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.base.errors import InputError
from analysis.base.language import Translator, translator
from analysis.reports import cells

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FILE = "overrides.xlsx"
LEVEL = 80
_NEEDED = {
    "forecast": ["unique_id", "ds", "mean", f"lo-{LEVEL}", f"hi-{LEVEL}"],
    "series": ["unique_id", "mean", f"lo-{LEVEL}", f"hi-{LEVEL}"],
}
_TO_FILL = ("override", "reason", "by")
_CREATED = dt.datetime(2000, 1, 1)
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_OPEN = "#fff4cc"
_MISSING = "#f2b8a0"
_MOST_ROWS = 1_048_575


def write(folder: Path, manifest: Mapping[str, Any], target: Path) -> Path:
    """Write the form of a run.

    Args:
        folder: Run folder with ``tables/forecast.parquet`` and ``tables/series.parquet``.
        manifest: What its ``manifest.json`` says.
        target: File to write.

    Returns:
        ``target``.

    Raises:
        InputError: If the run holds no forecast, or more rows than a sheet.
    """
    days, totals = _tables(folder, manifest)
    lang = str(manifest["parameters"].get("lang", "en"))
    from xlsxwriter import Workbook

    with Workbook(str(target), dict(_OPTIONS)) as book:
        book.set_properties({"created": _CREATED})
        looks = _Looks(book, cells.Looks(book), translator(lang), lang)
        lowest = min(float(frame[f"lo-{LEVEL}"].min()) for frame in (days, totals))
        least = 0.0 if lowest >= 0 else None
        _sheet(book.add_worksheet("forecast"), days, ["ds"], looks, least)
        _sheet(book.add_worksheet("series"), totals, ["first", "last"], looks, least)
        _about(book.add_worksheet("about"), manifest, looks)
    return target


class _Looks:
    """The formats of the form."""

    def __init__(self, book: Workbook, shared: cells.Looks, say: Translator, lang: str) -> None:
        self.shared, self.say, self.lang = shared, say, lang
        self._book = book
        self.wrong = book.add_format({"bg_color": _MISSING})
        self.text = self.to_fill("@")

    def to_fill(self, code: str) -> Format:
        """Return the look of cells to fill in."""
        return self._book.add_format(
            {"bg_color": _OPEN, "border": 1, "border_color": "#d8d2b8", "locked": False,
             "num_format": code}
        )  # fmt: skip


def _tables(folder: Path, manifest: Mapping[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecasts by date, and totals with their periods; both in the report's order."""
    import pandas as pd

    found = {}
    for name, columns in _NEEDED.items():
        path = folder / "tables" / f"{name}.parquet"
        frame = pd.read_parquet(path) if path.is_file() else pd.DataFrame()
        if not set(columns) <= set(frame.columns):
            raise InputError(
                f"{manifest['notebook']}/{manifest['run']}: found no table {name!r} with columns "
                f"{', '.join(columns)}; --to overrides needs a run of sales_forecast"
            )
        found[name] = frame[columns]
    days = found["forecast"]
    if len(days) > _MOST_ROWS:
        raise InputError(
            f"{manifest['notebook']}/{manifest['run']}: found {len(days):,} rows of forecasts, "
            f"expected at most {_MOST_ROWS:,}, which a sheet holds; forecast fewer series"
        )
    spans = days.groupby("unique_id")["ds"].agg(["min", "max"])
    totals = found["series"].copy()
    totals.insert(1, "first", totals["unique_id"].map(spans["min"]))
    totals.insert(2, "last", totals["unique_id"].map(spans["max"]))
    return days, totals


def _sheet(
    sheet: Worksheet, frame: pd.DataFrame, dates: Sequence[str], looks: _Looks, least: float | None
) -> None:
    """Write one table with its three columns to fill in."""
    # The room of forecasts takes seconds to import, and every run loads this module.
    from analysis.forecasting.overrides.given import headings

    say, known = looks.say, headings(looks.lang)
    bounds = {f"lo-{LEVEL}": say("low"), f"hi-{LEVEL}": say("high")}
    known |= {name: say("{level}% {end}", level=LEVEL, end=end) for name, end in bounds.items()}
    names = [str(name) for name in frame.columns]
    code = cells.number_code("", "mean", frame["mean"].head(200).tolist())
    whole = all(bool((frame[name] == frame[name].dt.normalize()).all()) for name in dates)
    for place, name in enumerate([*names, *_TO_FILL]):
        cells.put_text(sheet, 0, place, known[name], looks.shared.head())
        width = {"reason": 36, "by": 14, "unique_id": 16}.get(name, 14)
        sheet.set_column(place, place, max(width, cells.width_of([known[name]])))
    amount = looks.to_fill(code)
    for row, values in enumerate(frame.itertuples(index=False), start=1):
        for place, (name, value) in enumerate(zip(names, values, strict=True)):
            day = value.to_pydatetime() if name in dates else value
            if name in dates and whole:
                day = day.date()
            cells.write(sheet, row, place, day, looks.shared, code)
        for place, look in enumerate((amount, looks.text, looks.text), start=len(names)):
            sheet.write_blank(row, place, None, look)
    _rules(sheet, len(frame), len(names), looks, least)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(frame), len(names) + len(_TO_FILL) - 1)
    sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})


def _rules(sheet: Worksheet, rows: int, place: int, looks: _Looks, least: float | None) -> None:
    """Numbers only where a number belongs; an override without a reason stands out."""
    say = looks.say
    limit = {"criteria": ">=", "value": 0} if least is not None else {
        "criteria": "between", "minimum": -1e15, "maximum": 1e15,
    }  # fmt: skip
    message = say("A number: what to plan for. Sales here are never below 0.")
    sheet.data_validation(
        1, place, rows, place,
        {
            "validate": "decimal", **limit, "ignore_blank": True,
            "error_title": say("Override"),
            "error_message": message if least is not None else say("A number: what to plan for."),
        },
    )  # fmt: skip
    from xlsxwriter.utility import xl_col_to_name

    override, reason = (f"${xl_col_to_name(column)}2" for column in (place, place + 1))
    sheet.conditional_format(
        1, place + 1, rows, place + 1,
        {
            "type": "formula", "format": looks.wrong,
            "criteria": f'=AND({override}<>"",TRIM({reason})="")',
        },
    )  # fmt: skip


def _about(sheet: Worksheet, manifest: Mapping[str, Any], looks: _Looks) -> None:
    """Write where the forecast comes from, how to fill the form in, and what happens then."""
    say = looks.say
    data = next((one for one in manifest["data"] if one["parameter"] == "data"), None)
    facts = [
        (say("Report"), manifest.get("title") or manifest["notebook"]),
        (say("Run"), manifest["run"]),
        (say("Content key"), manifest.get("key") or say("none: an input has no checksum")),
        (say("Data"), data["name"] if data else ""),
        (say("Checksum (SHA-256)"), (data["sha256"] or "") if data else ""),
    ]
    fill = [
        say("Fill in the coloured cells only: the override, its reason, who decides."),
        say("Sheet forecast: one date of one series. Sheet series: its total over the horizon, "
            "spread over the dates in proportion to their forecasts."),
        say("Both at once: the date stands, the rest of the total is spread over the other dates."),
        say("Every override needs a reason; a cell without one turns red. "
            "An empty override leaves the forecast as it is."),
        say("Write amounts (1200), not changes (+10%)."),
    ]  # fmt: skip
    then = [
        say("Run sales_forecast with overrides_data= and this file: the report shows the plan with "
            "overrides marked, beside the statistical forecast."),
        say("Keep the file. Given again when its dates have come, the report says whether the "
            "overrides were better than the forecast written here."),
    ]  # fmt: skip
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 92)
    row = 0
    for label, text in facts:
        cells.put_text(sheet, row, 0, label, looks.shared.head())
        cells.put_text(sheet, row, 1, text, looks.shared.prose())
        row += 1
    for label, lines in ((say("How to fill it in"), fill), (say("What happens then"), then)):
        row += 1
        for line in lines:
            if line is lines[0]:
                cells.put_text(sheet, row, 0, label, looks.shared.head())
            cells.put_text(sheet, row, 1, line, looks.shared.prose())
            row += 1
