"""The customer's redemptions: how often one customer has one promotion."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow

CUSTOMER_STREAM = "promotion-customer"
PROMOTION_CUSTOMERS = "promotion_customers"


class CustomerRedemptions(LedgerAggregate):
    """A count: a stream for each customer of a promotion, so that no other grows with them."""

    TOPIC: ClassVar[str] = "promotions.CustomerRedemptions"
    STREAM: ClassVar[str] = f"{CUSTOMER_STREAM}/"

    def __init__(self) -> None:
        self.redeemed = 0

    class Event(LedgerAggregate.Event):
        """Base of a customer's facts; the customer is the last of their stream."""

        def person(self, subject: str) -> str:
            return name_of(self.originator_id).partition("/")[2]

    class CustomerOpened(Event, FirstFact):
        """A customer has a promotion for the first time."""

        TOPIC: ClassVar[str] = "promotions.CustomerOpened"

    class CustomerRedeemed(Event):
        """The customer has it once more."""

        TOPIC: ClassVar[str] = "promotions.CustomerRedeemed"
        order: str

        def apply(self, aggregate: CustomerRedemptions) -> None:
            aggregate.redeemed += 1

    class CustomerReleased(Event):
        """The customer has it once less."""

        TOPIC: ClassVar[str] = "promotions.CustomerReleased"
        order: str

        def apply(self, aggregate: CustomerRedemptions) -> None:
            aggregate.redeemed -= 1

    @classmethod
    def open(cls, org: str, promotion: str, user: str, at: datetime) -> CustomerRedemptions:
        """Begin with a customer of a promotion."""
        name = customer_id(org, promotion, user)
        return cls._create(cls.CustomerOpened, id=name, timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        promotion, _, user = name_of(self.id).partition("/")
        columns = {
            "org": org,
            "promotion": promotion,
            "customer": user,
            "redeemed": self.redeemed,
        }
        return [TableRow(PROMOTION_CUSTOMERS, columns)]

    def redeem(self, order: str, at: datetime) -> None:
        """Count a redemption."""
        self.trigger_event(self.CustomerRedeemed, timestamp=at, order=order)

    def release(self, order: str, at: datetime) -> None:
        """Count one less."""
        self.trigger_event(self.CustomerReleased, timestamp=at, order=order)


def customer_id(org: str, promotion: str, user: str) -> str:
    """Return the stream of a customer of a promotion; the customer is last, as it may hold
    slashes."""
    return stream_id(org, CUSTOMER_STREAM, promotion, user)
