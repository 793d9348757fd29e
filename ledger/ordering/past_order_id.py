"""The id of a past order: made of where it was placed and its number there, so that none is taken
twice."""

from __future__ import annotations

import hashlib
import re

PAST_ORDER_STREAM = "past-order"

_ID = re.compile(r"past_[0-9a-f]{24}")


def past_order_id(source: str, number: str) -> str:
    """Return the id of an order that had a number at a source."""
    digest = hashlib.sha256(f"{source}\0{number}".encode()).hexdigest()
    return f"past_{digest[:24]}"


def is_past_order_id(order: str) -> bool:
    """Tell whether an id is that of an order that was imported."""
    return _ID.fullmatch(order) is not None
