"""Credits of an order in any sequence of refunds, failures and use: what the wallet has, less what
it owes, is what was given less what went back and what was used."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.ordering.order_refunds import OrderRefundRequested
from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import RefundState
from tests.scenarios.access_commands import CREDITS, grant_row, selling, verify_access
from tests.scenarios.commands import register, usage, use
from tests.scenarios.order_commands import paid, place, refund, refund_told, status
from tests.scenarios.world import World

UNITS, PRICE, PACK = 3, 101, 1_000 * CREDITS
STEPS = st.one_of(
    st.tuples(st.just("units"), st.integers(1, UNITS)),
    st.tuples(st.just("amount"), st.integers(1, UNITS * PRICE)),
    st.tuples(st.sampled_from(["paid", "failed"]), st.integers(0, 3)),
    st.tuples(st.just("use"), st.integers(1, 2_000)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, max_size=10))
def test_credits_follow_the_money_of_their_line(steps: list[tuple[str, int]]) -> None:
    world = World().given(register(), place(agreed=selling(("PACK", UNITS, PRICE))))
    world.given(paid(amount=UNITS * PRICE))
    back: dict[str, tuple[int, int, int]] = {}
    """Of each refund that lives its units, its money and its credits."""
    waiting: list[str] = []
    paid_back: list[str] = []
    spent, is_over = 0, False
    for count, (kind, number) in enumerate(steps):
        name = f"ref_{count}"
        if kind == "use":
            world.when(usage([use(str(number), id=name)]))
            spent += 0 if world.refusals else number * CREDITS
        elif kind in ("paid", "failed") and number < len(waiting):
            name = waiting.pop(number)
            world.given(refund_told(1, name, back[name][1], RefundState(kind)))
            if kind == "failed":
                del back[name]
            else:
                paid_back.append(name)
                units = sum(back[each][0] for each in paid_back)
                amount = sum(back[each][1] for each in paid_back)
                is_over = is_over or units == UNITS or amount == UNITS * PRICE
        elif kind in ("units", "amount"):
            line = AskedLine(1, number) if kind == "units" else AskedLine(1, amount=number)
            world.when(refund(1, line, id=name))
            asked = [each for each in world.facts if isinstance(each, OrderRefundRequested)]
            for part in asked[0].lines if asked else ():
                waiting.append(name)
                back[name] = part.units, part.amount, _credits(back, part.units, part.amount)
        taken = UNITS * PACK if is_over else sum(credits for _, _, credits in back.values())
        assert grant_row(world)["taken"] == taken
        balance = world.balance()
        assert balance.available - balance.debt == UNITS * PACK - taken - spent
    whole = sum(amount for _, amount, _ in back.values()) == UNITS * PRICE and not waiting
    assert status(world)[0] == ("refunded" if whole else "fulfilled")
    assert verify_access(world).exit_code == 0


def _credits(back: dict[str, tuple[int, int, int]], units: int, amount: int) -> int:
    """What goes with one more part: its units, or its share; the last takes what is left."""
    left = UNITS * PACK - sum(credits for _, _, credits in back.values())
    gone = sum(each for each, _, _ in back.values()) + units
    paid_back = sum(each for _, each, _ in back.values()) + amount
    if gone == UNITS or paid_back == UNITS * PRICE:
        return left
    share = units * PACK if units else floor(Fraction(UNITS * PACK * amount, UNITS * PRICE))
    return min(left, share)
