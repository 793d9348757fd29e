"""The download link: where a file can be had for a while, authenticated, so that nobody else makes
one."""

from __future__ import annotations

import hashlib
import hmac

from ledger.kernel.canonical import base64url


def signature_of(key: bytes, org: str, grant: str, expires_us: int) -> str:
    """Return what authenticates a link until a moment."""
    named = "\0".join(("download", org, grant, str(expires_us)))
    return base64url(hmac.digest(key, named.encode(), hashlib.sha256))


def is_signed(key: bytes, org: str, grant: str, expires_us: int, signature: str) -> bool:
    """Tell whether a link is ours."""
    right = signature_of(key, org, grant, expires_us)
    return hmac.compare_digest(right.encode(), signature.encode())


def file_name(org: str, sha256: str) -> str:
    """Return the name of the blob that a file which is sold is kept under."""
    return f"{org}/{sha256}.file"
