"""What speaks against a dispute of an order is handed in while it is open, and by itself where the
org wants that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.commands.ordering.disputes import RecordOrderEvidenceTaken, SendOrderEvidence
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.texts import REASON, SALT_BYTES, blind
from ledger.ordering.order_disputes import OrderEvidenceSent, OrderEvidenceTaken
from ledger.purchases.notice import DisputeChanged, DisputeState, Money
from tests.scenarios.commands import ACTOR, ORG, USER, sealed
from tests.scenarios.order_commands import (
    at_shipment,
    authorised,
    disputed,
    order_id,
    paid,
    place,
    told,
    verify,
)
from tests.scenarios.purchase_commands import policy
from tests.scenarios.world import World


def evidence(dispute: str = "dp_1", text: str | None = None, key: str = "e") -> SendOrderEvidence:
    """Somebody hands something in."""
    written = None if text is None else sealed(text, REASON, USER)
    return SendOrderEvidence(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"id": dispute},
        order=order_id(),
        dispute=dispute,
        evidence=written,
    )


TEXTS = blind("texts", REASON, USER, bytes(SALT_BYTES))
TAKEN = RecordOrderEvidenceTaken(ORG, ACTOR, order_id(), "dp_1", TEXTS, "7")


@pytest.fixture
def bought(world: World) -> World:
    """An order that was paid."""
    return world.given(place(), paid())


def test_it_is_handed_in_while_the_bank_decides(bought: World) -> None:
    bought.when(evidence()).then_refused(NotFound, field="dispute")
    bought.given(disputed(1, DisputeState.OPEN))
    bought.when(evidence(text='{"product":"a mug"}')).then_recorded("OrderEvidenceSent")
    (sent,) = bought.facts
    assert isinstance(sent, OrderEvidenceSent)
    assert (sent.dispute, sent.user, bool(sent.reason)) == ("dp_1", USER, True)
    bought.when(TAKEN, replace(TAKEN, number="8"), TAKEN)
    bought.then_recorded("OrderEvidenceTaken", "OrderEvidenceTaken")  # once for each that asked
    assert {type(each) for each in bought.facts} == {OrderEvidenceTaken}
    bought.given(disputed(1, DisputeState.WON))
    bought.when(evidence(key="late")).then_refused(Conflict, field="dispute")
    assert verify(bought).exit_code == 0


def test_it_is_handed_in_by_itself_where_the_org_wants_that(bought: World) -> None:
    bought.given(policy(sends_evidence=True))
    bought.when(disputed(1, DisputeState.OPEN), disputed(1, DisputeState.OPEN))
    bought.then_recorded("OrderDisputed", "OrderEvidenceSent")


def test_each_that_is_told_at_once_is_answered_once(bought: World) -> None:
    bought.given(policy(sends_evidence=True))
    asked = [
        DisputeChanged(id, "pi_1", Money(100, "usd"), "fraudulent", DisputeState.OPEN)
        for id in ("dp_1", "dp_2")
    ]
    bought.when(told(1, *asked)).then_recorded(*("OrderDisputed", "OrderEvidenceSent") * 2)


def test_money_that_a_bank_only_keeps_is_not_disputed(world: World) -> None:
    world.given(at_shipment(), place(), authorised())
    world.when(disputed(1, DisputeState.OPEN)).then_recorded()
    world.when(evidence()).then_refused(NotFound, field="dispute")
