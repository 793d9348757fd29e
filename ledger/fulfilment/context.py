"""The context of fulfilment: the shipments of orders."""

from __future__ import annotations

from ledger.fulfilment.fulfilment import Fulfilment
from ledger.fulfilment.inspection import FulfilmentInspection
from ledger.kernel.context import Context

CONTEXT = Context(
    name="fulfilment",
    aggregates=(Fulfilment,),
    uses=("catalogue", "internal_transfers", "inventory", "ordering", "purchases"),
    checks=(FulfilmentInspection,),
    read_models=("shipments",),
)
