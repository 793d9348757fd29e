"""Overage: use beyond the credits of a plan, which its holder pays for after the period: how far it
may go, and what it comes to."""

from __future__ import annotations

from ledger.credits.credit_line import UNLIMITED
from ledger.invoices.item import Item, Source
from ledger.kernel.limits import AMOUNT_MAX, ITEM_QUANTITY_MAX, LINES_PER_INVOICE_MAX
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.items import item_of, price_of
from ledger.subscriptions.plan import Overage
from ledger.subscriptions.subscription_base import Holding, Status, SubscriptionState

_THOUSAND_CREDITS = 10**9


def pays_overage(holding: Holding | None) -> bool:
    """Tell whether use beyond the credits of what is held is paid for."""
    return holding is not None and holding.plan.plan.overage is not Overage.BLOCKED


def line_of(now: SubscriptionState) -> int:
    """Return the credit line that a subscription gives as it is now. Who tries a plan has none, nor
    who is past due: what was used is to be paid first."""
    if now.holding is None or now.status is not Status.ACTIVE or not bills_overage(now):
        return 0
    limit = now.holding.plan.plan.overage_limit
    return UNLIMITED if limit is None else limit


def bills_overage(now: SubscriptionState) -> bool:
    """Tell whether the debt of the time that is running is billed at its end."""
    return now.status in (Status.ACTIVE, Status.PAST_DUE) and pays_overage(now.holding)


def overage_item(holding: Holding, period: Period, debt: int) -> Item | None:
    """Return what debt of a period costs, at the plan's price for 1,000 credits. None where that is
    less than half of the currency's smallest unit: it stays debt, as does what is more than an
    invoice can hold."""
    plan = holding.plan.plan
    price = plan.overage_price or 0
    limit = AMOUNT_MAX // LINES_PER_INVOICE_MAX * _THOUSAND_CREDITS // max(price, 1)
    credits = min(debt, ITEM_QUANTITY_MAX, limit)
    item = item_of(
        Source.OVERAGE,
        holding,
        period,
        quantity=credits,
        unit_price=price_of(plan, price),
        credits=credits,
    )
    return item if item.amount_in(plan.currency) else None


def overage_in(items: list[Item]) -> int:
    """Return the credits of overage among items; what a person has drafted by hand names no plan,
    and no credits of a wallet."""
    ours = [each for each in items if each.source is Source.OVERAGE and each.of is not None]
    return sum(each.credits or 0 for each in ours)
