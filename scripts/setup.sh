#!/bin/sh
# Makes the environment: venv of the standard library, the locked packages, the project itself.
# uv, where it is there, only installs into it.
set -eu
python=$1 venv=$2

printf 'making the environment in %s (a few minutes the first time) …\n' "$venv" >&2
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
if command -v uv >/dev/null 2>&1; then
    uv pip install --quiet --python "$venv/bin/python" --require-hashes --compile-bytecode -r requirements.lock
else
    PYTHONDONTWRITEBYTECODE= "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --progress-bar off --require-hashes -r requirements.lock
fi
# The lock has no hash for the project itself, so it goes in afterwards, without dependencies.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
PYTHONDONTWRITEBYTECODE= "$venv/bin/python" -m compileall -q src >/dev/null
