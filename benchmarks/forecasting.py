"""Forecasts of this project beside those of its peers: one command, one table a panel.

usage: python benchmarks/forecasting.py [--data FILE|NAME] [--peers a,b] [--horizon H]
       [--series N] [--out FILE]

Without ``--data``: every shipped panel, and the shared ones that are there. ``FILE`` is any CSV or
Parquet with ``unique_id, ds, y``; its last ``--horizon`` periods are held out. The peers get an
environment of their own (``benchmarks/.peers``, made from ``peers.txt`` on first use). Everybody
forecasts in a process of its own after a call on two series, so that compilation is not counted;
CPU seconds are user and system time, children included. All see ``unique_id, ds, y`` only; rows
"known ahead" see the panel's further columns too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from ours import AHEAD, NAME
from panels import KEY, Case, cases, sampled
from peers import METHODS
from scores import SERIES, joined, markdown, scales, score

import analysis

HERE = Path(__file__).resolve().parent
PINS, PEERS = HERE / "peers.txt", HERE / ".peers"
ENSEMBLE, MEMBERS = "ETS + DOT + CES, averaged", ("AutoETS", "DynamicOptimizedTheta", "AutoCES")
SLOW, MOST = ("AutoARIMA", "Prophet"), 20
# A season of 52 takes AutoARIMA minutes a series.
LONGEST_SEASON = {"AutoARIMA": 24}
SEED = 20260101
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def environment() -> Path:
    """Python of the peers' environment; made, or made again, when the pins have changed."""
    python = PEERS / ("Scripts" if os.name == "nt" else "bin") / "python"
    stamp, pins = PEERS / "pins", hashlib.sha256(PINS.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == pins:
        return python
    print(f"making {PEERS.relative_to(HERE.parent)} from {PINS.name} …", flush=True)
    venv.create(PEERS, with_pip=True, clear=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", PINS], check=True)
    (PEERS / ".gitignore").write_text("*\n", encoding="utf-8")
    stamp.write_text(pins, encoding="utf-8")
    return python


def child(python: str | Path, script: str, folder: Path) -> dict[str, Any]:
    """Run a script on a folder, one thread, low priority, and return what it measured."""
    threads = dict.fromkeys(THREADS, "1")
    gentle = ["nice", "-n", "10"] if os.name == "posix" else []
    command = [*gentle, str(python), str(HERE / f"{script}.py"), str(folder)]
    subprocess.run(command, check=True, env=os.environ | threads)
    done: dict[str, Any] = json.loads((folder / f"{script}.json").read_text(encoding="utf-8"))
    return done


def averaged(made: pd.DataFrame) -> pd.DataFrame:
    """Mean of the members' forecasts and bounds, where all of them are there."""
    part = made[made["method"].isin(MEMBERS)]
    if part["method"].nunique() < len(MEMBERS):
        return made.iloc[:0]
    numbers = [c for c in made.columns if c not in ("window", *KEY, "method")]
    mean = part.groupby(["window", *KEY], as_index=False)[numbers].mean()
    return mean.assign(method=ENSEMBLE)


def wanted(case: Case, asked: Sequence[str]) -> list[str]:
    """Methods of the peers that run on a panel."""
    known_ahead = len(case.frame.columns) > len(KEY) + 1
    return [
        name
        for name in METHODS
        if (not asked or name in asked)
        and case.season <= LONGEST_SEASON.get(name, case.season)
        and (known_ahead or name != "LightGBM known ahead")
    ]


def task(case: Case, methods: Sequence[str], folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write what both children read; return histories and what came."""
    pairs = list(case.windows())
    train, held = (
        pd.concat([pair[side].assign(window=i) for i, pair in enumerate(reversed(pairs))])
        for side in (0, 1)
    )
    train.to_parquet(folder / "train.parquet", index=False)
    held.drop(columns="y").to_parquet(folder / "future.parquet", index=False)
    last = held[held["window"] == held["window"].max()]
    few = sorted(sampled(last, MOST, SEED)["unique_id"].unique())
    limited = {name: few for name in SLOW if name in methods}
    told = {"season": case.season, "freq": case.freq, "methods": methods, "limited": limited}
    (folder / "task.json").write_text(json.dumps(told), encoding="utf-8")
    return train, held


def run(case: Case, methods: Sequence[str], python: str | Path) -> str:
    """Forecast a panel with everybody and return its section of the report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        train, held = task(case, methods, folder)
        ours = child(sys.executable, "ours", folder)
        print(f"{case.name}: this project {ours['seconds'][NAME]:.2f} CPU s", flush=True)
        theirs = child(python, "peers", folder) if methods else {"seconds": {}, "failed": {}}
        files = ["ours", *(["peers"] if methods else [])]
        made = pd.concat([pd.read_parquet(folder / f"{file}.parquet") for file in files])
    made = pd.concat([made, averaged(made)])
    rows = joined(made, held, scales(train, case.season))
    base = rows[rows["method"] == "Naive2"]
    seconds = ours["seconds"] | theirs["seconds"]
    seconds[ENSEMBLE] = sum(seconds.get(member, 0.0) for member in MEMBERS)

    def line(method: str, mine: pd.DataFrame, label: str, took: float) -> dict[str, object]:
        same = base.merge(mine[[*SERIES, "ds"]], on=[*SERIES, "ds"])
        return {"method": label, **score(mine, same, took)}

    table = []
    for method in (NAME, AHEAD, ENSEMBLE, *METHODS, "Naive2"):
        mine = rows[rows["method"] == method]
        if len(mine):
            table.append(line(method, mine, method, seconds[method]))
    fewer = rows[rows["method"].isin(SLOW)][[*SERIES, "ds"]].drop_duplicates()
    if 0 < len(fewer) < len(base):
        mine = rows[rows["method"] == NAME].merge(fewer, on=[*SERIES, "ds"])
        table.append(line(NAME, mine, f"{NAME}, series of the slow peers", float("nan")))
    windows = held["window"].nunique()
    notes = [
        f"{held['unique_id'].nunique()} series, frequency {case.freq}, season {case.season}, "
        f"horizon {case.horizon}, windows {windows}; this project's first call in a process "
        f"(loads or compiles) took {ours['cold']:.1f} CPU s.",
        *(f"{method} failed: {why}" for method, why in theirs["failed"].items()),
    ]
    return f"## {case.name}\n\n{markdown(table)}\n\n" + "\n".join(notes) + "\n"


HEAD = """# Forecasts beside the peers'

Made by `{command}`, analysis {version}, {machine}.
OWA is relative to Naive2, lower is better; coverage of the 80 % and 95 % intervals overall (and by
third of the horizon); MSIS in units of the seasonal naive's in-sample error. Slow methods ({slow})
run on at most {most} series of the last window, drawn by seed. CPU seconds do not count compiling.
"""


def shown(argument: str) -> str:
    """Write an argument without the folders of this machine."""
    return Path(argument).name if os.sep in argument else argument


def main() -> None:
    """Run, print and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="", help="a file, or the name of a panel")
    parser.add_argument("--peers", default="", help="methods, comma between; 'none' for none")
    parser.add_argument("--horizon", type=int, help="periods held out; by panel when not given")
    parser.add_argument("--series", type=int, help="at most so many series, drawn by seed")
    parser.add_argument("--python", default="", help="a python that has the peers already")
    parser.add_argument("--out", type=Path, default=HERE / "forecasting.md")
    call = parser.parse_args()
    asked = [name.strip() for name in call.peers.split(",") if name.strip()]
    unknown = set(asked) - set(METHODS) - {"none"}
    if unknown:
        parser.error(f"--peers: found {min(unknown)!r}, expected of {', '.join(METHODS)}")
    python = sys.executable if asked == ["none"] else call.python or environment()
    head = HEAD.format(
        command=" ".join(["python benchmarks/forecasting.py", *map(shown, sys.argv[1:])]),
        version=analysis.__version__, most=MOST, slow=", ".join(SLOW),
        machine=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    )  # fmt: skip
    sections = []
    for case in cases(call.data, call.horizon, call.series, SEED):
        sections.append(run(case, wanted(case, asked), python))
        print(sections[-1], flush=True)
        call.out.write_text("\n".join([head, *sections]), encoding="utf-8")
    if not sections:
        raise SystemExit("no panel is there: run `analysis data`, or name a file with --data")
    print(f"written to {call.out}")


if __name__ == "__main__":
    main()
