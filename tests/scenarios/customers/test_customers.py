"""A customer has one default address whatever is saved, changed and removed, and what it has bought
is what its orders came to, less what went back."""

from __future__ import annotations

from typing import Any

from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.limits import ADDRESSES_PER_CUSTOMER_MAX
from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import RefundState
from projections.customers.customers import READ_MODEL, CustomerRow
from tests.scenarios.customer_commands import (
    add_address,
    addresses,
    change_address,
    remove_address,
    set_profile,
)
from tests.scenarios.order_commands import (
    CARD,
    paid,
    paid_from,
    place,
    refund,
    refund_told,
    terms,
)
from tests.scenarios.value_commands import credit, credit_of
from tests.scenarios.world import World, at


def bought(world: World) -> list[Any]:
    """What customers have bought, as the read model says it."""
    rows = READ_MODEL.rows(world.event_store.select_positions(0, 10_000))
    return [CustomerRow(*row)[1:9] for row in sorted(rows)]


def test_the_first_address_is_the_default_until_another_is(world: World) -> None:
    world.given(add_address(1), add_address(2))
    assert addresses(world) == ([1, 2], 1)
    world.given(change_address(2, key="b", default=True), change_address(1, key="c"))
    assert addresses(world) == ([1, 2], 2)
    world.given(remove_address(2, key="d"))
    assert addresses(world) == ([1], 1)
    world.given(add_address(3, default=True), remove_address(1, key="e"))
    assert addresses(world) == ([3], 3)
    world.given(remove_address(3, key="f"))
    assert addresses(world) == ([], None)


def test_an_address_that_is_not_there_is_not_changed_and_there_are_not_too_many(
    world: World,
) -> None:
    world.when(remove_address(1, key="nobody")).then_refused(NotFound, field="id")
    world.given(set_profile(), add_address(1), add_address(77, user="bo"))
    for wrong in (change_address(77, key="bo's"), remove_address(77, key="bo's, too")):
        world.when(wrong).then_refused(NotFound, field="id")
    world.given(*(add_address(n) for n in range(2, ADDRESSES_PER_CUSTOMER_MAX + 1)))
    world.when(add_address(99)).then_refused(Conflict, field="address")
    world.then_nothing_recorded()


def test_what_was_bought_is_what_orders_came_to_less_what_went_back(world: World) -> None:
    world.given(at("2026-03-01T00:00:00Z"), set_profile())
    world.given(at("2026-03-02T00:00:00Z"), place(1, terms(("FILE", 2, 500)), method=CARD), paid(1))
    world.given(at("2026-03-03T00:00:00Z"), place(2, terms(("FILE", 1, 70)), method=CARD))
    first = 1_772_409_600_000_000
    known = ("", 0, 0, 0, first - 86_400_000_000, None, None)
    assert bought(world) == [
        ("ada", *known),
        ("ada", "usd", 1, 1_000, 0, None, first, first),
    ]
    world.given(paid(2, 70), refund(1, AskedLine(1, units=1)))
    world.given(refund_told(1, "ref_1", 500, RefundState.PAID))
    ada = ("ada", "usd", 2, 1_070, 500, None, first, first + 86_400_000_000)
    assert bought(world)[1] == ada
    world.given(refund_told(1, "ref_1", 500, RefundState.FAILED))
    assert bought(world)[1] == (*ada[:4], 0, *ada[5:])


def test_what_goes_back_to_a_store_credit_counts_as_money_does(world: World) -> None:
    by_credit = paid_from(credit_of())
    agreed = terms(("FILE", 2, 500))
    world.given(credit(1_000), place(1, agreed, values=by_credit, provider=None, left=0))
    assert bought(world)[0][:5] == ("ada", "usd", 1, 1_000, 0)
    world.given(refund(1, AskedLine(1, units=1)))
    assert bought(world)[0][:5] == ("ada", "usd", 1, 1_000, 500)
