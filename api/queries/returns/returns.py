"""Returns: the list of them, and what comes back of one order, from its events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from api.queries.lists import ModelList
from api.queries.reader import Reader
from ledger.fulfilment.goods import GoodsLine
from ledger.kernel.decoding import converted
from ledger.returns.order_return import OrderReturn, ReceivedUnits, RestockedUnits, ReturnStatus


class ListedReturn(NamedTuple):
    """A return of a list; times in microseconds."""

    id: str
    order_id: str
    owner: str | None
    status: str
    lines: int
    units: int
    received: int | None
    damaged: int | None
    refund: str | None
    requested_us: int
    received_us: int | None
    refunded_us: int | None
    cancelled_us: int | None
    new_order: str | None
    exchanged_us: int | None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        return self.requested_us, self.id


RETURNS = ModelList("order_returns", "returns/returns", ListedReturn)


class FoundReturn(NamedTuple):
    """A return of an order; times in microseconds. `reason`: why it is requested, unless that was
    erased; `restocked`: what stock has again."""

    id: str
    order_return: OrderReturn
    reason: str | None
    requested_us: int
    received_us: int | None = None
    refunded_us: int | None = None
    cancelled_us: int | None = None
    exchanged_us: int | None = None
    restocked: tuple[RestockedUnits, ...] = ()


async def returns_of(reader: Reader, org: str, order: str) -> dict[str, FoundReturn]:
    """Return what comes back of an order, as it is now, those that were requested first first."""
    found: dict[str, FoundReturn] = {}
    for row in await reader.rows(org, "returns/history", {"org": org, "id": order}):
        kind, body, at_us = row["type"], row["body"], row["recorded_us"]
        if kind == "returns.ReturnRequested":
            made = OrderReturn(converted(body["lines"], list[GoodsLine]))
            name = body["order_return"]
            found[name] = FoundReturn(name, made, row["text"], at_us)
        elif kind == "returns.ReturnReopened":
            name = body["order_return"]
            found[name] = _reopened(found[name])
        elif kind in _MOVES:
            name = body["order_return"]
            found[name] = _moved(kind, at_us, body, found[name])
    return found


def units_received(returns: Iterable[FoundReturn]) -> dict[int, int]:
    """Return how many units of each line have come back."""
    units: dict[int, int] = {}
    for found in returns:
        for each in found.order_return.received:
            units[each.line] = units.get(each.line, 0) + each.units
    return units


_MOVES = {
    "returns.ReturnReceived": (ReturnStatus.RECEIVED, "received_us"),
    "returns.ReturnRefunded": (ReturnStatus.REFUNDED, "refunded_us"),
    "returns.ReturnExchanged": (ReturnStatus.EXCHANGED, "exchanged_us"),
    "returns.ReturnCancelled": (ReturnStatus.CANCELLED, "cancelled_us"),
}
"""What facts move a return to, and which of its moments that is."""


def _moved(kind: str, at_us: int, body: dict[str, Any], before: FoundReturn) -> FoundReturn:
    status, moment = _MOVES[kind]
    changed: dict[str, Any] = {"status": status}
    restocked = before.restocked
    if status is ReturnStatus.RECEIVED:
        changed["received"] = converted(body["received"], list[ReceivedUnits])
        restocked = tuple(converted(body["restocked"], list[RestockedUnits]))
    if status in (ReturnStatus.REFUNDED, ReturnStatus.EXCHANGED):
        changed |= {name: body[name] for name in ("refund", "new_order") if name in body}
    there = msgspec.structs.replace(before.order_return, **changed)
    moments: dict[str, Any] = {moment: at_us}
    return before._replace(order_return=there, restocked=restocked, **moments)


def _reopened(before: FoundReturn) -> FoundReturn:
    """Return a return as it was before its exchange."""
    there = msgspec.structs.replace(
        before.order_return, status=ReturnStatus.RECEIVED, new_order=None
    )
    return before._replace(order_return=there, exchanged_us=None)
