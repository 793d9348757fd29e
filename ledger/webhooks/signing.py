"""The signing secrets of webhooks: made of one secret of the ledger, so that none is stored.

A secret is of a generation: the next one begins when it is rotated, and both sign for a while.
Standard Webhooks says how a secret is shown and what is signed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

PREFIX = "whsec_"


def secret_of(key: bytes, org: str, webhook: str, generation: int) -> bytes:
    """Return the secret of a webhook of an org: 32 bytes."""
    named = "\0".join(("webhook", org, webhook, str(generation)))
    return hmac.digest(key, named.encode(), hashlib.sha256)


def shown(secret: bytes) -> str:
    """Return a secret as its receiver is given it."""
    return PREFIX + base64.b64encode(secret).decode()
