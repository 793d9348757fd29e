"""The items of a subscription's invoices: a period's, and those of a change within one."""

from __future__ import annotations

from ledger.invoices.activity import CreditTime
from ledger.invoices.item import ONE, Discount, Draft, Item, Source
from ledger.kernel.limits import PRICE_DECIMALS_MAX
from ledger.kernel.money import scale_of
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.plan import Plan
from ledger.subscriptions.proration import left_of
from ledger.subscriptions.subscription_base import Holding


def items_of_period(holding: Holding, period: Period) -> list[Item]:
    """Return what a whole period costs."""
    plan = holding.plan.plan
    items = [item_of(Source.SUBSCRIPTION, holding, period, unit_price=price_of(plan, plan.price))]
    more = holding.seats - plan.seats_included
    if more > 0:
        price = price_of(plan, plan.seat_price)
        items.append(item_of(Source.SEATS, holding, period, quantity=more * ONE, unit_price=price))
    return items


def items_of_change(before: Holding, after: Holding, period: Period, at_us: int) -> list[Item]:
    """Return what the rest of a period costs more after a change at a moment: what is left of what
    was held is given back."""
    rest = Period(at_us, period.end_us)
    back = [
        item_of(Source.PRORATION, before, rest, amount=-amount)
        for amount in left_of(before.prices, period, at_us)
    ]
    asked = [
        item_of(Source.PRORATION, after, rest, amount=amount)
        for amount in left_of(after.prices, period, at_us)
    ]
    return [each for each in (*back, *asked) if each.amount]


def discounts_on(holding: Holding, items: list[Item]) -> list[Discount]:
    """Return what the coupon of a period takes off items: off those of the plan itself."""
    places = [place for place, each in enumerate(items) if each.source is Source.SUBSCRIPTION]
    if holding.coupon is None or not holding.discount or not places:
        return []
    return [holding.coupon.coupon.discount(places)]


def draft_of(user: str, holding: Holding, items: list[Item], ended: Period | None = None) -> Draft:
    """Return what an invoice of items says; `ended`: the period before it, of which it tells."""
    plan = holding.plan.plan
    return Draft(
        user=user,
        currency=plan.currency,
        items=items,
        discounts=discounts_on(holding, items),
        net_days=plan.net_days,
        tells=CreditTime(ended.start_us, ended.end_us) if ended else None,
    )


def amount_of(holding: Holding, items: list[Item]) -> int:
    """Return what items come to with what the coupon takes off, before tax."""
    currency = holding.plan.plan.currency
    is_discounted = bool(discounts_on(holding, items))
    whole = sum(each.amount_in(currency) for each in items)
    return whole - holding.discount if is_discounted else whole


def credits_of_change(before: Holding, after: Holding, period: Period, at_us: int) -> int:
    """Return the credits that come with a change, for the rest of the period; none are taken."""
    more = after.plan.plan.credits_included - before.plan.plan.credits_included
    return left_of([max(more, 0)], period, at_us)[0]


def price_of(plan: Plan, amount: int | None) -> int:
    """Return an amount of a plan's currency as the unit price of an item."""
    to_price: int = 10 ** (PRICE_DECIMALS_MAX - scale_of(plan.currency))
    return (amount or 0) * to_price


def item_of(
    source: Source,
    holding: Holding,
    period: Period,
    *,
    quantity: int = ONE,
    unit_price: int = 0,
    amount: int | None = None,
    credits: int | None = None,
) -> Item:
    """Return an item of what is held, for a time."""
    plan = holding.plan.plan
    return Item(
        source=source,
        text=plan.name,
        quantity=quantity,
        unit_price=unit_price,
        amount=amount,
        category=plan.tax_category,
        from_us=period.start_us,
        until_us=period.end_us,
        credits=credits,
        of=plan.id,
    )
