"""The context of internal transfers: which lines of orders move units from where to where."""

from __future__ import annotations

from ledger.internal_transfers.inspection import InternalTransferInspection
from ledger.internal_transfers.internal_transfer import (
    INTERNAL_TRANSFERS,
    TRANSFER_STREAM,
    InternalTransfer,
)
from ledger.kernel.context import Context, Table

CONTEXT = Context(
    name="internal_transfers",
    aggregates=(InternalTransfer,),
    uses=("inventory", "ordering"),
    checks=(InternalTransferInspection,),
    tables=(Table(INTERNAL_TRANSFERS, key=("org", "id"), stream=f"{TRANSFER_STREAM}/{{id}}"),),
)
