"""Values of customers.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tallystick.values.carts import Cart, UnsoldLine
from tallystick.values.orders import (
    PostalAddress,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """A customer, with what it has bought."""

    user: str
    name: str | None
    email: str | None
    phone: str | None
    known_at: datetime | None
    orders: int
    first_order_at: datetime | None
    last_order_at: datetime | None
    spending: tuple[Spending, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Spending:
    """What orders of a customer came to in a currency, and what of that went back."""

    currency: str
    orders: int
    spent: Decimal
    refunded: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeCustomer:
    """A customer, with its addresses."""

    user: str
    name: str | None
    email: str | None
    phone: str | None
    known_at: datetime | None
    orders: int
    first_order_at: datetime | None
    last_order_at: datetime | None
    spending: tuple[Spending, ...]
    addresses: tuple[SavedAddress, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedAddress:
    """An address of a customer; null as what it says: that was erased."""

    id: str
    default: bool
    address: PostalAddress | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """Who a customer is; null is what was never said, or was erased."""

    user: str
    name: str | None
    email: str | None
    phone: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedAddresses:
    """The addresses of a customer, those saved first first."""

    data: tuple[SavedAddress, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedAddress:
    """An address that is gone."""

    id: str
    removed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Reorder:
    """The cart of a user, and what could not be put into it of an order, and why."""

    cart: Cart
    left_out: tuple[UnsoldLine, ...]
