"""The transfer units: what became of the units that one line of an order moves."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class TransferStatus(StrEnum):
    """Where an internal transfer is. `sent`: some is on its way; `requested`: none is, and some is
    still to be sent; `received`: some has arrived, and the rest came back or was never sent;
    `refused`: all that was sent came back; `withdrawn`: none was sent, and none will be."""

    REQUESTED = "requested"
    SENT = "sent"
    RECEIVED = "received"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class TransferUnits(msgspec.Struct, frozen=True):
    """Units that a confirmed order has `ordered`. `withdrawn`: never sent, as their money is back
    or the order is cancelled; `refused`: they came back from their way."""

    ordered: int
    withdrawn: int = 0
    sent: int = 0
    received: int = 0
    refused: int = 0

    @property
    def to_send(self) -> int:
        """How many are still to be sent."""
        return self.ordered - self.withdrawn - self.sent

    @property
    def on_the_way(self) -> int:
        """How many have left, and have neither arrived nor come back."""
        return self.sent - self.received - self.refused

    @property
    def status(self) -> TransferStatus:
        """Where they are."""
        if self.on_the_way:
            return TransferStatus.SENT
        if self.to_send:
            return TransferStatus.REQUESTED
        if self.received:
            return TransferStatus.RECEIVED
        return TransferStatus.REFUSED if self.refused else TransferStatus.WITHDRAWN

    @property
    def steps(self) -> tuple[TransferStatus, ...]:
        """Where some of them can go next."""
        sent = (TransferStatus.SENT,) if self.to_send else ()
        ends = (TransferStatus.RECEIVED, TransferStatus.REFUSED) if self.on_the_way else ()
        return sent + ends
