"""The needs of handlers: what one must hold to call them, as the type of the first parameter.

A route cannot be added whose handler does not say (`api/http/router.py`): that it needs a
permission of `schemas/permissions.yaml`, and where, or that `Anyone` may call. Each context has
its own in its `permissions.py`; the fast path takes them from the same handlers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_type_hints

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from api.http.auth.caller import Caller, place_of, request_id, subject_of
from api.http.service import Service, service_of
from api.permissions import GRANTED
from api.queries.tenancy.directory import Credential
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Forbidden, Invalid, MissingInput, NotFound
from ledger.kernel.ids import ORG_PATTERN, PLATFORM

_ORG = re.compile(ORG_PATTERN)

COUNTED = "tally.counted"
"""In the scope of a request that limits have let through."""


@dataclass(frozen=True)
class Need:
    """A permission that is needed; the empty one is everyone's."""

    permission: str

    def __post_init__(self) -> None:
        if self.permission and self.permission not in GRANTED:
            raise ValueError(f"schemas/permissions.yaml does not know {self.permission}.")


@dataclass(frozen=True)
class NeedsNothing(Need):
    """Whoever asks: what is said there is nobody's."""

    permission: str = ""

    async def __call__(self) -> None:
        return None


@dataclass(frozen=True)
class Requires(Need):
    """In the org of the credential, or the one that an operator names with X-Org."""

    platform: bool = False
    """Whether the platform itself may be named."""

    async def __call__(self, request: Request) -> Caller:
        caller = await self.of(service_of(request), request)
        return await _within_limits(request, caller, self.permission)

    async def of(self, service: Service, request: Request) -> Caller:
        """Return who calls a service with a request."""
        credential = await service.credentials.of(request.headers.get("authorization"))
        org = await self._org(service, credential, request.headers.get("x-org"))
        return _caller(request, service, credential, org, self.permission)

    async def _org(self, service: Service, credential: Credential, named: str | None) -> str:
        if not credential.may("orgs:any"):
            _refuse_x_org(named)
            return credential.org
        if not named:
            raise MissingInput("name the org: X-Org: its-id", field="X-Org")
        if named == PLATFORM and self.platform:
            return named
        if not _ORG.fullmatch(named) or not await service.credentials.knows_org(named):
            raise NotFound("there is no org of that id.", field="X-Org")
        return named


@dataclass(frozen=True)
class RequiresOnPath(Need):
    """In the org of the path. Another tenant's org does not exist for the caller."""

    async def __call__(self, request: Request, org: str) -> Caller:
        service = service_of(request)
        credential = await service.credentials.of(request.headers.get("authorization"))
        named = request.headers.get("x-org")
        hidden = None
        if credential.may("orgs:any"):
            known = _ORG.fullmatch(org) and (
                org == PLATFORM or await service.credentials.knows_org(org)
            )
            if named is not None and named != org:
                raise Invalid("X-Org names another org than the path.", field="X-Org")
        else:
            _refuse_x_org(named)
            known = org == credential.org
            hidden = Forbidden("the path names another org than the key's.", field="org")
        if not known:
            # The answer does not say that the org exists; the access log learns the true reason.
            raise NotFound("there is no org of that id.", field="org") from hidden
        caller = _caller(request, service, credential, org, self.permission)
        return await _within_limits(request, caller, self.permission)


@dataclass(frozen=True)
class RequiresSomewhere(Need):
    """In the credential's own org; for an operator that is the platform, which sees every org."""

    async def __call__(self, request: Request) -> Caller:
        service = service_of(request)
        credential = await service.credentials.of(request.headers.get("authorization"))
        if not credential.may("orgs:any"):
            _refuse_x_org(request.headers.get("x-org"))
        caller = _caller(request, service, credential, credential.org, self.permission)
        return await _within_limits(request, caller, self.permission)


Anyone = Annotated[None, Depends(NeedsNothing())]


def need_of(handler: Callable[..., Any]) -> Need:
    """Return what a handler needs. Raises TypeError where its first parameter does not say."""
    hints = get_type_hints(handler, include_extras=True)
    first = next(iter(hints.values()), None)
    for each in get_args(first)[1:]:
        if isinstance(each, Dependency) and isinstance(each.dependency, Need):
            return each.dependency
    raise TypeError(f"{handler.__qualname__} does not say first what its caller needs.")


def _refuse_x_org(named: str | None) -> None:
    if named is not None:
        raise Forbidden("only an operator names an org: your key is of one.", field="X-Org")


def _refuse_unknown_query(request: Request) -> None:
    """A filter that is misspelt must not become a list of everything."""
    if not request.scope["query_string"]:
        return
    known = {each.alias for each in request.scope["route"].dependant.query_params}
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in known:
            raise Invalid(f"{name} is not a parameter of this request.", field=name)
        if given.count(name) > 1:
            raise Invalid(f"{name} is given more than once.", field=name)


async def _within_limits(request: Request, caller: Caller, permission: str) -> Caller:
    """Return the caller, if limits leave room for the request; what the fast path has passed on is
    counted there."""
    if COUNTED not in request.scope:
        await caller.spend_request(permission)
    return caller


def _caller(
    request: Request, service: Service, credential: Credential, org: str, permission: str
) -> Caller:
    if not credential.may_own(permission):
        raise Forbidden(f"the role {credential.role} may not {permission}.")
    _refuse_unknown_query(request)
    subject = subject_of(credential)
    origin = service.origins.of(org, credential.key, subject, *place_of(request))
    actor = Actor(subject, credential.key, request_id(request), origin.digest)
    own = not credential.may(permission)
    return Caller(service, credential, org, actor, origin, own)
