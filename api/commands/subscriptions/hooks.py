"""Commit hooks of subscriptions: what is due is charged, an invoice that is paid, or voided, moves
what it is for, the coupon of what never began is given back, and the credit line of a wallet
follows what its owner holds, who is told of the marks that the debt reaches."""

from __future__ import annotations

from api.commands.hooks import CommitHooks
from api.commands.subscriptions.billing import charge_due, settle_paid, settle_voided
from api.commands.subscriptions.coupons import give_back
from api.commands.subscriptions.overage import follow_line, reach_mark
from ledger.credits.credit_line import CreditLineSet
from ledger.credits.debits import UsageRecorded
from ledger.credits.holds import HoldCaptured, LapsedHoldCaptured
from ledger.credits.invoiced_debt import DebtRestored
from ledger.invoices.endings import InvoiceVoided
from ledger.invoices.payments import InvoicePaid
from ledger.kernel.aggregate import Fact
from ledger.subscriptions.coupon_book import CouponBook, restore_coupons
from ledger.subscriptions.overage_facts import (
    HalfOfLimitReached,
    InterimOver,
    InterimReached,
    OveragePaid,
)
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
    *(HalfOfLimitReached, InterimReached, InterimOver),
)
"""What changes which plan is in force, whether it is paid, or what its debt may reach next."""

OWING: tuple[type[Fact], ...] = (
    *(UsageRecorded, HoldCaptured, LapsedHoldCaptured),
    *(DebtRestored, CreditLineSet),
)
"""What a wallet owes more by for work, or what says at which debt there is something to do."""

HOOKS = CommitHooks(
    loaders={CouponBook: restore_coupons},
    recorded={
        **dict.fromkeys(MOVING, follow_line),
        **dict.fromkeys(OWING, reach_mark),
        PaymentDue: charge_due,
        InvoicePaid: settle_paid,
        InvoiceVoided: settle_voided,
        CouponReturned: give_back,
    },
)
