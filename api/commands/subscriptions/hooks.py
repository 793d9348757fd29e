"""Commit hooks of subscriptions: what is due is charged, an invoice that is paid, or voided, moves
what it is for, the coupon of what never began is given back, and the credit line of a wallet
follows what its owner holds."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from api.commands.subscriptions.billing import charge_due, settle_paid, settle_voided
from api.commands.subscriptions.coupons import give_back
from api.commands.subscriptions.overage import follow_line
from ledger.invoices.endings import InvoiceVoided
from ledger.invoices.payments import InvoicePaid
from ledger.kernel.aggregate import Fact
from ledger.subscriptions.coupon_book import CouponBook, restore_coupons
from ledger.subscriptions.overage_facts import OveragePaid
from ledger.subscriptions.subscription_facts import (
    CouponReturned,
    PaymentDue,
    PaymentFailed,
    PeriodOpened,
    PeriodPaid,
    PlanChanged,
    SubscriptionEnded,
    SubscriptionPaused,
    SubscriptionStarted,
    TrialEnded,
    WentPastDue,
)

MOVING: tuple[type[Fact], ...] = (
    *(SubscriptionStarted, TrialEnded, PeriodOpened, PeriodPaid, OveragePaid, PlanChanged),
    *(PaymentFailed, WentPastDue, SubscriptionPaused, SubscriptionEnded),
)
"""What changes which plan is in force, or whether it is paid."""

HOOKS = CommitHooks(
    loaders={CouponBook: restore_coupons},
    recorded={
        **dict.fromkeys(MOVING, follow_line),
        PaymentDue: charge_due,
        InvoicePaid: settle_paid,
        InvoiceVoided: settle_voided,
        CouponReturned: give_back,
    },
)
