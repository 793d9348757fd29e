"""The shipping method: a way in which orders are sent, to where, and what it costs.

Amounts are in the smallest unit of its currency, weights in grams.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ledger.invoices.vat_ids import check_country
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_name, check_text
from ledger.kernel.limits import (
    AMOUNT_MAX,
    COUNTRIES_PER_METHOD_MAX,
    PARCEL_WEIGHT_MAX,
    PRIORITY_DEFAULT,
    PRIORITY_MAX,
    SKU_PRICE_MAX,
)
from ledger.kernel.money import format_amount
from ledger.pricing.asked_order import AskedOrder
from ledger.pricing.conditions import check_currency
from ledger.pricing.order_price import LinePrice


class ShippedGoods(NamedTuple):
    """What there is to send of an order: how many units, what they come to, and what they weigh;
    a unit of unknown weight weighs nothing."""

    units: int
    subtotal: int
    weight: int


class ShippingMethod(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A shipping method. It costs `amount`, and `unit_amount` for each unit after the first, and
    nothing for goods of `free_from` and more. It is for orders to `countries` (none: to all), of
    goods that come to `from_subtotal` and weigh `from_weight` at least and `until_weight` at most.
    `tax_category`: None is the standard one. Those of a lower `priority` are offered first."""

    id: str
    name: str
    currency: str
    amount: int
    unit_amount: int = 0
    free_from: int | None = None
    countries: list[str] = []
    from_subtotal: int = 0
    from_weight: int = 0
    until_weight: int | None = None
    tax_category: str | None = None
    priority: int = PRIORITY_DEFAULT

    @property
    def place(self) -> tuple[int, str]:
        """Where it comes among others."""
        return self.priority, self.id

    def fits(self, order: AskedOrder, goods: ShippedGoods) -> bool:
        """Tell whether an order of such goods may be sent so. One that does not say where it goes
        may go anywhere."""
        return (
            self.currency == order.currency
            and (
                not self.countries
                or order.ship_to is None
                or order.ship_to.country in self.countries
            )
            and self.from_subtotal <= goods.subtotal
            and self.from_weight <= goods.weight
            and (self.until_weight is None or goods.weight <= self.until_weight)
        )

    def price_of(self, goods: ShippedGoods) -> int:
        """Return what it costs to send such goods."""
        if self.free_from is not None and goods.subtotal >= self.free_from:
            return 0
        return self.amount + self.unit_amount * (goods.units - 1)


def goods_of(lines: Sequence[LinePrice]) -> ShippedGoods:
    """Return what there is to send of the lines of an order."""
    sent = [each for each in lines if each.line.is_shipped]
    return ShippedGoods(
        sum(each.line.units for each in sent),
        sum(each.total for each in sent),
        sum(each.line.units * (each.line.weight or 0) for each in sent),
    )


def check_shipping_method(method: ShippingMethod) -> None:
    """Raise Invalid where a shipping method cannot be."""
    check_name(method.id, "id")
    check_text(method.name, "name")
    check_currency(method.currency)
    for name in ("amount", "unit_amount"):
        _check_amount(getattr(method, name), name, method.currency, SKU_PRICE_MAX)
    for name in ("free_from", "from_subtotal"):
        if (amount := getattr(method, name)) is not None:
            _check_amount(amount, name, method.currency, AMOUNT_MAX)
    _check_countries(method.countries)
    _check_weights(method)
    if method.tax_category is not None:
        check_text(method.tax_category, "tax_category")
    if not 0 <= method.priority <= PRIORITY_MAX:
        raise Invalid(f"priority must be 0 to {PRIORITY_MAX}.", field="priority")


def _check_amount(amount: int, name: str, currency: str, limit: int) -> None:
    if not 0 <= amount <= limit:
        highest = format_amount(limit, currency)
        raise Invalid(f"{name} must be 0 to {highest}.", field=name)


def _check_countries(countries: Sequence[str]) -> None:
    if len(countries) > COUNTRIES_PER_METHOD_MAX or len(set(countries)) != len(countries):
        raise Invalid(
            f"countries must be at most {COUNTRIES_PER_METHOD_MAX}, each once.", field="countries"
        )
    for place, country in enumerate(countries):
        check_country(country, f"countries.{place}")


def _check_weights(method: ShippingMethod) -> None:
    if not 0 <= method.from_weight <= PARCEL_WEIGHT_MAX:
        raise Invalid(f"from_weight must be 0 to {PARCEL_WEIGHT_MAX}.", field="from_weight")
    until = method.until_weight
    if until is not None and not method.from_weight <= until <= PARCEL_WEIGHT_MAX:
        raise Invalid(
            f"until_weight must be at most {PARCEL_WEIGHT_MAX}, not less than from_weight: it is "
            "included.",
            field="until_weight",
        )
