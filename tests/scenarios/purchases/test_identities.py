"""The starter credit comes once for each verified identity, whatever users it makes."""

from __future__ import annotations

from api.commands.credits.allowances import GrantStarter
from ledger.kernel.errors import Conflict
from tests.scenarios.commands import ACTOR, ORG
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
