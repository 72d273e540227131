"""``analysis export``: the files of a published run in the formats that others ask for.

A format is one entry of :data:`FORMATS`: a name and the function that leaves its file in a folder.
What a run already holds is copied; a PDF is printed from its page, a workbook made from its tables.
The checksummed files of the run are never changed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analysis.base.errors import InputError, nearest
from analysis.reports import override_form, pdf, workbook
from analysis.runs.published import RESULTS, Published

Make = Callable[[Published, Path], Path]
"""Leaves one file, or one folder of files, in a folder and returns its path."""


def _pdf(run: Published, folder: Path) -> Path:
    target = folder / pdf.FILE
    if pdf.FILE in run.manifest["files"]:
        return _copied(run.folder / pdf.FILE, target)
    return pdf.write(run.folder / "report.html", target, run.manifest["finished"])


def _xlsx(run: Published, folder: Path) -> Path:
    target = folder / workbook.FILE
    if workbook.FILE in run.manifest["files"]:
        return _copied(run.folder / workbook.FILE, target)
    made = workbook.write(run.folder, run.manifest, target)
    if made is None:
        raise _no_tables(run)
    return made


def _tables(suffix: str) -> Make:
    def make(run: Published, folder: Path) -> Path:
        files = sorted((run.folder / "tables").glob(f"*.{suffix}"))
        if not files:
            raise _no_tables(run)
        target = folder / suffix
        target.mkdir()
        for file in files:
            _copied(file, target / file.name)
        return target

    return make


def _overrides(run: Published, folder: Path) -> Path:
    return override_form.write(run.folder, run.manifest, folder / override_form.FILE)


def _results(run: Published, folder: Path) -> Path:
    return _copied(run.folder / RESULTS, folder / RESULTS)


FORMATS: Mapping[str, Make] = {
    "pdf": _pdf,
    "xlsx": _xlsx,
    "csv": _tables("csv"),
    "parquet": _tables("parquet"),
    "results": _results,
    "overrides": _overrides,
}
# What every run holds, or can be given: format → its path in the run folder.
_IN_RUN = {
    "pdf": pdf.FILE, "xlsx": workbook.FILE, "csv": "tables", "parquet": "tables",
    "results": RESULTS, "overrides": override_form.FILE,
}  # fmt: skip


def formats_of(text: str) -> list[str]:
    """Return the formats that a call names, separated by commas.

    Raises:
        InputError: If one is unknown, or none is named.
    """
    names = list(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    if not names:
        raise InputError(f"--to {text!r}: names no format; expected one of {', '.join(FORMATS)}")
    for name in names:
        if name not in FORMATS:
            raise InputError(
                f"--to {name}: unknown format; expected one of {', '.join(FORMATS)}; "
                f"{nearest(name, FORMATS)}"
            )
    if "pdf" in names:
        pdf.find_browser()
    return names


def export(run: Published, formats: Sequence[str], out: Path | None = None) -> list[Path]:
    """Give a run's files in other formats.

    Args:
        run: A published run, verified.
        formats: Names from :data:`FORMATS`.
        out: Folder for copies, named by notebook and run; the run folder when None, which gets
            only what it does not hold yet.

    Returns:
        Path of each format's file or folder, in the order of ``formats``.

    Raises:
        InputError: If ``out`` is no folder that can be written to, the run has no tables, or there
            is no Chromium to print with; nothing is replaced then.
        OSError: If Chromium fails.
    """
    if out is None:
        return _into_run(run, formats)
    return _into(_writable(out), run, formats)


def _into_run(run: Published, formats: Sequence[str]) -> list[Path]:
    wanted = {name: run.folder / _IN_RUN[name] for name in formats}
    held = {path.split("/")[0] for path in run.manifest["files"]}
    lacking = [name for name, path in wanted.items() if path.name not in held]
    # Made beside the run and moved in when complete: who reads the folder never sees half a file.
    with tempfile.TemporaryDirectory(prefix=".export-", dir=run.folder.parent) as staged:
        made = [(FORMATS[name](run, Path(staged)), wanted[name]) for name in lacking]
        for path, target in made:
            _keep_filled(path, target)
        for path, target in made:
            os.replace(path, target)
    return list(wanted.values())


def _into(out: Path, run: Published, formats: Sequence[str]) -> list[Path]:
    stem = f"{run.notebook}-{run.run_id}"
    targets = []
    with tempfile.TemporaryDirectory(prefix=".export-", dir=out) as staged:
        made = [FORMATS[name](run, Path(staged)) for name in formats]
        for path in made:
            # Two workbooks of one run need two names.
            named = path.is_dir() or path.name == override_form.FILE
            target = out / (f"{stem}-{path.name}" if named else f"{stem}{path.suffix}")
            _keep_filled(path, target)
            targets.append(target)
        for path, target in zip(made, targets, strict=True):
            _move(path, target)
    return targets


def _keep_filled(path: Path, target: Path) -> None:
    """Refuse to write an empty form over one that somebody has filled in."""
    if path.name != override_form.FILE or not target.exists():
        return
    if target.read_bytes() != path.read_bytes():
        raise InputError(
            f"{target}: is there and was changed since it was exported; move it away, or name "
            "another folder with --out"
        )


def _move(path: Path, target: Path) -> None:
    if not path.is_dir():
        os.replace(path, target)
        return
    target.mkdir(exist_ok=True)
    for file in sorted(path.iterdir()):
        os.replace(file, target / file.name)


def _writable(out: Path) -> Path:
    """Return a folder that can be written to, made if need be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"--out {out}: is a file or lies under one; expected a folder") from None
    except OSError as error:
        raise InputError(
            f"--out {out}: cannot be written to ({error.strerror}); expected a folder of your own"
        ) from None
    return out.resolve()


def _copied(file: Path, target: Path) -> Path:
    shutil.copyfile(file, target)
    return target


def _no_tables(run: Published) -> InputError:
    return InputError(
        f"{run.notebook}/{run.run_id}: the run has no table; expected one to export as XLSX, CSV "
        "or Parquet"
    )
