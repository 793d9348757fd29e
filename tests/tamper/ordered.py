"""What is ordered in a stocked store."""

from __future__ import annotations

from api.commands.command import Command
from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import DisputeState
from ledger.purchases.purchase_base import MANUAL
from tests.scenarios.access_commands import download, selling
from tests.scenarios.appointment_commands import calendar, coaching, publish_slots, slot
from tests.scenarios.fulfilment_commands import (
    GLS,
    arrive,
    come_back,
    create,
    exchange,
    leave,
    pay_back,
    send_back,
)
from tests.scenarios.order_commands import (
    at_shipment,
    authorised,
    disputed,
    edit,
    open_page,
    paid,
    paid_from,
    place,
    refund,
    terms,
    transferred,
)
from tests.scenarios.past_order_commands import abandoned, import_order
from tests.scenarios.stock_commands import HERE, receive
from tests.scenarios.transfer_commands import moving, send, take_in, turn_away
from tests.scenarios.value_commands import credit, credit_of

FAR = "2036-02-02T"
"""A day that no clock of a store has reached."""


def ordered() -> list[Command[object]]:
    """An order that was paid, is sent and goes back in part, one of another shop software, one that
    waits for its payment, one that store credit has paid a part of, which comes back, and one whose
    money a bank keeps."""
    agreed = terms(("MUG", 1, 5_000), ("FILE", 2, 100))
    return [
        place(1, agreed, cart="cart-1", contact='{"email":"ada@example.com"}'),
        *(open_page(1), paid(1, 5_200), refund(1, AskedLine(2, units=1), reason="unread")),
        *(create("shp_1", (1, 1)), leave(tracking=GLS), arrive(), create("shp_2", location=HERE)),
        *(send_back(reason="too small"), come_back(), pay_back()),
        *(import_order(), abandoned()),
        *(place(2, terms(("FILE", 1, 100)), guest="0" * 64, user=None), open_page(2)),
        *(calendar(), publish_slots(slot(f"{FAR}10:00", f"{FAR}11:00", 3))),
        *(place(4, coaching((f"{FAR}10:00", 1))), paid(4)),
        place(3, selling(("PACK", 2, 100), ("BOOK", 1, 100), ("COURSE", 1, 100))),
        *(paid(3, 400), download(3, 2), refund(3, AskedLine(1, units=1), id="ref_3")),
        *(credit(70, key="credit of an order"), _with_credit(), paid(4, 30)),
        refund(4, id="ref_4", amount=40),
        *(at_shipment(), place(6, terms(("FILE", 2, 100))), authorised(6, 200)),
        edit(6, (1, 1), back=100, id="ref_6"),
        *(receive(3, sku="DESK"), place(5, moving(("DESK", 3, 0)), provider=None)),
        *(send(3, 5), take_in(1, 5), turn_away(1, 5, reason="scratched")),
        *(place(7, terms(("FILE", 1, 90))), paid(7, 90), disputed(7, DisputeState.OPEN, 90)),
        *_exchanged(),
    ]


def _exchanged() -> list[Command[object]]:
    """An order of which one thing is exchanged for what is refunded, and another for what waits."""
    things = place(21, terms(("THING", 2, 100)), provider=MANUAL)
    again = send_back("ret_2", number=21), come_back("ret_2", number=21)
    return [
        *(things, transferred(21), create(number=21), leave(number=21)),
        *(send_back("ret_1", (1, 1), number=21), come_back("ret_1", number=21)),
        exchange(place(22, terms(("THING", 1, 70)), provider=None), 100, number=21),
        *(refund(22, id="ref_22", amount=50), *again),
        exchange(place(23, terms(("THING", 1, 130))), 100, "ret_2", 21),
    ]


def _with_credit() -> Command[object]:
    return place(4, terms(("FILE", 1, 100)), values=paid_from(credit_of(), limit=70))
