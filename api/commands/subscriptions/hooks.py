"""Commit hooks of subscriptions: what is due is charged, and an invoice that is paid, or voided,
moves what it is for, and the coupon of what never began is given back."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from api.commands.subscriptions.billing import charge_due, settle_paid, settle_voided
from api.commands.subscriptions.coupons import give_back
from ledger.invoices.endings import InvoiceVoided
from ledger.invoices.payments import InvoicePaid
from ledger.subscriptions.subscription_facts import CouponReturned, PaymentDue

HOOKS = CommitHooks(
    recorded={
        PaymentDue: charge_due,
        InvoicePaid: settle_paid,
        InvoiceVoided: settle_voided,
        CouponReturned: give_back,
    }
)
