"""Tables of a report: cells as a reader sees them, and the files with every row.

CSV is opened in spreadsheets, so a text that a spreadsheet would run as a formula gets a leading
apostrophe there; Parquet keeps the data as it is.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from analysis.base import formats
from analysis.base.language import Translator, translator
from analysis.reports.items import SHAPES, STATUSES, Align, Mark, Status, Table, TableColumn

if TYPE_CHECKING:
    import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# In widths of a Latin character: what stays on one line, and what reads badly in a narrow column.
SHORT, LONG = 18, 40


def first_rows(frame: pd.DataFrame, show: int, totals: int) -> pd.DataFrame:
    """Return the rows that a page shows: the first ones, and the totals at the end."""
    if len(frame) <= show + totals:
        return frame
    return frame.iloc[[*range(show), *range(len(frame) - totals, len(frame))]]


def shown_cells(
    frame: pd.DataFrame,
    labels: Mapping[str, str],
    given: Mapping[str, str],
    bars: Sequence[str],
    hide: Sequence[str],
    words: Mapping[str, Mapping[str, str]],
    lang: str,
    status: Mapping[str, Mapping[str, Status]] | None = None,
) -> tuple[tuple[TableColumn, ...], tuple[tuple[str, ...], ...]]:
    """Write a frame's cells out for the reader.

    Returns:
        The columns, and the rows of texts.

    Raises:
        ValueError: If a column of style ``status`` holds another value, or a style is unknown.
    """
    given = {**dict.fromkeys(status or {}, "status"), **given}
    columns: list[TableColumn] = []
    texts: list[list[str]] = []
    for name in frame.columns.drop(list(hide)):
        series = frame[name]
        style = given.get(str(name)) or _style_of(series)
        called = words.get(str(name), {})
        marks: tuple[Mark, ...] = ()
        if style == "status":
            marks = _marks(series, (status or {}).get(str(name)))
            texts.append(_with_shapes(series, marks, called, lang))
        else:
            texts.append([called.get(text, text) for text in _texts(series, style, frame, lang)])
        align: Align = "left" if style in ("text", "date", "status") else "right"
        lengths = _lengths(series) if name in bars else ()
        columns.append(
            TableColumn(
                str(name),
                labels.get(str(name), str(name)),
                align,
                lengths,
                style in ("text", "status"),
                marks,
                style,
            )
        )
    return tuple(columns), tuple(zip(*texts, strict=True)) if texts else ()


def told(
    columns: Sequence[TableColumn],
    cells: tuple[tuple[str, ...], ...],
    texts: Mapping[str, Sequence[str]],
    show: int,
    totals: int,
) -> tuple[tuple[str, ...], ...]:
    """Put texts of its own into a column's cells.

    Args:
        columns: Shown columns.
        cells: Their texts so far.
        texts: Column → a text for every row of the whole frame.
        show: Rows shown besides totals.
        totals: Rows shown at the end.
    """
    import pandas as pd

    own = {name: list(first_rows(pd.Series(list(rows), dtype="str").to_frame(), show, totals)[0])
           for name, rows in texts.items()}  # fmt: skip
    return tuple(
        tuple(own[column.name][place] if column.name in own else text
              for column, text in zip(columns, row, strict=True))
        for place, row in enumerate(cells)
    )  # fmt: skip


def _marks(series: pd.Series, known: Mapping[str, Status] | None) -> tuple[Mark, ...]:
    """Return the status of each cell: its own value, or what stands for that value in ``known``."""
    meaning: Mapping[str, Status] = known if known is not None else {s: s for s in STATUSES}
    texts = ["" if value is None or value != value else str(value) for value in series]
    unknown = sorted({text for text in texts if text and text not in meaning})
    if unknown:
        raise ValueError(
            f"column {series.name!r}: found {', '.join(unknown)}; expected {', '.join(meaning)}"
        )
    return tuple(meaning[text] if text else "" for text in texts)


def _with_shapes(
    series: pd.Series, marks: Sequence[Mark], called: Mapping[str, str], lang: str
) -> list[str]:
    """Write each status as shape and word: the word given for the value, or the house's own."""
    own = statuses(translator(lang))
    return [
        f"{SHAPES[mark]} {called.get(str(value), own[mark] if str(value) == mark else str(value))}"
        if mark
        else formats.MISSING
        for value, mark in zip(series, marks, strict=True)
    ]


def statuses(say: Translator) -> dict[Status, str]:
    """Return each status in words; its shape says the same, its colour is never alone."""
    return {
        "good": say("On track"),
        "watch": say("Watch"),
        "bad": say("Act now"),
        "info": say("Finding"),
    }


def _texts(series: pd.Series, style: str, frame: pd.DataFrame, lang: str) -> list[str]:
    """Write a column out; with style ``unit`` each row by the unit in column ``unit``."""
    if style == "unit":
        pairs = zip(series, frame["unit"], strict=True)
        return [_safely(formats.by_unit(str(unit), lang), value) for value, unit in pairs]
    write = _writer(style, series, lang)
    return [_safely(write, value) for value in series]


def _style_of(series: pd.Series) -> str:
    from pandas.api import types

    if types.is_bool_dtype(series) or not (
        types.is_numeric_dtype(series) or types.is_datetime64_any_dtype(series)
    ):
        return "text"
    if types.is_datetime64_any_dtype(series):
        return "date"
    return "integer" if types.is_integer_dtype(series) else "number"


def _writer(style: str, series: pd.Series, lang: str) -> Callable[[Any], str]:
    if style == "text":
        return str
    if style == "date":
        return lambda day: formats.date(day, lang)
    if style == "percent":
        return formats.percent
    if style == "signed":
        return formats.signed_percent
    if style == "p":
        return lambda value: formats.p_value(float(value))
    if style == "integer":
        return lambda value: formats.fixed(float(value), 0)
    if style == "points":
        return lambda value: formats.fixed(100 * float(value))
    if style.startswith("fixed"):
        places = int(style.removeprefix("fixed"))
        return lambda value: formats.fixed(float(value), places)
    if style == "number":
        places = _common_decimals(series)
        return lambda value: formats.fixed(float(value), places)
    raise ValueError(f"unknown column format {style!r}")


def _common_decimals(series: pd.Series) -> int:
    """Decimals that leave about three significant digits in the column's typical value."""
    size = series.abs().replace([0, math.inf], math.nan).median()
    return 0 if not size > 0 else min(max(2 - math.floor(math.log10(float(size))), 0), 6)


def _safely(write: Callable[[Any], str], value: Any) -> str:
    missing = value is None or value != value
    return formats.MISSING if missing else write(value)


def _lengths(series: pd.Series) -> tuple[float, ...]:
    largest = float(series.abs().max())
    if not largest > 0:
        return ()
    return tuple(round(float(v), 4) for v in (series.abs() / largest).fillna(0.0))


def as_text(table: Table) -> str:
    """Return a table as aligned plain text."""
    heads = [column.label for column in table.columns]
    widths = [
        max(_width(text) for text in [head, *(row[i] for row in table.cells)])
        for i, head in enumerate(heads)
    ]
    aligns = [column.align for column in table.columns]
    lines = [table.title]
    body = [_padded(row, widths, aligns) for row in table.cells]
    if table.totals:
        body.insert(len(body) - table.totals, "-" * (sum(widths) + 2 * len(widths) - 2))
    lines += [_padded(heads, widths, aligns), *body]
    if table.rows > len(table.cells):
        lines.append(f"… {table.rows:,} rows in all")
    return "\n".join(lines + ([table.note] if table.note else []))


def _padded(row: Iterable[str], widths: Sequence[int], aligns: Sequence[str]) -> str:
    cells = []
    for text, width, align in zip(row, widths, aligns, strict=True):
        space = " " * (width - _width(text))
        cells.append(space + text if align == "right" else text + space)
    return "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Columns a text takes on a screen: Chinese characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def extent(texts: Iterable[str], short: int = SHORT, long: int = LONG) -> str:
    """Say whether texts of a column are so short that they stay on a line, or need a wide one.

    >>> extent(["ship", "continue"]), extent(["每个测试的检查项与结果说明，以及该怎么做的理由"])
    ('short', 'long')
    """
    widest = max(map(_width, texts), default=0)
    return "short" if widest <= short else "long" if widest > long else ""


def as_html(table: Table) -> str:
    """Return a table as plain, escaped HTML for the notebook."""

    def row(tag: str, texts: Iterable[str]) -> str:
        cells = "".join(
            f"<{tag} style='text-align:{column.align}'>{html.escape(text)}</{tag}>"
            for column, text in zip(table.columns, texts, strict=True)
        )
        return f"<tr>{cells}</tr>"

    head = row("th", (column.label for column in table.columns))
    first_total = len(table.cells) - table.totals
    body = "".join(
        row("th" if place >= first_total else "td", cells)
        for place, cells in enumerate(table.cells)
    )
    rest = f"<p>… {table.rows:,} rows in all</p>" if table.rows > len(table.cells) else ""
    note = f"<p>{html.escape(table.note)}</p>" if table.note else ""
    title = html.escape(table.title)
    return f"<b>{title}</b><table><thead>{head}</thead><tbody>{body}</tbody></table>{rest}{note}"


def write(frame: pd.DataFrame, folder: Path, name: str) -> None:
    """Write all rows as ``<name>.csv`` and ``<name>.parquet``, byte-identical for equal frames."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(exist_ok=True)
    plain = frame.reset_index(drop=True)
    arrow = pa.Table.from_pandas(plain, preserve_index=False)
    pq.write_table(arrow, folder / f"{name}.parquet")
    path = folder / f"{name}.csv"
    guarded(plain).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame in whose texts a spreadsheet sees no formula."""
    safe = frame.copy()
    for column in safe.columns:
        if safe[column].dtype in ("object", "str", "string"):
            safe[column] = safe[column].map(_guarded)
    return safe


def _guarded(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
