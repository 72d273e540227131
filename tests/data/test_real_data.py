"""Facts about the project's own prepared tables; skipped where they are not prepared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from analysis.base.paths import Home
from analysis.data.catalog import conform
from analysis.data.catalog.checksums import Checksums
from analysis.data.catalog.listing import read_catalog
from analysis.data.catalog.prepare import prepared

PROJECT = Home(Path(__file__).parents[2])


def rows(sql: str) -> list[tuple[Any, ...]]:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def real() -> dict[str, str]:
    """Paths of the project's prepared tables, as DuckDB literals."""
    catalog = read_catalog(PROJECT)
    with Checksums(PROJECT) as checksums:
        found = [prepared(PROJECT, catalog[id], checksums) for id in catalog]
    if not all(found):
        pytest.skip("the project's data are not prepared (run `analysis data`)")
    return {one.id: f"'{one.path}'" for one in found if one is not None}


def test_real_row_counts_are_the_published_ones(real: dict[str, str]) -> None:
    # 84.51°: 1,469,307 purchases of 2,469 households, 801 with demographics; Fader & Hardie:
    # 69,659 transactions of 23,570 customers, sample of 2,357.
    assert rows(
        f"SELECT count(*), count(DISTINCT household_id) FROM {real['cj_transactions']}"
    ) == [(1_469_307, 2_469)]
    assert rows(f"SELECT count(*) FROM {real['cj_demographics']}") == [(801,)]
    assert rows(f"SELECT count(*) FROM {real['cj_promotions']}") == [(20_940_529,)]
    assert rows(
        f"SELECT count(*), count(DISTINCT customer_id) FROM {real['cdnow_transactions']}"
    ) == [(69_659, 23_570)]
    assert rows(f"SELECT count(DISTINCT store) FROM {real['rossmann_daily']}") == [(100,)]


def test_real_keys_are_unique(real: dict[str, str]) -> None:
    for id, dataset in read_catalog(PROJECT).items():
        if dataset.key and dataset.rows < 2_000_000:
            key = ", ".join(conform.quote(name) for name in dataset.key)
            sql = f"SELECT count(*), count(DISTINCT ({key})) FROM {real[id]}"
            assert rows(sql) == [(dataset.rows, dataset.rows)], id


def test_shops_are_quiet_at_night_local_time(real: dict[str, str]) -> None:
    by_hour = rows(
        "SELECT hour(local_time), count(DISTINCT basket_id) "
        f"FROM {real['cj_transactions']} GROUP BY 1 ORDER BY 2"
    )
    assert {hour for hour, _ in by_hour[:5]} == {1, 2, 3, 4, 5}


def test_the_last_basket_is_on_the_last_day_of_the_year(real: dict[str, str]) -> None:
    table = real["cj_transactions"]
    assert rows(f"SELECT max(local_date)::VARCHAR, max(local_time)::VARCHAR FROM {table}") == [
        ("2017-12-31", "2017-12-31 23:01:20")
    ]
    assert rows(f"SELECT max(transaction_timestamp)::VARCHAR FROM {table}") == [
        ("2018-01-01 04:01:20+00",)
    ]


def test_study_weeks_start_on_monday_midnight_in_the_stated_zone_only(
    real: dict[str, str],
) -> None:
    def astray(day: str) -> int:
        week = f"1 + date_diff('day', DATE '2016-12-26', {day}) // 7"
        sql = f"SELECT count_if(week <> {week}) FROM {real['cj_transactions']}"
        return int(rows(sql)[0][0])

    assert astray("local_date") == 0
    for zone in ("UTC", "America/Chicago", "America/Los_Angeles", "Etc/GMT+5", "Etc/GMT+4"):
        assert astray(f"timezone('{zone}', transaction_timestamp)::DATE") > 500, zone


def test_coupons_are_redeemed_on_local_days_with_a_purchase(real: dict[str, str]) -> None:
    without = f"""
        SELECT count(*) FROM {real["cj_coupon_redemptions"]} r ANTI JOIN
        {real["cj_transactions"]} t
        ON r.household_id = t.household_id AND r.redemption_date = t.local_date"""
    assert rows(without) == [(0,)]


def test_closed_stores_sell_nothing(real: dict[str, str]) -> None:
    sql = f"SELECT count_if(sales > 0) FROM {real['rossmann_daily']} WHERE NOT open"
    assert rows(sql) == [(0,)]


def test_the_cdnow_sample_joins_both_numberings(real: dict[str, str]) -> None:
    # Recency and frequency count to 1997-09-30; a customer's frequency is the number of later
    # days with a purchase.
    sql = f"""
        SELECT count(*) FROM {real["cdnow_customers"]} c JOIN (
          SELECT sample_id, count(DISTINCT date) - 1 AS repeats
          FROM {real["cdnow_sample"]} WHERE date <= DATE '1997-09-30' GROUP BY 1
        ) s USING (sample_id) WHERE c.frequency = s.repeats"""
    assert rows(sql) == [(2_357,)]
    sql = f"""
        SELECT count(*) FROM {real["cdnow_sample"]} s SEMI JOIN {real["cdnow_transactions"]} t
        USING (customer_id, date, cds, amount)"""
    assert rows(sql) == [(6_919,)]
