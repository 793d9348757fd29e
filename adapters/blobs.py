"""Blobs in a folder or an object store: contents that are kept for ever and never replaced."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.store import from_url

from adapters.files import create_file
from adapters.regular_files import require_regular
from ledger.invoices.ports import Blobs
from ledger.kernel.outside import NeverTaken, NotTaken

_MODE = 0o600
_PATIENCE_S, _TRIES = 20, 3


def blobs_at(place: str) -> Blobs:
    """Return the blobs in a folder, or at the URL of an object store. Raises ValueError."""
    return ObjectBlobs(place) if "://" in place else FolderBlobs(Path(place))


class _CreatedBlobs(ABC):
    """Blobs of a place that creates one only where nothing is."""

    def put(self, name: str, content: bytes) -> None:
        """Keep a content. Raises NotTaken, or NeverTaken where another one is kept."""
        with _asking("a blob cannot be written"):
            if not self._create(name, content):
                _require_same(name, self._read(name), content)

    def get(self, name: str) -> bytes | None:
        """Return a content, if it is kept. Raises NotTaken."""
        with _asking("a blob cannot be read"):
            try:
                return self._read(name)
            except FileNotFoundError:
                return None

    @abstractmethod
    def _create(self, name: str, content: bytes) -> bool:
        """Create a blob; False: there is one of that name."""

    @abstractmethod
    def _read(self, name: str) -> bytes:
        """Return what is kept. Raises FileNotFoundError."""


class FolderBlobs(_CreatedBlobs):
    """A folder: each content a file, on the disk before anybody is told that it is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _create(self, name: str, content: bytes) -> bool:
        return create_file(self._folder / name, content, _MODE)

    def _read(self, name: str) -> bytes:
        path = self._folder / name
        require_regular(path)
        return path.read_bytes()


class ObjectBlobs(_CreatedBlobs):
    """An object store, which is asked to write only where nothing is."""

    def __init__(self, url: str, patience_s: float = _PATIENCE_S) -> None:
        try:
            self._store: Any = from_url(
                url,
                retry_config={
                    "max_retries": _TRIES,
                    "retry_timeout": timedelta(seconds=patience_s),
                },
            )
        except obstore.exceptions.BaseError as error:
            raise ValueError(_first_line(error)) from error

    def _create(self, name: str, content: bytes) -> bool:
        try:
            obstore.put(self._store, name, content, mode="create")
        except obstore.exceptions.AlreadyExistsError:
            return False
        return True

    def _read(self, name: str) -> bytes:
        return bytes(obstore.get(self._store, name).bytes())


def _require_same(name: str, kept: bytes, content: bytes) -> None:
    if kept != content:
        digest = hashlib.sha256(kept).hexdigest()
        raise NeverTaken(f"the blob {name} is kept with another content, of SHA-256 {digest}.")


@contextmanager
def _asking(what: str) -> Iterator[None]:
    try:
        yield
    except (obstore.exceptions.BaseError, OSError) as error:
        raise NotTaken(f"{what}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
