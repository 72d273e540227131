from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import matplotlib as mpl
import pytest
from click.testing import CliRunner
from jupyter_client.kernelspec import KernelSpecManager

from analysis.base.errors import InputError
from analysis.base.paths import Home
from analysis.base.theme import style
from analysis.cli import commands
from analysis.lab import kernel, launch
from analysis.runs.execute import STEADY


def test_the_projects_kernel_wins_over_one_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "kernels" / "python3"
    other.mkdir(parents=True)
    spec = {"argv": ["python2"], "display_name": "Somebody's", "language": "python"}
    (other / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert KernelSpecManager().get_kernel_spec("python3").display_name == "Somebody's"
    ours = launch.ProjectKernels().get_kernel_spec("python3")
    assert ours.display_name == "Python 3 (analysis project)"
    assert ours.argv[:3] == ["python", "-m", "analysis.lab.kernel"]


def test_the_kernel_computes_as_a_run_does() -> None:
    spec = launch.ProjectKernels().get_kernel_spec("python3")
    assert spec.env == {k: v for k, v in STEADY.items() if k != "JUPYTER_PREFER_ENV_PATH"}


def test_a_started_kernel_works_in_the_projects_folder_in_the_houses_style(
    project: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.root / "deep").mkdir()
    monkeypatch.chdir(project.root / "deep")
    with mpl.rc_context():
        kernel.ready()
        assert mpl.rcParams["axes.titlesize"] == style()["axes.titlesize"]
    assert Path.cwd() == project.root


def test_settings_of_a_user_stay_and_nothing_is_asked_elsewhere(
    project: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/mine")
    given = launch.environment(project, hide="zh")
    assert given["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [str(launch.FOLDER), "/mine"]
    assert given["ANALYSIS_HOME"] == str(project.root)
    arguments = launch.settings(project, host="127.0.0.1", port=None, browser=False, root=True)
    for expected in (
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
        "--ServerApp.allow_root=True",
        "--ServerApp.port_retries=50",
        f"--ServerApp.root_dir={project.root}",
    ):
        assert expected in arguments
    fixed = launch.settings(project, host="127.0.0.1", port=9000, browser=True, root=False)
    assert "--ServerApp.port_retries=0" in fixed


def test_every_file_that_jupyter_is_pointed_to_is_there() -> None:
    package = json.loads(
        (launch.FOLDER / "labextensions/analysis-lab/package.json").read_text(encoding="utf-8")
    )
    built = package["jupyterlab"]["_build"]["load"]
    assert (launch.FOLDER / "labextensions/analysis-lab" / built).is_file()
    overrides = launch.FOLDER / "labconfig" / "default_setting_overrides.json"
    notifications = json.loads(overrides.read_text(encoding="utf-8"))
    assert notifications["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_a_taken_port_and_a_foreign_address_are_refused(project: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(commands, ["lab", "--port", str(port)])
        assert isinstance(result.exception, InputError)
        assert f"--port {port}: cannot listen there" in str(result.exception)
    with pytest.raises(InputError, match=r"--host no\.such\.host"):
        launch.check_port("no.such.host.invalid", 0)


def test_root_is_told_and_accepted(project: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[list[str]] = []
    monkeypatch.setattr(launch, "serve", lambda variables, arguments: served.append(arguments))
    monkeypatch.setattr(os, "getuid", lambda: 0, raising=False)
    result = CliRunner().invoke(commands, ["lab", "--no-browser"], catch_exceptions=False)
    assert (
        "running as root (a container?): JupyterLab is started with --allow-root" in result.output
    )
    assert "--ServerApp.allow_root=True" in served[0]
    monkeypatch.setattr(os, "getuid", lambda: 1000, raising=False)
    result = CliRunner().invoke(commands, ["lab", "--no-browser"], catch_exceptions=False)
    assert "root (a container" not in result.output
    assert "--ServerApp.allow_root=False" in served[1]
