"""Reconciled: the sandbox's own book, compared with ours with nothing taken to be on its way."""

from __future__ import annotations

import time

from adapters.postgres.logins import log_in
from adapters.stripe.account import StripeAccount
from api.container import Payments
from api.reconciliation.reconcile import compared, reconcile
from api.reconciliation.reconciler import Range
from ledger.kernel.actor import Actor
from ledger.purchases.purchase_base import STRIPE
from ledger.purchases.reconciliation import Compared
from tests.faults.world import World

AHEAD_S = 3 * 24 * 3600
"""The sandbox is ahead: a day has passed there."""

ACTOR = Actor("@operator", "campaign", "campaign")


async def reconciled(world: World) -> Compared:
    """Return what differs, where nothing is taken to be on its way; then record the fees."""
    assert world.sandbox is not None
    account = StripeAccount(world.sandbox.api_key, (world.sandbox.secret,), str(world.sandbox.url))
    payments, database = Payments(account), log_in(world.database_url)
    during = Range(0, (int(time.time()) + AHEAD_S) * 1_000_000)
    try:
        provider = await payments.provider(STRIPE)
        found = await compared(provider, database, during, heard_us=0)
        await reconcile(provider, database, during, ACTOR)
    finally:
        await payments.close()
    return found
