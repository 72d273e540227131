"""The command line: ``analysis run | params | report | data``; also ``python -m analysis``.

Commands import what they need when they run, so that a call that finds nothing to do is quick.
Exit codes: 0 good, 1 a notebook failed, 2 the input or the call is wrong.
"""

from __future__ import annotations

import sys

import click

from analysis.base.errors import InputError
from analysis.cli.compare import diff
from analysis.cli.data import data
from analysis.cli.export import export
from analysis.cli.lab import lab
from analysis.cli.runs import params, report, run
from analysis.cli.schedule_run import schedule
from analysis.cli.start import init, new


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="analysis")
def commands() -> None:
    """Turn a planning team's raw tables into decisions and reports."""


for command in (run, params, report, data, diff, export, schedule, lab, init, new):
    commands.add_command(command)


def main() -> None:
    """Run the command line; the only place where an error becomes text and an exit code."""
    try:
        code = commands.main(standalone_mode=False)
    except InputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        click.echo(f"error: {error.filename or 'input/output'}: {error.strerror}", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
