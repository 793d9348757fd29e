"""More lines: what is ordered beside an order, or in exchange for some of it: for its buyer, to the
same place, at the prices of now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from api.commands.ordering.placing import PlaceOrder
from api.http.auth.caller import Caller
from api.http.ordering.bodies import OrderPaymentsBody
from api.http.ordering.paying import costs_and_values, left_in, method_in, page_in
from api.http.pricing.bodies import OrderLineBody
from api.queries.ordering.orders import FoundOrder
from api.queries.ordering.terms import terms_now
from ledger.ordering.order_terms import OrderTerms
from ledger.pricing.asked_order import AskedOrder, OrderLine


async def costs_of_more(
    caller: Caller,
    found: FoundOrder,
    terms: OrderTerms,
    lines: Sequence[OrderLineBody],
    shipping: str | None,
) -> OrderTerms:
    """Return what lines cost now, for whom an order is and where it goes. Raises Invalid, which
    names the line."""
    asked = AskedOrder(
        lines=[OrderLine(**each.model_dump()) for each in lines],
        currency=found.currency,
        at_us=caller.service.clock(),
        group=terms.group,
        price_list=terms.price_list,
        ship_to=terms.ship_to,
        shipping=shipping,
    )
    return await terms_now(caller.service.reader, caller.org, asked, [], found.owner)


async def order_of_more(
    caller: Caller,
    found: FoundOrder,
    body: OrderPaymentsBody,
    costs: Callable[[], Awaitable[OrderTerms]],
    total: int,
) -> PlaceOrder:
    """Return the command that places an order of more lines, by the same buyer, as a body pays
    it."""
    terms, values = await costs_and_values(caller, body, found.currency, found.owner, costs)
    return PlaceOrder(
        **caller.asks(""),
        sent={},
        order=caller.new_id("ord"),
        user=found.owner,
        guest=found.guest,
        terms=terms,
        expected_total=total,
        provider=body.payment.provider if body.payment else None,
        page=page_in(caller, body),
        method=await method_in(caller, body, found.owner),
        values=values,
        expected_payment=left_in(body, found.currency),
    )
