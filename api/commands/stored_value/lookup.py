"""Lookup of stored values, and of what orders have spent of them."""

from __future__ import annotations

from api.commands.unit_of_work import AggregateRef, UnitOfWork
from ledger.stored_value.settlement import Settlement, settlement_id
from ledger.stored_value.stored_value import StoredValue
from ledger.stored_value.value_source import ValueSource, no_such, value_id


def find_value(unit: UnitOfWork, org: str, source: ValueSource) -> StoredValue:
    """Return the stored value of a source. Refused where there is none."""
    found = unit.get(StoredValue, value_id(org, source))
    if found is None:
        raise no_such(source)
    return found


def settlement_of(unit: UnitOfWork, org: str, source: ValueSource, order: str) -> Settlement | None:
    """Return what an order has spent of a source, if it has."""
    return unit.get(Settlement, settlement_id(org, source, order))


def value_refs(org: str, source: ValueSource, order: str) -> list[AggregateRef]:
    """Return what a decision about an order and a source looks at, to fetch it all at once."""
    return [
        (StoredValue, value_id(org, source)),
        (Settlement, settlement_id(org, source, order)),
    ]
