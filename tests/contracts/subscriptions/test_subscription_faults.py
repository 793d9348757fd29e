"""Stripe when it fails: what is asked again of its subscriptions is done once."""

from __future__ import annotations

import asyncio

import pytest

from adapters.embedded.stripe_sandbox.access import Access
from ledger.kernel.outside import NotTaken
from tests.contracts.purchases.test_stripe_faults import FAULTS

from .shop import SEAT, Shop, play, total


def test_a_call_that_failed_is_made_again_and_done_once(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        renewed = await shop.renewed(await shop.subscribed())
        for count, fault in enumerate(FAULTS, start=1):
            asked, page = shop.charge(renewed), shop.page()
            await shop.account.fail_next(fault)
            with pytest.raises(NotTaken):
                await shop.subscriptions.open_page(page)
            opened = await shop.subscriptions.open_page(page)
            assert opened == await shop.subscriptions.open_page(page)

            await shop.account.fail_next("ok", fault)  # it looks first
            with pytest.raises(NotTaken):
                await shop.subscriptions.add_charge(asked)
            await shop.subscriptions.add_charge(asked)
            draft = (await shop.subscriptions.mirrored(renewed.id)).invoices[-1]
            assert total(draft) == SEAT + count * 500

    play(access, scene)


def test_twins_are_one(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        renewed = await shop.renewed(await shop.subscribed())
        asked = shop.charge(renewed)
        await shop.account.control("/faults", "PUT", slow_s=0.05)
        both = (shop.subscriptions.add_charge(asked) for _ in range(2))
        ends = await asyncio.gather(*both, return_exceptions=True)
        assert all(each is None or isinstance(each, NotTaken) for each in ends)
        await shop.account.control("/faults", "PUT")
        await shop.subscriptions.add_charge(asked)
        draft = (await shop.subscriptions.mirrored(renewed.id)).invoices[-1]
        assert total(draft) == SEAT + 500

    play(access, scene)


def test_a_page_of_its_invoices_that_is_not_given_is_asked_for_again(access: Access) -> None:
    async def scene(shop: Shop) -> None:
        found = await shop.subscribed()
        await shop.account.fail_next("ok", "unavailable")
        assert await shop.subscriptions.mirrored(found.id) == found
        await shop.account.fail_next("unavailable")
        with pytest.raises(NotTaken):
            await shop.subscriptions.mirrored(found.id)

    play(access, scene)
