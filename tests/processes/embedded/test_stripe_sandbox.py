"""The sandbox of Stripe, by the unmodified SDK: keys, parameters, time, money, restarts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import stripe
from stripe.params import PaymentIntentCreateParams
from stripe.params.checkout import SessionCreateParams

from adapters.embedded.stripe_sandbox.server import served
from tests.stripe_account import SandboxAccount

T = TypeVar("T")
CHECKOUT: SessionCreateParams = {
    "mode": "payment",
    "line_items": [
        {
            "price_data": {
                "currency": "usd",
                "unit_amount": 2_000,
                "product_data": {"name": "21,000 credits"},
            },
            "quantity": 1,
        }
    ],
    "success_url": "https://shop.example/paid?session={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://shop.example/cancelled",
}


def payment(method: str = "pm_card_visa", **fields: Any) -> PaymentIntentCreateParams:
    """A payment of 20 dollars, confirmed at once."""
    params: PaymentIntentCreateParams = {
        "amount": 2_000,
        "currency": "usd",
        "payment_method": method,
        "confirm": True,
        "off_session": True,
        **fields,  # type: ignore[typeddict-item]
    }
    return params


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxAccount]:
    """An account of these tests."""
    with served(tmp_path_factory.mktemp("sandbox")) as access:
        yield SandboxAccount(access)


def play(account: SandboxAccount, scene: Callable[[stripe.V1Services], Awaitable[T]]) -> T:
    """Play a scene with the SDK."""

    async def run() -> T:
        async with account.sdk() as sdk:
            return await scene(sdk.v1)

    return asyncio.run(run())


def test_a_key_gives_its_first_answer_for_a_day(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        key: Any = {"idempotency_key": "customer-1"}
        first = await v1.customers.create_async({"name": "Ann"}, key)
        assert (await v1.customers.create_async({"name": "Ann"}, key)).id == first.id
        with pytest.raises(stripe.IdempotencyError, match="same parameters"):
            await v1.customers.create_async({"name": "Bob"}, key)
        await account.control("/clock", seconds=24 * 3600 + 1)
        assert (await v1.customers.create_async({"name": "Bob"}, key)).id != first.id

    play(account, scene)


def test_a_key_that_is_in_use_is_refused_by_409(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        await account.control("/faults", "PUT", slow_s=0.3)
        key: Any = {"idempotency_key": "customer-2"}
        made = (v1.customers.create_async({"name": "Ann"}, key) for _ in range(2))
        results = await asyncio.gather(*made, return_exceptions=True)
        await account.control("/faults", "PUT")
        refused = [each for each in results if isinstance(each, stripe.StripeError)]
        assert [each.http_status for each in refused] == [409]

    play(account, scene)


def test_a_declined_payment_is_declined_again_under_its_key(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        key: Any = {"idempotency_key": "payment-1"}
        failed = []
        for _ in range(2):
            with pytest.raises(stripe.CardError) as declined:
                await v1.payment_intents.create_async(payment("pm_card_chargeDeclined"), key)
            failed.append(declined.value.json_body["error"]["payment_intent"]["id"])  # type: ignore[index]
        assert failed[0] == failed[1]
        kept = await v1.payment_intents.retrieve_async(failed[0])
        assert kept.status == "requires_payment_method"

    play(account, scene)


@pytest.mark.parametrize(
    ("given", "code", "param"),
    [
        ({"foo": "1"}, "parameter_unknown", "foo"),
        ({"amount": "many", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": "49", "currency": "usd"}, "amount_too_small", "amount"),
        ({"amount": "12345", "currency": "kwd"}, "invalid_amount", "amount"),
        ({"amount": "100", "currency": "usd", "customer": "cus_1"}, "resource_missing", "customer"),
        ({"amount": "100", "currency": "usd", "shipping[foo]": "1"}, "parameter_unknown", None),
        ({"amount": "100", "currency": "usd", "api_key": "1"}, "parameter_unknown", "api_key"),
        ({"amount": "100", "currency": "usd", "metadata[a]": "x" * 501}, None, "metadata[a]"),
    ],
)
def test_parameters_are_those_that_the_sdk_declares(
    account: SandboxAccount, given: dict[str, str], code: str | None, param: str | None
) -> None:
    headers = {"Authorization": f"Bearer {account.api_key}", "Stripe-Version": stripe.api_version}
    answer = httpx.post(f"{account.url}/v1/payment_intents", data=given, headers=headers)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert error.get("code") == code
    assert param is None or error["param"] == param


def test_only_who_has_the_key_and_speaks_its_version_is_heard(account: SandboxAccount) -> None:
    url = f"{account.url}/v1/customers"
    assert httpx.get(url).status_code == 401
    assert httpx.put(f"{account.url}/sandbox/faults", json={"rate": 1}).status_code == 401
    headers = {"Authorization": f"Bearer {account.api_key}", "Stripe-Version": "2017-08-15"}
    assert "speaks" in httpx.get(url, headers=headers).json()["error"]["message"]


def test_lists_are_paged_both_ways(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        customer = (await v1.customers.create_async({})).id
        ids = []
        for _ in range(3):
            method = await v1.payment_methods.attach_async("pm_card_visa", {"customer": customer})
            ids.append(method.id)
        page = await v1.customers.payment_methods.list_async(customer, {"limit": 2})
        assert ([each.id for each in page.data], page.has_more) == ([ids[2], ids[1]], True)
        page = await v1.customers.payment_methods.list_async(customer, {"starting_after": ids[1]})
        assert ([each.id for each in page.data], page.has_more) == ([ids[0]], False)
        page = await v1.customers.payment_methods.list_async(
            customer, {"ending_before": ids[0], "limit": 1}
        )
        assert ([each.id for each in page.data], page.has_more) == ([ids[1]], True)

    play(account, scene)


def test_a_page_ends_when_its_time_is_over(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        now = (await account.control("", "GET"))["now"]
        session = await v1.checkout.sessions.create_async({**CHECKOUT, "expires_at": now + 3600})
        assert (await account.pay(str(session.url), "4000000000009995")).status_code == 402
        await account.control("/clock", seconds=3601)
        session = await v1.checkout.sessions.retrieve_async(
            session.id, {"expand": ["payment_intent"]}
        )
        assert (session.status, session.url) == ("expired", None)
        assert session.payment_intent.status == "canceled"  # type: ignore[union-attr]
        assert (await account.pay(f"{account.url}/pay/{session.id}")).status_code == 404
        events = await v1.events.list_async({"type": "checkout.session.expired"})
        assert events.data[0].data.object["id"] == session.id

    play(account, scene)


@pytest.mark.parametrize(
    ("lasts_s", "message"), [(60, "at least 30 minutes"), (25 * 3600, "less than 24 hours")]
)
def test_a_page_lasts_from_half_an_hour_to_a_day(
    account: SandboxAccount, lasts_s: int, message: str
) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        now = (await account.control("", "GET"))["now"]
        with pytest.raises(stripe.InvalidRequestError, match=message):
            await v1.checkout.sessions.create_async({**CHECKOUT, "expires_at": now + lasts_s})

    play(account, scene)


@pytest.mark.parametrize(
    ("method", "first", "then"),
    [
        ("pm_card_visa", "succeeded", "succeeded"),
        ("pm_card_pendingRefund", "pending", "succeeded"),
        ("pm_card_refundFail", "succeeded", "failed"),
    ],
)
def test_a_refund_goes_as_its_number_says(
    account: SandboxAccount, method: str, first: str, then: str
) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        before = (await account.control("", "GET"))["balance"].get("usd", 0)
        paid = await v1.payment_intents.create_async(payment(method))
        refund = await v1.refunds.create_async({"payment_intent": paid.id, "amount": 500})
        assert refund.status == first
        await account.control("/clock", seconds=61)
        assert (await v1.refunds.retrieve_async(refund.id)).status == then
        after = (await account.control("", "GET"))["balance"]["usd"]
        kept = 2_000 - 88  # 2.9 % and 30
        assert after - before == kept - (0 if then == "failed" else 500)

    play(account, scene)


@pytest.mark.parametrize(
    ("text", "status", "change"),
    [
        ("winning_evidence", "won", -1_500),
        ("losing_evidence", "lost", -3_500),
        ("it was used", "under_review", -3_500),
        (None, "needs_response", -3_500),
    ],
)
def test_a_dispute_goes_as_its_evidence_says(
    account: SandboxAccount, text: str | None, status: str, change: int
) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        paid = await v1.payment_intents.create_async(payment())
        before = (await account.control("", "GET"))["balance"]["usd"]
        given = {"payment_intent": paid.id, "reason": "duplicate"}
        dispute = await account.control("/disputes", **given)
        assert (dispute["reason"], dispute["status"]) == ("duplicate", "needs_response")
        if text is not None:
            await v1.disputes.update_async(
                dispute["id"], {"evidence": {"uncategorized_text": text}}
            )
        found = await v1.disputes.retrieve_async(dispute["id"])
        assert found.status == status
        assert (await account.control("", "GET"))["balance"]["usd"] - before == change
        await account.control("/clock", seconds=15 * 86_400)
        found = await v1.disputes.retrieve_async(dispute["id"])
        assert found.status == {"under_review": "won", "needs_response": "lost"}.get(status, status)

    play(account, scene)


def test_all_money_is_in_the_book(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        await v1.payment_intents.create_async(payment())
        held = (await account.control("", "GET"))["balance"]["usd"]
        await v1.payouts.create_async({"amount": 1_000, "currency": "usd"})
        book = [
            each
            async for each in (
                await v1.balance_transactions.list_async({"limit": 100, "currency": "usd"})
            ).auto_paging_iter()
        ]
        assert sum(each.net for each in book) == held - 1_000
        with pytest.raises(stripe.InvalidRequestError, match="insufficient"):
            await v1.payouts.create_async({"amount": 10**9, "currency": "usd"})

    play(account, scene)


def test_what_is_paid_out_may_come_back_and_a_fee_is_of_no_payment(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        await v1.payment_intents.create_async(payment())
        await account.control("/fees", amount=7, currency="usd")
        held = (await account.control("", "GET"))["balance"]["usd"]
        paid_out = (await account.control("/payouts"))["data"]
        (payout,) = [each for each in paid_out if each["currency"] == "usd"]
        assert (payout["amount"], payout["automatic"], payout["status"]) == (held, True, "paid")
        assert (await account.control("", "GET"))["balance"]["usd"] == 0
        await account.control("/payouts/fail", payout=payout["id"])
        assert (await account.control("", "GET"))["balance"]["usd"] == held
        found = await v1.payouts.retrieve_async(payout["id"])
        assert (found.status, found.failure_code) == ("failed", "account_closed")
        book = await v1.balance_transactions.list_async({"limit": 3, "currency": "usd"})
        told = [(each.type, each.net, each.source) for each in book.data]
        assert told[:2] == [("payout_failure", held, found.id), ("payout", -held, found.id)]
        assert told[2] == ("stripe_fee", -7, None)

    play(account, scene)


def test_a_method_that_was_set_up_needs_no_person_later(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> None:
        customer = (await v1.customers.create_async({})).id
        number = "4000002500003155"
        session = await v1.checkout.sessions.create_async(
            {"mode": "setup", "customer": customer, "success_url": "https://shop.example"}
        )
        assert (await account.pay(str(session.url), number)).status_code == 303
        saved = await v1.customers.payment_methods.list_async(customer)
        paid = await v1.payment_intents.create_async(payment(saved.data[0].id, customer=customer))
        assert paid.status == "succeeded"
        with pytest.raises(stripe.CardError) as refused:
            await v1.payment_intents.create_async(payment("pm_card_authenticationRequiredOnSetup"))
        assert refused.value.code == "authentication_required"

    play(account, scene)


def test_seeded_faults_come_again_as_they_came(account: SandboxAccount) -> None:
    async def scene(v1: stripe.V1Services) -> list[list[int]]:
        rounds = []
        for _ in range(2):
            plan = {"seed": 5, "rate": 0.5, "kinds": ["rate_limited", "unavailable"]}
            await account.control("/faults", "PUT", **plan)
            made = [await _status(v1) for _ in range(12)]
            rounds.append(made)
        await account.control("/faults", "PUT")
        return rounds

    first, second = play(account, scene)
    assert first == second
    assert {200, 429, 503} == set(first)


async def _status(v1: stripe.V1Services) -> int:
    try:
        await v1.balance.retrieve_async()
    except stripe.StripeError as error:
        return error.http_status or 0
    return 200


def test_what_is_no_fault_is_refused(account: SandboxAccount) -> None:
    headers = {"Authorization": f"Bearer {account.api_key}"}
    answer = httpx.put(f"{account.url}/sandbox/faults", json={"next": ["fire"]}, headers=headers)
    assert answer.status_code == 400


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    key: Any = {"idempotency_key": "customer-1"}

    async def first(v1: stripe.V1Services) -> tuple[str, str]:
        session = await v1.checkout.sessions.create_async(CHECKOUT)
        return (await v1.customers.create_async({}, key)).id, str(session.url)

    async def again(v1: stripe.V1Services) -> str:
        return (await v1.customers.create_async({}, key)).id

    with served(tmp_path) as access:
        account = SandboxAccount(access)
        customer, url = play(account, first)
        asyncio.run(account.control("/clock", seconds=3600))
    with served(tmp_path) as access:
        account = SandboxAccount(access)
        assert play(account, again) == customer
        assert asyncio.run(account.pay(url)).status_code == 303
        now = asyncio.run(account.control("", "GET"))["now"]
        assert now - time.time() > 3500
