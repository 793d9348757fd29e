"""The gift card as it was issued, and whether one can be used."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class GiftCard(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a gift card was issued as. `digest`: all that is kept of its code; `user`: who bought
    it; `order`: by which it was sold; `note`: the digest of an erasable text."""

    amount: int
    digest: str
    user: str | None = None
    order: str | None = None
    note: str | None = None


class Usability(StrEnum):
    """Whether a gift card can be used, or why not."""

    USABLE = "usable"
    DISABLED = "disabled"
    EXPIRED = "expired"
    SPENT = "spent"


def usability_at(
    now_us: int, *, is_disabled: bool, expires_us: int | None, unclaimed: int
) -> Usability:
    """Return whether a card can be used at a moment, of which so much is nobody's."""
    if is_disabled:
        return Usability.DISABLED
    if expires_us is not None and expires_us <= now_us:
        return Usability.EXPIRED
    return Usability.USABLE if unclaimed else Usability.SPENT
