"""The carrier: who takes shipments to their buyers, and where they tell how far one is."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import TRACKING_NUMBER_MAX

NUMBER = "{number}"
"""Where the number stands in a template of a URL."""


class Carrier(NamedTuple):
    """A carrier. `url`: the template of where it tells how far a shipment is."""

    id: str
    name: str
    url: str


def check_number(number: str, field: str = "tracking_number") -> str:
    """Return a carrier's number of a shipment, as it is kept: without the spaces it is printed
    with. Raises Invalid."""
    bare = "".join(number.split())
    if not bare or len(bare) > TRACKING_NUMBER_MAX or not bare.isascii() or not bare.isprintable():
        raise Invalid(
            f"{field} must be 1 to {TRACKING_NUMBER_MAX} letters, digits and signs of ASCII.",
            field=field,
        )
    return bare


def url_of(carrier: Carrier, number: str) -> str:
    """Return where a carrier tells how far a shipment is."""
    return carrier.url.replace(NUMBER, quote(number, safe=""))
