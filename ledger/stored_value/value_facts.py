"""Value facts: what happens to a gift card or a store credit."""

from __future__ import annotations

from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, Reasoned
from ledger.kernel.texts import TextOwner
from ledger.stored_value.gift_card import GiftCard
from ledger.stored_value.open_claim import OpenClaim
from ledger.stored_value.value_base import ClaimFact, ValueBase, ValueFact

NOTE = "note"
"""What a text is that came with a gift card."""


class GiftCardIssued(ValueFact, FirstFact):
    """There is a gift card. Its code is known to who was told it alone."""

    TOPIC: ClassVar[str] = "stored_value.GiftCardIssued"
    card: GiftCard
    expires_us: int | None = None
    fingerprint: str = ""

    def apply(self, aggregate: ValueBase) -> None:
        aggregate.currency, aggregate.stored = self.currency, self.card.amount
        aggregate.expires_us, aggregate.card = self.expires_us, self.card

    def person(self, subject: str) -> str:
        return self.card.user or subject

    def text_of(self, line: int) -> str | None:
        return self.card.note

    def texts(self, subject: str) -> dict[str, TextOwner]:
        note = self.card.note
        return {note: TextOwner(NOTE, self.person(subject))} if note else {}


class StoreCreditOpened(ValueFact, FirstFact):
    """A user is to have store credit in a currency."""

    TOPIC: ClassVar[str] = "stored_value.StoreCreditOpened"

    def apply(self, aggregate: ValueBase) -> None:
        aggregate.currency = self.currency


class ValueAdjusted(Reasoned, ValueFact):
    """There is more, or below zero less, with a reason. `order`: of which it is a refund."""

    TOPIC: ClassVar[str] = "stored_value.ValueAdjusted"
    amount: int
    order: str | None = None
    reason: str | None = None
    fingerprint: str = ""

    def apply(self, aggregate: ValueBase) -> None:
        aggregate.stored += self.amount


class GiftCardDisabled(ValueFact):
    """Nothing more is claimed of the card until it is enabled."""

    TOPIC: ClassVar[str] = "stored_value.GiftCardDisabled"
    fingerprint: str = ""

    def apply(self, aggregate: ValueBase) -> None:
        aggregate.is_disabled = True


class GiftCardEnabled(ValueFact):
    """The card can be used again."""

    TOPIC: ClassVar[str] = "stored_value.GiftCardEnabled"
    fingerprint: str = ""

    def apply(self, aggregate: ValueBase) -> None:
        aggregate.is_disabled = False


class ValueClaimed(ClaimFact):
    """An order has set some of it aside, until a moment; 0: time does not end that."""

    TOPIC: ClassVar[str] = "stored_value.ValueClaimed"
    ends_us: int = 0
    fingerprint: str = ""

    def apply(self, aggregate: ValueBase) -> None:
        aggregate.claims[self.order] = OpenClaim(self.order, self.amount, self.ends_us)


class ClaimSettled(ClaimFact):
    """What an order had claimed is spent."""

    TOPIC: ClassVar[str] = "stored_value.ClaimSettled"
    fingerprint: str = ""

    def apply(self, aggregate: ValueBase) -> None:
        del aggregate.claims[self.order]
        aggregate.stored -= self.amount


class ClaimReleased(ClaimFact):
    """What an order had claimed is anybody's again."""

    TOPIC: ClassVar[str] = "stored_value.ClaimReleased"
    fingerprint: str = ""

    def apply(self, aggregate: ValueBase) -> None:
        del aggregate.claims[self.order]


class ClaimExpired(ClaimFact):
    """Nobody settled the claim in time."""

    TOPIC: ClassVar[str] = "stored_value.ClaimExpired"

    def apply(self, aggregate: ValueBase) -> None:
        del aggregate.claims[self.order]


class ValueGivenBack(ClaimFact):
    """Some of what an order had spent has come back. `expires_us`: until when the card can be used
    from now on, where that is later than it was."""

    TOPIC: ClassVar[str] = "stored_value.ValueGivenBack"
    expires_us: int | None = None
    fingerprint: str = ""

    def apply(self, aggregate: ValueBase) -> None:
        aggregate.stored += self.amount
        if self.expires_us is not None:
            aggregate.expires_us = self.expires_us


class ValueExpired(ValueFact):
    """The card's time was over, and what nobody had claimed is ours."""

    TOPIC: ClassVar[str] = "stored_value.ValueExpired"
    amount: int

    def apply(self, aggregate: ValueBase) -> None:
        aggregate.stored -= self.amount
