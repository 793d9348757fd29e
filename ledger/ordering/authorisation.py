"""The authorisation: money that a bank keeps for an order, until it is captured or let go."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class AuthorisationState(StrEnum):
    """Where an authorisation is."""

    OPEN = "open"
    CAPTURING = "capturing"
    """Its money was asked for."""

    VOIDING = "voiding"
    """It is to be let go."""

    CAPTURED = "captured"
    GONE = "gone"
    """No money comes of it: it was let go, or has expired."""


class Authorisation(msgspec.Struct, frozen=True):
    """An amount that a bank keeps until a moment, or for as long as banks do."""

    amount: int
    currency: str
    until_us: int
    state: AuthorisationState = AuthorisationState.OPEN

    @property
    def lives(self) -> bool:
        """Whether money may come of it."""
        return self.state not in (AuthorisationState.CAPTURED, AuthorisationState.GONE)

    @property
    def is_asked(self) -> bool:
        """Whether its provider was asked for something, and has not said how that ends."""
        return self.state in (AuthorisationState.CAPTURING, AuthorisationState.VOIDING)


def moved_to(
    kept: Mapping[str, Authorisation], payment: str, state: AuthorisationState
) -> dict[str, Authorisation]:
    """Return authorisations with that of a payment elsewhere, if there is one."""
    found = kept.get(payment)
    if found is None:
        return dict(kept)
    return {**kept, payment: msgspec.structs.replace(found, state=state)}
