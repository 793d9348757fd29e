"""The PDF: a document set by typst as PDF/A-3, with its XML within it as Factur-X has it."""

from __future__ import annotations

import json
from pathlib import Path

import typst

from adapters.documents.cii import cii_of
from adapters.documents.fonts import FAMILIES, fonts
from adapters.documents.letter import letter_of
from adapters.documents.page import page_of
from adapters.documents.xmp import with_facturx
from ledger.invoices.document import Document, DocumentKind
from ledger.invoices.ports import CannotBeMade, Letter
from ledger.kernel.times import moment

_PAGE = (Path(__file__).parent / "page.typ").read_bytes()
_STANDARD: typst.PDFStandard = "a-3b"


class TypstDocuments:
    """Documents set by typst: in this process, without a file or a font of the machine."""

    def pdf(self, document: Document) -> bytes:
        """Return it as PDF/A-3, with its XML attached; a statement, which is no invoice, has none.
        Raises CannotBeMade."""
        is_invoice = document.kind is not DocumentKind.STATEMENT
        attached = {"xml": self.xml(document).decode()} if is_invoice else {}
        try:
            made = typst.compile(
                _PAGE,
                font_paths=fonts(),
                sys_inputs=_inputs(document) | attached,
                pdf_standards=_STANDARD,
                timestamp=document.issued_us // 1_000_000,
            )
        except typst.TypstError as error:
            raise CannotBeMade(f"the document cannot be set: {error.message}.") from error
        return with_facturx(made) if is_invoice else made

    def xml(self, document: Document) -> bytes:
        """Return it as EN 16931 has it, in the syntax CII."""
        return cii_of(document)

    def letter(self, document: Document, pay_url: str | None = None) -> Letter:
        """Return what is written to whom it is sent, in its language."""
        return letter_of(document, pay_url)


def pictures(document: Document, ppi: float = 110) -> list[bytes]:
    """Return its pages as PNG."""
    made = typst.compile(
        _PAGE, font_paths=fonts(), sys_inputs=_inputs(document), format="png", ppi=ppi
    )
    return made if isinstance(made, list) else [made]


def _inputs(document: Document) -> dict[str, str]:
    issued = moment(document.issued_us)
    return {
        "page": json.dumps(page_of(document)),
        "families": json.dumps(FAMILIES),
        "year": str(issued.year),
        "month": str(issued.month),
        "day": str(issued.day),
    }
