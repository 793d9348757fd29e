"""Transfers and allocations: slices of lots move as they are; and dollars become credits."""

from __future__ import annotations

import pytest

from ledger.credits.wallet import Wallet
from ledger.kernel.errors import InsufficientCredits, Invalid
from ledger.kernel.ids import POOL, wallet_id
from tests.scenarios.commands import ORG, deposit, grant, usage, use
from tests.scenarios.wallet_commands import convert, place, suspend, transfer
from tests.scenarios.world import World, at

EXPIRY = "2026-02-01T12:30:00Z"
POOLED = (
    deposit("10", key="pool", user=POOL),
    grant("5", "included", key="plan", user=POOL, expires=EXPIRY, priority=7),
)


def test_an_allocation_moves_slices_in_burn_order_with_their_terms(world: World) -> None:
    world.given(*POOLED).when(transfer("6", giver=POOL, receiver="bob"))
    world.then_recorded("CreditsSent", "WalletOpened", "CreditsReceived")
    world.then_lots("included 5", "purchased 1", owner="bob").then_balance("9", owner=POOL)
    terms = [lot.terms for lot in world.balance("bob").lots]
    pool = [lot.terms for lot in world.balance(POOL).lots]
    assert (terms[0].priority, terms[0].expires_us) == (7, 1_769_949_000_000_000)
    assert (terms[1].effective_us, terms[1].expires_us) == (pool[0].effective_us, None)
    world.given(at(EXPIRY)).then_balance("1", owner="bob")


def test_an_allocation_is_taken_back(world: World) -> None:
    world.given(*POOLED, transfer("6", giver=POOL, receiver="bob"))
    world.when(transfer("6", giver="bob", receiver=POOL, key="back"))
    world.then_lots("included 5", "purchased 9", "purchased 1", owner=POOL)
    world.then_balance("0", owner="bob")


def test_the_receivers_debt_is_paid_first(world: World) -> None:
    world.given(*POOLED, usage([use("4", id="u", user="bob")]))
    world.when(transfer("6", giver=POOL, receiver="bob"))
    world.then_recorded("CreditsSent", "CreditsReceived").then_balance("2", owner="bob")
    fact = world.facts[-1]
    assert isinstance(fact, Wallet.CreditsReceived)
    assert [(part.kind, part.amount) for part in fact.repaid] == [("included", 4_000_000)]


def test_two_wallets_one_transaction(world: World) -> None:
    world.given(*POOLED).when(transfer("6", giver=POOL, receiver="bob"))
    out, into = world.transactions(POOL)[-1], world.transactions("bob")[-1]
    assert (out.amount, out.reference, into.amount, into.reference) == (
        -6_000_000,
        "bob",
        6_000_000,
        POOL,
    )
    assert len({event.recorded_us for event in world.events}) == 1
    assert [event.sequence for event in world.events] == [5, 6, 7]


def test_a_transfer_sent_again_moves_nothing(world: World) -> None:
    world.given(*POOLED, transfer("6", giver=POOL, receiver="bob"))
    world.when(transfer("6", giver=POOL, receiver="bob")).then_nothing_recorded()
    assert world.command_results[0].replayed


def test_only_what_is_available_moves(world: World) -> None:
    world.given(deposit("10", key="d"), place("4"))
    world.when(transfer("6.000001", giver="ada", receiver="bob")).then_refused(InsufficientCredits)
    world.then_nothing_recorded()
    world.given(transfer("6", giver="ada", receiver="bob", key="all"), usage([use("1", id="u")]))
    world.when(transfer("1", giver="ada", receiver="bob", key="debt"))
    world.then_refused(InsufficientCredits)


def test_nobody_transfers_to_themselves(world: World) -> None:
    world.given(deposit("10", key="d"))
    world.when(transfer("1", giver="ada", receiver="ada")).then_refused(Invalid, field="to_user")


def test_a_suspended_wallet_may_receive(world: World) -> None:
    world.given(*POOLED, suspend(user="bob"), transfer("6", giver=POOL, receiver="bob"))
    world.then_balance("6", owner="bob")


def test_credit_in_a_circle_is_the_same_credit(world: World) -> None:
    world.given(*POOLED)
    for giver, receiver in ((POOL, "bob"), ("bob", "eve"), ("eve", POOL)):
        world.given(transfer("6", giver=giver, receiver=receiver, key=f"{giver} gives"))
    world.then_lots("included 5", "purchased 9", "purchased 1", owner=POOL)


# -- conversion ------------------------------------------------------------------------------


def test_dollars_become_credits_at_the_fixed_rate(world: World) -> None:
    world.given(deposit("12.34", key="usd", asset="usd"), usage([use("40", id="u")]))
    world.when(convert(34)).then_recorded("MoneyConverted", "CreditsConverted")
    world.then_balance("300")
    name = wallet_id(ORG, "ada", "usd")
    assert world.event_store.balance_rows([name])[name].credits == 1200
    lot = world.balance().lots[0].terms
    assert lot.paid is not None
    assert (lot.kind, lot.paid.amount, lot.paid.currency) == ("purchased", 34, "usd")


@pytest.mark.parametrize("cents", [1235, 10**15])
def test_more_dollars_than_there_are_convert_nothing(world: World, cents: int) -> None:
    world.given(deposit("12.34", key="usd", asset="usd"))
    world.when(convert(cents)).then_refused(InsufficientCredits)
    assert world.refusals[0].facts["available"] == "12.34"
    world.then_nothing_recorded()
