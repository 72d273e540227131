"""The notebook's side of a report: show it, and hand it to the run if there is one."""

from __future__ import annotations

import html
import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from analysis.base import formats
from analysis.base.estimate import Estimate
from analysis.base.language import check_language, translator
from analysis.reports import described, digest, tables
from analysis.reports.items import (
    SHAPES,
    Card,
    Headline,
    Item,
    Number,
    Picture,
    Status,
    Table,
    to_record,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RUN_FOLDER = "ANALYSIS_RUN_FOLDER"
JOURNAL = ".items.jsonl"
WIDE = (8.4, 4.2)
NARROW = (4.4, 4.2)


class Described(Protocol):
    """What a data card is made from: a table that knows where it came from."""

    def describe(self, lang: str) -> tuple[str, str, str, Sequence[tuple[str, str]]]:
        """Return title, nature, nature in words, and pairs of label and text."""


class Shown:
    """What a cell displays: the same content as text, HTML and perhaps a picture."""

    def __init__(self, text: str, markup: str = "", png: bytes = b"") -> None:
        self._bundle: dict[str, Any] = {"text/plain": text}
        if markup:
            self._bundle["text/html"] = markup
        if png:
            self._bundle["image/png"] = png

    def __repr__(self) -> str:
        return str(self._bundle["text/plain"])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return self._bundle


def begin(lang: str = "en") -> Report:
    """Start a report.

    Args:
        lang: ``"en"`` or ``"zh"``.

    Raises:
        InputError: If the language is unknown.
    """
    folder = os.environ.get(RUN_FOLDER)
    return Report(check_language(lang), Path(folder) if folder else None)


class Report:
    """The report that a notebook is writing.

    Args:
        lang: Language of everything this package writes into it.
        folder: Run folder to write to; None under JupyterLab and nbval.
    """

    def __init__(self, lang: str, folder: Path | None) -> None:
        self.lang = lang
        self._folder = folder
        self._say = translator(lang)
        self._names: set[tuple[str, str]] = set()
        self._caveat = ""

    def headline(
        self, sentence: str, *, numbers: Sequence[Estimate], status: Status = "info"
    ) -> Shown:
        """Answer the question: one verdict sentence and the two to four numbers behind it.

        Args:
            sentence: The decision and its uncertainty, generated from the numbers.
            numbers: The numbers, each with its interval or the reason why it has none.
            status: ``good``, ``watch``, ``bad`` or ``info`` (no judgment).

        A look at a sample is no result: the sentence says so first, and nothing is judged.
        """
        if self._caveat:
            sentence, status = self._caveat + sentence, "info"
        shown = tuple(self._number(estimate) for estimate in numbers)
        self._hand_over(Headline(_cell(), sentence, status, shown))
        lines = [f"{SHAPES[status]} {sentence}"]
        lines += [f"  {each.label}: {each.text} ({each.interval})" for each in shown]
        markup = "".join(
            f"<li>{html.escape(each.label)}: <b>{html.escape(each.text)}</b> "
            f"({html.escape(each.interval)})</li>"
            for each in shown
        )
        heading = f"<h3>{SHAPES[status]} {html.escape(sentence)}</h3>"
        return Shown("\n".join(lines), f"{heading}<ul>{markup}</ul>")

    def _number(self, estimate: Estimate) -> Number:
        write = formats.by_unit(estimate.unit, self.lang)
        if estimate.lo is None or estimate.hi is None:
            interval = estimate.no_interval
        else:
            interval = self._say(
                "{level} interval {lo} to {hi}",
                level=formats.percent(estimate.confidence, 0),
                lo=write(estimate.lo),
                hi=write(estimate.hi),
            )
        return Number(
            name=estimate.name,
            label=estimate.label,
            text=write(estimate.value),
            interval=interval,
            value=estimate.value,
            lo=estimate.lo,
            hi=estimate.hi,
            confidence=None if estimate.lo is None else estimate.confidence,
            unit=estimate.unit,
        )

    def data_card(self, table: Described, *, measure: str | None = None) -> Shown:
        """Show what the data is: rows, period, source, checksum, licence, real or simulated.

        Args:
            table: What :func:`analysis.data.load` gave.
            measure: What the main number measures, in words; "" is shown as not stated.

        A table that knows of a caveat (it is a sample) has it put before the headline.
        """
        caveat = getattr(table, "caveat", None)
        self._caveat = caveat(self.lang) if caveat else self._caveat
        title, nature, nature_text, given = table.describe(self.lang)
        facts = list(given)
        if measure is not None:
            facts.append((self._say("What is measured"), measure or self._say("not stated")))
        self._hand_over(Card(_cell(), title, nature, nature_text, tuple(facts)))
        lines = [f"{title} — {nature_text}", *(f"  {label}: {text}" for label, text in facts)]
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(label)}</th>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for label, text in facts
        )
        head = f"<b>{html.escape(title)}</b> — {html.escape(nature_text)}"
        return Shown("\n".join(lines), f"{head}<table>{rows}</table>")

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        *,
        title: str,
        labels: Mapping[str, str] | None = None,
        formats: Mapping[str, str] | None = None,
        bars: Sequence[str] = (),
        hide: Sequence[str] = (),
        words: Mapping[str, Mapping[str, str]] | None = None,
        texts: Mapping[str, Sequence[str]] | None = None,
        status: Mapping[str, Mapping[str, Status]] | None = None,
        totals: int = 0,
        note: str = "",
        show: int = 12,
    ) -> Shown:
        """Show the first rows of a table and keep all of them as CSV, Parquet and XLSX sheet.

        Args:
            name: File name without suffix.
            frame: Tidy frame; its index is not kept.
            title: Heading for the reader.
            labels: Column → heading for the reader, with the unit; the name itself if absent.
            formats: Column → ``percent``, ``signed`` (a change in percent), ``integer``,
                ``number``, ``points`` (a share in points), ``p`` (a p-value), ``fixed2``, ``date``,
                ``text``, ``status``, or ``unit`` (each row by its own unit, from column ``unit``);
                by type if absent.
            bars: Columns that get a small bar before each number.
            hide: Columns that are only in the files.
            words: Column → value → what a reader sees instead; the files keep the value.
            texts: Column → what a reader sees in each row of the frame instead, where no format
                writes it: names in the reader's language, numbers in units of a plan's own.
            status: Column → value → ``good``, ``watch``, ``bad`` or ``info``: such cells are shown
                by shape, word (from ``words``) and colour. A column of format ``status`` that is
                not named here holds these four values itself.
            totals: How many of the last rows add up the others; always shown, and set off.
            note: One line under the table.
            show: How many rows to show, besides totals; the files have all.
        """
        self._claim("table", name)
        columns, cells = tables.shown_cells(
            tables.first_rows(frame, show, totals),
            labels or {}, formats or {}, bars, hide, words or {}, self.lang, status,
        )  # fmt: skip
        cells = tables.told(columns, cells, texts or {}, show, totals)
        item = Table(_cell(), name, title, note, columns, cells, len(frame), totals)
        if self._folder:
            tables.write(frame, self._folder / "tables", name)
        self._hand_over(item)
        return Shown(tables.as_text(item), tables.as_html(item))

    def figure(
        self,
        name: str,
        draw: Callable[..., Axes],
        *,
        title: str,
        subtitle: str,
        size: tuple[float, float] = WIDE,
        **options: Any,
    ) -> Shown:
        """Draw a figure and show it with a digest of the numbers in it.

        Args:
            name: File name without suffix.
            draw: Called as ``draw(ax=ax, **options)``, usually a result's ``plot`` method.
            title: The finding.
            subtitle: What is drawn and in which unit.
            size: Width and height in inches.
            options: Handed to ``draw``.
        """
        self._claim("figure", name)
        wide = _canvas(draw, size, options)
        lines = digest.of_figure(wide)
        words = described.in_words(wide, self.lang) if self._folder else ()
        if self._folder:
            figures = self._folder / "figures"
            figures.mkdir(exist_ok=True)
            _save_svg(wide, figures / f"{name}.svg")
            narrow = _canvas(draw, (NARROW[0], size[1]), options)
            _save_svg(narrow, figures / f"{name}-narrow.svg")
        png = _png(wide, title, subtitle)
        if self._folder:
            (figures / f"{name}.png").write_bytes(png)
        alt = described.alternative(title, subtitle, words, self.lang)
        self._hand_over(Picture(_cell(), name, title, subtitle, alt, lines, words))
        return Shown("\n".join([title, f"  {subtitle}", *(f"  {line}" for line in lines)]), png=png)

    def _claim(self, kind: str, name: str) -> None:
        if not name.replace("_", "").replace("-", "").isalnum() or not name.isascii():
            raise ValueError(f"{name!r}: use letters, digits, - and _ in names")
        if (kind, name) in self._names and self._folder:
            raise ValueError(f"a {kind} {name!r} is already in this report")
        self._names.add((kind, name))

    def _hand_over(self, item: Item) -> None:
        if self._folder is None:
            return
        line = json.dumps(to_record(item), ensure_ascii=False, allow_nan=True)
        with (self._folder / JOURNAL).open("a", encoding="utf-8", newline="\n") as file:
            file.write(line + "\n")


def _cell() -> int:
    """Return the execution count of the running cell; 0 outside a kernel.

    The shell's own counter has already moved on while a cell runs; its list of inputs has not.
    """
    from IPython import get_ipython

    shell = get_ipython()
    return len(shell.user_ns["In"]) - 1 if shell is not None else 0


def _canvas(
    draw: Callable[..., Axes], size: tuple[float, float], options: Mapping[str, Any]
) -> Figure:
    from matplotlib.figure import Figure

    from analysis.base.theme import house_style, spell_out

    with house_style():
        figure = Figure(figsize=size)
        draw(ax=figure.subplots(), **options)
        spell_out(figure)
        figure.draw_without_rendering()
    return figure


def _save_svg(figure: Figure, path: Path) -> None:
    from analysis.base.theme import house_style

    with house_style():
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def _png(figure: Figure, title: str, subtitle: str) -> bytes:
    """Draw the picture with its title on it, as it is taken into slides."""
    from analysis.base.glyphs import spelled
    from analysis.base.theme import MUTED, house_style, lines_of

    with house_style():
        width = figure.get_figwidth()
        head, below = (
            lines_of(spelled(title), 14, width),
            lines_of(spelled(subtitle), 11, width - 2),
        )
        more = 0.27 * head.count("\n") + 0.21 * below.count("\n")
        figure.set_size_inches(width, figure.get_figheight() + 0.7 + more)
        figure.suptitle(head, x=0.01, ha="left", fontsize=14, fontweight=600)
        figure.axes[0].set_title(below, fontsize=11, fontweight=400, color=MUTED)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
