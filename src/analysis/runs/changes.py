"""What changed from one run to another of the same notebook, and why it may have.

Pure: two ``results.json`` and two manifests in, one frozen comparison out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analysis.base.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.reports.items import Status

# Rerunning the same code on the same data repeats a number to far more digits than these; what
# differs by more has a cause.
RERUN = 1e-6
Direction = Literal["up", "down", "same", "new", "gone", "unlike"]
Cause = Literal["parameter", "data", "code", "lock", "python", "notebook"]


@dataclass(frozen=True, slots=True)
class NumberChange:
    """One headline number in two runs.

    Attributes:
        name: Name in ``results.json``.
        label: What the reader calls it, as the later run has it.
        unit: Unit of the later run.
        old: Earlier value; None if it was not there or not estimable.
        new: Later value; None likewise.
        old_lo: Lower bound of the earlier interval; None without one.
        old_hi: Upper bound of the earlier interval; None without one.
        difference: ``new - old`` in the unit; None if one is missing or the units differ.
        relative: ``difference / |old|``, a share; None if there is no difference or old is 0.
        direction: ``up``, ``down``, ``same``; ``new`` and ``gone`` for a number that only one run
            has; ``unlike`` where the two cannot be subtracted.
        beyond: Whether value, bounds or unit differ beyond the tolerance of a rerun (1e-6 of the
            larger one).
        outside: Whether the later value lies outside the earlier interval.
    """

    name: str
    label: str
    unit: str
    old: float | None
    new: float | None
    old_lo: float | None
    old_hi: float | None
    difference: float | None
    relative: float | None
    direction: Direction
    beyond: bool
    outside: bool


@dataclass(frozen=True, slots=True)
class RowsChange:
    """A table whose number of rows differs; None for a run that does not have it."""

    name: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a run depends on and that differs: what kind, its name, both values.

    Values are as the manifests have them: parameters as they are, everything else as text.
    """

    cause: Cause
    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Changes:
    """The comparison of two runs.

    Attributes:
        notebook: Their notebook.
        old_run: Id of the earlier run.
        new_run: Id of the later run.
        numbers: Every headline number of either, in the later run's order, then those gone.
        status: Earlier and later status; None where a run has no headline.
        sentence: Earlier and later headline sentence if they differ in one language, else None.
        tables: Tables whose number of rows differs.
        figures: Names of figures whose drawn numbers differ, or that only one run has.
        causes: What the runs depend on and what differs in it.
        counts: Numbers, tables and figures that were compared.
        one_language: Whether both are in one language.
    """

    notebook: str
    old_run: str
    new_run: str
    numbers: tuple[NumberChange, ...]
    status: tuple[Status | None, Status | None]
    sentence: tuple[str, str] | None
    tables: tuple[RowsChange, ...]
    figures: tuple[str, ...]
    causes: tuple[Difference, ...]
    counts: tuple[int, int, int]
    one_language: bool

    @property
    def beyond(self) -> tuple[NumberChange, ...]:
        """Numbers that differ beyond the tolerance of a rerun."""
        return tuple(number for number in self.numbers if number.beyond)

    @property
    def none(self) -> bool:
        """Whether nothing that a reader sees differs."""
        return not (
            self.beyond
            or self.status[0] != self.status[1]
            or self.sentence
            or self.tables
            or self.figures
        )

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Return one row per number.

        Columns: name, label, unit, old, new, difference, relative, direction (in words), beyond,
        outside.

        Args:
            lang: Language of the direction.
        """
        import pandas as pd

        from analysis.runs.changes_told import directions

        words = directions(lang)
        rows = [
            (n.name, n.label, n.unit, n.old, n.new, n.difference, n.relative,
             words[n.direction], n.beyond, n.outside)
            for n in self.numbers
        ]  # fmt: skip
        columns = ["name", "label", "unit", "old", "new", "difference", "relative", "direction",
                   "beyond", "outside"]  # fmt: skip
        frame = pd.DataFrame(rows, columns=columns)
        floats = ["old", "new", "difference", "relative"]
        return frame.astype(dict.fromkeys(floats, float) | {"beyond": bool, "outside": bool})

    def summary(self, lang: str = "en") -> str:
        """Say in one or two sentences what changed and what may be the cause."""
        from analysis.runs.changes_told import summary

        return summary(self, lang)


def compare(
    old_manifest: Mapping[str, Any],
    old_results: Mapping[str, Any],
    new_manifest: Mapping[str, Any],
    new_results: Mapping[str, Any],
) -> Changes:
    """Compare two runs of one notebook.

    Args:
        old_manifest: ``manifest.json`` of the earlier run.
        old_results: Its ``results.json``.
        new_manifest: ``manifest.json`` of the later run.
        new_results: Its ``results.json``.

    Raises:
        InputError: If they are runs of different notebooks.
    """
    if old_manifest["notebook"] != new_manifest["notebook"]:
        raise InputError(
            f"{old_manifest['notebook']}/{old_manifest['run']} and "
            f"{new_manifest['notebook']}/{new_manifest['run']}: found runs of different "
            "notebooks, expected two of the same"
        )
    old, new = old_results["numbers"], new_results["numbers"]
    names = [*new, *(name for name in old if name not in new)]
    figures = old_results["figures"], new_results["figures"]
    tables = old_results["tables"], new_results["tables"]
    one_language = _language(old_manifest) == _language(new_manifest)
    said = tuple(
        (each["headline"] or {}).get("sentence", "") for each in (old_results, new_results)
    )
    return Changes(
        notebook=new_manifest["notebook"],
        old_run=old_manifest["run"],
        new_run=new_manifest["run"],
        numbers=tuple(_number(name, old.get(name), new.get(name)) for name in names),
        status=(_status(old_results), _status(new_results)),
        sentence=(said[0], said[1]) if one_language and said[0] != said[1] else None,
        tables=tuple(
            RowsChange(name, tables[0].get(name), tables[1].get(name))
            for name in sorted({*tables[0], *tables[1]})
            if tables[0].get(name) != tables[1].get(name)
        ),
        figures=tuple(
            name
            for name in sorted({*figures[0], *figures[1]})
            if figures[0].get(name) != figures[1].get(name)
        ),
        causes=_causes(old_manifest, new_manifest),
        counts=(len(names), len({*tables[0], *tables[1]}), len({*figures[0], *figures[1]})),
        one_language=one_language,
    )


def _language(manifest: Mapping[str, Any]) -> str:
    return str(manifest["parameters"].get("lang", "en"))


def _status(results: Mapping[str, Any]) -> Status | None:
    found: Status | None = results["headline"]["status"] if results["headline"] else None
    return found


def _number(
    name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> NumberChange:
    both = old is not None and new is not None
    before, after = old or {}, new or {}
    has = after or before
    value, later, lo, hi = (
        before.get("value"),
        after.get("value"),
        before.get("lo"),
        before.get("hi"),
    )
    one_unit = both and before["unit"] == after["unit"]
    difference = None
    if one_unit and value is not None and later is not None:
        difference = later - value
    equal = one_unit and all(same(before[part], after[part]) for part in ("value", "lo", "hi"))
    moved = difference is not None and not same(value, later)
    one_only: Direction = "new" if old is None else "gone"
    return NumberChange(
        name=name,
        label=has["label"],
        unit=has["unit"],
        old=value,
        new=later,
        old_lo=lo,
        old_hi=hi,
        difference=difference,
        relative=difference / abs(value) if difference is not None and value else None,
        direction=_direction(value, later, one_unit) if both else one_only,
        beyond=not equal,
        outside=moved and lo is not None and hi is not None and not lo <= later <= hi,
    )


def _direction(old: float | None, new: float | None, one_unit: bool) -> Direction:
    if not one_unit or (old is None) != (new is None):
        return "unlike"
    if old is None or new is None or same(old, new):
        return "same"
    return "up" if new > old else "down"


def same(old: float | None, new: float | None, tolerance: float = RERUN) -> bool:
    """Say whether two numbers are equal to ``tolerance`` of the larger one; None equals None."""
    if old is None or new is None:
        return old is new
    return abs(new - old) <= tolerance * max(abs(old), abs(new))


def _causes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Difference, ...]:
    found = [
        Difference("parameter", name, old["parameters"].get(name), new["parameters"].get(name))
        for name in sorted({*old["parameters"], *new["parameters"]})
        if old["parameters"].get(name) != new["parameters"].get(name)
    ]
    data = [{each["parameter"]: each for each in manifest["data"]} for manifest in (old, new)]
    for name in sorted({*data[0], *data[1]}):
        before, after = (side.get(name, {}) for side in data)
        # A table of a database has no checksum: that it is the same cannot be known.
        sums = before.get("sha256"), after.get("sha256")
        if sums[0] != sums[1] or sums[0] is None:
            called = str((after or before)["name"])
            found.append(Difference("data", called, *(checksum or "" for checksum in sums)))
    code = old["code"], new["code"]
    if code[0].get("package_sha256") != code[1].get("package_sha256"):
        commits = [_commit(each) for each in code]
        found.append(Difference("code", "", *commits))
    for cause, field in (("lock", "lock_sha256"), ("python", "python")):
        if old.get(field) != new.get(field):
            values = str(old.get(field) or ""), str(new.get(field) or "")
            found.append(Difference("lock" if cause == "lock" else "python", "", *values))
    if not found and old.get("key") != new.get("key"):
        # The key holds all of the above and the notebook's cells: nothing else is left.
        found.append(Difference("notebook", new["notebook"], "", ""))
    return tuple(found)


def _commit(code: Mapping[str, Any]) -> str:
    """Name the code: its commit if that says all, and its checksum if it does not."""
    commit = str(code.get("commit") or "")[:10]
    if commit and not code.get("dirty"):
        return commit
    package = str(code.get("package_sha256") or "")[:10]
    return f"{commit}+{package}" if commit else package
