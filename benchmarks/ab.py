"""The pass over a test's users beside a bare query and a peer: CPU and memory, one table.

usage: python benchmarks/ab.py [--users N] [--runs N] [--data FILE] [--python PY] [--out FILE]

Without ``--data`` a file is drawn: ``user_id, variant`` (three arms), ``converted``, ``orders``,
``revenue``, hashes of the user and so always the same. Every row of the table is a process of its
own that imports, calls once on a thousand users, and then measures: CPU seconds (user and system,
smallest of the runs) and the peak memory of the process with all its imports. One thread
everywhere. ``ab.sql`` is the bare query; the peer gets an environment of its own
(``benchmarks/.peers-ab``, made from ``ab-peers.txt`` on first use; ``--python none``: no peer).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PINS, PEERS, BARE = HERE / "ab-peers.txt", HERE / ".peers-ab", HERE / "ab.sql"
METRICS = ("converted", "orders", "revenue")
FEW = 1000
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
USERS = """
COPY (
    SELECT
        i AS user_id,
        ['A', 'B', 'C'][1 + CAST(hash(i) % 3 AS INTEGER)] AS variant,
        CAST(hash(i, 1) % 1000 < 50 AS BIGINT) AS converted,
        CASE WHEN hash(i, 1) % 1000 < 50 THEN 1 + CAST(hash(i, 2) % 4 AS BIGINT) ELSE 0 END
            AS orders,
        CASE WHEN hash(i, 1) % 1000 < 50
            THEN round(exp(3 + CAST(hash(i, 3) % 10000 AS DOUBLE) / 5000), 2) ELSE 0 END AS revenue
    FROM range({users}) AS t(i)
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""


def draw(users: int, path: Path) -> None:
    """Write users whose numbers are hashes of their id: the same on every machine."""
    import duckdb

    with duckdb.connect(config={"memory_limit": "1GB"}) as con:
        con.execute(USERS.format(users=users, path=path))


def bare(file: str) -> object:
    import duckdb

    with duckdb.connect(config={"threads": 1}) as con:
        return con.execute(BARE.read_text(encoding="utf-8"), {"file": file}).fetchall()


def sums(file: str) -> object:
    import duckdb

    wanted = ", ".join(f"count({m}), sum({m}), sum({m} * {m})" for m in METRICS)
    query = f"SELECT variant, count(*), {wanted} FROM read_parquet($file) GROUP BY variant"
    with duckdb.connect(config={"threads": 1}) as con:
        return con.execute(query, {"file": file}).fetchall()


def ours(file: str, *, extremes: bool = False) -> object:
    from analysis.data import Spec, aggregate

    return aggregate(file, Spec(tuple((name,) for name in METRICS), extremes=extremes)).parts


def ours_all(file: str) -> object:
    return ours(file, extremes=True)


def users(file: str) -> object:
    from analysis.data.aggregation.source import opened
    from analysis.data.aggregation.users import check_users
    from analysis.experiments.table import schema

    with opened(file) as found:
        rows = found.rows(schema("rows", found.names), METRICS)
        count = rows.con.execute(f"SELECT count(*) FROM {rows.table}").fetchone() or (0,)
        return check_users(rows, int(count[0]))


def whole(file: str) -> object:
    from analysis.data import load_experiment

    return load_experiment(file, control="A", metrics=METRICS).arms


def peer_ibis(file: str) -> object:
    import ibis  # type: ignore[import-not-found,unused-ignore]

    return _peer(ibis.duckdb.connect(threads=1).read_parquet(file))


def peer_duckdb(file: str) -> object:
    import duckdb

    return _peer(duckdb.connect(config={"threads": 1}).read_parquet(file))


def _peer(table: Any) -> object:
    import tea_tasting as tt  # type: ignore[import-not-found,unused-ignore]

    test = tt.Experiment(**{name: tt.Mean(name) for name in METRICS})
    return test.analyze(table, control="A", all_variants=True)


ROWS: dict[str, tuple[str, Callable[[str], object]]] = {
    "bare": ("bare query (ab.sql)", bare),
    "sums": ("bare sums and squares (lose digits)", sums),
    "ours": ("data.aggregate", ours),
    "extremes": ("data.aggregate, with extremes", ours_all),
    "users": ("users in several arms", users),
    "whole": ("data.load_experiment, all checks", whole),
    "ibis": ("tea-tasting, Ibis table on DuckDB", peer_ibis),
    "duckdb": ("tea-tasting, DuckDB relation", peer_duckdb),
}
OF_PEER = ("ibis", "duckdb")


def child(name: str, file: str, few: str, runs: int) -> None:
    """Measure one row in this process and print it as JSON."""
    start = time.process_time()
    run = ROWS[name][1]
    run(few)
    warm, taken = time.process_time() - start, []
    for _ in range(runs):
        start = time.process_time()
        run(file)
        taken.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu": min(taken), "runs": taken, "first": warm, "peak": peak}))


def measured(python: str | Path, name: str, file: Path, few: Path, runs: int) -> dict[str, Any]:
    """Measure one row in a process of its own."""
    command = [str(python), str(HERE / "ab.py"), "--child", name, str(file), str(few), str(runs)]
    threads = dict.fromkeys(THREADS, "1")
    done = subprocess.run(
        command, check=True, env=os.environ | threads, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def environment() -> Path:
    """Python of the peer's environment; made, or made again, when the pins have changed."""
    python = PEERS / ("Scripts" if os.name == "nt" else "bin") / "python"
    stamp, pins = PEERS / "pins", hashlib.sha256(PINS.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == pins:
        return python
    print(f"making {PEERS.relative_to(ROOT)} from {PINS.name} …", flush=True)
    venv.create(PEERS, with_pip=True, clear=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", PINS], check=True)
    (PEERS / ".gitignore").write_text("*\n", encoding="utf-8")
    stamp.write_text(pins, encoding="utf-8")
    return python


def imported(statement: str) -> tuple[float, float]:
    """CPU seconds and peak memory of a process that only imports (smallest of three)."""
    code = (
        f"{statement}\nimport resource, time\n"
        "print(time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    found = [
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        for _ in range(3)
    ]
    pairs = [tuple(map(float, done.stdout.split())) for done in found]
    return min(cpu for cpu, _ in pairs), min(peak for _, peak in pairs)


def overhead(few: Path) -> float | None:
    """CPU seconds of ``analysis run ab_test`` on a thousand users; None without the notebook."""
    if not (ROOT / "notebooks" / "ab_test.ipynb").is_file():
        return None
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "analysis", "run", "ab_test", "-p", f"data={few}"]
    subprocess.run([*command, "-p", "control=A"], cwd=ROOT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def table(found: dict[str, dict[str, Any]]) -> list[str]:
    """Lines of the table: CPU, its ratios to the bare query and to the pass, peak memory."""
    base, mine = found["bare"]["cpu"], found["ours"]["cpu"]
    lines = [
        "| | CPU s | : bare query | : data.aggregate | peak MB | first call s |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in found.items():
        cpu = row["cpu"]
        lines.append(
            f"| {ROWS[name][0]} | {cpu:.3f} | {cpu / base:.2f} | {cpu / mine:.2f} "
            f"| {row['peak']:.0f} | {row['first']:.2f} |"
        )
    return lines


def main() -> None:
    """Run, print and write the table."""
    if sys.argv[1:2] == ["--child"]:
        name, file, few, runs = sys.argv[2:]
        child(name, file, few, int(runs))
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--users", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--data", type=Path, help="a Parquet file with the same columns")
    parser.add_argument("--python", default="", help="a python that has the peer; 'none' for none")
    parser.add_argument("--out", type=Path, default=HERE / "ab.md")
    call = parser.parse_args()
    python = call.python or environment()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        users_file, few_file = call.data or folder / "users.parquet", folder / "few.parquet"
        if call.data is None:
            draw(call.users, users_file)
        draw(FEW, few_file)
        found = {}
        for row, (label, _) in ROWS.items():
            if row in OF_PEER and python == "none":
                continue
            chosen = python if row in OF_PEER else sys.executable
            found[row] = measured(chosen, row, users_file, few_file, call.runs)
            print(f"{label}: {found[row]['cpu']:.3f} CPU s", flush=True)
        extra = overhead(few_file)
    imports = {
        "import duckdb": imported("import duckdb"),
        "from analysis.data import aggregate": imported("from analysis.data import aggregate"),
    }
    what = call.data.name if call.data else f"{call.users:,} users drawn by hash"
    text = [
        "# The pass over a test's users\n",
        f"Made by `python benchmarks/ab.py`; {what}, 3 arms, 3 metrics; {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, one thread. Peak memory is "
        "that of the whole process with its imports.\n",
        *table(found),
        "",
        *(
            f"{name}: {cpu:.2f} CPU s, {peak:.0f} MB." for name, (cpu, peak) in imports.items()
        ),
        "" if extra is None else f"`analysis run ab_test` on {FEW:,} users: {extra:.2f} CPU s.",
    ]  # fmt: skip
    print("\n".join(text))
    call.out.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
