"""Routes of internal transfers: the list, one as it is, sent, received and refused."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.commands.internal_transfers.transfers import (
    ReceiveInternalTransfer,
    RefuseInternalTransfer,
    SendInternalTransfer,
)
from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.internal_transfers.answers import (
    InternalTransferAnswer,
    InternalTransfersAnswer,
    transfer_answer,
)
from api.http.internal_transfers.bodies import MovedUnits, RefusedUnits
from api.http.internal_transfers.permissions import (
    InternalTransfersReader,
    InternalTransfersReceiver,
    InternalTransfersSender,
)
from api.http.ordering.of_order import listed_owner, seen
from api.http.ordering.routes.orders import GuestSecret
from api.http.paging import Cursors, Limit
from api.http.parameters import Text, User, check_choice, checked_text
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.internal_transfers.internal_transfers import FoundTransfer, list_of, transfer_of
from api.queries.lists import FIRST_PLACE
from ledger.internal_transfers.transfer_units import TransferStatus
from ledger.kernel.errors import Conflict, NotFound, OutOfStock

router = Router(prefix="/v1/internal-transfers", tags=["internal transfers"])

Status = Annotated[str | None, Query(json_schema_extra={"enum": list(TransferStatus)})]


@router.get("", openapi_extra=may_answer(NotFound))
async def list_internal_transfers(
    caller: InternalTransfersReader,
    user: User | None = None,
    order: Text | None = None,
    from_location: Text | None = None,
    to_location: Text | None = None,
    status: Status = None,
    cursor: str | None = None,
    limit: Limit = None,
    guest_secret: GuestSecret = None,
) -> Ok[InternalTransfersAnswer]:
    """Internal transfers of orders of one user or of all the caller may see, those requested last
    first; those that are `requested` or `sent` wait for somebody. A guest sees those of the order
    whose secret they have."""
    check_choice(status, tuple(TransferStatus), "status")
    owner = await listed_owner(caller, user, order, guest_secret)
    filters = {
        "user": owner,
        "order": checked_text(order, "order"),
        "from_location": checked_text(from_location, "from_location"),
        "to_location": checked_text(to_location, "to_location"),
        "status": status,
    }
    cursors = Cursors(caller, "internal_transfers", filters)
    before, page = cursors.read(cursor, tuple[int, str], FIRST_PLACE), cursors.page(limit)
    found = await list_of(caller.service.reader, caller.org, filters, before, page.asked)
    rows = page.cut(found, lambda each: each.place)
    return Ok(InternalTransfersAnswer([transfer_answer(each) for each in rows], page.next_cursor))


@router.get("/{transfer}", openapi_extra=may_answer(NotFound))
async def look_at_internal_transfer(
    caller: InternalTransfersReader, transfer: str, guest_secret: GuestSecret = None
) -> Ok[InternalTransferAnswer]:
    """An internal transfer, as it is now."""
    return Ok(transfer_answer(await _find(caller, transfer, guest_secret)))


@router.post("/{transfer}/send", openapi_extra=may_answer(NotFound, Conflict, OutOfStock))
async def send_internal_transfer(
    caller: InternalTransfersSender, key: IdempotencyKey, transfer: str, body: MovedUnits
) -> Ok[InternalTransferAnswer]:
    """Have units leave, or all that are still to: they are on hand no more where they come from,
    and not yet where they go."""
    await _find(caller, transfer)
    command = SendInternalTransfer(
        **caller.asks(key),
        sent={"transfer": transfer, **body.sent()},
        transfer=transfer,
        units=body.units,
    )
    result = await caller.service.writer.submit(command)
    return Ok(transfer_answer(await _find(caller, transfer)), replayed=result.replayed)


@router.post("/{transfer}/receive", openapi_extra=may_answer(NotFound, Conflict))
async def receive_internal_transfer(
    caller: InternalTransfersReceiver, key: IdempotencyKey, transfer: str, body: MovedUnits
) -> Ok[InternalTransferAnswer]:
    """Say that units have arrived, or all that are on their way: they are on hand where they
    went."""
    await _find(caller, transfer)
    command = ReceiveInternalTransfer(
        **caller.asks(key),
        sent={"transfer": transfer, **body.sent()},
        transfer=transfer,
        units=body.units,
    )
    result = await caller.service.writer.submit(command)
    return Ok(transfer_answer(await _find(caller, transfer)), replayed=result.replayed)


@router.post("/{transfer}/refuse", openapi_extra=may_answer(NotFound, Conflict))
async def refuse_internal_transfer(
    caller: InternalTransfersReceiver, key: IdempotencyKey, transfer: str, body: RefusedUnits
) -> Ok[InternalTransferAnswer]:
    """Say that units are not taken, or none that are on their way: they are on hand again where
    they had left, and are nobody's. What was paid for them goes back by a refund, or not at
    all."""
    found = await _find(caller, transfer)
    command = RefuseInternalTransfer(
        **caller.asks(key),
        sent={"transfer": transfer, "units": body.units},  # the reason is compared by its digest
        transfer=transfer,
        units=body.units,
        reason=sealed_reason(caller, body.reason, found.owner or found.order),
    )
    result = await caller.service.writer.submit(command)
    return Ok(transfer_answer(await _find(caller, transfer)), replayed=result.replayed)


async def _find(caller: Caller, transfer: str, secret: str | None = None) -> FoundTransfer:
    """Return an internal transfer that the caller may see, or whose order's secret they have.
    Raises NotFound."""
    found = await transfer_of(caller.service.reader, caller.org, transfer)
    none_such = NotFound("there is no internal transfer of that id.", field="id")
    return await seen(caller, found, secret, none_such)
