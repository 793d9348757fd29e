"""A wallet has a bounded number of open lots: its row, which each commit writes, stays small."""

from __future__ import annotations

import pytest

from api.commands.credits.allowances import GrantStarter, SetAllowance
from ledger.kernel.errors import TooManyLots
from ledger.kernel.ids import wallet_id
from ledger.kernel.limits import OPEN_LOTS_MAX
from ledger.kernel.money import CREDIT
from tests.scenarios.commands import ACTOR, ORG, USER, deposit, grant, usage, use
from tests.scenarios.wallet_commands import adjust, convert, reverse, transfer
from tests.scenarios.world import World


def fill(world: World, lots: int = OPEN_LOTS_MAX, user: str = "ada") -> None:
    """Many tiny deposits."""
    tiny = [deposit("0.001", key=f"{user} {n}", user=user) for n in range(lots)]
    world.when_together(*tiny)
    assert not world.refusals


@pytest.mark.parametrize(
    "arrival",
    [
        deposit("1", key="d"),
        grant("1", "promotional", key="g"),
        adjust("1"),
        transfer("1", giver="bob", receiver="ada"),
        convert(100),
    ],
    ids=["deposit", "grant", "adjustment", "transfer", "conversion"],
)
@pytest.mark.reaches("too_many_lots")
def test_one_lot_more_is_refused_and_says_what_to_do(world: World, arrival: object) -> None:
    world.given(deposit("5", key="b", user="bob"), deposit("5", key="usd", asset="usd"))
    fill(world)
    world.when(arrival)  # type: ignore[arg-type]
    refusal = world.then_refused(TooManyLots)
    assert (refusal.code, "makes room" in refusal.detail) == ("too_many_lots", True)
    world.then_nothing_recorded()
    world.given(usage([use("0.001", id="u")])).given(arrival)  # type: ignore[arg-type]


def test_the_starter_is_given_also_where_the_allowance_is_a_lot_too_many(world: World) -> None:
    world.given(SetAllowance(org=ORG, actor=ACTOR, key="a", sent={}, free_monthly=1))
    fill(world, OPEN_LOTS_MAX - 1)
    welcome = GrantStarter(org=ORG, actor=ACTOR, key="s", sent={}, user=USER, month="2026-02")
    world.given(welcome).then_recorded("CreditsGranted")


def test_a_transfer_of_many_slices_is_refused_whole_or_done_whole(world: World) -> None:
    fill(world, 600)
    fill(world, 600, user="bob")
    world.when(transfer("0.401", giver="ada", receiver="bob")).then_refused(TooManyLots)
    world.then_nothing_recorded().then_balance("0.6").then_balance("0.6", owner="bob")
    world.given(transfer("0.4", giver="ada", receiver="bob"))
    world.then_balance("0.2").then_balance("1", owner="bob")


def test_a_debit_goes_back_to_its_lots_in_a_full_wallet(world: World) -> None:
    fill(world)
    world.given(usage([use("1", id="u")]))
    debit = world.command_results[0].stored_fact.sequence
    fill(world, user="bob")
    world.given(transfer("1", giver="bob", receiver="ada"))
    world.given(reverse(debit)).then_balance("2")
    name = wallet_id(ORG, "ada", CREDIT)
    assert len(world.event_store.balance_rows([name])[name].state) < 400_000
