"""The CII: a document as the Cross Industry Invoice of UN/CEFACT, as EN 16931 has it.

Of what is printed it says what a program books. The numbers in comments are those of the business
terms (BT) and rules (BR) of EN 16931-1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from xml.etree import ElementTree

from adapters.documents.language import Language
from ledger.invoices.document import (
    PRICE_DECIMALS,
    QUANTITY_DECIMALS,
    Document,
    DocumentKind,
    Paid,
    Party,
    PrintedLine,
    PrintedTax,
    TaxCategory,
    tax_sums,
)
from ledger.kernel.money import format_amount, scale_of
from ledger.kernel.times import moment

PROFILE = "urn:cen.eu:en16931:2017"
ONE = "C62"
"""The unit of a quantity: one, by UN/ECE recommendation 20."""

_DISCOUNT = "95"
_CARD, _TRANSFER = "48", "58"
_SPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
_TYPES = {DocumentKind.INVOICE: "380", DocumentKind.RECEIPT: "380", DocumentKind.CREDIT_NOTE: "381"}
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Element:
    """An element that is filled in the order of its schema."""

    def __init__(self, element: ElementTree.Element) -> None:
        self.element = element

    def __call__(self, name: str, text: str | None = None, **attributes: str) -> _Element:
        """Add an element of `ram`, or of the space that it is written with."""
        prefix, _, local = name.rpartition(":")
        tag = f"{{{_SPACES[prefix or 'ram']}}}{local}"
        added = ElementTree.SubElement(self.element, tag, attributes)
        if text is not None:
            added.text = _NO_XML.sub("\ufffd", text)
        return _Element(added)

    def day(self, name: str, us: int, space: str = "udt") -> None:
        """Add a day."""
        day = f"{moment(us):%Y%m%d}"
        self(name)(f"{space}:DateTimeString", day, format="102")


def cii_of(document: Document) -> bytes:
    """Return a document as XML."""
    for prefix, space in _SPACES.items():
        ElementTree.register_namespace(prefix, space)
    root = ElementTree.Element(f"{{{_SPACES['rsm']}}}CrossIndustryInvoice")
    invoice = _Element(root)
    context = invoice("rsm:ExchangedDocumentContext")
    context("GuidelineSpecifiedDocumentContextParameter")("ID", PROFILE)
    _head(invoice("rsm:ExchangedDocument"), document)
    trade = invoice("rsm:SupplyChainTradeTransaction")
    for number, line in enumerate(document.lines, 1):
        _line(trade("IncludedSupplyChainTradeLineItem"), number, line, document)
    _agreement(trade("ApplicableHeaderTradeAgreement"), document)
    delivery = trade("ApplicableHeaderTradeDelivery")
    delivery("ActualDeliverySupplyChainEvent").day("OccurrenceDateTime", _delivered_us(document))
    _settlement(trade("ApplicableHeaderTradeSettlement"), document)
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _delivered_us(document: Document) -> int:
    """Return the last day of what it is for, or its own."""
    lasts = [each.until_us - 1 for each in document.lines if each.until_us is not None]
    return max(lasts, default=document.issued_us)


def _head(head: _Element, document: Document) -> None:
    head("ID", document.number)
    head("TypeCode", _TYPES[document.kind])
    head.day("IssueDateTime", document.issued_us)
    for note in (*([document.reason] if document.reason else []), *document.notes):
        head("IncludedNote")("Content", note)


def _line(item: _Element, number: int, line: PrintedLine, document: Document) -> None:
    currency = document.currency
    item("AssociatedDocumentLineDocument")("LineID", str(number))
    item("SpecifiedTradeProduct")("Name", line.text)
    quantity, price, basis = _priced(line, currency)
    gross = item("SpecifiedLineTradeAgreement")("NetPriceProductTradePrice")
    gross("ChargeAmount", price)
    if basis is not None:
        gross("BasisQuantity", basis, unitCode=ONE)
    item("SpecifiedLineTradeDelivery")("BilledQuantity", quantity, unitCode=ONE)
    settlement = item("SpecifiedLineTradeSettlement")
    _line_tax(settlement("ApplicableTradeTax"), _booked(line.taxed_by, document))
    if line.from_us is not None and line.until_us is not None:
        period = settlement("BillingSpecifiedPeriod")
        period.day("StartDateTime", line.from_us)
        period.day("EndDateTime", line.until_us - 1)
    if line.discount:
        _discount(settlement("SpecifiedTradeAllowanceCharge"), line.discount, document)
    net = format_amount(line.amount - line.discount, currency)
    settlement("SpecifiedTradeSettlementLineMonetarySummation")("LineTotalAmount", net)


def _discount(allowance: _Element, amount: int, document: Document) -> None:
    """Fill in what is taken off a line, or, below zero, what a line that gives back loses of it."""
    is_charge = amount < 0
    allowance("ChargeIndicator")("udt:Indicator", "true" if is_charge else "false")
    allowance("ActualAmount", format_amount(abs(amount), document.currency))
    if not is_charge:
        allowance("ReasonCode", _DISCOUNT)
    allowance("Reason", Language(document.language)("lines", "discount"))


def _priced(line: PrintedLine, currency: str) -> tuple[str, str, str | None]:
    """Return quantity, price and how many the price is for: a price is never below zero (BR-27),
    and times the quantity it is the amount."""
    quantity = Decimal(abs(line.quantity)).scaleb(-QUANTITY_DECIMALS) or Decimal(1)
    signed = -quantity if line.amount < 0 else quantity
    amount = Decimal(abs(line.amount)).scaleb(-scale_of(currency))
    price = Decimal(abs(line.unit_price or 0)).scaleb(-PRICE_DECIMALS)
    if round(price * quantity, scale_of(currency)) == amount:
        return _decimal(signed), _decimal(price), None
    return _decimal(signed), format_amount(abs(line.amount), currency), _decimal(quantity)


def _decimal(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _percent(tax: PrintedTax) -> str:
    return _decimal(Decimal(tax.rate).scaleb(-4))


def _booked(tax: PrintedTax, document: Document) -> PrintedTax:
    """Return how a tax is booked: what is subject to none stands alone and without VAT ids
    (BR-O-02, BR-O-11), else it is exempt."""
    if tax.category is not TaxCategory.OUTSIDE:
        return tax
    is_alone = all(each.taxed_by.category is TaxCategory.OUTSIDE for each in document.lines)
    if is_alone and document.seller.vat_id is None and document.payer.vat_id is None:
        return tax
    return PrintedTax(TaxCategory.EXEMPT, reason=tax.reason)


def _line_tax(element: _Element, tax: PrintedTax) -> None:
    element("TypeCode", "VAT")
    element("CategoryCode", tax.category)
    if tax.category is not TaxCategory.OUTSIDE:
        element("RateApplicablePercent", _percent(tax))


def _agreement(agreement: _Element, document: Document) -> None:
    if document.reference is not None:
        agreement("BuyerReference", document.reference)
    _party(agreement("SellerTradeParty"), document.seller)
    _party(agreement("BuyerTradeParty"), document.payer)


def _party(element: _Element, party: Party) -> None:
    element("ID", party.id)
    element("Name", party.name)
    address = element("PostalTradeAddress")
    if party.postal_code is not None:
        address("PostcodeCode", party.postal_code)
    lines = party.address
    if len(lines) > 3:
        lines = [*lines[:2], ", ".join(lines[2:])]
    for name, line in zip(("LineOne", "LineTwo", "LineThree"), lines, strict=False):
        address(name, line)
    if party.city is not None:
        address("CityName", party.city)
    address("CountryID", party.country)
    if party.email is not None:
        element("URIUniversalCommunication")("URIID", party.email, schemeID="EM")
    if party.vat_id is not None:
        element("SpecifiedTaxRegistration")("ID", party.vat_id, schemeID="VA")
    if party.tax_number is not None:
        element("SpecifiedTaxRegistration")("ID", party.tax_number, schemeID="FC")


def _settlement(settlement: _Element, document: Document) -> None:
    currency = document.currency
    settlement("PaymentReference", document.number)
    settlement("InvoiceCurrencyCode", currency.upper())
    _means(settlement, document)
    for tax, net, owed in _breakdown(document):
        _tax(settlement("ApplicableTradeTax"), tax, net, owed, document)
    _terms(settlement, document)
    sums = settlement("SpecifiedTradeSettlementHeaderMonetarySummation")
    net = document.subtotal - document.discount
    sums("LineTotalAmount", format_amount(net, currency))
    sums("TaxBasisTotalAmount", format_amount(net, currency))
    sums("TaxTotalAmount", format_amount(document.tax, currency), currencyID=currency.upper())
    sums("GrandTotalAmount", format_amount(document.total, currency))
    if document.paid:
        sums("TotalPrepaidAmount", format_amount(document.amount_paid, currency))
    sums("DuePayableAmount", format_amount(document.amount_due, currency))
    if document.corrects is not None:
        corrected = settlement("InvoiceReferencedDocument")
        corrected("IssuerAssignedID", document.corrects.number)
        corrected.day("FormattedIssueDateTime", document.corrects.issued_us, "qdt")


def _means(settlement: _Element, document: Document) -> None:
    for card in _paid_by_card(document):
        means = settlement("SpecifiedTradeSettlementPaymentMeans")
        means("TypeCode", _CARD)
        # Of a card no more than its last digits may be said (BT-87).
        means("ApplicableTradeSettlementFinancialCard")("ID", str(card.last_four))
    way = document.how_to_pay
    if way.iban is not None and document.kind is not DocumentKind.CREDIT_NOTE:
        means = settlement("SpecifiedTradeSettlementPaymentMeans")
        means("TypeCode", _TRANSFER)
        means("PayeePartyCreditorFinancialAccount")("IBANID", way.iban)
        if way.bic is not None:
            means("PayeeSpecifiedCreditorFinancialInstitution")("BICID", way.bic)


def _paid_by_card(document: Document) -> Iterator[Paid]:
    yield from (each for each in document.paid if each.last_four is not None)


def _breakdown(document: Document) -> Iterator[tuple[PrintedTax, int, int]]:
    """Yield what is taxed by a category and a rate, whatever its taxes are called (BG-23)."""
    sums: dict[tuple[str, int], tuple[PrintedTax, int, int]] = {}
    for each in tax_sums(document):
        booked = _booked(each.taxed_by, document)
        key = booked.category, booked.rate
        first, net, tax = sums.get(key, (booked, 0, 0))
        sums[key] = first, net + each.net, tax + each.tax
    yield from sums.values()


_EXEMPTION_CODES = {
    TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    TaxCategory.OUTSIDE: "VATEX-EU-O",
}


def _tax(element: _Element, tax: PrintedTax, net: int, owed: int, document: Document) -> None:
    words = Language(document.language)
    element("CalculatedAmount", format_amount(owed, document.currency))
    element("TypeCode", "VAT")
    if tax.category not in (TaxCategory.STANDARD, TaxCategory.ZERO):
        element("ExemptionReason", tax.reason or _untaxed(tax.category, net, document, words))
    element("BasisAmount", format_amount(net, document.currency))
    element("CategoryCode", tax.category)
    if (code := _EXEMPTION_CODES.get(tax.category)) is not None:
        element("ExemptionReasonCode", code)
    if tax.category is not TaxCategory.OUTSIDE:
        element("RateApplicablePercent", _percent(tax))


def _untaxed(category: TaxCategory, net: int, document: Document, words: Language) -> str:
    name = {TaxCategory.REVERSE_CHARGE: "reverse_charge", TaxCategory.OUTSIDE: "outside"}
    money = words.money(net, document.currency)
    return words("taxes", name.get(category, "exempt"), net=money)


def _terms(settlement: _Element, document: Document) -> None:
    """Fill in until when it is to be paid: something must be said where anything is due
    (BR-CO-25)."""
    if document.amount_due <= 0:
        return
    words = Language(document.language)
    terms = settlement("SpecifiedTradePaymentTerms")
    money = words.money(document.amount_due, document.currency)
    if document.due_us is not None and document.kind is not DocumentKind.CREDIT_NOTE:
        terms.day("DueDateDateTime", document.due_us)
    elif document.kind is DocumentKind.CREDIT_NOTE:
        terms("Description", words("headlines", "credited", amount=money))
    else:
        terms("Description", words("headlines", "due_at_once", amount=money))
