"""Capturing: the money that a bank keeps for an order is taken while somebody waits for it."""

from __future__ import annotations

from api.commands.ordering.payments import RequestCapture
from api.effects.ordering.captures import capture
from api.http.auth.caller import Caller
from api.http.ordering.routes.orders import find
from api.queries.ordering.orders import FoundOrder, OrderEvent, history_of
from ledger.kernel.decoding import converted
from ledger.kernel.errors import Conflict, PaymentDeclined, Unavailable
from ledger.kernel.outside import NotTaken
from ledger.ordering.order_payment_name import payment_name
from ledger.ordering.order_status import PaymentState
from ledger.purchases.notice import Money
from ledger.purchases.provider import CaptureAsked

_ASKED = "ordering.OrderCaptureRequested"
_ENDS = ("ordering.OrderPaymentVoided", "ordering.StrayMoneyCame")
"""How an authorisation ends of which an order gets nothing: it is gone, or another amount came."""


async def captured(caller: Caller, order: str) -> FoundOrder:
    """Return an order once its money is captured. Raises Conflict where there is none, and
    PaymentDeclined where its bank does not keep it any more."""
    await caller.service.writer.submit(RequestCapture(caller.org, caller.actor, order))
    found = await find(caller, order)
    if found.payment_status == PaymentState.AUTHORISED:
        await _ask(caller, order, _last(await _history(caller, order), _ASKED))
        found = await find(caller, order)
    if found.payment_status == PaymentState.AUTHORISED:
        raise Conflict(
            f"{found.provider} refuses to capture the money: see there why, and capture it again, "
            "or cancel the order.",
            field="id",
        )
    if found.payment_status == PaymentState.UNPAID:
        end = _last(await _history(caller, order), *_ENDS).body
        code = str(end["code"] if "code" in end else end["why"])
        raise PaymentDeclined(
            f"the money of the order {order} cannot be captured ({code}), and none of it came: "
            "cancel the order, and have the buyer place another.",
            order=order,
            reason=code,
        )
    return found


async def _ask(caller: Caller, order: str, asked: OrderEvent) -> None:
    """Have the provider take it at once; where it does not answer, it is asked later all the
    same."""
    payment, money = asked.body["payment"], converted(asked.body["money"], Money)
    wanted = CaptureAsked(caller.org, payment_name(order), payment, money)
    provider = await caller.service.payments.provider(asked.body["provider"])
    try:
        command = await capture(provider, wanted, caller.actor)
    except NotTaken as error:
        raise Unavailable(
            f"{provider.name} does not answer yet ({error.detail}): send the same request again."
        ) from error
    await caller.service.writer.submit(command)


async def _history(caller: Caller, order: str) -> list[OrderEvent]:
    return await history_of(caller.service.reader, caller.org, order)


def _last(history: list[OrderEvent], *types: str) -> OrderEvent:
    found: OrderEvent = next(each for each in reversed(history) if each.type in types)
    return found
