"""Reversal: gives back to the lots it came from, last consumed first; never above the original."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.credits.reversals import UsageReversed
from ledger.credits.transactions import Category
from ledger.credits.wallet import Wallet
from ledger.kernel.errors import Conflict, Invalid, NotFound
from tests.scenarios.commands import deposit, grant, register, usage, use
from tests.scenarios.wallet_commands import adjust, capture, place, release, reverse, transfer, zap
from tests.scenarios.world import World, at

EXPIRY = "2026-02-01T12:30:00Z"
TWO_LOTS = (deposit("10", key="d"), grant("5", "promotional", key="g", expires=EXPIRY))


def sequence_of(world: World, *steps: Any) -> int:
    """The place of the last of these steps, to be reversed."""
    world.given(*steps)
    return world.command_results[-1].stored_fact.sequence


def reversed_usage(world: World) -> UsageReversed:
    fact = world.facts[-1]
    assert isinstance(fact, UsageReversed)
    return fact


# -- debits ----------------------------------------------------------------------------------


def test_a_debit_goes_back_to_its_lots_last_consumed_first(world: World) -> None:
    debit = sequence_of(world, *TWO_LOTS, usage([use("8", id="u")]))
    world.when(reverse(debit, "4", reason="bad answer")).then_recorded("UsageReversed")
    world.then_lots("promotional 1", "purchased 10")
    world.when(reverse(debit, key="the rest")).then_lots("promotional 5", "purchased 10")
    (last,) = world.transactions()[-1:]
    assert (last.category, last.amount, last.reference) == (
        Category.REVERSAL,
        4_000_000,
        f"{debit}-0",
    )


def test_the_debt_part_lowers_open_debt_first(world: World) -> None:
    debit = sequence_of(world, *TWO_LOTS, usage([use("18", id="u")]))
    world.when(reverse(debit, "2")).then_balance("0", debt="1")
    world.when(reverse(debit, "2", key="more")).then_balance("1").then_lots("purchased 1")


def test_what_is_left_of_the_debt_part_returns_as_an_adjustment_lot(world: World) -> None:
    debit = sequence_of(world, deposit("1", key="d"), usage([use("4", id="u")]))
    world.given(deposit("2", key="pays")).then_balance("0", debt="1")
    world.when(reverse(debit)).then_lots("adjustment 2", "purchased 1")
    assert (reversed_usage(world).cancelled, world.balance().debt) == (1_000_000, 0)


def test_what_comes_back_pays_other_debt_first(world: World) -> None:
    debit = sequence_of(world, deposit("5", key="d"), usage([use("5", id="u")]))
    world.given(usage([use("3", id="later")])).then_balance("0", debt="3")
    world.when(reverse(debit)).then_balance("2").then_recorded("UsageReversed")


def test_no_expiry_is_extended(world: World) -> None:
    debit = sequence_of(world, *TWO_LOTS, usage([use("5", id="u")]))
    world.given(reverse(debit), at(EXPIRY)).then_lots("purchased 10")


def test_the_part_of_an_expired_lot_expires_in_the_same_event(world: World) -> None:
    debit = sequence_of(world, *TWO_LOTS, usage([use("8", id="u")]))
    world.given(at(EXPIRY))
    debit = 5
    world.when(reverse(debit)).then_recorded("UsageReversed").then_lots("purchased 10")
    back, gone = world.transactions()[-2:]
    assert (back.amount, back.balance_after) == (8_000_000, 15_000_000)
    assert (gone.category, gone.amount, gone.balance_after) == (
        Category.EXPIRY,
        -5_000_000,
        10_000_000,
    )


def test_reversals_together_never_exceed_the_original(world: World) -> None:
    debit = sequence_of(world, deposit("10", key="d"), usage([use("5", id="u")]))
    world.when(reverse(debit, "5.000001")).then_refused(Conflict, field="amount")
    world.given(reverse(debit, "3", key="1"))
    world.when(reverse(debit, "2.1", key="2")).then_refused(Conflict, field="amount")
    world.given(reverse(debit, key="3")).then_balance("10")
    world.when(reverse(debit, key="4")).then_refused(Conflict, field="id")


def test_a_reversal_sent_again_is_the_same_reversal(world: World) -> None:
    debit = sequence_of(world, deposit("10", key="d"), usage([use("5", id="u")]))
    world.given(reverse(debit, "2", reason="x")).when(reverse(debit, "2", reason="x"))
    assert world.command_results[0].replayed
    world.then_balance("7")


def test_each_line_of_a_batch_is_reversed_alone(world: World) -> None:
    lines = [use(str(n), id=f"u{n}", user="bob") for n in (1, 2, 3)]
    batch = sequence_of(world, deposit("10", key="d", user="bob"), usage(lines))
    world.when(reverse(batch, line=1)).then_balance("6", owner="bob")
    assert reversed_usage(world).original == f"{batch}-1"


def test_the_debit_of_a_captured_hold_is_reversed(world: World) -> None:
    settled = sequence_of(world, *TWO_LOTS, place("4"), capture("7"))
    world.when(reverse(settled, "4")).then_lots("promotional 2", "purchased 10")
    world.when(reverse(settled, key="all")).then_lots("promotional 5", "purchased 10")


def test_a_hold_that_took_one_lot_twice_is_reversed_whole(world: World) -> None:
    settled = sequence_of(world, deposit("10", key="d"), place("4"), capture("7"))
    world.when(reverse(settled)).then_lots("purchased 10")


def test_a_late_capture_is_reversed(world: World) -> None:
    lapsed = at("2026-02-01T14:00:00Z")
    settled = sequence_of(world, deposit("10", key="d"), place("4"), lapsed, capture("12"))
    world.when(reverse(settled)).then_balance("10").then_lots("purchased 10")


def test_credit_that_was_received_or_adjusted_goes_back_to_its_lot(world: World) -> None:
    debit = sequence_of(
        world,
        deposit("3", key="d", user="bob"),
        transfer("3", giver="bob", receiver="ada"),
        adjust("2"),
        usage([use("5", id="u")]),
    )
    world.when(reverse(debit)).then_lots("adjustment 2", "purchased 3")


def test_credit_of_an_earlier_reversal_goes_back_to_its_lot(world: World) -> None:
    first = sequence_of(world, deposit("1", key="d"), usage([use("4", id="u")]))
    second = sequence_of(world, deposit("3", key="pays"), reverse(first), usage([use("4", id="v")]))
    world.when(reverse(second, key="v")).then_lots("adjustment 3", "purchased 1")


def test_in_a_shared_org_the_pool_gets_it_back(shared_world: World) -> None:
    debit = sequence_of(
        shared_world, deposit("9", key="d", user="@pool"), usage([use("4", id="u", user="bob")])
    )
    shared_world.when(reverse(debit)).then_balance("9", owner="@pool")
    assert shared_world.transactions("@pool")[-1].user == "bob"


# -- deposits and grants ---------------------------------------------------------------------


def test_an_unspent_deposit_is_withdrawn(world: World) -> None:
    bought = sequence_of(world, deposit("10", key="d"))
    world.when(reverse(bought)).then_recorded("CreditReversed").then_balance("0")


def test_the_spent_part_of_a_deposit_becomes_debt(world: World) -> None:
    bought = sequence_of(world, deposit("10", key="d"))
    world.given(usage([use("4", id="u")])).when(reverse(bought)).then_balance("0", debt="4")
    fact = world.facts[-1]
    assert isinstance(fact, Wallet.CreditReversed)
    assert (fact.debt, fact.granted) == (4_000_000, False)


def test_other_credit_pays_the_spent_part_at_once(world: World) -> None:
    bought = sequence_of(world, deposit("10", key="d"))
    world.given(usage([use("4", id="u")]), deposit("5", key="other"))
    world.when(reverse(bought)).then_recorded("CreditReversed").then_balance("1")


def test_what_a_hold_keeps_of_a_deposit_pays_when_it_returns(world: World) -> None:
    bought = sequence_of(world, deposit("10", key="d"))
    world.given(place("4")).when(reverse(bought)).then_balance("0", held="4", debt="4")
    world.when(release()).then_balance("0")


def test_a_grant_is_reversed_in_parts_and_not_beyond(world: World) -> None:
    given = sequence_of(world, deposit("1", key="d"), grant("5", "promotional", key="g"))
    world.when(reverse(given, "2", key="1")).then_lots("promotional 3", "purchased 1")
    world.when(reverse(given, "3.5", key="2")).then_refused(Conflict, field="amount")
    world.when(reverse(given, key="3")).then_lots("purchased 1")
    world.when(reverse(given, key="4")).then_refused(Conflict, field="id")


def test_a_grant_that_is_not_effective_yet_is_reversed(world: World) -> None:
    given = sequence_of(world, grant("5", "free", key="g", effective="2026-03-01T00:00:00Z"))
    world.when(reverse(given, "2")).then_balance("0", pending="3")


# -- what cannot be reversed -----------------------------------------------------------------


@pytest.mark.parametrize(
    "steps",
    [
        [deposit("3", key="d", user="bob"), transfer("3", giver="bob", receiver="ada")],
        [adjust("2")],
        [deposit("1", key="d"), zap()],
        [deposit("1", key="d"), usage([use("1", id="u")]), reverse(4)],
    ],
    ids=["transfer", "adjustment", "zap", "reversal"],
)
def test_only_debits_deposits_and_grants_are_reversed(world: World, steps: list[Any]) -> None:
    other = sequence_of(world, *steps)
    world.when(reverse(other, key="it")).then_refused(Invalid, field="id")
    world.then_nothing_recorded()


@pytest.mark.parametrize(("sequence", "line"), [(0, 0), (1, 0), (3, 1), (99, 0)])
def test_what_is_no_transaction_is_not_found(world: World, sequence: int, line: int) -> None:
    world.given(deposit("1", key="d"))
    world.when(reverse(sequence, line=line)).then_refused(NotFound, field="id")


def test_an_expiry_that_came_with_a_capture_is_not_reversed(world: World) -> None:
    settled = sequence_of(
        world,
        grant("5", "promotional", key="g", expires=EXPIRY),
        place("4"),
        at(EXPIRY),
        capture("1"),
    )
    world.when(reverse(settled, line=1)).then_refused(Invalid, field="id")


def test_a_transaction_of_another_org_is_not_found(world: World) -> None:
    bought = sequence_of(world, register("other"), deposit("1", key="d"))
    world.when(reverse(bought, org="other")).then_refused(NotFound)


@pytest.mark.parametrize("amount", ["0", "-1", "0.0000001", 1.5])
def test_an_amount_that_is_none_is_refused(world: World, amount: Any) -> None:
    bought = sequence_of(world, deposit("1", key="d"))
    world.when(reverse(bought, amount)).then_refused(Invalid, field="amount")
