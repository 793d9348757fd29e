"""The internal transfer: units that a line of an order moves from one location to another, from its
confirmation until the last of them has arrived or is back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.internal_transfers.transfer_units import TransferStatus, TransferUnits
from ledger.inventory.stock_cost import Outlay
from ledger.kernel.aggregate import FirstFact, LedgerAggregate, Reasoned
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.shares import half_even
from ledger.kernel.times import microseconds
from ledger.ordering.order_terms import PlacedLine

TRANSFER_STREAM = "internal-transfer"
INTERNAL_TRANSFERS = "internal_transfers"
"""The table of internal transfers, as they are now."""


class InternalTransfer(LedgerAggregate):
    """What one line of an order moves."""

    TOPIC: ClassVar[str] = "internal_transfers.InternalTransfer"
    STREAM: ClassVar[str] = f"{TRANSFER_STREAM}/"

    def __init__(
        self,
        order: str,
        line: int,
        sku: str,
        user: str | None,
        units: int,
        from_location: str,
        to_location: str,
    ) -> None:
        self.order = order
        self.line = line
        self.sku = sku
        self.user = user
        self.units = TransferUnits(units)
        self.from_location = from_location
        self.to_location = to_location
        self.worth = 0
        """What the units on the way have cost, as far as that is known."""
        self.currency: str | None = None

    class Event(LedgerAggregate.Event):
        """Base of an internal transfer's facts."""

    class InternalTransferRequested(Event, FirstFact):
        """An order is confirmed: so many units are to go from one location to another. `user`:
        whose order it is; none: a guest's."""

        TOPIC: ClassVar[str] = "internal_transfers.InternalTransferRequested"
        order: str
        line: int
        sku: str
        user: str | None
        units: int
        from_location: str
        to_location: str

        def person(self, subject: str) -> str:
            return self.user or self.order

    class InternalTransferSent(Event):
        """Units have left, which had cost so much in a `currency`; without: it is not known."""

        TOPIC: ClassVar[str] = "internal_transfers.InternalTransferSent"
        fingerprint: str
        units: int
        cost: int = 0
        currency: str | None = None

        def apply(self, aggregate: InternalTransfer) -> None:
            aggregate.counts(sent=aggregate.units.sent + self.units)
            aggregate.worth += self.cost
            aggregate.currency = self.currency or aggregate.currency

    class InternalTransferReceived(Event):
        """Units have arrived."""

        TOPIC: ClassVar[str] = "internal_transfers.InternalTransferReceived"
        fingerprint: str
        units: int
        cost: int = 0

        def apply(self, aggregate: InternalTransfer) -> None:
            aggregate.counts(received=aggregate.units.received + self.units)
            aggregate.worth -= self.cost

    class InternalTransferRefused(Reasoned, Event):
        """Units are not taken: they are back where they had left."""

        TOPIC: ClassVar[str] = "internal_transfers.InternalTransferRefused"
        fingerprint: str
        user: str
        units: int
        reason: str | None = None
        cost: int = 0

        def apply(self, aggregate: InternalTransfer) -> None:
            aggregate.counts(refused=aggregate.units.refused + self.units)
            aggregate.worth -= self.cost

        def person(self, subject: str) -> str:
            return self.user

    class InternalTransferWithdrawn(Event):
        """Units are never sent: their money is back, or their order is cancelled."""

        TOPIC: ClassVar[str] = "internal_transfers.InternalTransferWithdrawn"
        units: int

        def apply(self, aggregate: InternalTransfer) -> None:
            aggregate.counts(withdrawn=aggregate.units.withdrawn + self.units)

    # -- decisions ---------------------------------------------------------------------------

    @classmethod
    def request(
        cls, org: str, order: str, user: str | None, line: PlacedLine, at: datetime
    ) -> InternalTransfer:
        """Have a line of a confirmed order be moved."""
        return cls._create(
            cls.InternalTransferRequested,
            id=transfer_id(org, transfer_name(order, line.id)),
            timestamp=at,
            order=order,
            line=line.id,
            sku=line.sku,
            user=user,
            units=line.units,
            from_location=line.from_location,
            to_location=line.to_location,
        )

    def check_send(self, units: int | None, going_back: int) -> int:
        """Return how many units leave: those, or all that may. `going_back`: how many are about to
        be paid back. Raises Invalid and Conflict."""
        may = max(0, self.units.to_send - going_back)
        if going_back and not may and self.units.to_send:
            raise Conflict(
                "what is left of the line is about to be paid back: it is not sent.", field="units"
            )
        return self._some(units, may, TransferStatus.SENT)

    def check_arrived(self, units: int | None, to: TransferStatus) -> int:
        """Return of how many units on their way something is said: of those, or of all. Raises
        Invalid and Conflict."""
        return self._some(units, self.units.on_the_way, to)

    def paid_for(self, units: int) -> Outlay | None:
        """Return what units on their way have cost: their share, the last ones all that is left;
        None: it is not known."""
        if self.currency is None:
            return None
        return Outlay(half_even(self.worth * units, self.units.on_the_way), self.currency)

    def send(self, units: int, paid: Outlay | None, at: datetime, *, fingerprint: str) -> None:
        """Have units leave, as was checked, for which so much was paid."""
        self.trigger_event(
            self.InternalTransferSent,
            timestamp=at,
            fingerprint=fingerprint,
            units=units,
            cost=paid.amount if paid else 0,
            currency=paid.currency if paid else None,
        )

    def receive(self, units: int, at: datetime, *, fingerprint: str) -> None:
        """Have units be there, as was checked."""
        self.trigger_event(
            self.InternalTransferReceived,
            timestamp=at,
            fingerprint=fingerprint,
            units=units,
            cost=self._cost_of(units),
        )

    def refuse(self, units: int, at: datetime, *, fingerprint: str, reason: str | None) -> None:
        """Have units be back, as was checked."""
        self.trigger_event(
            self.InternalTransferRefused,
            timestamp=at,
            fingerprint=fingerprint,
            user=self.owner,
            units=units,
            reason=reason,
            cost=self._cost_of(units),
        )

    def withdraw(self, units: int, at: datetime) -> None:
        """Have units that were not sent never be."""
        self.trigger_event(self.InternalTransferWithdrawn, timestamp=at, units=units)

    # -- what it is --------------------------------------------------------------------------

    @property
    def id_in_org(self) -> str:
        """Its id, as callers know it."""
        return name_of(self.id)

    @property
    def owner(self) -> str:
        """Whose its texts are."""
        return self.user or self.order

    def counts(self, **units: int) -> None:
        """Take in how many units are where from now on."""
        self.units = msgspec.structs.replace(self.units, **units)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "id": self.id_in_org,
            "order_id": self.order,
            "line": self.line,
            "sku": self.sku,
            "owner": self.user,
            "from_location": self.from_location,
            "to_location": self.to_location,
            **msgspec.structs.asdict(self.units),
            "status": self.units.status.value,
            "requested_us": microseconds(self.created_on),
        }
        return [TableRow(INTERNAL_TRANSFERS, columns)]

    def _cost_of(self, units: int) -> int:
        paid = self.paid_for(units)
        return paid.amount if paid else 0

    def _some(self, asked: int | None, there: int, to: TransferStatus) -> int:
        """Return so many units of those there are, or all."""
        if not there:
            can = ", ".join(self.units.steps) or "nothing"
            raise Invalid(
                f"the transfer is {self.units.status}: its units can become {can}, not {to}.",
                field="status",
            )
        if (asked or 0) > there:
            raise Conflict(f"only {there} units can become {to}.", field="units")
        return asked or there


def transfer_name(order: str, line: int) -> str:
    """Return the id of the internal transfer of a line of an order."""
    return f"{order}-{line}"


def line_of(transfer: str) -> tuple[str, int]:
    """Return the order and the line that an internal transfer is of, by its id."""
    order, _, line = transfer.rpartition("-")
    return order, int(line)


def transfer_id(org: str, transfer: str) -> str:
    """Return the stream of an internal transfer."""
    return stream_id(org, TRANSFER_STREAM, transfer)
