"""The gateway of the examples, over a real service: held, streamed, captured for what was used."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest

from examples import model
from examples.gateway import gateway
from tallystick import Client
from tallystick.values import PriceSetting, Transaction
from tests.api.served import Served
from tests.client.running import running

LONG = 5_000_000
"""More words than go out before anyone has noticed that the caller has gone."""


@pytest.fixture
def chat(service: Served, secret: str, ledger: Client) -> Iterator[httpx.Client]:
    """A caller of the gateway, with prices published and credit for ann."""
    prices = [
        PriceSetting(model="large", meter=meter, price=Decimal(1), per=1000, currency="credit")
        for meter in ("input_tokens", "output_tokens")
    ]
    ledger.publish_rate_card(prices=prices)
    ledger.deposit(user="ann", amount=6000)
    with (
        running(model.app) as model_url,
        running(gateway(service.base_url, secret, model_url)) as url,
        httpx.Client(base_url=url, timeout=30) as caller,
    ):
        yield caller


def question(**more: object) -> dict[str, object]:
    return {"user": "ann", "text": "what is a hold", **more}


def debit_of_ann(ledger: Client) -> Transaction:
    """Wait until her hold has ended; return what was debited for it."""
    deadline = time.monotonic() + 90
    while any(ledger.holds(user="ann")):
        assert time.monotonic() < deadline, "the hold was not ended"
    made = ledger.deposit(user="end", amount=1).sequence
    (debit,) = ledger.transactions(user="ann", category="usage", min_sequence=made)
    return debit


def test_an_answer_is_charged_for_what_was_said(chat: httpx.Client, ledger: Client) -> None:
    answer = chat.post("/chat", json=question(max_tokens=20))
    assert answer.text.count("\n") == 20
    debit = debit_of_ann(ledger)
    assert debit.usage is not None
    assert debit.usage.quantities == {"input_tokens": 4, "output_tokens": 20}
    assert debit.amount == Decimal("-0.024")
    assert ledger.balance(user="ann").held == 0


def test_who_hangs_up_pays_for_what_was_said_until_then(chat: httpx.Client, ledger: Client) -> None:
    with chat.stream("POST", "/chat", json=question(max_tokens=LONG)) as answer:
        lines = answer.iter_lines()
        assert [next(lines) for _ in range(3)]
        assert ledger.balance(user="ann").held == Decimal("5000.004")
    debit = debit_of_ann(ledger)
    assert debit.usage is not None
    said = debit.usage.quantities["output_tokens"]
    assert 3 <= said < LONG
    assert debit.amount == -Decimal(4 + said) / 1000
    assert ledger.balance(user="ann").available == 6000 + debit.amount


def test_who_cannot_pay_is_told_before_a_word_is_said(chat: httpx.Client, ledger: Client) -> None:
    answer = chat.post("/chat", json=question(user="bob"))
    assert answer.status_code == 402
    assert answer.json()["detail"] == "1.004 credits are missing"
    assert not any(ledger.holds(user="bob"))
