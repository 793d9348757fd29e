"""The inbox: what providers told us, and what became of each; for who operates."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Query

from api.http.answers import ListAnswer, Ok
from api.http.auth.caller import Caller
from api.http.paging import Cursors, Limit
from api.http.parameters import check_choice
from api.http.problem_schemas import may_answer
from api.http.purchases.answers.purchases import InboxEntryAnswer, inbox_answer
from api.http.purchases.bodies import Assignment
from api.http.purchases.permissions import InboxReader, InboxWriter
from api.http.router import Router
from api.queries.lists import FIRST_PLACE
from api.queries.purchases.inbox import InboxEntry, entries, entry
from api.queries.tenancy.directory import head_of
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import PLATFORM
from ledger.purchases.inbox import Assigned, InboxState, notice_key

router = Router(prefix="/v1/billing/inbox", tags=["purchases"])


@router.get("")
async def list_inbox(
    caller: InboxReader,
    state: Annotated[str | None, Query(json_schema_extra={"enum": list(InboxState)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
) -> Ok[ListAnswer[InboxEntryAnswer]]:
    """What providers of payments told us, the newest first. What is parked waits for a person, and
    says why."""
    wanted = _state(state)
    cursors = Cursors(caller, "inbox", {"state": state})
    before = cursors.read(cursor, tuple[int, str], FIRST_PLACE)
    page = cursors.page(limit)
    reader = caller.service.reader
    found = await entries(reader, wanted, before, page.asked)
    found = page.cut(found, lambda each: each.place)
    as_of = await head_of(reader, PLATFORM)
    return Ok(ListAnswer([inbox_answer(each) for each in found], page.next_cursor, as_of))


@router.get("/{provider}/{event}", openapi_extra=may_answer(NotFound))
async def look_at_notice(caller: InboxReader, provider: str, event: str) -> Ok[InboxEntryAnswer]:
    """One notice, by its id at the provider."""
    return Ok(inbox_answer(await _entry(caller, provider, event)))


@router.post("/{provider}/{event}/retry", openapi_extra=may_answer(NotFound, Conflict))
async def retry_notice(caller: InboxWriter, provider: str, event: str) -> Ok[InboxEntryAnswer]:
    """Act once more on a notice that has ended: what it did already it does not do again."""
    found = await _entry(caller, provider, event)
    await _again(caller, found)
    return Ok(inbox_answer(await _entry(caller, provider, event)))


@router.post("/{provider}/{event}/assign", openapi_extra=may_answer(NotFound, Conflict))
async def assign_notice(
    caller: InboxWriter, provider: str, event: str, body: Assignment
) -> Ok[InboxEntryAnswer]:
    """Say of which purchase a parked notice is, and act on it."""
    found = await _entry(caller, provider, event)
    if found.state is not InboxState.PARKED:
        raise Conflict(f"the notice is {found.state}: only a parked one is assigned.", field="id")
    if not await caller.service.credentials.knows_org(body.org):
        raise NotFound("there is no org of that id.", field="org")
    actor = msgspec.structs.replace(caller.actor, origin=None)  # its text is not kept with it
    await _again(caller, found, Assigned(body.org, body.purchase, actor))
    return Ok(inbox_answer(await _entry(caller, provider, event)))


async def _entry(caller: Caller, provider: str, event: str) -> InboxEntry:
    found = await entry(caller.service.reader, notice_key(provider, event))
    if found is None:
        raise NotFound("there is no notice of that id.", field="id")
    return found


async def _again(caller: Caller, found: InboxEntry, assigned: Assigned | None = None) -> None:
    if not await caller.service.inbox.again(found.kept, assigned):
        raise Conflict("the notice waits to be acted on already.", field="id")


def _state(state: str | None) -> InboxState | None:
    check_choice(state, tuple(InboxState), "state")
    return None if state is None else InboxState(state)
