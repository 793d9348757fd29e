"""Checking: whether what an order moves between locations can be, before anything is recorded."""

from __future__ import annotations

from api.commands.inventory.lookup import locations_of
from api.commands.unit_of_work import UnitOfWork
from ledger.catalogue.item_type import Kind
from ledger.kernel.errors import Invalid, NotFound
from ledger.ordering.order_terms import OrderTerms, PlacedLine


def check(unit: UnitOfWork, org: str, terms: OrderTerms) -> None:
    """Raise Invalid or NotFound, which name the line, for what cannot be moved. Whether it is there
    is for its stock to say."""
    sold = {each.sku for each in terms.lines if each.kind is not Kind.INTERNAL_TRANSFER}
    for place, line in enumerate(terms.lines):
        if line.kind is Kind.INTERNAL_TRANSFER:
            _check_moved(unit, org, line, f"lines.{place}")
            if line.sku in sold:
                field = f"lines.{place}.sku"
                raise Invalid(f"{field}: {line.sku} is sold, too: order it apart.", field=field)
        else:
            _check_sold(line, f"lines.{place}")


def _check_moved(unit: UnitOfWork, org: str, line: PlacedLine, path: str) -> None:
    there = locations_of(unit, org)
    for name, location in _locations(line).items():
        field = f"{path}.{name}"
        if location is None:
            raise Invalid(f"{field} is required: one of GET /v1/locations.", field=field)
        if location not in there:
            raise NotFound(f"{field} must be one of GET /v1/locations.", field=field)
    if line.from_location == line.to_location:
        field = f"{path}.to_location"
        raise Invalid(f"{field} must be another location.", field=field)


def _check_sold(line: PlacedLine, path: str) -> None:
    for name, location in _locations(line).items():
        if location is not None:
            field = f"{path}.{name}"
            raise Invalid(f"{field}: {line.sku} is no internal transfer.", field=field)


def _locations(line: PlacedLine) -> dict[str, str | None]:
    return {"from_location": line.from_location, "to_location": line.to_location}
