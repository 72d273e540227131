"""What is wrong with a test's table is said by row and column, or flagged where it can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import InputError, InputProblems
from analysis.data import load_experiment

ROWS = "user_id,variant,converted,revenue\nu1,A,0,0\nu2,A,1,9.5\nu3,B,0,0\nu4,B,1,7\n"
COUNTS = "variant,users,conversions\nA,1000,50\nB,1000,60\n"
MOMENTS = "variant,metric,n,mean,variance\nA,revenue,100,5,2\nB,revenue,100,6,2.5\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    return path


def refused(source: Path, **call: Any) -> str:
    with pytest.raises(InputProblems) as caught:
        load_experiment(source, **call)
    return str(caught.value)


def parquet(folder: Path, text: str, **columns: Any) -> Path:
    """The same rows as a typed file, which SQL reads in place."""
    frame = pd.read_csv(written(folder, text)).assign(**columns)
    frame.to_parquet(folder / "a.parquet", index=False)
    return folder / "a.parquet"


def test_the_good_ones_are_read(tmp_path: Path) -> None:
    for text in (ROWS, COUNTS, MOMENTS):
        arms = load_experiment(written(tmp_path, text)).arms
        assert arms.names == ("A", "B")
        assert not arms.flags


@pytest.mark.parametrize("text", [ROWS, COUNTS, MOMENTS])
def test_control(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text.replace("A,", "control,").replace("B,", "treatment,"))
    assert load_experiment(path).arms.control == "control"
    assert load_experiment(path, control="treatment").arms.control == "treatment"
    message = refused(path, control="contrl")
    assert "found control=contrl, expected control= one of the arms 'control', 'treatment'; " in (
        message
    )
    assert "did you mean 'control'?" in message
    path = written(tmp_path, text.replace("A,", "x,"))
    assert "found no control named, expected control= one of the arms 'B', 'x'" in refused(path)


@pytest.mark.parametrize("text", [ROWS, COUNTS, MOMENTS])
def test_one_arm(tmp_path: Path, text: str) -> None:
    lines = [line for line in text.splitlines() if "B," not in line]
    message = refused(written(tmp_path, "\n".join(lines)))
    assert "column 'variant': found only the arm 'A', expected control and at least one" in message


def test_arms_that_only_case_tells_apart(tmp_path: Path) -> None:
    message = refused(written(tmp_path, COUNTS + "b,10,1\n"))
    assert "found the arms 'B' and 'b', expected one spelling of each arm" in message


def test_too_many_arms(tmp_path: Path) -> None:
    frame = pd.DataFrame({"user_id": range(200), "variant": range(200), "y": 1.5})
    frame.to_parquet(tmp_path / "a.parquet")
    message = refused(tmp_path / "a.parquet")
    assert "found 200 different values" in message
    assert "expected names of at most 100 arms" in message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A,0,0", "row 2, column 'users': found '0', expected a whole number in users, at least 1"),
        ("A,-5,0", "row 2, column 'users': found '-5', expected"),
        ("A,40,50", "row 2, column 'conversions': found 50, expected at most users (40)"),
        ("A,40,-1", "row 2, column 'conversions': found '-1', expected a whole number, at least 0"),
        ("A,40,1.5", "row 2, column 'conversions': found '1.5', expected a whole number"),
        ("A,40,many", "row 2, column 'conversions': found 'many', expected a whole number"),
        (",40,1", "row 2, column 'variant': found nothing, expected text"),
        ("B,40,1", "row 3: found variant 'B' again, as in row 2, expected one row for each"),
        ("A,inf,1", "row 2, column 'users': found 'inf'"),
    ],
)
def test_counts(tmp_path: Path, text: str, found: str) -> None:
    assert found in refused(written(tmp_path, COUNTS.replace("A,1000,50", text)))


def test_further_counts(tmp_path: Path) -> None:
    text = "variant,users,conversions,carts\nA,100,5,50\nB,100,6,101\n"
    message = refused(written(tmp_path, text))
    assert "row 3, column 'carts': found 101, expected at most users (100)" in message
    message = refused(written(tmp_path, text.replace("101", "-3")))
    assert "row 3, column 'carts': found -3, expected at least 0" in message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A,revenue,100,5,-2", "row 2, column 'variance': found '-2', expected a number, at least"),
        ("A,revenue,-100,5,2", "row 2, column 'n': found '-100', expected a whole number in users"),
        ("A,revenue,0,5,2", "row 2, column 'n': found '0'"),
        ("A,revenue,100,,2", "row 2, column 'mean': found nothing, expected a number"),
        ("A,revenue,100,5,", "row 2, column 'variance': found nothing, expected a number, since n"),
        ("A,revenue,100,inf,2", "row 2, column 'mean': found 'inf'"),
        ("A,other,100,5,2", "column 'revenue': found no value in the arm 'A', expected values in"),
    ],
)
def test_moments(tmp_path: Path, text: str, found: str) -> None:
    assert found in refused(written(tmp_path, MOMENTS.replace("A,revenue,100,5,2", text)))


def test_a_lone_user_needs_no_variance(tmp_path: Path) -> None:
    path = written(tmp_path, MOMENTS.replace("A,revenue,100,5,2", "A,revenue,1,5,"))
    sample = load_experiment(path).arms.samples("revenue")["A"]
    assert sample.n == 1
    assert np.isnan(sample.variance)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("u1,A,0,abc", "row 2, column 'revenue': found 'abc', expected a number"),
        ("u1,,0,0", "row 2, column 'variant': found nothing, expected text"),
        (",A,0,0", "row 2, column 'user_id': found nothing, expected text"),
        ("u1,A,0,inf", "row 2, column 'revenue': found 'inf', expected a number"),
        (
            "u2,A,0,0",
            "row 3: found user_id 'u2', variant 'A' again, as in row 2, "
            "expected one row for each user",
        ),
    ],
)
def test_rows(tmp_path: Path, text: str, found: str) -> None:
    assert found in refused(written(tmp_path, ROWS.replace("u1,A,0,0", text)))


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"revenue": ["0", "x", "0", "7"]}, "row 3, column 'revenue': found 'x', expected a numbe"),
        ({"variant": ["A", None, "B", "B"]}, "row 3, column 'variant': found nothing, expected a "),
        ({"variant": ["A", " ", "B", "B"]}, "row 3, column 'variant': found nothing, expected a "),
        ({"user_id": ["u", None, "v", "w"]}, "row 3, column 'user_id': found nothing, expected a"),
        ({"user_id": [1, 1, 2, 3]}, "row 3: found user_id '1', variant 'A' again, as in row 2, ex"),
        ({"revenue": [0, np.inf, 1, 2]}, "row 3, column 'revenue': found 'inf', expected a number"),
        ({"revenue": [0, 1e200, 1, 2]}, "row 3, column 'revenue': found '1e+200', expected a numb"),
        ({"revenue": [1.0, 2, np.nan, np.nan]}, "column 'revenue': found no value in the arm 'B'"),
        ({"revenue": [np.nan] * 4}, "column 'revenue': found no value, expected values in every "),
    ],
)
def test_rows_read_in_place(tmp_path: Path, columns: dict[str, Any], found: str) -> None:
    assert found in refused(parquet(tmp_path, ROWS, **columns), metrics=["revenue"])


def test_a_day_or_stratum_that_is_missing(tmp_path: Path) -> None:
    path = parquet(tmp_path, ROWS, stratum=["x", None, "x", "x"])
    message = refused(path)
    assert "row 3, column 'stratum': found nothing, expected a stratum in every row" in message
    path = parquet(tmp_path, ROWS, day=pd.to_datetime(["2026-11-01", "", "", "2026-11-02"]))
    assert "row 4, column 'day': found nothing" in refused(path)


@pytest.mark.parametrize("typed", [False, True])
def test_a_conversion_of_other_numbers(tmp_path: Path, typed: bool) -> None:
    text = ROWS.replace("u2,A,1", "u2,A,2").replace("u3,B,0", "u3,B,0.5")
    path = (parquet if typed else written)(tmp_path, text)
    found = load_experiment(path).arms.metric("converted")
    assert found.kind == "mean"
    message = refused(path, conversions=["converted"])
    assert "row 3, column 'converted': found '2" in message
    assert "row 4, column 'converted': found '0.5'" in message
    assert "expected 0 or 1, since it is a conversion" in message


def test_yes_and_no_are_a_conversion(tmp_path: Path) -> None:
    text = "user_id,variant,bought\n1,A,是\n2,A,否\n3,B,是\n4,B,是\n"
    arms = load_experiment(written(tmp_path, text), conversions=["bought"]).arms
    assert arms.counts("bought")["B"].successes == 2


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ({"metrics": ["revnue"]}, "found no column 'revnue', expected one of its columns; did you"),
        ({"metrics": ["revenue/order"]}, "found no column 'order'"),
        ({"covariates": {"revenue": "past"}}, "found no column 'past'"),
        ({"covariates": {"revnue": "converted"}}, "found covariates of 'revnue', expected one of"),
        ({"caps": {"revenu": 0.9}}, "found no column 'revenu'"),
        ({"conversions": ["convertd"]}, "found no column 'convertd'"),
        ({"strata": "city"}, "found no column 'city'"),
        (
            {"metrics": ["variant"]},
            "column 'variant': found no numbers, expected a column of numbers",
        ),
    ],
)
def test_names_that_are_not_there(tmp_path: Path, call: dict[str, Any], found: str) -> None:
    assert found in refused(written(tmp_path, ROWS), **call)


def test_names_that_aggregated_tables_lack(tmp_path: Path) -> None:
    path = written(tmp_path, MOMENTS)
    assert "no metric 'revenu', expected one of its metrics; did you mean 'revenue'" in refused(
        path, metrics=["revenu"]
    )
    assert "found caps with a table of moments, expected a table of rows" in refused(
        path, caps={"revenue": 0.9}
    )
    assert "found mean 5, expected between 0 and 1, since it is a conversion" in refused(
        path, conversions=["revenue"]
    )


def test_no_metric_at_all(tmp_path: Path) -> None:
    path = written(tmp_path, "user_id,variant,city\n1,A,x\n2,B,y\n")
    assert "found no column of numbers, expected at least one metric" in refused(path)


def test_no_shape_at_all(tmp_path: Path) -> None:
    path = written(tmp_path, "users,grp,conversions\n10,A,1\n")
    with pytest.raises(InputError) as caught:
        load_experiment(path)
    message = str(caught.value)
    assert (
        "expected one of: user_id, variant and metrics (one row a user); variant, users" in message
    )
    assert "there is no 'variant'" in message
    assert "mapping= can rename columns" in message


def test_a_user_in_two_arms_is_flagged(tmp_path: Path) -> None:
    for path in (written(tmp_path, ROWS + "u1,B,1,3\n"), parquet(tmp_path, ROWS + "u1,B,1,3\n")):
        arms = load_experiment(path).arms
        (flag,) = arms.flags
        assert (flag.kind, flag.found, flag.examples) == ("several_arms", 1, ("u1",))
        assert arms.users() == {"A": 2, "B": 3}


@pytest.mark.parametrize("typed", [False, True])
def test_events_before_their_assignment_are_flagged(tmp_path: Path, typed: bool) -> None:
    stamps = ["2026-11-02 10:00", "2026-11-02 11:00", "2026-11-03 09:00", "2026-11-03 10:00"]
    events = ["2026-11-02 10:30", "2026-11-01 11:00", "2026-11-03 08:59", ""]
    lines = ROWS.splitlines()
    cells = ["assigned_at,event_at", *map(",".join, zip(stamps, events, strict=True))]
    text = "\n".join(",".join(pair) for pair in zip(lines, cells, strict=True)) + "\n"
    path = written(tmp_path, text)
    if typed:
        times = {n: pd.to_datetime(v) for n, v in (("assigned_at", stamps), ("event_at", events))}
        path = parquet(tmp_path, text, **times)
    (flag,) = load_experiment(path).arms.flags
    assert (flag.kind, flag.found, flag.examples) == ("before_assignment", 2, ("3", "4"))


def test_a_day_before_the_assignment_is_flagged(tmp_path: Path) -> None:
    path = parquet(
        tmp_path, ROWS,
        assigned_at=pd.to_datetime(["2026-11-02 10:00"] * 4),
        day=pd.to_datetime(["2026-11-02", "2026-11-01", "2026-11-02", "2026-11-02"]),
    )  # fmt: skip
    (flag,) = load_experiment(path).arms.flags
    assert (flag.found, flag.examples) == (1, ("3",))


@pytest.mark.parametrize("stamp", ["covariate_at", "revenue_pre_at"])
def test_a_covariate_from_after_the_assignment_is_refused(tmp_path: Path, stamp: str) -> None:
    times = {
        "revenue_pre": [1.0, 2, 3, 5],
        "assigned_at": pd.to_datetime(["2026-11-02"] * 4),
        stamp: pd.to_datetime(["2026-11-01", "2026-11-02", "2026-11-03", ""]),
    }
    message = refused(parquet(tmp_path, ROWS, **times))
    assert f"row 4, column '{stamp}': found '2026-11-03" in message
    assert "expected a time before the assignment (assigned_at)" in message
    day = times.pop("assigned_at")
    assert "row 4" in refused(parquet(tmp_path, ROWS, **times, day=day))


def test_many_wrong_rows_are_counted(tmp_path: Path) -> None:
    frame = pd.DataFrame({"user_id": np.arange(500) // 2, "variant": "A", "y": 1.5})
    frame.loc[400:, "variant"] = "B"
    frame.to_parquet(tmp_path / "a.parquet")
    message = refused(tmp_path / "a.parquet")
    assert "row 3: found user_id '0', variant 'A' again, as in row 2" in message
    assert "found 230 more such rows" in message


def test_a_total_row_is_refused(tmp_path: Path) -> None:
    assert "row 4: found a row of totals" in refused(written(tmp_path, COUNTS + "合计,2000,110\n"))


def test_a_test_without_its_control(tmp_path: Path) -> None:
    text = "test,variant,users,conversions\nx,A,10,1\nx,B,10,2\ny,B,10,1\ny,C,10,2\n"
    message = refused(written(tmp_path, text))
    assert "found test 'y' with the arms B, C, expected 'A' and at least one more" in message
