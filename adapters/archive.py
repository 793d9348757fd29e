"""Archives in a folder or an object store: writing them, and reading their events in order.

Nothing is ever loaded whole: an archive is compressed and hashed as it is written, and read as it
is asked for.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import obstore
from obstore.store import LocalStore, from_url

from adapters.regular_files import folder_of, require_regular
from ledger.kernel.errors import LedgerError
from ledger.ports import RecordedEvent
from ledger.proof.archive import ArchiveDiffers, Manifest, decode_line, encode_line

_LEVEL = 6
_CHUNK = 1 << 20
LINE_MAX = 32 << 20
FREE, RATIO = 64 << 20, 40
"""A file may unpack to `FREE` bytes, or to `RATIO` times its own: events shrink to a tenth."""


class ArchiveUnreadable(LedgerError):
    """An archive cannot be read or written."""

    code = "archive_unreadable"


class Archives:
    """A folder, or the URL of an object store (s3://, gs://, az://, file://)."""

    def __init__(self, place: str, *, make: bool = False) -> None:
        """`make`: a folder that is not there is made."""
        self.place = place
        self._folder = folder_of(place)
        with self._answering("opened"):
            self._store: Any = (
                from_url(place)
                if "://" in place
                else LocalStore(Path(place).absolute(), mkdir=make)
            )

    def write(self, file: str, events: Iterable[RecordedEvent]) -> bytes:
        """Write events, compressed; return the SHA-256 of the file.

        The same events give the same bytes: after a crash it is simply written again.
        """
        with self._answering(f"written as {file}"):
            # Not a context manager: leaving it by an error would complete half a file.
            hashed = _Hashed(obstore.open_writer(self._store, file))
            with gzip.GzipFile(
                filename="", mode="wb", compresslevel=_LEVEL, fileobj=hashed, mtime=0
            ) as packed:
                for event in events:
                    packed.write(encode_line(event))
            hashed.file.close()
            return hashed.digest()

    def put(self, file: str, content: bytes) -> None:
        """Write a small file."""
        with self._answering(f"written as {file}"):
            obstore.put(self._store, file, content)

    def events(self, file: str, sha256: bytes) -> Iterator[RecordedEvent]:
        """Yield the events of an archive. Raises ArchiveDiffers, at the end when only the SHA-256
        of the file is another, and ArchiveUnreadable."""
        with self._answering(f"read: {file}"):
            limit = self._limit(file)
            hashed = _Hashed(obstore.open_reader(self._store, file))
            try:
                with gzip.GzipFile(fileobj=hashed, mode="rb") as packed:
                    for line in iter(partial(packed.readline, LINE_MAX + 1), b""):
                        limit -= len(line)
                        if limit < 0 or len(line) > LINE_MAX:
                            raise ArchiveDiffers(f"{file} unpacks to more than events can.")
                        yield decode_line(line)
            except (gzip.BadGzipFile, EOFError, zlib.error) as error:
                raise ArchiveDiffers(f"{file} is damaged: {error}.") from error
            if hashed.digest() != sha256:
                raise ArchiveDiffers(f"{file} has not the SHA-256 that was recorded of it.")

    def _limit(self, file: str) -> int:
        """Return how many bytes a file may unpack to."""
        if self._folder is not None:
            require_regular(self._folder / file)
        return FREE + RATIO * int(obstore.head(self._store, file)["size"])

    def recorded(self, manifest: Manifest) -> Iterator[RecordedEvent]:
        """Return the events of the archive that a manifest describes."""
        return self.events(manifest.file, bytes.fromhex(manifest.sha256))

    @contextmanager
    def _answering(self, what: str) -> Iterator[None]:
        try:
            yield
        except gzip.BadGzipFile:
            raise
        except (obstore.exceptions.BaseError, OSError, ValueError) as error:
            why = str(error).split("\n", 1)[0]
            raise ArchiveUnreadable(f"{self.place} cannot be {what}: {why}") from error


class _Hashed:
    """A binary file, hashed as it is written or read from end to end."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.file.write(bytes(data))
        return len(data)

    def read(self, size: int = -1) -> bytes:
        data = bytes(self.file.read(_CHUNK if size < 0 else size))
        self._hash.update(data)
        return data

    def flush(self) -> None:
        """Do nothing: what is not flushed yet is flushed when the file is closed."""

    def digest(self) -> bytes:
        return self._hash.digest()
