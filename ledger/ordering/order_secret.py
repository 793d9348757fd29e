"""The order secret: by which a guest reads an order; only its digest is kept."""

from __future__ import annotations

import hashlib
import hmac

from ledger.kernel.canonical import base64url
from ledger.kernel.limits import GUEST_ORDER_US

SECRET_BYTES = 32
PREFIX = "order_"


def secret_of(random: bytes) -> str:
    """Return a secret, made of random bytes."""
    return PREFIX + base64url(random)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: its bytes are random, so nobody guesses them from it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def opens(secret: str, digest: str | None, placed_us: int, now_us: int) -> bool:
    """Tell whether a secret opens an order of a guest, now."""
    is_it = digest is not None and hmac.compare_digest(digest_of(secret), digest)
    return is_it and now_us < placed_us + GUEST_ORDER_US
