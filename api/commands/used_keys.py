"""What keys were used for: by the group, by the one in flight, lately, and as the store has it.

This is where a command sent again finds what it did, and where a hold is found by its id.
"""

from __future__ import annotations

from collections.abc import Mapping

from api.bounded import Bounded
from api.commands.receipts import Claim, Receipt, Recorded, Recording, recording_of
from ledger.audit.texts import is_same
from ledger.credits.debits import lines_of
from ledger.kernel.errors import Archived, KeyReused
from ledger.ports import HOLDS, Journal, Key, KeyRow, RecordedEvent

HOLDS_MAX = 20_000
"""Events that placed holds, kept in memory: what is captured soon need not be looked up."""


class UsedKeys:
    """The keys that one process's groups use. Used by one thread."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._holds: Bounded[Key, Recorded] = Bounded(HOLDS_MAX)
        self._flying: Mapping[Key, Claim] = {}
        self.begin()

    # -- a group -----------------------------------------------------------------------------

    def begin(self) -> None:
        """A group begins: it has used no key, and the store was not asked about any."""
        self.claims: dict[Key, Claim] = {}
        self._stored: Mapping[Key, KeyRow] = {}
        self._events: Mapping[tuple[str, int], RecordedEvent] = {}
        self._read: dict[tuple[str, int], Recording] = {}

    def know(self, stored: Mapping[Key, KeyRow]) -> None:
        """What the store has said about the group's keys; what used them is fetched at once."""
        places = {(row.key.org, row.sequence) for row in stored.values()}
        self._stored = stored
        self._events = self._journal.events_at(places) if places else {}

    def keep(self) -> None:
        """The group has committed."""
        self._remember(self.claims)

    def take_off(self) -> None:
        """The group is being committed: its keys count as used while the next is decided."""
        self._flying = self.claims

    def land(self) -> None:
        """The group in flight has committed."""
        self._remember(self._flying)
        self._flying = {}

    def crash(self) -> None:
        """The group in flight did not commit."""
        self._flying = {}

    def forget(self) -> None:
        """History is not what it was: trust nothing in memory."""
        self._holds = Bounded(HOLDS_MAX)

    # -- what commands use -------------------------------------------------------------------

    def use(self, key: Key, receipt: Receipt, fingerprint: str, content: str | None) -> None:
        """Use a key for what came with this fingerprint and text, which `Books.claim` keeps."""
        self.claims[key] = Claim(receipt, fingerprint, content)

    def replay(self, key: Key, fingerprint: str, content: str | None) -> Receipt | None:
        """The receipt of a key used before, by anyone; refused if it came with other content."""
        claim = self._claimed(key)
        if claim is not None:
            if (claim.fingerprint, claim.content) != (fingerprint, content):
                raise _reused(key)
            return Receipt(claim.receipt.recording, claim.receipt.line, replayed=True)
        row = self._stored.get(key)
        if row is None:
            return None
        if row.fingerprint != fingerprint:
            raise _reused(key)
        recording = self._read_back(row)
        if not self._is_same_text(row, recording, content):
            raise _reused(key)
        return Receipt(recording, row.line, replayed=True)

    def find(self, key: Key) -> Recorded | None:
        """The fact that used a key, in this group or before."""
        claim = self._claimed(key)
        if claim is not None:
            return claim.receipt.recording
        row = self._stored.get(key)
        return self._holds.get(key) if row is None else self._read_back(row)

    def remembers(self, key: Key) -> bool:
        """Whether `find` finds what used a key without its having been looked up."""
        return self._claimed(key) is not None or self._holds.get(key) is not None

    # -- inside ------------------------------------------------------------------------------

    def _claimed(self, key: Key) -> Claim | None:
        """The use of a key by this group or the one in flight."""
        return self.claims.get(key) or self._flying.get(key)

    def _remember(self, claims: Mapping[Key, Claim]) -> None:
        for key, claim in claims.items():
            if key.space == HOLDS:
                self._holds.put(key, claim.receipt.recording)

    def _read_back(self, row: KeyRow) -> Recording:
        place = (row.key.org, row.sequence)
        known = self._read.get(place)
        if known is None:
            event = self._events.get(place)
            if event is None:
                raise archived(f"key {row.key.key}, sequence {row.sequence}")
            known = self._read[place] = recording_of(event)
        return known

    def _is_same_text(self, row: KeyRow, recording: Recording, content: str | None) -> bool:
        """Whether the erasable text is the one sent first; an erased one cannot be compared."""
        fact = recording.fact
        lines = lines_of(fact)
        holder = lines[row.line] if lines else fact
        digest = getattr(holder, "metadata", None) or getattr(holder, "reason", None)
        if digest is None or content is None:
            return digest is None and content is None
        text = self._journal.texts(row.key.org, [digest]).get(digest)
        return text is None or is_same(content, text)


def archived(what: str) -> Archived:
    """Why something that was recorded cannot be read any more."""
    return Archived(
        f"{what} was recorded so long ago that its event is in an archive: nothing was done now."
    )


def _reused(key: Key) -> KeyReused:
    field = "Idempotency-Key" if key.space == "command" else "id"
    return KeyReused(
        f"{field} {key.key} was used before with other content: send the same content again, or "
        "a new id.",
        field=field,
    )
