"""Order invoices: the invoice of an order, issued and paid in the commit in which it is confirmed,
or its money is captured, and credit notes of it as money goes back.

None of it may refuse what it is of: it says what was agreed, line by line, as the order keeps it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from api.commands.invoices.invoices import write_credit_note
from api.commands.invoices.issuing import has_receipts, issue_bill
from api.commands.invoices.lookup import payer_of, settings_of
from api.commands.ordering.lookup import order_with
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.invoices.bill import Bill, InvoiceLine
from ledger.invoices.invoice import Invoice, invoice_id
from ledger.invoices.invoice_base import CreditedLine, Method, Payment, Status
from ledger.invoices.item import Draft
from ledger.invoices.payer import Payer
from ledger.invoices.tax_rates import TaxPlace
from ledger.kernel.actor import Actor
from ledger.kernel.ids import clean_text, split_stream_id
from ledger.ordering.order import Order
from ledger.ordering.order_base import RefundedLine
from ledger.ordering.order_bill import again_bill, invoice_name, line_name, order_bill, taken_of
from ledger.ordering.order_refunds import OrderRefundFailed, OrderRefundPaid
from ledger.ordering.order_status import SOLD
from ledger.ordering.value_returns import OrderValueReturned
from ledger.purchases.notice import RefundState


def write_order_invoice(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Issue the invoice of an order that is bought and whose money is here, where the org has
    receipts; what costs nothing has none. What was taken out of it before is taken back with it."""
    org, order = order_with(unit, pending_fact)
    name, actor = invoice_name(order.id_in_org), pending_fact.actor
    is_bought = order.number is not None and order.status in SOLD and not order.owed
    if not (is_bought and order.terms.to_pay and has_receipts(unit, org)):
        return
    if unit.get(Invoice, invoice_id(org, name)) is not None:
        return
    bill = order_bill(order.id_in_org, order.terms)
    _issue(unit, order, name, bill, actor, order.payment or order.number or "")
    for refund, less in order.lessened.items():
        _credit(unit, order, refund, less.lines, refund, actor)
    for refund, back in order.returned.items():
        _credit(unit, order, f"{refund}-value", back.lines, refund, actor)


def credit_order_invoice(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Take back what a refund has paid, or has returned to gift cards and store credit."""
    fact, (_, order) = pending_fact.fact, order_with(unit, pending_fact)
    assert isinstance(fact, OrderRefundPaid | OrderValueReturned)
    if isinstance(fact, OrderRefundPaid):
        refund, number = fact.refund, fact.number
    else:
        refund, number = f"{fact.refund}-value", fact.refund
    _credit(unit, order, refund, fact.lines, number, pending_fact.actor)


def write_order_invoice_again(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Issue an invoice of money that was given back and has come again, with the shares that were
    taken back: a credit note is never taken back itself."""
    fact, (_, order) = pending_fact.fact, order_with(unit, pending_fact)
    assert isinstance(fact, OrderRefundFailed)
    taken = list(_taken_by(unit, order, fact.refund)) if fact.was_paid else []
    if taken:
        bill = again_bill(*zip(*taken, strict=True))
        name = invoice_name(order.id_in_org, fact.refund)
        _issue(unit, order, name, bill, pending_fact.actor, fact.number)


def _credit(
    unit: UnitOfWork,
    order: Order,
    refund: str,
    lines: Sequence[RefundedLine],
    reference: str,
    actor: Actor,
) -> None:
    """Take back what went back of lines, of the invoices of an order that have some left of
    them."""
    org, _ = split_stream_id(order.id)
    wanted = Counter({line_name(order.id_in_org, e.line): e.amount for e in lines})
    back = Payment(method=Method.ORDER, amount=0, reference=clean_text(reference))
    for again, invoice in _invoices(unit, order):
        bill = _bill(invoice)
        totals = taken_of(bill.lines, invoice.left_of_lines(), wanted)
        if totals:
            note = _note_name(refund, again)
            write_credit_note(unit, org, invoice, note, totals, actor, refund=back)
            for place, amount in totals.items():
                wanted[bill.lines[place].item.of or ""] -= amount


def _invoices(unit: UnitOfWork, order: Order) -> Iterator[tuple[str, Invoice]]:
    """Yield the invoices of an order that were issued and stand: its own, then those of money that
    came again, each with the refund that this is of."""
    org, _ = split_stream_id(order.id)
    failed = [name for name, each in order.refunds.items() if each.state is RefundState.FAILED]
    for refund in ("", *failed):
        found = unit.get(Invoice, invoice_id(org, invoice_name(order.id_in_org, refund)))
        if found is not None and found.status not in (Status.DRAFT, Status.VOID):
            yield refund, found


def _taken_by(
    unit: UnitOfWork, order: Order, refund: str
) -> Iterator[tuple[InvoiceLine, CreditedLine]]:
    """Yield what the credit notes of a refund have taken, with the lines that it was of."""
    for again, invoice in _invoices(unit, order):
        for note in invoice.invoice.credit_notes:
            if note.id == _note_name(refund, again):
                for part in note.lines:
                    yield _bill(invoice).lines[part.line], part


def _note_name(refund: str, again: str) -> str:
    return f"refund-{refund}-{again}" if again else f"refund-{refund}"


def _bill(invoice: Invoice) -> Bill:
    issued = invoice.invoice.issued
    assert issued is not None
    return issued.bill


def _issue(
    unit: UnitOfWork, order: Order, name: str, bill: Bill, actor: Actor, reference: str
) -> None:
    org, _ = split_stream_id(order.id)
    if unit.get(Invoice, invoice_id(org, name)) is not None:
        return
    at = unit.now(org)
    draft = Draft(
        user=order.person,
        currency=order.terms.currency,
        items=[line.item for line in bill.lines],
        net_days=0,
        reference=order.number,
    )
    begun = Invoice.begin_agreed(org, name, draft, at)
    issue_bill(unit, org, begun, bill, _payer(unit, org, order), actor)
    paid = Payment(method=Method.ORDER, amount=bill.total, reference=clean_text(reference))
    begun.apply_payment(paid, at)
    begun.settle(at)
    unit.record(begun, actor)


def _payer(unit: UnitOfWork, org: str, order: Order) -> Payer:
    """Return to whom an order is billed: to the addresses that it has; to the details of its user,
    with their VAT id, where they owe its tax themselves, or where it goes nowhere."""
    book, terms = settings_of(unit, org), order.terms
    assert book is not None
    assert book.settings is not None
    seller = book.settings.seller
    known = (
        payer_of(unit, org, order.user, seller) if order.user else Payer(TaxPlace(seller.country))
    )
    owes_tax = any(e.taxed_by is not None and e.taxed_by.is_reverse_charge for e in terms.lines)
    place: TaxPlace = terms.ship_to or known.place
    is_own = known.address is not None and (owes_tax or terms.ship_to is None)
    address = known.address if is_own or order.contact is None else order.contact
    return Payer(place, address, known.language)
