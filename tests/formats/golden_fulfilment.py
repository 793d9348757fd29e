"""The part of the golden story that is about shipments and returns: every fact of them, every field
with and without."""

from __future__ import annotations

import msgspec

from ledger.fulfilment.fulfilment import Fulfilment
from ledger.inventory.condition import Condition
from ledger.ordering.refund_shares import AskedLine
from ledger.purchases.notice import RefundState
from ledger.returns.returns import CameBack, Returns
from tests.formats.story_of_credits import Step
from tests.scenarios.fulfilment_commands import (
    GLS,
    arrive,
    come_back,
    create,
    exchange,
    keep,
    leave,
    pay_back,
    send_back,
    unpack,
)
from tests.scenarios.order_commands import (
    cancel,
    declined,
    paid,
    paid_from,
    place,
    refund,
    refund_told,
    terms,
)
from tests.scenarios.stock_commands import HERE, receive
from tests.scenarios.value_commands import credit, credit_of

WHOLE, BARE, GIVEN_UP, OF_CREDIT = 101, 102, 103, 104
"""The orders."""

EXCHANGED, UNPAID, CHEAPER, CREDITED, EQUAL = 105, 106, 107, 108, 109
"""Those that are exchanged, and what for."""

OfFulfilment = Fulfilment | Returns


def groups_of_fulfilment() -> list[tuple[str, list[Step]]]:
    """What happens, and when."""
    return [
        ("2026-05-12T00:00:00Z", [*_whole(), *_bare(), *_given_up(), *_of_credit(), *_exchanged()])
    ]


def _whole() -> list[Step]:
    """An order that is sent in parts, of which some is not sent and some comes back."""
    damaged = CameBack(1, 1, Condition.DAMAGED, HERE)
    return [
        receive(5, sku="POT", key="pots"),
        place(WHOLE, terms(("POT", 4, 100), ("LID", 1, 10))),
        paid(WHOLE, 410),
        create("shp_1", (1, 3), number=WHOLE, location=HERE, tracking=GLS),
        leave("shp_1", WHOLE, tracking=GLS),
        arrive("shp_1", WHOLE),
        refund(WHOLE, AskedLine(1, units=1), id="ref_pot"),
        refund_told(WHOLE, "ref_pot", 100),
        create("shp_2", number=WHOLE),
        unpack("shp_2", WHOLE),
        send_back("ret_1", (1, 2), number=WHOLE, reason="too heavy"),
        come_back("ret_1", CameBack(1, 1), damaged, number=WHOLE),
        pay_back("ret_1", WHOLE),
        send_back("ret_2", number=WHOLE),
        keep("ret_2", WHOLE),
    ]


def _bare() -> list[Step]:
    """An order of a guest's, of what no stock is kept."""
    return [
        place(BARE, terms(("LID", 1, 10)), user=None, guest="0" * 64),
        paid(BARE, 10),
        create(number=BARE),
        leave(number=BARE),
        send_back(number=BARE),
        come_back(number=BARE),
    ]


def _given_up() -> list[Step]:
    return [
        place(GIVEN_UP, terms(("LID", 1, 10))),
        paid(GIVEN_UP, 10),
        create(number=GIVEN_UP),
        cancel(GIVEN_UP),
    ]


def _of_credit() -> list[Step]:
    """One that store credit has paid, which comes back to it with its return."""
    return [
        credit(10, key="credit of a lid"),
        place(OF_CREDIT, terms(("LID", 1, 10)), values=paid_from(credit_of()), provider=None),
        *(create(number=OF_CREDIT), leave(number=OF_CREDIT), send_back(number=OF_CREDIT)),
        *(come_back(number=OF_CREDIT), pay_back(number=OF_CREDIT)),
    ]


def _exchanged() -> list[Step]:
    """What comes back is exchanged for what is not paid, and then for what costs less, which goes
    back; and what store credit has paid for what costs as much, which goes back there."""
    back = "ref_cheaper-exchange"
    return [
        credit(15, key="credit of lids"),
        place(EXCHANGED, terms(("LID", 3, 10)), values=paid_from(credit_of(), limit=5)),
        *(paid(EXCHANGED, 25), create(number=EXCHANGED), leave(number=EXCHANGED)),
        *(send_back("ret_1", (1, 1), number=EXCHANGED), come_back("ret_1", number=EXCHANGED)),
        exchange(place(UNPAID, terms(("LID", 1, 15))), 10, number=EXCHANGED),
        declined(UNPAID),
        exchange(
            place(CHEAPER, terms(("LID", 1, 4)), provider=None), 10, number=EXCHANGED, key="-"
        ),
        refund(CHEAPER, id="ref_cheaper"),
        refund_told(EXCHANGED, back, 4, RefundState.FAILED),
        refund(EXCHANGED, id="ref_again"),
        refund_told(EXCHANGED, "ref_again", 4),
        place(CREDITED, terms(("LID", 1, 10)), values=paid_from(credit_of()), provider=None),
        *(create(number=CREDITED), leave(number=CREDITED), send_back(number=CREDITED)),
        come_back(number=CREDITED),
        exchange(place(EQUAL, terms(("LID", 1, 10)), provider=None), 10, number=CREDITED),
        refund(EQUAL, id="ref_equal"),
    ]


def state_of_fulfilment(aggregate: OfFulfilment) -> list[object]:
    """What an aggregate of shipments or returns remembers."""
    if isinstance(aggregate, Returns):
        return [{name: _bare_of(each) for name, each in aggregate.returns.items()}]
    shipments = {name: _bare_of(each) for name, each in aggregate.shipments.items()}
    withdrawn = [[line, units] for line, units in aggregate.withdrawn.items()]
    return [[_bare_of(each) for each in aggregate.goods], shipments, withdrawn]


def _bare_of(struct: msgspec.Struct) -> object:
    return msgspec.to_builtins(struct)
