"""The manifest of a backup: what it holds, and what a ledger is that is made of it."""

from __future__ import annotations

import msgspec

from ledger.kernel.decoding import decoded
from ledger.kernel.errors import LedgerError

FORM = "tallystick-backup/1"


class BackupUnreadable(LedgerError):
    """A file is no backup, not a whole one, or not as it was written."""

    code = "backup_unreadable"


class Chunk(msgspec.Struct, frozen=True):
    """A part of a table's rows: the SHA-256 and size of its file, and its size unpacked."""

    sha256: str
    bytes: int
    unpacked: int


class SavedTable(msgspec.Struct, frozen=True):
    """A table, and the chunks that its rows are in when they are put together."""

    name: str
    columns: list[str]
    chunks: list[Chunk]

    @property
    def unpacked(self) -> int:
        """How large its rows are."""
        return sum(chunk.unpacked for chunk in self.chunks)


class SavedPartition(msgspec.Struct, frozen=True):
    """A partition of the events, for positions from `first` up to, not including, `past`."""

    name: str
    first: int
    past: int


class SavedArchive(msgspec.Struct, frozen=True):
    """An archive of old events, which is no part of the backup."""

    file: str
    sha256: str


class Saved(msgspec.Struct, frozen=True):
    """The state of the database beside its rows, at the moment of the backup."""

    made_us: int
    server: str
    migrations: dict[str, str]
    jobs: list[str]
    positions: dict[str, int]
    orgs: int
    events: int
    partitions: list[SavedPartition]
    archives: list[SavedArchive]


class Manifest(msgspec.Struct, frozen=True):
    """All that a backup says of itself; its last file.

    `sequences`: where the numbers of the job library go on. `settings`: the names of what was set,
    never what to.
    """

    form: str
    ledger: str
    version: str
    saved: Saved
    sequences: dict[str, int]
    tables: list[SavedTable]
    verifier_keys: list[str]
    witnesses: list[str]
    settings: list[str]

    @property
    def unpacked(self) -> int:
        """How large all rows are."""
        return sum(table.unpacked for table in self.tables)

    def encode(self) -> bytes:
        """Return it as it is written."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def decode_manifest(content: bytes) -> Manifest:
    """Return what was written. Raises BackupUnreadable."""
    try:
        manifest = decoded(content, Manifest)
    except msgspec.MsgspecError as error:
        raise BackupUnreadable(f"the manifest of the backup cannot be read: {error}.") from None
    if manifest.form != FORM:
        raise BackupUnreadable(f"the backup is of the form {manifest.form}, not of {FORM}.")
    return manifest
