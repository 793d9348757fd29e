"""Health: whether the service lives, can serve, and what it counts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import PlainTextResponse

from api.deadline import set_deadline
from api.http.answers import Answer, Ok
from api.http.auth.caller import Caller
from api.http.auth.needs import Anyone, RequiresSomewhere
from api.http.lease_metrics import leases_page
from api.http.operation_metrics import operations_page
from api.http.proof.sealing_metrics import sealing_page
from api.http.router import Router
from api.http.service import service_of
from api.queries.leases import lease_states
from api.queries.operations import followers, operations
from api.queries.proof.checkpoints import sealing_state
from api.queries.tenancy.directory import migrations_applied
from ledger.kernel.errors import Unavailable

BEHIND_US = 2_000_000
"""From when on a read model is said to be behind."""

MetricsReader = Annotated[Caller, Depends(RequiresSomewhere("orgs:any"))]

router = Router(tags=["service"])


class StatusAnswer(Answer):
    """How the service is."""

    status: str


class ReadyAnswer(StatusAnswer):
    """That it can serve, which followers are not up to date: more than two seconds behind, or with
    orgs that are set aside (docs/alarms.md), and who writes each shard: `here`, or `elsewhere`
    where the writer of another service does."""

    behind: list[str]
    set_aside: list[str]
    shards: dict[str, str]


@router.get("/healthz")
async def healthz(caller: Anyone) -> Ok[StatusAnswer]:
    """The process answers."""
    return Ok(StatusAnswer("ok"))


@router.get("/readyz")
async def readyz(caller: Anyone, request: Request) -> Ok[ReadyAnswer]:
    """The database answers and has every migration, the writer takes commands, and what was
    recorded is signed. A read model that is behind is named: its lists are behind, and all else
    is served."""
    service = service_of(request)
    set_deadline(service.ready_s)
    if not service.writer.is_there:
        raise Unavailable("the writer is being started again, or held elsewhere and not reached.")
    if service.writer.is_refused:
        raise Unavailable("the database takes nothing: its disk may be full.")
    if service.migrations - await migrations_applied(service.reader):
        raise Unavailable("the database is not migrated: run tally migrate.")
    await service.sealing.require_signed()
    found, now_us = await followers(service.reader), service.clock()
    behind = [each.name for each in found if each.lag_us(now_us) > BEHIND_US]
    set_aside = [each.name for each in found if each.parked]
    return Ok(ReadyAnswer("ready", behind, set_aside, service.writer.held))


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(caller: MetricsReader) -> Response:
    """For Prometheus. Operators only: it would tell a tenant the volume of others."""
    service = caller.service
    sealing = sealing_page(await sealing_state(service.reader), service.clock())
    counted = await service.siblings.sum_with(service.metrics)
    return counted.page(
        sealing
        + operations_page(await operations(service.reader), service.clock())
        + leases_page(await lease_states(service.reader))
    )
