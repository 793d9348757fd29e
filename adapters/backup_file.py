"""The backup file: a tar whose members are chunks of tables, each compressed, and a manifest last.

A file that was not written to its end has no manifest, and so is no backup. `schemas/backup.md`.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from adapters.backup_manifest import (
    BackupUnreadable,
    Chunk,
    Manifest,
    SavedTable,
    decode_manifest,
)
from adapters.regular_files import require_regular

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK = 8 << 20
"""Bytes of rows in a chunk, until the row that is too many."""

MANIFEST = "manifest.json"
_LEVEL = 3
_MANIFEST_MAX = 1 << 28
_MODE = 0o600


class BackupWriter:
    """A backup that is being written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = _Hashed(file)
        # Not a context manager: leaving it by an error would complete half a file.
        self._tar = tarfile.TarFile(mode="w", fileobj=cast(IO[bytes], self._file))

    def add(self, name: str, number: int, rows: bytes) -> Chunk:
        """Write the next chunk of a table."""
        packed = zstd.compress(rows, _LEVEL)
        self._add(_member(name, number), packed)
        return Chunk(hashlib.sha256(packed).hexdigest(), len(packed), len(rows))

    def end(self, manifest: Manifest) -> str:
        """Write the manifest; return the SHA-256 of the whole file."""
        self._add(MANIFEST, manifest.encode())
        self._tar.close()
        return self._file.hash.hexdigest()

    def _add(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), _MODE
        self._tar.addfile(member, io.BytesIO(content))


@contextmanager
def new_backup(path: Path) -> Iterator[BackupWriter]:
    """Give where a backup is written; it gets its name when it is whole and on the disk, and
    nothing is left if it fails. Raises OSError."""
    if path.exists():
        raise FileExistsError(f"{path} exists: name something new.")
    unfinished = path.with_name(f"{path.name}.unfinished")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            yield BackupWriter(file)
            file.flush()
            os.fsync(handle)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def chunks_of(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """Yield the pieces of a table's rows, as chunks."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= CHUNK:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


class BackupReader:
    """A backup, as a context. Raises BackupUnreadable for what is not as it was written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        with self._reading():
            require_regular(self._path)
            self._tar = tarfile.TarFile(self._path)
            self._members = {member.name: member for member in self._tar.getmembers()}
        if MANIFEST not in self._members:
            self._tar.close()
            raise BackupUnreadable(
                f"{self._path} has no manifest: it was not written to its end, or is no backup."
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._tar.close()

    def manifest(self) -> Manifest:
        """Return what the backup says of itself."""
        return decode_manifest(self._read(MANIFEST, _MANIFEST_MAX))

    def rows(self, table: SavedTable) -> Iterator[bytes]:
        """Yield the rows of a table, chunk by chunk."""
        for number, chunk in enumerate(table.chunks, 1):
            name = _member(table.name, number)
            packed = self._read(name, chunk.bytes)
            if hashlib.sha256(packed).hexdigest() != chunk.sha256:
                raise BackupUnreadable(f"{name} of the backup is damaged: not the SHA-256 it had.")
            yield self._unpacked(name, packed, chunk.unpacked)

    def _unpacked(self, name: str, packed: bytes, size: int) -> bytes:
        try:
            rows = zstd.ZstdDecompressor().decompress(packed, size + 1)
        except zstd.ZstdError as error:
            raise BackupUnreadable(f"{name} of the backup is damaged: {error}.") from error
        if len(rows) != size:
            raise BackupUnreadable(f"{name} of the backup unpacks to another size than it had.")
        return rows

    def _read(self, name: str, limit: int) -> bytes:
        member = self._members.get(name)
        with self._reading():
            file = None if member is None else self._tar.extractfile(member)
            if member is None or file is None or member.size > limit:
                raise BackupUnreadable(f"{name} of the backup is missing, or larger than it was.")
            return file.read()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (tarfile.TarError, OSError, EOFError) as error:
            raise BackupUnreadable(f"{self._path} cannot be read as a backup: {error}.") from error


class _Hashed:
    """A file, hashed as it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def tell(self) -> int:
        return self._file.tell()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self._file.write(data)


def _member(name: str, number: int) -> str:
    return f"{name}/{number:06}.zst"
