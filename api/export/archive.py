"""Archive: where the files of a bundle go: a folder, or a compressed archive that is made as it is
read."""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path
from typing import NamedTuple

ARCHIVE = ".tar.gz"
_LEVEL = 6
_GZIP = 31
"""What zlib calls the largest window, in a gzip file."""


class File(NamedTuple):
    """A file of a bundle."""

    name: str
    content: bytes


class Folder:
    """Files of a folder, which is made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir()

    def add(self, file: File) -> None:
        """Write a file."""
        (self._path / file.name).write_bytes(file.content)

    def end(self) -> None:
        """End: nothing is left to do."""


class Archive:
    """The bytes of a .tar.gz of one folder. The same files give the same bytes."""

    def __init__(self, folder: str, made_us: int) -> None:
        self._made_s = made_us // 1_000_000
        self._folder = folder
        self._gzip = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)

    def add(self, file: File) -> bytes:
        """Put in a file; return the bytes that are ready."""
        entry = tarfile.TarInfo(f"{self._folder}/{file.name}")
        entry.size, entry.mtime, entry.mode = len(file.content), self._made_s, 0o644
        padding = bytes(-entry.size % tarfile.BLOCKSIZE)
        return self._gzip.compress(entry.tobuf(tarfile.PAX_FORMAT) + file.content + padding)

    def end(self) -> bytes:
        """Return the last bytes."""
        return self._gzip.compress(bytes(2 * tarfile.BLOCKSIZE)) + self._gzip.flush()


class ArchiveFile:
    """An archive in a file, which is made."""

    def __init__(self, path: Path, folder: str, made_us: int) -> None:
        self._archive = Archive(folder, made_us)
        self._path = path
        path.touch(exist_ok=False)

    def add(self, file: File) -> None:
        """Write a file into it."""
        self._append(self._archive.add(file))

    def end(self) -> None:
        """Write its end."""
        self._append(self._archive.end())

    def _append(self, ready: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(ready)
