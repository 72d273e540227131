"""Execution of one notebook by papermill, and the proof that it ran to its end.

papermill's own status cannot be trusted: a killed kernel and a ``sys.exit(0)`` leave a notebook
that says "completed". A run counts as good only if no cell raised, every code cell was executed,
and a cell appended after the last one has printed a word made up for this run.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from analysis.base.errors import InputError
from analysis.runs.kernels import guarded
from analysis.runs.notebooks import Notebook
from analysis.runs.progress import wanted

if TYPE_CHECKING:
    from nbformat import NotebookNode

SENTINEL = "sentinel"
KERNEL_LOG = "kernel.log"
RUNTIME = "JUPYTER_RUNTIME_DIR"
# A socket's path may have 107 characters.
SHORT = 90
INPUT_ERRORS = ("InputError", "InputProblems")

# Results must not depend on how many threads a machine has or on the order of a hash.
STEADY = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "JUPYTER_PREFER_ENV_PATH": "1",
}


class NotebookFailed(Exception):
    """A notebook did not run to its end.

    Args:
        reason: One line: which cell, which error.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Executed:
    """An executed notebook.

    Attributes:
        notebook: The notebook with outputs, free of the runner's own cell and paths.
        seconds: Wall-clock seconds per code cell, in order.
    """

    notebook: NotebookNode
    seconds: tuple[float, ...]


def execute(
    notebook: Notebook,
    parameters: Mapping[str, Any],
    folder: Path,
    *,
    environment: Mapping[str, str],
    timeout: int | None = None,
    progress: bool | None = None,
) -> Executed:
    """Run a notebook in a fresh kernel.

    Args:
        notebook: What to run.
        parameters: Values to inject, already checked; those at their default need not be there.
        folder: Run folder; ``notebook.ipynb`` is kept there while it runs.
        environment: Variables set for the kernel.
        timeout: Seconds that one cell may take; None for no limit.
        progress: Whether to show a bar over cells; None to show it on a terminal only.

    Raises:
        InputError: If a cell refused its input.
        NotebookFailed: If a cell raised, the kernel died, or the end was not reached.
    """
    papermill = _papermill()
    word = secrets.token_hex(8)
    output = folder / "notebook.ipynb"
    with (
        _sockets() as (places, config),
        _environment({**STEADY, **places, **environment}),
        _kernel_log(folder / KERNEL_LOG) as terminal,
        guarded(places.get(RUNTIME, "")) as managers,
    ):
        try:
            node = papermill.execute.execute_notebook(
                _with_sentinel(notebook, word),
                str(output),
                parameters=dict(parameters),
                kernel_name="python3",
                progress_bar=_bar(notebook.name, progress, terminal),
                execution_timeout=timeout,
                config=config,
                kernel_manager_class=managers,
            )
        except papermill.exceptions.PapermillExecutionError as error:
            raise _failure(notebook, error, output) from None
        except Exception as error:
            reason = _died(notebook, output, error)
            _save_clean(output)
            raise NotebookFailed(reason) from error
    stopped = _unfinished(node, word)
    _clean(node)
    if stopped is not None:
        _write(node, output)
        raise NotebookFailed(f"{notebook.name}: {stopped}")
    seconds = tuple(cell.metadata.pop("seconds", 0.0) for cell in node.cells if _is_code(cell))
    _write(node, output)
    return Executed(node, seconds)


def _papermill() -> Any:
    """Import papermill without the unused grammar compiler that takes 80 % of its start."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import papermill.exceptions
    import papermill.execute
    from papermill.log import logger

    logger.setLevel("ERROR")
    return papermill


@contextmanager
def _sockets() -> Iterator[tuple[dict[str, str], Any]]:
    """Let the kernel talk through files of this user rather than open ports, where that works."""
    from traitlets.config import Config

    with tempfile.TemporaryDirectory(prefix="kernel-") as folder:
        if os.name == "nt" or len(folder) > SHORT:
            yield {}, Config()
        else:
            # Without an address of its own every kernel would take ./kernel-ipc-1 and following.
            address = {"transport": "ipc", "ip": str(Path(folder, "k"))}
            yield {RUNTIME: folder}, Config({"KernelManager": address})


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _kernel_log(path: Path) -> Iterator[TextIO]:
    """Send what the kernel's process says on standard error to a file; give the terminal.

    A killed or interrupted kernel prints the frames of its own machinery, which would bury the
    one line that matters.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with path.open("wb") as log:
            os.dup2(log.fileno(), 2)
        with os.fdopen(os.dup(kept), "w", encoding="utf-8") as terminal:
            yield terminal
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)


def _bar(name: str, progress: bool | None, terminal: TextIO) -> dict[str, Any]:
    shown = wanted(progress)
    return {
        "desc": f"  {name}", "leave": False, "disable": not shown, "position": 1, "file": terminal,
    }  # fmt: skip


def _with_sentinel(notebook: Notebook, word: str) -> NotebookNode:
    import nbformat

    node: NotebookNode = nbformat.from_dict(notebook.content)
    cell = nbformat.v4.new_code_cell(f"print({word!r})", id=SENTINEL)
    cell.metadata["tags"] = [SENTINEL]
    node.cells = [*node.cells, cell]
    return node


def _is_code(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code" and cell.source.strip())


def _unfinished(node: NotebookNode, word: str) -> str | None:
    """Say where execution stopped, or None if it reached the end."""
    for number, cell in enumerate((c for c in node.cells if _is_code(c)), start=1):
        raised = [o for o in cell.get("outputs", []) if o.output_type == "error"]
        if raised:
            return f"code cell {number} left with {raised[0].ename}; the rest never ran"
        if cell.execution_count is None:
            return f"code cell {number} never ran"
    printed = [o.get("text", "") for o in node.cells[-1].get("outputs", [])]
    return None if "".join(printed).strip() == word else "the end of the notebook was not reached"


def _clean(node: NotebookNode) -> None:
    """Remove what is the runner's own: the sentinel, papermill's marks, paths, random ids."""
    node.cells = [
        cell
        for cell in node.cells
        if not {SENTINEL, "papermill-error-cell-tag"} & set(cell.metadata.get("tags", []))
    ]
    node.metadata.pop("papermill", None)
    for cell in node.cells:
        cell.metadata.pop("execution", None)
        marks = cell.metadata.pop("papermill", None)
        if marks and _is_code(cell):
            cell.metadata["seconds"] = round(float(marks.get("duration") or 0.0), 3)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"


def _write(node: NotebookNode, path: Path) -> None:
    import nbformat

    for cell in node.cells:
        cell.metadata.pop("seconds", None)
    path.write_text(nbformat.writes(node), encoding="utf-8")


def _save_clean(path: Path) -> None:
    """Clean the partial notebook that papermill has left; remove it if that cannot be done."""
    import nbformat

    try:
        node = nbformat.read(path, as_version=4)
        _clean(node)
        _write(node, path)
    except Exception:
        # Half a file (a full disk): the reason that the caller has is worth more than it.
        path.unlink(missing_ok=True)


def _failure(notebook: Notebook, error: Any, output: Path) -> Exception:
    if error.ename in INPUT_ERRORS:
        return InputError(str(error.evalue))
    _save_clean(output)
    what = " ".join(str(error.evalue).split())[:300]
    return NotebookFailed(
        f"{notebook.name}: cell [{error.exec_count}] `{_first_line(error.source)}` "
        f"raised {error.ename}: {what}"
    )


def _died(notebook: Notebook, output: Path, error: Exception) -> str:
    import nbformat

    where = ""
    try:
        node = nbformat.read(output, as_version=4)
        begun = [c for c in node.cells if c.metadata.get("papermill", {}).get("start_time")]
        where = f" in cell `{_first_line(begun[-1].source)}`" if begun else ""
    except Exception:
        where = ""
    name = type(error).__name__
    what = {"DeadKernelError": "the kernel died (killed, or out of memory)",
            "CellTimeoutError": "a cell took longer than its time limit"}  # fmt: skip
    detail = what.get(name, f"{name}: {' '.join(str(error).split())[:300]}")
    return f"{notebook.name}: {detail}{where}"


def _first_line(source: str) -> str:
    lines = [line for line in source.strip().splitlines() if not line.startswith("#")]
    return (lines or [source.strip()])[0][:80]
