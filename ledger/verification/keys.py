"""Checks of what facts claim elsewhere: idempotency keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from ledger.kernel.actor import decode_actor
from ledger.kernel.aggregate import Fact
from ledger.kernel.keys import Key, KeyRow
from ledger.kernel.report import Place, Report, compare
from ledger.ports import RecordedEvent
from ledger.registry import UnknownFact, UnreadableFact, fact_of

_encode = msgspec.msgpack.Encoder().encode


def read_fact(report: Report, event: RecordedEvent, *, sound: bool) -> Fact | None:
    """Return the fact of an event, or None: a finding if its bytes were changed, else unchecked."""
    check = report["facts"]
    check.checked += 1
    try:
        decode_actor(event.actor)
        fact = fact_of(event)
        fact.check_stream()
        return fact
    except (UnknownFact, UnreadableFact) as error:
        detail, known = error.detail, isinstance(error, UnreadableFact)
    except (msgspec.MsgspecError, ValueError) as error:
        detail, known = f"its actor or its stream cannot be read: {error}.", True
    place = Place(event.org, event.sequence, position=event.position)
    if known and not sound:
        check.find(place, detail)
    else:
        check.pass_over(f"{place}: {detail}")
    return None


def keys_of(event: RecordedEvent, fact: Fact) -> list[KeyRow]:
    """Return the rows of `keys` that an event must have."""
    return fact.keys(event.org, event.idempotency_key, event.sequence)


class KeyTally:
    """Whether two heaps of key rows are the same, in constant memory and in any order.

    Each row counts as a number nobody can foresee, as `secret` is drawn for each run: what is
    added on one side and taken away on the other leaves zero only if the heaps are the same (but
    for a chance of 2**-128).
    """

    def __init__(self, secret: bytes) -> None:
        self._keyed = hashlib.blake2b(digest_size=16, key=secret)
        self.sum = 0
        self.count = 0

    def claim(self, rows: Iterable[KeyRow]) -> None:
        """Count rows that the facts claim."""
        for row in rows:
            self.sum += self._number(row)
            self.count += 1

    def is_paid_by(self, rows: Iterable[KeyRow]) -> bool:
        """Tell whether these stored rows are just those that were claimed."""
        return self.sum - sum(map(self._number, rows)) == 0

    def _number(self, row: KeyRow) -> int:
        digest = self._keyed.copy()
        digest.update(_encode(row))
        return int.from_bytes(digest.digest())


class KeyInspection:
    """Compares the keys that facts claim with the rows of `keys`, one by one."""

    COLUMNS = ("sequence", "line", "fingerprint")

    def __init__(self, report: Report) -> None:
        self._check = report["keys"]
        self._differing: set[Place] = set()

    def see(self, right: Iterable[KeyRow], stored: Iterable[KeyRow]) -> None:
        """Compare the keys of some events with the rows found for them."""
        rows: dict[Place, tuple[int, int, str]] = {}
        for row in right:
            place = key_place(row.key)
            if place in rows:
                self._check.find(place, f"used twice: also by sequence {row.sequence}")
            rows[place] = row[1:]
        found = [(key_place(row.key), row[1:]) for row in stored]
        missing = compare(self._check, self.COLUMNS, rows, found)
        for place, (sequence, line, _) in missing.items():
            self._check.find(place, f"missing: sequence {sequence} line {line} used it")
        for place, stored_row in found:
            if rows.get(place) != stored_row:
                self._differing.add(place)  # found already: not to be found again as a stray

    def see_stray(self, row: KeyRow, events: Sequence[RecordedEvent], *, is_archived: bool) -> None:
        """Check a stored row against the events that it names."""
        facts = [(event, _readable(event)) for event in events]
        claims = [claim for event, fact in facts if fact for claim in keys_of(event, fact)]
        if key_place(row.key) in self._differing:
            return
        if is_archived and not events:
            self._check.pass_over(f"{key_place(row.key)}: the event it names is archived.")
        elif any(fact is None for _, fact in facts):
            self._check.pass_over(f"{key_place(row.key)}: its event cannot be read.")
        elif row.key not in {claim.key for claim in claims}:
            self._check.find(
                key_place(row.key), f"added: sequence {row.sequence} did not use this key"
            )


def _readable(event: RecordedEvent) -> Fact | None:
    try:
        return fact_of(event)
    except (UnknownFact, UnreadableFact):
        return None


def key_place(key: Key) -> Place:
    """Return a key's row."""
    return Place(key.org, row=f"{key.space} key {key.key}")
