"""The starter credit comes once for each verified identity, whatever users it makes."""

from __future__ import annotations

from api.commands.credits.allowances import GrantAllowance, GrantStarter, SetAllowance
from ledger.kernel.errors import Conflict
from tests.scenarios.commands import ACTOR, ORG, credits_of, deposit
from tests.scenarios.world import World


def welcome(user: str, identity: str | None, org: str = ORG) -> GrantStarter:
    """The first credit of a user."""
    return GrantStarter(
        org=org,
        actor=ACTOR,
        key=f"welcome {user}",
        sent={"user": user, "identity": identity},
        user=user,
        month="2026-02",
        identity=identity,
    )


def test_an_identity_is_welcomed_once(world: World) -> None:
    world.given(welcome("ada", "digest"), welcome("bo", "other"), welcome("cy", None))
    world.when(welcome("eve", "digest")).then_refused(Conflict, field="identity")
    world.then_nothing_recorded()
    world.when(welcome("ada", "digest")).then_nothing_recorded()
    assert not world.refusals


def test_of_two_at_once_one_is_welcomed(world: World) -> None:
    world.when_together(welcome("ada", "digest"), welcome("bo", "digest"))
    world.then_refused(Conflict, field="identity")
    world.then_recorded("WalletOpened", "CreditsGranted")


def monthly(verified_only: bool) -> SetAllowance:
    """Free credit of 100 a month."""
    return SetAllowance(
        org=ORG,
        actor=ACTOR,
        key=f"allowance {verified_only}",
        sent={"verified_only": verified_only},
        free_monthly=credits_of("100"),
        verified_only=verified_only,
    )


def of_month(user: str) -> GrantAllowance:
    """What the first of a month brings to a user."""
    return GrantAllowance(org=ORG, actor=ACTOR, user=user, month="2026-02")


def test_only_who_is_verified_gets_the_free_credit_of_a_month(world: World) -> None:
    """So it comes once for an identity, too: a second user with the same has none."""
    world.given(deposit("1", key="eve's", user="eve"), monthly(verified_only=True))
    world.when(welcome("ada", "digest")).then_recorded(
        "WalletOpened", "CreditsGranted", "CreditsGranted"
    )
    world.when(welcome("cy", None)).then_recorded("WalletOpened", "CreditsGranted")
    world.when(welcome("eve", "digest")).then_refused(Conflict, field="identity")
    world.when(*map(of_month, ("ada", "cy", "eve"))).then_nothing_recorded()
    world.given(monthly(verified_only=False))
    world.when(*map(of_month, ("ada", "cy", "eve"))).then_recorded(
        "CreditsGranted", "CreditsGranted"
    )


def test_who_was_welcomed_long_ago_is_looked_up(world: World) -> None:
    world.given(welcome("ada", "digest"), welcome("cy", None), monthly(verified_only=True))
    world.group_commit = world.another_process()
    world.when(of_month("cy")).then_nothing_recorded()
    world.when(of_month("ada")).then_recorded("CreditsGranted")
