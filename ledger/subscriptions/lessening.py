"""Lessening: what of the invoices of a period is for nothing that is held any more, when less is
held from a moment on, or nothing. Pure: a preview is what then happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ledger.invoices.invoice_base import InvoiceState
from ledger.kernel.shares import half_even, spread
from ledger.subscriptions.calendar import Period
from ledger.subscriptions.proration import left_of
from ledger.subscriptions.subscription_base import Holding, Part, SubscriptionState, Why
from ledger.subscriptions.unused import unused_of


class Lessened(NamedTuple):
    """What less comes to: what is taken back of each invoice, with its tax, what is left of each
    for the rest of the period, and the credits that those which are not paid still bring."""

    back: Mapping[str, int]
    parts: dict[str, Part]
    owed: dict[str, int]


UNCHANGED = Lessened({}, {}, {})


def unused(
    now: SubscriptionState, invoices: Mapping[str, InvoiceState], at_us: int
) -> dict[str, int]:
    """Return what the invoices of a period ask for the time after a moment."""
    found = {}
    for name, part in now.parts.items():
        period = Period(part.from_us, now.end_us)
        found[name] = unused_of(invoices[name], part.amount, period, at_us)
    return found


def less(
    now: SubscriptionState, after: Holding, invoices: Mapping[str, InvoiceState], at_us: int
) -> Lessened:
    """Return what it comes to to hold what costs less for the rest of the period."""
    before, rest = now.holding, unused(now, invoices, at_us)
    assert before is not None  # less than what is held
    whole = sum(rest.values())
    kept = half_even(whole * after.price, before.price) if before.price else whole
    shares = dict(zip(rest, spread(whole - kept, list(rest.values())), strict=True))
    parts = {name: Part(at_us, rest[name] - shares[name]) for name in rest}
    back = {name: share for name, share in shares.items() if share > 0}
    return Lessened(back, parts, credits_due(now, after, at_us))


def credits_due(now: SubscriptionState, after: Holding | None, at_us: int) -> dict[str, int]:
    """Return the credits that come when the period is paid, of invoices of which that changes: what
    was held brings them for the time until now, what is held then, if anything, for the rest."""
    assert now.holding is not None  # less than what is held
    later = after.plan.plan.credits_included if after else 0
    fewer = now.holding.plan.plan.credits_included - later
    (gone,) = left_of([max(fewer, 0)], now.period, at_us)
    return {
        name: max(owed.credits - gone, 0)
        for name, owed in now.owed.items()
        if owed.why is Why.PERIOD and owed.period == now.period and gone and owed.credits
    }
