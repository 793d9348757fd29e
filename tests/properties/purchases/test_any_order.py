"""Any order and number of the notices of a purchase's life gives the same end."""

from __future__ import annotations

import random

import pytest

from ledger.purchases.notice import (
    CheckoutExpired,
    DisputeChanged,
    DisputeState,
    Happening,
    Money,
    PaymentFailed,
    PaymentPaid,
    RefundChanged,
    RefundState,
)
from ledger.purchases.offers import DEFAULT_OFFERS, credits_for
from tests.properties.purchases.lives import Life

LIVES, ORDERS = 60, 8


def notices(draw: random.Random, money: Money) -> list[Happening]:
    """All that a provider tells of one purchase, in the order in which it happened."""
    told: list[Happening] = []
    if draw.random() < 0.3:
        told.append(PaymentFailed("card_declined", "pi_0"))
    if draw.random() < 0.2:
        told.append(CheckoutExpired("cs"))
    if draw.random() < 0.1:
        return told
    if draw.random() < 0.2:
        told.append(PaymentPaid("pi", Money(money.amount + 1, money.currency)))
    told.append(PaymentPaid("pi", money))
    for number in range(draw.randrange(4)):
        told += _refund(draw, f"re_{number}", money)
    for number in range(draw.randrange(3)):
        told += _dispute(draw, f"dp_{number}", money)
    return told


def _refund(draw: random.Random, name: str, money: Money) -> list[Happening]:
    part = Money(draw.randint(1, money.amount), money.currency)
    states = draw.choice([["pending"], ["pending", "paid"], ["paid"], ["pending", "failed"]])
    states = draw.choice([states, ["pending", "paid", "failed"]])
    return [RefundChanged(name, "pi", part, RefundState(each)) for each in states]


def _dispute(draw: random.Random, name: str, money: Money) -> list[Happening]:
    part = Money(draw.choice([money.amount, draw.randint(1, money.amount)]), money.currency)
    states = draw.choice([["open"], ["open", "won"], ["open", "lost"]])
    return [DisputeChanged(name, "pi", part, "fraudulent", DisputeState(s)) for s in states]


@pytest.mark.parametrize("seed", range(LIVES))
def test_any_order_and_number_gives_the_same_end(seed: int) -> None:
    draw = random.Random(seed)
    money = Money(draw.randint(100, 100_000), "usd")
    bought = credits_for(DEFAULT_OFFERS, money)
    before = {"has": draw.choice([0, 10**9]), "owes": draw.choice([0, 0, 3 * 10**9, 10**12])}
    told = notices(draw, money)

    def end_of(order: list[Happening]) -> tuple[object, ...]:
        life = Life(money, bought, **before)
        for each in order:
            life.hear(each)
        return life.end()

    right = end_of(told)
    for _ in range(ORDERS):
        order = told * draw.choice([1, 1, 2]) + draw.choices(told or [CheckoutExpired("cs")], k=0)
        order += draw.sample(told, k=len(told) // 2)
        draw.shuffle(order)
        assert end_of(order) == right, (seed, order)
