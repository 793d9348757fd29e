"""Orgs: registered by an operator; an org sees itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import Response

from api.commands.tenancy.orgs import ChangeBillingMode, RegisterOrg
from api.http.answers import answer
from api.http.auth.caller import (
    BillingModeWriter,
    IdempotencyKey,
    OrgReader,
    OrgsReader,
    OrgsWriter,
)
from api.http.paging import Cursors, Limit
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.tenancy.bodies import BillingMode as BillingModeRequest
from api.http.tenancy.bodies import Org
from api.queries.reader import Row
from api.queries.tenancy.directory import head_of, org_row, org_rows
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.times import format_time
from ledger.permissions import allows
from ledger.tenancy.org import BillingMode

router = Router(prefix="/v1/orgs", tags=["orgs"])


@router.post("", status_code=201, openapi_extra=may_answer(Conflict))
async def register(caller: OrgsWriter, key: IdempotencyKey, body: Org) -> Response:
    """Register an org and open its ledger."""
    command = RegisterOrg(
        org=body.id,
        actor=caller.actor,
        origin=caller.origin,
        key=key,
        sent=body.sent(),
        name=body.name,
        billing_mode=BillingMode(body.billing_mode),
    )
    result = await caller.service.writer.submit(command)
    registered_us = result.stored_fact.fact.recorded_us
    value = _org(
        {
            "org": body.id,
            "name": body.name,
            "billing_mode": body.billing_mode,
            "recorded_us": registered_us,
        }
    )
    return answer(value, HTTPStatus.CREATED, replayed=result.replayed)


@router.get("")
async def list_orgs(caller: OrgsReader, cursor: str | None = None, limit: Limit = None) -> Response:
    """Every org for an operator; for others their own."""
    reader = caller.service.reader
    if allows(caller.credential.role, "orgs:any"):
        cursors = Cursors(caller, "orgs")
        after = cursors.read(cursor, str, "")
        page = cursors.page(limit)
        rows = page.cut(await org_rows(reader, after, page.asked), lambda row: row["org"])
        next_cursor = page.next_cursor
    else:
        own = await org_row(reader, caller.org)
        rows, next_cursor = [own] if own else [], None
    as_of = await head_of(reader, caller.org)
    data = [_org(row) for row in rows]
    return answer({"data": data, "next_cursor": next_cursor, "as_of_sequence": as_of})


@router.get("/{org}")
async def get_org(caller: OrgReader) -> Response:
    """One org."""
    row = await org_row(caller.service.reader, caller.org)
    if row is None:
        raise NotFound("there is no org of that id.", field="org")
    return answer(_org(row))


@router.patch("/{org}", openapi_extra=may_answer(Conflict))
async def change(
    caller: BillingModeWriter, key: IdempotencyKey, body: BillingModeRequest
) -> Response:
    """Change whose wallets pay for usage from now on; open holds stay where they are."""
    command = ChangeBillingMode(
        **caller.asks(key),
        sent=body.sent(),
        billing_mode=BillingMode(body.billing_mode),
    )
    result = await caller.service.writer.submit(command)
    row = await org_row(caller.service.reader, caller.org)
    assert row is not None
    value = _org(row | {"billing_mode": body.billing_mode})
    return answer(value, replayed=result.replayed)


def _org(row: Row) -> dict[str, Any]:
    return {
        "id": row["org"],
        "name": row["name"],
        "billing_mode": row["billing_mode"],
        "created_at": format_time(row["recorded_us"]),
    }
