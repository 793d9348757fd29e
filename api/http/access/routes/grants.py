"""Grants of orders: the list of what was given, one as it is, and access that is revoked."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.commands.access.grants import RevokeGrant
from api.http.access.answers import GrantAnswer, GrantsAnswer, grant_answer
from api.http.access.bodies import Revocation
from api.http.access.permissions import GrantsReader, GrantsWriter
from api.http.answers import Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.ordering.of_order import listed_owner, seen
from api.http.ordering.routes.orders import GuestSecret
from api.http.paging import Cursors, Limit
from api.http.parameters import Text, User, check_choice, checked_text
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.queries.access.grants import FoundGrant, grant_of, grants_of
from api.queries.lists import FIRST_PLACE
from ledger.access.grant_base import GrantState
from ledger.catalogue.item_type import Kind
from ledger.kernel.errors import Conflict, NotFound

router = Router(prefix="/v1/grants", tags=["access"])


@router.get("", openapi_extra=may_answer(NotFound))
async def list_grants(
    caller: GrantsReader,
    user: User | None = None,
    order: Text | None = None,
    kind: Annotated[str | None, Query(json_schema_extra={"enum": list(Kind)})] = None,
    course: Text | None = None,
    state: Annotated[str | None, Query(json_schema_extra={"enum": list(GrantState)})] = None,
    cursor: str | None = None,
    limit: Limit = None,
    guest_secret: GuestSecret = None,
) -> Ok[GrantsAnswer]:
    """What orders have given that is no parcel, of one user or of all the caller may see, the
    newest first: of an `order`, of a `kind`, to a `course`, or what is `active` now. A guest sees
    that of the order whose secret they have."""
    check_choice(kind, tuple(Kind), "kind")
    check_choice(state, tuple(GrantState), "state")
    owner = await listed_owner(caller, user, order, guest_secret)
    filters = {
        "user": owner,
        "order": checked_text(order, "order"),
        "kind": kind,
        "course": checked_text(course, "course"),
        "state": state,
    }
    cursors = Cursors(caller, "grants", filters)
    before, page = cursors.read(cursor, tuple[int, str], FIRST_PLACE), cursors.page(limit)
    service = caller.service
    found = await grants_of(
        service.reader, caller.org, filters, before, page.asked, service.clock()
    )
    rows = page.cut(found, lambda each: each.place)
    return Ok(GrantsAnswer([grant_answer(each) for each in rows], page.next_cursor))


@router.get("/{grant}", openapi_extra=may_answer(NotFound))
async def look_at_grant(
    caller: GrantsReader, grant: str, guest_secret: GuestSecret = None
) -> Ok[GrantAnswer]:
    """What one line of an order has given, as it is now."""
    return Ok(grant_answer(await find_grant(caller, grant, guest_secret)))


@router.post("/{grant}/revoke", openapi_extra=may_answer(NotFound, Conflict))
async def revoke_grant(
    caller: GrantsWriter, key: IdempotencyKey, grant: str, body: Revocation
) -> Ok[GrantAnswer]:
    """Take access or a download back, whatever became of its money. Credits and plans go back with
    their money: refund the line."""
    found = await find_grant(caller, grant)
    command = RevokeGrant(
        **caller.asks(key),
        sent={"grant": grant},  # the reason is erasable: compared by its digest
        grant=grant,
        reason=sealed_reason(caller, body.reason, found.owner or found.order),
    )
    result = await caller.service.writer.submit(command)
    return Ok(grant_answer(await find_grant(caller, grant)), replayed=result.replayed)


async def find_grant(caller: Caller, grant: str, secret: str | None = None) -> FoundGrant:
    """Return what was given, if the caller may see it, or has the secret of its order. Raises
    NotFound."""
    service = caller.service
    found = await grant_of(service.reader, caller.org, grant, service.clock())
    none_such = NotFound("there is no grant of that id.", field="id")
    return await seen(caller, found, secret, none_such)
