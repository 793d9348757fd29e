"""Answers about internal transfers."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Answer, Time, one_of
from api.queries.internal_transfers.internal_transfers import FoundTransfer
from ledger.internal_transfers.transfer_units import TransferStatus
from ledger.kernel.times import format_time


class InternalTransferAnswer(Answer):
    """What a line of an order moves from one location to another. Of the units that were `ordered`,
    `withdrawn` are never sent, as their money is back or the order is cancelled; of those that were
    `sent` some are `received`, some `refused`, and all others are on their way."""

    id: str
    order: str
    line: int
    sku: str
    user: str | None
    from_location: str
    to_location: str
    status: Annotated[str, one_of(TransferStatus)]
    ordered: int
    withdrawn: int
    sent: int
    received: int
    refused: int
    requested_at: Time


class InternalTransfersAnswer(Answer):
    """A page of internal transfers, those requested last first."""

    data: list[InternalTransferAnswer]
    next_cursor: str | None


def transfer_answer(found: FoundTransfer) -> InternalTransferAnswer:
    """Return an internal transfer, as it is now."""
    return InternalTransferAnswer(
        found.id,
        found.order,
        found.line,
        found.sku,
        found.owner,
        found.from_location,
        found.to_location,
        found.status,
        found.ordered,
        found.withdrawn,
        found.sent,
        found.received,
        found.refused,
        format_time(found.requested_us),
    )
