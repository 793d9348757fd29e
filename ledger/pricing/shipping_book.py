"""The shipping book: the shipping methods of an org, by their ids."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.limits import SHIPPING_METHODS_MAX
from ledger.kernel.rows import TableRow
from ledger.pricing.shipping_method import ShippingMethod, check_shipping_method

SHIPPING_STREAM = "shipping-methods"


class ShippingBook(LedgerAggregate):
    """The shipping methods of one org."""

    TOPIC: ClassVar[str] = "pricing.ShippingBook"
    STREAM: ClassVar[str] = SHIPPING_STREAM

    def __init__(self) -> None:
        self.methods: dict[str, ShippingMethod] = {}

    class Event(LedgerAggregate.Event):
        """Base of a shipping book's facts."""

    class ShippingBookOpened(Event, FirstFact):
        """An org begins to send what it sells."""

        TOPIC: ClassVar[str] = "pricing.ShippingBookOpened"

    class ShippingMethodSet(Event):
        """A shipping method is so from now on, in place of the one of its id."""

        TOPIC: ClassVar[str] = "pricing.ShippingMethodSet"
        fingerprint: str
        method: ShippingMethod

        def apply(self, aggregate: ShippingBook) -> None:
            aggregate.methods[self.method.id] = self.method

    class ShippingMethodRemoved(Event):
        """Nothing is sent by a shipping method any more."""

        TOPIC: ClassVar[str] = "pricing.ShippingMethodRemoved"
        fingerprint: str
        id: str

        def apply(self, aggregate: ShippingBook) -> None:
            del aggregate.methods[self.id]

    @classmethod
    def open(cls, org: str, at: datetime) -> ShippingBook:
        """Begin an org's shipping methods."""
        return cls._create(cls.ShippingBookOpened, id=shipping_id(org), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        ordered = sorted(self.methods.values(), key=lambda each: each.place)
        return [TableRow("shipping_methods", {"org": org, "methods": msgspec.to_builtins(ordered)})]

    def set(self, method: ShippingMethod, at: datetime, *, fingerprint: str) -> None:
        """Have orders be sent so from now on. Raises Invalid."""
        check_shipping_method(method)
        if method.id not in self.methods and len(self.methods) >= SHIPPING_METHODS_MAX:
            raise Invalid(
                f"there are {SHIPPING_METHODS_MAX} methods: remove one, or set one of them again.",
                field="id",
            )
        self.trigger_event(
            self.ShippingMethodSet, timestamp=at, fingerprint=fingerprint, method=method
        )

    def remove(self, method: str, at: datetime, *, fingerprint: str) -> None:
        """Have no order be sent so any more. Raises NotFound."""
        if method not in self.methods:
            raise NotFound("there is no shipping method of that id.", field="method")
        self.trigger_event(
            self.ShippingMethodRemoved, timestamp=at, fingerprint=fingerprint, id=method
        )


def shipping_id(org: str) -> str:
    """Return the stream of an org's shipping methods."""
    return stream_id(org, SHIPPING_STREAM)
