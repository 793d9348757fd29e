"""Invoices in PostgreSQL: as they are now, for who makes and sends their documents."""

from __future__ import annotations

from adapters.postgres.connection import Connecting
from ledger.invoices.invoice_base import InvoiceState
from ledger.invoices.payer import Address, Payer, address_in
from ledger.invoices.ports import KnownPayer
from ledger.invoices.settings import InvoiceSettings
from ledger.invoices.statement_state import StatementState
from ledger.kernel.decoding import converted

_STATE = "SELECT invoice FROM tally.invoice_states WHERE org = %b AND id = %b"
_STATEMENT = """
SELECT statement FROM tally.month_statements WHERE org = %b AND owner = %b AND month = %b
"""
_PAYER = "SELECT payer FROM tally.payer_details WHERE org = %b AND owner = %b"
_SETTINGS = "SELECT settings FROM tally.invoice_settings WHERE org = %b"
_TEXT = "SELECT content FROM tally.texts WHERE org = %b AND digest = %b AND content IS NOT NULL"


class PostgresInvoices(Connecting):
    """Invoices of every org. Used by one thread at a time."""

    purpose = "invoices"

    def of(self, org: str, invoice: str) -> InvoiceState | None:
        """Return an invoice as it is now."""
        rows = self._run(_STATE, [org, invoice])
        return converted(rows[0][0], InvoiceState) if rows else None

    def statement(self, org: str, user: str, month: str) -> StatementState | None:
        """Return the statement of a payer's month as it is now."""
        rows = self._run(_STATEMENT, [org, user, month])
        return converted(rows[0][0], StatementState) if rows else None

    def address(self, org: str, digest: str | None) -> Address | None:
        """Return the address of a digest; None: it was erased."""
        content = self.text(org, digest)
        return None if content is None else address_in(content)

    def text(self, org: str, digest: str | None) -> str | None:
        """Return an erasable text; None: it was erased."""
        rows = self._run(_TEXT, [org, digest]) if digest is not None else []
        return rows[0][0] if rows else None

    def payer(self, org: str, user: str) -> KnownPayer | None:
        """Return what is known of a payer, if something is."""
        rows = self._run(_PAYER, [org, user])
        if not rows:
            return None
        payer = converted(rows[0][0], Payer)
        return KnownPayer(payer, self.address(org, payer.address))

    def settings(self, org: str) -> InvoiceSettings | None:
        """Return what an org has decided of its invoices, if it has."""
        rows = self._run(_SETTINGS, [org])
        return converted(rows[0][0], InvoiceSettings) if rows else None
