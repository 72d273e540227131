"""The pass: same moments from rows, counts and moments, in any order and in any file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.base.errors import InputError, InputProblems
from analysis.data import Spec, aggregate, load_experiment
from analysis.data.aggregation import chunks, stacks, users
from analysis.data.aggregation.source import opened
from analysis.data.aggregation.users import check_users
from analysis.experiments.moments import Moments
from analysis.experiments.table import schema


def people(n: int = 900, seed: int = 20260101) -> pd.DataFrame:
    """Users of three arms with a conversion, orders, revenue and its value from before."""
    rng = np.random.default_rng(seed)
    bought = rng.random(n) < 0.2
    past = rng.gamma(2.0, 30.0, n).round(2)
    orders = np.where(bought, rng.integers(1, 5, n), 0)
    return pd.DataFrame(
        {
            "user_id": np.arange(n) + 1000,
            "variant": rng.choice(["A", "B", "C"], n),
            "converted": bought.astype(int),
            "orders": orders,
            "revenue": np.where(bought, (orders * rng.gamma(2.0, 40.0, n)).round(2), 0.0),
            "revenue_pre": past,
            "day": pd.Timestamp("2026-11-01") + pd.to_timedelta(rng.integers(0, 5, n), "D"),
            "stratum": rng.choice(["north", "south"], n),
        }
    )


def saved(folder: Path, frame: pd.DataFrame, name: str = "a.parquet") -> Path:
    path = folder / name
    if name.endswith(".parquet"):
        frame.to_parquet(path, index=False)
    elif name.endswith(".csv"):
        frame.to_csv(path, index=False)
    else:
        frame.to_excel(path, index=False, engine="openpyxl")
    return path


def test_moments_are_those_of_the_rows(tmp_path: Path) -> None:
    frame = people()
    arms = load_experiment(saved(tmp_path, frame), metrics=["revenue/orders", "revenue"]).arms
    assert arms.names == ("A", "B", "C")
    for arm, rows in frame.groupby("variant"):
        expected = Moments.of_rows(rows, ["revenue", "orders"])
        found = arms.moments("revenue/orders")[str(arm)]
        assert (found.n, found.names) == (expected.n, expected.names)
        np.testing.assert_allclose(found.mean, expected.mean, rtol=1e-12)
        np.testing.assert_allclose(found.cov, expected.cov, rtol=1e-12)
        both = arms.moments("revenue", adjusted=True)[str(arm)]
        expected = Moments.of_rows(rows, ["revenue", "revenue_pre"])
        assert both.names == expected.names
        np.testing.assert_allclose(both.cov, expected.cov, rtol=1e-12)
    assert [m.kind for m in arms.metrics] == ["ratio", "mean"]


def test_parts_by_day_and_stratum_add_up(tmp_path: Path) -> None:
    frame = people()
    path = saved(tmp_path, frame)
    whole = load_experiment(saved(tmp_path, frame.drop(columns=["day", "stratum"]), "b.parquet"))
    arms = load_experiment(path).arms
    assert [m.name for m in arms.metrics] == ["converted", "orders", "revenue"]
    assert [m.kind for m in arms.metrics] == ["proportion", "mean", "mean"]
    assert arms.users() == frame["variant"].value_counts().sort_index().to_dict()
    one, other = arms.frame(), whole.arms.frame()
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)
    days = arms.frame(["day"])
    expected = frame.groupby(["variant", "day"])["revenue"].agg(["size", "mean", "var"])
    found = days[days["metric"] == "revenue"].set_index(["variant", "day"])
    np.testing.assert_allclose(found[["n", "mean", "variance"]], expected, rtol=1e-12)
    north = dict(arms.each("stratum"))["north"].samples("revenue")["B"]
    rows = frame[(frame["variant"] == "B") & (frame["stratum"] == "north")]
    assert north.n == len(rows)
    assert north.variance == pytest.approx(rows["revenue"].var(), rel=1e-12)


def test_rows_counts_and_moments_say_the_same(tmp_path: Path) -> None:
    frame = people()
    groups = frame.groupby("variant")
    counts = groups.agg(users=("user_id", "size"), converted=("converted", "sum")).reset_index()
    long = frame.melt(["user_id", "variant"], ["converted", "revenue"], "metric")
    moments = long.groupby(["variant", "metric"])["value"].agg(
        n="size", mean="mean", variance="var"
    )
    by_rows = load_experiment(saved(tmp_path, frame), metrics=["converted", "revenue"]).arms
    by_counts = load_experiment(saved(tmp_path, counts, "c.csv")).arms
    by_moments = load_experiment(saved(tmp_path, moments.reset_index(), "m.xlsx")).arms
    assert [a.shape for a in (by_rows, by_counts, by_moments)] == ["rows", "counts", "moments"]
    assert by_counts.counts("converted") == by_rows.counts("converted")
    assert by_moments.counts("converted") == by_rows.counts("converted")
    pd.testing.assert_frame_equal(by_rows.frame(), by_moments.frame(), rtol=1e-12)
    assert by_counts.users() == by_moments.users() == by_rows.users()


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.duckdb", "a.csv.gz", "folder"])
def test_every_kind_of_source_gives_the_same(tmp_path: Path, name: str) -> None:
    frame = people(300).drop(columns="day")
    expected = load_experiment(saved(tmp_path, frame)).arms.frame()
    source: Path | str = tmp_path / name
    if name == "a.duckdb":
        with duckdb.connect(str(source)) as con:
            con.execute("CREATE TABLE test AS FROM frame")
        source = f"duckdb:///{source}?table=test"
    elif name == "folder":
        (tmp_path / name).mkdir()
        saved(tmp_path / name, frame[:100], "1.csv")
        saved(tmp_path / name, frame[100:], "2.csv")
    else:
        saved(tmp_path, frame, name.removesuffix(".gz")) if name != "a.csv.gz" else frame.to_csv(
            source, index=False
        )
    pd.testing.assert_frame_equal(load_experiment(source).arms.frame(), expected, rtol=1e-12)


def test_a_large_text_file_is_read_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = people(800).drop(columns=["day", "stratum"])
    frame["note"] = 'said "so,\nand so"'
    path = saved(tmp_path, frame, "a.csv")
    whole = load_experiment(path).arms.frame()
    monkeypatch.setattr(chunks, "LARGE", 1000)
    monkeypatch.setattr(chunks, "CHUNK", 2000)
    monkeypatch.setattr(chunks, "TAIL", 100)
    with opened(path) as found:
        parts = list(found.chunks)
    assert len(parts) > 10
    rows = np.concatenate([part.row_numbers for part in parts])
    assert rows.tolist() == list(range(2, 802))
    pd.testing.assert_frame_equal(load_experiment(path).arms.frame(), whole, rtol=1e-12)
    lines = path.read_text(encoding="utf-8").split('and so"""\n')
    lines[700] = lines[700].replace(",A,", ",A,x").replace(",B,", ",B,x").replace(",C,", ",C,x")
    path.write_text('and so"""\n'.join(lines), encoding="utf-8")
    with pytest.raises(InputProblems, match=r"row 702, column 'converted': found 'x"):
        load_experiment(path)


def test_chinese_headers_and_pieces_with_a_mapping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = people(500)[["user_id", "variant", "revenue"]]
    frame.columns = ["用户ID", "实验组", "金额(万元)"]
    text = "实验导出,,\n" + frame.to_csv(index=False) + "合计,,1\n备注,,\n"
    (tmp_path / "a.csv").write_bytes(text.encode("gb18030"))
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'header_row = 2\nskip_footer = 1\n[columns]\nuser_id = "用户ID"\nvariant = "实验组"\n'
        'revenue = { from = "金额(万元)", unit = "万元" }\n',
        encoding="utf-8",
    )
    small = load_experiment(tmp_path / "a.csv", mapping=mapping)
    sample = small.arms.samples("revenue")["A"]
    expected = frame[frame["实验组"] == "A"]["金额(万元)"] * 1e4
    assert sample.n == len(expected)
    assert sample.mean == pytest.approx(expected.mean(), rel=1e-12)
    monkeypatch.setattr(chunks, "LARGE", 1000)
    monkeypatch.setattr(chunks, "CHUNK", 2000)
    monkeypatch.setattr(chunks, "TAIL", 100)
    large = load_experiment(tmp_path / "a.csv", mapping=mapping)
    assert large.arms.samples("revenue") == small.arms.samples("revenue")
    assert large.opened.facts == small.opened.facts
    assert large.opened.facts.encoding == "gb18030"
    assert dict(large.opened.facts.dropped) == {"skip_footer": 1, "total rows": 1}


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    rng = np.random.default_rng(20260102)
    n = 20_000
    frame = pd.DataFrame(
        {
            "user_id": np.arange(n),
            "variant": rng.choice(["A", "B"], n),
            "revenue": np.where(rng.random(n) < 0.02, rng.lognormal(4, 2, n), 0.0),
            "balance": 1e9 + rng.normal(0, 1, n),
            "price": 0.1,
        }
    )
    one = load_experiment(saved(tmp_path, frame)).arms.frame()
    order = rng.permutation(n)
    other = load_experiment(saved(tmp_path, frame.iloc[order], "b.parquet")).arms.frame()
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)
    again = load_experiment(tmp_path / "a.parquet").arms.frame()
    pd.testing.assert_frame_equal(one, again, check_exact=True)
    # Of a sum of squares nothing would be left of a variance of 1 around 1e9.
    balance = one[one["metric"] == "balance"]
    expected = (frame["balance"] - 1e9).groupby(frame["variant"]).var()
    np.testing.assert_allclose(balance["variance"], expected, rtol=1e-12)
    assert (one.loc[one["metric"] == "price", "variance"] < 1e-30).all()


@given(st.data())
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_numbers_to_the_last_digits(tmp_path: Path, data: st.DataObject) -> None:
    number = st.one_of(
        st.floats(-1e12, 1e12, allow_nan=False, width=64),
        st.integers(-3, 3).map(float),
        st.floats(-1, 1).map(lambda x: 1e8 + x),
    )
    values = data.draw(st.lists(number, min_size=4, max_size=30))
    frame = pd.DataFrame({"user_id": range(len(values)), "variant": "A", "y": values})
    frame.loc[::2, "variant"] = "B"
    found = aggregate(saved(tmp_path, frame), Spec((("y",),)))
    for place, (_, rows) in enumerate(frame.groupby("variant")):
        exact = [Fraction(v) for v in rows["y"]]
        mean = sum(exact) / len(exact)
        variance = sum((v - mean) ** 2 for v in exact) / (len(exact) - 1)
        scale = max(abs(v) for v in rows["y"])
        stack = found.stacks["y",]
        assert stack.mean[place, 0] == pytest.approx(float(mean), rel=1e-12, abs=1e-14 * scale)
        # A float stands for its neighbours as well: squares below its resolution are not there.
        floor = 1e-12 * abs(scale) * float(variance) ** 0.5 * 1e-3
        assert stack.cov[place, 0, 0] == pytest.approx(float(variance), rel=1e-11, abs=floor)


def test_missing_values_do_not_count(tmp_path: Path) -> None:
    frame = people()
    frame.loc[frame.index % 7 == 0, "revenue"] = np.nan
    frame.loc[frame.index % 5 == 0, "revenue_pre"] = np.nan
    arms = load_experiment(saved(tmp_path, frame), metrics=["revenue", "revenue/orders"]).arms
    rows = frame[frame["variant"] == "B"]
    assert arms.samples("revenue")["B"].n == rows["revenue"].count() < arms.users()["B"]
    kept = rows.dropna(subset=["revenue"])
    expected = Moments.of_rows(kept, ["revenue", "orders"])
    found = arms.moments("revenue/orders")["B"]
    assert found.n == expected.n
    np.testing.assert_allclose(found.cov, expected.cov, rtol=1e-12)
    adjusted = arms.moments("revenue", adjusted=True)["B"]
    assert adjusted.names == ("revenue", "revenue_pre", "revenue_pre_missing")
    assert arms.metric("revenue").covariates == adjusted.names[1:]
    fill = frame["revenue_pre"].mean()
    filled = kept.assign(
        revenue_pre=kept["revenue_pre"].fillna(fill),
        revenue_pre_missing=kept["revenue_pre"].isna().astype(float),
    )
    expected = Moments.of_rows(filled, adjusted.names)
    assert adjusted.n == expected.n
    np.testing.assert_allclose(adjusted.mean, expected.mean, rtol=1e-12)
    np.testing.assert_allclose(adjusted.cov, expected.cov, rtol=1e-11, atol=1e-13)
    missing = arms.extremes.query("metric == 'revenue' and variant == 'B'")["missing"].sum()
    assert missing == rows["revenue"].isna().sum()


def test_nan_of_other_programs_is_a_missing_value(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    query = (
        "SELECT i AS user_id, CASE WHEN i % 2 = 0 THEN 'A' ELSE 'B' END AS variant, "
        "CASE WHEN i % 10 < 2 THEN 'NaN'::DOUBLE ELSE i END AS y FROM range(100) t(i)"
    )
    duckdb.sql(f"COPY ({query}) TO '{path}'")
    sample = load_experiment(path).arms.samples("y")["B"]
    values = [i for i in range(1, 100, 2) if i % 10 >= 2]
    assert sample.n == len(values)
    assert sample.variance == pytest.approx(np.var(values, ddof=1), rel=1e-12)


def test_caps_are_exact_pooled_quantiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(20260103)
    frame = people(5000).drop(columns=["day", "stratum"])
    frame["revenue"] = np.where(rng.random(5000) < 0.05, rng.lognormal(4, 2.5, 5000), 0.0)
    path = saved(tmp_path, frame)
    from analysis.data.aggregation import thresholds

    monkeypatch.setattr(thresholds, "FEW", 3)
    monkeypatch.setattr(thresholds, "BINS", 7)
    for share in (0.97, 0.999, 0.99999):
        arms = load_experiment(path, caps={"revenue": share}, metrics=["revenue"]).arms
        cap = float(np.quantile(frame["revenue"], share))
        capped = arms.metric("revenue_capped")
        assert capped.cap == pytest.approx(cap, rel=1e-14)
        assert capped.covariates == ("revenue_pre",)
        rows = frame[frame["variant"] == "C"]["revenue"].clip(upper=cap)
        sample = arms.samples("revenue_capped")["C"]
        assert sample.variance == pytest.approx(rows.var(), rel=1e-12)
        assert arms.samples("revenue")["C"].n == len(rows)
    fixed = load_experiment(path, caps={"revenue": 50}, metrics=["revenue"]).arms
    assert fixed.metric("revenue_capped").cap == 50
    with pytest.raises(InputProblems, match=r"0 at quantile 0\.5 of all users, since"):
        load_experiment(path, caps={"revenue": 0.5}, metrics=["revenue"])
    with pytest.raises(InputError, match="cap of revenue: found -1"):
        load_experiment(path, caps={"revenue": -1}, metrics=["revenue"])


def test_users_are_grouped_in_rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = people(600)[["user_id", "variant", "revenue"]]
    again = frame.iloc[:9].assign(
        variant=frame["variant"].iloc[:9].map({"A": "B", "B": "C", "C": "A"})
    )
    path = saved(tmp_path, pd.concat([frame, again]))
    (one,) = load_experiment(path).arms.flags
    assert (one.kind, one.found, one.examples) == (
        "several_arms", 9, ("1000", "1001", "1002", "1003", "1004"),
    )  # fmt: skip
    monkeypatch.setattr(users, "ROUND", 100)
    with opened(path) as found:
        rows = found.rows(schema("rows", found.names), ["revenue"])
        assert check_users(rows, 609) == one


def test_a_second_look_only_where_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    original = stacks._asked_again

    def watched(sums: stacks.Sums, bundle: tuple[str, ...], filled: object) -> object:
        asked.append(bundle)
        return original(sums, bundle, filled)  # type: ignore[arg-type]

    monkeypatch.setattr(stacks, "_asked_again", watched)
    frame = people().assign(far=lambda f: f["revenue"] + 1e7)
    aggregate(saved(tmp_path, frame), Spec((("revenue",), ("revenue", "orders"), ("far",))))
    assert asked == [("far",)]


def test_several_tests_in_one_table(tmp_path: Path) -> None:
    one, other = people(200), people(200, seed=2)
    table = pd.concat([one.assign(test="banner"), other.assign(test="mail")])
    arms = load_experiment(saved(tmp_path, table.drop(columns=["day", "stratum"]))).arms
    found = dict(arms.each("test"))
    assert list(found) == ["banner", "mail"]
    rows = other[other["variant"] == "B"]["revenue"]
    assert found["mail"].samples("revenue")["B"].mean == pytest.approx(rows.mean(), rel=1e-12)
    assert not arms.flags


def test_columns_by_other_names(tmp_path: Path) -> None:
    frame = people().rename(columns={"day": "joined", "stratum": "city", "revenue_pre": "past"})
    path = saved(tmp_path, frame)
    arms = load_experiment(
        path, day="joined", strata="city", covariates={"revenue": "past"}, metrics=["revenue"]
    ).arms
    assert set(arms.parts.columns) == {"variant", "day", "stratum", "users"}
    assert arms.metric("revenue").covariates == ("past",)
    with pytest.raises(InputProblems, match="did you mean 'joined'"):
        load_experiment(path, day="joind")


def test_the_card_says_what_was_read(tmp_path: Path) -> None:
    experiment = load_experiment(saved(tmp_path, people()))
    title, nature, _, facts = experiment.describe("en")
    assert (title, nature) == ("a.parquet", "own")
    assert ("Rows", "900") in facts
    assert "2026" in dict(facts)["Period"]


def test_no_row_and_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InputProblems, match="no rows of data"):
        load_experiment(saved(tmp_path, people(0)))
    with pytest.raises(InputError, match="there is no such file"):
        load_experiment(tmp_path / "b.parquet")
    (tmp_path / "c.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="found no Parquet file, or a damaged one"):
        load_experiment(tmp_path / "c.parquet")
