"""A deposit or grant taken back: what is left goes, what is out is owed, what is gone is gone."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from api.commands.result import pending_fact_of
from ledger.credits.postings import postings_of
from ledger.credits.reversals import CreditReversed, UsageReversed
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import wallet_id
from ledger.kernel.money import CREDIT, format_amount
from tests.scenarios.commands import ORG, deposit, grant, usage, use
from tests.scenarios.wallet_commands import (
    DAY,
    adjust,
    capture,
    convert,
    place,
    release,
    reverse,
    transfer,
    zap,
)
from tests.scenarios.world import World, at

EXPIRY = "2026-02-01T12:30:00Z"
GIVEN = grant("10", "promotional", key="g", expires=EXPIRY)
INCLUDED = grant("10", "included", key="g", expires=EXPIRY)
BOUGHT = deposit("3", key="d")


def given(world: World, first: Any, *steps: Any) -> int:
    """The place of the first of these steps."""
    world.given(first)
    sequence = world.command_results[-1].stored_fact.sequence
    if steps:
        world.given(*steps)
    return sequence


def accounts(world: World) -> dict[str, str]:
    """What every account that is not zero holds, as the postings of all events add it up."""
    found: Counter[str] = Counter()
    for event in world.event_store.select_positions(0, 10_000):
        for posting in postings_of(pending_fact_of(event).fact):
            found[posting.account] += posting.amount
            assert not (posting.account.startswith("Expenses:") and found[posting.account] < 0)
    return {name: format_amount(amount, CREDIT) for name, amount in found.items() if amount}


def taken_back(world: World) -> CreditReversed:
    fact = world.facts[-1]
    assert isinstance(fact, CreditReversed)
    return fact


# -- what expired, was zapped or adjusted away is gone already -----------------------------------


def test_of_a_grant_that_expired_only_what_was_used_is_owed(world: World) -> None:
    grant_ = given(world, GIVEN, BOUGHT, usage([use("4", id="u")]), at(EXPIRY))
    world.when(reverse(grant_)).then_balance("0", debt="1")
    assert world.transactions()[-1].amount == -4_000_000
    assert accounts(world) == {
        "Assets:Clearing": "3",
        "Assets:Receivable": "1",
        "Income:Usage:promotional": "-4",
    }


def test_a_grant_that_expired_unused_leaves_nothing_to_take_back(world: World) -> None:
    grant_ = given(world, GIVEN, at(EXPIRY))
    refusal = world.when(reverse(grant_)).then_refused(Conflict, field="id")
    assert "nothing to take back" in refusal.detail
    world.then_nothing_recorded()


@pytest.mark.parametrize("way", [zap(), adjust("-6")], ids=["zapped", "adjusted away"])
def test_what_was_taken_by_hand_is_not_taken_twice(world: World, way: Any) -> None:
    grant_ = given(world, GIVEN, usage([use("4", id="u")]), way)
    world.when(reverse(grant_)).then_balance("0", debt="4")


def test_what_was_zapped_whole_leaves_nothing_to_take_back(world: World) -> None:
    bought = given(world, BOUGHT, zap())
    refusal = world.when(reverse(bought)).then_refused(Conflict, field="id")
    assert "nothing to take back" in refusal.detail


def test_what_expires_in_the_same_moment_is_gone(world: World) -> None:
    grant_ = given(world, GIVEN, usage([use("4", id="u")]), at(EXPIRY))
    world.when(reverse(grant_)).then_recorded("LotsExpired", "CreditReversed")
    assert taken_back(world).amount == 4_000_000


def test_what_came_back_from_a_hold_to_an_expired_lot_is_gone(world: World) -> None:
    grant_ = given(world, GIVEN, place("6", lasts_us=DAY), usage([use("4", id="u")]), at(EXPIRY))
    world.given(release()).when(reverse(grant_)).then_balance("0", debt="4")


def test_what_a_reversal_gave_back_and_expired_is_gone(world: World) -> None:
    grant_ = given(world, GIVEN, usage([use("4", id="u")]), usage([use("3", id="v")]), at(EXPIRY))
    world.given(reverse(4)).when(reverse(grant_, key="grant")).then_balance("0", debt="3")


def test_an_amount_above_what_can_be_taken_is_refused(world: World) -> None:
    grant_ = given(world, GIVEN, usage([use("4", id="u")]), at(EXPIRY))
    refusal = world.when(reverse(grant_, "4.000001")).then_refused(Conflict, field="amount")
    assert "the 4 credit that can still be taken back" in refusal.detail
    world.when(reverse(grant_, "3", key="part")).then_balance("0", debt="3")
    world.when(reverse(grant_, key="rest")).then_balance("0", debt="4")
    refusal = world.when(reverse(grant_, key="more")).then_refused(Conflict, field="id")
    assert "reversed already" in refusal.detail


# -- what is out is owed -------------------------------------------------------------------------


def test_what_was_transferred_away_is_owed_and_stays_where_it_is(world: World) -> None:
    grant_ = given(world, GIVEN, transfer("6", giver="ada", receiver="bob"))
    world.when(reverse(grant_)).then_balance("0", debt="6").then_balance("6", owner="bob")


def test_slices_of_one_lot_sent_to_several_are_owed_together(world: World) -> None:
    grant_ = given(world, GIVEN, *(transfer("2", giver="ada", receiver=to, key=to) for to in "bcd"))
    world.when(reverse(grant_)).then_balance("0", debt="6")
    assert taken_back(world).sent == 6_000_000


def test_given_credit_that_another_has_may_still_expire_there(world: World) -> None:
    grant_ = given(world, GIVEN, transfer("6", giver="ada", receiver="bob"))
    world.given(reverse(grant_), at(EXPIRY), adjust("1", user="bob")).then_balance("1", owner="bob")
    assert accounts(world) == {
        "Assets:Receivable": "6",
        "Equity:Adjustments": "-5",
        "Liabilities:Credits:adjustment": "-1",
    }


def test_converted_dollars_are_owed(world: World) -> None:
    bought = given(world, deposit("5", key="usd", asset="usd"), convert(200))
    world.when(reverse(bought))
    (fact,) = world.facts
    assert isinstance(fact, CreditReversed)
    assert (fact.amount, fact.debt, fact.used) == (500, 200, 200)


def test_what_paid_a_debt_is_owed_again(world: World) -> None:
    world.given(usage([use("4", id="u")]))
    bought = given(world, deposit("10", key="more"))
    world.when(reverse(bought)).then_balance("0", debt="4")
    assert taken_back(world).debt == 4_000_000


# -- what holds have set aside -------------------------------------------------------------------


def test_what_holds_keep_is_owed_and_theirs_until_they_end(world: World) -> None:
    grant_ = given(world, GIVEN, place("4", lasts_us=DAY))
    world.when(reverse(grant_)).then_balance("0", held="4", debt="4")
    world.when(at(EXPIRY), release()).then_recorded("HoldReleased").then_balance("0")
    assert accounts(world) == {}


def test_a_hold_of_credit_taken_back_is_captured(world: World) -> None:
    grant_ = given(world, GIVEN, place("4"), place("3", id="k"))
    world.given(reverse(grant_)).when(capture("5")).then_paid_by("adjustment 4", debt="1")
    world.when(release("k")).then_balance("0", debt="5")
    assert accounts(world)["Income:Usage:adjustment"] == "-4"


def test_a_hold_is_taken_last_and_in_part(world: World) -> None:
    grant_ = given(world, GIVEN, place("4"), usage([use("3", id="u")]))
    world.given(reverse(grant_, "8")).then_balance("0", held="4", debt="5")
    world.when(release()).then_balance("0", debt="1")
    world.when(reverse(grant_, key="rest"))
    assert taken_back(world).amount == 2_000_000


def test_what_a_kept_hold_paid_is_given_back_to_the_lot_that_paid(world: World) -> None:
    grant_ = given(world, GIVEN, place("4"))
    settled = given(world.given(reverse(grant_)), capture("4"), deposit("4", key="pays"))
    world.when(reverse(settled, key="back")).then_lots("adjustment 4")


# -- credit that returns to a lot whose grant was reversed ---------------------------------------


def test_credit_of_a_reversed_grant_returns_as_an_adjustment(world: World) -> None:
    grant_ = given(world, GIVEN)
    debit = given(world, usage([use("4", id="u")]), reverse(grant_), deposit("9", key="pays"))
    world.when(at(EXPIRY), reverse(debit, key="debit")).then_lots("adjustment 4", "purchased 5")
    fact = world.facts[-1]
    assert isinstance(fact, UsageReversed)
    assert [part.amount for part in fact.owed] == [4_000_000]
    assert "Expenses:Promotions:promotional" not in accounts(world)


def test_only_what_is_owed_returns_as_an_adjustment(world: World) -> None:
    grant_ = given(world, GIVEN)
    debit = given(world, usage([use("4", id="u")]), reverse(grant_, "8"))
    world.given(deposit("2", key="pays")).then_balance("0")
    world.when(reverse(debit, "1", key="one")).then_lots("adjustment 1")
    world.when(reverse(debit, key="rest"))
    world.then_lots("promotional 2", "adjustment 1", "adjustment 1")
    world.when(reverse(grant_, key="grant")).then_lots("adjustment 1", "adjustment 1")


# -- the double entry ----------------------------------------------------------------------------


def test_when_nothing_is_left_of_a_grant_what_expired_was_no_income(world: World) -> None:
    grant_ = given(world, INCLUDED, usage([use("4", id="u")]), at(EXPIRY))
    world.given(reverse(grant_, "1", key="part"))
    assert accounts(world)["Income:Breakage:included"] == "-6"
    world.given(reverse(grant_, key="rest"))
    assert accounts(world) == {"Assets:Receivable": "4", "Income:Usage:included": "-4"}


# -- where it is kept ----------------------------------------------------------------------------


def test_reversals_leave_nothing_in_the_wallet(world: World) -> None:
    name = wallet_id(ORG, "ada", CREDIT)
    debit = given(world, deposit("10", key="d"), usage([use("1", id="u")]))
    state = world.event_store.balance_rows([name])[name].state
    for number in range(5):
        world.given(reverse(debit + 1, "0.1", key=f"{number}"))
    assert len(world.event_store.balance_rows([name])[name].state) <= len(state)


def test_reversals_of_one_group_and_of_two_processes_count_together(world: World) -> None:
    debit = given(world, deposit("10", key="d"), usage([use("5", id="u")])) + 1
    world.when_together(reverse(debit, "3", key="1"), reverse(debit, "3", key="2"))
    world.then_refused(Conflict, field="amount")
    world.group_commit = world.another_process()
    world.when(reverse(debit, "2.1", key="3")).then_refused(Conflict, field="amount")
    world.when(reverse(debit, "2", key="4")).then_balance("10")
