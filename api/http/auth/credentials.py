"""Credentials: who holds a secret, API keys by their hash and the operator key of the
environment."""

from __future__ import annotations

import hmac
import logging
import time

from api.bounded import Bounded
from api.queries.reader import Reader
from api.queries.tenancy.credential_proof import is_confirmed
from api.queries.tenancy.directory import Credential, authenticate, org_exists
from ledger.kernel.alarms import Alarm
from ledger.kernel.errors import Unauthenticated
from ledger.kernel.ids import PLATFORM
from ledger.kernel.roles import Role
from ledger.tenancy.api_key import hash_of

_log = logging.getLogger(__name__)

REMEMBERED_S = 2.0
"""How long a key revoked in another process may still be taken here (`known_callers.KNOWN_S`)."""

CREDENTIALS_MAX = 50_000
ORGS_MAX = 50_000

ENVIRONMENT = "environment"
"""The id of the operator key that came with the environment."""


def secret_of_header(authorization: str | None) -> str | None:
    """Return the secret of an Authorization header, if it is one of a bearer."""
    scheme, _, secret = (authorization or "").partition(" ")
    return secret.lstrip(" ") or None if scheme.lower() == "bearer" else None


class CredentialCache:
    """Finds who a secret is, and remembers it for a few seconds."""

    def __init__(self, reader: Reader, operator_key: str | None) -> None:
        self._reader = reader
        self._operator_hash = hash_of(operator_key) if operator_key else None
        self._found: Bounded[str, tuple[Credential, float]] = Bounded(CREDENTIALS_MAX)
        self._confirmed: Bounded[str, Credential] = Bounded(CREDENTIALS_MAX)
        self._revoked: Bounded[tuple[str, str], bool] = Bounded(CREDENTIALS_MAX)
        self._orgs: Bounded[str, bool] = Bounded(ORGS_MAX)

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
        found = await self._find(secret_hash)
        if found is None:
            raise Unauthenticated(
                "this API key is not ours, or was revoked.", field="Authorization"
            )
        return found

    async def _find(self, secret_hash: str) -> Credential | None:
        known = self._found.get(secret_hash)
        if known is not None and time.monotonic() < known[1]:
            return known[0]
        asked_at = time.monotonic()
        found = await authenticate(self._reader, secret_hash)
        if found is None or not await self._is_confirmed(found, secret_hash):
            self._found.forget(secret_hash)
            self._confirmed.forget(secret_hash)
            return None
        if self._revoked.get((found.org, found.key)):
            return None  # the question overtook the revocation
        self._found.put(secret_hash, (found, asked_at + REMEMBERED_S))
        return found

    async def _is_confirmed(self, found: Credential, secret_hash: str) -> bool:
        """Tell whether events made what the directory says: looked up when it is first seen here,
        and when it says something else than then."""
        if self._confirmed.get(secret_hash) == found:
            return True
        issued = (found.org, found.key, found.role, found.subject, secret_hash)
        if not await is_confirmed(self._reader, *issued):
            _log.error(
                "ALARM: the credential %s of %s is in the directory and no event made it so: it "
                "opens nothing. Run tally verify.",
                found.key,
                found.org,
                extra=Alarm.CREDENTIAL_FORGED.mark,
            )
            return False
        self._confirmed.put(secret_hash, found)
        return True

    def is_revoked(self, credential: Credential) -> bool:
        """Tell whether a key was revoked here."""
        return self._revoked.get((credential.org, credential.key)) is not None

    def revoke(self, org: str, key: str) -> None:
        """Revoke a key here: it opens nothing from this moment on."""
        self._revoked.put((org, key), True)
        for secret_hash, (credential, _) in self._found.items():
            if (credential.org, credential.key) == (org, key):
                self._found.forget(secret_hash)

    async def knows_org(self, org: str) -> bool:
        """Tell whether an org exists; one that does is remembered, as orgs never go away."""
        if self._orgs.get(org):
            return True
        exists = await org_exists(self._reader, org)
        if exists:
            self._orgs.put(org, True)
        return exists
