"""The caller: who it is, for which org, and what they may do; handlers say it in their signatures.

A handler under /v1 cannot be written without a `Requires`; each context has its own in its
`permissions.py`, and a test lists them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, TypedDict

from fastapi import Depends, Request

from api.entropy import fresh_uuid
from api.http.service import Service, service_of
from api.queries.tenancy.directory import Credential
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Forbidden, Invalid, MissingInput, NotFound
from ledger.kernel.ids import ORG_PATTERN, PLATFORM, POOL, check_user
from ledger.kernel.limits import TEXT_MAX
from ledger.kernel.roles import Role
from ledger.kernel.texts import Text
from ledger.role_permissions import allows, allows_own

SERVICE, OPERATOR = "@service", "@operator"
"""The subjects of credentials that stand for no person: no user id begins with an @."""

REQUEST_ID_MAX = 255
AGENT_MAX = 500
"""Characters kept of a user agent."""

_ORG = re.compile(ORG_PATTERN)


class Asked(TypedDict):
    """What every command with a key says of who asks for it."""

    org: str
    actor: Actor
    origin: Text
    key: str


class Caller(NamedTuple):
    """A credential at work in an org. `own`: it may only see what is its subject's."""

    service: Service
    credential: Credential
    org: str
    actor: Actor
    origin: Text
    own: bool = False

    def asks(self, key: str) -> Asked:
        """For a command in the caller's org with this idempotency key."""
        return Asked(org=self.org, actor=self.actor, origin=self.origin, key=key)

    def user(self, named: str | None) -> str:
        """Return the user a request is about: the one named, else the credential's subject, else
        the pool."""
        return self.only_own(named or self.credential.subject or POOL)

    def says(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Return what was sent, and whose it is where only the credential says so: another's
        request that looks the same is another request."""
        subject = self.credential.subject
        return sent if subject is None else {"user": subject} | sent

    def filter(self, named: str | None) -> str | None:
        """Return the user a list is narrowed to: the one named, else everyone the caller may
        see."""
        if named is not None:
            return self.only_own(check_user(named))
        return self.credential.subject if self.own else None

    def only_own(self, user: str) -> str:
        """Return the same user, if the caller may see them."""
        if self.own and user != self.credential.subject:
            raise Forbidden("this credential may only see its own.", field="user")
        return user


@dataclass(frozen=True)
class Requires:
    """In the org of the credential, or the one that an operator names with X-Org."""

    permission: str
    platform: bool = False
    """Whether the platform itself may be named."""

    async def __call__(self, request: Request) -> Caller:
        return await self.of(service_of(request), request)

    async def of(self, service: Service, request: Request) -> Caller:
        """Return who calls a service with a request."""
        credential = await service.credentials.of(request.headers.get("authorization"))
        org = await self._org(service, credential, request.headers.get("x-org"))
        return _caller(request, service, credential, org, self.permission)

    async def _org(self, service: Service, credential: Credential, named: str | None) -> str:
        if not allows(credential.role, "orgs:any"):
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
class RequiresOnPath:
    """In the org of the path. Another tenant's org does not exist for the caller."""

    permission: str

    async def __call__(self, request: Request, org: str) -> Caller:
        service = service_of(request)
        credential = await service.credentials.of(request.headers.get("authorization"))
        named = request.headers.get("x-org")
        hidden = None
        if allows(credential.role, "orgs:any"):
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
        return _caller(request, service, credential, org, self.permission)


@dataclass(frozen=True)
class RequiresSomewhere:
    """In the credential's own org; for an operator that is the platform, which sees every org."""

    permission: str

    async def __call__(self, request: Request) -> Caller:
        service = service_of(request)
        credential = await service.credentials.of(request.headers.get("authorization"))
        if not allows(credential.role, "orgs:any"):
            _refuse_x_org(request.headers.get("x-org"))
        return _caller(request, service, credential, credential.org, self.permission)


def idempotency_key(request: Request) -> str:
    """Return the key that makes a command safe to send again."""
    return checked_key(request.headers.get("idempotency-key"))


def checked_key(key: str | None) -> str:
    """Return an Idempotency-Key as it was given. Raises MissingInput or Invalid."""
    if not key:
        raise MissingInput(
            "give an Idempotency-Key: any text of yours that is new for each command, and the "
            "same when you send it again.",
            field="Idempotency-Key",
        )
    if len(key) > TEXT_MAX or not (key.isascii() and key.isprintable()):
        raise Invalid(
            f"Idempotency-Key must have at most {TEXT_MAX} characters, all of them printable "
            "ASCII: other letters arrive in as many forms as there are clients.",
            field="Idempotency-Key",
        )
    return key


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


def _caller(
    request: Request, service: Service, credential: Credential, org: str, permission: str
) -> Caller:
    if not allows_own(credential.role, permission):
        raise Forbidden(f"the role {credential.role} may not {permission}.")
    _refuse_unknown_query(request)
    subject = subject_of(credential)
    origin = service.origins.of(org, credential.key, subject, *place_of(request))
    actor = Actor(subject, credential.key, request_id(request), origin.digest)
    own = not allows(credential.role, permission)
    return Caller(service, credential, org, actor, origin, own)


def place_of(request: Request) -> tuple[str, str]:
    """Return the address and user agent of a request, for people to read on a terminal."""
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")[:AGENT_MAX]
    if not (agent.isascii() and agent.isprintable()):
        agent = agent.encode("unicode_escape").decode("ascii")[:AGENT_MAX]
    return address, agent


def subject_of(credential: Credential) -> str:
    """Return whom a credential stands for: a person, or else a service or an operator."""
    nobody = OPERATOR if credential.role is Role.OPERATOR else SERVICE
    return credential.subject or nobody


def request_id(request: Request) -> str:
    """Return the caller's X-Request-Id if it is clean, else one of ours; the same within a
    request."""
    known: str | None = getattr(request.state, "request_id", None)
    if known is None:
        given = request.headers.get("x-request-id", "")
        known = request.state.request_id = given if is_request_id(given) else fresh_uuid()
    return known


def is_request_id(given: str) -> bool:
    """Tell whether a text can be the id of a request: short, and nothing but visible ASCII."""
    return 0 < len(given) <= REQUEST_ID_MAX and given.isascii() and given.isprintable()


IdempotencyKey = Annotated[str, Depends(idempotency_key)]
