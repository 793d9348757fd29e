"""Store credit: one balance for each user and currency, and two orders of two cards."""

from __future__ import annotations

import pytest

from ledger.bookkeeping.entries import entry_of
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.stored_value.postings import value_booked_by
from tests.scenarios.value_commands import (
    adjust,
    claim,
    credit,
    credit_of,
    give_back,
    issue,
    release,
    settle,
    stored,
    sweep_value,
    verify,
)
from tests.scenarios.world import World, at

ADA, BOB = credit_of(), credit_of("bob/of/sales@x")


def test_users_and_currencies_have_balances_of_their_own(world: World) -> None:
    world.given(credit(1_000), credit(500, currency="jpy"), credit(70, "bob/of/sales@x"))
    assert (stored(world, ADA), stored(world, BOB)) == ((1_000, 0), (70, 0))
    assert stored(world, credit_of("ada", "jpy")) == (500, 0)
    world.given(claim("o1", 1_000, ADA), settle("o1", ADA), give_back("o1", 400, ADA))
    world.given(claim("o1", 70, BOB), release("o1", BOB))
    world.when(claim("o2", 401, ADA)).then_refused(Conflict, field="amount")
    world.when(claim("o2", 1, credit_of("eve"))).then_refused(NotFound, field="store_credit")
    assert (stored(world, ADA), stored(world, BOB)) == ((400, 0), (70, 0))
    assert verify(world).exit_code == 0


def test_a_person_takes_what_is_there_and_not_claimed(world: World) -> None:
    world.when(credit(-1)).then_refused(NotFound, field="store_credit")
    world.given(credit(1_000), claim("o1", 600, ADA), credit(-400))
    world.when(credit(-1)).then_refused(Conflict, field="amount")
    world.when(credit(-1, refund_of="o1")).then_refused(Invalid, field="order")
    world.when(credit(1, currency="credit")).then_refused(Invalid, field="currency")


def test_an_order_pays_with_both_and_each_is_told_apart(world: World) -> None:
    world.given(issue(300), credit(200), claim("o1", 300), claim("o1", 200, ADA))
    world.given(settle("o1"), release("o1", ADA))
    assert (stored(world), stored(world, ADA)) == ((0, 0), (200, 0))


@pytest.mark.parametrize("sold_by", ["o9", None])
def test_what_is_owed_is_the_sum_of_what_is_stored(world: World, sold_by: str | None) -> None:
    world.given(
        *(issue(5_000, order=sold_by, expires="2026-02-02T12:00:00Z"), adjust(-500)),
        *(credit(700), credit(300, refund_of="o8"), claim("o1", 800, ADA), settle("o1", ADA)),
        *(claim("o1", 1_000), settle("o1"), give_back("o1", 250), at("2026-06-01T00:00:00Z")),
        sweep_value(),
    )
    world.when()
    world._before = 0
    sums: dict[str, int] = {}
    for event, fact in zip(world.events, world.facts, strict=True):
        booked = value_booked_by(fact)
        assert (entry_of(event, fact) is None) == (booked is None)
        for leg in booked.postings if booked else ():
            sums[leg.account] = sums.get(leg.account, 0) + leg.amount
    assert sum(sums.values()) == 0
    assert sums["Liabilities:StoreCredit"] == -200
    assert sums["Liabilities:GiftCards"] == 0
    assert sums["Income:Breakage:GiftCards"] == -3_750
    assert sums["Assets:Clearing"] == (5_000 if sold_by else 0) + 300 - 800 - 1_000 + 250
