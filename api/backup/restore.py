"""The restore: an empty place becomes the ledger that was backed up, and is verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.backup.backup import OnBytes
from api.container import (
    BackupManifest,
    BackupReader,
    BackupUnreadable,
    Endpoints,
    Opening,
    SavedTable,
    analysts_rows,
    bare_endpoints,
    empty,
    log_in,
    migrate_clickhouse,
    require_empty,
    require_known,
    restore,
    signing_keys,
)
from api.settings import Settings
from api.verification.inspector import OnProgress
from api.verification.options import Options
from api.verification.verify import verify
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.report import Report
from ledger.proof.note import BadNote, VerifierKey
from projections.read_models import READ_MODELS


@dataclass(frozen=True)
class Restored:
    """A ledger that was restored, what verification found, and where its keys came from."""

    manifest: BackupManifest
    report: Report
    are_keys_of_the_backup: bool


@contextmanager
def opened(path: Path, settings: Settings) -> Iterator[tuple[BackupReader, BackupManifest]]:
    """Give a backup that can be restored here. Raises BackupUnreadable and Invalid."""
    with BackupReader(path) as file:
        manifest = file.manifest()
        require_known(manifest)
        if manifest.ledger != settings.name:
            raise Invalid(
                f"the backup is of the ledger {manifest.ledger}, and here it would be called "
                f"{settings.name}: what was signed would be another's. Set "
                f"TALLY_NAME={manifest.ledger}.",
                field="TALLY_NAME",
            )
        yield file, manifest


def restore_from(
    file: BackupReader,
    manifest: BackupManifest,
    settings: Settings,
    given: Sequence[VerifierKey],
    witnesses: Sequence[str],
    on_bytes: OnBytes,
    on_progress: OnProgress | None,
) -> Restored:
    """Restore a backup and verify what came of it.

    `given`: the keys to verify with; none: those that are kept here, or else the backup's own.
    Raises Conflict where a ledger is already, and Unavailable.
    """
    saved_keys = _keys(manifest)
    keys = tuple(given) or signing_keys(settings).ring().verifiers
    with bare_endpoints(settings, Opening.MAKE) as at:
        owner = at.database.owner
        require_empty(owner)
        _require_no_rows(at, manifest)
        restore(owner, manifest, _Counted(file, manifest.unpacked, on_bytes))
        logins = log_in(owner, writer=settings.writer_url, query=settings.query_url)
        ends = Endpoints(logins.without_owner(), at.clickhouse_url, at.nats, at.live)
        for name in _rebuilt(manifest):
            empty(name, logins, ends)
        if saved_keys:
            signing_keys(settings).learn(saved_keys)
        options = Options(
            ledger=manifest.ledger,
            keys=keys or saved_keys,
            witnesses=tuple(witnesses),
            restored_us=manifest.saved.made_us,
        )
        return Restored(manifest, verify(ends, on_progress, options), not keys)


def _keys(manifest: BackupManifest) -> tuple[VerifierKey, ...]:
    try:
        return tuple(VerifierKey.parse(key) for key in manifest.verifier_keys)
    except BadNote as error:
        raise BackupUnreadable(f"the verifier keys of the backup: {error.detail}") from None


def _rebuilt(manifest: BackupManifest) -> list[str]:
    """Return what is made again from the events, because the backup has none of it: unless some
    are archived, from which it could not be made."""
    if manifest.saved.archives:
        return []
    return [name for name, model in READ_MODELS.items() if model.for_analysts]


def _require_no_rows(at: Endpoints, manifest: BackupManifest) -> None:
    """Raise Conflict where ClickHouse has rows that would be mixed with those made again."""
    migrate_clickhouse(at.clickhouse_url)
    with analysts_rows(at) as tables:
        for name in _rebuilt(manifest):
            if tables[name].orgs():
                raise Conflict(
                    f"ClickHouse has rows in its table {name}: they would be mixed with those of "
                    "the backup. Name an empty database with TALLY_CLICKHOUSE_URL, or drop it."
                )


class _Counted:
    """Gives the rows of tables, and tells how far it is."""

    def __init__(self, file: BackupReader, total: int, on_bytes: OnBytes) -> None:
        self._file, self._total, self._on_bytes = file, total, on_bytes
        self._done = 0

    def __call__(self, table: SavedTable) -> Iterator[bytes]:
        for rows in self._file.rows(table):
            yield rows
            self._done += len(rows)
            self._on_bytes(self._done, self._total)
