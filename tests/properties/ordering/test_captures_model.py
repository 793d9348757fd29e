"""Money that a bank keeps for an order, in any sequence of what people and providers do: what is
captured, let go and given back is as a small model says, and nothing leaves that was not captured.

The model knows nothing of facts: three units of one SKU for 101 each.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenarios.commands import register
from tests.scenarios.fulfilment_commands import create, leave
from tests.scenarios.order_commands import (
    at_shipment,
    authorised,
    cancel,
    capture,
    edit,
    gone,
    order_id,
    paid,
    place,
    refund_told,
    status,
    terms,
    verify,
)
from tests.scenarios.ordering.test_order_invoices import money_of
from tests.scenarios.stock_commands import location, receive
from tests.scenarios.world import World

PRICE, UNITS = 101, 3
STEPS = st.sampled_from(["keep", "ask", "take", "take out", "let go", "cancel", "back"])


@dataclass
class Order:
    """An order, as anybody would tell of it. `kept`: whether a bank keeps its money: not yet, so,
    asked for, about to be let go, or no more; `back`: what is on its way back."""

    status: str = "pending"
    kept: str = "no"
    units: int = UNITS
    took: int = 0
    returned: int = 0
    back: dict[str, int] = field(default_factory=dict)

    @property
    def worth(self) -> int:
        """What is still bought."""
        return self.units * PRICE

    def keep(self) -> None:
        """Its money is kept."""
        if self.kept == "no" and not self.took:
            self.kept = "yes" if self.status == "pending" else "letting go"
            self.status = "confirmed" if self.status == "pending" else self.status

    def take(self) -> None:
        """Its money is here."""
        self.status, self.kept, self.took = "confirmed", "captured", self.worth

    def take_out(self, id: str) -> bool:
        """One unit less."""
        is_last = self.units == 1 and not self.took
        if self.status != "confirmed" or self.kept == "asked" or is_last or not self.units:
            return False
        self.units -= 1
        if self.took:
            self.back[id] = PRICE
        return True

    def cancel(self) -> bool:
        """Nothing of it is wanted."""
        if self.status not in ("pending", "confirmed") or self.kept == "asked":
            return False
        if self.took and self.returned == self.took:
            return False
        if self.took and self.worth:
            self.back[f"{order_id()}-cancel"] = self.worth
        self.status, self.units = "cancelled", 0
        self.kept = "letting go" if self.kept == "yes" else self.kept
        return True


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=12))
def test_no_more_is_captured_than_is_kept_and_no_more_goes_back(steps: list[str]) -> None:
    world, order = World().given(register(), location(), receive(UNITS), at_shipment()), Order()
    world.given(place(agreed=terms(("MUG", UNITS, PRICE))))
    for count, step in enumerate(steps):
        _do(world, order, step, f"ref_{count}")
        here = order.took - order.returned
        assert money_of(world).get("Assets:Processor:stripe", 0) == here
        assert 0 <= order.returned <= order.took <= UNITS * PRICE
        if order.status == "confirmed" and not order.took:
            is_kept = order.kept in ("yes", "asked")
            assert status(world) == ("confirmed", "authorised" if is_kept else "unpaid")
    world.when(create("shp"), leave("shp"))
    left = [each for each in world.facts if type(each).__name__ == "ShipmentShipped"]
    assert len(left) == (order.status == "confirmed" and order.took > 0 and order.units > 0)
    assert verify(world).exit_code == 0


def _do(world: World, order: Order, step: str, id: str) -> None:
    before = world.event_store.max_notification_id()
    match step:
        case "keep":
            world.given(authorised(1, UNITS * PRICE))
            order.keep()
        case "ask":
            world.when(capture())
            assert bool(world.refusals) == (order.kept not in ("yes", "asked", "captured"))
            order.kept = "asked" if order.kept == "yes" else order.kept
        case "take" if order.kept in ("yes", "asked"):  # none comes of what is not kept
            world.given(paid(1, order.worth))
            order.take()
        case "take out":
            left = order.units - 1
            world.when(edit(1, (1, left), back=PRICE, id=id))
            is_done = world.event_store.max_notification_id() != before
            assert is_done == order.take_out(id)
        case "let go" if order.kept in ("yes", "asked", "letting go"):
            world.given(gone())
            order.kept = "gone"
        case "cancel":
            world.when(cancel(key=id))
            is_done = world.event_store.max_notification_id() != before
            assert is_done == order.cancel()
        case "back" if order.back:
            name = next(iter(order.back))
            amount = order.back.pop(name)
            world.given(refund_told(1, name, amount))
            order.returned += amount
            if order.returned == order.took and order.status == "confirmed":
                order.status = "refunded"
