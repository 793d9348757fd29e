"""The subscriptions of the sandbox, by the unmodified SDK: what it says happened, and refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
import stripe

from adapters.embedded.stripe_sandbox.billing_calendar import end_after, months_later
from adapters.embedded.stripe_sandbox.server import served
from tests.stripe_account import SandboxAccount

T = TypeVar("T")
DAY_S = 86_400
JAN_31 = 1_769_860_800  # 2026-01-31 12:00 UTC
FEB_28, MAR_31, APR_30 = JAN_31 + 28 * DAY_S, JAN_31 + 59 * DAY_S, JAN_31 + 89 * DAY_S

BEGUN = [
    "customer.subscription.created",
    "invoice.created",
    "payment_intent.created",
    "invoice.finalized",
]
PAID = [
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.paid",
    "invoice.payment_succeeded",
]
NOT_PAID = ["charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxAccount]:
    """An account of these tests; each goes on in the time that the last has moved to."""
    with served(tmp_path_factory.mktemp("sandbox")) as access:
        yield SandboxAccount(access)


def play(account: SandboxAccount, scene: Callable[[stripe.V1Services], Awaitable[T]]) -> T:
    """Play a scene with the SDK."""

    async def run() -> T:
        async with account.sdk() as sdk:
            return await scene(sdk.v1)

    return asyncio.run(run())


def _any(given: Any, **fields: Any) -> Any:
    """Parameters, whatever the SDK's types say of them; without those that are None."""
    return {name: each for name, each in {**given, **fields}.items() if each is not None}


async def price(v1: stripe.V1Services, **fields: Any) -> str:
    """A price of 20 dollars a month."""
    usual: Any = {
        "currency": "usd",
        "unit_amount": 2_000,
        "recurring": {"interval": "month"},
        "product_data": {"name": "Pro"},
    }
    return (await v1.prices.create_async(_any(usual, **fields))).id


async def customer(v1: stripe.V1Services, card: str = "pm_card_visa") -> tuple[str, str]:
    """A customer, and what was saved for them."""
    made = await v1.customers.create_async({})
    method = await v1.payment_methods.attach_async(card, {"customer": made.id})
    return made.id, method.id


async def subscribed(v1: stripe.V1Services, card: str = "pm_card_visa", **fields: Any) -> Any:
    """A subscription of a customer of its own."""
    id, method = await customer(v1, card)
    usual: Any = {
        "customer": id,
        "items": [{"price": await price(v1)}],
        "default_payment_method": method,
    }
    return await v1.subscriptions.create_async(_any(usual, **fields))


async def told(v1: stripe.V1Services, since: str) -> list[str]:
    """The types of what has happened since an event, in order."""
    found = await v1.events.list_async({"ending_before": since, "limit": 100})
    return [each.type for each in reversed(found.data)]


async def last(v1: stripe.V1Services) -> str:
    return (await v1.events.list_async({"limit": 1})).data[0].id


def test_what_happens_is_told_in_order(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        id, _ = await customer(v1)
        wanted = await price(v1)
        session = await v1.checkout.sessions.create_async(
            {
                "mode": "subscription",
                "customer": id,
                "line_items": [{"price": wanted, "quantity": 1}],
                "success_url": "https://shop.example/back",
            }
        )
        before = await last(v1)
        await account.pay(str(session.url), "4000000000000341")
        assert await told(v1, before) == [*BEGUN, *NOT_PAID]

        before = await last(v1)
        await account.pay(str(session.url))
        assert await told(v1, before) == [
            "payment_method.attached",
            *PAID,
            *("customer.subscription.updated",) * 2,  # it is active, and knows its card
            "checkout.session.completed",
        ]
        done = await v1.checkout.sessions.retrieve_async(session.id)
        assert (done.payment_status, done.payment_intent) == ("paid", None)
        subscription = await v1.subscriptions.retrieve_async(str(done.subscription))
        assert (subscription.status, subscription.latest_invoice) == ("active", done.invoice)

        before = await last(v1)
        await account.control("/clock", seconds=32 * DAY_S)
        assert await told(v1, before) == [
            *("customer.subscription.updated", "invoice.created"),
            *("payment_intent.created", "invoice.finalized"),
            *PAID,
        ]

        declines = await v1.payment_methods.attach_async(
            "pm_card_chargeCustomerFail", {"customer": id}
        )
        await v1.subscriptions.update_async(
            subscription.id, {"default_payment_method": declines.id}
        )
        before = await last(v1)
        await account.control("/clock", seconds=48 * DAY_S)
        assert await told(v1, before) == [
            *("customer.subscription.updated", "invoice.created"),
            *("payment_intent.created", "invoice.finalized"),
            *NOT_PAID,
            "customer.subscription.updated",
            *NOT_PAID * 3,
            "customer.subscription.deleted",
        ]

    play(account, scene)


def test_an_invoice_that_was_not_paid_can_be(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        made = await subscribed(v1, "pm_card_chargeCustomerFail")
        assert made.status == "incomplete"
        with pytest.raises(stripe.CardError):
            await v1.invoices.pay_async(made.latest_invoice)
        method = await v1.payment_methods.attach_async("pm_card_visa", {"customer": made.customer})
        paid = await v1.invoices.pay_async(made.latest_invoice, {"payment_method": method.id})
        assert (paid.status, paid.amount_remaining, paid.attempt_count) == ("paid", 0, 1)
        assert (await v1.subscriptions.retrieve_async(made.id)).status == "active"
        with pytest.raises(stripe.InvalidRequestError, match="not open"):
            await v1.invoices.pay_async(made.latest_invoice)

    play(account, scene)


def test_how_it_begins_can_be_chosen(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        waiting = await subscribed(v1, payment_behavior="default_incomplete")
        assert waiting.status == "incomplete"
        with pytest.raises(stripe.CardError):
            await subscribed(
                v1, "pm_card_chargeCustomerFail", payment_behavior="error_if_incomplete"
            )
        ending = await subscribed(v1, cancel_at_period_end=True)
        assert (ending.status, ending.cancel_at) == (
            "active",
            ending["items"].data[0].current_period_end,
        )
        free = await price(v1, unit_amount=0)
        given = await subscribed(v1, items=[{"price": free}], default_payment_method=None)
        assert given.status == "active"
        listed = await v1.subscriptions.list_async({"customer": ending.customer})
        assert [each.id for each in listed.data] == [ending.id]

    play(account, scene)


def test_who_has_credit_subscribes_without_a_payment(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        made = await subscribed(v1, items=[{"price": await price(v1), "quantity": 10}])
        change: Any = {"items": [{"quantity": 1}], "proration_behavior": "always_invoice"}
        await v1.subscriptions.update_async(made.id, change)
        session = await v1.checkout.sessions.create_async(
            {
                "mode": "subscription",
                "customer": made.customer,
                "line_items": [{"price": await price(v1), "quantity": 1}],
                "success_url": "https://shop.example/back",
            }
        )
        assert (await account.pay(str(session.url))).status_code == 303
        done = await v1.checkout.sessions.retrieve_async(session.id)
        second = await v1.subscriptions.retrieve_async(str(done.subscription))
        assert (second.status, second.default_payment_method is not None) == ("active", True)
        invoice = await v1.invoices.retrieve_async(str(done.invoice), {"expand": ["payments"]})
        assert (invoice.status, invoice.amount_due) == ("paid", 0)
        assert invoice.payments is not None
        assert invoice.payments.data == []

    play(account, scene)


def test_what_waits_is_on_the_next_invoice(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        made = await subscribed(v1)
        of: Any = {"customer": made.customer, "currency": "usd"}
        await v1.invoice_items.create_async(_any(of, amount=300))
        await v1.invoice_items.create_async(_any(of, amount=40, subscription=made.id))
        other = await subscribed(v1, customer=made.customer, default_payment_method=None)
        first = await v1.invoices.retrieve_async(other.latest_invoice)
        assert first.total == 2_300  # what is of no subscription is on the next of any
        change: Any = {"items": [{"quantity": 1}], "proration_behavior": "always_invoice"}
        await v1.subscriptions.update_async(made.id, change)
        listed = await v1.invoices.list_async({"subscription": made.id})
        assert [each.total for each in listed.data] == [40, 2_000]
        assert listed.data[0].status == "paid"
        found = await v1.customers.retrieve_async(made.customer)
        assert found.balance == 40  # too little to be charged: it is owed with the next

    play(account, scene)


async def _inactive(v1: stripe.V1Services) -> None:
    found = await price(v1)
    await v1.prices.update_async(found, {"active": False})
    await subscribed(v1, items=[{"price": found}])


async def _both(v1: stripe.V1Services, **other: Any) -> None:
    prices = [await price(v1, **other), await price(v1)]
    await subscribed(v1, items=[{"price": each} for each in prices])


async def _changed(v1: stripe.V1Services, **item: Any) -> None:
    made = await subscribed(v1)
    await v1.subscriptions.update_async(made.id, _any({"items": [item]}))


async def _over(v1: stripe.V1Services) -> None:
    made = await subscribed(v1)
    await v1.subscriptions.cancel_async(made.id)
    await v1.subscriptions.update_async(made.id, {"cancel_at_period_end": True})


async def _invoice(v1: stripe.V1Services, name: str) -> None:
    made = await subscribed(v1)
    await getattr(v1.invoices, name)(made.latest_invoice)


async def _page(v1: stripe.V1Services, **fields: Any) -> None:
    usual: Any = {
        "mode": "subscription",
        "line_items": [{"price": await price(v1), "quantity": 1}],
        "success_url": "https://shop.example/back",
    }
    await v1.checkout.sessions.create_async(_any(usual, **fields))


REFUSED: list[tuple[Callable[[stripe.V1Services], Awaitable[object]], str]] = [
    (lambda v1: price(v1, unit_amount=None), "unit_amount"),
    (lambda v1: price(v1, unit_amount=-1), "amount"),
    (lambda v1: price(v1, recurring={"interval": "week"}), "months and years"),
    (lambda v1: price(v1, recurring={"interval": "year", "interval_count": 4}), "at most"),
    (lambda v1: price(v1, product="prod_1"), "No such product"),
    (_inactive, "inactive"),
    (lambda v1: subscribed(v1, items=[{"quantity": 1}]), "price"),
    (lambda v1: subscribed(v1, items=[{"price": "price_1"}]), "No such price"),
    (lambda v1: subscribed(v1, trial_period_days=7), "trial_period_days"),
    (lambda v1: subscribed(v1, customer="cus_1"), "No such customer"),
    (lambda v1: _both(v1, currency="eur"), "one currency"),
    (lambda v1: _both(v1, recurring={"interval": "year"}), "one interval"),
    (lambda v1: _changed(v1, quantity=0), "from 1 on"),
    (lambda v1: _changed(v1, id="si_1", quantity=2), "No such subscription_item"),
    (lambda v1: _changed(v1, deleted=True), "by their ids"),
    (_over, "canceled subscription"),
    (lambda v1: _invoice(v1, "finalize_invoice_async"), "already finalized"),
    (lambda v1: _invoice(v1, "void_invoice_async"), "it is paid"),
    (lambda v1: _invoice(v1, "mark_uncollectible_async"), "it is paid"),
    (lambda v1: _page(v1, line_items=[{"quantity": 1}]), "No such price"),
    (lambda v1: _page(v1, line_items=[]), "line_items"),
    (lambda v1: _page(v1, payment_intent_data={"description": "x"}), "payment_intent_data"),
    (lambda v1: _page(v1, subscription_data={"trial_period_days": 7}), "metadata only"),
]


@pytest.mark.parametrize(("call", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_it_does_not_know_is_refused(
    account: SandboxAccount, call: Callable[[stripe.V1Services], Awaitable[object]], why: str
) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        with pytest.raises(stripe.InvalidRequestError, match=why):
            await call(v1)

    play(account, scene)


def test_a_price_that_is_paid_once_is_no_subscription(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        product = await v1.products.create_async({"name": "A shirt"})
        shirt = await v1.prices.create_async(
            {"currency": "usd", "unit_amount": 2_000, "product": product.id}
        )
        with pytest.raises(stripe.InvalidRequestError, match="recurring"):
            await _page(v1, line_items=[{"price": shirt.id, "quantity": 1}])
        assert [each.id for each in (await v1.prices.list_async({"product": product.id})).data] == [
            shirt.id
        ]

    play(account, scene)


def test_what_is_not_of_a_draft_is_not_added_to_it(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        made = await subscribed(v1)
        ends = made["items"].data[0].current_period_end
        now = (await account.control("", "GET"))["now"]
        await account.control("/clock", seconds=ends - now)
        found = await v1.invoices.list_async({"subscription": made.id, "status": "draft"})
        draft = found.data[0].id
        other, _ = await customer(v1)
        usual: Any = {"customer": made.customer, "invoice": draft, "currency": "usd", "amount": 1}
        for wrong, why in (
            ({"customer": other}, "another customer"),
            ({"currency": "eur"}, "in usd"),
            ({"currency": "kwd"}, "Invalid amount"),
            ({"invoice": made.latest_invoice}, "finalized"),
            ({"subscription": "sub_1"}, "No such subscription"),
        ):
            with pytest.raises(stripe.InvalidRequestError, match=why):
                await v1.invoice_items.create_async(_any(usual, **wrong))
        assert (await v1.invoices.retrieve_async(draft)).total == 2_000
        added = await v1.invoice_items.create_async(usual)
        assert (await v1.invoice_items.retrieve_async(added.id)).invoice == draft
        paid = await v1.invoices.pay_async(draft)
        assert (paid.status, paid.total) == ("paid", 2_001)

    play(account, scene)


def test_a_period_ends_on_its_day_or_the_last_of_a_shorter_month() -> None:
    assert [months_later(JAN_31, each) for each in (1, 2, 3)] == [FEB_28, MAR_31, APR_30]
    assert months_later(FEB_28, 12) == FEB_28 + 365 * DAY_S
    for at, end in ((JAN_31, FEB_28), (FEB_28 - 1, FEB_28), (FEB_28, MAR_31), (MAR_31, APR_30)):
        assert end_after(JAN_31, at, 1) == end
