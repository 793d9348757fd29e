"""The page: a document as the texts that are set on it, in its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapters.documents.coverage import writable
from adapters.documents.language import Language
from ledger.invoices.activity import Activity
from ledger.invoices.document import (
    Document,
    DocumentKind,
    Paid,
    Party,
    PrintedLine,
    TaxCategory,
    TaxSum,
    tax_sums,
)

_RUN = re.compile(r"\S{25}(?=\S)")
_BREAK = "\u200b"
"""Where a word that is longer than its column may be broken; it is no character of the text."""


def page_of(document: Document) -> dict[str, Any]:
    """Return what `page.typ` sets."""
    words = Language(document.language)
    return {
        "language": words.tag,
        "title": words("titles", document.kind),
        "number": document.number,
        "seller": _soft(document.seller.name),
        "sender": _soft(" · ".join([document.seller.name, *_place(document.seller, words)])),
        "payer": [_soft(line) for line in _address(document, words)],
        "facts": [[name, _soft(value)] for name, value in _facts(document, words)],
        "headline": _headline(document, words),
        "columns": [words("columns", each) for each in _COLUMNS],
        "lines": [_line(line, document.currency, words) for line in document.lines],
        "totals": list(_totals(document, words)),
        "taxes": [_tax_note(each, document.currency, words) for each in _noted(document)],
        "payment": _payment(document, words),
        "activity": _activity(document.activity, words) if document.activity else None,
        "notes": [_soft(note) for note in document.notes],
        "footer": [[_soft(line) for line in column] for column in _footer(document, words)],
        "page_of": words("footer", "page", page="{page}", pages="{pages}"),
    }


_COLUMNS = ("text", "quantity", "unit_price", "tax", "amount")


def _soft(text: str) -> str:
    """Return a text that can be written, and whose long words can be broken."""
    return _RUN.sub(lambda run: run[0] + _BREAK, writable(text))


def _place(party: Party, words: Language) -> list[str]:
    """Return where a party is: its street, its city, its country."""
    city = " ".join(each for each in (party.postal_code, party.city) if each)
    return [*party.address, *([city] if city else []), words.country(party.country)]


def _address(document: Document, words: Language) -> list[str]:
    lines = [document.payer.name, *_place(document.payer, words)]
    return lines[:-1] if document.payer.country == document.seller.country else lines


def _facts(document: Document, words: Language) -> Iterator[tuple[str, str]]:
    yield words("numbers", document.kind), document.number
    if document.kind is not DocumentKind.STATEMENT:
        yield words("facts", "issued"), words.date(document.issued_us)
    if document.due_us is not None and document.amount_due:
        yield words("facts", "due"), words.date(document.due_us)
    if document.corrects is not None:
        date = words.date(document.corrects.issued_us)
        corrected = words("facts", "corrected", number=document.corrects.number, date=date)
        yield words("facts", "corrects"), corrected
    if document.reference is not None:
        yield words("facts", "reference"), document.reference
    if document.payer.vat_id is not None:
        yield words("facts", "vat_id"), document.payer.vat_id
    if document.reason is not None:
        yield words("facts", "reason"), document.reason


def _headline(document: Document, words: Language) -> str:
    due = words.money(document.amount_due, document.currency)
    if document.kind is DocumentKind.CREDIT_NOTE:
        return words("headlines", "credited", amount=words.money(document.total, document.currency))
    if not document.total:
        return words("headlines", "nothing")
    if not document.amount_due:
        date = words.date(max(each.at_us for each in document.paid))
        paid = words.money(document.amount_paid, document.currency)
        return words("headlines", "paid", amount=paid, date=date)
    if document.due_us is None or document.due_us <= document.issued_us:
        return words("headlines", "due_at_once", amount=due)
    return words("headlines", "due", amount=due, date=words.date(document.due_us))


def _line(line: PrintedLine, currency: str, words: Language) -> dict[str, Any]:
    return {
        "text": _soft(line.text),
        "period": _period(line, words),
        "quantity": words.quantity(line.quantity),
        "unit_price": "" if line.unit_price is None else words.price(line.unit_price, currency),
        "tax": _rate(line, words),
        "amount": words.money(line.amount, currency),
        "discount": (
            [words("lines", "discount"), words.money(-line.discount, currency)]
            if line.discount
            else None
        ),
    }


def _period(line: PrintedLine, words: Language) -> str:
    """Return the first and the last day of what a line is for."""
    if line.from_us is None or line.until_us is None:
        return ""
    first, last = words.short_date(line.from_us), words.short_date(line.until_us - 1)
    return first if first == last else words("lines", "period", first=first, last=last)


def _rate(line: PrintedLine, words: Language) -> str:
    if line.taxed_by.category in (TaxCategory.STANDARD, TaxCategory.ZERO):
        return words.rate(line.taxed_by.rate)
    return words("lines", "no_tax")


def _totals(document: Document, words: Language) -> Iterator[list[Any]]:
    """Yield a name, an amount, and whether it stands out."""

    def money(amount: int) -> str:
        return words.money(amount, document.currency)

    if document.discount:
        yield [words("totals", "subtotal"), money(document.subtotal), False]
        yield [words("totals", "discount"), money(-document.discount), False]
    yield [words("totals", "net"), money(document.subtotal - document.discount), False]
    for each in tax_sums(document):
        if each.taxed_by.category is TaxCategory.STANDARD:
            name = each.taxed_by.name or words("taxes", "tax")
            rate = words.rate(each.taxed_by.rate)
            label = words("totals", "tax", name=name, rate=rate, net=money(each.net))
            yield [_soft(label), money(each.tax), False]
    yield [words("totals", "total"), money(document.total), True]
    if document.kind is not DocumentKind.CREDIT_NOTE and document.paid:
        yield [words("totals", "paid"), money(-document.amount_paid), False]
        yield [words("totals", "due"), money(document.amount_due), True]


_NOTES = {
    TaxCategory.ZERO: "zero",
    TaxCategory.EXEMPT: "exempt",
    TaxCategory.REVERSE_CHARGE: "reverse_charge",
    TaxCategory.OUTSIDE: "outside",
}


def _noted(document: Document) -> list[TaxSum]:
    return [each for each in tax_sums(document) if each.taxed_by.category in _NOTES]


def _tax_note(taxed: TaxSum, currency: str, words: Language) -> str:
    """Return the sentence that must stand on what is not taxed as usual."""
    net, rate = words.money(taxed.net, currency), words.rate(taxed.taxed_by.rate)
    sentence = words("taxes", _NOTES[taxed.taxed_by.category], net=net, rate=rate)
    reason = taxed.taxed_by.reason
    return _soft(f"{sentence}. {reason}" if reason else f"{sentence}.")


def _payment(document: Document, words: Language) -> dict[str, Any] | None:
    """Return how it was paid and, where something is left to pay, how it can be."""
    if document.kind is DocumentKind.CREDIT_NOTE:
        return None
    paid = [
        [
            _soft(words("payment", "paid", how=_how(each, words), date=words.date(each.at_us))),
            words.money(each.amount, document.currency),
        ]
        for each in document.paid
    ]
    ways = list(_ways(document, words)) if document.amount_due > 0 else []
    told = document.how_to_pay.instructions if document.amount_due > 0 else []
    if not (paid or ways or told):
        return None
    return {
        "title": words("payment", "title"),
        "paid": paid,
        "ways": ways,
        "instructions": [_soft(line) for line in told],
    }


def _how(paid: Paid, words: Language) -> str:
    if paid.last_four is not None and paid.brand is not None:
        return words("payment", "card", brand=paid.brand, last_four=paid.last_four)
    if paid.last_four is not None:
        return words("payment", "card_unbranded", last_four=paid.last_four)
    if paid.reference is not None:
        return words("payment", "transfer", reference=paid.reference)
    return words("payment", "plain")


def _ways(document: Document, words: Language) -> Iterator[list[str]]:
    way = document.how_to_pay
    if way.iban is not None:
        yield [words("payment", "iban"), grouped(way.iban)]
        if way.bic is not None:
            yield [words("payment", "bic"), way.bic]
        yield [words("payment", "purpose"), document.number]


def grouped(iban: str) -> str:
    """Return an IBAN in groups of four, as it is read out."""
    return " ".join(iban[place : place + 4] for place in range(0, len(iban), 4))


def _activity(activity: Activity, words: Language) -> dict[str, Any]:
    first, last = words.date(activity.from_us), words.date(activity.until_us - 1)
    return {
        "title": words("activity", "title", first=first, last=last),
        "columns": ["", words("activity", "requests"), words("activity", "credits")],
        "rows": [[_soft(name), *cells] for name, *cells in _moves(activity, words)],
        "sequences": words(
            "activity",
            "sequences",
            first=words.count(activity.from_sequence),
            last=words.count(activity.until_sequence),
        ),
    }


def _moves(activity: Activity, words: Language) -> Iterator[list[str]]:
    yield [words("activity", "opening"), "", words.credits(activity.opening)]
    for added in activity.added:
        known = words.knows("kinds", added.kind)
        kind = words("kinds", added.kind) if known else added.kind
        yield [words("activity", "added", kind=kind), "", words.credits(added.credits)]
    for used in activity.used:
        without_name = "others" if used.service is None else "unnamed"
        service = used.service or words("activity", without_name)
        name = words("activity", "used", service=service)
        yield [name, words.count(used.requests), words.credits(-used.credits)]
    if activity.expired:
        yield [words("activity", "expired"), "", words.credits(-activity.expired)]
    if activity.other:
        yield [words("activity", "other"), "", words.credits(activity.other)]
    yield [words("activity", "closing"), "", words.credits(activity.closing)]


def _footer(document: Document, words: Language) -> list[list[str]]:
    seller = document.seller
    ids = [
        *([words("footer", "vat_id", id=seller.vat_id)] if seller.vat_id else []),
        *([words("footer", "tax_number", number=seller.tax_number)] if seller.tax_number else []),
    ]
    reached = [each for each in (seller.email, seller.website) if each is not None]
    columns = [[seller.name, *_place(seller, words)], [*reached, *ids], document.footer]
    return [column for column in columns if column]
