"""A number book and a coupon are read from their rows, as the events add up to them."""

from __future__ import annotations

from ledger.invoices.number_book import NumberBook, numbers_id, restore_numbers
from ledger.invoices.settings import Series
from ledger.kernel.aggregate import FirstFact
from ledger.subscriptions.coupon_book import CouponBook, coupon_id, restore_coupons
from tests.scenarios.commands import ORG, register
from tests.scenarios.invoice_commands import settings
from tests.scenarios.invoices.folding import every, numbers_of
from tests.scenarios.subscription_commands import publish_coupon, subscribe
from tests.scenarios.subscriptions.folding import decline
from tests.scenarios.world import World


def replayed(world: World, aggregate_id: str) -> NumberBook | CouponBook:
    """An aggregate of all its facts."""
    found = None
    for _, fact in every(world):
        if fact.originator_id == aggregate_id:
            found = fact.mutate(None if isinstance(fact, FirstFact) else found)
    assert isinstance(found, NumberBook | CouponBook)
    return found


def test_a_process_that_starts_goes_on_from_the_rows(world: World) -> None:
    world.given(register("other"), settings(), publish_coupon(key="all", redemptions_max=2))
    for number, user in enumerate(("ada", "bob", "eve")):
        world.group_commit = world.another_process()
        world.given(subscribe(user=user, key=user, coupon="HALF"))
        if number == 0:
            decline(world)
    numbers, coupon = numbers_id(ORG, Series.INVOICES), coupon_id(ORG, "HALF")
    book = restore_numbers(world.event_store, [numbers, numbers_id("other", Series.INVOICES)])
    held = restore_coupons(world.event_store, [coupon, coupon_id(ORG, "NONE")])
    assert (list(book), list(held)) == ([numbers], [coupon])
    for found in (book[numbers], held[coupon]):
        right = replayed(world, found.id)
        assert (found.version, found.state()) == (right.version, right.state())
    assert [each[-2:] for each in numbers_of(world)] == ["01", "02", "03"]
    assert (held[coupon].redeemed, held[coupon].given_back) == (2, 1)
