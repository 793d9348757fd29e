"""Receipts: the invoice of a purchase, issued and paid in the commit in which its money came, and
credit notes of it as money goes back.

None of it may refuse what it is of: a receipt says what was paid, with its tax within it.
"""

from __future__ import annotations

from api.commands.invoices.invoices import write_credit_note
from api.commands.invoices.issuing import has_receipts, issue_invoice
from api.commands.result import PendingFact
from api.commands.unit_of_work import UnitOfWork
from ledger.invoices.invoice import Invoice, invoice_id
from ledger.invoices.invoice_base import Method, Payment
from ledger.invoices.item import Draft, Item, Source
from ledger.kernel.actor import Actor
from ledger.kernel.ids import clean_text, split_stream_id
from ledger.kernel.money import format_credits
from ledger.purchases.payment import PurchasePaid
from ledger.purchases.purchase import Purchase
from ledger.purchases.refunds import RefundFailed, RefundPaid


def write_receipt(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Issue the receipt of a purchase whose money came in, where the org has receipts."""
    fact, purchase = pending_fact.fact, _purchase(unit, pending_fact)
    assert isinstance(fact, PurchasePaid)
    name = receipt_id(purchase)
    _issue(unit, purchase, name, fact.money.amount, pending_fact.actor, fact.payment, fact.paid_us)


def credit_receipt(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Take back what a refund has paid, of the receipts of its purchase that have some left."""
    fact, purchase = pending_fact.fact, _purchase(unit, pending_fact)
    assert isinstance(fact, RefundPaid)
    org, _ = split_stream_id(purchase.id)
    left = fact.money.amount
    for number, name in enumerate(_receipts(purchase)):
        receipt = unit.get(Invoice, invoice_id(org, name))
        if receipt is None:
            continue
        amount = min(left, receipt.invoice.total - receipt.invoice.credited)
        if amount:
            note = f"refund-{fact.refund}" + (f"-{number}" if number else "")
            back = Payment(method=Method.PURCHASE, amount=0, reference=clean_text(fact.number))
            write_credit_note(unit, org, receipt, note, amount, pending_fact.actor, refund=back)
            left -= amount


def write_receipt_again(unit: UnitOfWork, pending_fact: PendingFact) -> None:
    """Issue a receipt of money that was given back and has come again: a credit note is never taken
    back itself."""
    fact, purchase = pending_fact.fact, _purchase(unit, pending_fact)
    assert isinstance(fact, RefundFailed)
    org, _ = split_stream_id(purchase.id)
    if fact.was_paid and unit.get(Invoice, invoice_id(org, receipt_id(purchase))) is not None:
        name = receipt_id(purchase, fact.refund)
        _issue(unit, purchase, name, fact.money.amount, pending_fact.actor, fact.number, None)


def receipt_id(purchase: Purchase, refund: str = "") -> str:
    """Return the id of the receipt of a purchase, or of money that came again from a refund."""
    name = f"receipt-{purchase.id_in_org}"
    return f"{name}-{refund}" if refund else name


def _receipts(purchase: Purchase) -> list[str]:
    again = [receipt_id(purchase, refund) for refund in purchase.refunds]
    return [receipt_id(purchase), *again]


def _issue(
    unit: UnitOfWork,
    purchase: Purchase,
    name: str,
    amount: int,
    actor: Actor,
    reference: str,
    paid_us: int | None,
) -> None:
    org, _ = split_stream_id(purchase.id)
    if not has_receipts(unit, org) or unit.get(Invoice, invoice_id(org, name)) is not None:
        return
    item = Item(
        source=Source.PURCHASE,
        text=f"{format_credits(purchase.total)} credits",
        amount=amount,
        includes_tax=True,
        credits=purchase.total,
        of=purchase.id_in_org,
    )
    draft = Draft(user=purchase.user, currency=purchase.money.currency, items=[item], net_days=0)
    paid = Payment(
        method=Method.PURCHASE, amount=0, reference=clean_text(reference), paid_us=paid_us
    )
    issue_invoice(unit, org, name, draft, actor, payment=paid)


def _purchase(unit: UnitOfWork, pending_fact: PendingFact) -> Purchase:
    found = unit.get(Purchase, pending_fact.aggregate_id)
    assert found is not None
    return found
