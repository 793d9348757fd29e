"""Cookbook of orders: the answers to the questions about orders of docs/analysts.md, computed from
the facts alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import NamedTuple

from ledger.inventory.movements import movements_of
from ledger.invoices.credit_notes import CreditNoteIssued
from ledger.invoices.item import Source
from ledger.kernel.times import moment
from ledger.ordering.order_facts import OrderConfirmed, OrderPlaced
from ledger.ordering.order_refunds import OrderRefundPaid
from tests.processes.projections.cookbook import Events, Rows, answers


class Sold(NamedTuple):
    """A line of an order that was confirmed, or its shipping, in terms of what was agreed."""

    order: str
    at: datetime
    owner: str
    sku: str
    units: int
    gross: int
    off: int
    tax: int
    is_shipping: bool


def _sold(events: Events) -> list[Sold]:
    """What was sold: prices are without tax here, so all but the tax is as it was agreed."""
    terms = {e.stream: fact.terms for e, fact in events.facts if isinstance(fact, OrderPlaced)}
    found = []
    for event, fact in events.facts:
        if not isinstance(fact, OrderConfirmed):
            continue
        order, owner, at = event.stream, fact.user or event.stream, moment(event.recorded_us)
        agreed = terms[order]
        found += [
            Sold(order, at, owner, e.sku, e.units, e.subtotal, e.discount, e.tax, is_shipping=False)
            for e in agreed.lines
        ]
        if (sent := agreed.shipping) is not None:
            shipped = Sold(order, at, owner, sent.method, 1, sent.amount, 0, sent.tax, True)
            found.append(shipped)
    assert found
    return found


def _returned(events: Events) -> list[CreditNoteIssued]:
    """What went back of orders, as their credit notes have it."""
    notes = [fact for _, fact in events.facts if isinstance(fact, CreditNoteIssued)]
    found = [each for each in notes if each.lines[0].item.source is Source.ORDER]
    assert found
    return found


@answers("What orders have brought")
def _(events: Events) -> Rows:
    sold, back = _sold(events), _returned(events)
    goods = [each for each in sold if not each.is_shipping]
    gross, off = sum(e.gross for e in goods), sum(e.off for e in goods)
    shipping = sum(e.gross for e in sold if e.is_shipping)
    refunds = sum(each.note.total - each.note.tax for each in back)
    orders = len({e.order for e in sold})
    return [
        (
            "usd",
            orders,
            len({e.owner for e in sold}),
            sum(e.units for e in goods),
            gross,
            off,
            shipping,
            refunds,
            gross - off + shipping - refunds,
            sum(e.tax for e in sold) - sum(each.note.tax for each in back),
            (gross - off + shipping) // orders,
        )
    ]


def brought_by_sku(events: Events) -> dict[str, list[int]]:
    """By SKU the units that were sold and came back, and what they have brought without tax."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in _sold(events):
        if not each.is_shipping:
            of = found[each.sku]
            of[0] += each.units
            of[2] += each.gross - each.off
    for _, fact in events.facts:
        if isinstance(fact, OrderRefundPaid):
            for back in fact.lines:
                found[back.sku][1] += back.units
    for note in _returned(events):
        for line, part in zip(note.lines, note.note.lines, strict=True):
            found[line.item.text][2] -= part.total - part.tax
    return {sku: of for sku, of in found.items() if of[0]}


@answers("Best sellers")
def _(events: Events) -> Rows:
    rows = [(sku, "usd", *of) for sku, of in brought_by_sku(events).items()]
    return sorted(rows, key=lambda row: (-row[4], row[0]))


@answers("Revenue of orders by day")
def _(events: Events) -> Rows:
    brought = sum(of[2] for of in brought_by_sku(events).values())
    taxes = sum(e.tax for e in _sold(events) if not e.is_shipping)
    for note in _returned(events):
        for line, part in zip(note.lines, note.note.lines, strict=True):
            taxes -= part.tax if line.item.text != "Parcel" else 0
    (day,) = {each.at.date() for each in _sold(events)}
    return [(day, "goods", "usd", brought, brought + taxes)]


@answers("What is in stock, and what it would bring")
def _(events: Events) -> Rows:
    here = Counter[str]()
    for _, fact in events.facts:
        for each in movements_of(fact):
            here[each.sku] += each.on_hand
    sold: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in _sold(events):
        if line.sku in here and not line.is_shipping:
            sold[line.sku][0] += line.units
            sold[line.sku][1] += line.gross - line.off
    return [
        (sku, here[sku], "usd", here[sku] * brought // units)
        for sku, (units, brought) in sorted(sold.items())
    ]
