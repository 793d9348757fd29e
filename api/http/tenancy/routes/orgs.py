"""Orgs: registered by an operator; an org sees itself."""

from __future__ import annotations

from api.commands.tenancy.orgs import ChangeBillingMode, MoveOrg, RegisterOrg
from api.http.answers import Created, ListAnswer, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.paging import Cursors, Limit
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.tenancy.answers import MovedOrgAnswer, OrgAnswer, org_answer
from api.http.tenancy.bodies import BillingMode as BillingModeRequest
from api.http.tenancy.bodies import Move, Org
from api.http.tenancy.permissions import (
    BillingModeWriter,
    OrgMover,
    OrgReader,
    OrgsReader,
    OrgsWriter,
)
from api.queries.tenancy.directory import head_of, org_row, org_rows
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.times import format_time
from ledger.tenancy.org import BillingMode

router = Router(prefix="/v1/orgs", tags=["orgs"])


@router.post("", openapi_extra=may_answer(Conflict))
async def register(caller: OrgsWriter, key: IdempotencyKey, body: Org) -> Created[OrgAnswer]:
    """Register an org and open its ledger. What it records from then on is written in the shard
    that is named, else in that of one of the writers, over which new orgs spread."""
    command = RegisterOrg(
        org=body.id,
        actor=caller.actor,
        origin=caller.origin,
        key=key,
        sent=body.sent(),
        name=body.name,
        billing_mode=BillingMode(body.billing_mode),
        shard=body.shard or caller.service.writer.spread(body.id),
    )
    result = await caller.service.writer.submit(command)
    registered_us = result.stored_fact.fact.recorded_us
    value = OrgAnswer(body.id, body.name, body.billing_mode, format_time(registered_us))
    return Created(value, replayed=result.replayed)


@router.get("")
async def list_orgs(
    caller: OrgsReader, cursor: str | None = None, limit: Limit = None
) -> Ok[ListAnswer[OrgAnswer]]:
    """Every org for an operator; for others their own."""
    reader = caller.service.reader
    cursors = Cursors(caller, "orgs")
    after = cursors.read(cursor, str, "")
    page = cursors.page(limit)
    if caller.credential.may("orgs:any"):
        rows = page.cut(await org_rows(reader, after, page.asked), lambda row: row["org"])
    else:
        own = await org_row(reader, caller.org)
        rows = [own] if own else []
    as_of = await head_of(reader, caller.org)
    return Ok(ListAnswer(list(map(org_answer, rows)), page.next_cursor, as_of))


@router.get("/{org}")
async def get_org(caller: OrgReader) -> Ok[OrgAnswer]:
    """One org."""
    row = await org_row(caller.service.reader, caller.org)
    if row is None:
        raise NotFound("there is no org of that id.", field="org")
    return Ok(org_answer(row))


@router.post("/{org}/move", openapi_extra=may_answer(Conflict))
async def move(caller: OrgMover, key: IdempotencyKey, body: Move) -> Ok[MovedOrgAnswer]:
    """Have another shard's writer record what the org does from now on. What is under way ends
    first; nothing is lost, and no caller has to know."""
    command = MoveOrg(
        **caller.asks(key),
        sent={"org": caller.org} | body.sent(),
        shard=body.shard,
    )
    result = await caller.service.writer.submit(command)
    moved_at = format_time(result.stored_fact.fact.recorded_us)
    return Ok(MovedOrgAnswer(caller.org, body.shard, moved_at), replayed=result.replayed)


@router.patch("/{org}", openapi_extra=may_answer(Conflict))
async def change(
    caller: BillingModeWriter, key: IdempotencyKey, body: BillingModeRequest
) -> Ok[OrgAnswer]:
    """Change whose wallets pay for usage from now on; open holds stay where they are."""
    command = ChangeBillingMode(
        **caller.asks(key),
        sent=body.sent(),
        billing_mode=BillingMode(body.billing_mode),
    )
    result = await caller.service.writer.submit(command)
    row = await org_row(caller.service.reader, caller.org)
    assert row is not None
    value = org_answer(row | {"billing_mode": body.billing_mode})
    return Ok(value, replayed=result.replayed)
