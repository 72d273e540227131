from __future__ import annotations

import hashlib
import os
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.reports import dictionary, pdf, workbook
from analysis.reports.dictionary import Described
from analysis.reports.tables import write as write_table
from analysis.runs import export as exports
from analysis.runs.manifest import file_checksums
from analysis.runs.notebooks import find
from analysis.runs.published import Published, find_run
from analysis.runs.run import execute_and_publish
from analysis.runs.store import write_json
from tests.runs import made
from tests.runs.small import MakeNotebook

CELLS = (
    "import pandas as pd\nfrom analysis import reports\nreport = reports.begin(lang)",
    "report.table('second', pd.DataFrame({'a': ['=1+1'], 'b': [0.5]}), title='Second',"
    " labels={'b': 'Share'}, formats={'b': 'percent'})",
    "report.table('first', pd.DataFrame({'n': [1]}), title='First')",
)


@pytest.fixture
def fake_chromium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer that is quick; the real one is tested with the pages."""

    def write(page: Path, target: Path, finished: str) -> Path:
        target.write_bytes(b"%PDF-" + finished.encode() + page.name.encode())
        return target

    monkeypatch.setattr(pdf, "write", write)
    monkeypatch.setattr(pdf, "find_browser", lambda: "chromium")


@pytest.fixture
def run(project: Home) -> Published:
    return published(project, "small", Described("b", "B", "", ()), Described("a", "A", "", ()))


def published(home: Home, notebook: str, *tables: Described) -> Published:
    """A run made on disk, without a kernel."""
    folder = home.reports / notebook / f"{notebook}-run"
    (folder / "tables").mkdir(parents=True)
    manifest = made.manifest(folder.name, notebook=notebook)
    write_json(folder / "results.json", made.results(manifest))
    (folder / "report.html").write_text("<h1>Report</h1>", encoding="utf-8")
    for table in tables:
        write_table(pd.DataFrame({"n": [1]}), folder / "tables", table.name)
    if tables:
        dictionary.write(folder / "tables", tables)
    workbook.write(folder, manifest)
    manifest["files"] = file_checksums(folder)
    write_json(folder / "manifest.json", manifest)
    return find_run(home, folder.name)


def checksums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.usefixtures("fake_chromium")
def test_into_the_run_comes_only_what_it_does_not_hold(project: Home, run: Published) -> None:
    before = checksums(run.folder)
    assert "tables/dictionary.json" in run.manifest["files"]
    made = exports.export(run, ["xlsx", "pdf", "csv", "parquet", "results"])
    assert [path.relative_to(run.folder).as_posix() for path in made] == [
        "tables.xlsx", "report.pdf", "tables", "tables", "results.json",
    ]  # fmt: skip
    after = checksums(run.folder)
    assert {name for name in after if after[name] != before.get(name)} == {"report.pdf"}
    assert find_run(project, run.run_id).run_id == run.run_id, "the run is still proven unchanged"
    assert not list(run.folder.parent.glob(".export-*"))


@pytest.mark.usefixtures("fake_chromium")
def test_copies_are_named_by_notebook_and_run(run: Published, tmp_path: Path) -> None:
    before = checksums(run.folder)
    out = tmp_path / "deep" / "out"
    formats = [name for name in exports.FORMATS if name != "overrides"]  # of forecasts only
    made = exports.export(run, formats, out)
    stem = f"small-{run.run_id}"
    assert [path.name for path in made] == [
        f"{stem}.pdf", f"{stem}.xlsx", f"{stem}-csv", f"{stem}-parquet", f"{stem}.json",
    ]  # fmt: skip
    assert sorted(path.name for path in made[2].iterdir()) == ["a.csv", "b.csv"]
    assert made[1].read_bytes() == (run.folder / "tables.xlsx").read_bytes()
    assert sorted(out.iterdir()) == sorted(made), "nothing else is left there"
    assert checksums(run.folder) == before
    first = checksums(out)
    assert exports.export(run, formats, out) == made
    assert checksums(out) == first


def test_a_workbook_made_later_is_the_one_made_in_the_run(run: Published, tmp_path: Path) -> None:
    later = workbook.write(run.folder, run.manifest, tmp_path / "later.xlsx")
    assert later is not None
    assert later.read_bytes() == (run.folder / "tables.xlsx").read_bytes()


@pytest.mark.usefixtures("fake_chromium")
def test_a_run_and_its_equal_that_holds_a_pdf(
    project: Home, make_notebook: MakeNotebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_notebook("nb", *CELLS, parameters='lang: str = "en"  # language')
    # Whoever works on the package meanwhile would change the key that both runs share.
    monkeypatch.setattr("analysis.runs.run.content_key", lambda *_: "c0ffee00")
    plain = execute_and_publish(project, find(project, "nb"), {})
    execute_and_publish(project, find(project, "nb"), {}, to=["pdf"])
    run = find_run(project, "nb")
    for name in ("tables.xlsx", "results.json", "tables/dictionary.json"):
        assert (plain.folder / name).read_bytes() == (run.folder / name).read_bytes()

    book = openpyxl.load_workbook(run.folder / "tables.xlsx")
    assert book.sheetnames == ["about", "second", "first", "dictionary"], "the report's order"
    assert book["second"]["A2"].data_type == "s"
    assert book["second"]["B2"].number_format == "0.0%"
    rows = list(book["dictionary"].iter_rows(values_only=True))
    assert rows[2][:7] == ("second", "Second", "b", "Share", "number", "share of 1", "percent")

    assert "report.pdf" in run.manifest["files"]
    content = (run.folder / "report.pdf").read_bytes()
    assert run.manifest["finished"].encode() in content
    monkeypatch.setattr(pdf, "write", pytest.fail)
    assert exports.export(run, ["pdf"]) == [run.folder / "report.pdf"]
    (copy,) = exports.export(run, ["pdf"], tmp_path)
    assert copy.read_bytes() == content


def test_a_run_without_tables_has_none_to_export(project: Home, tmp_path: Path) -> None:
    bare = published(project, "bare")
    for name in ("xlsx", "csv"):
        for out in (None, tmp_path / "out"):
            with pytest.raises(InputError, match="the run has no table"):
                exports.export(bare, ["results", name], out)
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.usefixtures("fake_chromium")
def test_one_format_that_fails_leaves_no_other(
    run: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old,) = exports.export(run, ["csv"], tmp_path / "out")
    before = checksums(tmp_path / "out")

    def fail(*_: object) -> Path:
        raise TimeoutError(1, "Chromium took more than 1 s to print it", "report.html")

    monkeypatch.setattr(pdf, "write", fail)
    with pytest.raises(OSError, match="took more"):
        exports.export(run, ["results", "pdf"], tmp_path / "out")
    assert checksums(tmp_path / "out") == before
    assert list((tmp_path / "out").iterdir()) == [old]


def test_a_folder_that_cannot_be_written_to(run: Published, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    for out in (file, file / "below"):
        with pytest.raises(InputError, match=r"--out .*file.*expected a folder"):
            exports.export(run, ["results"], out)
    assert file.read_text(encoding="utf-8") == "mine"
    if Path("/proc").is_dir():
        with pytest.raises(InputError, match=r"--out /proc/nowhere: cannot be written to"):
            exports.export(run, ["results"], Path("/proc/nowhere"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pdff", "--to pdff: unknown format.*did you mean 'pdf'"),
        ("csv,excel", "--to excel: unknown format; expected one of pdf, xlsx, csv"),
        ("pptx", "--to pptx: unknown format"),
        (" , ", "names no format"),
    ],
)
def test_unknown_formats_are_refused(text: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        exports.formats_of(text)


def test_formats_are_named_once_and_in_any_case() -> None:
    assert exports.formats_of("XLSX, csv,xlsx") == ["xlsx", "csv"]


def test_a_pdf_needs_a_browser_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(InputError, match="found no Chromium"):
        exports.formats_of("csv,pdf")
