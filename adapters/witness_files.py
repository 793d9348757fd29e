"""Reading what witnesses hold: the files `checkpoints-*.jsonl` of a folder or an object store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from adapters.regular_files import folder_of, read_regular
from ledger.kernel.errors import Unavailable
from ledger.proof.witnesses import can_be_listed, witness_name

PREFIX, SUFFIX = "checkpoints-", ".jsonl"
TIMEOUT_S = 30
BYTES_MAX = 1 << 28
"""Of one delivery: the newest checkpoint of half a million orgs."""


class WitnessFiles:
    """What one witness holds. Raises Unavailable when it cannot be read."""

    def __init__(self, url: str) -> None:
        self.name = witness_name(url)
        self._url = url

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Yield every delivery, by name and so by time: its name and its content."""
        if not can_be_listed(self._url):
            raise Unavailable(f"the witness {self.name} takes checkpoints but cannot be read.")
        try:
            yield from self._files()
        except (BaseError, OSError, ValueError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise Unavailable(f"the witness {self.name} cannot be read: {reason}") from error

    def _files(self) -> Iterator[tuple[str, bytes]]:
        folder = folder_of(self._url)
        if folder is not None:
            yield from _of_folder(folder)
        else:
            yield from _of_store(from_url(self._url, client_options={"timeout": f"{TIMEOUT_S}s"}))


def _of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    names = sorted(path.name for path in folder.iterdir() if _is_delivery(path.name))
    for name in names:
        yield name, read_regular(folder / name, BYTES_MAX)


def _of_store(store: ObjectStore) -> Iterator[tuple[str, bytes]]:
    found = (each["path"] for page in obstore.list(store) for each in page)
    for path in sorted(path for path in found if _is_delivery(path.rpartition("/")[2])):
        found_ = obstore.get(store, path)
        if found_.meta["size"] > BYTES_MAX:
            raise ValueError(f"{path} is larger than {BYTES_MAX:,} bytes")
        yield path, bytes(found_.bytes())


def _is_delivery(name: str) -> bool:
    return name.startswith(PREFIX) and name.endswith(SUFFIX)
