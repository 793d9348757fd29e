"""Value payments: how much each source pays of an order, decided in the commit that places it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from api.commands.stored_value.lookup import find_value, value_refs
from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.kernel.errors import Refusal
from ledger.kernel.times import microseconds
from ledger.ordering.value_payment import AskedValue, ValuePayment
from ledger.stored_value.stored_value import StoredValue
from ledger.stored_value.value_source import SourceKind, value_id


def asked_refs(org: str, order: str, asked: Iterable[AskedValue]) -> list[AggregateRef]:
    """Return what is decided on, to fetch it all at once."""
    return [ref for each in asked for ref in value_refs(org, each.source, order)]


def value_payments(
    unit: UnitOfWork, org: str, asked: Sequence[AskedValue], to_pay: int, currency: str
) -> list[ValuePayment]:
    """Return what each source pays of what there is to pay, as long as something is left. Refused
    where one that is named cannot be used, or has less than was named; who has no store credit
    pays none."""
    found, left = [], to_pay
    for each in asked:
        if not left:
            break
        try:
            amount = _amount(unit, org, each, left, currency)
        except Refusal as refusal:
            refusal.field = each.field
            raise
        if amount:
            found.append(ValuePayment(each.source.path, amount))
            left -= amount
    return found


def _amount(unit: UnitOfWork, org: str, asked: AskedValue, left: int, currency: str) -> int:
    is_all_there_is = asked.source.kind is SourceKind.STORE_CREDIT and asked.limit is None
    if is_all_there_is and unit.get(StoredValue, value_id(org, asked.source)) is None:
        return 0
    value, now_us = find_value(unit, org, asked.source), microseconds(unit.now(org))
    there = value.unclaimed(now_us) if asked.limit is None else asked.limit
    amount = min(left, there)
    if amount or not is_all_there_is:
        value.check_claim(amount or 1, currency, None, now_us)  # of nothing one cannot be had
    return amount
