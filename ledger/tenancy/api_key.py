"""API keys: a secret that is shown once and stored as a hash, with a role in one org."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import Archivable, Fact, FirstFact, LedgerAggregate
from ledger.kernel.canonical import base64url
from ledger.kernel.errors import Conflict
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.roles import Role
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds

SECRET_PREFIX = "tally_live_"
SECRET_BYTES = 32
KEY_STREAM = "api-key"


def secret_of(random: bytes) -> str:
    """Return the secret made from `SECRET_BYTES` random bytes."""
    return SECRET_PREFIX + base64url(random)


def hash_of(secret: str) -> str:
    """Return what is stored of a secret. It has 256 random bits, so a plain hash cannot be
    guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiKeyState(msgspec.Struct):
    """All that a key remembers."""

    name: str
    role: Role
    secret_hash: str
    subject: str | None
    revoked: bool


class ApiKey(LedgerAggregate):
    """One credential of an org."""

    TOPIC: ClassVar[str] = "tenancy.ApiKey"
    STREAM: ClassVar[str] = f"{KEY_STREAM}/"
    ARCHIVABLE: ClassVar[Archivable] = Archivable.ENDED
    State = ApiKeyState

    def __init__(self, name: str, role: Role, secret_hash: str, subject: str | None) -> None:
        self.name = name
        self.role = role
        self.secret_hash = secret_hash
        self.subject = subject
        self.revoked = False

    class Event(Fact):
        """Base of a key's facts."""

    class ApiKeyIssued(Event, FirstFact):
        """A credential was made."""

        TOPIC: ClassVar[str] = "tenancy.ApiKeyIssued"
        fingerprint: str
        name: str
        role: Role
        secret_hash: str
        subject: str | None = None

    class ApiKeyRevoked(Event):
        """The credential opens nothing any more."""

        TOPIC: ClassVar[str] = "tenancy.ApiKeyRevoked"
        fingerprint: str

        def apply(self, aggregate: ApiKey) -> None:
            aggregate.revoked = True

    def rows(self) -> Iterable[TableRow]:
        org, stream = split_stream_id(self.id)
        columns = {
            "org": org,
            "id": stream.partition("/")[2],
            "name": self.name,
            "role": self.role,
            "subject": self.subject,
            "secret_hash": self.secret_hash,
            "recorded_us": microseconds(self.created_on),
            "revoked": self.revoked,
        }
        return [TableRow("api_keys", columns)]

    @classmethod
    def issue(
        cls,
        org: str,
        key_id: str,
        *,
        name: str,
        role: Role,
        secret_hash: str,
        subject: str | None,
        at: datetime,
        fingerprint: str,
    ) -> ApiKey:
        """Make a credential."""
        return cls._create(
            cls.ApiKeyIssued,
            id=api_key_id(org, key_id),
            timestamp=at,
            fingerprint=fingerprint,
            name=name,
            role=role,
            secret_hash=secret_hash,
            subject=subject,
        )

    @property
    def has_ended(self) -> bool:
        return self.revoked

    def revoke(self, at: datetime, *, fingerprint: str) -> None:
        """Close the credential, for ever."""
        if self.revoked:
            raise Conflict("this API key is revoked already.", field="id")
        self.trigger_event(self.ApiKeyRevoked, timestamp=at, fingerprint=fingerprint)


def api_key_id(org: str, key_id: str) -> str:
    """Return the stream of a key."""
    return stream_id(org, KEY_STREAM, key_id)
