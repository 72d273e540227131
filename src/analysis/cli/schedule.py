"""Commands about schedules that start nothing: ``check``, ``next``, ``cron``."""

from __future__ import annotations

import datetime as dt
import itertools
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.base.paths import home

if TYPE_CHECKING:
    from analysis.runs.schedule.spec import Job, Schedule


@click.group()
def schedule() -> None:
    """Jobs that run by themselves: check them, see when they are due, run them."""


file_option = click.option(
    "--file", "path", type=click.Path(path_type=Path), metavar="TOML",
    help="The schedule; schedule.toml of the project if not given.",
)  # fmt: skip


def opened(path: Path | None, *, secrets: bool) -> Schedule:
    """Read the schedule that a command names."""
    from analysis.runs.schedule.reading import FILE, read_schedule

    project = home()
    return read_schedule(project, path or project.root / FILE, secrets=secrets)


@schedule.command()
@file_option
def check(path: Path | None) -> None:
    """Check a schedule without starting anything."""
    from analysis.runs.schedule.times import due

    plan = opened(path, secrets=True)
    now = dt.datetime.now(dt.UTC)
    for job in plan.jobs:
        first = next(due(job, plan.phases, now), None)
        click.echo(f"{job.name}: {_when(first)}")
    click.echo(f"{plan.path}: {len(plan.jobs)} jobs, {len(plan.recipients)} recipients, good")


@schedule.command(name="next")
@file_option
@click.option("-n", "count", type=click.IntRange(1, 1000), default=10, show_default=True,
              help="How many runs to list.")  # fmt: skip
@click.option("--after", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
              help="List from this moment (UTC); from now if not given.")  # fmt: skip
@click.option("--job", "names", multiple=True, metavar="NAME", help="Only this job.")
def upcoming(
    path: Path | None, count: int, after: dt.datetime | None, names: tuple[str, ...]
) -> None:
    """List the next runs: when, which job, with which parameters."""
    import heapq

    from analysis.runs.schedule.times import due

    plan = opened(path, secrets=False)
    jobs = [job_of(plan, name) for name in names] or list(plan.jobs)
    start = after.replace(tzinfo=dt.UTC) if after else dt.datetime.now(dt.UTC)

    def runs(job: Job) -> Iterator[tuple[dt.datetime, Job]]:
        return ((moment, job) for moment in due(job, plan.phases, start))

    merged = heapq.merge(*map(runs, jobs), key=lambda run: (run[0], run[1].line))
    listed = list(itertools.islice(merged, count))
    width = max((len(job.name) for _, job in listed), default=0)
    for moment, job in listed:
        click.echo(
            f"{moment:%Y-%m-%d %a %H:%M %Z}  {job.name:<{width}}  {_told(job, moment)}".rstrip()
        )
    for job in jobs:
        if next(due(job, plan.phases, start), None) is None:
            click.echo(f"{job.name}: {_when(None)}")


@schedule.command()
@file_option
def cron(path: Path | None) -> None:
    """Print lines for a crontab that does what `schedule run` does, one fire at a time."""
    import sys

    plan = opened(path, secrets=False)
    project = home()
    # Debian's cron knows no CRON_TZ and would run by the machine's zone: `fire` then finds nothing
    # due and says so.
    click.echo("# CRON_TZ needs cronie; for another cron the machine must be in that zone")
    for job in plan.jobs:
        click.echo(f"CRON_TZ={job.zone.key}")
        words = [sys.executable, "-m", "analysis", "schedule", "fire", job.name,
                 "--file", str(plan.path.resolve())]  # fmt: skip
        command = f"cd {shlex.quote(str(project.root))} && {shlex.join(words)}"
        # A crontab ends a command at a bare percent sign.
        click.echo(f"{job.cron} {command}".replace("%", r"\%"))


def job_of(plan: Schedule, name: str) -> Job:
    """Return a job by its name.

    Raises:
        InputError: If there is none.
    """
    from analysis.base.errors import InputError, nearest

    for job in plan.jobs:
        if job.name == name:
            return job
    raise InputError(
        f"{plan.path}: no job {name!r}; {nearest(name, [job.name for job in plan.jobs])}"
    )


def _when(moment: dt.datetime | None) -> str:
    if moment is None:
        return "never due again (its phases are over, or its days never come)"
    return f"next {moment:%Y-%m-%d %a %H:%M %Z}"


def _told(job: Job, moment: dt.datetime) -> str:
    from analysis.runs.schedule.templates import fill

    filled = fill(dict(job.parameters), moment)
    grid = [f"--grid {name}={values}" for name, values in job.grid.items()]
    values = [f"{name}={value}" for name, value in filled.items()]
    return " ".join([job.notebook, *values, *grid])
