"""``init``, ``new``, ``data inspect`` and ``data convert`` as a caller meets them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from analysis.base.paths import Home
from analysis.cli import main

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["analysis", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return run


def test_init_prints_what_comes_next_and_the_folder_last(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("init", tmp_path / "ours")
    assert code == 0
    assert out.splitlines()[-1] == str(tmp_path / "ours")
    assert sum(line.startswith("  ") for line in out.splitlines()) == 3
    code, _, err = call("init", tmp_path / "ours")
    assert code == 2
    assert "is not empty" in err


def test_new(call: Call, project: Home) -> None:
    code, out, _ = call("new", "gift_mix")
    assert code == 0
    assert "made notebooks/gift_mix.ipynb" in out
    assert "analysis run gift_mix -p lang=zh" in out
    code, _, err = call("new", "Gift Mix")
    assert code == 2
    assert "expected small letters" in err


HOURS = "时间,订单数\n2026-01-05 9:00,3\n2026-01-05 10:00,4\n"


def test_a_table_without_a_mapping_parameter_is_converted(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("时段.csv").write_bytes(HOURS.encode("gb18030"))
    code, out, _ = call("data", "inspect", "时段.csv", "--mapping", "m.toml")
    assert code == 0
    convert, run = out.splitlines()[-2:]
    assert convert.endswith("--for sales_forecast.orders_data")
    assert run == "then: analysis run sales_forecast -p orders_data=orders_data.csv"
    words = ["data", "convert", "时段.csv", "orders.csv", "--mapping", "m.toml", "--for"]
    code, out, _ = call(*words, "sales_forecast.orders_data")
    assert (code, out.splitlines()[-1]) == (0, "orders.csv: 2 rows, columns ds, orders")
    assert Path("orders.csv").read_text(encoding="utf-8").splitlines()[0] == "ds,orders"
    code, _, err = call(*words, "sales_forecast.orders_data")
    assert code == 2
    assert "is already there" in err


def made(folder: Path) -> dict[str, Path]:
    """Files that cannot be read, by what is wrong with them."""
    contents = {
        "empty": ("a.csv", b""),
        "header only": ("b.csv", "店铺,日期\n".encode()),
        "no text": ("c.csv", b"\xff\xfe\xfa\x00\x81\xff\xff"),
        "cut short": ("d.xlsx", b"PK\x03\x04 and no more"),
        "no format": ("e.docx", b"x"),
    }
    for name, content in contents.values():
        (folder / name).write_bytes(content)
    return {what: folder / name for what, (name, _) in contents.items()} | {
        "a folder": folder, "absent": folder / "z.csv",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("empty", "found an empty file"),
        ("header only", "no rows of data"),
        ("no text", "c.csv"),
        ("cut short", "not an Excel workbook, or cut short"),
        ("no format", "found a name ending in .docx"),
        ("a folder", "found a folder, expected a file"),
        ("absent", "there is no such file"),
    ],
)
def test_files_that_cannot_be_read(call: Call, tmp_path: Path, what: str, said: str) -> None:
    save = tmp_path / "m.toml"
    code, _, err = call("data", "inspect", made(tmp_path)[what], "--mapping", save)
    assert code == 2
    assert said in err
    assert "Traceback" not in err
    assert not save.exists()


def test_a_sheet_that_is_not_there(call: Call, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("明细").write_row(0, 0, ["日期", "额"])
    code, _, err = call("data", "inspect", tmp_path / "a.xlsx", "--sheet", "明细表")
    assert code == 2
    assert "there is no sheet '明细表'; did you mean '明细'?" in err


def test_a_mapping_that_fits_no_column_names_what_is_there(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("店铺,日期,销售额\n甲,2026-01-05,3\n", encoding="utf-8")
    (tmp_path / "m.toml").write_text(
        '[columns]\nunique_id = "商店"\nds = "统计日期"\ny = "GMV"\n', encoding="utf-8"
    )
    code, _, err = call("data", "convert", tmp_path / "a.csv", tmp_path / "b.csv",
                        "--mapping", tmp_path / "m.toml", "--for", "sales_forecast")  # fmt: skip
    assert code == 2
    assert "3 problems" in err
    assert "(row 1 has 店铺, 日期, 销售额); did you mean '日期'?" in err
    assert "no column 'GMV'" in err
    assert not (tmp_path / "b.csv").exists()


def test_a_mapping_is_not_written_over(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HOURS, encoding="utf-8")
    (tmp_path / "m.toml").write_text("kept", encoding="utf-8")
    for save, said in (
        (tmp_path / "m.toml", "already there"),
        (tmp_path / "x" / "m.toml", "no folder"),
    ):
        code, _, err = call("data", "inspect", tmp_path / "a.csv", "--mapping", save)
        assert code == 2
        assert said in err
    assert (tmp_path / "m.toml").read_text(encoding="utf-8") == "kept"
