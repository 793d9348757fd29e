"""The state of a month statement: what it is made of, where it is kept, what became of its mail."""

from __future__ import annotations

import msgspec

from ledger.invoices.activity import Activity
from ledger.invoices.invoice_base import Delivery
from ledger.invoices.payer import Payer
from ledger.invoices.settings import Seller


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """All that a statement is made of, for ever. `month`: as 2026-02; `payer`: where the payer was,
    and the digest of their address; `is_mailed`: it goes out once it is made."""

    user: str
    month: str
    seller: Seller
    payer: Payer
    language: str
    is_mailed: bool = False


class KeptStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that is kept as PDF, under its SHA-256 in hex, and what it tells."""

    pdf: str
    activity: Activity


class StatementState(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as it is now."""

    stated: Stated
    kept: KeptStatement | None = None
    delivery: Delivery | None = None
