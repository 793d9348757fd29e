"""Money is conserved: whatever a payer changes to within a period, what they are charged less what
credit notes take back is the price of what they held, second by second.

The model is written from the design alone: it adds up seconds as fractions.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.kernel.times import format_time, parse_time
from ledger.subscriptions.changes import When
from ledger.subscriptions.subscription_base import Status
from tests.scenarios.commands import register
from tests.scenarios.invoice_commands import settings as invoice_settings
from tests.scenarios.invoices.folding import every, invoice_of
from tests.scenarios.subscription_commands import (
    cancel,
    publish_coupon,
    publish_plan,
    subscribe,
)
from tests.scenarios.subscriptions.folding import pay, subscription_of, sweep, verify
from tests.scenarios.world import World, at

START = "2028-01-31T17:00:03Z"
START_US = parse_time(START, "start")
LENGTH_S = 29 * 86_400
"""From the 31st of January to the 29th of February of a leap year, at the same time of the day."""

PRICES = {"penny": 1, "odd": 333, "half": 999, "ten": 1_000, "prime": 7_919}
SEAT = 101
moments = st.integers(0, LENGTH_S - 1)
changes = st.lists(
    st.tuples(moments, st.sampled_from(list(PRICES)), st.integers(1, 3)), min_size=1, max_size=6
)


def _held(plan: str, seats: int, bps: int) -> Fraction:
    """What a period of a plan with so many seats costs, with a coupon."""
    price = PRICES[plan]
    return Fraction(price - round(Fraction(price * bps, 10_000)) + (seats - 1) * SEAT)


def _shop(net_days: int, bps: int) -> World:
    world = World().given(register(), invoice_settings(), at(START))
    for name, price in PRICES.items():
        fields: dict[str, Any] = {"seat_price": SEAT, "net_days": net_days}
        world.given(publish_plan(name, price, key=name, **fields))
    return world if not bps else world.given(publish_coupon(key="off", bps=bps, periods=None))


def _billed(world: World) -> tuple[int, int]:
    """What was charged less what was taken back, and of how many lines."""
    names = {
        fact.originator_id.rpartition("/")[2]
        for _, fact in every(world)
        if type(fact).__name__ == "InvoiceIssued"
    }
    states = [invoice_of(world, name) for name in names]
    amount = sum(each.total - each.credited for each in states if each.status != "void")
    lines = sum(len(each.issued.bill.lines) for each in states if each.issued)
    notes = sum(len(note.lines) for each in states for note in each.credit_notes)
    return amount, lines + notes


@pytest.mark.parametrize(("net_days", "bps"), [(0, 0), (30, 0), (0, 3_333)])
@settings(max_examples=25, deadline=None)
@given(asked=changes, ends_s=st.none() | moments)
def test_what_was_charged_is_what_was_held(
    net_days: int, bps: int, asked: list[tuple[int, str, int]], ends_s: int | None
) -> None:
    world, coupon = _shop(net_days, bps), "HALF" if bps else None
    world.given(subscribe("ten", key="begin", coupon=coupon))
    if subscription_of(world).is_paying:
        pay(world)
    held, exact, since = _held("ten", 1, bps), Fraction(), 0
    for number, (second, plan, seats) in enumerate(sorted(asked)):
        if ends_s is not None and second > ends_s:
            break
        world.when(
            at(format_time(START_US + second * 1_000_000)),
            subscribe(plan, key=f"{number}", seats=seats, at=When.NOW),
        )
        if world.refusals:  # it is so already
            continue
        if subscription_of(world).is_paying:
            pay(world)
        exact += held * (second - since) / LENGTH_S
        held, since = _held(plan, seats, bps), second
    last = LENGTH_S if ends_s is None else max(ends_s, since)
    if ends_s is not None:
        world.given(at(format_time(START_US + last * 1_000_000)), cancel(at=When.NOW))
        assert subscription_of(world).status is Status.ENDED
    exact += held * (last - since) / LENGTH_S
    billed, lines = _billed(world)
    assert abs(billed - exact) <= Fraction(lines, 2)
    assert verify(world).exit_code == 0
    sweep(world)  # reminders of what is not paid yet, which move nothing
    assert _billed(world) == (billed, lines)
