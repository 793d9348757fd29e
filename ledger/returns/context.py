"""The context of returns: goods of orders that come back."""

from __future__ import annotations

from ledger.kernel.context import Context
from ledger.returns.inspection import ReturnsInspection
from ledger.returns.returns import Returns

CONTEXT = Context(
    name="returns",
    aggregates=(Returns,),
    uses=("fulfilment", "inventory", "ordering"),
    checks=(ReturnsInspection,),
    read_models=("order_returns",),
)
