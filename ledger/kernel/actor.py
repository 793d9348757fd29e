"""The actor: who did it, a part of every event and of its hash."""

from __future__ import annotations

import functools

import msgspec

from ledger.kernel.decoding import decoder


class Actor(msgspec.Struct, frozen=True, omit_defaults=True):
    """The credential behind an event.

    `subject` is whom the credential stands for, `key` its id, `request` the id of the request,
    `origin` the salted digest of the caller's address and user agent (an erasable text).
    """

    subject: str
    key: str
    request: str
    origin: str | None = None


_encode = msgspec.json.Encoder().encode
_decode = decoder(Actor)


def encode_actor(actor: Actor) -> str:
    """Return the stored and hashed text of an actor."""
    return _encode(actor).decode()


@functools.lru_cache(maxsize=4096)
def decode_actor(text: str) -> Actor:
    """Return the actor of a stored text. Kept a while: many events of a page have the same one."""
    return _decode(text)
