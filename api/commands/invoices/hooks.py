"""Commit hooks of invoices: what is bought has a receipt or, by an order, an invoice, and what goes
back a credit note."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from api.commands.invoices.order_invoices import (
    credit_order_invoice,
    write_order_invoice,
    write_order_invoice_again,
)
from api.commands.invoices.receipts import credit_receipt, write_receipt, write_receipt_again
from ledger.invoices.number_book import NumberBook, restore_numbers
from ledger.ordering.order_captures import OrderVoidRequested
from ledger.ordering.order_facts import OrderConfirmed
from ledger.ordering.order_payments import OrderPaid
from ledger.ordering.order_refunds import OrderRefundFailed, OrderRefundPaid
from ledger.ordering.value_returns import OrderValueReturned
from ledger.purchases.payment import PurchasePaid
from ledger.purchases.refunds import RefundFailed, RefundPaid

HOOKS = CommitHooks(
    loaders={NumberBook: restore_numbers},
    recorded={
        PurchasePaid: write_receipt,
        RefundPaid: credit_receipt,
        RefundFailed: write_receipt_again,
        OrderConfirmed: write_order_invoice,
        OrderPaid: write_order_invoice,
        OrderVoidRequested: write_order_invoice,
        OrderRefundPaid: credit_order_invoice,
        OrderValueReturned: credit_order_invoice,
        OrderRefundFailed: write_order_invoice_again,
    },
)
