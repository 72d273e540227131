from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.data.catalog import conform
from analysis.data.catalog.checksums import sha256_file
from analysis.data.catalog.prepare import Bar, Prepared, prepare, verify
from tests.data.tiny import SALES, Shop, build

HEAD = "Day,Shop,Amount,Open\n"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return build(tmp_path)


def run(shop: Shop, *ids: str, refetch: bool = False) -> list[Prepared]:
    return prepare(shop.home, ids or None, refetch=refetch, download=shop.download)


def rows(sql: str) -> list[tuple[Any, ...]]:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    return connection.execute(sql).fetchall()


def problems(shop: Shop, content: str) -> str:
    shop.sales(HEAD + content)
    with pytest.raises(InputProblems) as caught:
        run(shop, "sales")
    assert not (shop.home.processed / "sales.parquet").exists()
    return str(caught.value)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class Counter:
    def __init__(self) -> None:
        self.done: list[float] = []

    def update(self, n: float = 1, /) -> object:
        self.done.append(n)
        return None


def test_everything_is_fetched_once_and_typed(shop: Shop) -> None:
    result = run(shop)
    assert [(one.id, one.rows, one.made) for one in result] == [
        ("sales", 2, True),
        ("stamps", 2, True),
        ("plan.facts", 2, True),
    ]
    assert shop.downloads == ["shop"]
    assert all(one.sha256 == sha256_file(one.path) for one in result)


def test_types_and_order(shop: Shop) -> None:
    [sales] = run(shop, "sales")
    kinds = [row[1] for row in rows(f"DESCRIBE FROM '{sales.path}'")]
    assert kinds == ["DATE", "VARCHAR", "DECIMAL(14,2)", "BOOLEAN"]
    read = rows(f"SELECT strftime(date, '%d'), shop, amount, open FROM '{sales.path}'")
    assert read == [("01", "7", Decimal("0.99"), False), ("02", "7", Decimal("12.50"), True)]


def test_empty_is_missing(shop: Shop) -> None:
    [facts] = run(shop, "plan.facts")
    assert rows(f"FROM '{facts.path}'") == [("a.1", 5.0, None), ("a.2", None, "about")]


def test_a_utc_stamp_becomes_instant_wall_clock_and_day(shop: Shop) -> None:
    # 04:30 UTC is 23:30 of the day before in New York in winter (UTC-5), 00:30 in summer (UTC-4).
    [stamps] = run(shop, "stamps")
    read = rows(
        "SELECT epoch(instant), strftime(local_time, '%m-%d %H:%M'), strftime(local_date, '%m-%d') "
        f"FROM '{stamps.path}'"
    )
    assert read == [(1704083400.0, "12-31 23:30", "12-31"), (1719808200.0, "07-01 00:30", "07-01")]
    kinds = [row[1] for row in rows(f"DESCRIBE FROM '{stamps.path}'")]
    assert kinds == ["BIGINT", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "DATE"]


def test_a_second_run_makes_nothing(shop: Shop) -> None:
    run(shop)
    before = files(shop.home.processed)
    assert [one.made for one in run(shop)] == [False, False, False]
    assert files(shop.home.processed) == before
    assert shop.downloads == ["shop"]


def test_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = build(tmp_path / "a"), build(tmp_path / "b")
    assert [one.sha256 for one in run(first)] == [one.sha256 for one in run(second)]


def test_a_damaged_or_deleted_table_is_made_again(shop: Shop) -> None:
    [sales] = run(shop, "sales")
    sales.path.write_bytes(sales.path.read_bytes()[:-1])
    [again] = run(shop, "sales")
    assert again.made
    assert again.sha256 == sales.sha256
    sales.path.with_suffix(".json").write_text("{", encoding="utf-8")
    assert run(shop, "sales")[0].made


def test_a_changed_promise_makes_the_table_again_but_prose_does_not(shop: Shop) -> None:
    run(shop, "plan.facts")
    shop.edit('description = "Value"', 'description = "The value"')
    assert not run(shop, "plan.facts")[0].made
    shop.edit("max = 10", "max = 11")
    assert run(shop, "plan.facts")[0].made


def test_only_what_is_asked_for_is_touched(shop: Shop) -> None:
    run(shop, "plan.facts")
    assert shop.downloads == []
    assert [path.name for path in shop.home.raw.iterdir() if path.is_dir()] == ["plan"]


def test_progress_counts_wheels_and_bytes(shop: Shop) -> None:
    bars: dict[str, tuple[int, Counter]] = {}

    @contextmanager
    def progress(total: int, description: str) -> Iterator[Bar]:
        bars[description] = (total, Counter())
        yield bars[description][1]

    prepare(shop.home, ["sales", "stamps"], progress=progress, download=shop.download)
    assert {name: total for name, (total, _) in bars.items()} == {
        "Fetching": 1,
        "Preparing": len(SALES) + len("1 2024-01-01T04:30:00\n") * 2,
    }
    assert all(sum(counter.done) == total for total, counter in bars.values())


def test_a_wrong_raw_file_stops_before_anything_is_replaced(shop: Shop) -> None:
    run(shop)
    before = files(shop.home.processed)
    raw = shop.home.raw / "shop" / "sales.csv"
    raw.write_text(SALES[:-9], encoding="utf-8")
    with pytest.raises(InputProblems, match="--refetch sales"):
        run(shop)
    assert files(shop.home.processed) == before
    assert [one.made for one in run(shop, "sales", refetch=True)] == [False]
    assert raw.read_text(encoding="utf-8") == SALES


def test_refetching_a_repository_file_is_refused(shop: Shop) -> None:
    with pytest.raises(InputError, match="there is nothing to fetch"):
        run(shop, "plan.facts", refetch=True)
    assert len(run(shop, refetch=True)) == 3


def test_unknown_dataset_is_named(shop: Shop) -> None:
    with pytest.raises(InputError, match="did you mean 'sales'"):
        run(shop, "sale")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("2024-13-01,7,1,True\n2024-01-01,7,1,True\n", "row 2, column 'Day': found '2024-13-01'"),
        ("2024-01-01,7,1,True\n2024-01-02,7,-1,True\n", "row 3, column 'Amount': found '-1'"),
        ("2024-01-01,7,1.005,True\n2024-01-02,7,1,True\n", "found '1.005', expected a value of"),
        ("2024-01-01,7,nan,True\n2024-01-02,7,1,True\n", "found 'nan', expected a value of kind"),
        ("2024-01-01,7,,True\n2024-01-02,7,1,True\n", "column 'Amount': found no value"),
        ("2024-01-01,7,1,si\n2024-01-02,7,1,True\n", "found 'si', expected a value of kind bool"),
        ("2024-01-01,7,1,True\n2024-01-01,7,2,True\n", "row 2: found date 2024-01-01, shop 7 also"),
        ("2024-01-01,7,1,True\n", "found 1 rows, expected 2 rows"),
    ],
)
def test_a_broken_promise_names_row_column_and_value(shop: Shop, content: str, said: str) -> None:
    assert said in problems(shop, content)


def test_all_broken_promises_come_in_one_message(shop: Shop) -> None:
    said = problems(shop, "x,7,-1,True\n" * 5)
    assert "data/raw/shop/sales.csv: " in said
    assert "'x' (and 2 more such rows)" in said
    assert "'-1' (and 2 more such rows)" in said
    assert "found 5 rows" in said


def test_a_missing_column_is_named(shop: Shop) -> None:
    shop.sales("Day,Shop,Amounts,Open\n2024-01-01,7,1,True\n")
    with pytest.raises(
        InputProblems, match=r"no column 'Amount', expected one \(did you mean 'Amounts'"
    ):
        run(shop, "sales")


def test_limits_and_choices_are_kept(shop: Shop) -> None:
    content = "fact_id,value,note\na.1,11,around\na.2,,\n"
    (shop.home.raw / "plan" / "facts.csv").write_text(content, encoding="utf-8")
    shop.catalog(plan=sha256_file(shop.home.raw / "plan" / "facts.csv"))
    with pytest.raises(InputProblems) as caught:
        run(shop, "plan.facts")
    assert "found '11', expected at most 10" in str(caught.value)
    assert "found 'around', expected one of about" in str(caught.value)


def test_repetitions_are_left_out_where_the_catalog_says_so(shop: Shop) -> None:
    shop.sales(SALES + SALES.splitlines()[1] + "\n")
    with pytest.raises(InputProblems, match="also in row 4"):
        run(shop, "sales")
    shop.edit(
        'package = "shop"\nformat = "csv"', 'package = "shop"\nformat = "csv"\ndistinct = true'
    )
    assert run(shop, "sales")[0].rows == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"fact_id,value,note\na.1,5,\xff\xfe\n", "not UTF-8"),
        (b"", "found header ''"),
        (b"fact_id,value,value\na.1,5,\n", "expected distinct names"),
        (b"fact_id,value,note\na.1,5\n", "Expected Number of Columns: 3 Found: 2"),
        (b"fact_id,value,note\na.1,5,about,6\n", "Expected Number of Columns: 3 Found: 4"),
        (b'fact_id,value,note\n"a.1,5,\n', "CSV Error on Line: 2"),
        (b"fact_id,value,more,note\na.1,5,6,\n", "column 'more', expected only columns of the"),
    ],
)
def test_a_file_of_another_shape_is_one_message(shop: Shop, content: bytes, said: str) -> None:
    raw = shop.home.raw / "plan" / "facts.csv"
    raw.write_bytes(content)
    shop.catalog(plan=sha256_file(raw))
    with pytest.raises(InputError) as caught:
        run(shop, "plan.facts")
    assert said in str(caught.value)
    assert "facts.csv" in str(caught.value)
    assert not (shop.home.processed / "plan" / "facts.parquet").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbffact_id,value,note\na.1,5,\na.2,,about\n",
        b"fact_id,value,note\r\na.1,5,\r\na.2,,about\r\n",
        b'fact_id,value,note\n"a.1","5",""\na.2,,about',
    ],
    ids=["byte order mark", "carriage returns", "quotes"],
)
def test_spreadsheets_write_the_same_table_in_other_bytes(shop: Shop, content: bytes) -> None:
    raw = shop.home.raw / "plan" / "facts.csv"
    raw.write_bytes(content)
    shop.catalog(plan=sha256_file(raw))
    [facts] = run(shop, "plan.facts")
    assert rows(f"FROM '{facts.path}'") == [("a.1", 5.0, None), ("a.2", None, "about")]


def test_verify_names_the_command_that_mends(shop: Shop) -> None:
    with pytest.raises(InputError, match=r"dataset sales: not prepared.*run `analysis data`"):
        verify(shop.home)
    run(shop)
    assert [one.id for one in verify(shop.home)] == ["sales", "stamps", "plan.facts"]
    with pytest.raises(InputError, match="not in the catalog"):
        verify(shop.home, ["nothing"])


def test_the_sidecar_says_what_is_there(shop: Shop) -> None:
    [sales] = run(shop, "sales")
    note = json.loads(sales.path.with_suffix(".json").read_text(encoding="utf-8"))
    assert note["rows"] == 2
    assert note["sha256"] == sales.sha256
    assert len(note["key"]) == 64


def test_the_engine_has_its_zones_without_the_network(tmp_path: Path) -> None:
    connection = conform.connect(tmp_path)
    sql = "SELECT timezone('America/New_York', TIMESTAMPTZ '2018-01-01 04:01:20+00')::VARCHAR"
    assert connection.execute(sql).fetchone() == ("2017-12-31 23:01:20",)
