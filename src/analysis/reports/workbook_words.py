"""The two sheets of a workbook that are read before its tables: ``about`` and ``dictionary``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.base.nature import natures
from analysis.reports import cells
from analysis.reports.dictionary import Called, Described

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

ABOUT = "about"
DICTIONARY = "dictionary"


@dataclass(frozen=True, slots=True)
class Column:
    """What the dictionary says of one column.

    Attributes:
        table: Its table.
        called: Its name, label and style.
        kind: Its type in the Parquet file.
        rows: Rows of the table.
        empty: Share of its cells that are empty; None if that is not known.
    """

    table: Described
    called: Called
    kind: str
    rows: int
    empty: float | None


def about(sheet: Worksheet, folder: Path, manifest: Mapping[str, Any], looks: cells.Looks) -> None:
    """Write title, answer, numbers with their intervals, data, code and parameters.

    Neither the run's id nor its time is on it: equal runs give equal workbooks, and their content
    key, which begins every id, says which runs these are.
    """
    lang = _language(manifest)
    say = translator(lang)
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    headline = results["headline"] or {"sentence": ""}
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 60)
    sheet.set_column(2, 5, 16)
    lines = [
        (say("Report"), manifest.get("title") or manifest["notebook"]),
        (say("The answer"), headline["sentence"]),
        (say("Notebook"), manifest["notebook"]),
        (say("Content key"), manifest.get("key") or say("none: an input has no checksum")),
        (say("Code"), _code(manifest, say)),
    ]
    row = 0
    for label, text in lines:
        cells.put_text(sheet, row, 0, label, looks.head())
        cells.put_text(sheet, row, 1, text, looks.prose())
        row += 1
    row = _numbers(sheet, row + 1, results["numbers"], lang, looks)
    known = natures(lang)
    row = _block(
        sheet, row + 1, [say("Data"), say("Checksum (SHA-256)"), say("Nature")],
        [
            (each["name"], each["sha256"] or "", known.get(each["nature"], each["nature"] or ""))
            for each in manifest["data"]
        ], looks,
    )  # fmt: skip
    _block(
        sheet, row + 1, [say("Parameter"), say("Value")],
        list(manifest["parameters"].items()), looks,
    )  # fmt: skip


def explain(
    sheet: Worksheet, columns: Sequence[Column], manifest: Mapping[str, Any], looks: cells.Looks
) -> None:
    """Write what every column of every table is."""
    lang = _language(manifest)
    say = translator(lang)
    heads = [
        say("Table"), say("Title"), say("Column"), say("Label in the report"), say("Type"),
        say("Unit"), say("Written as"), say("Rows"), say("Share of empty cells"),
    ]  # fmt: skip
    for place, width in enumerate((20, 48, 24, 34, 14, 16, 24, 9, 14)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    for place, head in enumerate(heads):
        cells.put_text(sheet, 0, place, head, looks.head())
    styles = _styles(say)
    for row, column in enumerate(columns, start=1):
        style = column.called.style
        texts = [
            column.table.name, column.table.title, column.called.name, column.called.label,
            kind_of(column.kind, say), _unit(style, say), _written(column, styles, say),
        ]  # fmt: skip
        for place, text in enumerate(texts):
            if text:
                cells.put_text(sheet, row, place, text)
        cells.write(sheet, row, 7, column.rows, looks, cells.WHOLE)
        cells.write(sheet, row, 8, column.empty, looks, cells.SHARE)
    sheet.autofilter(0, 0, max(len(columns), 1), len(heads) - 1)


def kind_of(arrow: str, say: Translator) -> str:
    """Return the type of a column in words.

    Args:
        arrow: Its type in the Parquet file, as Arrow names it.
        say: Translator.

    >>> kind_of("large_string", translator("en")), kind_of("int64", translator("en"))
    ('text', 'whole number')
    >>> kind_of("timestamp[us, tz=Asia/Shanghai]", translator("en"))
    'moment (Asia/Shanghai)'
    """
    if arrow.startswith("timestamp"):
        zone = arrow.partition("tz=")[2].rstrip("]")
        return f"{say('moment')} ({zone})" if zone else say("moment")
    known = {
        "bool": say("yes or no"), "string": say("text"), "large_string": say("text"),
        "double": say("number"), "float": say("number"), "halffloat": say("number"),
        "date32[day]": say("day"), "date64[ms]": say("day"),
    }  # fmt: skip
    if arrow.startswith(("int", "uint")):
        return say("whole number")
    return say("number") if arrow.startswith("decimal") else known.get(arrow, arrow)


def _numbers(
    sheet: Worksheet, row: int, numbers: Mapping[str, Any], lang: str, looks: cells.Looks
) -> int:
    """Write the headline numbers as numbers; return the next free row."""
    say = translator(lang)
    heads = [say("Headline numbers"), say("Why no interval"), say("Value"), say("Low"),
             say("High"), say("Level"), say("Unit")]  # fmt: skip
    for place, head in enumerate(heads):
        cells.put_text(sheet, row, place, head, looks.head())
    for number in numbers.values():
        row += 1
        cells.put_text(sheet, row, 0, number["label"], looks.prose())
        if "no_interval" in number:
            cells.put_text(sheet, row, 1, number["no_interval"], looks.prose())
        for place, name in ((2, "value"), (3, "lo"), (4, "hi")):
            value = number[name]
            code = "" if value is None else cells.unit_code(number["unit"], value)
            cells.write(sheet, row, place, value, looks, code)
        cells.write(sheet, row, 5, number["confidence"], looks, cells.SHARE)
        cells.put_text(sheet, row, 6, formats.unit_name(number["unit"], lang))
    return row + 1


def _block(
    sheet: Worksheet,
    row: int,
    heads: Sequence[str],
    lines: Sequence[Sequence[Any]],
    looks: cells.Looks,
) -> int:
    """Write headings and lines; return the next free row."""
    for place, head in enumerate(heads):
        cells.put_text(sheet, row, place, head, looks.head())
    for line in lines:
        row += 1
        for place, value in enumerate(line):
            if isinstance(value, int | float) and not isinstance(value, bool):
                cells.write(sheet, row, place, value, looks, "")
            elif text := _text(value):
                cells.put_text(sheet, row, place, text, looks.prose())
    return row + 1


def _language(manifest: Mapping[str, Any]) -> str:
    return str(manifest["parameters"].get("lang", "en"))


def _code(manifest: Mapping[str, Any], say: Translator) -> str:
    code = manifest["code"]
    if not code["commit"]:
        return say("not in version control")
    return f"{code['commit']} {say('with changes not in this commit') if code['dirty'] else ''}"


def _text(value: Any) -> str:
    """Return a parameter as text, as it is given on the command line."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _unit(style: str, say: Translator) -> str:
    if style in ("percent", "signed", "p"):
        return say("share of 1")
    return say("in column unit") if style == "unit" else ""


def _styles(say: Translator) -> dict[str, str]:
    return {
        "percent": say("percent"), "signed": say("change in percent"), "p": say("p-value"),
        "integer": say("whole number"), "number": say("number"), "date": say("day"),
        "text": say("text"), "status": say("status"), "unit": say("by its unit"),
    }  # fmt: skip


def _written(column: Column, styles: Mapping[str, str], say: Translator) -> str:
    style = column.called.style
    if style.startswith("fixed"):
        return say("{places} decimals", places=style.removeprefix("fixed"))
    if style:
        return styles.get(style, style)
    # A run from before there was a dictionary does not say what its report has shown.
    return say("only in the files") if column.table.columns else ""
