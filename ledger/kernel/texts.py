"""Texts that may name a person: events hold a salted digest, the text can be erased.

Without the salt the digest cannot be guessed from the text; with both erased the chain still
verifies, as it covers only the digest.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import msgspec

from ledger.kernel.canonical import base64url

ORIGIN, METADATA, REASON = "origin", "metadata", "reason"
"""Kinds: a caller's address and agent, what came with a usage line, why something was done."""

SALT_BYTES = 16
DOMAIN_TAG = b"tallystick text v1\n"


class Text(msgspec.Struct, frozen=True):
    """An erasable text, whose it is (`person`, a user id or subject) and its digest."""

    digest: str
    kind: str
    person: str
    salt: bytes
    content: str


class TextOwner(NamedTuple):
    """What a text is, and whose."""

    kind: str
    person: str


def digest_of(content: str, salt: bytes) -> str:
    """Return SHA-256(tag ‖ salt ‖ text), base64url."""
    return base64url(hashlib.sha256(DOMAIN_TAG + salt + content.encode()).digest())


def blind(content: str, kind: str, person: str, salt: bytes) -> Text:
    """Return a blinded text: the text with its digest; the salt is fresh and random."""
    return Text(digest_of(content, salt), kind, person, salt, content)


def is_same(content: str, text: Text) -> bool:
    """Tell whether a content sent again is the blinded one."""
    return digest_of(content, text.salt) == text.digest
