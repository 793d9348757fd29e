"""Where money goes back that came from several sources; by hand."""

from __future__ import annotations

from ledger.ordering.order_base import RefundedLine
from ledger.ordering.refund_shares import AskedLine, shares_of_lines
from ledger.ordering.value_payment import ValuePayment, backwards
from ledger.ordering.value_returns import divided
from tests.scenarios.order_commands import terms

CARD, OTHER, CREDIT = "gift-card/a", "gift-card/b", "store-credit/usd/ada"
PAID = [ValuePayment(CARD, 30), ValuePayment(OTHER, 20), ValuePayment(CREDIT, 10)]


def test_what_has_paid_last_is_paid_back_first_and_never_more_than_it_gave() -> None:
    assert backwards(PAID, [], 15) == [ValuePayment(CREDIT, 10), ValuePayment(OTHER, 5)]
    gone = [ValuePayment(CREDIT, 10), ValuePayment(OTHER, 5)]
    rest = [ValuePayment(OTHER, 15), ValuePayment(CARD, 30)]
    assert backwards(PAID, gone, 45) == rest
    assert backwards(PAID, [*gone, *rest], 1) == []


def test_lines_are_divided_to_the_cent_and_their_units_are_of_what_is_sent() -> None:
    shares = [RefundedLine(1, "A", 2, 67), RefundedLine(2, "B", 0, 34), RefundedLine(3, "C", 1, 0)]
    sent, returned = divided(shares, 40)
    assert [(each.line, each.units, each.amount) for each in sent] == [
        *((1, 2, 27), (2, 0, 13), (3, 1, 0)),
    ]
    assert [(each.line, each.units, each.amount, each.for_units) for each in returned] == [
        *((1, 0, 40, True), (2, 0, 21, False)),
    ]
    assert divided(shares, 0) == ([], shares)
    assert divided(shares, 101) == (shares, [])


def test_units_whose_sending_has_failed_go_back_again_without_what_has_returned() -> None:
    """Of three units of 20, two go back: 25 are sent, which fails, and 15 have returned."""
    agreed = terms(("A", 3, 20))
    sent, returned = divided(shares_of_lines(agreed, [], [AskedLine(1, 2)]), 25)
    assert (sent[0].amount, returned[0].amount) == (25, 15)
    (again,) = shares_of_lines(agreed, returned, [AskedLine(1, 2)])
    assert (again.units, again.amount) == (2, 25)
    (last,) = shares_of_lines(agreed, [*returned, again], [AskedLine(1, 1)])
    assert last.amount == 20
