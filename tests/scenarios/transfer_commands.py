"""Commands on internal transfers, in a line each, and what they are then."""

from __future__ import annotations

from typing import Any

import msgspec

from api.commands.internal_transfers.transfers import (
    ReceiveInternalTransfer,
    RefuseInternalTransfer,
    SendInternalTransfer,
)
from ledger.catalogue.item_type import Kind
from ledger.fulfilment.inspection import FulfilmentInspection
from ledger.internal_transfers.inspection import InternalTransferInspection
from ledger.inventory.cost_inspection import CostInspection
from ledger.inventory.inspection import StockInspection
from ledger.kernel.report import Report
from ledger.kernel.texts import REASON
from ledger.ordering.inspection import OrderInspection
from ledger.ordering.order_terms import OrderTerms
from ledger.registry import fact_of
from tests.scenarios.commands import ACTOR, ORG, USER, sealed
from tests.scenarios.order_commands import order_id, terms
from tests.scenarios.stock_commands import HERE, THERE
from tests.scenarios.world import World


def moving(
    *lines: tuple[str, int, int],
    places: tuple[str | None, str | None] = (HERE, THERE),
    sold: tuple[tuple[str, int, int], ...] = (),
) -> OrderTerms:
    """Terms of lines that move units from one place to another, and of others that are sold; each
    is a SKU, units and the price of one."""
    agreed = terms(*lines, *sold)
    moved = [
        msgspec.structs.replace(
            line, kind=Kind.INTERNAL_TRANSFER, from_location=places[0], to_location=places[1]
        )
        for line in agreed.lines[: len(lines)]
    ]
    return msgspec.structs.replace(agreed, lines=moved + agreed.lines[len(lines) :])


def _asked(what: str, number: int, line: int, units: int | None, key: str) -> dict[str, Any]:
    return {
        "org": ORG,
        "actor": ACTOR,
        "key": key or f"{what} {number} {line} {units}",
        "sent": {"order": number, "line": line, "units": units},
        "transfer": f"{order_id(number)}-{line}",
        "units": units,
    }


def send(
    units: int | None = None, number: int = 1, line: int = 1, *, key: str = ""
) -> SendInternalTransfer:
    """Units leave."""
    return SendInternalTransfer(**_asked("send", number, line, units, key))


def take_in(
    units: int | None = None, number: int = 1, line: int = 1, *, key: str = ""
) -> ReceiveInternalTransfer:
    """Units arrive."""
    return ReceiveInternalTransfer(**_asked("take in", number, line, units, key))


def turn_away(
    units: int | None = None,
    number: int = 1,
    line: int = 1,
    *,
    key: str = "",
    reason: str | None = None,
) -> RefuseInternalTransfer:
    """Units come back."""
    asked = _asked("turn away", number, line, units, key)
    return RefuseInternalTransfer(**asked, reason=sealed(reason, REASON, USER))


def transfer_row(world: World, number: int = 1, line: int = 1) -> dict[str, Any]:
    """An internal transfer, by its row."""
    name = f"{order_id(number)}-{line}"
    (row,) = world.event_store.kept_rows("internal_transfers", [(ORG, name)])
    return dict(row)


def verify_transfers(world: World) -> Report:
    """What the checks of transfers, stock, orders and fulfilment find."""
    report = Report()
    of_stock = [StockInspection(report), CostInspection(report)]
    checks = [InternalTransferInspection(report), OrderInspection(report)]
    checks += [FulfilmentInspection(report)]
    for event in world.event_store.select_positions(0, 100_000):
        for check in (*of_stock, *checks):
            check.see(event, fact_of(event))
    for check in checks:
        check.end(None, None, lambda org: True)  # type: ignore[arg-type]  # none asks
    return report
