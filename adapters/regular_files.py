"""Files that others may have put where we read: regular ones only, and bounded."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit


def require_regular(path: Path) -> None:
    """Raise OSError for what is no regular file: a pipe or a device may never come to an end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, f"{path} is no regular file")


def read_regular(path: Path, limit: int) -> bytes:
    """Return the content of a regular file of at most so many bytes; never waits. Raises
    OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, f"{path} is no regular file")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"{path} is larger than {limit:,} bytes")
    return content


def folder_of(place: str) -> Path | None:
    """Return the folder that a place names, unless it is an object store."""
    parts = urlsplit(place)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    return None if "://" in place else Path(place)
