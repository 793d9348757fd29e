"""The letter: what is written to whom a document is sent, as text and as HTML."""

from __future__ import annotations

import functools
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from adapters.documents.language import Language
from ledger.invoices.document import Document, DocumentKind
from ledger.invoices.ports import Letter

_FOLDER = Path(__file__).parent / "letters"


def letter_of(document: Document, pay_url: str | None = None) -> Letter:
    """Return the letter that goes with a document."""
    words = Language(document.language)
    is_credit_note = document.kind is DocumentKind.CREDIT_NOTE
    is_paid = document.total > 0 and document.amount_due <= 0
    is_due = not is_credit_note and document.amount_due > 0
    total = words.money(document.total, document.currency)
    due = words.money(document.amount_due, document.currency)
    told = {
        "payer": document.payer.name,
        "seller": document.seller.name,
        "title": words("titles", document.kind),
        "number": document.number,
        "is_credit_note": is_credit_note,
        "is_statement": document.kind is DocumentKind.STATEMENT,
        "is_paid": is_paid,
        "total": total,
        "due": due,
        "headline": _headline(document, words, total if is_credit_note or is_paid else due),
        "pay_url": pay_url if is_due else None,
        "due_on": words.date(document.due_us) if document.due_us is not None else None,
        "corrected": document.corrects.number if document.corrects is not None else None,
        "email": document.seller.email,
        "language": words.tag,
    }
    subject = words(
        "letter", "subject", **{key: told[key] for key in ("title", "number", "seller")}
    )
    text, html = (template(f"{words.tag}.{form}.j2").render(told) for form in ("txt", "html"))
    return Letter(subject, text, html)


def _headline(document: Document, words: Language, amount: str) -> str:
    """Return what stands out: the amount, of a statement that nothing is to be paid."""
    is_statement = document.kind is DocumentKind.STATEMENT
    return words("headlines", "nothing") if is_statement else amount


@functools.cache
def template(name: str) -> Template:
    """Return a template by the name of its file."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=name.endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)
