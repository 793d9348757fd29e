"""Commit hooks of invoices: what is bought has a receipt, and what goes back a credit note."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from api.commands.invoices.receipts import credit_receipt, write_receipt, write_receipt_again
from ledger.invoices.number_book import NumberBook, restore_numbers
from ledger.purchases.payment import PurchasePaid
from ledger.purchases.refunds import RefundFailed, RefundPaid

HOOKS = CommitHooks(
    loaders={NumberBook: restore_numbers},
    recorded={
        PurchasePaid: write_receipt,
        RefundPaid: credit_receipt,
        RefundFailed: write_receipt_again,
    },
)
