"""The notices of the sandbox: signed, and on request doubled, late, in other order, or lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import stripe

from adapters.embedded.stripe_sandbox.server import served
from tests.stripe_account import Listening, SandboxAccount, Told, listening


@contextmanager
def told(folder: Path) -> Iterator[tuple[SandboxAccount, Listening]]:
    """A sandbox that tells an endpoint of everything."""
    with listening() as endpoint, served(folder, endpoint.url) as access:
        yield SandboxAccount(access), endpoint


async def make_customers(account: SandboxAccount, count: int) -> list[str]:
    async with account.sdk() as sdk:
        return [(await sdk.v1.customers.create_async({})).id for _ in range(count)]


def read(account: SandboxAccount, told: Told) -> stripe.Event:
    """What the SDK makes of it, which checks its signature."""
    found = stripe.Webhook.construct_event(told.content, told.signature, account.secret)
    assert isinstance(found, stripe.Event)
    return found


def customers(account: SandboxAccount, all_told: list[Told]) -> list[str]:
    return [read(account, each).data.object["id"] for each in all_told]


def test_notices_are_signed_and_come_again_until_they_are_taken(tmp_path: Path) -> None:
    with told(tmp_path) as (account, endpoint):
        endpoint.statuses = [500, 302]
        [customer] = asyncio.run(make_customers(account, 1))
        first = endpoint.next()
        event = read(account, first)
        assert (event.type, event.data.object["id"]) == ("customer.created", customer)
        for _ in range(2):
            _hurried(account)
            assert endpoint.next().content == first.content
        assert _pending_ends(account) == 0
        with pytest.raises(stripe.SignatureVerificationError):
            read(account, first._replace(content=first.content.replace(b"cus_", b"cus-")))


def test_notices_can_be_doubled_late_and_lost(tmp_path: Path) -> None:
    with told(tmp_path) as (account, endpoint):
        webhooks = {"doubled": 1, "delayed": 0.7, "delay_max_s": 0.3}
        asyncio.run(account.control("/faults", "PUT", seed=1, webhooks=webhooks))
        made = asyncio.run(make_customers(account, 8))
        found = customers(account, [endpoint.next() for _ in range(16)])
        assert sorted(found) == sorted(made * 2)
        assert found != [each for each in made for _ in range(2)]  # in another order

        asyncio.run(account.control("/faults", "PUT", webhooks={"lost": 1}))
        lost = asyncio.run(make_customers(account, 3))
        asyncio.run(account.control("/faults", "PUT"))
        [last] = asyncio.run(make_customers(account, 1))
        assert customers(account, [endpoint.next()]) == [last]
        assert asyncio.run(_in_list(account)) == [*made, *lost, last]
        assert endpoint.so_far() == []


async def _in_list(account: SandboxAccount) -> list[str]:
    """The customers of whose beginning the list of events tells."""
    async with account.sdk() as sdk:
        events = await sdk.v1.events.list_async({"limit": 100})
        return [each.data.object["id"] for each in reversed(events.data)]


def test_only_who_wants_a_type_is_told_of_it(tmp_path: Path) -> None:
    async def scene(account: SandboxAccount, url: str) -> str:
        async with account.sdk() as sdk:
            made = await sdk.v1.webhook_endpoints.create_async(
                {"url": url, "enabled_events": ["customer.deleted"]}
            )
            customer = await sdk.v1.customers.create_async({})
            await sdk.v1.customers.delete_async(customer.id)
            return str(made.secret)

    with listening() as endpoint, served(tmp_path) as access:
        secret = asyncio.run(scene(SandboxAccount(access), endpoint.url))
        told = endpoint.next()
        event = stripe.Webhook.construct_event(told.content, told.signature, secret)
        assert event.type == "customer.deleted"
        assert endpoint.so_far() == []


def _hurried(account: SandboxAccount) -> None:
    """Have what waits to be delivered again be, once its failure is known."""
    while asyncio.run(account.control("/deliveries"))["deliveries"] == 0:
        pass


def _pending_ends(account: SandboxAccount) -> int:
    pending = 1
    while pending:
        pending = asyncio.run(account.control("", "GET"))["deliveries"]
    return int(pending)
