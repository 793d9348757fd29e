"""Gift cards: `IssueGiftCard`, `AdjustGiftCard`, `DisableGiftCard`, `EnableGiftCard`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.stored_value.lookup import find_value
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.texts import Text
from ledger.stored_value.gift_card import GiftCard
from ledger.stored_value.stored_value import StoredValue
from ledger.stored_value.value_source import ValueSource, of_gift_card, value_id


@dataclass(frozen=True)
class IssueGiftCard(KeyedCommand):
    """Make a gift card; its code is known only to the caller. `note`: an erasable text."""

    gift_card: str
    issued: GiftCard
    currency: str
    expires_us: int | None = None
    note: Text | None = None

    operation: ClassVar[str] = "gift-cards"

    @property
    def sealed(self) -> Text | None:
        return self.note

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        value = StoredValue.issue(
            self.org,
            of_gift_card(self.gift_card),
            self.issued,
            self.currency,
            self.expires_us,
            unit.now(self.org),
            fingerprint=self.fingerprint,
        )
        return unit.record(value, self.actor, self.key)


@dataclass(frozen=True)
class _GiftCardCommand(KeyedCommand):
    """A command on a gift card."""

    gift_card: str

    @property
    def source(self) -> ValueSource:
        """The card, as what orders are paid from."""
        return of_gift_card(self.gift_card)

    def needs(self, unit: UnitOfWork) -> Iterable[AggregateRef]:
        return [(StoredValue, value_id(self.org, self.source))]


@dataclass(frozen=True)
class AdjustGiftCard(_GiftCardCommand):
    """Have there be more on a card, or below zero less, with a reason, which is an erasable
    text."""

    amount: int
    currency: str
    reason: Text | None

    operation: ClassVar[str] = "gift-cards/adjust"

    @property
    def sealed(self) -> Text | None:
        return self.reason

    def effect(self, unit: UnitOfWork) -> PendingFact:
        value = find_value(unit, self.org, self.source)
        value.adjust(
            self.amount,
            self.currency,
            unit.now(self.org),
            reason=self.reason.digest if self.reason else None,
            fingerprint=self.fingerprint,
        )
        return unit.record(value, self.actor, self.key)


@dataclass(frozen=True)
class DisableGiftCard(_GiftCardCommand):
    """Have nothing more be claimed of a card."""

    operation: ClassVar[str] = "gift-cards/disable"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        value = find_value(unit, self.org, self.source)
        value.disable(unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(value, self.actor, self.key)


@dataclass(frozen=True)
class EnableGiftCard(_GiftCardCommand):
    """Have a card be used again."""

    operation: ClassVar[str] = "gift-cards/enable"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        value = find_value(unit, self.org, self.source)
        value.enable(unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(value, self.actor, self.key)
