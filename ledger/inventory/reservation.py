"""The reservation: units of SKUs that are an owner's until a moment, or until they are shipped."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.limits import RESERVATION_MAX_US

RESERVATIONS = "reservation"
"""The key space of reservation ids: a reservation is found from its id alone."""


class Reservation(msgspec.Struct, frozen=True):
    """Whose units are set aside: `owner` is a reference such as an order. 0 as `ends_us`: it is
    confirmed, and does not end by itself."""

    id: str
    owner: str
    ends_us: int

    @property
    def is_confirmed(self) -> bool:
        """Whether time does not end it."""
        return not self.ends_us

    def has_ended(self, now_us: int) -> bool:
        """Tell whether time has ended it, recorded or not."""
        return 0 < self.ends_us <= now_us


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a reservation has of a SKU at a location, or what was done with some of it. `oversold`:
    how much of it was more than there was."""

    location: str
    sku: str
    quantity: int
    oversold: int = 0


class StockLine(NamedTuple):
    """So many of a SKU; at a location, or wherever there are some."""

    sku: str
    quantity: int
    location: str | None = None


def check_lasts(lasts_us: int) -> None:
    """Raise Invalid for a time that no reservation lasts."""
    if not 0 < lasts_us <= RESERVATION_MAX_US:
        raise Invalid("expires_in must be more than zero, at most seven days.", field="expires_in")


def check_owner(reservation: Reservation, owner: str) -> None:
    """Refuse who is not the owner of a reservation, as if it were not there."""
    if reservation.owner != owner:
        raise no_such()


def no_such() -> NotFound:
    """Return why nothing is found."""
    return NotFound("there is no reservation of that id and owner.", field="reservation")


def ended(reservation: str) -> Conflict:
    """Return why nothing more can be done with a reservation."""
    return Conflict(
        f"the reservation {reservation} has ended: it was released, has expired, or all of it was "
        "shipped. Reserve again.",
        field="reservation",
    )
