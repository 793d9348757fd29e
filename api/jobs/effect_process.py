"""Effect process: what a process of jobs needs to make calls: followers, jobs, and where answers
are recorded."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager

from api.commands.command import Command
from api.container import (
    ActivityStore,
    DatabaseUrls,
    DeferredCalls,
    DeliveryStore,
    InvoiceStore,
    OrderFileStore,
    OrderStore,
    Payments,
    PurchaseFileStore,
    PurchaseStore,
    SubscriptionStore,
    WebhookStore,
    alert_receiver,
    blobs,
    clock_us,
    deferring,
    documents,
    effects,
    event_store,
    invoice_effects,
    ledger,
    mail,
    payment_effects,
    receiver_at,
    stripe_given,
)
from api.effects.invoices.kept_documents import InvoiceDesk
from api.effects.ordering.stripe_orders import StripeOrders
from api.effects.purchases.reconciliation import Reconciliation
from api.effects.purchases.stripe_purchases import StripePurchases
from api.inbound.notices import NoticeInbox
from api.jobs.effect_calls import EffectJobs
from api.reconciliation.reconcile import Reconciled, reconcile
from api.reconciliation.reconciler import Range
from api.settings import Settings
from api.writer.every_shard import EveryShard
from ledger.kernel.errors import LedgerError
from projections.engine import Runner

LATE_MAX_S = 1.0
"""How late a call may be begun: nobody waits for it."""

_ENDING_S = 5.0


class EffectProcess:
    """Follows the facts that are called for, in threads, and makes the calls."""

    def __init__(self, settings: Settings, database: DatabaseUrls, stop: threading.Event) -> None:
        self._witnesses = DeliveryStore(database.writer)
        self._calls = DeferredCalls(database.writer)
        self._store = event_store(database, "effects")
        self._commit = EveryShard(ledger(self._store), clock_us)
        self._webhooks = WebhookStore(database.writer)
        self._purchases = PurchaseStore(database.writer)
        self._orders = OrderStore(database.writer)
        self._files = PurchaseFileStore(database.writer)
        self._order_files = OrderFileStore(database.writer)
        self._inbox = NoticeInbox(DeferredCalls(database.writer))
        made = effects(
            alert_receiver(settings), self._witnesses, self._webhooks, receiver_at(settings)
        )
        self._invoices = InvoiceStore(database.writer)
        self._activities = ActivityStore(database.writer)
        self._subscriptions = SubscriptionStore(database.writer)
        desk = InvoiceDesk(self._invoices, documents, blobs(settings))
        made += invoice_effects(desk, self._activities, mail(settings), self._subscriptions)
        account = stripe_given(settings)
        self._payments = Payments(account)
        if account is not None:
            of_stripe = StripePurchases(self._payments, self._purchases, clock_us)

            async def reconciled(during: Range) -> Reconciled:
                provider = await of_stripe.provider()
                return await reconcile(provider, database, during, of_stripe.actor)

            orders = StripeOrders(self._payments, self._orders, clock_us)
            made += payment_effects(
                of_stripe, self._payments, self._inbox, self._files, orders, self._order_files
            )
            made.append(Reconciliation(of_stripe, reconciled))
        self.jobs = EffectJobs(made, self._calls, clock_us, self._record)
        """What makes the calls."""

        self._runners = {
            end.name: Runner(end, stop, idle_max_s=LATE_MAX_S, rest_max_s=LATE_MAX_S)
            for end in deferring(database, made)
        }

    async def calling(self, work: Awaitable[None]) -> None:
        """Wait for what makes the calls, and hang up then."""
        try:
            await work
        finally:
            await self._payments.close()

    def catch_up(self) -> None:
        """Defer what there is to be called for."""
        for runner in self._runners.values():
            runner.catch_up()
        self.jobs.look()
        self.jobs.take_turns()

    @contextmanager
    def following(self) -> Iterator[None]:
        """Follow for the length of a context; the stop event ends it."""
        threads = [
            threading.Thread(target=runner.run, name=name, daemon=True)
            for name, runner in self._runners.items()
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            for thread in threads:
                thread.join(_ENDING_S)
            self.close()

    def close(self) -> None:
        """Close the connections."""
        self._witnesses.close()
        self._webhooks.close()
        self._purchases.close()
        self._orders.close()
        self._files.close()
        self._order_files.close()
        self._invoices.close()
        self._activities.close()
        self._subscriptions.close()
        self._inbox.close()
        self._calls.close()
        self._store.close()

    def _record(self, command: Command[object]) -> object:
        (outcome,) = self._commit.run([command])
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome
