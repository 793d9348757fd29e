"""Answers about returns of orders."""

from __future__ import annotations

from typing import Annotated

from api.http.answers import Answer, Time, one_of, time_or_null
from api.queries.returns.returns import FoundReturn, ListedReturn
from ledger.inventory.condition import Condition
from ledger.kernel.times import format_time
from ledger.returns.order_return import ReturnStatus


class ReturnLineAnswer(Answer):
    """So many units of a line that come back."""

    line: int
    sku: str
    units: int


class ReceivedLineAnswer(Answer):
    """What has come of a line, in one condition. `location`: where, if not where it had left."""

    line: int
    sku: str
    units: int
    condition: Annotated[str, one_of(Condition)]
    location: str | None


class RestockedAnswer(Answer):
    """What stock has again at a location. Damaged units are not on hand."""

    location: str
    sku: str
    units: int
    condition: Annotated[str, one_of(Condition)]


class ReturnAnswer(Answer):
    """A return of an order. `refund`: that of its money, one of the order's; `new_order`: for which
    it was exchanged; `reason` is null once it was erased."""

    id: str
    order: str
    status: Annotated[str, one_of(ReturnStatus)]
    lines: list[ReturnLineAnswer]
    received: list[ReceivedLineAnswer]
    restocked: list[RestockedAnswer]
    refund: str | None
    new_order: str | None
    reason: str | None
    requested_at: Time
    received_at: Time | None
    refunded_at: Time | None
    exchanged_at: Time | None
    cancelled_at: Time | None


class ReturnsAnswer(Answer):
    """Every return of an order, those requested first first."""

    data: list[ReturnAnswer]


class ListedReturnAnswer(Answer):
    """A return of a list: `units` were to come back, `received` have, `damaged` of these cannot be
    sold. `new_order`: for which it was exchanged, or was to be, last."""

    id: str
    order: str
    user: str | None
    status: Annotated[str, one_of(ReturnStatus)]
    lines: int
    units: int
    received: int | None
    damaged: int | None
    refund: str | None
    new_order: str | None
    requested_at: Time
    received_at: Time | None
    refunded_at: Time | None
    exchanged_at: Time | None
    cancelled_at: Time | None


def return_answer(order: str, found: FoundReturn) -> ReturnAnswer:
    """Return a return as it is answered."""
    made = found.order_return
    return ReturnAnswer(
        found.id,
        order,
        made.status,
        [ReturnLineAnswer(each.line, each.sku, each.units) for each in made.lines],
        [
            ReceivedLineAnswer(each.line, each.sku, each.units, each.condition, each.location)
            for each in made.received
        ],
        [
            RestockedAnswer(each.location, each.sku, each.units, each.condition)
            for each in found.restocked
        ],
        made.refund,
        made.new_order,
        found.reason,
        format_time(found.requested_us),
        time_or_null(found.received_us),
        time_or_null(found.refunded_us),
        time_or_null(found.exchanged_us),
        time_or_null(found.cancelled_us),
    )


def listed_answer(listed: ListedReturn) -> ListedReturnAnswer:
    """Return a return of a list as it is answered."""
    return ListedReturnAnswer(
        listed.id,
        listed.order_id,
        listed.owner,
        listed.status,
        listed.lines,
        listed.units,
        listed.received,
        listed.damaged,
        listed.refund,
        listed.new_order,
        format_time(listed.requested_us),
        time_or_null(listed.received_us),
        time_or_null(listed.refunded_us),
        time_or_null(listed.exchanged_us),
        time_or_null(listed.cancelled_us),
    )
