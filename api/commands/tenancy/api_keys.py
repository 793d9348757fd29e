"""API keys: `IssueApiKey`, `RotateApiKey`, `RevokeApiKey`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org_or_platform
from api.commands.unit_of_work import UnitOfWork
from api.permissions import check_may_grant
from ledger.kernel.errors import NotFound
from ledger.kernel.roles import Role
from ledger.tenancy.api_key import ApiKey, api_key_id


@dataclass(frozen=True)
class IssueApiKey(KeyedCommand):
    """Make a credential; its secret is known only to the caller."""

    key_id: str
    name: str
    role: Role
    secret_hash: str
    subject: str | None = None
    expires_us: int | None = None

    operation: ClassVar[str] = "api-keys"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org_or_platform(unit, self.org)
        key = ApiKey.issue(
            self.org,
            self.key_id,
            name=self.name,
            role=self.role,
            secret_hash=self.secret_hash,
            subject=self.subject,
            expires_us=self.expires_us,
            at=unit.now(self.org),
            fingerprint=self.fingerprint,
        )
        return unit.record(key, self.actor, self.key)


@dataclass(frozen=True)
class RotateApiKey(KeyedCommand):
    """Have a new credential take the place of another, which ends when their overlap is over.

    Whoever may not grant the role may not have its new secret either.
    """

    key_id: str
    successor: str
    secret_hash: str
    granter: Role
    overlap_us: int
    expires_us: int | None = None

    operation: ClassVar[str] = "api-keys/rotate"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        key = _find(unit, self.org, self.key_id)
        check_may_grant(self.granter, key.role)
        successor = key.rotate(
            self.successor,
            secret_hash=self.secret_hash,
            overlap_us=self.overlap_us,
            expires_us=self.expires_us,
            at=unit.now(self.org),
            fingerprint=self.fingerprint,
        )
        unit.record(key, self.actor)
        return unit.record(successor, self.actor, self.key)


@dataclass(frozen=True)
class RevokeApiKey(KeyedCommand):
    """Close a credential."""

    key_id: str

    operation: ClassVar[str] = "api-keys/revoke"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        key = _find(unit, self.org, self.key_id)
        key.revoke(unit.now(self.org), fingerprint=self.fingerprint)
        return unit.record(key, self.actor, self.key)


def _find(unit: UnitOfWork, org: str, key_id: str) -> ApiKey:
    key = unit.get(ApiKey, api_key_id(org, key_id))
    if key is None:
        raise NotFound("there is no API key of that id.", field="id")
    return key
