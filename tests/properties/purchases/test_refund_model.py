"""Refund arithmetic: random lives of purchases against a model that knows money and fractions."""

from __future__ import annotations

import random
from fractions import Fraction
from math import floor

import pytest

from ledger.kernel.errors import Conflict
from ledger.purchases.notice import Money, PaymentPaid, RefundChanged, RefundState
from ledger.purchases.offers import Bonus, credits_for, offers_in
from tests.properties.purchases.lives import Life

LIVES, STEPS = 100, 25


class Model:
    """A purchase as an accountant sees it: of what was paid, the part that was not used can go
    back."""

    def __init__(self, paid: int, granted: int) -> None:
        self.paid, self.granted, self.used = paid, granted, 0
        self.refunds: dict[str, list[int]] = {}

    @property
    def gone(self) -> int:
        """Credits that are refunded, or wait for it."""
        return sum(credits for _, credits in self.refunds.values())

    @property
    def rest(self) -> int:
        """The money that can still go back."""
        whole = floor(Fraction(self.paid * (self.granted - self.used), self.granted))
        return max(0, whole - sum(money for money, _ in self.refunds.values()))

    def ask(self, name: str, amount: int | None) -> int:
        """Ask for money; what goes with it is rounded up, all that is left with the last of it."""
        amount = self.rest if amount is None else amount
        left = self.granted - self.used - self.gone
        share = min(left, -floor(-Fraction(amount * self.granted, self.paid)))
        self.refunds[name] = [amount, left if amount == self.rest else share]
        return amount


@pytest.mark.parametrize("seed", range(LIVES))
def test_a_life_is_as_the_model_says(seed: int) -> None:
    draw = random.Random(seed)
    offers = offers_in("usd", draw.randint(1, 300), [Bonus(2_000, draw.randint(0, 10_000))])
    money = Money(draw.randint(100, 50_000), "usd")
    bought = credits_for(offers, money)
    life, model = Life(money, bought), Model(money.amount, bought.total)
    life.hear(PaymentPaid("pi", money))
    waiting: list[str] = []
    for step in range(STEPS):
        left = model.granted - model.used - model.gone
        match draw.choice(["use", "ask", "ask all", "paid", "failed"]):
            case "use" if left:
                part = draw.choice([1, left, draw.randint(1, left)])
                life.use(part)
                model.used += part
            case "ask" | "ask all" as how:
                amount = draw.randint(1, model.rest + 1) if how == "ask" else None
                if (amount or 1) > model.rest:
                    with pytest.raises(Conflict):
                        life.refund(f"r{step}", amount)
                    continue
                asked = model.ask(f"r{step}", amount)
                assert life.refund(f"r{step}", amount).amount == asked
                waiting.append(f"r{step}")
            case "paid" | "failed" as state if waiting:
                name = waiting.pop(draw.randrange(len(waiting)))
                part, _ = model.refunds[name]
                told = RefundChanged(name, "pi", Money(part, "usd"), RefundState(state), name)
                life.hear(told)
                if state == "failed":
                    del model.refunds[name]
        funds = life.wallet.funds
        left = model.granted - model.used - model.gone
        assert (funds.credits, funds.debt) == (left, 0)
        assert life.purchase.refundable(left) == model.rest
        assert funds.held == sum(model.refunds[name][1] for name in waiting)


def test_three_parts_sum_to_what_one_gives() -> None:
    money = Money(2_000, "usd")
    for used in range(0, 21_000_000_000, 1_234_567_891):
        sums = []
        for parts in ([None], [1, 700, None], [None, None, None]):
            life = Life(money, credits_for(offers_in("usd", 97, [Bonus(1, 333)]), money))
            life.hear(PaymentPaid("pi", money))
            if used:
                life.use(min(used, life.purchase.total))
            total = 0
            for number, part in enumerate(parts):
                try:
                    total += life.refund(f"r{number}", part).amount
                except Conflict:
                    assert life.purchase.refundable(life.wallet.funds.credits) < (part or 1)
            sums.append(total)
        assert len(set(sums)) == 1
