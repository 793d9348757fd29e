"""The capture: when the money of orders is taken that a provider collects."""

from __future__ import annotations

from enum import StrEnum


class Capture(StrEnum):
    """When it is taken: as soon as the buyer has agreed, or once the first of what was bought is
    sent; until then their bank keeps it for the order."""

    NOW = "now"
    AT_SHIPMENT = "at_shipment"
