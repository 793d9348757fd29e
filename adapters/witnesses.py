"""Witnesses: where checkpoints are taken: a folder, an object store, or whoever answers a POST.

A delivery may come twice (its answer was lost): it has the same name and the same content then.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from ledger.proof.witnesses import UnknownWitness, Witness, WitnessFailed

DELIVERY_S = 10
"""How long one delivery may take."""

JSONL = "application/jsonl"


def witness_at(url: str) -> Witness:
    """Return the witness at a URL or in a folder. Raises UnknownWitness."""
    parts = urlsplit(url)
    if parts.scheme in ("http", "https"):
        return HttpWitness(url)
    if parts.scheme == "file":
        return FolderWitness(Path(unquote(parts.path)))
    if "://" not in url:
        return FolderWitness(Path(url))
    return ObjectStoreWitness.at(url)


class FolderWitness:
    """A folder; each file appears in it whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, name: str, content: bytes) -> None:
        try:
            if not self._folder.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                self._folder.chmod(0o755)
            unfinished = self._folder / f".{name}.new"
            with unfinished.open("wb") as file:
                file.write(content)
                os.fchmod(file.fileno(), 0o644)  # what was signed is for everyone to compare
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._folder / name)
            _flush_folder(self._folder)
        except OSError as error:
            raise WitnessFailed(f"the folder does not take it: {error.strerror}.") from error


class ObjectStoreWitness:
    """A bucket, and a prefix in it; credentials come from the environment or the URL."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def at(cls, url: str) -> ObjectStoreWitness:
        """Return the one at a URL; it never waits longer than a delivery may take."""
        try:
            store = from_url(
                url,
                client_options={"timeout": f"{DELIVERY_S}s"},
                retry_config={"max_retries": 0},
            )
        except (BaseError, ValueError) as error:
            raise UnknownWitness(f"it is not an object store: {_first_line(error)}") from error
        return cls(store)

    def deliver(self, name: str, content: bytes) -> None:
        try:
            obstore.put(self._store, name, content)
        except (BaseError, OSError) as error:
            raise WitnessFailed(
                f"the object store does not take it: {_first_line(error)}"
            ) from error


class HttpWitness:
    """Whoever answers a POST with 2xx; the name of the file is the Idempotency-Key."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = httpx.Client(timeout=DELIVERY_S, follow_redirects=False)

    def deliver(self, name: str, content: bytes) -> None:
        headers = {"Content-Type": JSONL, "Idempotency-Key": name}
        try:
            answer = self._client.post(self._url, content=content, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WitnessFailed(f"it does not answer: {type(error).__name__}.") from error
        if not answer.is_success:
            raise WitnessFailed(f"it answered {answer.status_code}.")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
