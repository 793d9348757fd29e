"""API keys: `IssueApiKey`, `RotateApiKey`, `RevokeApiKey`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from api.commands.command import KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org_or_platform
from api.commands.tenancy.roles import held_by
from api.commands.unit_of_work import UnitOfWork
from api.permissions import Permissions, check_may_grant, is_narrow
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.ids import PLATFORM
from ledger.kernel.roles import Role
from ledger.tenancy.api_key import ApiKey, api_key_id


@dataclass(frozen=True)
class IssueApiKey(KeyedCommand):
    """Make a credential; its secret is known only to the caller.

    `granter`: what whoever asks may do.
    """

    key_id: str
    name: str
    role: str
    granter: Permissions
    secret_hash: str
    subject: str | None = None
    expires_us: int | None = None

    operation: ClassVar[str] = "api-keys"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org_or_platform(unit, self.org)
        held = held_by(unit, self.org, self.role)
        check_may_grant(self.granter, held)
        self._check_place(held)
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

    def _check_place(self, held: Collection[str]) -> None:
        """Operators live on the platform and nobody else does; who sees their own is somebody."""
        if (self.role == Role.OPERATOR) != (self.org == PLATFORM):
            raise Invalid(
                "operator keys belong to the org platform, and only they do.", field="role"
            )
        if is_narrow(held) and self.subject is None:
            raise Invalid(
                f"subject is required for the role {self.role}: it names whom.", field="subject"
            )


@dataclass(frozen=True)
class RotateApiKey(KeyedCommand):
    """Have a new credential take the place of another, which ends when their overlap is over.

    Whoever may not grant the role may not have its new secret either.
    """

    key_id: str
    successor: str
    secret_hash: str
    granter: Permissions
    overlap_us: int
    expires_us: int | None = None

    operation: ClassVar[str] = "api-keys/rotate"

    def effect(self, unit: UnitOfWork) -> PendingFact:
        key = _find(unit, self.org, self.key_id)
        check_may_grant(self.granter, held_by(unit, self.org, key.role))
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
