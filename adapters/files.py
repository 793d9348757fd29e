"""Files that are written whole or not at all, also when the machine stops."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes, mode: int) -> None:
    """Have a new file take the old one's place. Raises OSError."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    _write(handle, content, mode)
    unfinished.replace(path)
    _flush_folder(path.parent)


def create_file(path: Path, content: bytes, mode: int) -> bool:
    """Have a new file be there whole, and tell whether it was made: a file that is there stays as
    it is. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        _write(handle, content, mode)
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return False
    finally:
        Path(unfinished).unlink()
    _flush_folder(path.parent)
    return True


def _write(handle: int, content: bytes, mode: int) -> None:
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, mode)
        file.write(content)
        file.flush()
        os.fsync(handle)


def _flush_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
