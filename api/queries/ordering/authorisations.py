"""Authorisations of orders: what banks keep for them, as their histories say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from api.queries.ordering.orders import OrderEvent
from ledger.ordering.authorisation import AuthorisationState
from ledger.ordering.capture import Capture

_MOVES = {
    "ordering.OrderCaptureRequested": AuthorisationState.CAPTURING,
    "ordering.OrderCaptureRefused": AuthorisationState.OPEN,
    "ordering.OrderVoidRequested": AuthorisationState.VOIDING,
    "ordering.OrderPaymentVoided": AuthorisationState.GONE,
    "ordering.OrderPaid": AuthorisationState.CAPTURED,
    "ordering.StrayMoneyCame": AuthorisationState.CAPTURED,
}


class FoundAuthorisation(NamedTuple):
    """What a bank keeps for an order, or kept: `less` of it is captured no more. `expires_us`:
    until when, where that is known."""

    payment: str
    amount: int
    authorised_us: int
    expires_us: int | None
    state: str = AuthorisationState.OPEN.value
    less: int = 0


def capture_in(history: Sequence[OrderEvent]) -> str | None:
    """Return when the money of an order is taken; None: nobody collects any."""
    for each in history:
        if each.type == "ordering.OrderPaymentBegun":
            return str(each.body["begun"].get("capture", Capture.NOW.value))
    return None


def authorisation_in(history: Sequence[OrderEvent]) -> FoundAuthorisation | None:
    """Return what a bank keeps for an order, if one does or did."""
    found: FoundAuthorisation | None = None
    for event in history:
        body = event.body
        if event.type == "ordering.OrderPaymentAuthorised":
            payment, amount = body["payment"], body["money"]["amount"]
            expires_us = body.get("expires_us")
            found = FoundAuthorisation(payment, amount, event.recorded_us, expires_us)
        elif found is None:
            continue
        elif event.type == "ordering.OrderLessened":
            found = found._replace(less=found.less + body["money"]["amount"])
        elif event.type in _MOVES and body["payment"] == found.payment:
            found = found._replace(state=_MOVES[event.type].value)
    return found
