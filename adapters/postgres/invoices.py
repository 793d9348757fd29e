"""Invoices in PostgreSQL: as they are now, for who makes and sends their documents."""

from __future__ import annotations

from adapters.postgres.connection import Connecting
from ledger.invoices.invoice_base import InvoiceState
from ledger.invoices.payer import Address, Payer
from ledger.invoices.ports import Mailbox
from ledger.kernel.decoding import converted, decoded

_STATE = "SELECT invoice FROM tally.invoice_states WHERE org = %b AND id = %b"
_PAYER = "SELECT payer FROM tally.payer_details WHERE org = %b AND owner = %b"
_TEXT = "SELECT content FROM tally.texts WHERE org = %b AND digest = %b AND content IS NOT NULL"


class PostgresInvoices(Connecting):
    """Invoices of every org. Used by one thread at a time."""

    purpose = "invoices"

    def of(self, org: str, invoice: str) -> InvoiceState | None:
        """Return an invoice as it is now."""
        rows = self._run(_STATE, [org, invoice])
        return converted(rows[0][0], InvoiceState) if rows else None

    def address(self, org: str, digest: str | None) -> Address | None:
        """Return the address of a digest; None: it was erased."""
        content = self.text(org, digest)
        return None if content is None else decoded(content, Address)

    def text(self, org: str, digest: str | None) -> str | None:
        """Return an erasable text; None: it was erased."""
        rows = self._run(_TEXT, [org, digest]) if digest is not None else []
        return rows[0][0] if rows else None

    def mailbox(self, org: str, user: str) -> Mailbox | None:
        """Return where a payer's mail goes, if that is known."""
        rows = self._run(_PAYER, [org, user])
        digest = converted(rows[0][0], Payer).address if rows else None
        address = self.address(org, digest)
        if address is None or address.email is None or digest is None:
            return None
        return Mailbox(address.email, digest)
