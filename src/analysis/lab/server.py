"""Published reports as pages of the running JupyterLab: ``<base>/analysis/reports/…``.

JupyterLab's own ``/files/`` would show a report, but its pages may start no download and, as they
send no referrer, no link in them works. The rules that keep a page harmless stay: it runs without
the server's origin and cannot be framed elsewhere.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.base.handlers import AuthenticatedFileHandler
from jupyter_server.utils import url_path_join

from analysis.base.paths import home
from analysis.lab.launch import HIDE

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

PLACE = "analysis/reports"
LIBRARIES = "analysis/libraries"


class Reports(AuthenticatedFileHandler):
    """Files below ``reports/``, for those who are logged in."""

    @property
    def content_security_policy(self) -> str:
        """What a page may do: follow links, start downloads; the index filters by a script."""
        return (
            "frame-ancestors 'self'; sandbox allow-scripts allow-downloads allow-popups "
            "allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
        )

    def check_xsrf_cookie(self) -> None:
        """Let a link be followed without a referrer; all else must come from this server."""
        if self.request.headers.get("Sec-Fetch-Mode") != "navigate":
            super().check_xsrf_cookie()


class Libraries(AuthenticatedFileHandler):
    """The table library of the environment, so that no notebook has to carry it in its outputs."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "analysis.lab.server"}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    import itables.options

    settings = app.web_app.settings
    base = settings["base_url"]
    version = itables.__version__
    bundle = Path(itables.options.dt_bundle)
    page = settings.setdefault("page_config_data", {})
    page["analysisHide"] = os.environ.get(HIDE, "")
    page["analysisTables"] = {
        "url": url_path_join(base, LIBRARIES, bundle.stem),
        "name": f"_itables_{version.replace('.', '_').replace('-', '_')}",
        "event": f"itables-{version}-ready",
    }
    reports = {"path": str(home().reports), "default_filename": "index.html"}
    libraries = {"path": str(bundle.parent)}
    app.web_app.add_handlers(  # type: ignore[no-untyped-call]
        ".*$",
        [
            (url_path_join(base, PLACE, "(.*)"), Reports, reports),
            (url_path_join(base, LIBRARIES, "(.*)"), Libraries, libraries),
        ],
    )
