"""Files that are whole or not there: written beside their place under another name, then renamed."""

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path

from engine.errors import HoldfastError, UsageError


def write_file(path: Path, data: bytes) -> None:
    """Write a file at once; readers see the old one or the new one. Raises HoldfastError where it cannot be."""
    draft: Path | None = None
    try:
        if path.is_dir():
            raise UsageError(f"{path} is a folder", "name a file")
        if path.exists() and not path.is_file():  # a device or a pipe is written to as it is
            path.write_bytes(data)
            return
        place = path.resolve()
        draft = place.with_name(f".{secrets.token_hex(6)}.part")
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    except OSError as error:
        if draft is not None:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        raise HoldfastError(
            f"{path} cannot be written: {error.strerror or error}", "name a file in a folder that is there"
        ) from error


def write_out(data: bytes, *, binary: bool = False) -> None:
    """Write to stdout. Raises UsageError where `binary` data would land on a screen."""
    if binary and sys.stdout.isatty():
        raise UsageError("this format is no text for a screen", "add --output FILE, or send it on through a pipe")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def make_folder(path: Path) -> None:
    """Make a folder where there is none. Raises HoldfastError where that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HoldfastError(f"{path} cannot be made: {error.strerror or error}", "name another folder") from error
