"""Disputes: the credits are taken and the wallet suspended until the bank has decided."""

from __future__ import annotations

import pytest

from ledger.kernel.errors import Conflict, NotFound, Suspended
from tests.scenarios.commands import deposit, grant, usage, use
from tests.scenarios.purchase_commands import (
    disputed,
    evidence,
    evidence_taken,
    paid,
    policy,
    start,
    told,
)
from tests.scenarios.purchases.folding import purchase_of, wallet_of
from tests.scenarios.wallet_commands import place, resume, suspend
from tests.scenarios.world import World


@pytest.fixture
def bought(world: World) -> World:
    """21,000 credits were bought for 20.00, and 1,000 of them used."""
    return world.given(start(), told(paid()), usage([use("1000", id="used")]))


def test_a_dispute_takes_the_credits_and_suspends_the_wallet(bought: World) -> None:
    bought.when(told(disputed(), notice="1"))
    bought.then_recorded("DisputeOpened", "CreditsTakenBack", "WalletSuspended")
    bought.then_balance("0", debt="1000")
    bought.given(deposit("5000", key="d")).when(place("1")).then_refused(Suspended)
    assert purchase_of(bought).status == "disputed"


def test_a_part_of_the_money_takes_its_share(bought: World) -> None:
    bought.given(told(disputed(amount=500))).then_balance("14750")


def test_one_that_is_won_restores_the_lot_and_resumes_the_wallet(bought: World) -> None:
    bought.given(told(disputed()), deposit("400", key="d"))
    bought.when(told(disputed("won"), notice="2"))
    bought.then_recorded("DisputeWon", "CreditsRestored", "WalletResumed")
    bought.then_lots("purchased 20400").given(place("1"))
    assert purchase_of(bought).status == "won"


def test_one_that_is_lost_stays_and_the_wallet_resumes_once_it_owes_nothing(bought: World) -> None:
    bought.given(told(disputed()))
    bought.when(told(disputed("lost"), notice="2"))
    bought.then_recorded("DisputeLost", "WalletSuspended", "WalletResumed")
    bought.then_balance("0", debt="1000").when(place("1")).then_refused(Suspended)
    bought.given(deposit("1001", key="d"), place("1"))
    assert purchase_of(bought).status == "lost"


def test_one_that_is_lost_resumes_at_once_where_there_is_no_debt(world: World) -> None:
    world.given(start(), told(paid()), told(disputed()), told(disputed("lost")))
    assert not wallet_of(world).is_suspended


def test_the_suspension_of_a_person_outlasts_a_dispute_that_is_won(bought: World) -> None:
    bought.given(suspend(), told(disputed()), told(disputed("won")))
    bought.when(place("1")).then_refused(Suspended)
    bought.given(resume(), place("1"))


def test_a_person_does_not_resume_what_a_dispute_has_suspended(bought: World) -> None:
    bought.given(told(disputed())).when(resume()).then_refused(Conflict, field="user")
    bought.given(suspend(), resume()).when(place("1")).then_refused(Suspended)


def test_two_disputes_end_each_for_itself(bought: World) -> None:
    bought.given(told(disputed(amount=500)), told(disputed(amount=500, number="dp_2")))
    bought.given(told(disputed("won", amount=500)))
    assert wallet_of(bought).is_suspended
    bought.given(told(disputed("won", amount=500, number="dp_2"))).then_balance("20000")
    assert not wallet_of(bought).is_suspended


@pytest.mark.parametrize("state", ["won", "lost"])
def test_what_is_decided_stays_so(bought: World, state: str) -> None:
    bought.given(told(disputed(state), notice="1"))
    for number, other in enumerate(("open", "won", "lost")):
        bought.when(told(disputed(other), notice=f"late {number}")).then_nothing_recorded()


def test_other_credit_that_was_taken_comes_back_as_what_it_was(bought: World) -> None:
    bought.given(grant("600", "promotional", key="g"), told(disputed()), told(disputed("won")))
    bought.then_lots("promotional 600", "purchased 20000")


def test_evidence_is_recorded_while_the_dispute_is_open(bought: World) -> None:
    bought.when(evidence()).then_refused(NotFound, field="id")
    bought.given(told(disputed())).when(evidence(), evidence(), evidence(key="2"))
    bought.then_recorded("DisputeEvidenceSent", "DisputeEvidenceSent")
    assert purchase_of(bought).disputes["dp_1"].evidence == 2
    bought.given(told(disputed("won"))).when(evidence(key="3")).then_refused(Conflict, field="id")


def test_that_the_provider_took_it_is_recorded_once_for_each_time(bought: World) -> None:
    bought.given(told(disputed()), evidence())
    bought.when(evidence_taken(), evidence_taken()).then_recorded("DisputeEvidenceTaken")
    assert bought.outcomes == [True, False]
    bought.given(told(disputed("lost"))).when(evidence_taken("2"))
    bought.then_recorded("DisputeEvidenceTaken")


@pytest.mark.parametrize("wanted", [True, False])
def test_what_is_recorded_here_is_handed_in_by_itself_where_the_org_wants_it(
    bought: World, wanted: bool
) -> None:
    bought.given(policy(sends_evidence=wanted)).when(told(disputed(), notice="1"))
    sent = ["DisputeEvidenceSent"] if wanted else []
    bought.then_recorded("DisputeOpened", *sent, "CreditsTakenBack", "WalletSuspended")
    bought.when(told(disputed(), notice="2"), told(disputed("won"))).then_recorded(
        "DisputeWon", "CreditsRestored", "WalletResumed"
    )


def test_nothing_is_handed_in_where_the_bank_has_decided_already(bought: World) -> None:
    bought.given(policy(sends_evidence=True)).when(told(disputed("lost")))
    assert "DisputeEvidenceSent" not in [type(each).__name__ for each in bought.facts]
