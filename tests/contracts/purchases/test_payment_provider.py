"""The contract of PaymentProvider, for each adapter: what is asked twice is done once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from ledger.kernel.outside import NeverTaken
from ledger.purchases.notice import (
    DisputeChanged,
    DisputeState,
    Happening,
    Money,
    Notice,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
    RefundState,
)
from ledger.purchases.provider import (
    Evidence,
    Forged,
    MovementKind,
    PaymentProvider,
    PurchaseRef,
)

from .worlds import ANYWHERE, World, charge, checkout, fresh, refund

DECIDED_IN_S = 30.0
"""How long a bank may take, at the real Stripe."""


async def _saved(world: World, provider: PaymentProvider, name: str) -> tuple[str, str]:
    customer = await provider.customer("acme", fresh("user"))
    return customer, await world.method(customer, name)


async def _paid(world: World, provider: PaymentProvider, name: str = "pm_card_visa") -> PaymentPaid:
    paid = await provider.charge(charge(*await _saved(world, provider, name)))
    assert isinstance(paid, PaymentPaid)
    return paid


async def _disputes(provider: PaymentProvider, payment: str, state: str) -> list[DisputeChanged]:
    """The disputes of a payment, once one is in a state."""
    until = time.monotonic() + DECIDED_IN_S
    while True:
        happened = await provider.retrieve(PurchaseRef("acme", "-", payment=payment))
        found = [each for each in happened if isinstance(each, DisputeChanged)]
        if any(each.state == state for each in found) or time.monotonic() > until:
            return found
        await asyncio.sleep(0.05)


def test_a_user_is_one_customer(world: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        user = fresh("user")
        first = await provider.customer("acme", user)
        assert first == await provider.customer("acme", user)
        assert first != await provider.customer("other", user)

    world.run(scene)


def test_a_page_that_is_asked_for_twice_is_one(world: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        asked = checkout()
        first = await provider.open_checkout(asked)
        assert first == await provider.open_checkout(asked)
        assert first.session != (await provider.open_checkout(checkout())).session
        assert first.expires_us == asked.expires_us

    world.run(scene)


def test_a_page_that_nobody_has_used_says_nothing(world: World) -> None:
    async def scene(provider: PaymentProvider) -> Sequence[Happening]:
        asked = checkout()
        opened = await provider.open_checkout(asked)
        return await provider.retrieve(PurchaseRef("acme", asked.purchase, opened.session))

    assert world.run(scene) == []


def test_what_cannot_be_charged_says_that_a_person_must_pay(world: World) -> None:
    if world.is_paid_by_methods:
        pytest.skip("it charges what is saved")

    async def scene(provider: PaymentProvider) -> Happening:
        return await provider.charge(charge("customer", "account"))

    assert world.run(scene) == PaymentFailed("not_chargeable", None, needs_person=True)


def test_a_charge_that_is_asked_for_twice_is_one(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        customer, method = await _saved(charging, provider, "pm_card_visa")
        asked = charge(customer, method)
        first, again = await provider.charge(asked), await provider.charge(asked)
        assert isinstance(first, PaymentPaid)
        assert first == again
        assert (first.money, first.customer) == (asked.money, customer)
        found = await provider.purchase_of(first.payment)
        assert found == PurchaseRef("acme", asked.purchase, payment=first.payment)

    charging.run(scene)


@pytest.mark.parametrize(
    ("name", "code", "needs_person"),
    [
        ("pm_card_chargeCustomerFail", "generic_decline", False),
        ("pm_card_authenticationRequired", "authentication_required", True),
    ],
)
def test_a_bank_that_declines_says_why(
    charging: World, name: str, code: str, needs_person: bool
) -> None:
    async def scene(provider: PaymentProvider) -> None:
        asked = charge(*await _saved(charging, provider, name))
        failed = await provider.charge(asked)
        assert isinstance(failed, PaymentFailed)
        assert (failed.code, failed.needs_person) == (code, needs_person)
        assert failed == await provider.charge(asked)

    charging.run(scene)


def test_a_method_that_was_taken_away_pays_nothing(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> Happening:
        customer, method = await _saved(charging, provider, "pm_card_visa")
        await charging.detach(method)
        return await provider.charge(charge(customer, method))

    assert isinstance(charging.run(scene), PaymentFailed)


@pytest.mark.parametrize("money", [Money(500, "jpy"), Money(12_340, "kwd"), Money(700, "isk")])
def test_an_amount_is_moved_as_its_currency_counts(charging: World, money: Money) -> None:
    async def scene(provider: PaymentProvider) -> None:
        saved = await _saved(charging, provider, "pm_card_visa")
        paid = await provider.charge(charge(*saved, money=money))
        assert isinstance(paid, PaymentPaid)
        assert paid.money == money

    charging.run(scene)


def test_what_cannot_be_moved_exactly_is_never_taken(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        with pytest.raises(NeverTaken, match="kwd"):
            await provider.charge(charge("cus", "pm", money=Money(12_345, "kwd")))

    charging.run(scene)


def test_a_refund_that_is_asked_for_twice_is_one(world: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        is_paid = world.is_paid_by_methods
        payment = (await _paid(world, provider)).payment if is_paid else "transfer-1"
        asked = refund(payment, 500)
        first, again = await provider.refund(asked), await provider.refund(asked)
        assert first == again
        assert (first.state, first.money) == (RefundState.PAID, asked.money)
        assert (first.payment, first.refund_asked) == (payment, asked.refund_asked)

    world.run(scene)


def test_more_than_was_paid_never_goes_back(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        paid = await _paid(charging, provider)
        await provider.refund(refund(paid.payment, 1_500))
        with pytest.raises(NeverTaken):
            await provider.refund(refund(paid.payment, 501))
        await provider.refund(refund(paid.payment, 500))

    charging.run(scene)


def test_a_refund_can_take_its_time(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> RefundChanged:
        paid = await _paid(charging, provider, "pm_card_pendingRefund")
        return await provider.refund(refund(paid.payment, 500))

    assert charging.run(scene).state is RefundState.PENDING


def test_all_that_happened_to_a_payment_is_said_in_order(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        paid = await _paid(charging, provider)
        first = await provider.refund(refund(paid.payment, 500))
        second = await provider.refund(refund(paid.payment, 300))
        found = await provider.retrieve(PurchaseRef("acme", "-", payment=paid.payment))
        assert found == [paid, first, second]

    charging.run(scene)


def test_a_dispute_is_answered_and_decided(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        paid = await _paid(charging, provider, "pm_card_createDispute")
        found = await _disputes(provider, paid.payment, DisputeState.OPEN)
        assert [(each.money, each.reason) for each in found] == [(paid.money, "fraudulent")]
        assert found[0].evidence_due_us is not None
        with pytest.raises(NeverTaken):
            await provider.refund(refund(paid.payment, 500))
        evidence = Evidence({"uncategorized": "winning_evidence", "activity_log": "used it"})
        await provider.submit_evidence(found[0].dispute, evidence)
        await provider.submit_evidence(found[0].dispute, evidence)
        found = await _disputes(provider, paid.payment, DisputeState.WON)
        assert [each.state for each in found] == [DisputeState.WON]

    charging.run(scene)


def test_pages_are_opened_where_there_are_any(world: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        customer = await provider.customer("acme", fresh("user"))
        if not world.is_paid_by_methods:
            with pytest.raises(NeverTaken):
                await provider.open_setup("acme", customer, ANYWHERE)
            with pytest.raises(NeverTaken):
                await provider.open_portal(customer, ANYWHERE)
            return
        assert (await provider.open_setup("acme", customer, ANYWHERE)).url.startswith("http")
        assert (await provider.open_portal(customer, ANYWHERE)).url.startswith("http")

    world.run(scene)


def test_events_are_told_from_where_one_was_left(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        began_us = (int(time.time()) - 1) * 1_000_000
        paid = await _paid(charging, provider)
        told = [each async for each in provider.events_since(None, began_us)]
        mine = [each for each in told if isinstance(each.happening, PaymentPaid)]
        assert mine[-1].happening == paid
        assert mine[-1].org == "acme"
        went_back = await provider.refund(refund(paid.payment, 700))
        later = [each async for each in provider.events_since(told[-1].id, began_us)]
        assert later[0].happening == went_back
        assert _order(later) == sorted(_order(later))
        forgotten = [each async for each in provider.events_since("evt_gone", began_us)]
        assert [each.id for each in forgotten] == [each.id for each in [*told, *later]]

    charging.run(scene)


def _order(notices: Sequence[Notice]) -> list[int]:
    return [each.created_us for each in notices]


def test_every_movement_of_money_is_in_the_book(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        began_us = (int(time.time()) - 1) * 1_000_000
        paid = await _paid(charging, provider)
        went_back = await provider.refund(refund(paid.payment, 700))
        until_us = (int(time.time()) + 1) * 1_000_000
        book = [each async for each in provider.movements(began_us, until_us)]
        of = {each.of: each for each in book}
        came, went = of[paid.payment], of[went_back.refund]
        assert (came.kind, came.money) == (MovementKind.PAYMENT, paid.money)
        assert came.fee > 0
        assert (went.kind, went.money) == (MovementKind.REFUND, Money(-700, "usd"))
        assert went.purchase == "purchase-1"

    charging.run(scene)


def test_what_nobody_signed_is_no_notice(world: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        now_us = time.time_ns() // 1000
        for signature in ("", "t=1,v1=00", f"t={now_us // 1_000_000},v1=00", "t=x,v1=é", "v1"):
            with pytest.raises(Forged):
                provider.read_notice(b'{"id":"evt_1"}', signature, now_us)

    world.run(scene)
