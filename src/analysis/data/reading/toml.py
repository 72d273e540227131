"""A TOML file to its keys, refused with the line that is wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from analysis.base.errors import InputError


def read_toml(path: str | Path, what: str, name: str = "") -> dict[str, Any]:
    """Read a TOML file in UTF-8.

    Args:
        path: The file.
        what: What it is to be, for messages: "mapping file".
        name: What messages call it; its path if empty.

    Raises:
        InputError: If it is missing, a folder, not UTF-8 or not TOML (a key given twice is not).
    """
    called = name or str(path)
    try:
        return tomllib.loads(Path(path).expanduser().read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise InputError(f"{called}: there is no such {what}") from None
    except IsADirectoryError:
        raise InputError(f"{called}: found a folder, expected a {what}") from None
    except OSError as error:
        raise InputError(f"{called}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{called}: found bytes that are not UTF-8 at offset {error.start}; "
            f"save the {what} in UTF-8"
        ) from None
    except tomllib.TOMLDecodeError as error:
        hint = " (a name given twice)" if "overwrite" in str(error).lower() else ""
        raise InputError(f"{called}: not TOML{hint}: {error}") from None
