"""The contract of PaymentProvider for money that a bank keeps: it is taken or let go once, whoever
asks, and however often."""

from __future__ import annotations

import time

import pytest

from ledger.kernel.outside import NeverTaken
from ledger.purchases.notice import Money, PaymentAuthorised, PaymentFailed, PaymentPaid
from ledger.purchases.provider import (
    CaptureAsked,
    PaymentProvider,
    PurchaseRef,
    VoidAsked,
)

from .worlds import SandboxWorld, World, charge, checkout, fresh, refund


async def _kept(world: World, provider: PaymentProvider) -> PaymentAuthorised:
    """20 dollars that a bank keeps."""
    customer = await provider.customer("acme", fresh("user"))
    method = await world.method(customer, "pm_card_visa")
    asked = charge(customer, method, is_only_authorised=True)
    kept = await provider.charge(asked)
    assert isinstance(kept, PaymentAuthorised)
    assert kept == await provider.charge(asked)
    assert (kept.money, kept.customer) == (asked.money, customer)
    assert int(kept.expires_us or 0) > time.time() * 1_000_000
    return kept


def _capture(kept: PaymentAuthorised, amount: int = 2_000) -> CaptureAsked:
    return CaptureAsked("acme", fresh("purchase"), kept.payment, Money(amount, "usd"))


def _void(kept: PaymentAuthorised) -> VoidAsked:
    return VoidAsked("acme", fresh("purchase"), kept.payment)


def test_what_a_bank_keeps_is_taken_once_and_the_rest_let_go(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        kept = await _kept(charging, provider)
        ref, asked = PurchaseRef("acme", "-", payment=kept.payment), _capture(kept, 1_500)
        assert await provider.retrieve(ref) == [kept]
        with pytest.raises(NeverTaken):
            await provider.refund(refund(kept.payment, 500))
        paid = await provider.capture(asked)
        assert isinstance(paid, PaymentPaid)
        assert (paid.payment, paid.money) == (kept.payment, Money(1_500, "usd"))
        assert paid == await provider.capture(asked)
        assert paid == await provider.capture(_capture(kept))  # somebody was faster
        assert paid == await provider.void(_void(kept))
        assert await provider.retrieve(ref) == [paid]
        await provider.refund(refund(kept.payment, 1_500))
        with pytest.raises(NeverTaken):
            await provider.refund(refund(kept.payment, 1))

    charging.run(scene)


def test_what_a_bank_keeps_is_let_go_and_never_taken(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        began_us = (int(time.time()) - 1) * 1_000_000
        kept = await _kept(charging, provider)
        asked = _void(kept)
        gone = await provider.void(asked)
        assert gone == PaymentFailed("canceled", kept.payment)
        assert gone == await provider.void(asked) == await provider.capture(_capture(kept))
        ref = PurchaseRef("acme", "-", payment=kept.payment)
        assert await provider.retrieve(ref) == [gone]
        told = [each.happening async for each in provider.events_since(None, began_us)]
        ends = (each for each in told if isinstance(each, PaymentAuthorised | PaymentFailed))
        of_it = [type(each) for each in ends if each.payment == kept.payment]
        assert of_it == [PaymentAuthorised, PaymentFailed]
        until_us = (int(time.time()) + 1) * 1_000_000
        book = [each.of async for each in provider.movements(began_us, until_us)]
        assert kept.payment not in book

    charging.run(scene)


def test_more_than_a_bank_keeps_is_never_taken(charging: World) -> None:
    async def scene(provider: PaymentProvider) -> None:
        kept = await _kept(charging, provider)
        with pytest.raises(NeverTaken):
            await provider.capture(_capture(kept, 2_001))
        assert isinstance(await provider.capture(_capture(kept)), PaymentPaid)

    charging.run(scene)


def test_no_bank_keeps_the_money_of_a_transfer(world: World) -> None:
    if world.is_paid_by_methods:
        pytest.skip("a bank keeps it")

    async def scene(provider: PaymentProvider) -> None:
        kept = PaymentAuthorised("transfer-1", Money(2_000, "usd"))
        for call in (provider.capture(_capture(kept)), provider.void(_void(kept))):
            with pytest.raises(NeverTaken):
                await call

    world.run(scene)


def test_a_page_has_the_money_kept_until_the_bank_lets_it_go(apart: SandboxWorld) -> None:
    async def scene(provider: PaymentProvider) -> None:
        asked = checkout(is_only_authorised=True)
        opened = await provider.open_checkout(asked)
        assert (await apart.pay(opened.url)).status_code == 303
        ref = PurchaseRef("acme", asked.purchase, opened.session)
        [kept] = await provider.retrieve(ref)
        assert isinstance(kept, PaymentAuthorised)
        assert kept.money == asked.money
        await apart.control("/clock", seconds=7 * 86_400 + 1)
        expired = PaymentFailed("authorisation_expired", kept.payment)
        assert await provider.retrieve(ref) == [expired]
        assert await provider.capture(_capture(kept)) == expired

    apart.run(scene)
