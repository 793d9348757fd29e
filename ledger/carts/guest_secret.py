"""The guest secret: what opens the cart of somebody who has not signed in; its hash is stored."""

from __future__ import annotations

from ledger.kernel.canonical import base64url

SECRET_PREFIX = "tally_guest_"
SECRET_BYTES = 32


def secret_of(random: bytes) -> str:
    """Return the secret made from `SECRET_BYTES` random bytes."""
    return SECRET_PREFIX + base64url(random)
