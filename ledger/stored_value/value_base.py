"""The value base: what a stored value remembers, without a word of what can be decided."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.ids import name_of, split_stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds
from ledger.stored_value.gift_card import GiftCard
from ledger.stored_value.open_claim import OpenClaim
from ledger.stored_value.value_source import SourceKind, ValueSource, source_of

STORED_VALUES = "stored_values"
"""The table whose rows remember all of them."""


class ValueBase(LedgerAggregate):
    """Money in a currency, and which orders have claimed some of it."""

    def __init__(self) -> None:
        self.currency = ""
        self.stored = 0
        """What is there, with what is claimed."""
        self.claims: dict[str, OpenClaim] = {}
        """Those that are open, by their orders."""
        self.is_disabled = False
        self.expires_us: int | None = None
        self.card: GiftCard | None = None
        """None: it is store credit."""

    @property
    def source(self) -> ValueSource:
        """What it is."""
        return source_of(self.id)

    @property
    def claimed(self) -> int:
        """What open claims have of it, by what is recorded."""
        return sum(each.amount for each in self.claims.values())

    def ended_by(self, now_us: int) -> list[OpenClaim]:
        """Return the claims that time has ended and nobody has recorded yet."""
        return [each for each in self.claims.values() if each.has_ended(now_us)]

    def claim_of(self, order: str, now_us: int) -> OpenClaim | None:
        """Return what an order has claimed, unless that has ended."""
        found = self.claims.get(order)
        return None if found is None or found.has_ended(now_us) else found

    def has_expired(self, now_us: int) -> bool:
        """Tell whether its time is over, recorded or not."""
        return self.expires_us is not None and self.expires_us <= now_us

    def unclaimed(self, now_us: int) -> int:
        """Return what no order has claimed."""
        return self.stored - self.claimed + sum(each.amount for each in self.ended_by(now_us))

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        source, card = self.source, self.card
        owner = source.name.partition("/")[2]
        columns = {
            "org": org,
            "id": source.path,
            "kind": str(source.kind),
            "currency": self.currency,
            "balance": self.stored,
            "claimed": self.claimed,
            "claims": msgspec.to_builtins(list(self.claims.values())),
            "disabled": self.is_disabled,
            "expires_us": self.expires_us,
            "person": owner if source.kind is SourceKind.STORE_CREDIT else card and card.user,
            "order_id": card and card.order,
            "code_digest": card and card.digest,
            "initial": card and card.amount,
            "note": card and card.note,
            "created_us": microseconds(self.created_on),
            "version": self.version,
        }
        return [TableRow(STORED_VALUES, columns)]


class ValueFact(LedgerAggregate.Event):
    """Something that happened to a stored value, in its currency."""

    currency: str

    @property
    def path(self) -> str:
        """To which, as it is called in its org."""
        return name_of(self.originator_id)

    def check_stream(self) -> None:
        source_of(self.originator_id)

    def person(self, subject: str) -> str:
        kind, _, name = self.path.partition("/")
        return name.partition("/")[2] if kind == SourceKind.STORE_CREDIT else subject


class ClaimFact(ValueFact):
    """Something that happened to what an order has claimed, or had. `fingerprint`: of the command
    whose own fact it is."""

    order: str
    amount: int
