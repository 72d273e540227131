#!/bin/sh
# Names a missing system part in one line, with the command that installs it.
# usage: check-system.sh PYTHON python|chromium
set -u
python=$1 part=$2

say() { printf '%s\n' "$*" >&2; }

case $part in
python)
    command -v "$python" >/dev/null 2>&1 || {
        say "missing: Python 3.11 or newer. Install it with: sudo apt-get install python3 python3-venv"
        exit 1
    }
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        say "missing: Python 3.11 or newer ($python is $("$python" -V 2>&1)). Name one with: make PYTHON=python3.11 …"
        exit 1
    }
    "$python" -c 'import ensurepip, venv' 2>/dev/null || {
        say "missing: Python's venv module. Install it with: sudo apt-get install python3-venv"
        exit 1
    }
    ;;
chromium)
    for name in chromium chromium-browser google-chrome; do
        command -v $name >/dev/null 2>&1 && exit 0
    done
    # Installed only where that needs nobody's leave; elsewhere the browser tests skip and say so.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing Chromium for the browser tests …"
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 && exit 0
    fi
    say "missing: Chromium, for the browser tests (they will be skipped). Install it with: sudo apt-get install chromium"
    ;;
esac
