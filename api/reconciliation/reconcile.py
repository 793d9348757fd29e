"""Reconcile: a provider's book is compared with ours, over connections of its own."""

from __future__ import annotations

from api.container import DatabaseUrls, MovementStore, PurchaseStore, clock_us
from api.reconciliation.reconciler import HEARD_US, OnProgress, Range, Reconciler
from ledger.purchases.provider import PaymentProvider
from ledger.purchases.reconciliation import Compared


async def compared(
    provider: PaymentProvider,
    database: DatabaseUrls,
    during: Range,
    on_progress: OnProgress | None = None,
    *,
    heard_us: int = HEARD_US,
) -> Compared:
    """Compare what a provider has moved in a time with what is known here; nothing is recorded."""
    movements, states = MovementStore(database.writer), PurchaseStore(database.writer)
    reconciler = Reconciler(provider, movements, states, clock_us, heard_us=heard_us)
    try:
        return (await reconciler.read(during, on_progress)).compared()
    finally:
        movements.close()
        states.close()
