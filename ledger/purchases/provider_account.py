"""The provider account: what a provider has paid out to our bank in a month, and what it has kept
that is of no purchase."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import PLATFORM, name_of, stream_id
from ledger.purchases.booking import Booking

ACCOUNT_STREAM = "provider-account"


class ProviderAccount(LedgerAggregate):
    """The account at one provider in one month. It is the platform's."""

    TOPIC: ClassVar[str] = "purchases.ProviderAccount"
    STREAM: ClassVar[str] = f"{ACCOUNT_STREAM}/"

    def __init__(self) -> None:
        self.payouts: frozenset[str] = frozenset()
        self.fees: frozenset[str] = frozenset()
        """The movements that are recorded."""

    class Event(LedgerAggregate.Event):
        """Base of an account's facts."""

    class ProviderAccountOpened(Event, FirstFact):
        """Something has moved in a month."""

        TOPIC: ClassVar[str] = "purchases.ProviderAccountOpened"

    class PayoutRecorded(Event):
        """The provider has paid money out to our bank, or a payout has come back."""

        TOPIC: ClassVar[str] = "purchases.PayoutRecorded"
        provider: str
        booking: Booking

        def apply(self, aggregate: ProviderAccount) -> None:
            aggregate.payouts = aggregate.payouts | {self.booking.movement}

    class AccountFeeRecorded(Event):
        """The provider has kept a fee that is of no purchase."""

        TOPIC: ClassVar[str] = "purchases.AccountFeeRecorded"
        provider: str
        booking: Booking

        def apply(self, aggregate: ProviderAccount) -> None:
            aggregate.fees = aggregate.fees | {self.booking.movement}

    @classmethod
    def open(cls, provider: str, month: str, at: datetime) -> ProviderAccount:
        """Begin a month."""
        return cls._create(cls.ProviderAccountOpened, id=account_id(provider, month), timestamp=at)

    @property
    def provider(self) -> str:
        """Whose account it is."""
        return name_of(self.id).partition("/")[0]

    def record_payout(self, booking: Booking, at: datetime) -> None:
        """Record a payout, each movement once."""
        if booking.movement not in self.payouts:
            self.trigger_event(
                self.PayoutRecorded, timestamp=at, provider=self.provider, booking=booking
            )

    def record_fee(self, booking: Booking, at: datetime) -> None:
        """Record a fee, each movement once."""
        if booking.movement not in self.fees:
            self.trigger_event(
                self.AccountFeeRecorded, timestamp=at, provider=self.provider, booking=booking
            )


def account_id(provider: str, month: str) -> str:
    """Return the stream of the account at a provider in a month, as 2026-02."""
    return stream_id(PLATFORM, ACCOUNT_STREAM, provider, month)
