"""What customers were told, and so what must be stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.faults.orders.errands import Kind
from tests.faults.purchases.told import Told


@dataclass
class ToldOfOrders(Told):
    """Answers of one campaign."""

    placed: dict[str, Kind] = field(default_factory=dict)
    """The orders that customers were told of, and what they are up to with each."""

    secrets: dict[str, str] = field(default_factory=dict)
    """Of the carts of guests."""

    credited: int = 0
    """How often a customer was given store credit."""

    refused: Counter[str] = field(default_factory=Counter)
    """Why customers went without an order: the code of the last answer."""
