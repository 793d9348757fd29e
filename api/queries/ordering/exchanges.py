"""The exchanges of an order: what of it pays which new orders, and what these have given back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from api.queries.ordering.orders import OrderEvent
from ledger.ordering.order_base import ExchangeState


class FoundExchange(NamedTuple):
    """What of an order pays a new one, in the currency's smallest unit: `amount` for what came back
    by `order_return`. `given_back`: what of it the new order has given back."""

    id: str
    order_return: str
    new_order: str
    state: ExchangeState
    amount: int
    currency: str
    begun_us: int
    given_back: int = 0


def exchanges_in(history: Sequence[OrderEvent]) -> list[FoundExchange]:
    """Return the exchanges of an order, those that began first first."""
    found: dict[str, FoundExchange] = {}
    for event in history:
        body = event.body
        match event.type:
            case "ordering.OrderExchangeBegun":
                found[body["exchange"]] = FoundExchange(
                    body["exchange"],
                    body["of_return"],
                    body["new_order"],
                    ExchangeState.PENDING,
                    sum(each["amount"] for each in body["lines"]),
                    body["currency"],
                    event.recorded_us,
                )
            case "ordering.OrderExchangeEnded":
                ended = found[body["exchange"]]
                found[ended.id] = ended._replace(state=ExchangeState.ENDED)
            case "ordering.OrderValueReturned" if body["refund"] in found:
                done = found[body["refund"]]
                found[done.id] = done._replace(state=ExchangeState.DONE)
            case "ordering.OrderExchangeReturned":
                given = found[body["exchange"]]
                found[given.id] = given._replace(given_back=given.given_back + body["amount"])
    return list(found.values())


def exchanged_for_in(history: Sequence[OrderEvent]) -> list[str]:
    """Return the new orders that an order pays, or is to pay."""
    exchanges = exchanges_in(history)
    return [each.new_order for each in exchanges if each.state is not ExchangeState.ENDED]
