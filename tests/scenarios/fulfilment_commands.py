"""Commands on shipments and returns, in a line each, and what became of an order's lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from api.commands.fulfilment.shipments import (
    CancelShipment,
    CreateShipment,
    DeliverShipment,
    ShipShipment,
)
from api.commands.ordering.placing import PlaceOrder
from api.commands.returns.returns import (
    CancelReturn,
    ExchangeReturn,
    ReceiveReturn,
    RefundReturn,
    RequestReturn,
)
from ledger.catalogue.item_type import Kind
from ledger.fulfilment.fulfilment import AskedGoods
from ledger.fulfilment.shipment import Tracking
from ledger.kernel.texts import REASON
from ledger.ordering.order_terms import OrderTerms
from ledger.returns.returns import AskedReturn, CameBack
from tests.scenarios.commands import ACTOR, ORG, USER, sealed
from tests.scenarios.order_commands import order_id

GLS = Tracking("gls", "123", "https://gls-group.com/EU/en/parcel-tracking?match=123")


def of_kinds(agreed: OrderTerms, kinds: Mapping[int, Kind]) -> OrderTerms:
    """Terms of which some lines are of another kind."""
    lines = [
        msgspec.structs.replace(line, kind=kinds.get(line.id, line.kind)) for line in agreed.lines
    ]
    return msgspec.structs.replace(agreed, lines=lines)


def create(
    shipment: str = "shp_1",
    *asked: tuple[int, int],
    number: int = 1,
    location: str | None = None,
    tracking: Tracking | None = None,
) -> CreateShipment:
    """A shipment is made of lines, each with its units; of all that are left without."""
    return CreateShipment(
        org=ORG,
        actor=ACTOR,
        key=f"create {number} {shipment}",
        sent={"order": number, "lines": list(asked)},
        order=order_id(number),
        shipment=shipment,
        lines=tuple(AskedGoods(*each) for each in asked),
        location=location,
        tracking=tracking,
    )


def leave(
    shipment: str = "shp_1", number: int = 1, *, tracking: Tracking | None = None, key: str = ""
) -> ShipShipment:
    """A shipment leaves."""
    return ShipShipment(
        org=ORG,
        actor=ACTOR,
        key=key or f"ship {number} {shipment}",
        sent={"order": number, "shipment": shipment},
        order=order_id(number),
        shipment=shipment,
        tracking=tracking,
    )


def arrive(shipment: str = "shp_1", number: int = 1) -> DeliverShipment:
    """A shipment arrives."""
    return DeliverShipment(
        org=ORG,
        actor=ACTOR,
        key=f"deliver {number} {shipment}",
        sent={"order": number, "shipment": shipment},
        order=order_id(number),
        shipment=shipment,
    )


def unpack(shipment: str = "shp_1", number: int = 1, *, key: str = "") -> CancelShipment:
    """A shipment is given up."""
    return CancelShipment(
        org=ORG,
        actor=ACTOR,
        key=key or f"unpack {number} {shipment}",
        sent={"order": number, "shipment": shipment},
        order=order_id(number),
        shipment=shipment,
    )


def send_back(
    name: str = "ret_1", *asked: tuple[int, int], number: int = 1, reason: str | None = None
) -> RequestReturn:
    """Units are to come back of lines; all that were sent without."""
    return RequestReturn(
        org=ORG,
        actor=ACTOR,
        key=f"return {number} {name}",
        sent={"order": number, "lines": list(asked)},
        order=order_id(number),
        order_return=name,
        lines=tuple(AskedReturn(*each) for each in asked),
        reason=sealed(reason, REASON, USER),
    )


def come_back(
    name: str = "ret_1", *came: CameBack, number: int = 1, key: str = ""
) -> ReceiveReturn:
    """Units have come back; all of them without."""
    return ReceiveReturn(
        org=ORG,
        actor=ACTOR,
        key=key or f"receive {number} {name}",
        sent={"order": number, "return": name, "lines": [list(each) for each in came]},
        order=order_id(number),
        order_return=name,
        came=came,
    )


def pay_back(name: str = "ret_1", number: int = 1, *, key: str = "") -> RefundReturn:
    """The money of what has come back goes back."""
    key = key or f"refund {number} {name}"
    return RefundReturn(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"order": number, "return": name},
        order=order_id(number),
        order_return=name,
        refund=f"ref of {key}",
    )


def exchange(
    new: PlaceOrder, worth: int, name: str = "ret_1", number: int = 1, *, key: str = ""
) -> ExchangeReturn:
    """What has come back, which is worth so much, is exchanged for a new order."""
    key = key or f"exchange {number} {name}"
    return ExchangeReturn(
        org=ORG,
        actor=ACTOR,
        key=key,
        sent={"order": number, "return": name, "new": new.order},
        order=order_id(number),
        order_return=name,
        exchange=f"exc of {key}",
        refund=f"ref of {key}",
        expected_value=worth,
        new=replace(new, key=""),
    )


def keep(name: str = "ret_1", number: int = 1) -> CancelReturn:
    """A return is given up."""
    return CancelReturn(
        org=ORG,
        actor=ACTOR,
        key=f"keep {number} {name}",
        sent={"order": number, "return": name},
        order=order_id(number),
        order_return=name,
    )
