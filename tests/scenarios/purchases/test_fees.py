"""Fees and payouts of a provider's book: each movement is recorded once, and moves money between
accounts."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Conflict, NotFound
from ledger.purchases.money_moves import moved_by
from ledger.registry import fact_of
from tests.scenarios.purchase_commands import account, booking, fees, paid, start, told
from tests.scenarios.purchases.folding import purchase_of
from tests.scenarios.world import World


@pytest.fixture
def bought(world: World) -> World:
    """Credits that were paid for."""
    return world.given(start(), told(paid()))


def legs(world: World) -> list[tuple[str, int]]:
    """The postings of the money that moved last."""
    events = world.event_store.select_positions(0, 10_000)
    moved = [each for event in events if (each := moved_by(fact_of(event))) is not None]
    return [(each.account, each.amount) for each in moved[-1].postings]


def test_a_fee_is_recorded_once_however_often_it_is_read(bought: World) -> None:
    bought.when(fees(booking())).then_recorded("ProcessingFeeRecorded")
    assert legs(bought) == [("Expenses:Processing", 88), ("Assets:Processor:stripe", -88)]
    bought.when(fees(booking())).then_nothing_recorded()
    bought.when(fees(booking(), booking("txn_2"))).then_recorded("ProcessingFeeRecorded")
    assert list(purchase_of(bought).fees) == ["txn_1", "txn_2"]


def test_a_fee_that_came_back_is_posted_the_other_way(bought: World) -> None:
    bought.given(fees(booking(amount=-88)))
    assert legs(bought) == [("Expenses:Processing", -88), ("Assets:Processor:stripe", 88)]


def test_nothing_is_kept_of_what_was_not_paid(world: World) -> None:
    world.given(start()).when(fees(booking())).then_refused(Conflict, field="id")
    world.when(fees(booking(), id="q")).then_refused(NotFound, field="purchase")


def test_a_payout_is_recorded_once_and_one_that_came_back_is_another(world: World) -> None:
    out = booking("txn_1", 1_900, of="po_1")
    world.when(account([out])).then_recorded("ProviderAccountOpened", "PayoutRecorded")
    assert legs(world) == [("Assets:Bank", 1_900), ("Assets:Processor:stripe", -1_900)]
    world.when(account([out], [booking("txn_1", 5)])).then_recorded("AccountFeeRecorded")
    assert legs(world) == [("Expenses:Processing", 5), ("Assets:Processor:stripe", -5)]
    world.when(account([out], [booking("txn_1", 5)])).then_nothing_recorded()
    world.when(account([booking("txn_2", -1_900, of="po_1")])).then_recorded("PayoutRecorded")


def test_twins_of_one_group_record_a_movement_once(bought: World) -> None:
    bought.given(fees(booking(), booking()), account([booking(), booking()]))
    assert list(purchase_of(bought).fees) == ["txn_1"]
