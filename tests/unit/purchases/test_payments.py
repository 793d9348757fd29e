"""Payments as the container hands them out: by name, each loaded when it is asked for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from stripe import WebhookSignature

from adapters.stripe.account import StripeAccount, sandbox_at
from api.container import Payments, stripe_given
from api.settings import SettingRefused, Settings
from ledger.kernel.errors import Invalid
from ledger.purchases.provider import Forged

ACCOUNT = StripeAccount("sk_test_12345678", ("whsec_1", "whsec_2"), "http://127.0.0.1:9")
EVENT = '{"id":"evt_1","type":"plan.created","created":1,"data":{"object":{}}}'


def test_a_provider_is_found_by_its_name() -> None:
    async def scene() -> None:
        payments = Payments(ACCOUNT)
        assert payments.names == ("stripe", "manual")
        found = [await payments.provider(name) for name in ("stripe", "manual", "stripe")]
        assert [each.name for each in found] == ["stripe", "manual", "stripe"]
        assert found[0] is found[2]
        with pytest.raises(Invalid, match="one of manual"):
            await Payments(None).provider("stripe")

    asyncio.run(scene())


def test_a_notice_is_read_with_each_secret_and_with_none_refused() -> None:
    header = WebhookSignature.generate_signature_header(EVENT, "whsec_2", 100)
    assert Payments(ACCOUNT).read_notice(EVENT.encode(), header, 100_000_000).id == "evt_1"
    for account in (None, ACCOUNT._replace(webhook_secrets=())):
        with pytest.raises(Forged):
            Payments(account).read_notice(EVENT.encode(), header, 100_000_000)


def test_the_sdk_is_loaded_only_by_who_calls() -> None:
    asks = "import sys, api.container, adapters.stripe.notices; sys.exit('stripe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks], timeout=60).returncode == 0


def test_the_account_is_what_the_settings_say() -> None:
    assert stripe_given(Settings()) is None
    settings = Settings(stripe_key="sk_test_12345678", stripe_webhook_secrets=("whsec_1",))
    assert stripe_given(settings) == StripeAccount("sk_test_12345678", ("whsec_1",))
    assert "12345678" not in repr(settings)
    found = sandbox_at("http://sk_test_1:whsec_1@127.0.0.1:8")
    assert found == StripeAccount("sk_test_1", ("whsec_1",), "http://127.0.0.1:8", is_sandbox=True)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"stripe_key": "pk_live_12345678"}, "sk_ or rk_"),
        ({"stripe_webhook_secrets": ("whsec_1",)}, "TALLY_STRIPE_KEY"),
        ({"stripe_url": "http://127.0.0.1:8"}, "TALLY_STRIPE_KEY"),
        ({"stripe_key": "sk_test_12345678", "stripe_webhook_secrets": ("1",)}, "whsec_"),
        ({"stripe_key": "sk_test_12345678", "stripe_url": "ftp://x"}, "TALLY_STRIPE_URL"),
    ],
)
def test_a_setting_that_cannot_be_says_what_to_do(given: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingRefused, match=message):
        Settings(**given)
