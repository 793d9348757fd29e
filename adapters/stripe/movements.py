"""Movements in Stripe's own book, in our words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.stripe.amounts import from_stripe
from adapters.stripe.notices import Shown, dispute_of, id_of, refund_of
from ledger.purchases.notice import Happening, PaymentFailed, PaymentPaid
from ledger.purchases.provider import Movement, MovementKind

_TYPES = {
    "stripe_fee": MovementKind.FEE,
    "payout": MovementKind.PAYOUT,
    "payout_failure": MovementKind.PAYOUT,
    "payout_cancel": MovementKind.PAYOUT,
}


def movement_of(shown: Shown) -> Movement:
    """Return a balance transaction, its source read with it, as a movement."""
    source = shown["source"] if isinstance(shown["source"], dict) else {}
    kind, now_of = _SOURCES.get(source.get("object", ""), (None, None))
    metadata = source.get("metadata") or {}
    return Movement(
        id=shown["id"],
        kind=kind or _TYPES.get(shown["type"], MovementKind.OTHER),
        of=_moved_by(shown, source),
        money=from_stripe(shown["amount"], shown["currency"]),
        fee=from_stripe(shown["fee"], shown["currency"]).amount,
        created_us=shown["created"] * 1_000_000,
        happening=now_of(source) if now_of is not None else None,
        org=_text(metadata, "org"),
        purchase=_text(metadata, "purchase"),
    )


def _moved_by(shown: Shown, source: Shown) -> str:
    """Return the id of a payment for a charge of it: a charge is an attempt of one."""
    if source.get("object") == "charge":
        return id_of(source["payment_intent"]) or str(source["id"])
    return id_of(shown["source"]) or str(shown["id"])


def _charged(charge: Shown) -> PaymentPaid | PaymentFailed | None:
    """Return how a charge has ended, if it has; also one that failed after it was booked."""
    payment = id_of(charge["payment_intent"]) or str(charge["id"])
    if charge["status"] == "failed":
        return PaymentFailed(charge["failure_code"] or "failed", payment)
    if charge["status"] != "succeeded":
        return None
    return PaymentPaid(payment, from_stripe(charge["amount_captured"], charge["currency"]))


_SOURCES: Mapping[str, tuple[MovementKind, Callable[[Shown], Happening | None]]] = {
    "charge": (MovementKind.PAYMENT, _charged),
    "refund": (MovementKind.REFUND, refund_of),
    "dispute": (MovementKind.DISPUTE, dispute_of),
}


def _text(metadata: Mapping[str, Any], name: str) -> str | None:
    found = metadata.get(name)
    return found if isinstance(found, str) else None
