"""The printing of an invoice: what its document says, from what it says for ever."""

from __future__ import annotations

import msgspec

from ledger.invoices.activity import Activity, CreditTime
from ledger.invoices.bill import InvoiceLine
from ledger.invoices.document import (
    Corrected,
    Document,
    DocumentKind,
    HowToPay,
    Paid,
    Party,
    PrintedLine,
    PrintedTax,
    TaxCategory,
)
from ledger.invoices.invoice_base import CreditedLine, CreditNote, InvoiceState, Issued, Status
from ledger.invoices.item import ONE
from ledger.invoices.payer import Address, Payer
from ledger.invoices.settings import Seller
from ledger.invoices.statement_state import Stated
from ledger.invoices.tax_rates import AppliedTax
from ledger.kernel.errors import NotFound
from ledger.kernel.money import CREDIT
from ledger.kernel.times import month_after, parse_day_or_time


def printed(
    org: str,
    state: InvoiceState,
    number: str,
    address: Address | None,
    reason: str | None = None,
    *,
    activity: Activity | None = None,
) -> Document:
    """Return a document of an invoice by its number: itself, or one of its credit notes. An
    address that is None was never known, or was erased. `activity`: what it tells of the payer's
    credits; one that is kept tells what it told. Raises NotFound."""
    issued = state.issued
    if issued is not None and issued.number == number:
        kept = state.document(number)
        return _invoice(org, state, issued, address, kept.activity if kept else activity)
    for note in state.credit_notes:
        if issued is not None and note.number == number:
            return _credit_note(org, state, issued, note, address, reason)
    raise NotFound("there is no document of that number.", field="number")


def _invoice(
    org: str,
    state: InvoiceState,
    issued: Issued,
    address: Address | None,
    activity: Activity | None,
) -> Document:
    """Return an invoice as it was issued: what was paid later stands in no document."""
    is_receipt = state.status is Status.PAID and state.ended_us == issued.issued_us
    payments = state.payments if is_receipt else []
    return Document(
        kind=DocumentKind.RECEIPT if payments else DocumentKind.INVOICE,
        number=issued.number,
        language=issued.language,
        currency=state.draft.currency,
        issued_us=issued.issued_us,
        due_us=issued.due_us,
        seller=_seller(org, issued.seller),
        payer=_payer(state.draft.user, issued.payer, address),
        lines=[_line(line) for line in issued.bill.lines],
        subtotal=issued.bill.subtotal,
        discount=issued.bill.discount,
        tax=issued.bill.tax,
        total=issued.bill.total,
        paid=[
            Paid(
                at_us=each.paid_us or issued.issued_us,
                amount=each.amount,
                brand=each.brand,
                last_four=each.last4,
                reference=each.reference,
            )
            for each in payments
        ],
        how_to_pay=HowToPay(
            iban=issued.seller.iban,
            bic=issued.seller.bic,
            instructions=issued.seller.instructions,
        ),
        reference=state.draft.reference,
        activity=activity,
        footer=issued.seller.footer,
    )


def _credit_note(
    org: str,
    state: InvoiceState,
    issued: Issued,
    note: CreditNote,
    address: Address | None,
    reason: str | None,
) -> Document:
    lines = [_credited(each, issued.bill.lines[each.line]) for each in note.lines]
    return Document(
        kind=DocumentKind.CREDIT_NOTE,
        number=note.number,
        language=issued.language,
        currency=state.draft.currency,
        issued_us=note.issued_us,
        seller=_seller(org, issued.seller),
        payer=_payer(state.draft.user, issued.payer, address),
        lines=lines,
        subtotal=sum(each.amount for each in lines),
        discount=sum(each.discount for each in lines),
        tax=note.tax,
        total=note.total,
        corrects=Corrected(issued.number, issued.issued_us),
        reference=state.draft.reference,
        reason=reason,
        footer=issued.seller.footer,
    )


def time_of(month: str) -> CreditTime:
    """Return the time of a month, as 2026-02."""
    return CreditTime(parse_day_or_time(f"{month}-01", "month"), month_after(month))


def printed_statement(
    org: str, stated: Stated, activity: Activity, address: Address | None
) -> Document:
    """Return the document of a month's statement, dated when the month was over."""
    return Document(
        kind=DocumentKind.STATEMENT,
        number=stated.month,
        language=stated.language,
        currency=CREDIT,
        issued_us=activity.until_us,
        seller=_seller(org, stated.seller),
        payer=_payer(stated.user, stated.payer, address),
        lines=[],
        subtotal=0,
        total=0,
        activity=activity,
        footer=stated.seller.footer,
    )


def _line(line: InvoiceLine) -> PrintedLine:
    item = line.item
    has_price = item.amount is None and not (line.taxed_by and line.taxed_by.is_included)
    return PrintedLine(
        text=item.text,
        quantity=item.quantity,
        unit_price=item.unit_price if has_price else None,
        amount=line.amount,
        discount=line.discount,
        taxed_by=_tax(line.taxed_by),
        tax=line.tax,
        total=line.total,
        from_us=item.from_us,
        until_us=item.until_us,
    )


def _credited(credited: CreditedLine, line: InvoiceLine) -> PrintedLine:
    """Return what is taken back of a line; what is not all of it has no quantity of its own."""
    if credited.total == line.total:
        return _line(line)
    return PrintedLine(
        text=line.item.text,
        quantity=ONE,
        unit_price=None,
        amount=credited.amount,
        discount=credited.discount,
        taxed_by=_tax(line.taxed_by),
        tax=credited.tax,
        total=credited.total,
        from_us=line.item.from_us,
        until_us=line.item.until_us,
    )


def _tax(tax: AppliedTax | None) -> PrintedTax:
    if tax is None:
        return PrintedTax(TaxCategory.OUTSIDE)
    if tax.is_reverse_charge:
        return PrintedTax(TaxCategory.REVERSE_CHARGE, tax.name)
    return PrintedTax(TaxCategory.STANDARD if tax.rate else TaxCategory.ZERO, tax.name, tax.rate)


def _seller(org: str, seller: Seller) -> Party:
    return Party(
        id=org,
        name=seller.name,
        country=seller.country,
        address=seller.address,
        postal_code=seller.postal_code,
        city=seller.city,
        vat_id=seller.vat_id,
        tax_number=seller.tax_number,
        email=seller.email,
        website=seller.website,
    )


def _payer(user: str, payer: Payer, address: Address | None) -> Party:
    country = payer.place.country
    if address is None:
        return Party(id=user, name=user, country=country)
    return Party(
        id=user,
        name=address.name,
        country=country if address.country is msgspec.UNSET else address.country,
        address=address.address,
        postal_code=address.postal_code,
        city=address.city,
        vat_id=address.vat_id,
        email=address.email,
    )
