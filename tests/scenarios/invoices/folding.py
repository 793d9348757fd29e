"""An invoice as it is now, and the books, read back from the events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from eventsourcing.domain import CanInitAggregate

from ledger.invoices.inspection import InvoiceInspection
from ledger.invoices.invoice import Invoice, invoice_id
from ledger.invoices.invoice_base import InvoiceState
from ledger.invoices.number_book import NumberBook
from ledger.invoices.postings import booked_by
from ledger.kernel.aggregate import Fact
from ledger.kernel.report import Report
from ledger.ports import RecordedEvent
from ledger.registry import fact_of
from tests.scenarios.commands import ORG
from tests.scenarios.world import World


def every(world: World) -> list[tuple[RecordedEvent, Fact]]:
    """All events with their facts."""
    return [(each, fact_of(each)) for each in world.event_store.select_positions(0, 100_000)]


def invoice_of(world: World, id: str = "inv") -> InvoiceState:
    """An invoice, of all its facts."""
    found = None
    for _, fact in every(world):
        if fact.originator_id == invoice_id(ORG, id):
            found = fact.mutate(None if isinstance(fact, CanInitAggregate) else found)
    assert isinstance(found, Invoice)
    return found.invoice


def numbers_of(world: World) -> list[str]:
    """Every number that was taken, in order."""
    return [fact.text for _, fact in every(world) if isinstance(fact, NumberBook.NumberTaken)]


def books_of(world: World) -> dict[str, int]:
    """What the accounts hold of what invoices have booked, without those that hold nothing."""
    sums: Counter[str] = Counter()
    for _, fact in every(world):
        booked = booked_by(fact)
        for posting in booked.postings if booked else ():
            sums[posting.account] += posting.amount
    assert sum(sums.values()) == 0
    return {account: amount for account, amount in sums.items() if amount}


def verify(world: World, changed: Mapping[int, bytes] | None = None) -> Report:
    """What the checks of invoices find, where the bodies at some positions were changed."""
    inspection = InvoiceInspection(report := Report())
    for event, _ in every(world):
        body = (changed or {}).get(event.position, event.body)
        inspection.see(event, fact_of(event._replace(body=body)))
    inspection.end(None, None, lambda org: True)  # type: ignore[arg-type]  # asks neither
    return report
