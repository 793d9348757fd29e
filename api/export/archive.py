"""Where the files of a bundle go: a folder, or a compressed archive that is made as it is read."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import NamedTuple

ARCHIVE = ".tar.gz"
_LEVEL = 6


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
        """Nothing is left to do."""


class Archive:
    """The bytes of a .tar.gz of one folder. The same files give the same bytes."""

    def __init__(self, folder: str, made_us: int) -> None:
        self._made_s = made_us // 1_000_000
        self._name = folder
        self._bytes = io.BytesIO()
        self._packed = gzip.GzipFile("", "wb", _LEVEL, self._bytes, mtime=0)
        self._tar = tarfile.open(fileobj=self._packed, mode="w|")  # noqa: SIM115  # `end` closes

    def add(self, file: File) -> bytes:
        """Put in a file; answer the bytes that are ready."""
        entry = tarfile.TarInfo(f"{self._name}/{file.name}")
        entry.size, entry.mtime, entry.mode = len(file.content), self._made_s, 0o644
        self._tar.addfile(entry, io.BytesIO(file.content))
        return self._ready()

    def end(self) -> bytes:
        """The last bytes."""
        self._tar.close()
        self._packed.close()
        return self._ready()

    def _ready(self) -> bytes:
        ready = self._bytes.getvalue()
        self._bytes.seek(0)
        self._bytes.truncate()
        return ready


class ArchiveFile:
    """An archive in a file."""

    def __init__(self, path: Path, folder: str, made_us: int) -> None:
        self._archive = Archive(folder, made_us)
        self._file = path.open("xb")

    def add(self, file: File) -> None:
        """Write a file into it."""
        self._file.write(self._archive.add(file))

    def end(self) -> None:
        """Write its end."""
        with self._file:
            self._file.write(self._archive.end())
