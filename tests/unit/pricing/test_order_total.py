"""What there is to pay for an order: shipping by its rules, taxes by where it goes; by hand."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.catalogue.item_type import Kind
from ledger.invoices.bill import Rounding, TaxOf
from ledger.invoices.item import STANDARD
from ledger.invoices.preview import tax_of
from ledger.invoices.tax_rates import TaxPlace, TaxRate, TaxRates
from ledger.kernel.errors import Invalid
from ledger.kernel.times import moment
from ledger.pricing.asked_order import AskedOrder, OrderLine
from ledger.pricing.order_total import OrderTotal, total_of
from ledger.pricing.shipping_method import ShippingMethod
from tests.unit.pricing.orders import AT_US, of_order, order, priced

PARCEL = ShippingMethod(id="parcel", name="Parcel", currency="usd", amount=500, unit_amount=100)
HERE = TaxPlace("DE")


def taxes(*rates: TaxRate, place: TaxPlace = HERE) -> TaxOf:
    """What taxes items at a place."""
    return tax_of(TaxRates("acme", 1, list(rates)), place, "DE", moment(AT_US))


def rate(percent: int, category: str = STANDARD, **fields: Any) -> TaxRate:
    """A rate of Germany."""
    return TaxRate(country="DE", name="VAT", rate=percent * 10_000, category=category, **fields)


def total(
    asked: AskedOrder,
    prices: dict[str, int],
    *methods: ShippingMethod,
    tax: TaxOf | None = None,
    rounding: Rounding = Rounding.LINE,
    ships_free: bool = False,
    off: tuple[Any, ...] = (),
) -> OrderTotal:
    price = priced(asked, prices, off=off)
    return total_of(asked, price, methods, tax or taxes(), rounding, ships_free=ships_free)


@pytest.mark.parametrize(("rounding", "tax"), [(Rounding.LINE, 384), (Rounding.INVOICE, 383)])
def test_tax_of_three_lines_of_1595_at_8_percent(rounding: Rounding, tax: int) -> None:
    """By line each 127.6 is 128; by the order 382.8 is 383."""
    asked = order(("a", 1), ("b", 1), ("c", 1))
    found = total(asked, dict.fromkeys("abc", 1_595), tax=taxes(rate(8)), rounding=rounding)
    assert (found.bill.tax, found.total) == (tax, 3 * 1_595 + tax)


def test_shipping_is_so_much_for_the_first_unit_and_for_each_more() -> None:
    found = total(order(("a", 2), ("b", 3), shipping="parcel"), {"a": 10, "b": 20}, PARCEL)
    assert found.shipping is not None
    assert (found.shipping.amount, found.total) == (500 + 4 * 100, 80 + 900)
    assert [each.item.text for each in found.bill.lines] == ["2 x a", "3 x b", "Parcel"]


def test_shipping_is_taxed_by_its_own_category_and_goods_by_theirs() -> None:
    book = OrderLine(sku="book", units=1, tax_category="books")
    carriage = ShippingMethod(
        id="parcel", name="Parcel", currency="usd", amount=500, tax_category="carriage"
    )
    rates = taxes(rate(19), rate(7, "books"), rate(10, "carriage"))
    asked = order(book, ("mug", 1), shipping="parcel")
    found = total(asked, {"book": 1_000, "mug": 1_000}, carriage, tax=rates)
    assert [each.tax for each in found.bill.lines] == [70, 190, 50]
    assert (found.bill.tax, found.total) == (310, 2_810)


def test_an_included_tax_is_within_what_there_is_to_pay_after_discounts() -> None:
    asked = order(("a", 2), ("b", 1))
    off = of_order("tenth", [2, 1], bps=1_000)
    included = taxes(rate(19, is_included=True))
    found = total(asked, {"a": 1_000, "b": 1_000}, tax=included, off=(off,))
    assert (found.price.subtotal, found.price.discount, found.total) == (3_000, 300, 2_700)
    assert [each.tax for each in found.bill.lines] == [287, 144]


def test_a_business_of_another_country_owes_the_tax_itself() -> None:
    france = TaxRate(country="FR", name="TVA", rate=200_000, reverse_charge=True)
    for has_vat_id, tax in ((False, 200), (True, 0)):
        place = TaxPlace("FR", has_vat_id=has_vat_id)
        found = total(order(("a", 1)), {"a": 1_000}, tax=taxes(france, place=place))
        assert found.bill.tax == tax


def test_methods_are_offered_to_orders_that_they_fit() -> None:
    heavy = OrderLine(sku="a", units=2, weight=600)

    def method(id: str, **fields: Any) -> ShippingMethod:
        given: dict[str, Any] = {"currency": "usd", "amount": 500} | fields
        return ShippingMethod(id=id, name=id, **given)

    methods = [
        method("late", priority=900),
        method("first", priority=0),
        method("here", countries=["DE"]),
        method("there", countries=["FR"]),
        method("light", until_weight=1_199),
        method("just", from_weight=1_200, until_weight=1_200),
        method("rich", from_subtotal=2_001),
        method("exact", from_subtotal=2_000),
        method("free", free_from=2_000),
        method("euros", currency="eur"),
    ]
    found = total(order(heavy, ship_to=HERE), {"a": 1_000}, *methods)
    assert [(each.method.id, each.amount) for each in found.offers] == [
        *(("first", 500), ("exact", 500), ("free", 0), ("here", 500), ("just", 500), ("late", 500)),
    ]
    anywhere = total(order(heavy), {"a": 1_000}, *methods)
    assert {"here", "there"} <= {each.method.id for each in anywhere.offers}
    assert total(order(heavy), {"a": 1_000}, *methods, ships_free=True).offers[0].amount == 0


def test_only_goods_are_sent() -> None:
    course = OrderLine(sku="course", units=5, kind=Kind.DIGITAL_ACCESS, weight=10**9)
    mug = OrderLine(sku="mug", units=2, kind=Kind.PHYSICAL)
    limited = ShippingMethod(id="m", name="m", currency="usd", amount=1, until_weight=0)
    found = total(order(course, mug), {"course": 9_000, "mug": 100}, PARCEL, limited)
    assert [each.amount for each in found.offers] == [1, 600]
    assert total(order(course), {"course": 1}, PARCEL).offers == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (OrderLine(sku="a", units=1, kind=Kind.PLAN), "nothing of the order is sent"),
        (OrderLine(sku="a", units=1), "not sent by other: parcel"),
    ],
)
def test_a_method_that_cannot_be_is_refused(line: OrderLine, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refusal:
        total(order(line, shipping="other"), {"a": 1}, PARCEL)
    assert refusal.value.field == "shipping"


def test_an_order_that_comes_to_more_than_the_ledger_holds_with_its_tax_is_refused() -> None:
    asked = order(("a", 5_000_000))
    with pytest.raises(Invalid, match="more than the ledger can hold"):
        total(asked, {"a": 10**12 - 1}, tax=taxes(rate(100)))
