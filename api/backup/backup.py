"""The backup: every row of the database at one moment, in one file, while the service writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from api.container import (
    BACKUP_FORM,
    BackupManifest,
    BackupWriter,
    DatabaseBackup,
    SavedTable,
    chunks_of,
    new_backup,
    signing_keys,
)
from api.settings import Settings, names_set
from ledger.proof.witnesses import witness_name

OnBytes = Callable[[int, int], None]
"""Told how many bytes of rows are done, of about how many."""


@dataclass(frozen=True)
class Made:
    """A backup that was made, and the SHA-256 of its file."""

    manifest: BackupManifest
    sha256: str
    size: int


def back_up(settings: Settings, owner: str, out: Path, on_bytes: OnBytes) -> Made:
    """Write a backup. Raises Unavailable and OSError; then there is no file."""
    with DatabaseBackup(owner) as database, new_backup(out) as file:
        saved = database.saved()
        tables = list(_tables(database, file, on_bytes))
        manifest = BackupManifest(
            form=BACKUP_FORM,
            ledger=settings.name,
            version=version("tallystick"),
            saved=saved,
            sequences=database.sequences(),
            tables=tables,
            verifier_keys=[str(key) for key in signing_keys(settings).ring().verifiers],
            witnesses=[witness_name(url) for url in settings.witnesses],
            settings=names_set(),
        )
        sha256 = file.end(manifest)
    return Made(manifest, sha256, out.stat().st_size)


def _tables(
    database: DatabaseBackup, file: BackupWriter, on_bytes: OnBytes
) -> Iterator[SavedTable]:
    done, total = 0, sum(table.bytes for table in database.tables)
    for table in database.tables:
        chunks = []
        for number, rows in enumerate(chunks_of(database.rows(table)), 1):
            chunks.append(file.add(str(table), number, rows))
            done += len(rows)
            on_bytes(done, max(done, total))
        yield SavedTable(str(table), list(table.columns), chunks)
