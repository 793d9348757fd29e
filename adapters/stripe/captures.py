"""Captures at Stripe: of a payment that was only authorised the money is taken, or let go, once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import stripe

from adapters.stripe.amounts import to_stripe
from adapters.stripe.calls import UNTIL_DECIDED_S, called, key_of, once
from adapters.stripe.notices import AUTHORISATION_EXPIRED, payment_of
from adapters.stripe.paging import shown
from ledger.kernel.outside import NeverTaken, NotTaken
from ledger.purchases.notice import PaymentFailed, PaymentPaid
from ledger.purchases.provider import CaptureAsked, VoidAsked

Ended: TypeAlias = PaymentPaid | PaymentFailed
"""How a payment has ended."""

_EXPIRED = "capture_charge_authorization_expired"


class StripeCaptures:
    """Captures and voids the payments of an account."""

    def __init__(self, v1: stripe.V1Services) -> None:
        self._intents = v1.payment_intents

    async def capture(self, asked: CaptureAsked) -> Ended:
        """Take what a bank keeps: once, however often it is asked."""
        amount = to_stripe(asked.money)

        async def make(key: str) -> dict[str, Any]:
            made = await self._intents.capture_async(
                asked.payment, {"amount_to_capture": amount}, {"idempotency_key": key}
            )
            return shown(made)

        key = key_of("capture", asked.org, asked.purchase, asked.payment, str(amount))
        return await self._end(asked.payment, key, make)

    async def void(self, asked: VoidAsked) -> Ended:
        """Let go what a bank keeps, unless somebody has captured it before."""

        async def make(key: str) -> dict[str, Any]:
            made = await self._intents.cancel_async(
                asked.payment,
                {"cancellation_reason": "requested_by_customer"},
                {"idempotency_key": key},
            )
            return shown(made)

        key = key_of("void", asked.org, asked.purchase, asked.payment)
        return await self._end(asked.payment, key, make)

    async def _end(
        self, payment: str, key: str, make: Callable[[str], Awaitable[dict[str, Any]]]
    ) -> Ended:
        """Return how a payment has ended, or ends by what is made now."""

        async def find() -> Ended | None:
            return _ended(shown(await self._intents.retrieve_async(payment)))

        async def end(key: str) -> Ended | None:
            return _ended(await make(key))

        try:
            ended = await once(key, find, end)
        except (stripe.CardError, NeverTaken) as error:
            # Somebody was faster, or the bank keeps it no more: what has become of it decides.
            ended = await called(find())
            if ended is None and _is_expired(error):
                ended = PaymentFailed(AUTHORISATION_EXPIRED, payment)
            if ended is None:
                raise NeverTaken(f"Stripe does not end the payment {payment}: {error}") from error
        if ended is None:
            raise NotTaken("Stripe has not decided about the payment yet.", UNTIL_DECIDED_S)
        return ended


def _ended(intent: dict[str, Any]) -> Ended | None:
    found = payment_of(intent)
    return found if isinstance(found, PaymentPaid | PaymentFailed) else None


def _is_expired(error: BaseException) -> bool:
    cause = error if isinstance(error, stripe.StripeError) else error.__cause__
    return isinstance(cause, stripe.StripeError) and cause.code == _EXPIRED
