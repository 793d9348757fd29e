"""The objects of the sandbox beside those that Stripe publishes: the same fields, types, nesting.

`stripe_fixtures.json` says where they are from.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import stripe

from adapters.embedded.stripe_sandbox.server import served
from tests.stripe_account import SandboxAccount

from .test_stripe_sandbox import CHECKOUT, payment

PUBLISHED = json.loads(Path(__file__).with_name("stripe_fixtures.json").read_text("utf-8"))
OPEN = {"metadata", "object"}
"""Whose fields depend on what is in them."""

NEWER = {
    *("payment_details", "payment_intent", "price_details", "reference_status", "reference_type"),
    "secret",
}
"""Fields that the SDK knows, and the published examples have not."""

OLDER = {"customer_account", "refunds", "subscription"}
"""Fields of the published examples that an answer need not have."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """An object of each kind, as the sandbox shows it."""
    with served(tmp_path_factory.mktemp("sandbox")) as access:
        yield asyncio.run(_made(SandboxAccount(access)))


async def _made(account: SandboxAccount) -> dict[str, Any]:
    async with account.sdk() as sdk:
        v1 = sdk.v1
        customer = await v1.customers.create_async({"name": "Ann"})
        session = await v1.checkout.sessions.create_async({**CHECKOUT, "customer": customer.id})
        await account.pay(str(session.url))
        session = await v1.checkout.sessions.retrieve_async(session.id)
        intent = await v1.payment_intents.retrieve_async(str(session.payment_intent))
        charge = await v1.charges.retrieve_async(str(intent.latest_charge))
        refund = await v1.refunds.create_async({"charge": charge.id, "amount": 100})
        disputed = await v1.payment_intents.create_async(payment())
        dispute = await account.control("/disputes", payment_intent=disputed.id)
        found: list[Any] = [
            customer,
            session,
            intent,
            charge,
            refund,
            await v1.disputes.retrieve_async(dispute["id"]),
            await v1.payment_methods.retrieve_async(str(intent.payment_method)),
            await v1.setup_intents.create_async({"customer": customer.id}),
            await v1.billing_portal.sessions.create_async({"customer": customer.id}),
            await v1.balance_transactions.retrieve_async(str(refund.balance_transaction)),
            await v1.payouts.create_async({"amount": 100, "currency": "usd"}),
            await v1.webhook_endpoints.create_async(
                {"url": "https://x.example", "enabled_events": ["*"]}
            ),
            await v1.balance.retrieve_async(),
            (await v1.events.list_async({"limit": 1})).data[0],
            *await _billed(v1, customer.id),
        ]
    return {each.object: each.to_dict() for each in found}


async def _billed(v1: stripe.V1Services, customer: str) -> list[Any]:
    """A subscription, and what is around it."""
    product = await v1.products.create_async({"name": "Pro"})
    price = await v1.prices.create_async(
        {
            "currency": "usd",
            "unit_amount": 2_000,
            "recurring": {"interval": "month"},
            "product": product.id,
        }
    )
    method = await v1.payment_methods.attach_async("pm_card_visa", {"customer": customer})
    subscription = await v1.subscriptions.create_async(
        {
            "customer": customer,
            "items": [{"price": price.id}],
            "default_payment_method": method.id,
        }
    )
    invoice = await v1.invoices.retrieve_async(str(subscription.latest_invoice))
    return [
        product,
        price,
        subscription,
        subscription["items"].data[0],
        invoice,
        (await v1.invoices.line_items.list_async(invoice.id)).data[0],
        (await v1.invoice_payments.list_async({"invoice": invoice.id})).data[0],
        await v1.invoice_items.create_async(
            {"customer": customer, "amount": 500, "currency": "usd"}
        ),
    ]


@pytest.mark.parametrize("kind", sorted(PUBLISHED["resources"].keys() - {"item"}))
def test_an_object_is_shaped_as_published(made: dict[str, Any], kind: str) -> None:
    differing = list(_differing(kind, made[kind], PUBLISHED["resources"][kind]))
    assert not differing


def _differing(path: str, ours: Any, theirs: Any) -> Iterator[str]:
    """Tell where two values have another shape; nothing is as good as anything."""
    if ours is None or theirs is None:
        return
    if isinstance(ours, Decimal):
        ours = str(ours)  # the SDK has read it
    if not isinstance(ours, type(theirs)):
        yield f"{path} is {type(ours).__name__}, not {type(theirs).__name__}"
    elif isinstance(ours, dict):
        name = path.rpartition(".")[2]
        if name in OPEN:
            return
        yield from (f"{path}.{each} is missing" for each in theirs.keys() - ours.keys() - OLDER)
        yield from (f"{path}.{each} is ours" for each in ours.keys() - theirs.keys() - NEWER)
        for each in ours.keys() & theirs.keys():
            yield from _differing(f"{path}.{each}", ours[each], theirs[each])
    elif isinstance(ours, list) and ours and theirs:
        yield from _differing(f"{path}[]", ours[0], theirs[0])
