"""Signed checkpoints: what witnesses and single checkpoints say, checked and kept aside while the
events are read.

It is all read before the snapshot is taken: so every event that was signed is in the snapshot. It
lies in a temporary database on disk, as there may be a checkpoint for each second of years.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Self

import msgspec

from ledger.access_log.log import AccessHead
from ledger.kernel.decoding import decoder
from ledger.kernel.errors import LedgerError
from ledger.kernel.report import Check, Lost, Place
from ledger.proof.checkpoint import Signed, parse_checkpoint
from ledger.proof.checkpoint_signatures import NO_KEYS, Signatures, signed_text
from ledger.proof.note import BadNote, open_note
from ledger.verification.evidence import Span

_TABLE = """
CREATE TABLE signed (
    org TEXT, size INTEGER, root BLOB, recorded_us INTEGER, holder TEXT,
    PRIMARY KEY (org, size, root)
) WITHOUT ROWID
"""
_WITNESSES = """
CREATE TABLE witnesses (name TEXT PRIMARY KEY, asked_us INTEGER, delivered_us INTEGER)
"""
_REACHES = """
CREATE TABLE reaches (
    org TEXT, witness TEXT, size INTEGER, PRIMARY KEY (org, witness)
) WITHOUT ROWID
"""
_LOGS = """
CREATE TABLE logs (
    org TEXT, holder TEXT, sequence INTEGER, hash BLOB, PRIMARY KEY (org, holder)
) WITHOUT ROWID
"""
_LOG = """
INSERT INTO logs VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
                        WHERE excluded.sequence > sequence
"""
_REACH = """
INSERT INTO reaches VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET size = max(size, excluded.size)
"""
_ADD = "INSERT INTO signed VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_REACH_OF = """
SELECT w.name, coalesce(r.size, 0)
  FROM witnesses w LEFT JOIN reaches r ON r.witness = w.name AND r.org = ?
 ORDER BY w.name
"""
_SPAN = "SELECT * FROM signed WHERE org = ? AND size > ? AND size <= ? ORDER BY size, holder"


class LogEnds(NamedTuple):
    """How many events an org has, and how many entries its access log."""

    events: int
    accesses: int


class _Delivered(msgspec.Struct):
    """A line of a delivery."""

    org: str
    note: str


_decode = decoder(_Delivered)


class KeptCheckpoints:
    """Checked checkpoints by org and size, in a file. One thread at a time."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._rows = sqlite3.connect(path, isolation_level=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()

    @property
    def asked_us(self) -> int:
        """When reading the first witness began; 0: there is none."""
        ((asked_us,),) = self._rows.execute("SELECT coalesce(min(asked_us), 0) FROM witnesses")
        return int(asked_us)

    def reach(self, org: str) -> dict[str, int]:
        """Return each witness that could be read, and the size of the org's log up to which it has
        it."""
        return dict(self._rows.execute(_REACH_OF, [org]))

    def delivered_us(self, witness: str) -> int:
        """Return until when the store said that a witness has what was signed; -1: unknown."""
        asked = "SELECT delivered_us FROM witnesses WHERE name = ?"
        return int(self._rows.execute(asked, [witness]).fetchone()[0])

    def access_heads(self) -> list[tuple[str, AccessHead, str]]:
        """Yield each org, the last end of its access log that was signed, and who holds that."""
        rows = self._rows.execute("SELECT org, sequence, hash, holder FROM logs ORDER BY org")
        return [
            (org, AccessHead(sequence, digest), holder) for org, sequence, digest, holder in rows
        ]

    def orgs(self) -> list[str]:
        """Return every org of which something is known, in order."""
        return [org for (org,) in self._rows.execute("SELECT DISTINCT org FROM signed ORDER BY 1")]

    def signed(self, spans: Sequence[Span]) -> list[Signed]:
        """Return what was signed at the sizes in these spans, by org and size."""
        return [Signed(*row) for span in sorted(spans) for row in self._rows.execute(_SPAN, span)]


class GatheredCheckpoints(KeptCheckpoints):
    """Signed checkpoints while they are read. `path`: a new file, or in memory. `ends`: where the
    logs of a store end that was restored; what was signed beyond is `lost`, and taken no
    further."""

    def __init__(
        self,
        check: Check,
        signatures: Signatures,
        path: str = ":memory:",
        ends: Mapping[str, LogEnds] | None = None,
    ) -> None:
        super().__init__(path)
        self._ends = ends
        self.lost: dict[str, Lost] = {}
        self._check = check
        self._signatures = signatures
        self._rows.execute("PRAGMA synchronous = OFF")
        for table in (_TABLE, _WITNESSES, _REACHES, _LOGS):
            self._rows.execute(table)

    def take_files(
        self,
        holder: str,
        files: Iterable[tuple[str, bytes]],
        *,
        asked_us: int = 0,
        delivered_us: int = -1,
    ) -> None:
        """Take all that a witness holds; what cannot be read is unchecked.

        `asked_us`: now; `delivered_us`: up to when the store says that the witness has it.
        """
        try:
            for name, content in files:
                self._rows.execute("BEGIN")
                for number, line in enumerate(content.splitlines(), 1):
                    self._take_line(holder, f"{holder} {name} line {number}", line)
                self._rows.execute("COMMIT")
            known = "INSERT INTO witnesses VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            self._rows.execute(known, [holder, asked_us, delivered_us])
        except LedgerError as error:
            self._check.pass_over(error.detail)

    def take_note(self, holder: str, note: str | bytes) -> None:
        """Take a single signed note."""
        self._take(holder, holder, note)

    def _take_line(self, holder: str, where: str, line: bytes) -> None:
        try:
            delivered = _decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            self._check.pass_over(f"{where} cannot be read: {error}")
            return
        self._take(holder, where, delivered.note, delivered.org)

    def _take(self, holder: str, where: str, note: str | bytes, org: str | None = None) -> None:
        if not self._signatures.keys:
            self._check.pass_over(NO_KEYS)
            return
        try:
            text, _ = open_note(note, self._signatures.keys)
            signed = signed_text(text, self._signatures.ledger, holder)
        except BadNote as error:
            self._check.find(Place(org, row=where), error.detail)
            return
        if org is not None and org != signed.org:
            self._check.find(Place(org, row=where), f"the checkpoint is of {signed.org}")
        access = parse_checkpoint(text).access
        if self._ends is not None and self._is_beyond(self._ends, signed, access):
            return
        self._rows.execute(_ADD, signed)
        self._rows.execute(_REACH, [signed.org, holder, signed.size])
        if access is not None:
            self._rows.execute(_LOG, [signed.org, holder, *access])

    def _is_beyond(
        self, ends: Mapping[str, LogEnds], signed: Signed, access: AccessHead | None
    ) -> bool:
        """Tell whether the store ends before what was signed, and note the last of that."""
        end, accesses = ends.get(signed.org, LogEnds(0, 0)), access.sequence if access else 0
        if signed.size <= end.events and accesses <= end.accesses:
            return False
        before = self.lost.get(signed.org)
        if before is None or (signed.size, accesses) > (before.until, before.access_until):
            self.lost[signed.org] = Lost(signed.holder, signed.size, signed.recorded_us, accesses)
        return True
