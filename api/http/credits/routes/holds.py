"""Holds: placed before the work; captured, released or expired, exactly one of them."""

from __future__ import annotations

import asyncio
import re

import msgspec

from api.commands.credits.hold_result import HoldResult
from api.commands.credits.holds import CaptureHold, ExtendHold, PlaceHold, ReleaseHold
from api.commands.result import StoredFact
from api.http.answers import Created, ListAnswer, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.credits.answers.holds import CaptureAnswer, HoldAnswer, hold_answer
from api.http.credits.answers.results import ResultAnswers
from api.http.credits.bodies import Capture, CaptureBody, Extend, ExtendBody, Hold, HoldBody
from api.http.credits.permissions import HoldsReader, HoldsWriter
from api.http.credits.uses import capture_of, quantities_of
from api.http.errors import TooManyReads
from api.http.paging import Cursors, Limit
from api.http.parameters import User
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.credits.holds import FIRST_PLACE, FoundHold, Status, after, find_hold, open_holds
from api.queries.tenancy.directory import head_of
from ledger.credits.holds import HoldPlaced
from ledger.kernel.errors import (
    Archived,
    CapExceeded,
    Conflict,
    InsufficientCredits,
    NotFound,
    PriceNotFound,
    Suspended,
    TooManyHolds,
    TooManyLots,
)
from ledger.kernel.ids import wallet_names
from ledger.kernel.limits import HOLD_DEFAULT_US
from ledger.kernel.money import CREDIT, parse_amount

router = Router(prefix="/v1/billing/holds", tags=["holds"])

SECOND_US = 1_000_000
HOLD_ID_PATTERN = r"hold_[0-9a-f]{24}"
_ID = re.compile(HOLD_ID_PATTERN)


@router.post(
    "",
    openapi_extra=may_answer(
        CapExceeded, InsufficientCredits, PriceNotFound, Suspended, TooManyHolds, TooManyLots
    ),
)
async def place(caller: HoldsWriter, key: IdempotencyKey, body: Hold) -> Created[HoldAnswer]:
    """Set credit aside for work that is about to be done, for 15 minutes unless said."""
    placed, replayed = await place_hold(caller, key, body)
    return Created(placed, replayed=replayed)


@router.get("", openapi_extra=may_answer(TooManyReads))
async def holds(
    caller: HoldsReader, user: User | None = None, cursor: str | None = None, limit: Limit = None
) -> Ok[ListAnswer[HoldAnswer]]:
    """The open holds, newest first, of one user or of all the caller may see."""
    user = caller.filter(user)
    cursors = Cursors(caller, "holds", {"user": user})
    before = cursors.read(cursor, tuple[int, str], FIRST_PLACE)
    page = cursors.page(limit)
    service = caller.service
    reader = service.long_reader
    async with service.reads.read(caller.org):
        as_of = await head_of(reader, caller.org)
        found = await open_holds(reader, caller.org, user, service.clock(), before, page.asked)
        found = page.cut(found, lambda each: each.place)
        return await asyncio.to_thread(_listed, found, page.next_cursor, as_of)


def _listed(
    found: list[FoundHold], next_cursor: str | None, as_of: int
) -> Ok[ListAnswer[HoldAnswer]]:
    return Ok(ListAnswer([hold_answer(each) for each in found], next_cursor, as_of))


@router.get("/{hold_id}", openapi_extra=may_answer(Archived))
async def hold(caller: HoldsReader, hold_id: str) -> Ok[HoldAnswer]:
    """One hold, also one that has ended."""
    _check_id(hold_id)
    service = caller.service
    found = await find_hold(service.reader, caller.org, hold_id, service.clock())
    if found is None or not caller.sees(found.hold.user):
        raise _not_there()
    return Ok(hold_answer(found))


@router.post("/{hold_id}/capture", openapi_extra=may_answer(Conflict, PriceNotFound, TooManyLots))
async def capture(
    caller: HoldsWriter, key: IdempotencyKey, hold_id: str, body: Capture
) -> Ok[CaptureAnswer]:
    """Debit the actual use: what was not needed goes back, what is missing is taken too."""
    captured, replayed = await capture_hold(caller, key, hold_id, body)
    return Ok(captured, replayed=replayed)


@router.post("/{hold_id}/release", openapi_extra=may_answer(Conflict))
async def release(caller: HoldsWriter, key: IdempotencyKey, hold_id: str) -> Ok[HoldAnswer]:
    """Give everything back: the work was not done."""
    released, replayed = await release_hold(caller, key, hold_id)
    return Ok(released, replayed=replayed)


@router.post("/{hold_id}/extend", openapi_extra=may_answer(Conflict))
async def extend(
    caller: HoldsWriter, key: IdempotencyKey, hold_id: str, body: Extend
) -> Ok[HoldAnswer]:
    """Let a hold last that long from now; with all its extensions at most seven days."""
    longer, replayed = await extend_hold(caller, key, hold_id, body)
    return Ok(longer, replayed=replayed)


async def place_hold(caller: Caller, key: str, body: HoldBody) -> tuple[HoldAnswer, bool]:
    """Return the hold placed, and whether it was before."""
    sent = caller.says(body.sent())
    if body.amount is not None:
        sent["amount"] = parse_amount(body.amount, CREDIT, "amount")
    command = PlaceHold(
        **caller.asks(key),
        sent=sent,
        hold_id=caller.new_id("hold"),
        user=caller.user(body.user),
        lasts_us=body.expires_in * SECOND_US if body.expires_in else HOLD_DEFAULT_US,
        amount=sent.get("amount"),
        service=body.service,
        project=body.project,
        provider=body.provider,
        model=body.model,
        quantities=_expected(body),
        reference=body.reference,
    )
    result = await caller.service.writer.submit(command)
    return hold_answer(_placed_by(result.stored_fact)), result.replayed


async def capture_hold(
    caller: Caller, key: str, hold_id: str, body: CaptureBody
) -> tuple[CaptureAnswer, bool]:
    """Return the hold captured and its transaction, and whether it was before."""
    _check_id(hold_id)
    use = capture_of(body, hold_id, caller)
    command = CaptureHold(
        **caller.asks(key),
        sent={"hold": hold_id, "use": use.fingerprint},
        hold_id=hold_id,
        use=use,
        named=body.user,
    )
    result = await caller.service.writer.submit(command)
    ended = await _ended(caller, result, hold_id, Status.CAPTURED)
    transaction = ResultAnswers().transaction(result, use.content)
    return CaptureAnswer(hold_answer(ended), transaction), result.replayed


async def release_hold(caller: Caller, key: str, hold_id: str) -> tuple[HoldAnswer, bool]:
    """Return the hold released, and whether it was before."""
    _check_id(hold_id)
    command = ReleaseHold(
        **caller.asks(key),
        sent={"hold": hold_id},
        hold_id=hold_id,
    )
    result = await caller.service.writer.submit(command)
    ended = await _ended(caller, result, hold_id, Status.RELEASED)
    return hold_answer(ended), result.replayed


async def extend_hold(
    caller: Caller, key: str, hold_id: str, body: ExtendBody
) -> tuple[HoldAnswer, bool]:
    """Return the hold extended, and whether it was before."""
    _check_id(hold_id)
    command = ExtendHold(
        **caller.asks(key),
        sent=body.sent() | {"hold": hold_id},
        hold_id=hold_id,
        lasts_us=body.expires_in * SECOND_US,
    )
    result = await caller.service.writer.submit(command)
    if result.before is None:
        longer = await _as_of(caller, result, hold_id)
    else:
        longer = after(_placed_by(result.before.placed), result.stored_fact.fact)
    return hold_answer(longer), result.replayed


async def _ended(caller: Caller, result: HoldResult, hold_id: str, status: Status) -> FoundHold:
    """Return a hold that a command has ended; as `after` would say, without reading the fact."""
    if result.before is None:
        return await _as_of(caller, result, hold_id)
    found = _placed_by(result.before.placed)
    return msgspec.structs.replace(
        found,
        hold=msgspec.structs.replace(found.hold, expires_us=result.before.expires_us),
        status=status,
        ended_us=result.stored_fact.recorded_us,
    )


async def _as_of(caller: Caller, result: HoldResult, hold_id: str) -> FoundHold:
    """Return a hold as it was after a command, the same whenever it is asked for."""
    until = result.stored_fact.version
    found = await find_hold(caller.service.reader, caller.org, hold_id, until=until)
    assert found is not None
    return found


def _placed_by(placed: StoredFact) -> FoundHold:
    """Return a hold as a fact has placed it."""
    fact = placed.fact
    assert isinstance(fact, HoldPlaced)
    owner, _ = wallet_names(placed.aggregate_id)
    return FoundHold(fact.hold, owner, placed.sequence, placed.hash)


def _expected(body: HoldBody) -> dict[str, int]:
    return quantities_of(
        input_tokens=body.input_tokens,
        cached_tokens=body.cached_tokens,
        cache_write_tokens=body.cache_write_tokens,
        output_tokens=body.max_output_tokens,
        quantities=body.quantities,
    )


def _check_id(hold_id: str) -> None:
    if not _ID.fullmatch(hold_id):
        raise _not_there()


def _not_there() -> NotFound:
    return NotFound("there is no hold of that id.", field="id")
