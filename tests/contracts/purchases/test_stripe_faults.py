"""Stripe when it fails: each call that is made again is done once, whatever became of the first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import stripe

from adapters.stripe.calls import key_of
from adapters.stripe.paging import AGAIN_S
from adapters.stripe.provider import API_VERSION, StripeProvider
from ledger.kernel.outside import NeverTaken, NotTaken
from ledger.purchases.notice import CheckoutExpired, PaymentAuthorised, PaymentPaid
from ledger.purchases.provider import (
    CaptureAsked,
    Evidence,
    PaymentProvider,
    PurchaseRef,
    VoidAsked,
)

from .worlds import SandboxWorld, charge, checkout, fresh, refund

FAULTS = ("rate_limited", "error", "unavailable", "lost_answer", "error_after")
Call = Callable[[PaymentProvider], Awaitable[Any]]


async def _calls(world: SandboxWorld, provider: PaymentProvider) -> dict[str, Call]:
    """Every call that changes something, with what it needs made before."""
    user, page = fresh("user"), checkout()
    customer = await provider.customer("acme", fresh("user"))
    asked = charge(customer, await world.method(customer, "pm_card_visa"))
    paid = await provider.charge(charge(customer, asked.method))
    disputed = await provider.charge(charge(customer, asked.method))
    assert isinstance(paid, PaymentPaid)
    assert isinstance(disputed, PaymentPaid)
    dispute = await world.control("/disputes", payment_intent=disputed.payment)
    kept, other = [
        await provider.charge(charge(customer, asked.method, is_only_authorised=True))
        for _ in range(2)
    ]
    assert isinstance(kept, PaymentAuthorised)
    assert isinstance(other, PaymentAuthorised)
    capture = CaptureAsked("acme", fresh("purchase"), kept.payment, kept.money)
    void = VoidAsked("acme", fresh("purchase"), other.payment)
    back, evidence = refund(paid.payment, 500), Evidence({"service_date": "2026-11-01"})
    return {
        "customer": lambda each: each.customer("acme", user),
        "checkout": lambda each: each.open_checkout(page),
        "charge": lambda each: each.charge(asked),
        "refund": lambda each: each.refund(back),
        "capture": lambda each: each.capture(capture),
        "void": lambda each: each.void(void),
        "evidence": lambda each: each.submit_evidence(dispute["id"], evidence),
    }


_LOOKS_FIRST = ("customer", "charge", "refund", "capture", "void")


@pytest.mark.parametrize("name", [*_LOOKS_FIRST, "checkout", "evidence"])
def test_a_call_that_failed_is_made_again_and_done_once(sandbox: SandboxWorld, name: str) -> None:
    async def scene(provider: PaymentProvider) -> None:
        for fault in FAULTS:
            call = (await _calls(sandbox, provider))[name]
            looks_first = ["ok"] if name in _LOOKS_FIRST else []
            await sandbox.fail_next(*looks_first, fault)
            with pytest.raises(NotTaken) as failed:
                await call(provider)
            assert failed.value.after_s == (1 if fault == "rate_limited" else None)
            done = await call(provider)
            assert done == await call(provider)

    sandbox.run(scene)


def test_a_list_goes_on_where_a_page_of_it_was_not_given(sandbox: SandboxWorld) -> None:
    async def scene(provider: PaymentProvider) -> None:
        await (await _calls(sandbox, provider))["refund"](provider)
        until_us = time.time_ns() // 1000 + 3600 * 10**6
        told = [each.id async for each in provider.events_since(None, 0)]
        book = [each.id async for each in provider.movements(0, until_us)]
        await sandbox.fail_next("error", "rate_limited", "unavailable")
        assert [each.id async for each in provider.events_since(None, 0)] == told
        await sandbox.fail_next("unavailable")
        assert [each.id async for each in provider.movements(0, until_us)] == book
        await sandbox.fail_next(*["unavailable"] * (len(AGAIN_S) + 1))
        with pytest.raises(NotTaken):
            _ = [each async for each in provider.events_since(None, 0)]

    sandbox.run(scene)


def test_what_stripe_has_forgotten_is_found(apart: SandboxWorld) -> None:
    """It keeps keys for a day; a refund or charge that is asked for later is still the same."""

    async def scene(provider: PaymentProvider) -> None:
        calls = await _calls(apart, provider)
        for name in _LOOKS_FIRST:
            first = await calls[name](provider)
            await apart.control("/clock", seconds=25 * 3600)
            assert await calls[name](provider) == first

    apart.run(scene)


def test_twins_are_one(sandbox: SandboxWorld) -> None:
    """One of two at the same moment may be told to come again."""

    async def scene(provider: PaymentProvider) -> None:
        calls = await _calls(sandbox, provider)
        await sandbox.control("/faults", "PUT", slow_s=0.05)
        for call in (calls[name] for name in ("charge", "refund", "checkout", "capture", "void")):
            both = await asyncio.gather(call(provider), call(provider), return_exceptions=True)
            done = await call(provider)
            assert all(isinstance(each, NotTaken) or each == done for each in both)
        await sandbox.control("/faults", "PUT")

    sandbox.run(scene)


def test_one_id_with_other_content_is_never_taken(sandbox: SandboxWorld) -> None:
    async def scene(provider: PaymentProvider) -> None:
        asked = checkout()
        await provider.open_checkout(asked)
        with pytest.raises(NeverTaken, match="same parameters"):
            await provider.open_checkout(asked._replace(description="another"))

    sandbox.run(scene)


def test_a_page_that_was_paid_or_not_says_so(apart: SandboxWorld) -> None:
    async def scene(provider: PaymentProvider) -> None:
        customer = await provider.customer("acme", fresh("user"))
        asked = checkout(customer=customer)
        opened = await provider.open_checkout(asked)
        assert (await apart.pay(opened.url, "4000000000000002")).status_code == 402
        ref = PurchaseRef("acme", asked.purchase, opened.session)
        assert await provider.retrieve(ref) == []  # the page is open still
        assert (await apart.pay(opened.url)).status_code == 303
        [paid] = await provider.retrieve(ref)
        assert isinstance(paid, PaymentPaid)
        assert (paid.money, paid.customer) == (asked.money, customer)
        assert paid.method is not None  # it was saved
        assert await provider.retrieve(PurchaseRef("acme", asked.purchase)) == [paid]
        again = await provider.charge(charge(customer, paid.method))
        assert isinstance(again, PaymentPaid)

        left = await provider.open_checkout(checkout())
        await apart.control("/clock", seconds=3601)
        ref = PurchaseRef("acme", "-", left.session)
        assert await provider.retrieve(ref) == [CheckoutExpired(left.session)]

    apart.run(scene)


def test_a_key_that_is_not_taken_can_be_mended(sandbox: SandboxWorld) -> None:
    async def scene() -> None:
        wrong = SandboxWorld.__new__(SandboxWorld)
        wrong.api_key, wrong.secret, wrong.url = "sk_test_wrong", "whsec_wrong", sandbox.url
        async with wrong.open() as provider:
            with pytest.raises(NotTaken, match="key"):
                await provider.open_checkout(checkout())

    asyncio.run(scene())


def test_nobody_who_answers_is_waited_for(sandbox: SandboxWorld) -> None:
    async def scene() -> None:
        nobody = SandboxWorld.__new__(SandboxWorld)
        nobody.api_key, nobody.secret, nobody.url = "sk_test_1", "whsec_1", "http://127.0.0.1:9"
        async with nobody.open() as provider:
            with pytest.raises(NotTaken, match="does not answer"):
                await provider.open_checkout(checkout())

    asyncio.run(scene())


def test_the_version_is_that_of_the_sdk() -> None:
    assert stripe.api_version == API_VERSION
    assert StripeProvider.name == "stripe"
    with pytest.raises(NeverTaken):
        key_of("charge", "acme", "x" * 250)
