"""An org decides when included credits come, and how money that did not come in is asked for again;
an invoice keeps what held when it was issued."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.credits.deposits import CreditsGranted
from ledger.kernel.errors import Invalid
from ledger.subscriptions.subscription_base import End, Status
from tests.scenarios.subscription_commands import set_policy, subscribe
from tests.scenarios.subscriptions.folding import (
    charges_of,
    decline,
    pay,
    subscription_of,
    sweep,
    verify,
)
from tests.scenarios.world import World, at

MARCH, APRIL = "2026-03-01T12:00:00Z", "2026-04-01T12:00:00Z"


def test_credits_come_with_the_invoice_of_a_period_and_once(shop: World) -> None:
    shop.given(set_policy(key="policy", credits_at_once=True), subscribe())
    assert not any(
        isinstance(fact, CreditsGranted) for fact in shop.facts
    )  # what has not begun has none
    pay(shop)
    shop.given(at(MARCH))
    sweep(shop)
    shop.then_lots("included 50000", "included 50000")
    assert len(subscription_of(shop).lots) == 1
    pay(shop)
    shop.then_lots("included 50000", "included 50000")
    assert len(subscription_of(shop).lots) == 1
    assert verify(shop).exit_code == 0


def test_what_came_at_once_stays_when_no_money_does(shop: World) -> None:
    shop.given(set_policy(key="policy", credits_at_once=True, retry_days=[], end_days=1))
    shop.given(subscribe())
    pay(shop)
    shop.given(at(MARCH))
    sweep(shop)
    decline(shop)
    assert subscription_of(shop).status is Status.PAST_DUE
    shop.given(at("2026-03-02T12:00:00Z"))
    sweep(shop)
    assert subscription_of(shop).end is End.NOT_PAID
    shop.then_lots("included 50000", "included 50000")
    assert verify(shop).exit_code == 0


def test_money_is_asked_for_by_the_days_of_when_its_invoice_was_issued(paid: World) -> None:
    paid.given(set_policy(key="two", retry_days=[1, 10], end_days=20), at(MARCH))
    sweep(paid)
    paid.given(set_policy(key="none", retry_days=[], end_days=1))
    for day in ("02", "11"):
        decline(paid)
        assert sweep(paid) == 0
        paid.given(at(f"2026-03-{day}T12:00:00Z"))
        assert sweep(paid) == 1
    decline(paid)
    assert subscription_of(paid).status is Status.PAST_DUE
    paid.given(at("2026-03-21T11:59:59Z"))
    assert sweep(paid) == 0
    paid.given(at("2026-03-21T12:00:00Z"))
    assert sweep(paid) == 1
    assert (subscription_of(paid).end, len(charges_of(paid))) == (End.NOT_PAID, 4)


@pytest.mark.parametrize(
    ("field", "dunning"),
    [
        ("retry_days", {"retry_days": [0]}),
        ("retry_days", {"retry_days": [3, 3]}),
        ("retry_days", {"retry_days": [5, 3]}),
        ("retry_days", {"retry_days": [366]}),
        ("retry_days", {"retry_days": list(range(1, 12))}),
        ("end_days", {"end_days": 6}),
        ("end_days", {"end_days": 366}),
        ("end_days", {"retry_days": [], "end_days": 0}),
    ],
)
def test_what_cannot_be_leaves_nothing(shop: World, field: str, dunning: dict[str, Any]) -> None:
    shop.when(set_policy(key="x", **dunning)).then_refused(Invalid, field=field)
    shop.then_nothing_recorded()
