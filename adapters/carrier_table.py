"""The carrier table: where carriers tell how far a shipment is, from `schemas/carriers.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

import msgspec

from ledger.fulfilment.carrier import Carrier, url_of


class _Listed(msgspec.Struct, forbid_unknown_fields=True):
    """A carrier as the table says it."""

    name: str
    url: str


class CarrierTable:
    """The carriers of a table, by rule: a URL is a template with the number in it."""

    def __init__(self, table: bytes) -> None:
        listed = msgspec.yaml.decode(table, type=dict[str, _Listed])
        self._carriers = {id: Carrier(id, each.name, each.url) for id, each in listed.items()}

    def all(self) -> Sequence[Carrier]:
        return [self._carriers[each] for each in sorted(self._carriers)]

    def tracking_url(self, carrier: str, number: str) -> str | None:
        found = self._carriers.get(carrier)
        return None if found is None else url_of(found, number)


def carrier_table() -> CarrierTable:
    """Return the carriers that this version knows."""
    return CarrierTable((files("schemas") / "carriers.yaml").read_bytes())
