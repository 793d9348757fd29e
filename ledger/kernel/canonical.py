"""One canonical form of what a caller sent, and its fingerprint."""

import base64
import hashlib
from collections.abc import Mapping

import msgspec

_encode = msgspec.json.Encoder(order="deterministic").encode


def fingerprint(operation: str, fields: Mapping[str, object]) -> str:
    """Return the SHA-256 over the operation and the fields sent, base64url without padding.

    `fields` are sorted by name; amounts are in smallest units and times in microseconds, so `10`
    equals `"10.00"`. Erasable texts are not among them: they are compared by their salted digest.
    """
    digest = hashlib.sha256(operation.encode() + b"\n" + _encode(fields)).digest()
    return base64url(digest)


def canonical(value: object) -> bytes:
    """Return a value as JSON with sorted keys and no spaces."""
    return _encode(value)


def base64url(data: bytes) -> str:
    """Return the base64url (RFC 4648 section 5) without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Return the bytes of a base64url text without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
