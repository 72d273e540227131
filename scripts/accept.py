"""Accept the present numbers and pictures: baselines, changelog, floors (`make accept`)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the checks and what accepts for them share one comparison


def main() -> int:
    """Run the command; 2 if the input or the call is wrong, and then nothing was replaced."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--why", default="", help="the reason, for the changelog")
    parser.add_argument("--only", choices=("numbers", "pictures"), help="one of the two parts")
    given = parser.parse_args()

    from analysis.base.errors import InputError
    from analysis.base.paths import home
    from tests.figures.accepting import accept_pictures
    from tests.regression.accepting import accept

    try:
        if given.only != "pictures":
            accept(home(), why=given.why)
        if given.only != "numbers":
            accept_pictures(ROOT)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
