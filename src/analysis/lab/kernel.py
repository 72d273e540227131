"""The project's kernel: figures as in reports, edits taken up at once, paths as in a run.

JupyterLab starts a kernel in the notebook's folder; ``analysis run`` works in the project's. Here
both work in the project's folder, so that ``data="data/orders.csv"`` means one file.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from analysis.base.paths import home

if TYPE_CHECKING:
    from matplotlib import RcParams


def ready() -> None:
    """Make a started kernel ready: working folder and figures."""
    import matplotlib as mpl

    from analysis.base.theme import style

    os.chdir(home().root)
    mpl.rcParams.update(cast("RcParams", style()))


def main() -> None:
    """Run an IPython kernel that is ready from its first cell."""
    from ipykernel.kernelapp import IPKernelApp

    # `python -m` puts the working folder first; a file there must not hide a package.
    if sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]
    app = IPKernelApp.instance()
    app.initialize()  # type: ignore[no-untyped-call]
    assert app.shell is not None
    app.shell.run_line_magic("load_ext", "autoreload")
    app.shell.run_line_magic("autoreload", "2")
    # Once the inline backend is chosen, figures are drawn in the notebook as the house draws them.
    ready()
    app.start()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
