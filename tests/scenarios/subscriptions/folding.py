"""A subscription as it is now, what it has asked for, and what the checks say, read back from the
events."""

from __future__ import annotations

from typing import Any

from eventsourcing.domain import CanInitAggregate

from ledger.invoices.invoice_base import InvoiceFact, InvoiceState
from ledger.kernel.aggregate import Fact
from ledger.kernel.report import Report
from ledger.kernel.times import format_time
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from ledger.subscriptions.inspection import SubscriptionInspection
from ledger.subscriptions.overage_inspection import OverageInspection
from ledger.subscriptions.redemption_inspection import RedemptionInspection
from ledger.subscriptions.subscription import Subscription, subscription_id
from ledger.subscriptions.subscription_base import SubscriptionState
from ledger.subscriptions.subscription_facts import ChargeAsked
from tests.scenarios.commands import ORG, USER
from tests.scenarios.subscription_commands import advance, charge_failed, charge_paid
from tests.scenarios.world import World


def every(world: World) -> list[tuple[RecordedEvent, Fact]]:
    """All events with their facts."""
    return [(each, fact_of(each)) for each in world.event_store.select_positions(0, 100_000)]


def subscription_of(world: World, user: str = USER) -> SubscriptionState:
    """What a payer holds, of all its facts."""
    found = None
    for _, fact in every(world):
        if fact.originator_id == subscription_id(ORG, user):
            found = fact.mutate(None if isinstance(fact, CanInitAggregate) else found)
    assert isinstance(found, Subscription)
    return found.subscription


def invoices_of(world: World) -> list[InvoiceState]:
    """The invoices of all payers, in the order in which they were begun."""
    found: dict[str, Any] = {}
    for _, fact in every(world):
        if isinstance(fact, InvoiceFact):
            found[fact.originator_id] = fact.mutate(found.get(fact.originator_id))
    return [each.invoice for each in found.values()]


def charges_of(world: World) -> list[ChargeAsked]:
    """Every charge that was asked for, in order."""
    return [fact for _, fact in every(world) if isinstance(fact, ChargeAsked)]


def pay(world: World) -> None:
    """The money of the last charge comes in."""
    last = charges_of(world)[-1]
    world.given(charge_paid(last.charge, last.money.amount))


def decline(world: World, code: str = "card_declined") -> None:
    """It does not."""
    world.given(charge_failed(charges_of(world)[-1].charge, code))


def sweep(world: World, user: str = USER) -> int:
    """Time is looked after until nothing is due; say how often something was."""
    recorded = 0
    while True:
        world.given(advance(user))
        if not world.outcomes[-1].recorded:
            return recorded
        recorded += 1


def verify(world: World) -> Report:
    """What the checks of subscriptions find."""
    return inspected(every(world))


def inspected(events: list[tuple[RecordedEvent, Fact]]) -> Report:
    """What they find in some events."""
    report = Report()
    for kind in (SubscriptionInspection, RedemptionInspection, OverageInspection):
        inspection = kind(report)
        for event, fact in events:
            inspection.see(event, fact)
        inspection.end(None, None, lambda org: True)  # type: ignore[arg-type]  # asks neither
    return report


def periods(world: World) -> tuple[str, str]:
    """The period that is running, by days."""
    now = subscription_of(world)
    return format_time(now.start_us)[:10], format_time(now.end_us)[:10]
