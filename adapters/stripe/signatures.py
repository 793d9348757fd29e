"""Signatures of notices: HMAC-SHA256 of their time and raw bytes, as `Stripe-Signature` says."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from ledger.purchases.provider import Forged

TOLERANCE_S = 300
"""How old a signature may be: what was heard on the way cannot be sent again for ever."""

_HEADER_MAX = 4096
_SCHEME = "v1"


def require_signed(content: bytes, header: str, secrets: Sequence[str], now_us: int) -> None:
    """Raise Forged unless one of our secrets has signed these bytes, a short time ago."""
    time_s, signatures = _read(header)
    signed = b"%d.%s" % (time_s, content)
    ours = [hmac.new(each.encode(), signed, hashlib.sha256).hexdigest() for each in secrets]
    if not any(hmac.compare_digest(mine, its) for mine in ours for its in signatures):
        raise Forged("the signature is not one of ours.")
    if now_us // 1_000_000 - time_s > TOLERANCE_S:
        raise Forged(f"it was signed more than {TOLERANCE_S} s ago.")


def _read(header: str) -> tuple[int, list[str]]:
    """Return the time of a signature and its forms in the scheme that we know."""
    if len(header) > _HEADER_MAX or not header.isascii():
        raise Forged("the header Stripe-Signature does not have its form.")
    pairs = [item.strip().partition("=") for item in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    signatures = [value for name, _, value in pairs if name == _SCHEME]
    if len(times) != 1 or not (times[0].isdigit() and len(times[0]) <= 12) or not signatures:
        raise Forged("the header Stripe-Signature does not have its form.")
    return int(times[0]), signatures
