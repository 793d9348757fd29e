"""Reconcile: a provider's book is compared with ours, and its fees and payouts recorded in ours."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from api.commands.command import Command
from api.commands.invoices.fees import RecordInvoiceFees
from api.commands.ordering.fees import RecordOrderFees
from api.commands.purchases.movements import RecordAccount, RecordFees
from api.container import (
    DatabaseUrls,
    MovementStore,
    PurchaseStore,
    clock_us,
    event_store,
    ledger,
)
from api.reconciliation.reconciler import HEARD_US, Books, OnProgress, Range, Reconciler
from api.writer.every_shard import EveryShard
from ledger.kernel.actor import Actor
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import PLATFORM
from ledger.kernel.times import month_of
from ledger.purchases.booking import Booking
from ledger.purchases.provider import MovementKind, PaymentProvider
from ledger.purchases.reconciliation import Compared
from ledger.purchases.unrecorded import Owner, Unrecorded

PAGE = 200
"""Commands of one commit: small, so that others' commands do not wait."""


class Reconciled(NamedTuple):
    """What differs, and what was recorded."""

    compared: Compared
    recorded: Sequence[Unrecorded]


async def compared(
    provider: PaymentProvider,
    database: DatabaseUrls,
    during: Range,
    on_progress: OnProgress | None = None,
    *,
    heard_us: int = HEARD_US,
) -> Compared:
    """Compare what a provider has moved in a time with what is known here; nothing is recorded."""
    return (await _read(provider, database, during, on_progress, heard_us)).compared()


async def reconcile(
    provider: PaymentProvider,
    database: DatabaseUrls,
    during: Range,
    actor: Actor | None,
    on_progress: OnProgress | None = None,
) -> Reconciled:
    """Compare, and record what the provider has kept and paid out, each movement once. Nobody who
    has it recorded: what would be is only told."""
    books = await _read(provider, database, during, on_progress, HEARD_US)
    new = books.unrecorded()
    if actor is None:
        return Reconciled(books.compared(), new)
    await asyncio.to_thread(record, database, list(commands(provider.name, new, actor)))
    return Reconciled(books.compared(new), new)


async def _read(
    provider: PaymentProvider,
    database: DatabaseUrls,
    during: Range,
    on_progress: OnProgress | None,
    heard_us: int,
) -> Books:
    movements, states = MovementStore(database.writer), PurchaseStore(database.writer)
    reconciler = Reconciler(provider, movements, states, clock_us, heard_us=heard_us)
    try:
        return await reconciler.read(during, on_progress)
    finally:
        movements.close()
        states.close()


def commands(provider: str, new: Iterable[Unrecorded], actor: Actor) -> Iterable[Command[int]]:
    """Yield what records fees and payouts: a command a purchase, invoice or order, and one a month
    of the account."""
    fees: defaultdict[Owner, list[Booking]] = defaultdict(list)
    months: defaultdict[str, list[Unrecorded]] = defaultdict(list)
    for each in new:
        if each.owner is not None:
            fees[each.owner].append(each.booking)
        else:
            months[month_of(each.booking.moved_us)].append(each)
    for owner, bookings in fees.items():
        if owner.order is not None:
            yield RecordOrderFees(owner.org, actor, owner.order, provider, bookings)
        elif owner.invoice is not None:
            yield RecordInvoiceFees(owner.org, actor, owner.invoice, provider, bookings)
        else:
            yield RecordFees(owner.org, actor, owner.purchase or "", bookings)
    for month, of_month in months.items():
        payouts, kept = (
            [each.booking for each in of_month if each.thing.kind is kind]
            for kind in (MovementKind.PAYOUT, MovementKind.FEE)
        )
        yield RecordAccount(PLATFORM, actor, provider, month, payouts, kept)


def record(database: DatabaseUrls, wanted: Sequence[Command[int]]) -> int:
    """Record, beside a service that may be running; say how much was new. Raises LedgerError."""
    if not wanted:
        return 0
    store = event_store(database, "reconciliation")
    try:
        commit = EveryShard(ledger(store), clock_us)
        new = 0
        for first in range(0, len(wanted), PAGE):
            for outcome in commit.run(wanted[first : first + PAGE]):
                if isinstance(outcome, LedgerError):
                    raise outcome
                new += outcome
        return new
    finally:
        store.close()
