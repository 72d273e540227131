"""Commands that run a schedule: ``run``, ``fire``, ``history``, ``test-alert``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from analysis.base.paths import home
from analysis.cli.schedule import file_option, job_of, opened, schedule

__all__ = ["schedule"]

# A crontab may be some minutes late; due times before that are not a new job's business.
_LATE = dt.timedelta(minutes=10)


def _log(text: str) -> None:
    click.echo(f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ} {text}")


@schedule.command()
@file_option
@click.option("--patience", type=click.FloatRange(0), default=600.0, show_default=True,
              metavar="SECONDS", help="What running notebooks get after a stop.")  # fmt: skip
def run(path: Path | None, patience: float) -> None:
    """Run the schedule until it is stopped (SIGTERM or Ctrl-C)."""
    from analysis.runs.alerts.sending import teller
    from analysis.runs.schedule.runner import serve

    plan = opened(path, secrets=True)
    project = home()
    serve(project, plan, teller(project), log=_log, patience=patience)


@schedule.command()
@click.argument("name")
@file_option
def fire(name: str, path: Path | None) -> int:
    """Deal with what is due of job NAME now, once: for a crontab."""
    from analysis.runs.alerts.event import FAILURES
    from analysis.runs.alerts.sending import teller
    from analysis.runs.schedule.firing import Desk
    from analysis.runs.store import Store

    plan = opened(path, secrets=True)
    project = home()
    job = job_of(plan, name)
    now = dt.datetime.now(dt.UTC)
    desk = Desk(project, plan, teller(project), log=_log)
    desk.ledger.register(job.name, now - _LATE)
    Store(project.reports).sweep()
    fires = desk.fire(job, now)
    if not fires:
        _log(f"{job.name}: nothing is due")
    return 1 if any(each.state in FAILURES for each in fires) else 0


@schedule.command()
@file_option
@click.option("--job", "name", default="", metavar="NAME", help="Only this job.")
@click.option("-n", "count", type=click.IntRange(1, 10_000), default=30, show_default=True,
              help="How many due times to list.")  # fmt: skip
def history(path: Path | None, name: str, count: int) -> None:
    """List what became of due times, latest first, and of the alerts about them."""
    from analysis.runs.schedule.ledger import Ledger

    plan = opened(path, secrets=False)
    if name:
        job_of(plan, name)
    ledger = Ledger(plan.state)
    alerts: dict[tuple[str, dt.datetime], list[str]] = {}
    for row in ledger.alerts(name):
        alerts.setdefault((row.job, row.due), []).append(f"{row.recipient} {row.state}")
    for each in ledger.history(name, count):
        told = (
            f"  [{', '.join(alerts[each.job, each.due])}]" if (each.job, each.due) in alerts else ""
        )
        runs = f" ({each.attempts} runs)" if each.attempts > 1 else ""
        rest = " ".join(part for part in (each.reason, each.folder) if part)
        click.echo(f"{each.due:%Y-%m-%d %H:%M:%S} UTC  {each.job}  {each.state}{runs}{told}  {rest}"
                   .rstrip())  # fmt: skip


@schedule.command(name="test-alert")
@click.argument("recipient")
@file_option
def test_alert(recipient: str, path: Path | None) -> int:
    """Send RECIPIENT a message that is marked as a trial."""
    from analysis.base.errors import InputError, nearest
    from analysis.runs.alerts.channel import DeliveryError
    from analysis.runs.alerts.sending import send_trial

    plan = opened(path, secrets=False)
    if recipient not in plan.recipients:
        hint = nearest(recipient, plan.recipients)
        raise InputError(f"{plan.path}: no recipient {recipient!r}; {hint}")
    try:
        send_trial(plan, plan.recipients[recipient])
    except DeliveryError as error:
        click.echo(f"failed: {recipient}: {error}", err=True)
        return 1
    click.echo(f"{recipient}: sent")
    return 0
