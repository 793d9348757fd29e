"""Documents: what is kept of each has the SHA-256 that its fact says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import chain, islice
from typing import Any, NamedTuple

import msgspec

from ledger.inspection import Has
from ledger.invoices.invoice_base import InvoiceState
from ledger.invoices.ports import Blobs, blob_name
from ledger.invoices.statement_state import StatementState
from ledger.kernel.decoding import converted
from ledger.kernel.outside import NotTaken
from ledger.kernel.report import Check, Place
from ledger.privacy.ports import KeptTexts

KIND = "documents"
AT_ONCE = 16
"""How many are read at a time."""


class KeptContent(NamedTuple):
    """What is kept of an invoice, or of a statement, as `of` says: `address`: the digest of whom it
    names."""

    org: str
    of: str
    number: str
    kind: str
    sha256: str
    address: str | None


class DocumentComparison:
    """Reads each document where it is kept. One that is gone is right where whom it names was
    erased: whoever keeps it may have had to."""

    def __init__(self, check: Check, blobs: Blobs, texts: KeptTexts) -> None:
        self._check = check
        self._blobs = blobs
        self._texts = texts

    def run(
        self,
        invoices: Iterable[Mapping[str, Any]],
        statements: Iterable[Mapping[str, Any]],
        has: Has,
    ) -> None:
        """Compare those of the invoices and the statements of these rows, which are themselves
        compared with the events."""
        contents = chain(
            (each for row in invoices if has(row["org"]) for each in contents_of(row)),
            (each for row in statements if has(row["org"]) for each in statement_of(row)),
        )
        with ThreadPoolExecutor(AT_ONCE) as threads:
            while some := list(islice(contents, 4 * AT_ONCE)):
                for each, found in zip(some, threads.map(self._sha256, some), strict=True):
                    self._compare(each, found)

    def _sha256(self, content: KeptContent) -> str | NotTaken | None:
        name = blob_name(content.org, content.sha256, content.kind)
        try:
            found = self._blobs.get(name)
        except NotTaken as error:
            return error
        return None if found is None else hashlib.sha256(found).hexdigest()

    def _compare(self, content: KeptContent, found: str | NotTaken | None) -> None:
        if isinstance(found, NotTaken):
            self._check.pass_over(found.detail)
            return
        self._check.checked += 1
        name = f"the {content.kind} of {content.number}"
        place = Place(content.org, row=content.of)
        if found is None and (content.org, content.address) not in self._erased:
            self._check.find(place, f"{name} is not kept: nothing is called {content.sha256}")
        elif found not in (None, content.sha256):
            self._check.find(place, f"{name} has the SHA-256 {found}, not {content.sha256}")

    @cached_property
    def _erased(self) -> frozenset[tuple[str, str | None]]:
        return frozenset(self._texts.erased_texts())


def statement_of(row: Mapping[str, Any]) -> Iterator[KeptContent]:
    """Yield what is kept of a statement, as its row says; the same."""
    try:
        state = converted(row["statement"], StatementState)
    except msgspec.ValidationError:
        return
    stated, kept = state.stated, state.kept
    if kept is not None:
        of, address = f"statement of {stated.user}", stated.payer.address
        yield KeptContent(row["org"], of, stated.month, "pdf", kept.pdf, address)


def contents_of(row: Mapping[str, Any]) -> Iterator[KeptContent]:
    """Yield what is kept of an invoice, as its row says; one that cannot be read is found
    elsewhere."""
    try:
        state = converted(row["invoice"], InvoiceState)
    except msgspec.ValidationError:
        return
    address = state.issued.payer.address if state.issued else None
    for document in state.documents:
        for kind, sha256 in (("pdf", document.pdf), ("xml", document.xml)):
            of = f"invoice {row['id']}"
            yield KeptContent(row["org"], of, document.number, kind, sha256, address)
