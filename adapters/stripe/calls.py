"""Calls to Stripe: what the end of one means, and how one is made once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import stripe

from ledger.kernel.outside import NeverTaken, NotTaken

T = TypeVar("T")

PATIENCE_S = 20.0
"""How long a call may take, all of it."""

UNTIL_DECIDED_S = 60.0
"""After how long a payment is looked at again that is not decided."""

KEY_MAX = 255
_TRIES = 3


async def called(call: Awaitable[T]) -> T:
    """Return what a call gives. Raises NotTaken or NeverTaken; a payment that a bank declines
    stays a CardError."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await call
    except TimeoutError as error:
        raise NotTaken(f"Stripe does not answer within {PATIENCE_S:g} s.") from error
    except stripe.CardError:
        raise
    except stripe.StripeError as error:
        raise _meaning(error) from error


async def once(
    key: str, find: Callable[[], Awaitable[T | None]] | None, make: Callable[[str], Awaitable[T]]
) -> T:
    """Return what is there, or what is made now under our key.

    Stripe forgets a key after a day: what must never be made twice is looked for first. And it
    repeats a fault of its own under the key that met it, for as long: the next try has another.
    """
    for number in range(1, _TRIES + 1):
        if find is not None and (found := await called(find())) is not None:
            return found
        try:
            return await called(make(key if number == 1 else f"{key}/{number}"))
        except NotTaken as error:
            if not _is_fault_again(error.__cause__):
                raise
    raise NotTaken("Stripe repeats a fault of its own.")


def key_of(*parts: str) -> str:
    """Return the idempotency key of what is asked under our id."""
    key = "/".join(parts)
    if len(key) > KEY_MAX:
        raise NeverTaken(f"an id is longer than Stripe takes: {KEY_MAX} characters in all.")
    return key


def _meaning(error: stripe.StripeError) -> NotTaken | NeverTaken:
    """What is wrong is the call itself, or somebody can be the cause who mends it: also a key that
    was revoked."""
    if isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError):
        return NeverTaken(_sentence(error))
    return NotTaken(_sentence(error), _seconds(error))


def _sentence(error: stripe.StripeError) -> str:
    if isinstance(error, stripe.APIConnectionError):
        return f"Stripe does not answer: {type(error.__cause__).__name__}."
    if error.http_status == 401:
        return "Stripe does not take our key."
    return f"Stripe answered {error.http_status}: {error.user_message or error.code}"


def _seconds(error: stripe.StripeError) -> float | None:
    """Retry-After in seconds; a date, or nonsense, is none."""
    text = _header(error, "retry-after")
    return float(text) if len(text) <= 6 and text.isascii() and text.isdigit() else None


def _is_fault_again(error: BaseException | None) -> bool:
    if not isinstance(error, stripe.APIError) or (error.http_status or 0) < 500:
        return False
    return _header(error, "idempotent-replayed") == "true"


def _header(error: stripe.StripeError, name: str) -> str:
    headers = error.headers or {}
    return next((each for found, each in headers.items() if found.lower() == name), "")
