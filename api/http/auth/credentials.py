"""Credentials: who holds a secret, API keys by their hash and the operator key of the
environment."""

from __future__ import annotations

import asyncio
import hmac
import logging
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol

from api.bounded import Bounded
from api.http.auth.key_uses import KeyUses
from api.http.auth.tokens import Tokens
from api.permissions import PERMISSIONS
from api.queries.reader import Reader
from api.queries.tenancy.credential_changes import ROLES, Listener
from api.queries.tenancy.credential_proof import is_confirmed
from api.queries.tenancy.directory import Credential, authenticate, org_exists
from api.queries.tenancy.roles import confirmed_roles
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import CredentialExpired, Unauthenticated
from ledger.kernel.ids import PLATFORM
from ledger.kernel.roles import Role
from ledger.kernel.times import format_time
from ledger.ports import Clock
from ledger.tenancy.api_key import hash_of

_log = logging.getLogger(__name__)

REMEMBERED_S = 10.0
"""How long what the directory says of a key is taken for true while all changes are heard of."""

UNHEARD_S = 0.8
"""The same while nothing is heard, and how long what was heard last counts: a key that was revoked
opens nothing after that, whatever is lost between the database and us."""

CREDENTIALS_MAX = 50_000
ORGS_MAX = 50_000

ENVIRONMENT = "environment"
"""The id of the operator key that came with the environment."""


class Changes(Protocol):
    """Who knows what changes; `api/queries/tenancy/credential_changes.py`."""

    async def tell(self, listener: Listener) -> None:
        """Tell a listener of all changes, for ever."""


def secret_of_header(authorization: str | None) -> str | None:
    """Return the secret of an Authorization header, if it is one of a bearer."""
    scheme, _, secret = (authorization or "").partition(" ")
    return secret.lstrip(" ") or None if scheme.lower() == "bearer" else None


class CredentialCache:
    """Finds who a secret is, and remembers it until it changes or expires."""

    def __init__(
        self,
        reader: Reader,
        operator_key: str | None,
        changes: Changes,
        tokens: Tokens,
        uses: KeyUses,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._operator_hash = hash_of(operator_key) if operator_key else None
        self._changes = changes
        self._tokens = tokens
        self._uses = uses
        self._clock = clock
        self._found: Bounded[str, Credential] = Bounded(CREDENTIALS_MAX)
        self._confirmed: Bounded[str, Credential] = Bounded(CREDENTIALS_MAX)
        self._orgs: Bounded[str, bool] = Bounded(ORGS_MAX)
        self._changed: Bounded[tuple[str, str], float] = Bounded(CREDENTIALS_MAX)
        self._began_at = self._heard_at = -math.inf

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hear of changes meanwhile."""
        following = [
            asyncio.create_task(self._changes.tell(self)),
            asyncio.create_task(self._tokens.follow()),
            asyncio.create_task(self._uses.follow()),
        ]
        try:
            yield
        finally:
            for each in following:
                each.cancel()
            await asyncio.wait(following)
            await self._uses.close()

    async def of(self, authorization: str | None) -> Credential:
        """Return the credential of an Authorization header."""
        secret = secret_of_header(authorization)
        if secret is None:
            raise Unauthenticated(
                "give an API key: Authorization: Bearer tally_live_...", field="Authorization"
            )
        secret_hash = hash_of(secret)
        if self._operator_hash and hmac.compare_digest(secret_hash, self._operator_hash):
            return Credential(PLATFORM, ENVIRONMENT, Role.OPERATOR, None)
        if self._tokens.may_be(secret):
            return await self._token(secret, secret_hash)
        found = await self._find(secret_hash)
        if found is None:
            raise Unauthenticated(
                "this API key is not ours, or was revoked.", field="Authorization"
            )
        if self._has_expired(found):
            raise CredentialExpired(
                f"this API key opens nothing since {format_time(found.expires_us or 0)}.",
                field="Authorization",
            )
        self._uses.note(found.org, found.key)
        return found

    async def _token(self, token: str, secret_hash: str) -> Credential:
        """Return the credential that a token is: verified once, and known until it expires."""
        known = self._found.get(secret_hash)
        if known is not None and self.is_current(known):
            return known
        found = await self._tokens.of(token)
        if found.org != PLATFORM and not await self.knows_org(found.org):
            raise Unauthenticated(
                "this token is not taken: its org is none of this ledger's.", field="Authorization"
            )
        found = await self._with_role(found)
        self._found.put(secret_hash, found)
        return found

    async def _find(self, secret_hash: str) -> Credential | None:
        known = self._found.get(secret_hash)
        if known is not None and self._is_known(known):
            return known
        found = await self._look_up(secret_hash)
        while found is not None:
            confirmed = await self._is_confirmed(found, secret_hash)
            if confirmed and self._is_unchanged(found):  # else the question overtook a change
                self._found.put(secret_hash, found)
                return found
            before, found = found, await self._look_up(secret_hash)
            if found == before and not confirmed:  # else it was changed between row and events
                self._alarm(before)
                break
        self._found.forget(secret_hash)
        self._confirmed.forget(secret_hash)
        return None

    async def _look_up(self, secret_hash: str) -> Credential | None:
        """Return what the directory says of a secret."""
        found = await authenticate(self._reader, secret_hash)
        return found and await self._with_role(found)

    async def _with_role(self, found: Credential) -> Credential:
        """Return the same with what its role lets do, where that is one of the org's own: nothing,
        where the org has none of that name."""
        if found.role in PERMISSIONS:
            return found
        roles = await confirmed_roles(self._reader, found.org)
        if roles is None:
            _log.error(
                "ALARM: the roles of %s in the directory are not those that its events made: they "
                "allow nothing. Run tally verify.",
                found.org,
                extra=Alarm.CREDENTIAL_FORGED.mark,
            )
        return replace(found, own_role=frozenset((roles or {}).get(found.role, ())))

    async def _is_confirmed(self, found: Credential, secret_hash: str) -> bool:
        """Tell whether events made what the directory says: looked up when it is first seen here,
        when it says something else than then, and when something was changed since."""
        confirmed = self._confirmed.get(secret_hash)
        if confirmed == found and self._is_unchanged(confirmed):
            return True
        is_now = await is_confirmed(self._reader, found, secret_hash)
        if is_now:
            self._confirmed.put(secret_hash, found)
        return is_now

    def _alarm(self, forged: Credential) -> None:
        _log.error(
            "ALARM: the credential %s of %s is in the directory and no event made it so: it "
            "opens nothing. Run tally verify.",
            forged.key,
            forged.org,
            extra=Alarm.CREDENTIAL_FORGED.mark,
        )

    def is_current(self, credential: Credential) -> bool:
        """Tell whether a credential that was found may still be taken for one."""
        return self._is_known(credential) and not self._has_expired(credential)

    def _is_known(self, credential: Credential) -> bool:
        if credential.is_token and not self._tokens.is_known(credential):
            return False
        if credential.is_token and credential.own_role is None:
            return True
        now, asked_at = time.monotonic(), credential.asked_at
        until = (
            asked_at + REMEMBERED_S if now < self._heard_at + UNHEARD_S else asked_at + UNHEARD_S
        )
        return now < until and self._is_unchanged(credential)

    def _is_unchanged(self, credential: Credential) -> bool:
        changed_at = self._changed.get((credential.org, credential.key)) or -math.inf
        if credential.own_role is not None:
            changed_at = max(changed_at, self._changed.get((credential.org, ROLES)) or -math.inf)
        return max(self._began_at, changed_at) < credential.asked_at

    def _has_expired(self, credential: Credential) -> bool:
        return credential.expires_us is not None and credential.expires_us <= self._clock()

    # -- what is heard -----------------------------------------------------------------------

    def began(self) -> None:
        self._began_at = time.monotonic()

    def heard(self, asked_at: float) -> None:
        self._heard_at = asked_at

    def changed(self, org: str, key: str) -> None:
        """Ask for a key again, or for the roles of an org (`ROLES`): it was changed."""
        self._changed.put((org, key), time.monotonic())

    async def knows_org(self, org: str) -> bool:
        """Tell whether an org exists; one that does is remembered, as orgs never go away."""
        if self._orgs.get(org):
            return True
        exists = await org_exists(self._reader, org)
        if exists:
            self._orgs.put(org, True)
        return exists
