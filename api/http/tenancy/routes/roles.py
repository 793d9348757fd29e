"""Roles of an org's own: defined by what they let their holders do, changed and removed."""

from __future__ import annotations

from api.commands.tenancy.roles import DefineRole, RemoveRole
from api.http.answers import ListAnswer, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.tenancy.answers import RemovedRoleAnswer, RoleAnswer
from api.http.tenancy.bodies import Role
from api.http.tenancy.permissions import RolesReader, RolesWriter
from api.permissions import check_may_grant
from api.queries.tenancy.credential_changes import ROLES
from api.queries.tenancy.directory import head_of
from api.queries.tenancy.roles import holders_of, roles_of
from ledger.kernel.errors import Conflict
from ledger.kernel.times import format_time
from ledger.tenancy.role_book import check_role_name, no_such_role

router = Router(prefix="/v1/orgs/{org}/roles", tags=["roles"])


@router.get("")
async def list_roles(caller: RolesReader) -> Ok[ListAnswer[RoleAnswer]]:
    """The roles that an org has made for itself, beside those that every org has."""
    reader = caller.service.reader
    roles = await roles_of(reader, caller.org)
    as_of = await head_of(reader, caller.org)
    return Ok(ListAnswer([RoleAnswer(*each) for each in sorted(roles.items())], None, as_of))


@router.get("/{name}")
async def get_role(caller: RolesReader, name: str) -> Ok[RoleAnswer]:
    """One role of an org's own."""
    roles = await roles_of(caller.service.reader, caller.org)
    if name not in roles:
        raise no_such_role("name")
    return Ok(RoleAnswer(name, roles[name]))


@router.put("/{name}", openapi_extra=may_answer(Conflict))
async def define_role(
    caller: RolesWriter, key: IdempotencyKey, name: str, body: Role
) -> Ok[RoleAnswer]:
    """Make a role, or change what it lets its holders do: all of them at once, from now on. Nobody
    gives a role more than they may do themselves."""
    check_role_name(name)
    check_may_grant(caller.credential.permissions, body.permissions, "permissions")
    command = DefineRole(
        **caller.asks(key),
        sent={"name": name, "permissions": body.permissions},
        name=name,
        permissions=body.permissions,
    )
    result = await caller.service.writer.submit(command)
    caller.service.credentials.changed(caller.org, ROLES)
    return Ok(RoleAnswer(name, body.permissions), replayed=result.replayed)


@router.delete("/{name}", openapi_extra=may_answer(Conflict))
async def remove_role(caller: RolesWriter, key: IdempotencyKey, name: str) -> Ok[RemovedRoleAnswer]:
    """Remove a role that no API key holds. A token that names it opens nothing any more."""
    service = caller.service
    command = RemoveRole(
        **caller.asks(key),
        sent={"name": name},
        name=name,
        holders=await holders_of(service.reader, caller.org, name, service.clock()),
    )
    result = await service.writer.submit(command)
    service.credentials.changed(caller.org, ROLES)
    removed_at = format_time(result.stored_fact.fact.recorded_us)
    return Ok(RemovedRoleAnswer(name, removed_at), replayed=result.replayed)
