"""The command line as a caller meets it: exit codes, one message, nothing published changed."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analysis.base.paths import Home
from analysis.cli import main
from tests.runs.small import MakeNotebook

CATALOG = """
[datasets.sales]
title = "Sales"
nature = "simulated"
unit = "one day"
timezone = "none"
source = "invented for a test"
code_licence = "none"
data_licence = "none"
format = "csv"
files = [{{ path = "sales.csv", sha256 = "{sha256}" }}]
processed = "sales.parquet"
rows = 2
key = ["ds"]
columns = [
  {{ name = "unique_id", kind = "text", description = "Series" }},
  {{ name = "ds", kind = "date", description = "Day" }},
  {{ name = "y", kind = "number", unit = "EUR", description = "Turnover" }},
]
"""
ROWS = "unique_id,ds,y\na,2024-01-01,1\na,2024-01-02,2\n"
PARAMETERS = """\
data: str = ""  # a panel
mapping: str = ""  # its mapping
n: int = 3  # count {1..9}
"""
LOAD = """\
from analysis import reports
from analysis.data import load
from analysis.forecasting import PANEL
panel = load(data, PANEL, mapping=mapping)
report = reports.begin()
report.table("panel", panel.frame, title="Panel")
report.data_card(panel)
"""

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command line; return exit code, standard output and standard error."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["analysis", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        code = left.value.code
        assert isinstance(code, int)
        return code, out, err

    return run


@pytest.fixture
def notebook(make_notebook: MakeNotebook) -> Path:
    return make_notebook("nb", LOAD, parameters=PARAMETERS)


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def refused(call: Call, project: Home, *words: str) -> str:
    """Call; check that it is refused as it should be; return the message."""
    before = tree(project.reports)
    code, out, err = call(*words)
    assert code == 2, err
    assert out == ""
    assert "Traceback" not in err
    assert err.count("error:") == 1
    assert tree(project.reports) == before
    return err


def test_a_good_run_prints_its_folder_last(
    call: Call, project: Home, notebook: Path, tmp_path: Path
) -> None:
    table = tmp_path / "panel.csv"
    table.write_bytes(ROWS.replace("a,", "门店,").encode("gb18030"))
    code, out, _ = call("run", "nb", "-p", f"data={table}")
    assert code == 0
    folder = Path(out.splitlines()[-1])
    frame = pd.read_parquet(folder / "tables" / "panel.parquet")
    assert frame["unique_id"].tolist() == ["门店", "门店"]
    assert (project.reports / "index.html").is_file()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (ROWS.replace(",2\n", ",二十\n"), ["row 3", "column 'y'", "'二十'", "a number"]),
        (ROWS + "a,2024-01-02,5\n", ["row 4", "'2024-01-02' again, as in row 3"]),
        ("unique_id,ds,y\n", ["no rows of data"]),
        ("", ["panel.csv"]),
        (ROWS.replace("y\n", "sales\n"), ["column 'y'", "no such column", "mapping="]),
        (ROWS.replace("2024-01-02", "2024-13-02"), ["row 3", "column 'ds'", "a date"]),
    ],
)
def test_wrong_rows_are_refused_in_one_message(
    call: Call, project: Home, notebook: Path, tmp_path: Path, content: str, says: list[str]
) -> None:
    table = tmp_path / "panel.csv"
    table.write_text(content, encoding="utf-8")
    message = refused(call, project, "run", "nb", "-p", f"data={table}")
    for text in [*says, "panel.csv"]:
        assert text in message


def test_a_truncated_parquet_file_is_refused(
    call: Call, project: Home, notebook: Path, tmp_path: Path
) -> None:
    table = tmp_path / "panel.parquet"
    pd.DataFrame({"unique_id": ["a"] * 999}).to_parquet(table)
    table.write_bytes(table.read_bytes()[:-200])
    assert "panel.parquet" in refused(call, project, "run", "nb", "-p", f"data={table}")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "nb", "-p", "data=absent.csv"], "data=absent.csv: found neither such a file"),
        (["run", "nb2", "-p", "data="], "data=: found nothing, expected a path"),
        (["run", "nb", "-p", "mapping=absent.toml"], "mapping=absent.toml: no such file"),
        (["run", "nb", "-p", "horizn=3"], "unknown parameter 'horizn'"),
        (["run", "nb", "-p", "m=3"], "unknown parameter 'm'"),
        (["run", "nb", "-p", "n=x"], "n='x', expected n to be a whole number from 1 to 9"),
        (["run", "nb", "-p", "n"], "-p n: expected name=value"),
        (["run", "nbb"], "notebook 'nbb': there is none; did you mean 'nb'?"),
        (["run", "nb", "-f", "absent.yaml"], "absent.yaml: no such file"),
        (["params", "nbb"], "did you mean 'nb'?"),
        (["data", "prepare", "sale"], "did you mean 'sales'?"),
        (["data", "inspect", "absent.csv"], "absent.csv"),
    ],
)
def test_a_wrong_call_is_refused_before_a_kernel_starts(
    call: Call, project: Home, notebook: Path, make_notebook: MakeNotebook,
    monkeypatch: pytest.MonkeyPatch, words: list[str], says: str,
) -> None:  # fmt: skip
    project.catalog.write_text(CATALOG.format(sha256="0" * 64), encoding="utf-8")
    make_notebook("nb2", LOAD, parameters=PARAMETERS.replace('""  # a panel', '"sales"  # a panel'))
    monkeypatch.delattr("analysis.runs.run.execute")
    assert says in refused(call, project, *words)


def test_a_raw_file_with_another_checksum_is_refused(
    call: Call, project: Home, notebook: Path
) -> None:
    project.catalog.write_text(CATALOG.format(sha256="0" * 64), encoding="utf-8")
    (project.raw / "sales.csv").write_text(ROWS, encoding="utf-8")
    found = hashlib.sha256(ROWS.encode()).hexdigest()
    for words in (["data"], ["run", "nb", "-p", "data=sales"]):
        message = refused(call, project, *words)
        assert "sales.csv" in message
        assert found in message
    assert not list(project.processed.iterdir())


def test_data_prepares_and_a_dataset_can_be_named(
    call: Call, project: Home, notebook: Path
) -> None:
    sha256 = hashlib.sha256(ROWS.encode()).hexdigest()
    project.catalog.write_text(CATALOG.format(sha256=sha256), encoding="utf-8")
    (project.raw / "sales.csv").write_text(ROWS, encoding="utf-8")
    assert call("data")[:2] == (0, "sales: 2 rows\n")
    assert call("data")[:2] == (0, "sales: 2 rows (up to date)\n")
    assert "simulated" in call("data", "list")[1]
    code, out, err = call("run", "nb", "-p", "data=sales")
    assert code == 0, err
    page = (Path(out.splitlines()[-1]) / "report.html").read_text(encoding="utf-8")
    assert "Simulated data" in page


def test_params_lists_what_can_be_set(call: Call, project: Home, notebook: Path) -> None:
    code, out, _ = call("params", "nb")
    assert code == 0
    assert "n        3   count [a whole number from 1 to 9]" in out


def test_a_failing_notebook_names_cell_and_error(
    call: Call, project: Home, make_notebook: MakeNotebook
) -> None:
    make_notebook("nb", "x = 1", "1 / 0")
    code, out, err = call("run", "nb")
    assert code == 1
    assert "cell [2] `1 / 0` raised ZeroDivisionError" in err
    assert "failed" in out.splitlines()[-1]
    code, out, err = call("report")
    assert code == 1
    assert "raised ZeroDivisionError" in out


def test_inspect_suggests_a_mapping_that_works(
    call: Call, project: Home, notebook: Path, tmp_path: Path
) -> None:
    table = tmp_path / "导出.csv"
    text = "门店日销售\n日期,门店,销售额(万元)\n2024/1/1,一店,1.5\n2024/1/2,一店,-\n合计,,1.5\n"
    table.write_bytes(text.encode("gb18030"))
    mapping = tmp_path / "mapping.toml"
    code, out, err = call("data", "inspect", str(table), "--mapping", str(mapping))
    assert code == 0, err
    assert "gb18030" in out.lower()
    code, out, err = call("run", "nb", "-p", f"data={table}", "-p", f"mapping={mapping}")
    assert code == 0, err
    frame = pd.read_parquet(Path(out.splitlines()[-1]) / "tables" / "panel.parquet")
    assert frame["y"].iloc[0] == 15000
    assert len(frame) == 2
    again = refused(call, project, "data", "inspect", str(table), "--mapping", str(mapping))
    assert "is already there" in again


def test_a_database_is_read_by_its_url(
    call: Call, project: Home, notebook: Path, tmp_path: Path
) -> None:
    path = tmp_path / "shop.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("create table orders (unique_id text, ds text, y real)")
        database.execute("insert into orders values ('a', '2024-01-01', 5)")
        database.commit()
    code, out, err = call("run", "nb", "-p", f"data=sqlite:///{path}?table=orders")
    assert code == 0, err
    frame = pd.read_parquet(Path(out.splitlines()[-1]) / "tables" / "panel.parquet")
    assert frame["y"].tolist() == [5.0]
    assert "unique_id" in call("data", "inspect", f"sqlite:///{path}?table=orders")[1]


@pytest.mark.parametrize(
    ("name", "rows", "horizon"),
    [
        ("short", [f"a,2024-0{month}-01,{month}" for month in range(1, 6)], 18),
        ("zeros", [f"{name},2024-01-{day:02d},0" for name in "ab" for day in range(1, 31)], 7),
    ],
)
def test_the_forecast_is_published_where_it_cannot_be_judged(
    call: Call, project: Home, tmp_path: Path, name: str, rows: list[str], horizon: int
) -> None:
    source = Path(__file__).parents[2] / "notebooks" / "sales_forecast.ipynb"
    (project.notebooks / source.name).write_bytes(source.read_bytes())
    table = tmp_path / f"{name}.csv"
    table.write_text("\n".join(["unique_id,ds,y", *rows]), encoding="utf-8")
    words = ("-p", f"data={table}", "-p", f"horizon={horizon}", "-p", "lang=zh")
    code, out, err = call("run", "sales_forecast", *words)
    assert code == 0, err
    frame = pd.read_parquet(Path(out.splitlines()[-1]) / "tables" / "forecast.parquet")
    columns = ["unique_id", "ds", "mean", "lo-80", "hi-80", "lo-95", "hi-95", "model"]
    assert list(frame.columns) == columns
    assert len(frame) == horizon * frame["unique_id"].nunique()
    assert frame[columns[2:7]].notna().all().all()
    assert (project.reports / "index.html").is_file()
