"""Claiming, and what becomes of a claim: decided in a unit of work, for any command.

A command of another context has several of them in its own commit: it asks each `check_...` first,
then has them record (`value_refs` says what it `needs`). An order has one claim on a source, and
all it does has its effect once: what was done before is not done again, and the function returns
None. A refund is of the command that says it: that has a key, and its amount is at most what was
settled and has not come back.
"""

from __future__ import annotations

from api.commands.by import By
from api.commands.result import PendingFact
from api.commands.stored_value.lookup import find_value, settlement_of
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import Conflict
from ledger.kernel.money import format_amount
from ledger.kernel.times import microseconds
from ledger.stored_value.settlement import Settlement
from ledger.stored_value.value_source import ValueSource


def check_claim(
    unit: UnitOfWork,
    org: str,
    source: ValueSource,
    order: str,
    amount: int,
    currency: str,
    lasts_us: int | None = None,
) -> bool:
    """Refuse what an order cannot claim; tell whether it has just that claim already. Records
    nothing."""
    value, now_us = find_value(unit, org, source), microseconds(unit.now(org))
    has = value.claim_of(order, now_us)
    if has is not None and (has.amount, value.currency) == (amount, currency):
        return True
    if has is not None:
        raise Conflict(
            f"the order has claimed {format_amount(has.amount, value.currency)} "
            f"{value.currency} of it: release that first.",
            field="order",
        )
    if settlement_of(unit, org, source, order) is not None:
        raise Conflict(
            f"the order has spent of the {source.words} already: it does so once.", field="order"
        )
    value.check_claim(amount, currency, lasts_us, now_us)
    return False


def claim(
    unit: UnitOfWork,
    org: str,
    source: ValueSource,
    order: str,
    amount: int,
    currency: str,
    by: By,
    lasts_us: int | None = None,
) -> PendingFact | None:
    """Set some of a source aside for an order, until it is settled or released, or for so long.
    None: the order has just that claim. Refused as `check_claim` says."""
    if check_claim(unit, org, source, order, amount, currency, lasts_us):
        return None
    value = find_value(unit, org, source)
    value.claim(order, amount, lasts_us, unit.now(org), fingerprint=by.fingerprint)
    return unit.record(value, by.actor, by.key)


def settle(
    unit: UnitOfWork, org: str, source: ValueSource, order: str, by: By
) -> PendingFact | None:
    """Have what an order has claimed be spent. None: it was before. Refused where it has no claim,
    or no more."""
    value, at = find_value(unit, org, source), unit.now(org)
    if settlement_of(unit, org, source, order) is not None:
        return None
    amount = value.settle(order, at, fingerprint=by.fingerprint)
    settlement = Settlement.settle(org, source, order, amount, value.currency, at)
    unit.record(settlement, by.actor)
    return unit.record(value, by.actor, by.key)


def release(
    unit: UnitOfWork, org: str, source: ValueSource, order: str, by: By
) -> PendingFact | None:
    """Have what an order has claimed, and nobody else, be available again. None: it has no claim,
    or no more. Refused where it was settled."""
    value, at = find_value(unit, org, source), unit.now(org)
    if settlement_of(unit, org, source, order) is not None:
        raise Conflict("the order has spent its claim: give it back instead.", field="order")
    if not value.release(order, at, fingerprint=by.fingerprint):
        return None
    return unit.record(value, by.actor, by.key)


def check_give_back(
    unit: UnitOfWork, org: str, source: ValueSource, order: str, amount: int, currency: str
) -> Settlement:
    """Return what an order has spent. Refused where so much of it cannot come back. Records
    nothing."""
    find_value(unit, org, source).check_give_back(amount, currency)
    settlement = settlement_of(unit, org, source, order)
    if settlement is None:
        raise Conflict(
            f"the order has spent nothing of the {source.words}: release its claim, if it has one.",
            field="order",
        )
    settlement.check_give_back(amount)
    return settlement


def give_back(
    unit: UnitOfWork,
    org: str,
    source: ValueSource,
    order: str,
    amount: int,
    currency: str,
    by: By,
) -> PendingFact:
    """Have some of what an order has spent be there again, also on a card that is disabled, or has
    expired: that can be used for a while again. Refused as `check_give_back` says."""
    settlement = check_give_back(unit, org, source, order, amount, currency)
    value, at = find_value(unit, org, source), unit.now(org)
    value.give_back(order, amount, at, fingerprint=by.fingerprint)
    settlement.give_back(amount, at)
    unit.record(settlement, by.actor)
    return unit.record(value, by.actor, by.key)
