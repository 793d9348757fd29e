"""The hosted pages of the sandbox, clicked by a browser: the system's own, where there is one."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from adapters.embedded.stripe_sandbox.server import served
from tests.stripe_account import SandboxAccount

from .test_stripe_sandbox import CHECKOUT

T = TypeVar("T")
CHROMIUM = shutil.which("chromium")
PICTURES = os.environ.get("TALLY_PICTURES")
"""A folder for pictures of the pages, for who wants to look at them."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxAccount]:
    """An account of these tests."""
    with served(tmp_path_factory.mktemp("sandbox")) as access:
        yield SandboxAccount(access)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of the system, without a window."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a buyer."""
    page = browser.new_page(viewport={"width": 480, "height": 760})
    yield page
    page.close()


def fill(page: Page, number: str, button: str) -> None:
    """Fill in a form, and send it."""
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expires").fill("12 / 34")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name=button).click()


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def _shop(account: SandboxAccount) -> str:
    """Where the shop would be: addresses at which nothing is."""
    return f"{account.url}/shop"


async def _open(account: SandboxAccount) -> tuple[str, str, str]:
    """A page of 20 dollars, its session, and the portal of its customer."""
    async with account.sdk() as sdk:
        customer = (await sdk.v1.customers.create_async({"name": "Ann"})).id
        session = await sdk.v1.checkout.sessions.create_async(
            {
                **CHECKOUT,
                "success_url": f"{_shop(account)}/paid?session={{CHECKOUT_SESSION_ID}}",
                "cancel_url": f"{_shop(account)}/cancelled",
                "customer": customer,
                "payment_intent_data": {"setup_future_usage": "off_session"},
            }
        )
        portal = await sdk.v1.billing_portal.sessions.create_async(
            {"customer": customer, "return_url": f"{_shop(account)}/account"}
        )
        return str(session.url), session.id, portal.url


async def _status(account: SandboxAccount, session: str) -> str | None:
    async with account.sdk() as sdk:
        return (await sdk.v1.checkout.sessions.retrieve_async(session)).status


def _run(work: Coroutine[Any, Any, T]) -> T:
    """The browser has a loop of its own in this thread: ours runs in another."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_a_buyer_pays_and_looks_after_what_was_saved(account: SandboxAccount, page: Page) -> None:
    url, session, portal = _run(_open(account))
    page.goto(url)
    picture(page, "checkout")
    assert "no real money moves" in page.inner_text(".banner")
    fill(page, "4000 0000 0000 9995", "Pay 20.00 USD")
    assert "insufficient funds" in page.get_by_role("alert").inner_text()
    picture(page, "declined")
    fill(page, "4000 0027 6000 3184", "Pay 20.00 USD")
    picture(page, "confirmation")
    page.get_by_role("button", name="No, this is not me").click()
    assert "authentication" in page.get_by_role("alert").inner_text()
    fill(page, "4000 0027 6000 3184", "Pay 20.00 USD")
    page.get_by_role("button", name="Yes, confirm").click()
    assert page.url == f"{_shop(account)}/paid?session={session}"
    assert _run(_status(account, session)) == "complete"
    page.goto(url)
    assert "gone" in page.inner_text("h1")
    picture(page, "gone")

    page.goto(portal)
    picture(page, "portal")
    assert "3184" in page.inner_text("main")
    assert "20.00 USD" in page.inner_text("main")
    fill(page, "5555 5555 5555 4444", "Add")
    assert "4444" in page.inner_text("main")
    page.get_by_role("button", name="Remove").last.click()
    assert "3184" not in page.inner_text("main")
    page.get_by_role("link", name="Back").click()
    assert page.url == f"{_shop(account)}/account"


def test_a_buyer_changes_their_mind(account: SandboxAccount, page: Page) -> None:
    url, session, _ = _run(_open(account))
    page.goto(url)
    page.get_by_role("link", name="Cancel").click()
    assert page.url == f"{_shop(account)}/cancelled"
    assert _run(_status(account, session)) == "open"


def test_a_buyer_saves_a_method_and_sees_what_came_back(
    account: SandboxAccount, page: Page
) -> None:
    setup, portal = _run(_open_setup(account))
    page.goto(setup)
    picture(page, "setup")
    assert page.inner_text("h1") == "Save a payment method"
    assert not page.locator(".total").is_visible()
    fill(page, "4242 4242 4242 4242", "Save")
    assert page.url == f"{_shop(account)}/account"
    page.goto(portal)
    picture(page, "portal_after_refunds")
    text = page.inner_text("main")
    assert "4242" in text
    assert "21,000 credits, 5.00 USD refunded" in text


async def _open_setup(account: SandboxAccount) -> tuple[str, str]:
    """A page where a customer saves a method, and the portal of them, who paid before and had a
    part of it back."""
    back = f"{_shop(account)}/account"
    async with account.sdk() as sdk:
        customer = (await sdk.v1.customers.create_async({})).id
        paid = await sdk.v1.payment_intents.create_async(
            {
                "amount": 2_000,
                "currency": "usd",
                "customer": customer,
                "payment_method": "pm_card_visa",
                "description": "21,000 credits",
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )
        await sdk.v1.refunds.create_async({"payment_intent": paid.id, "amount": 500})
        session = await sdk.v1.checkout.sessions.create_async(
            {"mode": "setup", "customer": customer, "success_url": back, "currency": "usd"}
        )
        portal = await sdk.v1.billing_portal.sessions.create_async(
            {"customer": customer, "return_url": back}
        )
        return str(session.url), portal.url
