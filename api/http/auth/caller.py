"""The caller: who it is, for which org, and whether they may see only their own."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, TypedDict

from fastapi import Depends, Request

from api.entropy import fresh_uuid
from api.http.service import Service
from api.limits import OF_USERS, REQUESTS, USAGE_LINES
from api.queries.tenancy.directory import Credential
from ledger.kernel.actor import Actor
from ledger.kernel.errors import Forbidden, Invalid, MissingInput
from ledger.kernel.ids import POOL, check_user
from ledger.kernel.limits import TEXT_MAX
from ledger.kernel.roles import Role
from ledger.kernel.texts import SALT_BYTES, Text, blind

SERVICE, OPERATOR = "@service", "@operator"
"""The subjects of credentials that stand for no person: no user id begins with an @."""

ID_BYTES = 12
"""Random bytes of an id that is made here."""

REQUEST_ID_MAX = 255
AGENT_MAX = 500
"""Characters kept of a user agent."""


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

    def new_id(self, prefix: str) -> str:
        """Return a fresh id of something that is called so."""
        return f"{prefix}_{self.service.random(ID_BYTES).hex()}"

    def seal(self, content: str, kind: str, person: str) -> Text:
        """Return an erasable text of a person."""
        return blind(content, kind, person, self.service.random(SALT_BYTES))

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

    def sees(self, owner: str | None) -> bool:
        """Tell whether the caller may see what is a user's."""
        return not self.own or owner == self.credential.subject

    async def spend_request(self, permission: str) -> None:
        """Count a request against the limits of its key and its user. Raises RateLimited."""
        demands = [(REQUESTS, self.credential.org, self.credential.key)]
        if self.own and permission in OF_USERS:
            demands.append((OF_USERS[permission], self.org, str(self.credential.subject)))
        await self.service.limits.spend(demands)

    async def spend_lines(self, lines: int) -> None:
        """Count usage lines against the limit of the org. Raises RateLimited."""
        demand, limits = (USAGE_LINES, self.org, ""), self.service.limits
        if not limits.spend_here(demand, lines):
            await limits.spend([demand], lines)

    def buyer(self, named: str | None) -> str | None:
        """Return the user who buys: the one that is named, if the caller may see them, else the
        caller, if they see only their own; None: a guest."""
        if named is not None:
            return self.only_own(named)
        return self.credential.subject if self.own else None

    def only_own(self, user: str) -> str:
        """Return the same user, if the caller may see them."""
        if self.own and user != self.credential.subject:
            raise Forbidden("this credential may only see its own.", field="user")
        return user


async def idempotency_key(request: Request) -> str:
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


def place_of(request: Request) -> tuple[str, str]:
    """Return the address and user agent of a request, for people to read on a terminal."""
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")[:AGENT_MAX]
    if not (agent.isascii() and agent.isprintable()):
        agent = agent.encode("unicode_escape").decode("ascii")[:AGENT_MAX]
    return address, agent


def subject_of(credential: Credential) -> str:
    """Return whom a credential stands for: a person, or else a service or an operator."""
    nobody = OPERATOR if credential.role == Role.OPERATOR else SERVICE
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
