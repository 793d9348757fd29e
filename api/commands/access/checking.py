"""Checking: whether all that an order sells can be given, when it is placed and again before its
money is taken, so that nothing refuses when it is confirmed."""

from __future__ import annotations

from api.commands.credits.lookup import find_wallet
from api.commands.subscriptions.prepaid import check_prepaid
from api.commands.unit_of_work import UnitOfWork
from ledger.catalogue.item_type import Kind
from ledger.credits.admission import check_lots, check_room
from ledger.kernel.errors import Conflict, Invalid, NotFound, Refusal, TooManyLots
from ledger.kernel.limits import DOWNLOADS_PER_LINE_MAX
from ledger.kernel.money import CREDIT
from ledger.ordering.order_terms import OrderTerms, PlacedLine

_OF_WALLETS = (Kind.CREDITS, Kind.PLAN)


def check(unit: UnitOfWork, org: str, user: str | None, terms: OrderTerms) -> None:
    """Raise Invalid or Conflict, which name the line, where something cannot be given."""
    credits, lots, plans = 0, 0, 0
    for place, line in enumerate(terms.lines):
        field = f"lines.{place}"
        _check_line(line, user, field)
        if line.benefit is None or user is None:
            continue
        if line.benefit.credits is not None:
            credits, lots = credits + line.units * line.benefit.credits, lots + 1
            _check_wallet(unit, org, user, credits, lots, field)
        elif line.benefit.plan is not None:
            plans += 1
            credits += _check_plan(unit, org, user, line, line.benefit.plan, field, plans)


def _check_line(line: PlacedLine, user: str | None, field: str) -> None:
    if line.kind in _OF_WALLETS and line.benefit is None:
        raise Invalid(
            f"{field}.kind: {line.kind} are sold by SKUs of the catalogue, and {line.sku} is none.",
            field=f"{field}.kind",
        )
    if line.kind in _OF_WALLETS and user is None:
        raise Invalid(
            f"{field}: a guest has no wallet, so {line.sku} is sold to users only: name the user.",
            field=f"{field}.sku",
        )
    downloads = line.benefit.downloads if line.benefit is not None else None
    if downloads is not None and downloads * line.units > DOWNLOADS_PER_LINE_MAX:
        limit = DOWNLOADS_PER_LINE_MAX // downloads
        raise Invalid(f"{field}.units must be at most {limit}.", field=f"{field}.units")


def _check_wallet(
    unit: UnitOfWork, org: str, user: str, credits: int, lots: int, field: str
) -> None:
    wallet = find_wallet(unit, org, user)
    try:
        check_room(wallet.funds, credits, CREDIT)
        check_lots(wallet.funds, lots)
    except (Invalid, TooManyLots) as refusal:
        raise Conflict(f"{field}: {refusal.detail}", field=f"{field}.units") from None


def _check_plan(
    unit: UnitOfWork, org: str, user: str, line: PlacedLine, plan: str, field: str, plans: int
) -> int:
    """Return the credits that come with it, which take room from those of other lines."""
    if line.units > 1 or plans > 1:
        raise Invalid(f"{field}: an order has one unit of one plan.", field=f"{field}.units")
    try:
        return check_prepaid(unit, org, user, plan).plan.plan.credits_included
    except (Invalid, Conflict, NotFound) as refusal:
        raise Conflict(f"{field}: {refusal.detail}", field=f"{field}.sku") from None


def can_give(unit: UnitOfWork, org: str, user: str | None, terms: OrderTerms) -> bool:
    """Tell whether all that an order sells can still be given."""
    try:
        check(unit, org, user, terms)
    except Refusal:
        return False
    return True
