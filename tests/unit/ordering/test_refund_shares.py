"""What goes back of a line is exactly its own, in whatever pieces; by hand."""

from __future__ import annotations

import msgspec
import pytest

from ledger.invoices.tax_rates import AppliedTax
from ledger.kernel.errors import Conflict, Invalid
from ledger.ordering.inspection import wrong_in
from ledger.ordering.order_base import RefundedLine
from ledger.ordering.order_status import NEXT, OrderStatus, check_next
from ledger.ordering.refund_shares import (
    AskedLine,
    lines_left,
    shares_of_all,
    shares_of_amount,
    shares_of_lines,
)
from ledger.pricing.shipping_method import ShippingMethod
from tests.scenarios.order_commands import terms


def amounts(shares: list[RefundedLine]) -> list[int]:
    return [each.amount for each in shares]


def test_101_over_three_units_goes_back_as_33_34_and_34() -> None:
    agreed = terms(("A", 3, 34), off=[("p", 98)])  # 102 less 1
    assert agreed.total == 101
    gone: list[RefundedLine] = []
    for expected in (33, 34, 34):
        (share,) = shares_of_lines(agreed, gone, [AskedLine(1, 1)])
        assert share.amount == expected
        gone.append(share)
    assert sum(amounts(gone)) == 101


def test_units_whose_refund_has_failed_go_back_again_and_all_come_to_the_line() -> None:
    """The first of three has failed: of those that live the second was given 34."""
    agreed = terms(("A", 3, 34), off=[("p", 98)])
    gone = [RefundedLine(1, "A", 1, 34)]
    for _ in range(2):
        gone += shares_of_lines(agreed, gone, [AskedLine(1, 1)])
    assert (sum(amounts(gone)), sum(each.units for each in gone)) == (101, 3)


def test_a_line_of_two_with_20_percent_off_the_order_refunds_4_000() -> None:
    agreed = terms(("A", 1, 5_000), ("B", 1, 5_000), off=[("p", 2_000)])
    assert (agreed.subtotal, agreed.discount, agreed.total) == (10_000, 2_000, 8_000)
    assert amounts(shares_of_lines(agreed, [], [AskedLine(1)])) == [4_000]
    assert amounts(shares_of_all(agreed, [])) == [4_000, 4_000]


def test_an_amount_is_a_part_of_every_line_by_what_is_left_of_it() -> None:
    agreed = terms(("A", 1, 300), ("B", 1, 100))
    first = shares_of_amount(agreed, [], 100)
    assert amounts(first) == [75, 25]
    rest = shares_of_amount(agreed, first, 300)
    assert amounts(rest) == [225, 75]
    assert all(each.amount == 0 for each in lines_left(agreed, [*first, *rest]))


def test_an_amount_of_a_line_lessens_what_its_units_bring() -> None:
    agreed = terms(("A", 3, 100))
    gone = shares_of_lines(agreed, [], [AskedLine(1, amount=250)])
    gone += shares_of_lines(agreed, gone, [AskedLine(1, units=1)])
    assert amounts(gone) == [250, 50]
    gone += shares_of_lines(agreed, gone, [AskedLine(1, units=2)])
    assert amounts(gone) == [250, 50, 0]


def test_what_a_line_does_not_have_is_named() -> None:
    agreed = terms(("A", 2, 100))
    for asked, field in (
        ((AskedLine(1, units=3),), "lines.0.units"),
        ((AskedLine(1, amount=201),), "lines.0.amount"),
        ((AskedLine(1, units=1, amount=1),), "lines.0"),
        ((AskedLine(2),), "lines.0.line"),
        ((AskedLine(1), AskedLine(1)), "lines"),
    ):
        with pytest.raises((Conflict, Invalid)) as refused:
            shares_of_lines(agreed, [], asked)
        assert refused.value.field == field
    with pytest.raises(Conflict):
        shares_of_lines(agreed, shares_of_all(agreed, []), [AskedLine(1)])


def test_99_off_the_order_is_spread_over_its_lines_and_frozen() -> None:
    prices = [10, 20, 10, 30, 50, 20, 10, 40]
    lines = [(f"S{n}", 1, price) for n, price in enumerate(prices)]
    agreed = terms(*lines, off=[("p", 5_211)])  # of 190: 99.009
    assert [line.discount for line in agreed.lines] == [5, 11, 5, 16, 26, 10, 5, 21]
    assert wrong_in(agreed) == []


@pytest.mark.parametrize("is_included", [False, True])
def test_what_goes_back_of_lines_and_shipping_is_with_their_taxes(is_included: bool) -> None:
    """Two of 50.00 and a parcel of 5.95, a fifth off the order, 19 % on top or within."""
    parcel = ShippingMethod(id="parcel", name="Parcel", currency="usd", amount=595)
    rate = AppliedTax(
        name="VAT",
        country="DE",
        category="standard",
        rate=190_000,
        org="acme",
        version=1,
        is_included=is_included,
    )
    agreed = terms(("A", 2, 5_000), off=[("p", 2_000)], sent=parcel, tax=lambda _: rate)
    to_pay = [8_000, 595] if is_included else [9_520, 708]
    assert agreed.shipping is not None
    assert [agreed.lines[0].to_pay, agreed.shipping.to_pay] == to_pay
    assert (agreed.to_pay, wrong_in(agreed)) == (sum(to_pay), [])
    gone = shares_of_lines(agreed, [], [AskedLine(1, units=1)])
    gone += shares_of_lines(agreed, gone, [AskedLine(1), AskedLine(2)])
    assert amounts(gone) == [to_pay[0] // 2, to_pay[0] // 2, to_pay[1]]
    assert shares_of_all(agreed, gone) == []
    for wrong in (
        msgspec.structs.replace(agreed, tax=agreed.tax + 1),
        msgspec.structs.replace(agreed, to_pay=agreed.to_pay - 1),
        msgspec.structs.replace(
            agreed, shipping=msgspec.structs.replace(agreed.shipping, amount=594)
        ),
    ):
        assert wrong_in(wrong)


def test_a_wrong_transition_names_those_that_are_allowed() -> None:
    with pytest.raises(Invalid, match="partially_fulfilled, fulfilled, cancelled, ref"):
        check_next(OrderStatus.CONFIRMED, OrderStatus.PENDING)
    with pytest.raises(Invalid, match="nothing"):
        check_next(OrderStatus.CANCELLED, OrderStatus.CONFIRMED)
    assert set(NEXT) == set(OrderStatus)
