"""Orders: the list, one as it is, and what a person does with one: confirms that its bank transfer
came, or cancels it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query
from pydantic import WithJsonSchema

from api.commands.ordering.orders import CancelOrder
from api.commands.ordering.payments import ConfirmTransfer
from api.http.answers import ListAnswer, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.errors import TooManyReads
from api.http.lists import answer_list
from api.http.ordering.answers.orders import (
    ListedOrderAnswer,
    OrderAnswer,
    listed_answer,
    order_answer,
)
from api.http.ordering.bodies import Cancellation, OrderTransfer
from api.http.ordering.permissions import OrdersConfirmer, OrdersReader, OrdersWriter
from api.http.paging import Limit
from api.http.parameters import Sequence, User, check_choice
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.ordering.orders import ORDERS, FoundOrder, history_of, order_of, terms_in
from ledger.fulfilment.goods import goods_of
from ledger.kernel.errors import Conflict, NotFound
from ledger.ordering.order_secret import opens
from ledger.ordering.order_status import NEXT, SOLD, OrderStatus, PaymentState
from ledger.ordering.past_order_id import is_past_order_id
from ledger.purchases.purchase_base import MANUAL

router = Router(prefix="/v1/orders", tags=["orders"])

GuestSecret = Annotated[
    str | None,
    Header(alias="Guest-Secret", description="Of a guest's order: what its checkout answered."),
    WithJsonSchema({"type": "string"}),
]


_SENT = (OrderStatus.PARTIALLY_FULFILLED, OrderStatus.FULFILLED)
_TO_FULFIL = SOLD - {OrderStatus.FULFILLED}


@router.get("", openapi_extra=may_answer(TooManyReads))
async def list_orders(
    caller: OrdersReader,
    user: User | None = None,
    status: Annotated[str | None, Query(json_schema_extra={"enum": list(OrderStatus)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[ListedOrderAnswer]]:
    """An org's orders, of one user or of all the caller may see, those placed last first."""
    check_choice(status, tuple(OrderStatus), "status")
    filters = {"user": caller.filter(user), "status": status}
    return await answer_list(
        caller,
        ORDERS,
        filters,
        listed_answer,
        cursor=cursor,
        limit=limit,
        min_sequence=min_sequence,
    )


@router.get("/{order}", openapi_extra=may_answer(NotFound))
async def look_at_order(
    caller: OrdersReader, order: str, guest_secret: GuestSecret = None
) -> Ok[OrderAnswer]:
    """An order: its terms, what has happened to it, and what can be done with it. With a secret it
    is the guest's who has it, for 90 days, and nobody else's."""
    found = await find(caller, order, guest_secret, of_the_past=True)
    return await answer_order(caller, found)


@router.post("/{order}/confirm-transfer", openapi_extra=may_answer(NotFound, Conflict))
async def confirm_transfer(
    caller: OrdersConfirmer, key: IdempotencyKey, order: str, body: OrderTransfer
) -> Ok[OrderAnswer]:
    """Confirm that the bank transfer of an order came: one transfer pays one order. One that came
    when the order had let go of what it held confirms it if all of that is still to be had; else
    it is to be sent back."""
    found = await find(caller, order)
    command = ConfirmTransfer(
        **caller.asks(key),
        sent={"order": order, **body.sent()},
        order=order,
        reference=body.reference,
        paid_us=body.paid_at,
    )
    result = await caller.service.writer.submit(command)
    return await answer_order(caller, await find(caller, found.id), replayed=result.replayed)


@router.post("/{order}/cancel", openapi_extra=may_answer(NotFound, Conflict))
async def cancel_order(
    caller: OrdersWriter, key: IdempotencyKey, order: str, body: Cancellation
) -> Ok[OrderAnswer]:
    """Cancel an order before it is fulfilled: its stock and its promotions are free again, so is
    its cart if it was not paid, and what was paid goes back."""
    found = await find(caller, order)
    command = CancelOrder(
        **caller.asks(key),
        sent={"order": order},  # the reason is erasable: compared by its digest
        order=order,
        reason=sealed_reason(caller, body.reason, found.owner or order),
    )
    result = await caller.service.writer.submit(command)
    return await answer_order(caller, await find(caller, found.id), replayed=result.replayed)


async def find(
    caller: Caller, order: str, secret: str | None = None, *, of_the_past: bool = False
) -> FoundOrder:
    """Return an order that the caller may see, or whose secret they have; one that was imported
    only where nothing is to be done with it. Raises NotFound."""
    if is_past_order_id(order) and not of_the_past:
        raise NotFound(
            "an order that was imported can be looked at; nothing is done with it here.", field="id"
        )
    found = await order_of(caller.service.reader, caller.org, order)
    if found is not None and secret is not None:
        if opens(secret, found.guest, found.placed_us, caller.service.clock()):
            return found
    elif found is not None and caller.sees(found.owner):
        return found
    raise NotFound("there is no order of that id.", field="id")


async def answer_order(
    caller: Caller, found: FoundOrder, *, replayed: bool = False
) -> Ok[OrderAnswer]:
    """Return an order as it is now."""
    history = await history_of(caller.service.reader, caller.org, found.id)
    actions = _actions(caller, found, bool(goods_of(terms_in(history))))
    return Ok(order_answer(found, history, actions), replayed=replayed)


def _actions(caller: Caller, found: FoundOrder, has_goods: bool) -> list[str]:
    """Return what a caller can do with an order now."""
    if found.source is not None:
        return []
    status, may = OrderStatus(found.status), caller.credential.may

    def may_own(permission: str) -> bool:
        return caller.credential.may_own(permission) and caller.sees(found.owner)

    is_owners = may_own("orders:write")
    is_paid = found.payment_status in (PaymentState.PAID, PaymentState.PARTLY_REFUNDED)
    waits = status in (OrderStatus.PENDING, OrderStatus.PAYMENT_FAILED)
    can = {
        "pay": status is OrderStatus.PENDING and found.url is not None,
        "confirm_transfer": waits and found.provider == MANUAL and may("orders:confirm"),
        "capture": found.payment_status == PaymentState.AUTHORISED and may("orders:confirm"),
        "cancel": OrderStatus.CANCELLED in NEXT[status] and is_owners,
        "refund": is_paid and found.refunded < found.total and may("orders:refund"),
        "fulfil": has_goods and status in _TO_FULFIL and may("fulfilments:write"),
        "return": has_goods and status in _SENT and may_own("returns:write"),
    }
    return [action for action, is_possible in can.items() if is_possible]
