"""Bodies of requests about inventory, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import Field, WithJsonSchema

from api.http.choices import choice, one_of
from api.http.fields import Amount, Asset, Body, Label, Reason, Seconds, Sku, Units, checked
from api.http.requests import JsonBody
from ledger.inventory.condition import Condition
from ledger.inventory.location import LOCATION_PATTERN, Location, check_location
from ledger.inventory.reservation import StockLine
from ledger.inventory.stock_cost import Outlay, check_cost
from ledger.kernel.errors import Invalid
from ledger.kernel.limits import LOCATION_PRIORITY_MAX, RESERVATION_LINES_MAX, UNITS_MAX
from ledger.kernel.money import parse_amount_or_zero, scale_of


def _signed_units(value: object, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= abs(value) <= UNITS_MAX:
        raise Invalid(
            f"{field} must be an integer from 1 to {UNITS_MAX}, or the same below zero.",
            field=field,
        )
    return value


LocationId = Annotated[
    str,
    checked(check_location),
    WithJsonSchema({"type": "string", "pattern": f"^{LOCATION_PATTERN}$"}),
]
SignedUnits = Annotated[
    int,
    checked(_signed_units),
    WithJsonSchema(
        {"type": "integer", "minimum": -UNITS_MAX, "maximum": UNITS_MAX, "not": {"const": 0}}
    ),
]
ConditionName = Annotated[Condition, choice(Condition), one_of(Condition)]


class LocationBody(Body):
    """A location. Reservations are taken from active ones, that of the lowest `priority` first."""

    id: LocationId
    name: Label
    priority: Annotated[int, Field(ge=0, le=LOCATION_PRIORITY_MAX)] = 0
    active: bool = True


class StockSettingsBody(Body):
    """Whether more of a SKU may be reserved at a location than is on hand there."""

    location: LocationId
    sku: Sku
    allow_oversell: bool


class ReceiptBody(Body):
    """Units that have come in; `cost`: what all of them together have cost, in the `currency` of
    all costs of the org."""

    location: LocationId
    sku: Sku
    quantity: Units
    reference: Label | None = None
    cost: Amount | None = None
    currency: Asset | None = None


class UnitCostBody(Body):
    """What a unit of a SKU has cost that is on hand at a location."""

    location: LocationId
    sku: Sku
    unit_cost: Amount
    currency: Asset


class StockAdjustmentBody(Body):
    """Units that were counted and not known, or below zero are not there any more, and why."""

    location: LocationId
    sku: Sku
    quantity: SignedUnits
    condition: ConditionName = Condition.SELLABLE
    reason: Reason


class StockTransferBody(Body):
    """Units that go from a location to another."""

    location: LocationId
    to: LocationId
    sku: Sku
    quantity: Units
    reference: Label | None = None


class StockLineBody(Body):
    """So many of a SKU; from a location, or from wherever there are some."""

    sku: Sku
    quantity: Units
    location: LocationId | None = None


StockLines = Annotated[list[StockLineBody], Field(min_length=1, max_length=RESERVATION_LINES_MAX)]


class StockReturnBody(Body):
    """Units that were shipped and have come back; to a `location`, or to where each had left."""

    reservation: Label
    owner: Label
    lines: StockLines
    condition: ConditionName
    location: LocationId | None = None


class ReserveBody(Body):
    """Units to set aside for an owner, such as an order: every line, or none."""

    owner: Label
    lines: StockLines
    expires_in: Seconds | None = None


class OwnerBody(Body):
    """Whose the reservation is."""

    owner: Label


class SomeLinesBody(Body):
    """Whose the reservation is, and of what; without `lines` of all that is left of it."""

    owner: Label
    lines: StockLines | None = None


def location_in(body: LocationBody) -> Location:
    """Return a location as a body says it."""
    return Location(body.id, body.name, body.priority, body.active)


def paid_in(body: ReceiptBody) -> Outlay | None:
    """Return what units have cost, as a body says it. Raises Invalid."""
    if (body.cost is None) != (body.currency is None):
        missing = "cost" if body.cost is None else "currency"
        raise Invalid("cost and currency are said together, or neither.", field=missing)
    return None if body.cost is None else _paid(body.cost, body.currency, "cost")


def unit_cost_in(body: UnitCostBody) -> Outlay:
    """Return what a unit has cost, as a body says it. Raises Invalid."""
    return _paid(body.unit_cost, body.currency, "unit_cost")


def _paid(amount: object, currency: object, field: str) -> Outlay:
    scale_of(currency, "currency")
    named = str(currency)
    return Outlay(check_cost(parse_amount_or_zero(amount, named, field), field), named)


def lines_in(lines: list[StockLineBody] | None) -> tuple[StockLine, ...]:
    """Return lines as a body says them."""
    return tuple(StockLine(each.sku, each.quantity, each.location) for each in lines or ())


def sent_in(body: ReserveBody | SomeLinesBody | StockReturnBody) -> dict[str, object]:
    """Return what was sent, with its lines as they were."""
    lines = {"lines": [each.sent() for each in body.lines]} if body.lines else {}
    return body.sent() | lines


LocationAsked = Annotated[LocationBody, Depends(JsonBody(LocationBody))]
StockSettings = Annotated[StockSettingsBody, Depends(JsonBody(StockSettingsBody))]
UnitCost = Annotated[UnitCostBody, Depends(JsonBody(UnitCostBody))]
Receipt = Annotated[ReceiptBody, Depends(JsonBody(ReceiptBody))]
StockAdjustment = Annotated[StockAdjustmentBody, Depends(JsonBody(StockAdjustmentBody))]
StockTransfer = Annotated[StockTransferBody, Depends(JsonBody(StockTransferBody))]
StockReturn = Annotated[StockReturnBody, Depends(JsonBody(StockReturnBody))]
Reserve = Annotated[ReserveBody, Depends(JsonBody(ReserveBody))]
OwnerOnly = Annotated[OwnerBody, Depends(JsonBody(OwnerBody))]
SomeLines = Annotated[SomeLinesBody, Depends(JsonBody(SomeLinesBody))]
