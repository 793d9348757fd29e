"""Holds as contexts: captured for what was used, released where nothing was or the work failed."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from tallystick import AsyncClient, Client, Problem, Retries, problems
from tests.api.served import Served
from tests.client.proxy import Proxy


def test_work_is_captured_for_what_it_used_in_all(ledger: Client) -> None:
    ledger.deposit(user="ann", amount=10)
    with ledger.holding(user="ann", amount=4) as work:
        assert ledger.balance(user="ann").held == 4
        work.used(amount=Decimal("0.5"))
        work.used(amount=Decimal("1.25"), service="chat")
    assert work.captured is not None
    assert work.captured.transaction.amount == Decimal("-1.25")
    assert ledger.hold(work.hold.id).status == "captured"
    assert ledger.balance(user="ann").available == Decimal("8.75")


def test_work_that_used_nothing_is_released(ledger: Client) -> None:
    ledger.deposit(user="ann", amount=10)
    with ledger.holding(user="ann", amount=4) as work:
        pass
    assert work.captured is None
    assert ledger.hold(work.hold.id).status == "released"


def test_work_that_fails_is_released_unless_what_was_used_is_to_be_paid(ledger: Client) -> None:
    ledger.deposit(user="ann", amount=10)
    with pytest.raises(LookupError), ledger.holding(user="ann", amount=4) as released:
        released.used(amount=1)
        raise LookupError
    assert ledger.hold(released.hold.id).status == "released"
    with (
        pytest.raises(LookupError),
        ledger.holding(user="ann", amount=4, on_error="capture") as captured,
    ):
        captured.used(amount=1)
        raise LookupError
    assert ledger.hold(captured.hold.id).status == "captured"
    assert ledger.balance(user="ann").available == 9


def test_a_hold_that_cannot_be_placed_begins_no_work(ledger: Client) -> None:
    with pytest.raises(problems.InsufficientCredits), ledger.holding(user="ann", amount=4):
        raise AssertionError


def test_a_hold_that_has_ended_is_told_after_good_work_and_noted_after_bad(ledger: Client) -> None:
    ledger.deposit(user="ann", amount=10)
    with pytest.raises(Problem), ledger.holding(user="ann", amount=4) as work:
        ledger.release_hold(work.hold.id)
        work.used(amount=1)
    with pytest.raises(LookupError) as failed, ledger.holding(user="ann", amount=4) as work:
        ledger.capture_hold(work.hold.id, amount=1)
        raise LookupError
    assert "the hold was not ended" in failed.value.__notes__[0]


def test_a_capture_that_was_cut_is_made_once(ledger: Client, proxy: Proxy, secret: str) -> None:
    ledger.deposit(user="ann", amount=10)
    with (
        Client(proxy.url, secret, retries=Retries(silence_s=1)) as through,
        through.holding(user="ann", amount=4) as work,
    ):
        work.used(amount=3)
        proxy.faults.extend(["cut after commit", "cut in the request"])
    assert ledger.balance(user="ann").available == 7


def test_work_that_is_cancelled_is_captured_all_the_same(service: Served, secret: str) -> None:
    async def run() -> None:
        async with AsyncClient(service.base_url, secret) as ledger:
            await ledger.deposit(user="ann", amount=10)
            begun = asyncio.Event()
            holding = ledger.holding(user="ann", amount=4, on_error="capture")

            async def work() -> None:
                async with holding as used:
                    used.used(amount=3)
                    begun.set()
                    await asyncio.Event().wait()

            task = asyncio.create_task(work())
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert holding.captured is not None
            assert (await ledger.balance(user="ann")).available == 7
            async with ledger.holding(user="ann", amount=4) as unused:
                pass
            assert (await ledger.hold(unused.hold.id)).status == "released"

    asyncio.run(run())
