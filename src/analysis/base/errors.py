"""What may be wrong with an input, said so that a planner can mend it.

Every refusal in the package is an :class:`InputError`; the command line prints its text and
leaves with exit code 2. A :class:`Problem` is one finding (where, found, expected); a file with
many findings raises them together, never one by one.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHOWN = 60
ALIKE = 20


class InputError(Exception):
    """The input or the call is wrong; the text says what, where and what was expected."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in a notebook: the frames below it are nobody's concern."""
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in an input.

    Attributes:
        found: What stands there, as a reader of the file would see it.
        expected: What should stand there.
        row: Row number as a spreadsheet shows it (1-based, header included); None if not of a row.
        column: Column name as in the file; None if not of one column.
        line: Line of a text file (1-based), where it has no rows.
    """

    found: str
    expected: str
    row: int | None = None
    column: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                f"line {self.line}" if self.line is not None else "",
                f"row {self.row}" if self.row is not None else "",
                f"column {self.column!r}" if self.column is not None else "",
            )
            if part
        )
        return f"{place + ': ' if place else ''}found {self.found}, expected {self.expected}"


class InputProblems(InputError):
    """All problems of one input in one message.

    Args:
        source: The file (or table, or parameter file) that is wrong.
        problems: Findings, in reading order; at least one.
    """

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{source}: {count} problem{'s' if count != 1 else ''}"
        shown = _varied(self.problems)[:SHOWN]
        lines = [f"  - {problem}" for problem in shown]
        if count > len(shown):
            lines.append(f"  … and {count - len(shown)} more")
        super().__init__("\n".join([head, *lines]))


def _varied(problems: Sequence[Problem]) -> list[Problem]:
    """Keep the first few findings of each kind, so that none hides the others."""
    seen: Counter[tuple[str | None, str]] = Counter()
    kept = []
    for problem in problems:
        kind = (problem.column, problem.expected)
        seen[kind] += 1
        if seen[kind] <= ALIKE:
            kept.append(problem)
    return kept


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return a hint naming the closest valid name, or all of them when none is close."""
    options = sorted(valid)
    close = difflib.get_close_matches(name, options, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"valid: {', '.join(options)}" if options else "there is none"
